"""Numbers as people and programs write them, to those that Arrow reads: thousands marks, minus signs, commas."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from modules.tables import cells

# Between groups of three digits: no-break, narrow no-break and thin space, both apostrophes. A plain space also stands
# between the parts of codes and telephone numbers.
_THOUSANDS = ("\u00a0", "\u202f", "\u2009", "'", "\u2019")
_MINUS = "\u2212"


def matches(column: pa.Array, pattern: str) -> pa.Array:
    """Tells for each text whether a pattern of `cells` matches all of it; null for null."""
    return pc.match_substring_regex(column, f"^(?:{pattern})$")


def with_mark(pattern: str, decimal: str) -> str:
    """Returns a pattern of `cells` for numbers with another decimal mark."""
    return pattern.replace(r"\.", re.escape(decimal))


def are_numbers(column: pa.Array, decimal: str, pattern: str = cells.PLAIN_NUMBER) -> pa.Array:
    """Tells for each text whether it is a number, however it is adorned; null for null."""
    return matches(unadorned(column, decimal), with_mark(pattern, decimal))


def to_plain(column: pa.Array, pattern: str, decimal: str) -> pa.Array:
    """Writes numbers as Arrow reads them, which by itself would read hexadecimal and infinite ones, too.

    Args:
        column: Text, null for missing.
        pattern: What numbers there may be, of `cells`.
        decimal: Their decimal mark.

    Returns:
        The texts with a decimal point, and without a plus sign before a number.

    Raises:
        pa.ArrowInvalid: If a text is not such a number.
    """
    own = with_mark(pattern, decimal)
    if not pc.all(matches(column, own), min_count=0).as_py():
        column = unadorned(column, decimal)
        if not pc.all(matches(column, own), min_count=0).as_py():
            raise pa.ArrowInvalid("not a number")
    if decimal != ".":
        column = pc.replace_substring(column, decimal, ".")
    if pc.any(pc.starts_with(column, "+")).as_py():
        column = pc.replace_substring_regex(column, r"^\+", "")
    return column


def unadorned(column: pa.Array, decimal: str) -> pa.Array:
    """Takes thousands marks out of numbers and puts a minus sign of ASCII before them; other texts stay as they are.

    Where the decimal mark is a comma, a point is a thousands mark if three digits follow each one.
    """
    marks = (*_THOUSANDS, *(["."] if decimal == "," else []))
    # Most columns have nothing of it, and a wide table has thousands of columns.
    if not pc.any(pc.match_substring_regex(column, f"[{_MINUS}{''.join(map(re.escape, marks))}]|-$")).as_py():
        return column
    column = pc.replace_substring_regex(column, f"^{_MINUS}([0-9])", r"-\1")
    column = pc.replace_substring_regex(column, f"^([0-9][^-{_MINUS}]*)[-{_MINUS}]$", r"-\1")
    for mark in marks:
        of_mark, of_decimal = re.escape(mark), re.escape(decimal)
        grouped = f"^[+-]?[1-9][0-9]{{0,2}}({of_mark}[0-9]{{3}})+({of_decimal}[0-9]*)?$"
        has_marks = pc.match_substring_regex(column, grouped)
        if pc.any(has_marks).as_py():
            column = pc.if_else(has_marks, pc.replace_substring(column, mark, ""), column)
    return column
