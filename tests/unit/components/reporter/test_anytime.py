from typing import Any

import pytest

from components.reporter import anytime
from components.reporter.sections.searching import anytime as shown
from modules import tasks

pytestmark = pytest.mark.unit


def trial(number: int, score: float, epochs: int, seconds: float) -> dict[str, Any]:
    return {"trial_id": f"{number:07d}", "score": score, "trial/epochs": epochs, "trial/seconds": seconds}


def curve(number: int, *scores: float | None) -> dict[str, Any]:
    return {"step": f"{number:07d}", "monitor": "val_auc", "val_auc": scores}


TRIALS = [trial(1, 0.75, 2, 4.0), trial(0, 0.5, 1, 3.0), trial(2, 0.7, 3, 1.5)]
CURVES = [curve(0, 0.5), curve(1, 0.6, 0.75), curve(2, None, 0.7, 0.6)]


def test_the_best_score_so_far_is_told_whenever_it_rises_and_at_the_end() -> None:
    assert anytime.progress(TRIALS, CURVES, higher_is_better=True) == {
        "epochs": [1, 2, 3, 6],
        "seconds": [3.0, 5.0, 7.0, 8.5],
        "best": [0.5, 0.6, 0.75, 0.75],
    }


def test_of_errors_the_lowest_is_the_best() -> None:
    assert anytime.progress(TRIALS, CURVES, higher_is_better=False)["best"] == [0.5, 0.5]


def test_a_trial_without_a_curve_is_scored_at_its_end() -> None:
    assert anytime.progress(TRIALS[:1], [], higher_is_better=True) == {"epochs": [2], "seconds": [4.0], "best": [0.75]}


def test_cheaper_trainings_take_their_share_of_the_epochs_and_their_scores_do_not_count() -> None:
    rows = {"trial/rows": 0.25}
    before = {"epochs": 4, "rows": 0.25, "seconds": 2.0, "score": 0.99}
    trials = [
        {**trial(0, 0.98, 4, 2.0), **rows},
        {**trial(1, 0.75, 8, 5.0), "trial/rows": 1.0, "trial/cheaper": before},
    ]
    made = anytime.progress(trials, [curve(1, *[0.5] * 7, 0.75)], higher_is_better=True)
    # Two cheaper trainings of 4 epochs on a quarter of the rows, then one of 8 in full.
    assert made == {"epochs": [3, 10], "seconds": [4.62, 9.0], "best": [0.5, 0.75]}


def test_draws_of_a_random_search_end_between_its_trials() -> None:
    trials = [trial(number, score, 2, 1.0) for number, score in enumerate((0.1, 0.2, 0.3, 0.4, 0.5))]
    made = anytime.band(trials, higher_is_better=True, seed=1)
    assert made["epochs"] == list(range(2, 11))
    # A single draw is any of the five; the best of five lies below 0.3 in (2/5)^5 = 1 % of the searches, and below 0.4
    # in (3/5)^5 = 8 %.
    assert (made["low"][0], made["high"][0]) == (0.1, 0.5)
    assert (made["low"][-1], made["high"][-1]) == (0.3, 0.5)
    assert made["low"] == sorted(made["low"])


def test_of_errors_the_draws_fall() -> None:
    trials = [trial(number, score, 2, 1.0) for number, score in enumerate((0.1, 0.2, 0.3, 0.4, 0.5))]
    made = anytime.band(trials, higher_is_better=False, seed=1)
    assert (made["low"][-1], made["high"][-1]) == (0.1, 0.3)


def summary(best: float, random: float | None = None, **search: Any) -> dict[str, Any]:
    progress = {"search": {"epochs": [9, 18], "seconds": [1.0, 2.0], "best": [0.8, best]}}
    if random is not None:
        band = {"epochs": [9, 18], "low": [0.7, 0.85], "high": [0.8, 0.9]}
        progress["random"] = {"epochs": [9, 16], "seconds": [1.0, 2.0], "best": [0.7, random], "band": band}
    return {"tuner_progress": progress, "tuner_search": {"strategy": "evolution"} | search}


AUC = tasks.METRICS["auc"]


def test_the_page_says_what_the_strategy_bought_over_random_search() -> None:
    assert shown.verdict(summary(0.96, 0.9), "Evolution", AUC).text == (
        "Evolution ended 0.0600 better than random search: validation AUC 0.9600 against 0.9000. That is more than the "
        "0.0500 by which draws of random search differ: nine in ten (shaded) end between 0.8500 and 0.9000. This is "
        "one run of each, and random search took 16 epochs against 18; its trials chose nothing."
    )


def test_a_difference_within_the_spread_of_draws_may_be_chance_and_a_lower_error_is_better() -> None:
    # The better of two random searches is beyond all draws of the other: that alone says nothing.
    assert "differ by 0.0500 themselves, so that chance may" in shown.verdict(summary(0.94, 0.9), "Evolution", AUC).text
    assert "0.0200 worse than" in shown.verdict(summary(0.86, 0.88), "Evolution", AUC).text
    assert "0.0200 better than" in shown.verdict(summary(0.86, 0.88), "Evolution", tasks.METRICS["rmse"]).text
    equal = shown.verdict(summary(0.9, 0.9), "Evolution", AUC).text
    assert "as good as random search" in equal
    assert "chance" not in equal


def test_without_random_search_one_line_says_how_to_see_it() -> None:
    assert shown.verdict(summary(0.9), "Evolution", AUC).text.startswith("tuner.compare: true runs random search")
    assert "was random search itself" in shown.verdict(summary(0.9, strategy="random"), "Random search", AUC).text


def test_both_curves_say_in_words_where_they_end() -> None:
    epochs, seconds = shown.figures(summary(0.95, 0.9), "Evolution", AUC)
    assert "Evolution: 0.9500 after 18 epochs of 18; Random search: 0.9000 after 16 epochs of 16." in epochs.description
    assert "against seconds" in seconds.caption
    assert "band" not in str(seconds.spec)


def test_a_search_of_one_score_has_no_curve() -> None:
    one = summary(0.9)
    one["tuner_progress"]["search"] = {"epochs": [9], "seconds": [1.0], "best": [0.9]}
    assert shown.figures(one, "Evolution", AUC) == []


def test_scores_below_zero_have_a_minus() -> None:
    r2 = tasks.METRICS["r2"]
    said = shown.verdict(summary(-0.25, -0.5), "Evolution", r2).text
    assert "Evolution ended 0.2500 better than random search: validation R² −0.2500 against −0.5000." in said
    assert "−0.2500 after 18 epochs" in shown.figures(summary(-0.25, -0.5), "Evolution", r2)[0].description
