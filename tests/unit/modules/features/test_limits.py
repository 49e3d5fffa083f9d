"""Bins and components of wide tables."""

import pytest

from modules.base.settings import Features, Reduction
from modules.features import limits
from modules.features.profile import NumericColumn, Profile

pytestmark = pytest.mark.unit

PCA = Reduction(explained_variance=0.95)


@pytest.mark.parametrize(
    ("columns", "settings", "bins"),
    [
        (0, {}, 64),
        (128, {}, 64),  # 128 columns x 64 bins x 2 codes = 16,384 slots
        (129, {}, 63),
        (750, {}, 10),
        (3_750, {}, 2),
        (20_000, {}, 2),
        (129, {"encoding": ["one_hot", "z_score"]}, 64),
        (20_000, {"encoding": ["z_score"]}, 64),
        (10, {"quantile_bins": 8, "max_slots": 80}, 4),
    ],
)
@pytest.mark.parametrize("rows", [0, 10**9])
def test_bins_that_are_given_fit_the_slots_and_each_column_has_two_at_least(
    rows: int, columns: int, settings: dict, bins: int
) -> None:
    features = Features.model_validate({"quantile_bins": 64} | settings)
    assert limits.choose_bins(rows, columns, features).most == bins


@pytest.mark.parametrize(
    ("rows", "columns", "bins", "because"),
    [
        (8_000, 5, 40, "8,000 training rows"),  # 2 · 20
        (27_000, 0, 60, "27,000 training rows"),
        (1_000_000, 10, 64, "1,000,000 training rows, and more bins help little"),
        (3_600, 15, 12, "3,600 training rows are 20 for each bin of 15 numeric columns"),
        (455, 30, 2, "455 training rows are too few for more bins of 30 numeric columns"),
        (300, 5_000, 2, "300 training rows are too few for more bins of 5,000 numeric columns"),
        (1_000_000, 1_000, 8, "all bins fit 16,384 slots (features.max_slots)"),
    ],
)
def test_bins_that_nobody_gave_follow_the_rows_and_the_columns(
    rows: int, columns: int, bins: int, because: str
) -> None:
    assert limits.choose_bins(rows, columns, Features()) == limits.Bins(bins, because)


@pytest.mark.parametrize(
    ("bins", "settings", "codes"),
    [
        (2, {}, ["z_score"]),
        (3, {}, ["one_hot", "piecewise_linear", "z_score"]),
        (2, {"quantile_bins": 2}, ["one_hot", "piecewise_linear", "z_score"]),
        (2, {"encoding": ["one_hot"]}, ["one_hot"]),
    ],
)
def test_two_chosen_bins_are_left_to_the_z_score(bins: int, settings: dict, codes: list) -> None:
    columns = (NumericColumn("a", edges=(0.0, 1.0, 2.0)), NumericColumn("b", edges=tuple(map(float, range(bins + 1)))))
    assert limits.codes(Profile(columns), Features.model_validate(settings)) == codes


@pytest.mark.parametrize(
    ("columns", "settings", "reduced"),
    [
        (512, {"explained_variance": 0.95}, True),
        (513, {"explained_variance": 0.95}, False),
        (513, {"components": 3, "max_columns": 513}, True),
        (0, {"components": 3}, False),
        (5, {"method": "none"}, False),
    ],
)
def test_more_columns_than_the_limit_have_no_components(columns: int, settings: dict, reduced: bool) -> None:
    assert limits.are_reduced(columns, Reduction.model_validate(settings)) is reduced


def test_limits_are_told_where_they_were_reached() -> None:
    given, rows = Features(quantile_bins=64), 1_000_000
    assert limits.told(rows, 128, given, PCA) == limits.told(rows, 128, given, Reduction(method="none")) == ()
    assert limits.told(rows, 1_000, given, PCA) == (
        "1,000 numeric columns have at most 8 bins each and not 64, for all bins to fit 16,384 slots "
        "(features.max_slots)",
        "1,000 numeric columns have no components, which more than 512 do not get (reduction.max_columns)",
    )
    assert limits.told(rows, 1_000, Features(encoding=["z_score"]), Reduction(method="none")) == ()
    assert limits.told(rows, 20, Features(), PCA) == limits.told(100, 0, Features(), PCA) == ()
    assert limits.told(100, 20, Features(), PCA) == (
        "numeric columns have no bins but their z-scores: 100 training rows are too few for more bins of 20 numeric "
        "columns (features.quantile_bins)",
    )
