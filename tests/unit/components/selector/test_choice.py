"""Which form is taken, and what is said of it and of the others."""

import pytest

from components.selector.choice import Candidate, choose
from components.selector.shortfalls import Shortfall, of_decisions, of_gates, of_loss
from modules.base.settings import Error, Score
from modules.contracts.verdict import Decision

pytestmark = pytest.mark.unit

LARGE = Shortfall("bytes is 10,744, at most 3,000 is promised", 2.5)
WORSE = Shortfall("AUC is 0.0100 worse than the best form's, at most 0.005 is allowed", 1.0)


def test_the_smallest_form_that_keeps_everything_is_taken_and_the_rest_is_told_why_not() -> None:
    forms = [
        Candidate("float32", 90_000, 0.927),
        Candidate("float16", 50_000, 0.927),
        Candidate("int8_ptq", 40_000, 0.926),
        Candidate("int8_qat", 39_000, 0.917, [WORSE]),
    ]
    found = choose(forms, "auc", None)
    assert found.form == "int8_ptq"
    assert found.reasons == {
        "float32": "keeps everything, and is 50,000 bytes larger",
        "float16": "keeps everything, and is 10,000 bytes larger",
        "int8_ptq": "the smallest of 3 that keep everything",
        "int8_qat": WORSE.words,
    }


def test_a_network_that_grows_by_int8_is_taken_as_float32() -> None:
    grown = [Candidate("float32", 7_332, 0.9), Candidate("int8_ptq", 9_120, 0.9), Candidate("int8_qat", 9_120, 0.9)]
    found = choose(grown, "auc", None)
    assert found.form == "float32"
    assert found.reasons["float32"] == "the smallest of 3 that keep everything"
    assert found.reasons["int8_ptq"] == "keeps everything, and is 1,788 bytes larger"


@pytest.mark.parametrize(("metric", "expected"), [("auc", "int8_qat"), ("rmse", "int8_ptq")])
def test_of_equally_small_forms_the_better_one_is_taken(metric: str, expected: str) -> None:
    forms = [Candidate("int8_ptq", 40_000, 0.90), Candidate("int8_qat", 40_000, 0.91)]
    found = choose(forms, metric, None)
    assert found.form == expected
    assert "keeps everything, is as small, and no better" in found.reasons.values()


def test_where_no_form_keeps_everything_the_nearest_is_taken() -> None:
    forms = [
        Candidate("float32", 12_000, 0.9, [Shortfall("bytes is 12,000, at most 3,000 is promised", 3.0)]),
        Candidate("int8_ptq", 10_744, 0.9, [LARGE]),
        Candidate("int8_qat", 10_700, 0.8, [LARGE, WORSE]),
    ]
    found = choose(forms, "auc", None)
    assert found.form == "int8_ptq"
    assert found.reasons["int8_ptq"] == f"no form keeps everything, and it comes nearest: {LARGE.words}"
    assert found.reasons["int8_qat"] == f"{LARGE.words}, and 1 more"


def test_a_form_that_the_config_names_is_taken_and_what_beats_it_is_told() -> None:
    forms = [
        Candidate("float32", 90_000, 0.927),
        Candidate("int8_ptq", 40_000, 0.928),
        Candidate("int8_qat", 41_000, 0.92),
    ]
    found = choose(forms, "auc", "int8_qat")
    assert found.reasons["int8_qat"] == "named by quantizer.form; int8_ptq would be no larger and no worse"
    assert found.reasons["int8_ptq"] == "keeps everything; the config names another form"


def test_among_the_sparsities_of_a_named_form_the_smallest_that_keeps_everything_is_taken() -> None:
    forms = [
        Candidate("float16@0.5", 30_000, 0.928),
        Candidate("int8_qat@0.5", 51_000, 0.927),
        Candidate("int8_qat@0.8", 44_000, 0.926),
        Candidate("int8_qat@0.9", 38_000, 0.92, [WORSE]),
    ]
    found = choose(forms, "auc", "int8_qat")
    assert found.form == "int8_qat@0.8"
    assert found.reasons == {
        "float16@0.5": "keeps everything; the config names another form",
        "int8_qat@0.5": "keeps everything, and is 7,000 bytes larger",
        "int8_qat@0.8": "named by quantizer.form; at its sparsities, the smallest of 2 that keep everything; "
        "float16@0.5 would be no larger and no worse",
        "int8_qat@0.9": WORSE.words,
    }


def test_gates_are_held_against_the_validation_rows() -> None:
    gates: dict[str, Score | Error] = {
        "auc": Score(minimum=0.9),
        "recall": Score(minimum=0.5),
        "mae": Error(maximum=3.0),
        "accuracy": Score(max_drop=0.1),
    }
    assert not list(of_gates(gates, {"auc": 0.9, "recall": 0.5, "mae": 3.0}))
    found = list(of_gates(gates, {"auc": 0.81, "mae": 4.5}))
    assert [one.words for one in found] == [
        "auc is 0.8100, at least 0.9000 is needed",
        "recall is undefined, at least 0.5000 is needed",
        "mae is 4.5000, at most 3 is needed",
    ]
    assert [one.excess for one in found] == [pytest.approx(0.1), 1.0, pytest.approx(0.5)]


def test_a_loss_is_absolute_of_a_score_and_relative_of_an_error() -> None:
    assert not list(of_loss("auc", 0.925, 0.93, 0.0051))
    assert [one.words for one in of_loss("auc", 0.92, 0.93, 0.005)] == [WORSE.words]
    assert not list(of_loss("rmse", 2.01, 2.0, 0.0051))
    assert list(of_loss("rmse", 2.02, 2.0, 0.005))


@pytest.mark.parametrize(("state", "count"), [("kept", 0), ("undecided", 0), ("broken", 1)])
def test_only_a_broken_promise_is_a_shortfall(state: str, count: int) -> None:
    decision = Decision(
        "promises.device.max_bytes", "device", "bytes", "overall", "at most", 3_000, 10_744, None, None, None, None,
        state, False, "exact",  # type: ignore[arg-type]
    )  # fmt: skip
    found = list(of_decisions([decision]))
    assert len(found) == count
    if found:
        assert found[0].words == "bytes is 10,744, at most 3,000 is promised"
        assert found[0].excess == pytest.approx(7_744 / 3_000)
