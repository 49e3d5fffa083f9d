"""What kind of column each one is, judged by its values first and its name second."""

import dataclasses
import re
from collections.abc import Callable
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.tables import times, timestamps
from pipeline.drafting import names
from pipeline.drafting.sample import SampledColumn

Kind = Literal[
    "numeric",
    "heavy tail",
    "code",
    "category",
    "boolean",
    "timestamp",
    "empty",
    "constant",
    "identifier",
    "entity",
    "weight",
    "free text",
    "rare values",
    "numbers as text",
    "date as text",
]
# What a model can learn from as it is.
USABLE: tuple[Kind, ...] = ("numeric", "heavy tail", "code", "category", "boolean")

_BOOLEANS = {"true", "false", "yes", "no", "y", "n", "t", "f", "0", "1", "on", "off"}
# Seconds since 1970 that lie between 1990 and 2050.
_EPOCH = (631_152_000, 2_524_608_000)
_FORMATTED = r"^[^\w\s.,+-]?\s?[+-]?([0-9]+|[0-9]{1,3}([., '][0-9]{3})+)([.,][0-9]+)?\s?[^\w\s]?$"
_DIGITS = r"^[0-9]+$"
_DATE = r"^[0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{2}|[0-9]{4})\b"
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Fewer rows than this, and "all values differ" says nothing.
_FEW_ROWS = 10
# No more groups than this, and whole groups are too few to split by: the values are categories.
_FEW_GROUPS = 50
_MIN_COUNT = 5  # of features.min_count: rarer categories share one slot


@dataclasses.dataclass(frozen=True)
class Judgement:
    """The kind of a column, and what made it so."""

    kind: Kind
    reason: str


def judge(column: SampledColumn, rows: int) -> Judgement:
    """Tells the kind of a column.

    Args:
        column: The column.
        rows: Number of rows of the whole table.
    """
    rules: tuple[Callable[[SampledColumn, int], Judgement | None], ...] = (
        _without_information,
        _time,
        _identifier,
        _text if column.is_text else _number,
    )
    for rule in rules:
        judgement = rule(column, rows)
        if judgement is not None:
            return judgement
    raise AssertionError("the last rule judges every column")


def _without_information(column: SampledColumn, rows: int) -> Judgement | None:
    if column.missing == rows or not column.present:
        where = "no row" if column.missing == rows else "none of the first rows"
        return Judgement("empty", f"{where} has a value")
    if column.present < _MIN_COUNT and rows >= 10 * _MIN_COUNT:
        return Judgement("empty", f"no more than {rows - column.missing:,} of {rows:,} rows have a value")
    if column.tally is not None and len(column.tally) == 1 and not column.missing:
        return Judgement("constant", f"every row has the value {shown(column.levels[0])}")
    return None


def _time(column: SampledColumn, rows: int) -> Judgement | None:
    if column.moments:
        return Judgement("timestamp", "dates or times by the file's own type")
    if column.is_text:
        values = column.values.drop_null()
        if is_iso(values):
            return Judgement("timestamp", f"ISO dates or times, such as {shown(column.levels[0])}")
        if _all(values, _DATE):
            return Judgement(
                "date as text", f"dates such as {shown(column.levels[0])}; written as 2024-01-31 they count"
            )
        return None
    if column.is_whole and names.is_time(column.name) and column.distinct > 2:
        low, high = np.nanmin(column.numbers), np.nanmax(column.numbers)
        if _EPOCH[0] <= low and high <= _EPOCH[1]:
            return Judgement("timestamp", "seconds since 1970, by name and range")
        for (_, parts), unit in zip(timestamps.FINER, ("nanoseconds", "microseconds", "milliseconds"), strict=True):
            if _EPOCH[0] <= low / parts and high / parts <= _EPOCH[1]:
                return Judgement("timestamp", f"{unit} since 1970, by name and range")
    return None


def _identifier(column: SampledColumn, rows: int) -> Judgement | None:
    share = column.distinct / column.present
    if names.is_weight(column.name):
        return Judgement("weight", "by its name a weight of examples, which is not a feature (see label.weight_column)")
    if not (column.is_text or column.is_whole) or column.present < _FEW_ROWS:
        return None
    if share == 1 and not column.is_text and _is_running(column.numbers):
        return Judgement("identifier", "numbers its rows one by one; take it out of this list to keep it")
    named = names.is_identifier(column.name) or names.is_row_number(column.name)
    if named and share > 0.9:
        return Judgement("identifier", f"an identifier by its name, with {column.distinct:,} different values")
    if names.is_entity(column.name) and column.distinct > _FEW_GROUPS and column.counts.max() < 0.2 * column.present:
        each = column.present / column.distinct
        return Judgement("entity", f"an identifier by its name, with {each:.1f} rows per value")
    return None


