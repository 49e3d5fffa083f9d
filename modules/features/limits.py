"""What wide tables are held to, so that time and memory grow with the number of columns and not with its square."""

from modules.base.settings import Features, Reduction

# The codes of a numeric column that have a slot per bin.
_BINNED = ("one_hot", "piecewise_linear")
_LEAST_BINS = 2


def bins_of_each(columns: int, features: Features) -> int:
    """Returns how many bins a numeric column has at most.

    Args:
        columns: Number of numeric columns.
        features: The section `features` of the config.

    Returns:
        `quantile_bins`; fewer where all bins of all columns would take more than `max_slots` slots, but 2 at least.
    """
    slots_per_bin = columns * sum(code in features.encoding for code in _BINNED)
    if slots_per_bin * features.quantile_bins <= features.max_slots:
        return features.quantile_bins
    return max(features.max_slots // slots_per_bin, _LEAST_BINS)


def are_reduced(columns: int, reduction: Reduction) -> bool:
    """Tells whether numeric columns get components, whose time and memory grow with the square of their number."""
    return reduction.method != "none" and 0 < columns <= reduction.max_columns


def told(columns: int, features: Features, reduction: Reduction) -> tuple[str, ...]:
    """Returns what a person should know of the limits that were reached, a clause each."""
    sentences = []
    bins = bins_of_each(columns, features)
    if bins < features.quantile_bins:
        sentences.append(
            f"{columns:,} numeric columns have at most {bins} bins each and not {features.quantile_bins}, for all bins "
            f"to fit {features.max_slots:,} slots (features.max_slots)"
        )
    if columns > reduction.max_columns and reduction.method != "none":
        sentences.append(
            f"{columns:,} numeric columns have no components, which more than {reduction.max_columns:,} do not get "
            "(reduction.max_columns)"
        )
    return tuple(sentences)
