import json
from typing import Any, get_args

import pytest

from components.reporter import page
from components.reporter.blocks import Details, Figure, Table
from components.reporter.facts.search import brackets
from components.reporter.sections import curves, parallel, search
from modules import tasks
from modules.base.settings import Tuner
from modules.contracts.training_curves import LearningCurve

pytestmark = pytest.mark.unit


def trial(number: int, score: float, **values: Any) -> dict[str, Any]:
    noted = {"tuner/bracket": 1, "tuner/round": 0, "tuner/epochs": 3, "trial/epochs": 3, "trial/seconds": 1.25}
    return {"trial_id": f"{number:07d}", "score": score, "units": 32, "rate": 0.01} | noted | values


def blocks(summary: dict[str, Any], kind: type) -> list[Any]:
    made: Any = search.section(summary)
    return [block for block in made.blocks if isinstance(block, kind)]


def drawn(figure: Figure) -> list[dict[str, Any]]:
    """Returns all rows of all data of a figure."""
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(value.get("values", []) if isinstance(value.get("values"), list) else [])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(figure.spec)
    return [row for row in found if isinstance(row, dict)]


def test_rounds_are_summed_up_by_bracket() -> None:
    trials = [
        trial(1, 0.9, **{"tuner/round": 1, "tuner/epochs": 9}),
        trial(2, 0.8),
        trial(3, 0.7),
        trial(4, 0.6, **{"tuner/bracket": 0, "tuner/epochs": 9}),
    ]
    assert brackets(trials, higher_is_better=True) == [
        {"bracket": 1, "round": 0, "trials": 2, "epochs": 3, "best": 0.8},
        {"bracket": 1, "round": 1, "trials": 1, "epochs": 9, "best": 0.9},
        {"bracket": 0, "round": 0, "trials": 1, "epochs": 9, "best": 0.6},
    ]
    assert brackets(trials, higher_is_better=False)[0]["best"] == 0.7


def test_a_search_that_tells_no_bracket_has_none() -> None:
    assert brackets([{"trial_id": "1", "score": 1.0}], higher_is_better=True) == []


def test_ten_trials_are_shown_and_the_others_are_folded_away() -> None:
    summary = {"tuner": [trial(n, 1 - n / 100) for n in range(12)], "tuner_metric": "auc"}
    (table,) = blocks(summary, Table)
    (folded,) = blocks(summary, Details)
    assert len(table.rows) == 10
    assert [cell.text for cell in table.rows[1]] == ["1", "0.9900", "32", "0.01", "3", "1.2", "1", "0"]
    assert [row[0].text for row in folded.blocks[0].rows] == ["10", "11"]
    made: Any = search.section(summary)
    assert made.lead == (
        "Hyperband tried 12 configurations in 36 epochs; the best has units 32, rate 0.01: validation AUC 1.0000."
    )


def test_trials_that_went_on_are_of_one_configuration_with_those_before() -> None:
    trials = [trial(1, 0.9, **{"tuner/trial_id": "0000000"}), trial(0, 0.8), trial(2, 0.7)]
    made: Any = search.section({"tuner": trials, "tuner_metric": "auc"})
    assert made.lead.startswith("Hyperband tried 2 configurations in 3 trials of 9 epochs; the best has units 32")


def test_a_chosen_trial_that_is_not_the_best_is_called_so_and_stands_where_its_score_is() -> None:
    trials = [trial(1, 0.8, units=64), trial(0, 0.9), trial(2, 0.7)]
    made: Any = search.section({"tuner": trials, "tuner_metric": "auc"})
    assert "; the chosen one has units 64, rate 0.01: validation AUC 0.8000" in made.lead
    assert made.blocks[0].caption == "All 3 trials, the chosen one first"
    rows = drawn(parallel.figure(trials, ["units"], tasks.METRICS["auc"]))
    places = {
        row["trial"][-1]: (row["place"], row["best"])
        for row in rows
        if row["axis"] == "validation AUC" and "trial" in row
    }
    assert places == {"1": (0.5, True), "0": (1.0, False), "2": (0.0, False)}


def test_the_worst_quarter_shares_one_place_among_the_scores() -> None:
    trials = [trial(n, score) for n, score in enumerate((0.9, 0.8, 0.7, 0.6, 0.1))]
    figure = parallel.figure(trials, ["units"], tasks.METRICS["auc"])
    rows = [row for row in drawn(figure) if row["axis"] == "validation AUC"]
    assert {row["trial"][-1]: row["place"] for row in rows if "trial" in row} == pytest.approx(
        {"0": 1.0, "1": 2 / 3, "2": 1 / 3, "3": 0.0, "4": 0.0}, abs=1e-4
    )
    assert {row["text"] for row in rows if "text" in row} == {"≤ 0.6", "0.75", "0.9"}


