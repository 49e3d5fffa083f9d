"""What Transform runs over the training rows, and what every exported model runs over a raw row: one implementation.

Only operations that TFLite has built in are used, on dense [batch, 1] inputs, so that the whole graph ships on device.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from modules import tasks
from modules.base.settings import Features, Label, Reduction
from modules.contracts import profile as contract
from modules.features import magnitude
from modules.features.profile import Profile
from modules.features.table import Feature, FeatureTable, feature_table
from modules.graph import analyzers, civil_time
from modules.tables.missing import MISSING


class Preprocessing:
    """The way from raw columns to a few stacked tensors: what it must know of the rows, and what it makes of them.

    Raw columns are given by name, each [batch, 1] of float32, int64 or string, missing values as in `missing.MISSING`.

    Args:
        dtypes: The dtype of each raw column by name.
        custom_config: The sections `features`, `label` and `reduction` of the config, as JSON objects.

    Attributes:
        columns: What is learnt of the columns, and how.
    """

    def __init__(self, dtypes: Mapping[str, str], custom_config: Mapping[str, Any]) -> None:
        settings = Features.model_validate(custom_config["features"])
        reduction = Reduction.model_validate(custom_config["reduction"])
        self._label = Label.model_validate(custom_config["label"])
        self._table = feature_table(dtypes, settings, self._label.column, self._label.weight_column)
        self.columns = analyzers.Columns(
            self._table.numbers,
            tuple(feature.name for feature in self._table.categorical),
            settings,
            reduction,
            self._label,
        )

    def raw(self, inputs: Mapping[str, tf.Tensor]) -> list[tf.Tensor]:
        """Returns what is summarized of raw columns, as `RowSummary.add` takes it."""
        floats, integers = _floats(inputs, self._table), _stack(inputs, self._table.integers)
        numbers = [part for part in (floats, integers) if part is not None]
        texts = [_as_text(inputs[feature.name]) for feature in self._table.categorical]
        return [*numbers, *texts, _raw_label(inputs[self._label.column], self._label)]

    def transformed(self, inputs: Mapping[str, tf.Tensor], constants: Sequence[np.ndarray]) -> dict[str, tf.Tensor]:
        """Turns raw columns into tensors.

        Args:
            inputs: The raw columns.
            constants: What was learnt of the training rows, as `analyzers.Columns.describe` gives it.

        Returns:
            Those of the following that are not empty, with the columns in the order of the feature table:
            `numeric` float32 [batch, d] z-scores; `value` float32 [batch, d] the numbers times their unit, of which the
            encoder takes the bins; `components` float32 [batch, k] principal or independent components of the z-scores;
            `missing` float32 [batch, d - p], 1 where the value was missing, without the p columns that are parts of
            timestamps;
            `category_<i>` [batch, 1], column i of the categorical ones as it is, which `lookup.Lookup` turns into
            numbers; `label` float32 [batch, 1], 1 for the positive class, the number of the class, or the z-score of a
            regression's number; and `weight` float32 [batch, 1], the example weight.
        """
        table, learnt = self._table, [tf.constant(constant) for constant in constants]
        floats, integers = _floats(inputs, table), _stack(inputs, table.integers)
        codes = [inputs[feature.name] for feature in table.categorical]
        outputs: dict[str, tf.Tensor] = {f"category_{number}": column for number, column in enumerate(codes)}
        if floats is not None or integers is not None:
            packed, values, absent = learnt.pop(0), [], []
            if floats is not None:
                values.append(floats)
                absent.append(tf.not_equal(floats, floats))
            if integers is not None:
                values.append(_relative(integers, learnt.pop(0)))
                absent.append(tf.equal(integers, MISSING["int64"]))
            missing = tf.concat(absent, axis=1)
            outputs |= _numeric(tf.concat(values, axis=1), missing, packed, self.columns)
            if table.timestamps:
                first, parts = len(table.floats), sum(number.part_of is not None for number in self.columns.numeric)
                missing = tf.concat([missing[:, :first], missing[:, first + parts :]], axis=1)
            outputs["missing"] = tf.cast(missing, tf.float32)
        outputs["label"] = _label(_raw_label(inputs[self._label.column], self._label), learnt.pop(0), self._label)
        if self._label.weight_column:
            outputs["weight"] = tf.cast(inputs[self._label.weight_column], tf.float32)
        return outputs


def _raw_label(column: tf.Tensor, label: Label) -> tf.Tensor:
    """Returns a label as its summary takes it: numbers for a regression, else text."""
    return _as_text(column) if tasks.named(label.task).has_classes else tf.cast(column, tf.float32)


def _label(answer: tf.Tensor, constant: tf.Tensor, label: Label) -> tf.Tensor:
    """Turns the label into the target that the network learns, float32 [batch, 1]."""
    return _LEARNT[tasks.named(label.task)](answer, constant, label)


def _is_positive(answer: tf.Tensor, constant: tf.Tensor, label: Label) -> tf.Tensor:
    return tf.cast(tf.equal(answer, str(label.positive_class)), tf.float32)


def _class_number(answer: tf.Tensor, constant: tf.Tensor, label: Label) -> tf.Tensor:
    return tf.cast(tf.argmax(tf.cast(tf.equal(answer, constant), tf.int32), axis=1), tf.float32)[:, tf.newaxis]


def _z_score(answer: tf.Tensor, constant: tf.Tensor, label: Label) -> tf.Tensor:
    if label.log_scale:
        answer = tf.sign(answer) * tf.math.log1p(tf.abs(answer))
    return (answer - constant[0]) * constant[1]


_LEARNT = {tasks.BINARY: _is_positive, tasks.MULTICLASS: _class_number, tasks.REGRESSION: _z_score}


def _stack(inputs: Mapping[str, tf.Tensor], features: Sequence[Feature]) -> tf.Tensor | None:
    """Joins columns of one dtype into [batch, n]: one operation then serves them all."""
    return tf.concat([inputs[feature.name] for feature in features], axis=1) if features else None


def _floats(inputs: Mapping[str, tf.Tensor], table: FeatureTable) -> tf.Tensor | None:
    """Joins the floating-point numbers and the parts of timestamps into float32 [batch, f], NaN for missing."""
    parts = [_stack(inputs, table.floats)] if table.floats else []
    seconds = _stack(inputs, table.timestamps)
    if seconds is not None:
        absent = tf.equal(seconds, MISSING["int64"])
        parts += [tf.where(absent, float("nan"), part) for part in civil_time.parts(seconds)]
    return tf.concat(parts, axis=1) if parts else None


def _relative(integers: tf.Tensor, limits: tf.Tensor) -> tf.Tensor:
    """Subtracts each column's offset, int64 [batch, i], before float32 would round.

    Numbers too far from it for int64 to hold the difference are clipped.
    """
    offset, lowest, highest = limits[0], limits[1], limits[2]
    return tf.cast(tf.minimum(tf.maximum(integers, lowest), highest) - offset, tf.float32)


def _as_text(column: tf.Tensor) -> tf.Tensor:
    """Turns a categorical column into text, empty for missing; a numeric code becomes its decimal digits."""
    if column.dtype == tf.string:
        return column
    if column.dtype == tf.int64:
        return tf.where(tf.equal(column, MISSING["int64"]), "", tf.strings.as_string(column))
    # The shortest text has six digits: two numbers that differ behind these would become one.
    short, exact = (tf.strings.as_string(column, precision=digits, shortest=True) for digits in (-1, 9))
    text = tf.where(tf.equal(tf.strings.to_number(short), column), short, exact)
    whole = tf.logical_and(tf.equal(tf.floor(column), column), tf.less(tf.abs(column), 2.0**63))
    text = tf.where(whole, tf.strings.as_string(tf.cast(tf.where(whole, column, 0.0), tf.int64)), text)
    return tf.where(tf.not_equal(column, column), "", text)


def _numeric(raw: tf.Tensor, missing: tf.Tensor, packed: tf.Tensor, columns: analyzers.Columns) -> dict[str, tf.Tensor]:
    """Imputes, scales and projects the matrix [batch, d] of numeric columns."""
    layout = columns.layout
    present = tf.where(missing, packed[:, layout.imputed], raw)
    near, size = present, tf.abs(present)
    if columns.integers < len(columns.numeric):  # whole numbers are neither that near to 0 nor that far from it
        present = tf.where(tf.less(size, magnitude.SMALLEST), 0.0, present)
        near = _clipped(present * packed[:, layout.unit], magnitude.FARTHEST)
        size = tf.minimum(tf.abs(present), magnitude.LARGEST_LOGGED)
    value = near
    if any(columns.log):
        value = tf.where(list(columns.log), tf.sign(present) * tf.math.log(1.0 + size), near)
    scaled = (value - packed[:, layout.mean]) * packed[:, layout.inverse_deviation]
    scaled = _clipped(scaled, magnitude.MOST_DEVIATIONS)
    outputs = {"numeric": scaled, "value": near}
    projection = packed[:, layout.projection]
    if projection.shape[1]:
        outputs["components"] = tf.matmul(scaled, projection)
    return outputs


def _clipped(values: tf.Tensor, farthest: float) -> tf.Tensor:
    return tf.minimum(tf.maximum(values, -farthest), farthest)


def load_profile(output: tft.TFTransformOutput) -> Profile:
    """Reads what the analyzers learnt from the assets of a transform graph.

    Args:
        output: The transform graph.
    """
    return contract.read_saved_model(output.transform_savedmodel_dir)
