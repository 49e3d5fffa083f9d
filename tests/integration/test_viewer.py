"""The viewer on evaluations of a few predictions by the Evaluator: found through ML Metadata, drawn in a browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modules.base.errors import UserError
from modules.base.settings import Evaluation, Label
from modules.contracts.tflite import ModelCard, TfliteModel, write_judged
from modules.tasks import TASKS
from pipeline import viewer
from tests import table_evaluation
from tests.browser import Visit, browser, ink, needs_chromium

pytestmark = pytest.mark.integration

Look = Callable[[viewer.View], Visit]
CLASSES = ["Adelie", "Chinstrap", "Gentoo"]


def evaluate(folder: Path, frame: pd.DataFrame, task: str, slices: list[list[str]]) -> None:
    """Evaluates predictions with the EvalConfig that the pipeline would make, as a model without a baseline."""
    positive = {"positive_class": "yes"} if task == "binary" else {}
    label = Label.model_validate({"column": "label", "task": task, **positive})
    gate = {"binary": "auc", "multiclass": "accuracy", "regression": "r2"}[task]
    settings = Evaluation.model_validate({"slices": slices, "gates": {gate: {"minimum": 0.1}}})
    config = table_evaluation.configured(settings, label, len(CLASSES))
    table_evaluation.evaluate(task, frame.rename(columns={"prediction": table_evaluation.PREDICTION}), config, folder)


def remember(store: Any, pipeline: str, name: str, evaluation: Path, model: Path, state: int) -> None:
    """Writes executions of an Evaluator and a Verdict into ML Metadata, as TFX does."""
    from ml_metadata.proto import metadata_store_pb2 as pb

    def context(kind: str, called: str) -> pb.Context:
        if store.get_context_by_type_and_name(kind, called) is None:
            type_id = store.put_context_type(pb.ContextType(name=kind))
            store.put_contexts([pb.Context(type_id=type_id, name=called)])
        return store.get_context_by_type_and_name(kind, called)

    def artifact(kind: str, uri: str, **properties: Any) -> pb.Artifact:
        made = pb.Artifact(type_id=store.put_artifact_type(pb.ArtifactType(name=kind)), uri=uri)
        for key, value in properties.items():
            if isinstance(value, int):
                made.custom_properties[key].int_value = value
            else:
                made.custom_properties[key].string_value = value
        return made

    def output(key: str) -> pb.Event:
        step = pb.Event.Path.Step(key=key)
        return pb.Event(type=pb.Event.OUTPUT, path=pb.Event.Path(steps=[step]))

    blessing = artifact("ModelBlessing", f"{evaluation}/blessing", blessed=1, current_model=str(model))
    made = {"Evaluator": (artifact("ModelEvaluation", str(evaluation)), output("evaluation"))}
    for step, pair in (made | {"Verdict": (blessing, output("blessing"))}).items():
        contexts = [context("pipeline", pipeline), context("pipeline_run", name), context("node", f"{pipeline}.{step}")]
        kind = store.put_execution_type(pb.ExecutionType(name=step))
        store.put_execution(pb.Execution(type_id=kind, last_known_state=state), [pair], contexts)


class Output:
    """The output folder of runs whose Evaluator saw these predictions."""

    def __init__(self, folder: Path, task: str, classes: list[str]):
        import ml_metadata
        from ml_metadata.proto import metadata_store_pb2 as pb

        self.folder, self.task = folder, task
        config = pb.ConnectionConfig()
        config.sqlite.filename_uri = str(folder / "metadata.sqlite")
        config.sqlite.connection_mode = pb.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
        self._store = ml_metadata.MetadataStore(config)
        self._states = pb.Execution
        card = ModelCard(
            "int8_qat", [], [{"name": TASKS[task].tensor} | ({"classes": classes} if classes else {})], task, "y"
        )
        write_judged(str(folder / "model"), TfliteModel(b"", card))

    def add(self, name: str, frame: pd.DataFrame, slices: list[list[str]]) -> None:
        folder = self.folder / "evaluation" / name
        evaluate(folder, frame, self.task, slices)
        self.repeat(name, name, self._states.COMPLETE)

    def repeat(self, name: str, evaluation: str, state: int | None = None) -> None:
        folder = self.folder / "evaluation" / evaluation
        state = self._states.CACHED if state is None else state
        remember(self._store, "shop", name, folder, self.folder / "model", state)


def binary(count: int, noise: float, cities: int = 3) -> pd.DataFrame:
    generator = np.random.default_rng(5)
    label = generator.integers(0, 2, count)
    prediction = np.clip(0.25 + 0.5 * label + generator.normal(0, noise, count), 0, 1)
    city = [f"city {number}" for number in generator.integers(0, cities, count)]
    sex = generator.choice(["f", "m"], count)
    return pd.DataFrame({"label": label.astype(float), "prediction": prediction, "city": city, "sex": sex})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two evaluations of a binary model and a run that took the second from the cache; one of 60 slices after them."""
    made = Output(tmp_path_factory.mktemp("shop"), "binary", ["no", "yes"])
    made.add("2026-01-01T10:00:00.1", binary(400, 0.4), [["city"], ["city", "sex"]])
    made.add("2026-01-02T10:00:00.1", binary(400, 0.2), [["city"], ["city", "sex"]])
    made.repeat("2026-01-03T10:00:00.1", "2026-01-02T10:00:00.1")
    return made.folder


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Output(tmp_path_factory.mktemp("many"), "binary", ["no", "yes"])
    made.add("2026-01-01T10:00:00.1", binary(2_000, 0.4, cities=60), [["city"]])
    return made.folder


