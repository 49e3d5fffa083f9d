from collections.abc import Callable, Mapping

import pytest

from pipeline.drafting import kinds, labels, splits

pytestmark = pytest.mark.unit

N = 1_200
ROWS = range(N)
LABEL = [f"{(i * 7) % 10 > 6}" for i in ROWS]
CUSTOMERS = [f"c{i * 13 % 300}" for i in ROWS]
DAYS = [f"2024-{i // 100 + 1:02}-{i % 100 // 4 + 1:02}" for i in ROWS]
SHUFFLED = [DAYS[i * 77 % N] for i in ROWS]


def choose(table: Callable, columns: Mapping[str, list], label: list | None = None) -> splits.Split:
    sample = table({"x": [0.5 * (i * 31 % N) for i in ROWS], **columns, "label": label or LABEL})
    judged = {name: kinds.judge(column, sample.rows) for name, column in sample.columns.items()}
    return splits.choose(sample, judged, labels.choose(sample, "label"))


def test_rows_are_split_by_hash_where_no_column_says_otherwise(table: Callable) -> None:
    assert choose(table, {}) == splits.Split()


def test_a_group_stays_on_one_side(table: Callable) -> None:
    split = choose(table, {"customer_id": CUSTOMERS})
    assert (split.group, split.time, split.problem) == ("customer_id", None, "")
    assert split.reason == "an identifier by its name, with 4.0 rows per value: each customer_id stays on one side"


def test_the_latest_rows_of_a_log_are_for_testing(table: Callable) -> None:
    split = choose(table, {"day": DAYS})
    assert (split.group, split.time) == (None, "day")
    assert split.reason == "the rows are a log in the order of day: the latest are for testing, as in use"
    assert choose(table, {"day": DAYS[::-1]}).time == "day"


def test_a_group_goes_before_a_time(table: Callable) -> None:
    split = choose(table, {"day": DAYS, "customer_id": CUSTOMERS})
    assert split.group == "customer_id"
    assert split.alternative == "time_column: day is possible instead"


@pytest.mark.parametrize("cells", [SHUFFLED, [f"{2000 + i % 20}-05-01" for i in ROWS]], ids=["shuffled", "by turns"])
def test_times_in_no_order_are_only_offered(table: Callable, cells: list) -> None:
    split = choose(table, {"day": cells})
    assert (split.group, split.time) == (None, None)
    assert split.alternative.startswith("time_column: day is possible, if")


@pytest.mark.parametrize(
    "columns",
    [
        {"birth_day": DAYS},
        {"day": [None, *DAYS[1:]]},
        {"day": [day.replace("2024-", "2024/") for day in DAYS]},
        {"customer_id": [None, *CUSTOMERS[1:]]},
        {"customer_id": [f"c{i * 13 % 40}" for i in ROWS]},
    ],
    ids=["birthday", "a time is missing", "no ISO", "a group is missing", "few groups"],
)
def test_what_cannot_be_split_by_is_not_proposed(table: Callable, columns: dict) -> None:
    assert choose(table, columns) == splits.Split()


def test_a_log_whose_label_changed_at_the_end_is_not_split_by_time(table: Callable) -> None:
    label = ["no"] * 100 + ["yes"] * 100 + ["no"] * (N - 200)
    split = choose(table, {"day": DAYS}, label)
    assert split.time is None
    assert "time_column: day was tried, but every row of the split 'validation' has the label 'no'" in split.alternative


def test_a_rare_class_gets_shares_under_which_it_can_be_learnt(table: Callable) -> None:
    # Which rows are test rows depends on nothing but the rows: of 40 tables, some need other shares.
    found = []
    for number in range(40):
        label = ["a", "b"] * (N // 2)
        label[number] = label[number + 40] = "rare"
        found.append(choose(table, {}, label))
    changed = [split for split in found if split.fractions_because]
    assert changed
    for split in changed:
        assert (split.test, split.validation) != (0.2, 0.1)
        assert split.fractions_because.startswith("with the usual shares class 'rare' has ")
        assert split.fractions_because.endswith(" and none to learn from")
        assert split.problem == ""
    assert all((split.test, split.validation) == (0.2, 0.1) for split in found if not split.fractions_because)


def test_a_class_of_one_row_that_no_shares_can_help_is_said_to_stop_the_run(table: Callable) -> None:
    problems = set()
    for number in range(40):
        label = ["a", "b"] * (N // 2)
        label[number] = "rare"
        problems.add(choose(table, {}, label).problem)
    assert "" in problems
    assert any("class 'rare' has 1 row in the split 'test' and none to learn from" in problem for problem in problems)


@pytest.mark.parametrize(
    ("cells", "section"),
    [
        (["0.0", "1.0"] * (N // 2), {"task": "binary", "positive_class": 1}),
        (["no", "yes"] * (N // 2), {"task": "binary", "positive_class": "yes"}),
        ([str(i) for i in ROWS], {"task": "regression"}),
    ],
)
def test_the_label_is_described_as_the_config_has_it(table: Callable, cells: list, section: dict) -> None:
    assert splits.label_section(labels.choose(table({"x": list(ROWS), "label": cells}), "label")) == section
