"""The table of promises in the terminal: what it shows of many, and within which width."""

import dataclasses

import pytest

from modules.contracts.verdict import Decision
from pipeline.running import promised, summary
from tests.unit.components.reporter.made_up import device, kept, parity, undecided
from tests.unit.pipeline.running.test_summary import GATE, found

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def lines(*decisions: Decision) -> list[str]:
    return "\n\n".join(promised.shown(decisions)).splitlines()


def test_each_promise_stands_above_its_slices_with_value_interval_limit_and_state() -> None:
    race = kept(promise="promises.compression[1]", slice="race=Other")
    overall = kept(promise="promises.quality[0]", kind="quality", slice="overall", rule="at least", limit=0.85)
    overall = dataclasses.replace(overall, value=0.9012, low=0.895, high=0.906)
    assert lines(overall, parity(), kept(), undecided(), race, device()) == [
        "Promises: 2 broken, 1 undecided, 3 kept",
        "  promise                   value               95 %          limit      state",
        "  auc (overall)             0.901     0.895 to 0.906  at least 0.85       kept",
        "  demographic_parity_ratio",
        "    sex=Female / sex=Male   0.336     0.310 to 0.360   at least 0.8     BROKEN",
        "  loss of auc",
        "    sex=Female             0.0003   0.0001 to 0.0005  at most 0.002       kept",
        "    sex=Male               0.0010  −0.0100 to 0.0120  at most 0.002  undecided",
        "    race=Other             0.0003   0.0001 to 0.0005  at most 0.002       kept",
        "  max_bytes                 5,208                     at most 3,000     BROKEN",
        "",
        "Undecided: loss of auc (sex=Male): the limit lies within the interval; about 9,000 rows of sex=Male would "
        "decide.",
    ]


def test_of_hundreds_of_slices_the_broken_and_the_nearest_are_shown_and_the_rest_is_counted() -> None:
    slices = [kept(slice=f"town={number}", value=0.000001 * number) for number in range(220)]
    slices[7] = kept(slice="town=7", value=0.004, state="broken")
    shown = lines(*slices)
    assert len(shown) == 3 + 12 + 1
    assert shown[3].split() == ["town=7", "0.0040", "0.0001", "to", "0.0005", "at", "most", "0.002", "BROKEN"]
    assert [line.split()[0] for line in shown[4:-1]] == [f"town={number}" for number in range(209, 220)]
    assert shown[-1] == "  and 208 more, see summary.json"


@pytest.mark.parametrize("name", ["town=" + "x" * 60, "town=" + "x" * 300, "town=a\nb" + "x" * 60])
def test_a_long_name_stands_above_its_figures_and_no_line_is_wider_than_the_terminal(name: str) -> None:
    shown = lines(kept(), kept(slice=name))
    assert max(map(len, shown)) <= 80
    assert shown[4].startswith("    town=")
    assert shown[5].split()[0] == "0.0003"


def test_a_refusal_names_the_gates_and_the_promises_that_stop_the_model() -> None:
    entries = [one.to_json() for one in (undecided(), parity(), device())]
    said = summary.refusal(found(gates=[GATE | {"passed": True}], promises=entries))
    assert said == (
        "max_bytes is 5,208, at most 3,000 is allowed; "
        "demographic_parity_ratio (sex=Female / sex=Male) is 0.336 (0.310 to 0.360), at least 0.8 is needed: "
        "positive rate 0.087 (0.080 to 0.095) and 0.259 (0.250 to 0.267)"
    )
    many = [parity(slice=f"a={number} / a=0").to_json() for number in range(9)]
    assert summary.refusal(found(promises=many)).endswith("; and 6 more promises, see summary.json")


def test_the_terminal_shows_promises_below_the_gates_and_a_run_of_an_earlier_version_has_none() -> None:
    shown = summary.render(found(promises=[parity().to_json()]))
    assert shown.index("Gates\n") < shown.index("Promises: 1 broken\n") < shown.index("Too small to judge")
    assert "Promises" not in summary.render(found())
