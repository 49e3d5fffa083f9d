import pytest

from modules.judging.gates import Evidence, GateResult, evidence_of

pytestmark = pytest.mark.unit


def auc(value: float | None, limit: float, evidence: Evidence | None, reference: float | None = None) -> GateResult:
    return GateResult("auc", value, "at least", limit, evidence, reference=reference)


def test_an_interval_that_holds_the_limit_leaves_the_gate_unsure_and_it_passes_by_its_value() -> None:
    gate = auc(0.85, 0.8, Evidence(400, 0.75, 0.92))
    assert (gate.passed, gate.sure) == (True, False)
    gate = auc(0.78, 0.8, Evidence(400, 0.75, 0.82))
    assert (gate.passed, gate.sure) == (False, False)


@pytest.mark.parametrize(
    ("low", "high", "sure"), [(0.8, 0.9, True), (0.81, 0.9, True), (0.79, 0.9, False), (0.7, 0.79, False)]
)
def test_a_gate_is_sure_where_both_ends_and_the_value_say_the_same(low: float, high: float, sure: bool) -> None:
    assert auc(0.85, 0.8, Evidence(400, low, high)).sure is sure


def test_an_error_is_sure_of_its_maximum_from_the_other_side() -> None:
    def error(low: float, high: float) -> GateResult:
        return GateResult("mae", 2.0, "at most", 2.5, Evidence(400, low, high))

    assert (error(1.5, 2.5).passed, error(1.5, 2.5).sure) == (True, True)
    assert (error(1.5, 2.6).passed, error(1.5, 2.6).sure) == (True, False)
    assert error(1.5, 2.6).margin == pytest.approx(0.5)


def test_the_rows_that_would_settle_it_follow_from_a_half_width_that_shrinks_with_the_root_of_the_rows() -> None:
    # 0.1 from the value to the end, 0.05 to the limit: four times 400 rows, and one more, in two digits.
    assert auc(0.85, 0.8, Evidence(400, 0.75, 0.92)).rows_to_settle == 1_700
    # On the side of the limit, which is above a value that failed: 0.04 against 0.02.
    assert auc(0.78, 0.8, Evidence(400, 0.70, 0.82)).rows_to_settle == 1_700
    assert auc(0.85, 0.8, Evidence(400, 0.82, 0.92)).rows_to_settle is None


def test_a_value_right_at_its_limit_is_settled_by_no_number_of_rows() -> None:
    gate = auc(0.8, 0.8, Evidence(400, 0.7, 0.9))
    assert (gate.passed, gate.sure, gate.rows_to_settle) == (True, False, None)


def test_four_rows_told_apart_without_an_error_settle_nothing() -> None:
    entry = {"low": None, "high": None, "rows": 4, "rarest": 2, "reason": "2 positives, fewer than 10 rows"}
    gate = auc(1.0, 0.8, evidence_of(entry, 4, is_share=True))
    assert (gate.passed, gate.sure) == (True, False)
    # 1.96² · 0.8 · 0.2 / 0.2² = 15.4 rows of the rarer class, which half of the rows are of.
    assert gate.rows_to_settle == 32


def test_many_rows_told_apart_without_an_error_are_sure_without_an_interval() -> None:
    entry = {"low": None, "high": None, "rows": 100, "rarest": 50, "reason": "the same in every resample"}
    assert auc(1.0, 0.8, evidence_of(entry, 100, is_share=True)).sure is True
    assert auc(1.0, 0.99, evidence_of(entry, 100, is_share=True)).sure is False


def test_an_error_without_an_interval_is_unsure_and_nobody_knows_how_many_rows_it_takes() -> None:
    entry = {"low": None, "high": None, "rows": 4, "reason": "fewer than 10 rows"}
    gate = GateResult("mae", 0.25, "at most", 0.5, evidence_of(entry, 4, is_share=False))
    assert (gate.passed, gate.sure, gate.rows_to_settle) == (True, False, None)


def test_a_count_is_exact_and_of_a_change_nothing_is_known() -> None:
    assert GateResult("data gate: stops", 0, "at most", 0, exact=True).sure is True
    assert GateResult("auc against the baseline", -0.01, "at least", -0.02).sure is None


def test_an_undefined_value_passes_no_gate_and_has_no_margin() -> None:
    made = auc(None, 0.8, Evidence(400, reason="no rows to take it over")).to_json()
    assert (made["passed"], made["margin"], made["sure"], made["rows_to_settle"]) == (False, None, None, None)


def test_the_record_of_a_gate_holds_what_a_later_rule_needs() -> None:
    assert auc(0.85, 0.8, Evidence(400, 0.75, 0.92), reference=0.5).to_json() == {
        "name": "auc",
        "slice": "overall",
        "value": 0.85,
        "rule": "at least",
        "limit": 0.8,
        "passed": True,
        "margin": pytest.approx(0.05),
        "low": 0.75,
        "high": 0.92,
        "rows": 400,
        "sure": False,
        "rows_to_settle": 1_700,
        "reason": "",
        "reference": 0.5,
    }