def test_the_trials_of_random_search_are_folded_away() -> None:
    random = [trial(0, 0.7), trial(1, 0.6)]
    (folded,) = blocks({"tuner": [trial(0, 0.5)], "tuner_metric": "auc", "tuner_random": random}, Details)
    assert folded.title == "Random search's 2 trials, which chose nothing"
    assert [row[1].text for row in folded.blocks[0].rows] == ["0.7000", "0.6000"]


def test_the_page_names_the_strategy_and_what_ended_it_and_has_no_brackets_where_there_are_none() -> None:
    trials = [{name: value for name, value in trial(n, 0.5).items() if not name.startswith("tuner/")} for n in range(2)]
    search_facts = {"strategy": "grid", "ending": "all 2 configurations tried"}
    summary = {"tuner": trials, "tuner_metric": "auc", "tuner_search": search_facts}
    made: Any = search.section(summary)
    assert made.lead.startswith("A grid tried 2 configurations in 6 epochs (all 2 configurations tried); the best has")
    (table,) = blocks(summary, Table)
    assert [column.title for column in table.columns][-2:] == ["epochs", "seconds"]


def test_every_strategy_has_a_name_on_the_page() -> None:
    assert set(search.NAMES) == set(get_args(Tuner.model_fields["strategy"].annotation))


def test_one_trial_has_a_table_and_nothing_to_compare() -> None:
    made: Any = search.section({"tuner": [trial(0, 0.5)], "tuner_metric": "auc"})
    assert [type(block) for block in made.blocks] == [Table]
    assert "tried 1 configuration in" in made.lead


def test_few_values_stand_at_equal_distances_in_their_order() -> None:
    assert parallel.axis([96, 32, 64]) == ([1.0, 0.0, 0.5], [(0.0, "32"), (0.5, "64"), (1.0, "96")])
    assert parallel.axis(["relu", "swish", "relu"])[0] == [0.0, 1.0, 0.0]
    assert parallel.axis([True, False])[0] == [1.0, 0.0]
    assert parallel.axis([7, 7]) == ([0.5, 0.5], [(0.5, "7")])


def test_numbers_that_span_decades_stand_at_their_logarithms() -> None:
    places, ticks = parallel.axis([1.0, 10.0, 100.0, 1000.0, 1e4, 1e5, 1e6])
    assert places == pytest.approx([n / 6 for n in range(7)])
    assert [text for _, text in ticks] == ["1", "1000", "1e+06"]


def test_other_numbers_stand_where_they_are() -> None:
    assert parallel.axis([1, 2, 3, 4, 5, 6, 11])[0] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 1])


def test_a_line_a_trial_crosses_every_axis_and_a_low_error_is_on_top() -> None:
    trials = [trial(1, 0.1, units=64), trial(2, 0.2), trial(3, 0.3, extra="x")]
    figure = parallel.figure(trials[:2], ["units", "rate"], tasks.METRICS["log_loss"])
    places = {(row["trial"], row["axis"]): row["place"] for row in drawn(figure) if "trial" in row}
    assert places == {
        ("0000001", "units"): 1.0,
        ("0000002", "units"): 0.0,
        ("0000001", "rate"): 0.5,
        ("0000002", "rate"): 0.5,
        ("0000001", "validation log loss"): 1.0,
        ("0000002", "validation log loss"): 0.0,
    }


def test_a_trial_that_lacks_a_hyperparameter_has_a_place_below_its_values() -> None:
    assert parallel.axis([8, None, 16]) == ([0.14, 0.0, 1.0], [(0.0, "not used"), (0.14, "8"), (1.0, "16")])
    trials = [trial(1, 0.9, units_2=64), trial(2, 0.8)]
    figure = parallel.figure(trials, parallel.varied(trials), tasks.METRICS["auc"])
    places = {row["trial"]: row["place"] for row in drawn(figure) if row["axis"] == "units 2" and "trial" in row}
    assert places == {"0000001": 0.57, "0000002": 0.0}


def test_of_many_hyperparameters_those_that_matter_have_an_axis() -> None:
    trials = [{"trial_id": f"{n}", "score": n, **{f"h{at}": n for at in range(12)}, "same": 1} for n in range(2)]
    assert parallel.varied(trials, ["h11", "h10", "h4", "same"]) == [
        "h0",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "h10",
        "h11",
    ]
    figure = parallel.figure(trials[::-1], ["h0"], tasks.METRICS["auc"])
    assert "of 1 hyperparameters; the other 12 are equal or matter less" in figure.caption


