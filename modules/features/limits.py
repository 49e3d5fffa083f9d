"""How finely numeric columns are encoded: by the training rows where nobody says it, within what wide tables allow.

A bin is a weight per unit of the first layer, and each has to be learnt from the rows that fall into it. So the bins of
a column follow Rice's rule for histograms (Terrell and Scott, 1985, https://doi.org/10.1080/01621459.1985.10477163),
and all bins together follow the rows, too: with many columns and few rows each column has its z-score alone.
"""

import dataclasses

from modules.base.settings import Features, Reduction
from modules.features.profile import Profile

# The codes of a numeric column that have a slot per bin.
_BINNED = ("one_hot", "piecewise_linear")
_LEAST_BINS = 2
_MOST_CHOSEN = 64
# Training rows for each bin of all columns together, where the number of bins is chosen.
_ROWS_PER_BIN = 20


@dataclasses.dataclass(frozen=True)
class Bins:
    """How many bins a numeric column has.

    Attributes:
        most: At most so many.
        because: Why, as a clause.
    """

    most: int
    because: str


def choose_bins(rows: int, columns: int, features: Features) -> Bins:
    """Returns the bins of a numeric column.

    Args:
        rows: Number of training rows.
        columns: Number of numeric columns.
        features: The section `features` of the config.

    Returns:
        `quantile_bins` where it is given; fewer where all bins of all columns would take more than `max_slots` slots,
        but 2 at least. Else 2·∛rows, at most 64 and at most a bin for every twenty rows over all columns; 2 at least.
    """
    binned = sum(code in features.encoding for code in _BINNED)
    slots = features.max_slots // max(columns * binned, 1)
    if features.quantile_bins is not None:
        return Bins(min(features.quantile_bins, max(slots, _LEAST_BINS)), "features.quantile_bins")
    by_rows = min(round(2 * rows ** (1 / 3)), _MOST_CHOSEN)
    by_columns = rows // (_ROWS_PER_BIN * max(columns, 1))
    most = min(by_rows, by_columns, slots)
    if most <= _LEAST_BINS:
        return Bins(_LEAST_BINS, f"{rows:,} training rows are too few for more bins of {columns:,} numeric columns")
    if most == slots < min(by_rows, by_columns):
        return Bins(most, f"all bins fit {features.max_slots:,} slots (features.max_slots)")
    if most == by_columns < by_rows:
        return Bins(most, f"{rows:,} training rows are {_ROWS_PER_BIN} for each bin of {columns:,} numeric columns")
    return Bins(most, f"{rows:,} training rows" + (", and more bins help little" if most == _MOST_CHOSEN else ""))


def codes(profile: Profile, features: Features) -> list[str]:
    """Returns the codes that numeric columns get.

    Where the bins were chosen and no column got more than two, these would say no more than the z-scores.

    Args:
        profile: What was learnt of the columns.
        features: The section `features` of the config.
    """
    given: list[str] = [*features.encoding]
    plain = [code for code in given if code not in _BINNED]
    finest = max((column.bins for column in profile.numeric if not column.left_out), default=0)
    coarse = features.quantile_bins is None and finest <= _LEAST_BINS
    return plain if coarse and plain else given


def are_reduced(columns: int, reduction: Reduction) -> bool:
    """Tells whether numeric columns get components, whose time and memory grow with the square of their number."""
    return reduction.method != "none" and 0 < columns <= reduction.max_columns


def told(rows: int, columns: int, features: Features, reduction: Reduction) -> tuple[str, ...]:
    """Returns what a person should know of the limits that were reached, a clause each."""
    sentences = []
    chosen = choose_bins(rows, columns, features)
    if features.quantile_bins is not None and chosen.most < features.quantile_bins:
        sentences.append(
            f"{columns:,} numeric columns have at most {chosen.most} bins each and not {features.quantile_bins}, for "
            f"all bins to fit {features.max_slots:,} slots (features.max_slots)"
        )
    if columns and features.quantile_bins is None and chosen.most <= _LEAST_BINS:
        sentences.append(f"numeric columns have no bins but their z-scores: {chosen.because} (features.quantile_bins)")
    if columns > reduction.max_columns and reduction.method != "none":
        sentences.append(
            f"{columns:,} numeric columns have no components, which more than {reduction.max_columns:,} do not get "
            "(reduction.max_columns)"
        )
    return tuple(sentences)
