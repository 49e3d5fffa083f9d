import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow_data_validation as tfdv

from components.data_gate import statistics
from components.reporter import page
from components.reporter.blocks import Details, Figure, Table, Text
from components.reporter.facts import data as facts
from components.reporter.sections import data, distributions
from components.reporter.sources import Sources
from modules.base.records import ArtifactRecord
from modules.base.settings import PipelineSettings
from modules.contracts import statistics as contract

pytestmark = pytest.mark.unit


def read(columns: dict[str, list]) -> Any:
    options = tfdv.StatsOptions(
        num_quantiles_histogram_buckets=statistics.QUANTILE_BUCKETS, num_rank_histogram_buckets=statistics.RANK_BUCKETS
    )
    return tfdv.generate_statistics_from_dataframe(pd.DataFrame(columns), options)


ODD = "a b(%)"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    train: dict[str, list] = {
        "y": ["no", "no", "no", "yes"],
        "x": [1.0, 2.0, 3.0, np.nan],
        ODD: ["</script>", "b", "b", "b"],
        "level": [1, 2, 2, 2],
        "drop": ["u", "v", "w", "x"],
    }
    test: dict[str, list] = {
        "y": ["no", "yes"],
        "x": [3.0, 3.0],
        ODD: ["b", None],
        "level": [1, 2],
        "drop": ["u", "v"],
    }
    return facts.describe({"train": read(train), "test": read(test)}, {"y": "label", "drop": "excluded"}, {"x"})


def test_columns_are_described_once_for_two_pages_and_anew_when_the_statistics_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract.write_statistics(str(tmp_path), "train", read({"x": [1.0, 2.0]}))
    given = {"name": "t", "data": {"train": "t.csv"}, "label": {"column": "y", "task": "regression"}}
    settings = PipelineSettings.model_validate(given | {"evaluation": {"gates": {"r2": {"minimum": 0.5}}}})
    records = {"statistics": ArtifactRecord(1, str(tmp_path), {"split_names": '["train"]'})}
    told = lambda: facts.facts(Sources(records, [], settings))["data"]  # noqa: E731
    first = told()
    monkeypatch.setattr(facts, "describe", None)
    assert told() == first
    assert first["rows"] == {"train": 2}
    monkeypatch.undo()
    contract.write_statistics(str(tmp_path), "train", read({"x": [1.0, 2.0, 3.0]}))
    assert told()["rows"] == {"train": 3}


