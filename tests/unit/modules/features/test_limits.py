"""Bins and components of wide tables."""

import pytest

from modules.base.settings import Features, Reduction
from modules.features import limits

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
def test_all_bins_together_fit_the_slots_and_each_column_has_two_at_least(
    columns: int, settings: dict, bins: int
) -> None:
    assert limits.bins_of_each(columns, Features.model_validate(settings)) == bins


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
    assert limits.told(128, Features(), PCA) == limits.told(128, Features(), Reduction(method="none")) == ()
    assert limits.told(1_000, Features(), PCA) == (
        "1,000 numeric columns have at most 8 bins each and not 64, for all bins to fit 16,384 slots "
        "(features.max_slots)",
        "1,000 numeric columns have no components, which more than 512 do not get (reduction.max_columns)",
    )
    assert limits.told(1_000, Features(encoding=["z_score"]), Reduction(method="none")) == ()