def test_a_network_that_is_told_as_a_whole_takes_the_place_of_its_layers() -> None:
    told = {"trial/network": "64 relu → 32 swish", "layers": 2, "units_1": 64, "units_2": 32, "normalization": "none"}
    noted = {"trial/epochs": 3, "trial/seconds": 1.25}
    summary = {
        "tuner": [{"trial_id": f"{n}", "score": 0.5, **told, "learning_rate": 1 / (n + 1), **noted} for n in range(2)],
        "tuner_metric": "auc",
    }
    (table,) = blocks(summary, Table)
    titles = ["trial", "validation AUC", "network", "learning rate", "epochs", "seconds"]
    assert [column.title for column in table.columns] == titles
    made: Any = search.section(summary)
    assert "the best is 64 relu → 32 swish, with learning rate 1: validation" in made.lead


CURVE = {
    "step": "teacher",
    "monitor": "val_auc",
    "epochs": [1, 2, 3],
    "loss": [0.5, 0.4, 0.3],
    "val_loss": [0.6, None, 0.5],
    "val_auc": [0.7, 0.9, 0.8],
    "best_epoch": 2,
}


def test_a_training_has_a_curve_of_its_score_and_one_of_its_loss() -> None:
    score, loss = curves.of_step("teacher", CURVE, "AUC")
    assert score.caption == "Teacher: validation AUC"
    assert score.description == (
        "Teacher: validation AUC over epochs 1 to 3: AUC from 0.7000 to 0.8000. The best epoch is 2: AUC 0.9000."
    )
    assert {"epoch": 2, "text": "best: epoch 2"} in drawn(score)
    assert len([row for row in drawn(loss) if row.get("of") == "validation"]) == 2


def test_a_trial_of_a_later_round_goes_on_from_the_earlier_one() -> None:
    first = {"step": "0000001", "monitor": "val_auc", "epochs": [1], "val_auc": [0.6]}
    later = {"step": "0000002", "monitor": "val_auc", "epochs": [2, 3], "val_auc": [0.7, 0.8]}
    trials = [trial(2, 0.8, **{"tuner/trial_id": "0000001"}), trial(1, 0.6)]
    rows = [
        (row["trial"], row["epoch"]) for row in drawn(curves.of_trials([first, later], trials, tasks.METRICS["auc"]))
    ]
    assert rows == [("0000001", 1), ("0000002", 1), ("0000002", 2), ("0000002", 3)]
    assert all(row["best"] for row in drawn(curves.of_trials([first, later], trials, tasks.METRICS["auc"])))


def test_a_training_without_a_number_is_drawn_all_the_same() -> None:
    empty = CURVE | {"val_auc": [None] * 3, "best_epoch": None}
    assert "no number" in curves.of_step("student", empty, "AUC")[0].description


def test_a_stopped_run_has_no_such_section() -> None:
    assert search.section({"tuner": []}) is None


def test_text_of_a_hyperparameter_cannot_end_the_script() -> None:
    trials = [trial(1, 0.9, name="</script><b>"), trial(2, 0.8, name="a b(%)")]
    made: Any = search.section({"tuner": trials, "tuner_metric": "auc"})
    html = page.render_sections("t", ("", ""), "", [made])
    body = html[html.index("<main") : html.index("</main>")]
    assert "<b>" not in body
    assert json.dumps("</script>")[1:-1] + "<b>" not in body
    assert "\\u003c/script>" in body


def test_the_page_says_of_each_training_whether_it_converged() -> None:
    def learnt(step: str, epochs: int, limit: int | None) -> dict[str, Any]:
        scores = {"val_auc": [0.5] * epochs}
        return LearningCurve(step, "val_auc", "max", range(1, epochs + 1), scores, epochs, limit).to_json()

    given = {
        "teacher": learnt("teacher", 5, 200),
        "student": learnt("student", 3, 3),
        "pruner": learnt("pruner", 6, None),
    }
    (table,) = (table for table in blocks({"learning_curves": given}, Table) if table.caption.startswith("How each"))
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Teacher", "converged after 5 epochs, best epoch 5"],
        ["Student", "used all of its 3 epochs, best epoch 3: more may help"],
    ]


def test_a_teacher_of_boosted_trees_has_the_curve_of_its_trees_and_a_reason_for_no_search() -> None:
    curve = {"monitor": "val_loss", "epochs": [1, 50, 99], "loss": [3, 2, 1], "val_loss": [3, 1, 2], "best_epoch": 50}
    summary = {
        "config": {"trainer": {"teacher": "boosted_trees"}},
        "learning_curves": {"teacher": {**curve, "unit": "tree"}},
        "tuner_metric": "auc",
    }
    made: Any = search.section(summary)
    assert made.lead == "There was no search: boosted trees are the teacher, which have no shape to search."
    (figure,) = made.blocks
    assert figure.caption == "Teacher: loss, mean of the folds"
    assert "over trees 1 to 99" in figure.description
    assert "The best tree is 50" in figure.description
