"""The model card: one content, three forms."""

import copy
import json
from typing import Any

import jsonschema
import pytest

from components.tflite_pusher.model_card import content, markdown, outline, page, toolkit
from modules.base.settings import PipelineSettings
from modules.contracts.architecture import Architecture, BuiltArchitecture
from modules.contracts.tflite import ModelCard

pytestmark = pytest.mark.unit

CONFIG = PipelineSettings.model_validate(
    {
        "name": "shop",
        "data": {"train": "/secret/place/shop.csv"},
        "label": {"column": "buys", "positive_class": "yes"},
        "evaluation": {"slices": [["sex"]], "gates": {"auc": {"minimum": 0.5}}},
        "card": {
            "description": "Who buys | <b>what</b>?",
            "owners": ["Ada", "Grace"],
            "license": "Apache-2.0",
            "data_license": "Only for us.",
            "intended_use": ["Ordering stock."],
            "limitations": ["Two towns <script>alert(1)</script>."],
            "ethical_considerations": ["None known."],
        },
    }
).model_dump(mode="json")


def measured(value: float, low: float, high: float, rows: int) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "rows": rows}


SUMMARY: dict[str, Any] = {
    "name": "shop",
    "task": "binary",
    "classes": ["no", "yes"],
    "seed": 17,
    "config": CONFIG,
    "networks": {"student": BuiltArchitecture(Architecture.stack([40, 32], "relu", 0.1), 90, 1).to_json()},
    "data": {"rows": {"train": 1_800, "test": 1_000}, "columns": []},
    "min_slice_examples": 100,
    "slices": [
        {"slice": "overall", "columns": [], "too_small": False, "metrics": {"auc": 0.9, "positive_rate@0.50": 0.25}},
        {"slice": "sex=f", "columns": ["sex"], "too_small": True, "metrics": {"auc": 0.75, "example_count": 9.0}},
    ],
    "intervals": {
        "confidence": 0.95,
        "slices": [{"slice": "overall", "metrics": {"auc": measured(0.9, 0.85, 0.95, 1_000)}, "rates": {}}],
    },
    "gates": [
        {"name": "auc", "slice": "overall", "value": 0.9, "rule": "at least", "limit": 0.5, "passed": True},
        {"name": "stops", "slice": "overall", "value": 1_000.0, "rule": "at most", "limit": 0, "passed": False},
    ],
    "promises": [
        {
            "promise": "promises.gaps[0].minimum",
            "kind": "gap",
            "measure": "demographic_parity_ratio",
            "slice": "sex=f / sex=m",
            "value": 0.82,
            "low": 0.7,
            "high": 0.9,
            "rule": "at least",
            "limit": 0.8,
            "rows": 1_000,
            "positives": 300,
            "state": "undecided",
            "reason": "too few rows",
        }
    ],
    "tuner": [{}, {}],
    "tuner_metric": "auc",
    "learning_curves": {"teacher": {"epochs": [1, 2, 3], "best_epoch": 2}},
    "versions": {"python": "3.11"},
    "model_sha256": "ab",
    "data_fingerprint": "cd",
    "code_digest": "ef",
}
CARD = ModelCard(
    "int8_qat",
    inputs=[
        {
            "name": "age",
            "dtype": "int64",
            "missing": -1,
            "meaning": "age",
            "unit": "years",
            "range": {"min": 17, "max": 90},
        },
        {"name": "sex", "dtype": "string", "missing": "", "values": ["f", "m"]},
        {"name": "x", "dtype": "float32", "missing": None},
    ],
    outputs=[{"name": "probability", "classes": ["no", "yes"], "meaning": "probability of 'yes'"}],
    task="binary",
    label="buys",
    threshold=0.4,
    pushed={
        "size": {"bytes": 50_024, "gzip_bytes": 23_832, "sparsity": 0.5},
        "run": {"pipeline_run_id": "2026-01-02T03:04:05"},
    },
)


@pytest.fixture
def card() -> content.CardContent:
    return content.content_of(SUMMARY, CARD, "20260102030405000")


def table(card: content.CardContent, title: str) -> list[tuple[str, ...]]:
    (found,) = [part.table for part in outline.parts(card) if part.title == title]
    assert found is not None
    return [tuple(row) for row in found.rows]


def test_inputs_stand_with_meaning_unit_range_and_what_means_missing(card: content.CardContent) -> None:
    assert table(card, "Inputs") == [
        ("age", "age", "years", "int64", "17 to 90", "-1"),
        ("sex", "", "", "string", "2 values", "''"),
        ("x", "", "", "float32", "", "NaN"),
    ]


def test_metrics_stand_by_slice_with_their_intervals_and_small_slices_are_marked(card: content.CardContent) -> None:
    assert table(card, "Metrics") == [
        ("overall", "0.9000 (0.8500 to 0.9500)", "0.2500"),
        ("sex=f", "0.7500 *", "–"),
    ]


def test_rates_are_those_of_the_threshold_next_to_the_one_that_decides(card: content.CardContent) -> None:
    assert dict.fromkeys(one.title for one in card.measured) == {"AUC": None, "positive rate at 0.5": None}
    assert ("Decision", "positive above 0.4") in table(card, "Model")


def test_checks_and_promises_stand_as_the_run_has_decided_them(card: content.CardContent) -> None:
    assert table(card, "Release checks") == [
        ("auc", "overall", "0.9000", "at least 0.5000", "held"),
        ("stops", "overall", "1,000", "at most 0", "failed"),
    ]
    (promise,) = table(card, "Promises")
    assert promise[1:4] == ("demographic_parity_ratio", "sex=f / sex=m", "0.8200 (0.7000 to 0.9000)")
    assert promise[4:] == ("at least 0.8000", "1,000", "undecided too few rows")


