from typing import Any

import pytest

from components.reporter.blocks import Details, Table, Text
from components.reporter.sections.searching import estimation, objectives
from modules import tasks

pytestmark = pytest.mark.unit

AUC = tasks.METRICS["auc"]


def trial(number: int, score: float, size: int, **more: Any) -> dict[str, Any]:
    costs = {"bytes": size, "operations": 10 * size}
    noted = {"trial/epochs": 9, "trial/seconds": 1.0, "trial/costs": costs}
    return {"trial_id": f"{number:07d}", "score": score, **noted, **{f"trial/{name}": of for name, of in more.items()}}


TRIALS = [trial(1, 0.9, 20_000), trial(0, 0.85, 30_000), trial(2, 0.8, 10_000)]
SEARCH: dict[str, Any] = {
    "chosen": "0000002",
    "front": {
        "trials": ["0000001", "0000002"],
        "ideal": {"metric": 0.9, "bytes": 10_000},
        "reference": {"metric": 0.8, "bytes": 30_000},
        "hypervolume": {"0000000": 0.0, "0000001": 0.5, "0000002": 0.5},
    },
}


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    layers = spec.get("layer", [spec])
    return [row for layer in [spec, *layers] for row in layer.get("data", {}).get("values", [])]


def test_trials_in_front_are_told_from_the_cheapest_on_and_the_chosen_one_is_marked() -> None:
    front, _ = objectives.figures(SEARCH, TRIALS, AUC)
    assert front.description == (
        "Of 3 trials 2 lie in front, from the cheapest on: trial 2: 10,000 bytes, 0.8000; "
        "trial 1: 20,000 bytes, 0.9000."
    )
    kinds = {row["trial"]: row["kind"] for row in rows_of(front.spec)}
    assert kinds == {"0": "beaten", "1": "in front", "2": "chosen"}
    assert "in both" in front.caption


def test_the_hypervolume_is_drawn_against_the_epochs_of_the_trials_in_their_order() -> None:
    _, covered = objectives.figures(SEARCH, TRIALS, AUC)
    told = {row["epochs"]: row["volume"] for row in rows_of(covered.spec)}
    assert told == {9: 0.0, 18: 0.5, 27: 0.5}
    assert "from 0.0% after 9 epochs to 50.0% after 27" in covered.description


def test_three_objectives_have_one_front_and_the_caption_says_of_what() -> None:
    more = {**SEARCH["front"], "ideal": {**SEARCH["front"]["ideal"], "operations": 1}}
    front, covered = objectives.figures({**SEARCH, "front": more}, TRIALS, AUC)
    assert "in all 3 objectives" in front.caption
    assert "score and bytes and operations" in covered.caption


def test_without_costs_or_with_equal_ones_there_is_no_front() -> None:
    assert objectives.figures({}, TRIALS, AUC) == []
    assert objectives.figures({"front": None}, TRIALS, AUC) == []
    equal = {**SEARCH["front"], "reference": SEARCH["front"]["ideal"]}
    assert objectives.figures({"front": equal}, TRIALS, AUC) == []


def test_trials_that_are_not_on_the_front_at_all_are_left_out() -> None:
    front, _ = objectives.figures(SEARCH, [*TRIALS, trial(3, 0.99, 5)], AUC)
    assert front.description.startswith("Of 3 trials")


def table(blocks: list[Any]) -> list[list[str]]:
    (folded,) = (block for block in blocks if isinstance(block, Details))
    (made,) = folded.blocks
    assert isinstance(made, Table)
    return [[cell.text for cell in row] for row in made.rows]


def test_a_search_in_full_says_nothing_of_estimation() -> None:
    assert estimation.blocks({}, TRIALS, "AUC") == []
    assert estimation.blocks({"estimation": "full"}, TRIALS, "AUC") == []


def test_stopped_trials_are_told_with_their_forecast_and_what_that_saved() -> None:
    why = {"best": 0.9, "epoch": 9, "value": 0.86, "low": 0.84, "high": 0.88, "limit": 20}
    made = estimation.blocks(
        {"estimation": "curve_extrapolation", "saved_epochs": 1_011}, [*TRIALS, trial(3, 0.8, 5, stopped=why)], "AUC"
    )
    assert isinstance(made[0], Text)
    assert made[0].text.startswith("1 of 4 trials were stopped")
    assert "at most 1,011 epochs were saved" in made[0].text
    assert table(made) == [["3", "9", "20", "0.8000", "0.8600", "0.8400 to 0.8800", "0.9000"]]
    (none,) = estimation.blocks({"estimation": "curve_extrapolation"}, TRIALS, "AUC")
    assert "No trial was stopped" in none.text  # type: ignore[union-attr]


def test_cheaper_trainings_are_told_with_how_far_they_rank_trials_alike() -> None:
    before = {"score": 0.8, "epochs": 3, "seconds": 1.0, "rows": 0.25}
    agreement: dict[str, Any] = {"trials": 5, "spearman": {"value": 0.9, "low": 0.05, "high": 0.99}, "kendall": None}
    search = {"estimation": "lower_fidelity", "whole_epochs": 61.5, "agreement": agreement}
    made = estimation.blocks(search, [trial(1, 0.9, 5, cheaper=before), *TRIALS], "AUC")
    assert isinstance(made[0], Text)
    assert "1 of them then in full: all trainings together come to 62 epochs over all rows." in made[0].text
    assert "on the 5 trials: 0.90, 95 % interval 0.05 to 0.99 (Spearman)" in made[0].text
    assert table(made) == [["1", "0.9000", "0.8000", "3", "0.25"]]
    few = {**search, "agreement": {"trials": 3, "spearman": {"value": 0.5, "low": None, "high": None}}}
    assert "0.50, too few for an interval" in str(estimation.blocks(few, TRIALS, "AUC")[0])
    assert "cannot be told" in str(estimation.blocks({**search, "agreement": None}, TRIALS, "AUC")[0])


def test_inherited_weights_are_counted_by_how_they_came() -> None:
    trials = [trial(n, 0.5, 5, inherited=way) for n, way in enumerate(("widened", "copied", "widened"))]
    (made,) = estimation.blocks({"estimation": "weight_inheritance"}, [*trials, *TRIALS], "AUC")
    assert "3 of 6 trials began with the weights of the one that they came of: 2 widened, 1 copied." in str(made)
    assert "No trial" in str(estimation.blocks({"estimation": "weight_inheritance"}, TRIALS, "AUC")[0])