@pytest.fixture(scope="module")
def species(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = np.random.default_rng(6)
    label = generator.integers(0, 3, 200)
    scores = generator.uniform(0, 1, (200, 3)) + 1.5 * np.eye(3)[label]
    prediction = (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)
    frame = pd.DataFrame({"label": label, "prediction": list(prediction), "sex": generator.choice(["f", "m"], 200)})
    made = Output(tmp_path_factory.mktemp("species"), "multiclass", CLASSES)
    made.add("2026-01-01T10:00:00.1", frame, [["sex"]])
    return made.folder


@pytest.fixture(scope="module")
def rents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = np.random.default_rng(7)
    label = generator.uniform(0, 100, 200)
    city = generator.choice(["Oslo", "Rome"], 200)
    frame = pd.DataFrame({"label": label, "prediction": label + generator.normal(0, 3, 200), "city": city})
    made = Output(tmp_path_factory.mktemp("rents"), "regression", [])
    made.add("2026-01-01T10:00:00.1", frame, [["city"]])
    return made.folder


def test_all_runs_are_found_oldest_first_and_the_latest_is_the_last(shop: Path) -> None:
    found = viewer.runs(str(shop))
    assert [run.name[:10] for run in found] == ["2026-01-01", "2026-01-02", "2026-01-03"]
    assert [run.cached for run in found] == [False, False, True]
    assert {(run.pipeline, run.blessed) for run in found} == {("shop", True)}
    assert viewer.latest_run(str(shop)) == found[-1]
    assert found[2].evaluation == found[1].evaluation
    assert repr(found[2]) == "shop, run of 2026-01-03 10:00:00, blessed, from the cache"


def test_a_folder_without_runs_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is not the output of a run, it has no metadata\.sqlite\. Run `make demo`"):
        viewer.latest_run(str(tmp_path))
    assert not list(tmp_path.iterdir())
    Output(tmp_path, "binary", [])
    with pytest.raises(UserError, match="holds no run that reached the Verdict"):
        viewer.runs(str(tmp_path))


def test_an_evaluation_that_was_removed_is_named(shop: Path, tmp_path: Path) -> None:
    run = viewer.EvaluatedRun("2026", "shop", True, False, str(tmp_path / "gone"), "model")
    with pytest.raises(UserError, match="gone: is gone, where run 2026 left its evaluation"):
        _ = run.result


def test_a_column_a_slice_or_a_class_that_is_not_there_is_refused_with_those_that_are(
    shop: Path, species: Path
) -> None:
    run = viewer.latest_run(str(shop))
    with pytest.raises(UserError, match="has no slices by age. It has: city; city, sex"):
        viewer.slicing_metrics(run, "age")
    with pytest.raises(UserError, match=r"has no slice 'sex=f'\. It has: city=city 0; .*overall"):
        viewer.plot(run, "sex=f")
    with pytest.raises(UserError, match="has no class 'Emperor'. It has: Adelie, Chinstrap, Gentoo"):
        viewer.fairness_indicators(viewer.latest_run(str(species)), of_class="Emperor")


def test_a_regression_has_its_metrics_and_says_what_it_cannot_show(rents: Path) -> None:
    run = viewer.latest_run(str(rents))
    assert "<iframe" in viewer.slicing_metrics(run).html
    assert "<iframe" in viewer.time_series([run]).html
    for view, words in (
        (viewer.plot(run), "no plot of a regression"),
        (viewer.fairness_indicators(run), "a regression has none"),
    ):
        assert words in view.html
        assert "iframe" not in view.html


@pytest.fixture(scope="module")
def visit() -> Iterator[Callable[..., Visit]]:
    with browser() as opened:
        yield opened


@pytest.fixture
def seen(visit: Callable[..., Visit], tmp_path: Path) -> Iterator[Callable[[viewer.View], Visit]]:
    """Returns a function that opens a view in a page of its own."""
    looked: list[Visit] = []

    def look(view: viewer.View) -> Visit:
        path = tmp_path / f"{len(looked)}.html"
        path.write_text(f"<!doctype html><meta charset=utf-8>{view.html}")
        looked.append(visit(path.as_uri(), 1300, 1200))
        return looked[-1]

    yield look
    for one in looked:
        one.page.close()


def cells(seen: Visit, row: str) -> list[str]:
    """Returns a row of the table in the view, by the text of its first cell."""
    found = seen.page.locator("iframe").content_frame.locator("tr").filter(has_text=re.compile(row)).first
    return [text.strip() for text in found.locator("td, th").all_inner_texts()]


@needs_chromium
def test_the_table_of_slices_shows_what_tfma_measured(shop: Path, seen: Look) -> None:
    run = viewer.latest_run(str(shop))
    looked = seen(viewer.slicing_metrics(run, "city"))
    looked.page.locator("iframe").content_frame.get_by_text("city:city 2").last.wait_for()
    shown = dict(zip(cells(looked, "^feature"), cells(looked, "city:city 1"), strict=True))
    rows = binary(400, 0.2).query("city == 'city 1'")
    assert shown["example_count"] == str(len(rows))
    assert float(shown["binary_accuracy"]) == pytest.approx(
        ((rows["prediction"] > 0.5) == rows["label"]).mean(), abs=1e-5
    )
    assert float(shown["mean_label"]) == pytest.approx(rows["label"].mean(), abs=1e-5)
    assert not [name for name in shown if "@" in name]
    assert looked.page.locator("iframe").content_frame.get_by_text("city_X_sex").count() == 0
    assert (looked.complaints, looked.left) == ([], [])


@needs_chromium
def test_a_click_on_a_heading_sorts_the_table_by_number(shop: Path, seen: Look) -> None:
    looked = seen(viewer.slicing_metrics(viewer.latest_run(str(shop))))
    frame = looked.page.locator("iframe").content_frame
    heading = frame.locator("th", has_text="example_count")
    for descending in (False, True):
        heading.click()
        column = frame.locator("th").all_inner_texts().index("example_count")
        counts = [int(row.locator("td").nth(column).inner_text()) for row in frame.locator("tr[data-row]").all()]
        assert len(counts) == 10
        assert counts == sorted(counts, reverse=descending)
    assert looked.complaints == []


@needs_chromium
def test_all_seven_plots_of_a_binary_model_are_drawn(shop: Path, seen: Look) -> None:
    looked = seen(viewer.plot(viewer.latest_run(str(shop)), "city=city 1"))
    frame = looked.page.locator("iframe").content_frame
    frame.get_by_text("Show all plots").click()
    looked.page.locator("iframe").evaluate("frame => frame.height = 1600")
    names = [
        "Calibration Plot",
        "Residual Plot",
        "Prediction Distribution",
        "Precision-Recall Curve",
        "ROC Curve",
        "Gain",
    ]
    for name in [*names, "Acc/P/R/F1"]:
        frame.get_by_text(name, exact=True).filter(visible=True).first.wait_for()
    drawn = frame.locator("google-chart:visible svg.marks")
    drawn.nth(6).wait_for()
    assert drawn.count() == 7
    for chart in drawn.all():
        assert ink(chart.screenshot()) > 0.01
    assert frame.get_by_text("False Positive Rate").count() == 1
    assert (looked.complaints, looked.left) == ([], [])


@needs_chromium
def test_runs_with_one_evaluation_are_one_point_of_the_time_series(shop: Path, seen: Look) -> None:
    looked = seen(viewer.time_series(viewer.runs(str(shop))))
    frame = looked.page.locator("iframe").content_frame
    frame.locator("tr[data-row]").nth(1).wait_for()
    assert frame.locator("tr[data-row]").count() == 2
    assert frame.locator("tr[data-row]").first.inner_text().startswith("2026-01-02 10:00:00")
    assert frame.locator("google-chart svg .mark-symbol path").count() == 2
    assert (looked.complaints, looked.left) == ([], [])


@needs_chromium
def test_many_slices_are_a_histogram_in_which_the_chosen_one_is_marked(many: Path, seen: Look) -> None:
    looked = seen(viewer.slicing_metrics(viewer.latest_run(str(many))))
    frame = looked.page.locator("iframe").content_frame
    bars = frame.locator("#details svg.marks .mark-rect path")
    bars.nth(9).wait_for()
    assert bars.count() == 10
    marked = frame.locator('#details svg.marks .mark-rect path[stroke="black"]')
    assert marked.count() == 0
    frame.locator("tr[data-row]").nth(3).click()
    marked.first.wait_for()
    assert marked.count() == 1
    assert frame.locator("tr[data-row]").count() == 20
    frame.get_by_text("4", exact=True).last.click()
    assert frame.locator("tr[data-row]").count() == 1
    assert looked.complaints == []


@needs_chromium
def test_fairness_indicators_show_the_rates_of_a_class_against_the_rest(species: Path, seen: Look) -> None:
    run = viewer.latest_run(str(species))
    looked = seen(viewer.fairness_indicators(run, "sex", of_class="Gentoo"))
    frame = looked.page.locator("iframe").content_frame
    frame.get_by_text("false_positive_rate").first.wait_for()
    frame.get_by_text("sex:f").filter(visible=True).first.wait_for()
    assert looked.page.get_by_text("Class Gentoo against the rest").count() == 1
    assert ink(looked.page.locator("iframe").screenshot()) > 0.02
    assert (looked.complaints, looked.left) == ([], [])


@needs_chromium
def test_views_open_on_the_metrics_to_look_at_first_with_whole_labels(shop: Path, seen: Look) -> None:
    run = viewer.latest_run(str(shop))
    metrics = seen(viewer.slicing_metrics(run, crosses=False))
    frame = metrics.page.locator("iframe").content_frame
    frame.locator("svg text", has_text=re.compile("^auc$")).first.wait_for()
    frame.locator("svg text", has_text="city:city 1").first.wait_for()
    assert frame.get_by_text("city_X_sex").count() == 0
    rates = seen(viewer.fairness_indicators(run, crosses=False))
    frame = rates.page.locator("iframe").content_frame
    for name in ("positive_rate@0.50", "true_positive_rate@0.50"):
        frame.get_by_text(name, exact=True).first.wait_for()
    assert frame.get_by_text("precision@0.50").filter(visible=True).count() == 0
    assert metrics.complaints + rates.complaints == []


@needs_chromium
def test_several_classes_have_their_confusions_and_metrics_by_name(species: Path, seen: Look) -> None:
    run = viewer.latest_run(str(species))
    looked = seen(viewer.plot(run))
    looked.page.locator("iframe").content_frame.get_by_text("Incorrect prediction count").filter(
        visible=True
    ).first.wait_for()
    assert looked.page.get_by_text("0: Adelie, 1: Chinstrap, 2: Gentoo").count() == 1
    table = seen(viewer.slicing_metrics(run))
    table.page.locator("iframe").content_frame.locator("th", has_text="recall/Gentoo").wait_for()
    headings = cells(table, "^feature")
    assert {"auc", "auc/Adelie", "sparse_categorical_accuracy"} <= set(headings)
    assert looked.complaints + table.complaints == []


@needs_chromium
def test_what_a_cell_of_the_table_holds_is_text_and_not_markup(tmp_path: Path, seen: Look) -> None:
    (tmp_path / "markup").mkdir()
    made = Output(tmp_path / "markup", "binary", ["no", "yes"])
    frame = binary(200, 0.3)
    frame["city"] = np.where(frame["city"] == "city 0", "</script><img src=x onerror=alert(1)>&quot;'", "calm")
    made.add("2026-01-01T10:00:00.1", frame, [["city"]])
    looked = seen(viewer.slicing_metrics(viewer.latest_run(str(made.folder))))
    looked.page.on("dialog", lambda dialog: looked.complaints.append(dialog.message))
    looked.page.locator("iframe").content_frame.get_by_text("city:calm").last.wait_for()
    assert looked.page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    assert looked.page.locator("iframe").content_frame.locator("td", has_text="onerror=alert(1)").count() == 1
    assert looked.complaints == []
