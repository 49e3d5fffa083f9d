"""What the rows that a model is asked about lack, and what it has never seen: counted, to be said at the end."""

import collections

import pyarrow as pa
import pyarrow.compute as pc

from modules.contracts.tflite import ModelCard

# So many columns, and so many values of each, are named.
_COLUMNS, _VALUES = 8, 3


class Tally:
    """Counts missing and unseen values by column.

    Args:
        card: What the model says of its inputs, and which values it knows.
    """

    def __init__(self, card: ModelCard) -> None:
        self._known = {
            spec["name"]: pa.array(spec["values"], pa.string()) for spec in card.inputs if spec.get("values")
        }
        self.rows = 0
        self.missing: collections.Counter[str] = collections.Counter()
        self.unseen: dict[str, collections.Counter[str]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Counts the values of rows, as `feeding.selected` gives them."""
        self.rows += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if column.null_count:
                self.missing[name] += column.null_count
            known = self._known.get(name)
            if known is None or pa.types.is_floating(column.type):
                continue
            texts = column.cast(pa.string()).drop_null()
            strange = texts.filter(pc.invert(pc.is_in(texts, value_set=known)))
            if len(strange):
                counts = self.unseen.setdefault(name, collections.Counter())
                counts.update(strange.to_pylist())

    def said(self) -> str:
        """Returns a line for missing and one for unseen values, each with its line end; nothing if there are none."""
        lines = []
        if self.missing:
            parts = [f"{name} {count:,}" for name, count in self.missing.most_common(_COLUMNS)]
            lines.append(f"Missing values, of {self.rows:,} rows: {_listed(parts, len(self.missing))}\n")
        if self.unseen:
            by_column = sorted(self.unseen.items(), key=lambda item: -item[1].total())
            parts = [f"{name} {counts.total():,} ({_examples(counts)})" for name, counts in by_column[:_COLUMNS]]
            what = "Values that the model does not know, taken as any rare one"
            lines.append(f"{what}: {_listed(parts, len(by_column))}\n")
        return "".join(lines)


def _examples(counts: collections.Counter[str]) -> str:
    named = ", ".join(repr(value[:40]) for value, _ in counts.most_common(_VALUES))
    return named + (", …" if len(counts) > _VALUES else "")


def _listed(parts: list[str], count: int) -> str:
    more = count - len(parts)
    return ", ".join(parts) + (f" and {more:,} more column{'' if more == 1 else 's'}" if more else "")