def _text(column: SampledColumn, rows: int) -> Judgement:
    share = column.distinct / column.present
    if column.distinct <= 2 and {level.lower() for level in column.levels} <= _BOOLEANS:
        return Judgement("boolean", "yes or no")
    values = column.values.drop_null()
    if column.distinct > 20 and _all(values, _FORMATTED) and not _all(values, _DIGITS):
        what = f"numbers with separators or signs, such as {shown(column.levels[0])}"
        return Judgement("numbers as text", f"{what}; plain ones would be a feature")
    if column.present >= _FEW_ROWS:
        length, per_cell = pc.mean(pc.utf8_length(values)).as_py(), pc.mean(pc.count_substring(values, " ")).as_py() + 1
        if share > 0.5 and (per_cell >= 5 or length > 50):
            return Judgement("free text", f"free text, {per_cell:.0f} words per cell, {share:.0%} of them different")
        if share > 0.9:
            return Judgement("identifier", f"{share:.0%} of its values are different: they name rows")
        known = column.counts[column.counts >= _MIN_COUNT].sum() / column.present
        if known < 0.2 and column.distinct > 20:
            what = f"of {column.distinct:,} values, those that occur {_MIN_COUNT} times cover {known:.0%} of the rows"
            return Judgement("rare values", what)
    return Judgement("category", f"{column.distinct:,} values")


def _number(column: SampledColumn, rows: int) -> Judgement:
    if column.distinct <= 2 and {float(level) for level in column.levels} <= {0.0, 1.0}:
        return Judgement("boolean", "0 or 1")
    each = column.present / column.distinct
    enough = each >= (2 if names.is_sparse_code(column.name) else 10)
    identifier = names.is_identifier(column.name)
    named = identifier or names.is_code(column.name)
    if column.is_whole and 3 <= column.distinct <= 1_000 and enough and named:
        return Judgement("code", f"{column.distinct:,} whole numbers, codes by the name: no order, no distance")
    if column.is_whole and identifier and column.distinct > _FEW_GROUPS:
        return Judgement("identifier", f"an identifier by its name, with {each:.1f} rows per value")
    if is_heavy_tailed(column.numbers, 20):
        return Judgement("heavy tail", tail(column.numbers))
    return Judgement("numeric", f"{column.distinct:,} numbers")


def is_iso(values: pa.Array) -> bool:
    """Tells whether all of some texts, null for none of them, are dates or times as ISO 8601 writes them."""
    if not len(values) or not _all(values, _ISO):
        return False
    try:
        times.from_text(values.unique())
    except ValueError:
        return False
    return True


def is_heavy_tailed(numbers: np.ndarray, ratio: float) -> bool:
    """Tells whether numbers, NaN for missing, are positive and their tail lies far beyond their middle.

    Args:
        numbers: float64 [n].
        ratio: How many times 1 + the median the 1 + 99.5 % quantile is at least: it is log(1 + x) that would be taken.
    """
    present = numbers[np.isfinite(numbers)]
    if len(present) < 50 or present.min() < 0 or len(np.unique(present)) <= 20:
        return False
    middle, far = np.quantile(present, (0.5, 0.995))
    return bool((far + 1) / (middle + 1) >= ratio)


def tail(numbers: np.ndarray) -> str:
    """Says how far the tail of numbers lies from their middle."""
    middle, far = np.nanquantile(numbers, (0.5, 0.995))
    return f"half are at most {middle:,.4g}, one in 200 is above {far:,.4g}"


def shown(value: object) -> str:
    """Returns a value as one short line for a comment."""
    text = re.sub(r"\s+", " ", str(value)).strip()
    text = re.sub(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)
    return repr(text if len(text) <= 40 else f"{text[:39]}…") if isinstance(value, str) else text


def _all(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _is_running(numbers: np.ndarray) -> bool:
    """Tells whether whole numbers go up or down by one from row to row; any other step may mean more."""
    steps = np.diff(numbers[~np.isnan(numbers)])
    return bool((steps == 1).all() or (steps == -1).all())
