"""One value in several spellings: Yes, YES and yes; or True, true and 1."""

from collections.abc import Iterable

from modules.tables.truth import truth_of
from modules.tasks import spelling


def variants(values: Iterable[str]) -> list[list[str]]:
    """Groups the values of a column that mean the same.

    Args:
        values: The different values of a column of text.

    Returns:
        Groups of two values or more, in their order: of values that differ by case or spaces only; or, where all values
        are truth values and one of them is a word, of those that are true, and of those that are false.
    """
    values = list(values)
    means = [truth_of(value) for value in values]
    if None not in means and any(len(value) > 1 for value in values):
        groups = [[v for v, its in zip(values, means, strict=True) if its is meaning] for meaning in (True, False)]
    else:
        groups = spelling.grouped(values)
    return [group for group in groups if len(group) > 1]
