"""McNemar's exact test: whether one of two models is right more often on the same rows.

References:
    McNemar, Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages, 1947; as a
    binomial test of the rows that only one model has right: Fay, Two-Sided Exact Tests and Matching Confidence
    Intervals for Discrete Data, 2010.
"""

from scipy import stats


def p_value(first_alone: int, second_alone: int) -> float:
    """Returns how likely rows at least so lopsided are, to either side, if both models are equally good.

    Args:
        first_alone: Rows that only the first model has right.
        second_alone: Rows that only the second has.
    """
    return min(1.0, 2 * one_sided(max(first_alone, second_alone), min(first_alone, second_alone)))


def one_sided(first_alone: int, second_alone: int) -> float:
    """Returns how likely at least so many rows for the first model are, if both models are equally good."""
    return float(stats.binom.sf(first_alone - 1, first_alone + second_alone, 0.5))
