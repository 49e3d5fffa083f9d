"""What the model card says, taken from the summary of a run and the card of the model: no number is computed here.

The parts are those of Mitchell et al., Model Cards for Model Reporting, 2019 (arXiv:1810.03993).
"""

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.reporter import readings
from modules import tasks
from modules.base.settings import Card
from modules.contracts.tflite import ModelCard


@dataclasses.dataclass(frozen=True)
class Measured:
    """A metric of a slice.

    Attributes:
        slice: The slice; `overall` for all test rows.
        name: The metric's name in summary.json.
        title: What people call it.
        reading: Its value, with its interval.
    """

    slice: str
    name: str
    title: str
    reading: readings.Reading


@dataclasses.dataclass(frozen=True)
class CardContent:
    """What the model card says.

    Attributes:
        name: What the model is called.
        version: The pushed version.
        said: What a person says of model and data.
        answer: What the model answers.
        classes: Names of the classes; none of a regression.
        threshold: Above which probability a row counts as positive; None where there is no positive class.
        inputs: What the model takes, as model.json has it.
        form: The numeric form.
        size: `bytes`, `gzip_bytes` and `sparsity` of the .tflite.
        layers: Widths of the network's hidden layers.
        label: The label's column.
        rows: How many rows each split has.
        tables: The names of the tables.
        measured: Metrics and rates, overall and by slice.
        confidence: How often an interval covers the value; None where there are no intervals.
        gates: The release checks, as summary.json has them.
        promises: What was promised and how it fared, as summary.json has it.
        training: How the model was trained.
        lineage: What it was made from.
    """

    name: str
    version: str
    said: Card
    answer: str
    classes: Sequence[str]
    threshold: float | None
    inputs: Sequence[Mapping[str, Any]]
    form: str
    size: Mapping[str, Any]
    layers: Sequence[int]
    label: str
    rows: Mapping[str, int]
    tables: Sequence[str]
    measured: Sequence[Measured]
    confidence: float | None
    gates: Sequence[Mapping[str, Any]]
    promises: Sequence[Mapping[str, Any]]
    training: Mapping[str, str]
    lineage: Mapping[str, str]


def content_of(summary: Mapping[str, Any], card: ModelCard, version: str) -> CardContent:
    """Collects what the model card says.

    Args:
        summary: The content of summary.json.
        card: What model.json says, as it is pushed.
        version: The version that is pushed.
    """
    config = summary["config"]
    return CardContent(
        name=summary["name"],
        version=version,
        said=Card.model_validate(config["card"]),
        answer=card.outputs[0]["meaning"],
        classes=card.classes,
        threshold=card.threshold,
        inputs=card.inputs,
        form=card.form,
        size=card.pushed["size"],
        layers=_layers(summary),
        label=card.label,
        rows=summary["data"]["rows"],
        tables=[os.path.basename(table.rstrip("/")) for table in _tables(config["data"])],
        measured=list(_measured(summary, card.threshold)),
        confidence=(summary.get("intervals") or {}).get("confidence"),
        gates=summary["gates"],
        promises=summary.get("promises") or [],
        training=_training(summary, card),
        lineage=_lineage(summary, card),
    )


def _tables(data: Mapping[str, Any]) -> Iterator[str]:
    for given in (data["train"], data["test"]):
        yield from [given] if isinstance(given, str) else given or []


def _measured(summary: Mapping[str, Any], threshold: float | None) -> Iterator[Measured]:
    by_slice = readings.by_slice(summary)
    titles = {name: readings.title(name) for name in tasks.GATES[summary["task"]]}
    main = readings.main_threshold(summary)
    if threshold is not None and main is not None:
        titles |= {
            readings.rate_name(rate, main): f"{readings.title(rate)} at {float(main):g}" for rate in readings.RATES
        }
    for of_slice in summary["slices"]:
        for name, title in titles.items():
            reading = readings.read(by_slice, of_slice, name)
            if reading is not None:
                yield Measured(of_slice["slice"], name, title, reading)


def _layers(summary: Mapping[str, Any]) -> Sequence[int]:
    """Returns the widths of the student's dense layers, the last one left out."""
    return [node["units"] for node in summary["networks"]["student"]["nodes"] if node["operation"] == "dense"]


def _training(summary: Mapping[str, Any], card: ModelCard) -> dict[str, str]:
    config, trials = summary["config"], summary["tuner"]
    distillation = config["distillation"]
    searched = f"Hyperband, {len(trials)} trials by {readings.title(summary['tuner_metric'])} on validation rows"
    training = {
        "Search": searched if trials else "none",
        "Teacher": config["trainer"]["teacher"].replace("_", " "),
        "Distillation": f"temperature {distillation['temperature']:g}, weight of the teacher {distillation['alpha']:g}",
        "Pruning": f"{card.pushed['size']['sparsity']:.0%} of the weights set to zero",
        "Seed": str(summary["seed"]),
    }
    augment = distillation["augment"]
    if augment["method"] != "none":
        training["Synthetic rows"] = f"{augment['times']} for each training row, drawn by {augment['method']}"
    for step, curve in summary["learning_curves"].items():
        unit = curve.get("unit", "epoch").capitalize()
        training[f"{unit}s of the {step}"] = f"{curve['epochs'][-1]}, the best {curve['best_epoch']}"
    return training


def _lineage(summary: Mapping[str, Any], card: ModelCard) -> dict[str, str]:
    lineage = {
        "Run": str(card.pushed["run"]["pipeline_run_id"]),
        "SHA-256 of the judged model": summary["model_sha256"],
        "Digest of the data": summary["data_fingerprint"],
        "Digest of the code": summary["code_digest"],
    }
    return lineage | {f"Version of {package}": version for package, version in summary["versions"].items()}
