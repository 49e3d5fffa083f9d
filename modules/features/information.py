"""Which columns tell nothing about any row, so that they get no slot, and what else a person should know of them."""

from collections.abc import Sequence

from modules.features.counting import BoundedCounter
from modules.tables import timestamps


def of_numbers(
    names: Sequence[str],
    edges: Sequence[Sequence[float]],
    offsets: Sequence[int],
    present: Sequence[float],
    times: Sequence[str] = (),
    parts: Sequence[str] = (),
) -> dict[str, str]:
    """Finds numeric columns without a value, and those that always have the same.

    A column with one value and missing ones is not among them: whether it is missing tells something. Of a part of a
    timestamp it does not: the timestamp itself is marked.

    Args:
        names: The columns.
        edges: Their bin edges; a single bin means a single value.
        offsets: What was subtracted from their values.
        present: Share of rows in which they have a value.
        times: Those that are timestamps.
        parts: Those that are parts of timestamps.

    Returns:
        Why each of them tells nothing, by name.
    """
    left_out = {}
    for name, its_edges, offset, share in zip(names, edges, offsets, present, strict=True):
        if share == 0:
            left_out[name] = "no value"
        elif len(its_edges) == 2 and (share == 1 or name in parts):
            value = its_edges[0] if not offset else offset + int(its_edges[0])
            text = timestamps.to_text(int(value)) if name in times else f"{value:.9g}" if not offset else str(value)
            left_out[name] = f"always {text}"
    return left_out


def of_categories(
    names: Sequence[str], counters: Sequence[BoundedCounter], min_count: int
) -> tuple[dict[str, str], dict[str, str]]:
    """Finds categorical columns without a value, with the same one always, and with values that are all rare.

    Args:
        names: The columns.
        counters: Counts of their values.
        min_count: How often a value has to occur.

    Returns:
        Why each of the first two kinds tells nothing, and what to know of the third, by name.
    """
    left_out, notices = {}, {}
    for name, counter in zip(names, counters, strict=True):
        ranked = counter.ranked()[:2]
        if counter.total == counter.missing:
            left_out[name] = "no value"
        elif not counter.missing and ranked and ranked[0][1] == counter.total:
            left_out[name] = f"always {ranked[0][0].decode('utf-8')!r}"
        elif not ranked or ranked[0][1] < min_count:
            notices[name] = (
                f"no value occurs {min_count} times (features.min_count), so that nearly all share the "
                "out-of-vocabulary slot, as in a column of names, texts or identifiers"
            )
    return left_out, notices