def column(described: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [found for found in described["columns"] if found["name"] == name]
    return found


def test_the_label_comes_first_then_columns_with_a_finding(described: dict[str, Any]) -> None:
    assert [found["name"] for found in described["columns"]] == ["y", "x", ODD, "drop", "level"]
    assert described["rows"] == {"train": 4, "test": 2}


def test_missing_shares_are_those_of_each_split(described: dict[str, Any]) -> None:
    assert column(described, "x")["missing"] == {"train": 0.25, "test": 0.0}
    assert column(described, ODD)["missing"] == {"train": 0.0, "test": 0.5}


def test_numbers_are_summed_up_over_the_training_rows(described: dict[str, Any]) -> None:
    x = column(described, "x")
    assert (x["kind"], x["mean"], x["min"], x["median"], x["max"]) == ("number", 2.0, 1.0, 2.0, 3.0)
    assert x["deviation"] == pytest.approx((2 / 3) ** 0.5)


def test_shares_of_classes_and_their_drift_are_right(described: dict[str, Any]) -> None:
    y = column(described, "y")
    assert y["distribution"] == {
        "values": ["no", "yes"],
        "others": False,
        "shares": {"train": [0.75, 0.25], "test": [0.5, 0.5]},
    }
    assert (y["measure"], y["drift"]) == ("L-infinity", {"test": 0.25})
    assert (y["distinct"], y["top"]) == (2, [["no", 0.75], ["yes", 0.25]])


def test_whole_numbers_that_span_few_values_are_classes(described: dict[str, Any]) -> None:
    assert column(described, "level")["distribution"]["values"] == ["1", "2"]
    assert column(described, "level")["distribution"]["shares"]["train"] == [0.25, 0.75]


def test_bins_are_common_to_the_splits_and_hold_all_rows(described: dict[str, Any]) -> None:
    shown = column(described, "x")["distribution"]
    assert (shown["edges"][0], shown["edges"][-1]) == (1.0, 3.0)
    assert sum(shown["shares"]["train"]) == pytest.approx(1, abs=1e-3)
    assert shown["shares"]["test"] == [*[0.0] * (len(shown["edges"]) - 2), 1.0]


def test_a_few_values_far_out_do_not_flatten_the_others() -> None:
    values = [*np.linspace(0, 1, 990).tolist(), *[1e6] * 5]
    (x,) = facts.describe({"train": read({"x": values})}, {}, set())["columns"]
    edges = x["distribution"]["edges"]
    assert edges[-1] < 1.1
    assert sum(x["distribution"]["shares"]["train"]) == pytest.approx(1, abs=1e-3)


def test_large_whole_numbers_keep_their_bins_apart() -> None:
    values = [17_031_080_000 + n for n in range(200)]
    (x,) = facts.describe({"train": read({"x": values})}, {}, set())["columns"]
    assert len(set(x["distribution"]["edges"])) == len(x["distribution"]["edges"])
    assert all(edge % 1 == 0.5 for edge in x["distribution"]["edges"])


def test_rare_values_are_one_bar() -> None:
    values = [value for number in range(20) for value in [f"v{number:02d}"] * (30 - number)]
    (x,) = facts.describe({"train": read({"x": values})}, {}, set())["columns"]
    assert x["distribution"]["values"] == [f"v{number:02d}" for number in range(8)]
    assert x["distribution"]["shares"]["train"][0] == pytest.approx(30 / 410, abs=1e-5)
    assert x["distribution"]["shares"]["train"][-1] == pytest.approx(sum(30 - n for n in range(8, 20)) / 410, abs=1e-5)


def test_a_column_without_a_value_is_empty() -> None:
    columns = facts.describe({"train": read({"x": [1, 2], "gone": [None, None]})}, {}, set())["columns"]
    (gone,) = [found for found in columns if found["name"] == "gone"]
    assert (gone["kind"], gone["missing"], gone["distinct"]) == ("empty", {"train": 1.0}, 0)
    assert "distribution" not in gone


def test_a_constant_has_one_bin() -> None:
    (x,) = facts.describe({"train": read({"x": [2.5, 2.5, 2.5]})}, {}, set())["columns"]
    assert x["distribution"] == {"edges": [2.0, 3.0], "shares": {"train": [1.0]}}


def summary(described: dict[str, Any], **more: Any) -> dict[str, Any]:
    gates = [{"name": "data gate: stops"}]
    return {
        "data": described,
        "data_gate": [],
        "gates": gates,
        "columns": {"left_out": {"level": "all alike"}, "notices": {}},
    } | more


def test_the_answer_counts_rows_columns_and_gaps(described: dict[str, Any]) -> None:
    made: Any = data.section(summary(described))
    assert made.lead == (
        "6 rows in 2 splits, 5 columns, of which the model reads 2; 2 have missing values. The data gate found nothing "
        "to report."
    )


def test_the_limits_of_a_wide_table_are_told(described: dict[str, Any]) -> None:
    def texts(limits: list[str]) -> list[str]:
        made: Any = data.section(summary(described, columns={"limits": limits}))
        return [block.text for block in made.blocks if block.kind == "text"]

    assert texts([]) == []
    assert texts(["x has few bins", "y no components"]) == ["In this wide table x has few bins; y no components."]


def test_the_answer_tells_of_the_data_gate_what_it_knows(described: dict[str, Any]) -> None:
    def answer(**more: Any) -> str:
        made: Any = data.section(summary(described, **more))
        return made.lead.partition("missing values.")[2]

    assert answer(gates=[]) == ""
    assert answer(gates=[], stopped={"step": "DataGate", "message": "x"}) == " The data gate stopped the run."
    finding = {
        "rule": "drift",
        "column": "x",
        "compared": "",
        "value": 1,
        "limit": 0,
        "severity": "warn",
        "message": "",
    }
    assert answer(data_gate=[finding]) == " The data gate found 1 thing to report."
    assert answer(data_gate=[finding] * 2) == " The data gate found 2 things to report."


def test_odd_text_is_drawn_and_cannot_end_the_script(described: dict[str, Any]) -> None:
    made: Any = data.section(summary(described))
    figures = [block for block in made.blocks if isinstance(block, Figure)]
    assert [figure.caption for figure in figures] == ["y (label)", "x", ODD, "drop (excluded)", "level"]
    html = page.render_sections("t", ("", ""), "", [made])
    body = html[html.index("<main") : html.index("</main>")]
    assert '</script>"' not in body
    assert "\\u003c/script>" in body


def test_findings_and_anomalies_are_tables_and_mark_the_drift(described: dict[str, Any]) -> None:
    finding = {
        "rule": "drift",
        "column": "x",
        "compared": "test against train",
        "value": 0.31,
        "limit": 0.05,
        "severity": "warn",
        "message": "x drifts",
    }
    anomaly = {"split": "test", "column": "y", "text": "Unexpected value"}
    made: Any = data.section(summary(described, data_gate=[finding], anomalies=[anomaly]))
    tables = {block.caption: block for block in made.blocks if isinstance(block, Table)}
    assert [cell.text for cell in tables["What the data gate found"].rows[0][4:6]] == ["0.310", "0.050"]
    assert tables["Where the data does not fit the schema"].rows[0][2].text == "Unexpected value"
    rows = tables["Columns"].rows
    assert {row[0].text: row[-1].mark for row in rows} == {"y": "", "x": "warning", ODD: "", "drop": "", "level": ""}


def test_components_that_are_kept_are_told_from_the_others() -> None:
    reduction = {"method": "pca", "components": 1, "explained_variance": [0.8, 0.2], "cumulative": [0.8, 1.0]}
    (figure,) = distributions.explained(reduction)
    assert "the 1 of 2 that are kept explain 80.0%" in figure.caption
    assert distributions.explained(None) == []
    assert distributions.explained(reduction | {"explained_variance": []}) == []


def test_a_wide_table_keeps_the_page_small() -> None:
    generator = np.random.default_rng(0)
    two = {"x": generator.normal(size=300).tolist(), "text": generator.choice([*"abcdefghijklmnop"], 300).tolist()}
    message = read(two)
    text, number = sorted(message.datasets[0].features, key=lambda feature: feature.path.step[0])
    for count in range(249):
        for feature, name in ((text, f"text {count:03d}"), (number, f"a_rather_long_name_of_column_{count:03d}")):
            copy = message.datasets[0].features.add()
            copy.CopyFrom(feature)
            copy.path.step[0] = name
    described = facts.describe(dict.fromkeys(("train", "validation", "test"), message), {}, {"text 248"})
    assert described["columns"][0]["name"] == "text 248"
    assert sum("distribution" in found for found in described["columns"]) == facts.FIGURES
    made: Any = data.section({"data": described})
    assert len([block for block in made.blocks if isinstance(block, Figure)]) == 12
    folded = [block for block in made.blocks if isinstance(block, Details)]
    assert [block.title for block in folded] == ["48 more distributions"]
    columns = next(block for block in made.blocks if getattr(block, "caption", "") == "Columns")
    assert (len(columns.rows), columns.rows[0][0].text) == (60, "text 248")
    assert "The first 60 of 500 columns; summary.json has them all." in columns.note
    assert Text(text="60 of 500 columns have a figure; summary.json has them all.") in made.blocks
    assert len(page.render_sections("wide", ("", ""), "", [made]).encode()) < 2_500_000
    json.dumps(described, allow_nan=False)


def test_a_run_that_stopped_before_has_no_such_section() -> None:
    assert data.section({"data_gate": []}) is None
