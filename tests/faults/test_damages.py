"""Files of an output folder that somebody, or the disk, has changed: the next run makes them again, and says why."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.runs import model, run, torn, versions

pytestmark = pytest.mark.faults


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Changes one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def add(path: Path) -> None:
    path.with_name("another").write_text("planted")


@dataclasses.dataclass(frozen=True)
class Damage:
    """What is done to which file of a step's results, as the next run says it."""

    step: str
    file: str
    harm: Callable[[Path], None]
    said: str

    def __str__(self) -> str:
        return f"{self.step}: {self.file} {self.said}"


DAMAGES = (
    Damage("Reporter", "report/*/index.html", cut, "is cut"),
    Damage("Pusher", "pushed_model/*/model.json", flip, "was changed"),
    Damage("Ladder", "ladder/*/ladder.json", flip, "was changed"),
    Damage("Explainer", "explanation/*/explanation.json", flip, "was changed"),
    Damage("Debugger", "debugging/*/debugging.json", cut, "is cut"),
    Damage("Intervals", "intervals/*/curves.json", Path.unlink, "is missing"),
    Damage("Evaluator", "evaluation/*/metrics-*", cut, "is cut"),
    Damage("Verdict", "blessing/*/BLESSED", Path.unlink, "is missing"),
    Damage("Scorer", "predictions/*/predictions.npz", flip, "was changed"),
    Damage("Selector", "model/*/Format-Serving/tflite", cut, "is cut"),
    Damage("Selector", "model/*/Format-Serving/tflite", flip, "was changed"),
    Damage("Quantizer", "forms/*/float16/model.tflite", Path.unlink, "is missing"),
    Damage("Pruner", "pruned_model/*/Format-Serving/saved_model.pb", flip, "was changed"),
    Damage("Student", "model/*/Format-Serving/assets.extra/network.keras", cut, "is cut"),
    Damage("Teacher", "model/*/Format-Serving/assets.extra/network.keras", flip, "was changed"),
    Damage("Tuner", "best_hyperparameters/*/*", flip, "was changed"),
    Damage("Transform", "transform_graph/*/transform_fn/saved_model.pb", flip, "was changed"),
    Damage("Transform", "transformed_examples/*/Split-train/*", cut, "is cut"),
    Damage("DataGate", "findings/*/findings.json", add, "was added"),
    Damage("SchemaCurator", "curated_schema/*/schema.pbtxt", flip, "was changed"),
    Damage("StatisticsGen", "statistics/*/Split-test/FeatureStats.pb", flip, "was changed"),
    Damage("TableExampleGen", "examples/*/Split-train/*", cut, "is cut"),
)
SHIPPED = ("model.tflite", "model.json", "SHA256SUMS", "examples/predict.py")
HARMS: tuple[Callable[[Path], None], ...] = (cut, flip, Path.unlink)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("damages") / "out"
    ended = run(output)
    assert ended.status == 0, ended
    return output


def latest(output: Path, damage: Damage) -> Path:
    """Returns the file among the latest of the step's results."""
    files = (output / "artifacts" / damage.step).glob(damage.file)
    of = re.compile(rf"/{damage.file.partition('/')[0]}/(\d+)/")
    return max(files, key=lambda path: int(of.findall(str(path))[0]))


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_a_damaged_result_is_made_again_and_nothing_that_came_of_it_is_pushed(
    output: Path, undisturbed: Path, damage: Damage
) -> None:
    path = latest(output, damage)
    damage.harm(path)
    ended = run(output)
    assert ended.status == 0, ended
    again = re.findall(r"^  (\w+) +again +(.*)$", ended.out, re.MULTILINE)
    assert [step for step, _ in again] == [damage.step], ended.out
    assert (path.name if damage.harm is not add else "another") in again[0][1]
    assert (damage.said if damage.harm is not cut else " bytes and had ") in again[0][1]
    assert torn(output) == []
    assert {model(output)} == {model(undisturbed)}


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_damaged_version_is_mended_by_the_next_run(
    output: Path, undisturbed: Path, harm: Callable[[Path], None], name: str
) -> None:
    before = versions(output)
    harm(before[-1] / name)
    ended = run(output)
    assert ended.status == 0, ended
    assert versions(output) == before
    assert torn(output) == []
    assert model(output) == model(undisturbed)
