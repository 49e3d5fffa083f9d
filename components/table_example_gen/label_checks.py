"""Whether the labels and weights of a table can be learnt from and judged by. Knows no TFX."""

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from components.table_example_gen.splitting import SPLITS
from modules import tasks
from modules.base.errors import DataError
from modules.base.settings import Data, Label
from modules.tasks import spelling

MOST_CLASSES = 1_000
# Beyond, float32 does not hold the sums of weights, or the squares of a regression's errors.
_WEIGHTS = 1e-12, 1e12
_FARTHEST = 1e18


class LabelChecks:
    """Watches labels and weights while examples are written; `check` then says whether they will do.

    Args:
        label: The section `label` of the config.
        dtypes: The dtype of each column.
        data: The section `data`, for messages.

    Raises:
        DataError: If the label or the weight is no column, or no numbers where numbers are due.
    """

    def __init__(self, label: Label, dtypes: Mapping[str, str], data: Data) -> None:
        self._label, self._data = label, data
        for column, what in ((label.column, "label"), (label.weight_column, "weight")):
            if column is not None and column not in dtypes:
                raise DataError(str(data.train), f"has no column {column!r}, the {what}", "Name a column of the table")
        if not tasks.named(label.task).has_classes and dtypes[label.column] == "string":
            what = "holds text, and a regression predicts numbers"
            raise DataError(
                self._where("train"), what, "Fix the cells that are no numbers, or set label.task to another"
            )
        if label.weight_column is not None and dtypes[label.weight_column] == "string":
            where = f"{data.train}, column {label.weight_column!r}"
            raise DataError(where, "holds text, and weights are numbers", "Name another label.weight_column")
        self._classes: dict[str, collections.Counter] = {split: collections.Counter() for split in SPLITS}
        self._rows = dict.fromkeys(SPLITS, 0)
        self._weighing = dict.fromkeys(SPLITS, False)
        self._weighing_classes: dict[str, set] = {split: set() for split in SPLITS}
        self._range = dict.fromkeys(SPLITS, (np.inf, -np.inf))

    def add(self, batch: pa.RecordBatch, splits: np.ndarray) -> np.ndarray:
        """Takes a batch into account.

        Args:
            batch: Typed columns.
            splits: The number of each row's split.

        Returns:
            Whether each row has a label, bool [rows]: one without cannot be learnt from or judged.

        Raises:
            DataError: If a weight is missing or negative, or a class would be one of too many.
        """
        values = batch.column(batch.schema.get_field_index(self._label.column))
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
        kept = pc.is_valid(values).to_numpy(zero_copy_only=False)
        counts = kept & self._weighs(batch, splits, kept)
        for number, split in enumerate(SPLITS):
            chosen = values.filter(pa.array(kept & (splits == number)))
            weighing = values.filter(pa.array(counts & (splits == number)))
            self._rows[split] += len(chosen)
            self._weighing[split] |= len(weighing) > 0
            if not tasks.named(self._label.task).has_classes:
                self._check_numbers(split, chosen)
                self._add_numbers(split, weighing)
            else:
                self._weighing_classes[split].update(pc.unique(weighing).to_pylist())
                for pair in pc.value_counts(chosen).to_pylist():
                    self._classes[split][pair["values"]] += pair["counts"]
                if len(self._classes[split]) > MOST_CLASSES:
                    what = f"has more than {MOST_CLASSES:,} classes"
                    fix = "Set label.task to regression if they are quantities, or group rare classes"
                    raise DataError(self._where(split), what, fix)
        return kept

    def _weighs(self, batch: pa.RecordBatch, splits: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """Returns whether each row has a weight above 0, bool [rows]; every row has one where there are no weights."""
        if self._label.weight_column is None:
            return np.ones(batch.num_rows, bool)
        weights = batch.column(batch.schema.get_field_index(self._label.weight_column))
        numbers = pc.fill_null(weights.cast(pa.float64(), safe=False), np.nan).to_numpy(zero_copy_only=False)
        low, high = _WEIGHTS
        wrong = kept & ~((numbers == 0) | ((numbers >= low) & (numbers <= high)))
        if wrong.any():
            where = self._where(SPLITS[splits[wrong.argmax()]], self._label.weight_column)
            first = "nothing" if np.isnan(numbers[wrong][0]) else f"{numbers[wrong][0]:g}"
            what = (
                f"holds {wrong.sum():,} weights that are missing, negative, or too small or large to add up, such as "
            )
            fix = f"Give every row a weight of 0, or from {low:g} to {high:g}"
            raise DataError(where, what + first, fix)
        return np.asarray(numbers > 0)

    def _check_numbers(self, split: str, values: pa.Array) -> None:
        numbers = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        if not np.isfinite(numbers).all():
            raise DataError(self._where(split), "holds an infinite number", "Fix or remove that row")
        wrong = np.abs(numbers) > _FARTHEST
        if wrong.any():
            what = f"holds {numbers[wrong][0]:g}, and the square of an error as large is beyond what the model can hold"
            raise DataError(self._where(split), what, f"Give the label in a unit in which it stays below {_FARTHEST:g}")

    def _add_numbers(self, split: str, values: pa.Array) -> None:
        if len(values):
            numbers = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            low, high = self._range[split]
            self._range[split] = min(low, numbers.min()), max(high, numbers.max())

    def check(self) -> None:
        """Checks what was seen.

        Raises:
            DataError: If a split has no row with a label, or holds nothing to learn or to judge.
        """
        for split in SPLITS:
            if not self._rows[split]:
                fix = f"Give more rows, or a larger share for {split}"
                raise DataError(self._where(split), f"the split {split!r} has no row with a label", fix)
            if not self._weighing[split]:
                what = f"every row of the split {split!r} has the weight 0, so there is nothing to learn or to judge"
                raise DataError(self._where(split, self._label.weight_column), what, "Give weights above 0")
        _CHECKS[tasks.named(self._label.task)](self)

    @property
    def rows_by_value(self) -> Mapping[Any, int]:
        """The rows of each value of the label over all splits, the most frequent first; empty for a regression."""
        counts = sum(self._classes.values(), collections.Counter())
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0]))))

    def _binary(self) -> None:
        positive = self._label.positive_class
        self._negatives()
        for split, classes in self._classes.items():
            if len(classes) == 1:
                what = f"every row of the split {split!r} has the label {next(iter(classes))!r}"
                fix = "Give rows of both classes"
                raise DataError(self._where(split), f"{what}, so there is nothing to learn or to judge", fix)
            if positive not in classes:
                known = ", ".join(map(repr, sorted(classes)[:5]))
                what = f"label.positive_class {positive!r} is none of the values {known} of the split {split!r}"
                raise DataError(
                    self._where(split), what + self._meant(classes), "Set label.positive_class to one of them"
                )
            self._check_weighing(split, [positive])
            self._check_weighing(split, sorted(set(classes) - {positive}))

    def _meant(self, known: Iterable[Any]) -> str:
        near = spelling.nearest(self._label.positive_class, known)
        return "" if near is None else f"; did you mean {near!r}?"

    def _negatives(self) -> None:
        """Refuses what would count as negative only because it is written another way, or not written down at all."""
        positive, negative = self._label.positive_class, self._label.negative_class
        counts = self.rows_by_value
        others = {value: rows for value, rows in counts.items() if value != positive}
        if self._label.others is not None or positive not in counts:
            return
        if negative is not None:
            unknown = {value: rows for value, rows in others.items() if value != negative}
            if unknown:
                what = (
                    f"holds {spelling.counted(unknown)}, neither label.positive_class {positive!r} nor "
                    f"label.negative_class {negative!r}"
                )
                fix = "Fix these cells, or set label.others: negative in place of label.negative_class"
                raise DataError(self._where("train"), what, fix)
            return
        alike = {value: rows for value, rows in others.items() if spelling.alike(value, positive)}
        if alike:
            differ = "differ" if len(alike) > 1 else "differs"
            what = (
                f"holds {spelling.counted(alike)}, which would count as negative, and {differ} from "
                f"label.positive_class {positive!r} ({spelling.rows(counts[positive])}) by case or spaces only"
            )
            fix = "Write the class in one way, or set label.others: negative if that is meant"
            raise DataError(self._where("train"), what, fix)

    def _multiclass(self) -> None:
        known = self._classes["train"]
        if len(known) == 1:
            what = f"every training row has the label {next(iter(known))!r}, so there is nothing to learn"
            raise DataError(self._where("train"), what, "Give rows of several classes")
        for value in sorted(known):
            self._check_weighing("train", [value])
        for split in SPLITS[1:]:
            for value in sorted(set(self._classes[split]) - set(known)):
                count = self._classes[split][value]
                what = (
                    f"class {value!r} has {count} row{'s' * (count > 1)} in the split {split!r} and none to learn from"
                )
                fix = "Give more rows of that class, take these out, or join it with another class" + self._shares()
                raise DataError(self._where(split), what, fix)
            if len(self._weighing_classes[split]) == 1:
                only = next(iter(self._weighing_classes[split]))
                rows = "row" if len(self._classes[split]) == 1 else "row with a weight above 0"
                what = f"every {rows} of the split {split!r} has the label {only!r}, so there is nothing to judge by"
                fix = f"Give more rows, or a larger share for {split}"
                raise DataError(self._where(split), what, fix)

    def _check_weighing(self, split: str, values: Sequence[Any]) -> None:
        """Refuses a class all of whose rows weigh nothing: it would be neither learnt nor judged.

        Args:
            split: The split.
            values: The values of the label that are the class.
        """
        if self._weighing_classes[split].isdisjoint(values):
            what = (
                f"every row of the class {values[0]!r} in the split {split!r} has the weight 0, as if there were none"
            )
            fix = "Give some of them a weight above 0, take the class out, or name another label.weight_column"
            raise DataError(self._where(split, self._label.weight_column), what, fix)

    def _shares(self) -> str:
        """Returns what else may help where chance decides: a row's place in the split follows from its content."""
        now = f"data.validation_fraction {self._data.validation_fraction:g}"
        if not self._data.test:
            now = f"data.test_fraction {self._data.test_fraction:g} and {now}"
        by = (
            f"the column {column!r}" if (column := self._data.time_column or self._data.group_column) else "its content"
        )
        return f"; or try other shares than {now}: which split a row is in follows from {by}"

    def _regression(self) -> None:
        for split in ("train", "validation", "test"):
            low, high = self._range[split]
            if low == high:
                what = (
                    f"every row of the split {split!r} has the label {low:g}, so there is nothing to learn or to judge"
                )
                raise DataError(self._where(split), what, "Give rows with different labels")

    def _where(self, split: str, column: str | None = None) -> str:
        table = self._data.test if split == "test" and self._data.test else self._data.train
        return f"{table}, column {(column or self._label.column)!r}"


_CHECKS = {
    tasks.BINARY: LabelChecks._binary,
    tasks.MULTICLASS: LabelChecks._multiclass,
    tasks.REGRESSION: LabelChecks._regression,
}
