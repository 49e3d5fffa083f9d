"""The one table of features: name, kind, width and role of every column, derived from dtypes and settings."""

import dataclasses
import itertools
import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from modules.base.settings import Features
from modules.tables.missing import MISSING
from modules.tables.timestamps import PARTS

Kind = Literal["numeric", "categorical", "timestamp"]

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclasses.dataclass(frozen=True)
class Feature:
    """One input column of the model.

    Attributes:
        name: The column's name in the user's table, unchanged.
        kind: `numeric` (scaled and binned), `categorical` (looked up in a vocabulary) or `timestamp` (a number of
            seconds that is numeric itself, and so are the parts of its date and time).
        dtype: `float32`, `int64` or `string`: the dtype of the raw input tensor, shape [batch, 1].
        log: Whether sign(x)·log(1 + |x|) is taken before anything else.
        tensor: Name of the exported model's input; the column's own name, unless a tensor cannot be called that.
    """

    name: str
    kind: Kind
    dtype: str
    log: bool = False
    tensor: str = ""

    @property
    def missing(self) -> float | int | str:
        """The raw value that stands for a missing one."""
        return MISSING[self.dtype]


@dataclasses.dataclass(frozen=True)
class Number:
    """A column of Transform's numeric tensors.

    Attributes:
        name: The feature's name; of a part of a timestamp, such as `start[hour]`, that of both.
        log: Whether sign(x)·log(1 + |x|) is taken before anything else.
        whole: Whether it holds whole numbers, int64.
        timestamp: Whether it holds seconds since 1970-01-01 UTC.
        part_of: The timestamp that it was made from, and is missing where that is; None for a feature itself.
    """

    name: str
    log: bool = False
    whole: bool = False
    timestamp: bool = False
    part_of: str | None = None


@dataclasses.dataclass(frozen=True)
class FeatureTable:
    """All input columns, in the order of the stacked tensors that Transform writes, the label and the weight."""

    features: tuple[Feature, ...]
    label: str
    weight: str | None = None

    @property
    def numeric(self) -> tuple[Feature, ...]:
        """The numeric features, in order."""
        return tuple(feature for feature in self.features if feature.kind == "numeric")

    @property
    def timestamps(self) -> tuple[Feature, ...]:
        """The timestamp features, in order."""
        return tuple(feature for feature in self.features if feature.kind == "timestamp")

    @property
    def floats(self) -> tuple[Feature, ...]:
        """The numeric features that are floating-point numbers, in order."""
        return tuple(feature for feature in self.numeric if feature.dtype == "float32")

    @property
    def integers(self) -> tuple[Feature, ...]:
        """The features that are whole numbers, in order: numeric ones, then timestamps."""
        return (*(feature for feature in self.numeric if feature.dtype == "int64"), *self.timestamps)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All columns of Transform's numeric tensors, in order: floats, parts of timestamps, integers.

        Parts lie part by part, each of all timestamps.
        """
        return (
            *(Number(feature.name, feature.log) for feature in self.floats),
            *(Number(f"{its.name}[{part}]", part_of=its.name) for part in PARTS for its in self.timestamps),
            *(Number(its.name, its.log, True, its.kind == "timestamp") for its in self.integers),
        )

    @property
    def categorical(self) -> tuple[Feature, ...]:
        """The categorical features, in order."""
        return tuple(feature for feature in self.features if feature.kind == "categorical")


def feature_table(dtypes: Mapping[str, str], settings: Features, label: str, weight: str | None = None) -> FeatureTable:
    """Derives the table of features.

    Args:
        dtypes: The dtype of every raw column by name: `float32`, `int64` or `string`.
        settings: The section `features` of the config.
        label: The label's column, which is no feature.
        weight: The column of example weights, if there is one, which is no feature either.

    Returns:
        The table, sorted by dtype and name, so that it does not depend on the order of the columns, and the columns of
        one dtype lie side by side.
    """
    features = []
    tensors = tensor_names(dtypes)
    for name in sorted(dtypes, key=lambda name: (dtypes[name], name)):
        if name in (label, weight) or name in settings.exclude:
            continue
        categorical = dtypes[name] == "string" or name in settings.categorical
        kind: Kind = "categorical" if categorical else "timestamp" if name in settings.timestamps else "numeric"
        log = kind == "numeric" and name in settings.log_scale
        features.append(Feature(name, kind, dtypes[name], log, tensors[name]))
    return FeatureTable(tuple(features), label, weight)


def tensor_names(columns: Iterable[str]) -> dict[str, str]:
    """Gives every column a name that a tensor of a signature can have.

    Args:
        columns: Names of columns, all different.

    Returns:
        By column: its own name where a tensor can be called that: ASCII letters, digits and underscores, a letter
        first; no keyword of Python and not `self`, since TensorFlow makes parameters of names; and unlike all others
        without regard to case. Else a name made of it: `Jitter(%)` becomes `Jitter`, `class` `column_class`.
    """
    columns = sorted(columns)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        if _PLAIN.fullmatch(column) and not _is_reserved(column) and column.lower() not in taken:
            names[column] = column
            taken.add(column.lower())
    for column in columns:
        if column not in names:
            stem = re.sub(r"[^A-Za-z0-9]+", "_", column).strip("_") or "column"
            stem = stem if stem[0].isalpha() and not _is_reserved(stem) else f"column_{stem}"
            candidates = itertools.chain([stem], (f"{stem}_{number}" for number in itertools.count(2)))
            names[column] = next(name for name in candidates if name.lower() not in taken)
            taken.add(names[column].lower())
    return names


def _is_reserved(name: str) -> bool:
    return keyword.iskeyword(name) or name == "self"
