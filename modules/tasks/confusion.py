"""The cells of a binary confusion matrix, and the rates that are shares of them."""

import numpy as np

# Which cells over which: Fairness Indicators' rates at a threshold.
RATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "true_positive_rate": (("tp",), ("tp", "fn")),
    "false_positive_rate": (("fp",), ("fp", "tn")),
    "true_negative_rate": (("tn",), ("fp", "tn")),
    "false_negative_rate": (("fn",), ("tp", "fn")),
    "positive_rate": (("tp", "fp"), ("tp", "fp", "tn", "fn")),
    "negative_rate": (("tn", "fn"), ("tp", "fp", "tn", "fn")),
    "false_discovery_rate": (("fp",), ("tp", "fp")),
    "false_omission_rate": (("fn",), ("tn", "fn")),
}
# The rows that are predicted right, over all of them.
ACCURACY = (("tp", "tn"), ("tp", "fp", "tn", "fn"))


def rows_of(
    cells: tuple[tuple[str, ...], tuple[str, ...]], positive: np.ndarray, predicted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows that a rate counts.

    Args:
        cells: The cells of the rate, and those that it is over, as in `RATES`.
        positive: Which rows are positive, bool [n].
        predicted: Which rows are predicted positive, bool [n].

    Returns:
        The rows in the former cells, and those in the latter, bool [n] each.
    """
    rows = {
        "tp": positive & predicted,
        "fp": ~positive & predicted,
        "tn": ~positive & ~predicted,
        "fn": positive & ~predicted,
    }
    first, second = (np.logical_or.reduce([rows[cell] for cell in group]) for group in cells)
    return first, second
