"""What is counted over all rows of a table, however many there are."""

import collections
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from modules.tables import cells, columns, numerals

# Values are counted for columns with no more different ones.
MAX_LEVELS = 100

Value = str | int | float


class Counter:
    """Counts what the whole table holds."""

    def __init__(self, decimal: str) -> None:
        self.inference = columns.TypeInference(decimal)
        self.rows = 0
        self.present: collections.Counter[str] = collections.Counter()
        self._decimal = decimal
        self._tallies: dict[str, collections.Counter | None] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        self.inference.add(batch)
        self.rows += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            self.present[name] += len(column) - column.null_count
            tally = self._tallies.setdefault(name, collections.Counter())
            if tally is None:
                continue
            if pc.count_distinct(column).as_py() > MAX_LEVELS:
                self._tallies[name] = None
                continue
            tally.update({pair["values"]: pair["counts"] for pair in column.drop_null().value_counts().to_pylist()})
            if len(tally) > MAX_LEVELS:
                self._tallies[name] = None

    def settle(self, tokens: Iterable[str]) -> None:
        """Takes out again the texts of which only later rows showed that they stand for a missing value."""
        for name, tally in self._tallies.items():
            for token in tokens if tally else ():
                self.present[name] -= tally.pop(token, 0)  # type: ignore[union-attr]

    def tally(self, name: str, dtype: str) -> dict[Value, int] | None:
        """Returns the counts by value of a dtype, `1` and `+1` taken together."""
        tally = self._tallies[name]
        if tally is None:
            return None
        result: collections.Counter = collections.Counter()
        for value, count in zip(self._typed(list(tally), dtype), tally.values(), strict=True):
            result[value] += count
        return dict(result)

    def _typed(self, values: list[Value], dtype: str) -> list[Value]:
        if dtype == "string":
            return [str(value) for value in values]
        kind = int if dtype == "int64" else float
        if any(isinstance(value, str) for value in values):
            texts = pa.array([str(value) for value in values], pa.string())
            return [kind(text) for text in numerals.to_plain(texts, cells.PLAIN_NUMBER, self._decimal).to_pylist()]
        return [kind(value) for value in values]
