from typing import Any

import pytest

from components.reporter.blocks import Details, Table, Text
from components.reporter.facts import search as facts
from components.reporter.sections.searching import importance

pytestmark = pytest.mark.unit


def share(value: float, *names: str) -> dict[str, Any]:
    return {"names": names, "value": value, "low": value / 2, "high": min(1.0, value * 2)}


TOLD = {
    "trials": 22,
    "least": 10,
    "alone": [share(0.6, "tuner/epochs"), share(0.25, "learning_rate")],
    "together": [share(0.1, "learning_rate", "units")],
}


def table(told: dict[str, Any]) -> Table:
    folded = importance.block(told)
    assert isinstance(folded, Details)
    (made,) = folded.blocks
    assert isinstance(made, Table)
    return made


def test_each_hyperparameter_has_its_share_with_an_interval_and_pairs_follow() -> None:
    made = table(TOLD)
    assert [[cell.text for cell in row] for row in made.rows] == [
        ["epochs that it had", "60.0%", "30.0% to 100.0%"],
        ["learning rate", "25.0%", "12.5% to 50.0%"],
        ["learning rate × units, only together", "10.0%", "5.0% to 20.0%"],
    ]
    assert "22 trials; 5.0% is left to other combinations" in made.note
    assert "Better trials were given more epochs" in made.note
    assert "given more epochs" not in table(TOLD | {"alone": TOLD["alone"][1:]}).note  # type: ignore[index]


def test_the_figure_names_the_shares_in_words() -> None:
    (figure,) = importance.figures(TOLD)
    assert "epochs that it had 60% (30% to 100%); learning rate 25% (12% to 50%)" in figure.description


def test_too_few_trials_and_equal_ones_are_told_apart() -> None:
    few, equal = (importance.block({**TOLD, "alone": [], "together": [], "trials": count}) for count in (9, 30))
    assert few == Text(text="9 trials are too few to tell which hyperparameter mattered: it takes 10.")
    assert isinstance(equal, Text)
    assert "do not differ" in equal.text
    assert importance.figures({**TOLD, "alone": []}) == []


def test_what_a_trial_was_given_counts_and_what_it_took_does_not() -> None:
    trials = [
        {
            "trial_id": f"{n}",
            "score": float(n % 2),
            "units": n % 2,
            "tuner/epochs": n % 3,
            "trial/epochs": n,
            "tuner/round": n,
        }
        for n in range(12)
    ]
    made = facts.importance(trials, seed=1)
    assert {name for one in made["alone"] for name in one["names"]} == {"units", "tuner/epochs"}
    assert made["alone"][0]["names"] == ("units",)
    assert (made["trials"], made["least"]) == (12, 10)


def test_of_trials_in_full_the_score_before_counts() -> None:
    cheap = [{"trial_id": f"{n}", "score": 0.5 + n % 2 / 10, "units": n % 2, "layers": n % 3} for n in range(12)]
    before = {"score": cheap[0]["score"]}
    mixed = [{**cheap[0], "score": 0.9, "trial/cheaper": before}, *cheap[1:]]
    assert facts.importance(mixed, seed=1) == facts.importance(cheap, seed=1)
