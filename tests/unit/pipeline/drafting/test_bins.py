from collections.abc import Callable

import pytest

from pipeline.drafting import binning, draft, plan, report

pytestmark = pytest.mark.unit


def drafted(table: Callable, columns: int, rows: int = 1_500) -> plan.Plan:
    numbers = {f"x{place}": [(row * (place + 7)) % 997 + 0.5 for row in range(rows)] for place in range(columns)}
    kinds = {f"kind{size}": [f"k{row % size}" for row in range(rows)] for size in (37, 41, 43)}
    return plan.make(table({**numbers, **kinds, "sold": ["yes" if row % 3 else "no" for row in range(rows)]}), "sold")


def test_init_says_how_many_bins_a_run_will_choose_and_why(table: Callable) -> None:
    # 1,500 rows less a fifth for testing and a tenth of the rest for validation: 1,080, whose cube root is 10.26.
    made = drafted(table, 1)
    assert binning.told(made) == "at most 21 bins a number: about 1,080 training rows"
    assert "\n# Numeric columns get at most 21 bins a number" in draft.config_text(made, "sold", "table.csv")
    assert "  encoding  at most 21 bins a number: about 1,080 training rows\n" in report.decisions(made, "c.yaml")
    assert binning.told(drafted(table, 4)).startswith(
        "at most 13 bins a number: about 1,080 training rows are 20 for each"
    )


def test_init_says_that_few_rows_of_many_columns_get_no_bins(table: Callable) -> None:
    assert binning.told(drafted(table, 60, 600)).startswith("z-scores and no bins: about 432 training rows are too few")


def test_init_says_nothing_of_bins_where_no_column_is_a_number(table: Callable) -> None:
    made = drafted(table, 0)
    assert binning.told(made) == ""
    assert "quantile_bins" not in draft.config_text(made, "sold", "table.csv")
    assert "  encoding  " not in report.decisions(made, "c.yaml")