def test_a_run_without_promises_has_no_part_about_them() -> None:
    made = content.content_of({**SUMMARY, "promises": []}, CARD, "7")
    assert "Promises" not in [part.title for part in outline.parts(made)]


def test_synthetic_rows_are_told_of_where_the_student_learnt_from_them() -> None:
    summary = copy.deepcopy(SUMMARY)
    assert "Synthetic rows" not in str(content.content_of(summary, CARD, "7"))
    summary["config"]["distillation"]["augment"] = {"method": "gibbs", "times": 10}
    assert "10 for each training row, drawn by gibbs" in str(content.content_of(summary, CARD, "7"))


def test_what_nobody_has_said_is_said_to_be_missing() -> None:
    summary = copy.deepcopy(SUMMARY)
    summary["config"]["card"] = {}
    made = content.content_of(summary, CARD, "7")
    assert next(part.texts for part in outline.parts(made) if part.title == "Intended use")
    assert ("Licence", "Not stated in the config.") in table(made, "Model")


def test_no_path_of_this_machine_is_told(card: content.CardContent) -> None:
    texts = (markdown.render(card), page.render(card), json.dumps(toolkit.render(card)))
    assert all("shop.csv" in text and "secret" not in text for text in texts)


def test_markdown_takes_texts_as_they_are(card: content.CardContent) -> None:
    lines = markdown.render(card).splitlines()
    assert lines[0] == "# Model card: shop"
    assert "Who buys \\| \\<b\\>what\\</b\\>?" in lines
    assert "- Two towns \\<script\\>alert(1)\\</script\\>." in lines
    assert "| overall | 0.9000 (0.8500 to 0.9500) | 0.2500 |" in lines


def test_the_page_takes_texts_as_they_are_and_asks_the_network_for_nothing(card: content.CardContent) -> None:
    shown = page.render(card)
    assert "<script" not in shown and "&lt;script&gt;alert(1)" in shown
    assert "http" not in shown
    assert shown.count("<h2") == len(outline.parts(card))


def _objects(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _lists(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


# What schema v0.0.2 says of the fields that a card of ours has; and the interval that the toolkit itself reads.
_TEXT, _NUMBER = {"type": "string"}, {"type": "number"}
_DESCRIBED = _lists(_objects(description=_TEXT))
_LICENSES = _lists({**_objects(identifier=_TEXT, custom_text=_TEXT), "minProperties": 1, "maxProperties": 1})
_METRIC = _objects(
    type=_TEXT, value=_NUMBER, slice=_TEXT, confidence_interval=_objects(lower_bound=_NUMBER, upper_bound=_NUMBER)
)
SCHEMA = _objects(
    schema_version=_TEXT,
    model_details=_objects(
        name=_TEXT,
        overview=_TEXT,
        documentation=_TEXT,
        owners=_lists(_objects(name=_TEXT, contact=_TEXT)),
        version=_objects(name=_TEXT, date={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}, diff=_TEXT),
        licenses=_LICENSES,
    ),
    model_parameters=_objects(
        model_architecture=_TEXT,
        data=_lists(_objects(name=_TEXT, description=_TEXT)),
        input_format=_TEXT,
        output_format=_TEXT,
    ),
    quantitative_analysis=_objects(performance_metrics=_lists(_METRIC)),
    considerations=_objects(
        use_cases=_DESCRIBED,
        limitations=_DESCRIBED,
        ethical_considerations=_lists(_objects(name=_TEXT, mitigation_strategy=_TEXT)),
    ),
)


def test_the_json_is_by_the_toolkits_schema(card: content.CardContent) -> None:
    made = toolkit.render(card)
    jsonschema.validate(made, SCHEMA)
    assert made["model_details"]["version"] == {"name": "20260102030405000", "date": "2026-01-02"}
    assert made["model_details"]["licenses"] == [{"identifier": "Apache-2.0"}]
    interval = {"lower_bound": 0.85, "upper_bound": 0.95}
    assert made["quantitative_analysis"]["performance_metrics"] == [
        {"type": "auc", "value": 0.9, "confidence_interval": interval},
        {"type": "positive_rate@0.50", "value": 0.25},
        {"type": "auc", "value": 0.75, "slice": "sex=f"},
    ]
    for said in ("promises.gaps[0].minimum: demographic_parity_ratio", "auc: overall; 0.9000", "Seed: 17"):
        assert said in made["model_details"]["documentation"]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("CC-BY-4.0", {"identifier": "CC-BY-4.0"}),
        ("Ask us, before you use it.", {"custom_text": "Ask us, before you use it."}),
    ],
)
def test_a_licence_is_an_identifier_or_a_text(text: str, made: dict[str, str]) -> None:
    summary = copy.deepcopy(SUMMARY)
    summary["config"]["card"]["license"] = text
    found = toolkit.render(content.content_of(summary, CARD, "not a time"))
    assert found["model_details"]["licenses"] == [made]
    assert found["model_details"]["version"] == {"name": "not a time"}


def test_the_layers_are_those_of_the_network_that_was_trained() -> None:
    student = BuiltArchitecture(Architecture.stack([24, 16], "relu", 0.0), 90, 1).to_json()
    searched = content.content_of({**SUMMARY, "networks": {"student": student}}, CARD, "20260102030405000")
    (network,) = [row[1] for row in table(searched, "Model") if row[0] == "Network"]
    assert network.startswith("hidden layers of 24 and 16 units")
