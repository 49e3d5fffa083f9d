"""What `fit` drafts, runs and returns. The run itself is a stand-in."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pipeline
from modules.base.errors import DataRefused, UserError
from pipeline import config, reports
from pipeline.python import following, frames

pytestmark = pytest.mark.unit

SUMMARY: dict[str, Any] = {
    "name": "x",
    "blessed": True,
    "pushed": {"path": "/pushed/7"},
    "shipped_form": "int8_qat",
    "ladder": [{"form": "teacher", "auc": 0.9}, {"form": "int8_qat", "auc": 0.875, "accuracy": 0.75, "bytes": 3}],
    "gates": [{"name": "auc", "slice": "overall", "value": 0.4, "rule": "at least", "limit": 0.5, "passed": False}],
}


def customers(rows: int = 400) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    visits, colour = draw.normal(size=rows), draw.choice(["red", " blue", "green"], rows)
    churned = np.where(visits + draw.normal(size=rows) > 0, "yes", "no")
    return pd.DataFrame({"visits": visits, "colour": colour, "churned": churned})


class Runner:
    """Stands in for the process of a run."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, list[str]]] = []
        self.told, self.summary = following.Told(0, 1, None, False), SUMMARY

    def run(self, path: str, output: str, overrides: list[str]) -> following.Told:
        self.calls.append((path, output, overrides))
        if self.told.number:
            left = Path(reports.of_run(output, self.told.number).summary)
            left.parent.mkdir(parents=True, exist_ok=True)
            left.write_text(json.dumps(self.summary))
        return self.told


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    runner = Runner()
    monkeypatch.setattr(following, "run", runner.run)
    monkeypatch.chdir(tmp_path)
    return runner


def test_a_frame_is_written_to_the_folder_of_the_run_with_its_config(
    runner: Runner, capsys: pytest.CaptureFixture
) -> None:
    run = pipeline.fit(customers(), label="churned", name="customers", tuner={"max_epochs": 2})
    ((path, output, overrides),) = runner.calls
    assert output == "out/customers"
    assert Path(path).parent.parent == Path("out/customers/frames")
    assert sorted(file.name for file in Path(path).parent.iterdir()) == [
        "pipeline.yaml",
        "schema.pbtxt",
        "table.parquet",
    ]
    assert overrides == ["tuner.max_epochs=2"]
    settings = config.load(path, overrides)
    assert (settings.name, settings.label.column, settings.tuner.max_epochs) == ("customers", "churned", 2)
    assert "task      binary: churned = 'yes'" in capsys.readouterr().out
    assert f"run --config {path} --output out/customers --set tuner.max_epochs=2" in run.command


def test_the_same_frame_finds_its_config_and_what_was_edited_in_it(
    runner: Runner, capsys: pytest.CaptureFixture
) -> None:
    first = pipeline.fit(customers(), label="churned")
    with open(first.config, "a") as file:
        file.write("# edited\n")
    capsys.readouterr()
    again = pipeline.fit(pa.Table.from_pandas(customers(), preserve_index=False), label="churned")
    assert again.config == first.config
    assert "# edited" in Path(again.config).read_text()
    assert capsys.readouterr().out == ""
    other = pipeline.fit(customers(401), label="churned")
    assert other.config != first.config
    assert "# edited" in Path(first.config).read_text()


