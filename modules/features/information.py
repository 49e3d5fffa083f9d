"""Which columns tell nothing about any row, so that they get no slot, and what else a person should know of them."""

from modules.features.counting import BoundedCounter
from modules.features.profile import NumericColumn
from modules.tables import timestamps


def numeric_left_out(column: NumericColumn) -> str:
    """Says why a numeric column tells nothing: it has no value, or always the same.

    A column with one value and missing ones is not among them: whether it is missing tells something. Of a part of a
    timestamp it does not: the timestamp itself is marked.

    Returns:
        The reason; empty where the column tells something.
    """
    if column.present == 0:
        return "no value"
    if column.bins > 1 or (column.present < 1 and column.part_of is None):
        return ""
    lowest = column.edges[0]
    if column.timestamp:
        return f"always {timestamps.to_text(column.offset + int(lowest))}"
    return f"always {column.offset + int(lowest)}" if column.offset else f"always {lowest:.9g}"


def categorical_left_out(counter: BoundedCounter) -> str:
    """Says why a categorical column tells nothing: it has no value, or always the same.

    Args:
        counter: Counts of its values.

    Returns:
        The reason; empty where the column tells something.
    """
    if counter.total == counter.missing:
        return "no value"
    ranked = counter.ranked()[:1]
    if not counter.missing and ranked and ranked[0][1] == counter.total:
        return f"always {ranked[0][0].decode('utf-8')!r}"
    return ""


def rarity_notice(counter: BoundedCounter, min_count: int) -> str:
    """Says that all values of a categorical column are rare, where they are.

    Args:
        counter: Counts of its values.
        min_count: How often a value has to occur.
    """
    ranked = counter.ranked()[:1]
    if ranked and ranked[0][1] >= min_count:
        return ""
    return (
        f"no value occurs {min_count} times (features.min_count), so that nearly all share the "
        "out-of-vocabulary slot, as in a column of names, texts or identifiers"
    )
