"""A query over rows, as a config writes it: `education_num >= 13 and sex = Female`. Nothing of it is run as code."""

import dataclasses
import datetime
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from modules.base.section import SettingError

if TYPE_CHECKING:  # a config is read without what runs a model
    from modules.explaining.raw_function import RawColumn, Rows

EQUAL, UNEQUAL, AMONG = "=", "!=", "in"
_ORDERS: Mapping[str, Callable[..., np.ndarray]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_AND = "and"
Token = tuple[str, str]  # its kind, and its text without quotes
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<quoted>"[^"]*"|'[^']*')
  | (?P<operator><=|>=|!=|==|=|<|>)
  | (?P<mark>[(),\[\]])
  | (?P<word>(?:[^\s"'<>=!(),\[\]]|!(?!=))+)
    )""",
    re.VERBOSE,
)
_FORM = "Write comparisons such as education_num >= 13, joined by `and`; what holds other signs than letters in quotes"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What one column is held against.

    Attributes:
        column: The column.
        operator: `=`, `!=`, `<`, `<=`, `>`, `>=` or `in`.
        values: One value; of `in` one or more. An empty text stands for a missing value.
    """

    column: str
    operator: str
    values: tuple[str, ...]

    @property
    def is_order(self) -> bool:
        """Whether it asks for numbers."""
        return self.operator in _ORDERS

    def check(self, column: "RawColumn") -> None:
        """Checks that the column can be held against the values.

        Raises:
            SettingError: If a column without an order is asked for one, or a number is no number.
        """
        if self.is_order and not column.is_number:
            raise SettingError(
                f"asks for the order of {self.column!r}, which is categorical", "Compare it by =, != or in"
            )
        for value in self.values:
            if value:
                _as_held(column, value, self.operator)

    def chosen(self, column: "RawColumn", values: np.ndarray) -> np.ndarray:
        """Tells which rows it is true of, bool [n]; of a missing value it is only where it asks for the missing ones.

        Args:
            column: The column.
            values: Its values, [n].

        Raises:
            SettingError: As `check`.
        """
        self.check(column)
        missing = column.is_missing(values)
        known = [_as_held(column, value, self.operator) for value in self.values if value]
        if self.is_order:
            return _ORDERS[self.operator](values, known[0]) & ~missing
        equal = np.isin(values, np.array(known, values.dtype)) & ~missing
        if "" in self.values:
            equal |= missing
        elif self.operator == UNEQUAL:
            equal |= missing  # they are not unequal either
        return ~equal if self.operator == UNEQUAL else equal


@dataclasses.dataclass(frozen=True)
class RowQuery:
    """Comparisons that all have to be true.

    Attributes:
        text: As it was written.
        comparisons: At least one.
    """

    text: str
    comparisons: Sequence[Comparison]

    def chosen(self, columns: Sequence["RawColumn"], rows: "Rows") -> np.ndarray:
        """Tells which rows it chooses, bool [n].

        Args:
            columns: The columns that can be asked for.
            rows: The rows.

        Raises:
            SettingError: If it names another column, or a column cannot be held against a value.
        """
        by_name = {column.name: column for column in columns}
        found = []
        for comparison in self.comparisons:
            if comparison.column not in by_name:
                what = f"names {comparison.column!r}, which the model does not read"
                raise SettingError(what, f"Name some of {', '.join(by_name)}")
            found.append(comparison.chosen(by_name[comparison.column], rows[comparison.column]))
        return np.all(found, axis=0)


def parse(text: str) -> RowQuery:
    """Reads a query.

    Args:
        text: Such as `education_num >= 13 and occupation in (Sales, "Other service")`. A name or a value may be in
            quotes, and has to be if it holds brackets, commas, signs of comparison, or the word `and` or `in`.

    Raises:
        SettingError: If it is none.
    """
    return RowQuery(text, [_comparison(part) for part in _split(_tokens(text), ("word", _AND))])


def _tokens(text: str) -> list[Token]:
    """Returns kind and text of each part of a query."""
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise SettingError(f"cannot be read from {text[place:].strip()[:40]!r} on", _FORM)
        kind = str(found.lastgroup)
        part = found.group(kind)
        tokens.append((kind, part[1:-1] if kind == "quoted" else part))
        place = found.end()
    return tokens


def _split(tokens: Sequence[Token], at: Token) -> list[list[Token]]:
    """Returns what lies between tokens of a kind."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token == at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _comparison(tokens: Sequence[Token]) -> Comparison:
    signs = [
        number
        for number, (kind, part) in enumerate(tokens)
        if kind == "operator" or (kind == "word" and part == AMONG and number)
    ]
    if len(signs) != 1:
        said = " ".join(part for _, part in tokens)
        raise SettingError(f"holds {said!r}, which is not one comparison", _FORM)
    column, sign, values = tokens[: signs[0]], tokens[signs[0]][1], tokens[signs[0] + 1 :]
    name = _plain(column)
    listed = _list(values) if sign == AMONG else [_plain(values)]
    if name is None or not name or any(value is None for value in listed) or not listed:
        raise SettingError(f"holds a comparison by {sign} without a column before it, or a value behind it", _FORM)
    found = Comparison(name, EQUAL if sign == "==" else sign, tuple(value for value in listed if value is not None))
    if found.is_order and not found.values[0]:
        raise SettingError(f"holds a comparison of {name!r} by {sign} with no value", _FORM)
    return found


def _plain(tokens: Sequence[Token]) -> str | None:
    """Returns a name or a value: one in quotes, or words; None where it is neither."""
    if len(tokens) == 1 and tokens[0][0] == "quoted":
        return tokens[0][1]
    if not tokens or any(kind != "word" for kind, _ in tokens):
        return None
    return " ".join(part for _, part in tokens)


def _list(tokens: Sequence[Token]) -> list[str | None]:
    """Returns the values between brackets; none where there is no such list."""
    brackets = [part for kind, part in tokens if kind == "mark" and part != ","]
    if brackets not in (["(", ")"], ["[", "]"]) or tokens[0][1] != brackets[0] or tokens[-1][1] != brackets[1]:
        return []
    return [_plain(part) for part in _split(tokens[1:-1], ("mark", ","))]


def _as_held(column: "RawColumn", value: str, sign: str) -> float | int | bytes:
    """Returns a value as the column holds it."""
    if column.dtype == "string":
        return value.encode()
    try:
        if column.kind == "timestamp" and not _is_number(value):
            moment = datetime.datetime.fromisoformat(value)
            return int((moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp())
        return float(value) if sign in _ORDERS or column.dtype == "float32" else int(value)
    except ValueError:
        kind = "whole numbers" if column.dtype == "int64" else "numbers"
        what = f"holds {column.name!r} against {value!r}, and the column holds {kind}"
        raise SettingError(what, "Compare it with such a number") from None


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False