def test_a_frame_gives_the_same_bytes_whatever_its_index_and_their_meaning(tmp_path: Path) -> None:
    frame = customers().assign(
        day=pd.date_range("2024-01-01", periods=400), kind=pd.Categorical(["a", None] * 200), mixed=[1, "x"] * 200
    )
    content = frames.parquet(frame)
    assert frames.parquet(frame.set_index(np.arange(400) * 2)) == content
    assert frames.parquet(pa.Table.from_pandas(frame.drop(columns="mixed"))) != content
    (tmp_path / "t.parquet").write_bytes(content)
    table = pq.read_table(tmp_path / "t.parquet")
    assert table.schema.metadata is None
    assert {str(field.type) for field in table.schema} == {"double", "string", "timestamp[ns]"}
    assert table.column("mixed").to_pylist()[:2] == ["1", "x"]
    assert set(table.column("colour").to_pylist()) == {"red", "blue", "green"}


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame(), "the DataFrame: has no column"),
        (pd.DataFrame({"a": [[1], [2]]}), "the DataFrame, column 'a': holds list<item: int64>"),
        (customers().rename(columns={"colour": "visits"}), "the DataFrame: has 2 columns named 'visits'"),
        (customers().iloc[:0], "has no row"),
        (customers(), "churnd"),
        ([[1, 2]], "the array: has 2 columns"),
        (3, "is not a table"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(runner: Runner, frame: Any, said: str) -> None:
    with pytest.raises(UserError) as caught:
        pipeline.fit(frame, label="churnd")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert runner.calls == []


def test_a_path_is_drafted_as_init_does_and_found_again(runner: Runner, capsys: pytest.CaptureFixture) -> None:
    from pipeline.drafting import draft

    customers().to_csv("Customers.csv", index=False)
    run = pipeline.fit("Customers.csv", label="churned")
    assert run.config == "data/customers/pipeline.yaml"
    draft.draft("Customers.csv", "churned", "customers", parent="elsewhere")
    assert Path(run.config).read_text() == Path("elsewhere/customers/pipeline.yaml").read_text()
    assert pipeline.fit(Path("Customers.csv"), label="churned").config == run.config
    assert pipeline.fit("Customers.csv").config == run.config
    with pytest.raises(UserError, match="is there already, and predicts 'churned'"):
        pipeline.fit("Customers.csv", label="colour")
    customers().to_csv("other.csv", index=False)
    with pytest.raises(UserError, match="is there already, and is of .*Customers.csv"):
        pipeline.fit("other.csv", label="churned", name="customers")


def test_a_config_is_run_as_it_is_with_what_the_call_changes(runner: Runner) -> None:
    customers().to_csv("customers.csv", index=False)
    drafted = pipeline.fit("customers.csv", label="churned").config
    before = Path(drafted).read_text()
    gates: dict[str, Any] = {"evaluation.gates": {"auc": {"minimum": 0.6}}}
    pipeline.fit(drafted, {"positive_class": "no"}, name="renamed", **gates)
    path, output, overrides = runner.calls[-1]
    assert (path, output) == (drafted, "out/renamed")
    settings = config.load(path, overrides)
    assert (settings.label.column, settings.label.positive_class) == ("churned", "no")
    assert list(settings.evaluation.gates.given) == ["auc"]
    assert Path(drafted).read_text() == before


def test_a_wrong_setting_is_refused_before_anything_runs(runner: Runner) -> None:
    with pytest.raises(UserError, match="--set tuner.max_epoch=3"):
        pipeline.fit(customers(), label="churned", tuner={"max_epoch": 3})
    assert runner.calls == []


def test_a_run_that_was_pushed_says_so(runner: Runner, tmp_path: Path) -> None:
    run = pipeline.fit(customers(), label="churned", output=tmp_path / "here")
    assert (run.blessed, run.pushed, run.verdict) == (True, "/pushed/7", "Blessed and pushed: /pushed/7")
    assert run.metrics == {"auc": 0.875, "accuracy": 0.75}
    assert run.reference == "here/1"
    assert str(run.report()) == str(tmp_path / "here" / "reports" / "1" / "index.html")
    assert repr(run) == "here/1: Blessed and pushed: /pushed/7\n  AUC 0.8750, accuracy 0.7500"


def test_a_gate_that_refuses_the_model_is_a_state(runner: Runner) -> None:
    runner.told, runner.summary = following.Told(3, 1, None, False), SUMMARY | {"blessed": False, "pushed": None}
    run = pipeline.fit(customers(), label="churned")
    assert (run.blessed, run.pushed) == (False, None)
    assert run.verdict == "Not blessed, and not pushed: auc (overall) is 0.4000, at least 0.5000 is needed."


def test_a_gate_that_refuses_the_data_is_a_state_and_anything_else_an_exception(runner: Runner) -> None:
    error = DataRefused("data gate, 1 finding", "a number is out of range", "Fix the rows")
    runner.told, runner.summary = following.Told(2, 1, error, True), {"name": "x", "ladder": [], "blessed": False}
    run = pipeline.fit(customers(), label="churned")
    assert (run.blessed, run.pushed, run.verdict, run.metrics) == (False, None, str(error), {})
    for told in (following.Told(2, 1, error, False), following.Told(1, 0, error, False)):
        runner.told = told
        with pytest.raises(UserError) as caught:
            pipeline.fit(customers(), label="churned")
        assert caught.value is error
