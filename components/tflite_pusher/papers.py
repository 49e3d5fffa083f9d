"""What is pushed beside the .tflite: pure functions of a run's summary and a row. Knows no TFX."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from components.reporter import readings
from components.tflite_pusher.model_card import content, markdown, page, toolkit
from components.tflite_pusher.sample_code import render
from components.tflite_pusher.sample_code.row import SampleRow
from modules.base.settings import Card
from modules.contracts import files, pushed_folder
from modules.contracts.tflite import ModelCard
from modules.judging import tfma_results
from modules.tflite.metadata import FileMetadata


def described(card: ModelCard, summary: Mapping[str, Any], row: SampleRow) -> ModelCard:
    """Returns a card with what is known of its columns, of its metrics and size, and with an example.

    Args:
        card: The card of the model that was judged.
        summary: The content of summary.json.
        row: The example.
    """
    said = Card.model_validate(summary["config"]["card"])
    seen = {column["name"]: column for column in summary["data"]["columns"]}
    overall = next(one for one in summary["slices"] if one["slice"] == readings.OVERALL)
    rung = readings.shipped(summary) or {}
    pushed = {
        "metrics": tfma_results.defined(overall["metrics"]),
        "size": {name: rung[name] for name in ("bytes", "gzip_bytes", "sparsity")},
        "examples": [row.to_json()],
    }
    return dataclasses.replace(
        card,
        inputs=[{**spec, **_words(said, spec["name"]), **_range(spec, seen)} for spec in card.inputs],
        outputs=[{**_unit(said, card), **output} for output in card.outputs],
        pushed={**card.pushed, **pushed},
    )


def papers(summary: Mapping[str, Any], shown: str, card: ModelCard, version: str, row: SampleRow) -> dict[str, bytes]:
    """Returns the papers, by the names of their files.

    Args:
        summary: The content of summary.json.
        shown: The page that is made from it.
        card: What `described` made.
        version: The version that is pushed.
        row: The example.
    """
    said = content.content_of(summary, card, version)
    programs = render.render(row)
    return {
        pushed_folder.PAGE_FILE: shown.encode(),
        pushed_folder.SUMMARY_FILE: files.render_json(summary),
        pushed_folder.MODEL_CARD_MARKDOWN: markdown.render(said).encode(),
        pushed_folder.MODEL_CARD_HTML: page.render(said).encode(),
        pushed_folder.MODEL_CARD_JSON: files.render_json(toolkit.render(said), indent=1),
        **{f"{pushed_folder.EXAMPLES_FOLDER}/{name}": program for name, program in programs.items()},
    }


def file_metadata(summary: Mapping[str, Any], card: ModelCard, version: str) -> FileMetadata:
    """Returns what the .tflite shall say of itself, but for the digest of its card."""
    said = Card.model_validate(summary["config"]["card"])
    return FileMetadata(
        name=summary["name"],
        description=said.description or card.outputs[0]["meaning"],
        version=version,
        author=", ".join(said.owners),
        license=said.license or "",
        card_sha256="",
    )


def _words(said: Card, column: str) -> dict[str, str]:
    """Returns what a person says of a column."""
    return said.columns[column].model_dump(exclude_none=True) if column in said.columns else {}


def _unit(said: Card, card: ModelCard) -> dict[str, str]:
    """Returns the unit of what a regression answers: that of its label."""
    unit = _words(said, card.label).get("unit")
    return {"unit": unit} if unit and not card.classes else {}


def _range(spec: Mapping[str, Any], seen: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Returns the least and the greatest number of the training rows; nothing of a category."""
    column = seen.get(spec["name"], {})
    if spec["kind"] == "categorical" or None in (column.get("min"), column.get("max")):
        return {}
    number = int if spec["dtype"] == "int64" else float
    return {"range": {end: number(column[end]) for end in ("min", "max")}}
