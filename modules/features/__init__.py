"""The one table of features: name, kind, width and role of every column, derived from schema and settings."""

import dataclasses
import itertools
import json
import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

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
    def parts(self) -> tuple[str, ...]:
        """Names of the numbers made from timestamps, such as `start[hour]`: part by part, each of all timestamps."""
        return tuple(f"{feature.name}[{part}]" for part in PARTS for feature in self.timestamps)

    @property
    def floats(self) -> tuple[Feature, ...]:
        """The numeric features that are floating-point numbers, in order."""
        return tuple(feature for feature in self.numeric if feature.dtype == "float32")

    @property
    def integers(self) -> tuple[Feature, ...]:
        """The features that are whole numbers, in order: numeric ones, then timestamps."""
        return (*(feature for feature in self.numeric if feature.dtype == "int64"), *self.timestamps)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of all columns of Transform's numeric tensors, in order."""
        return (*(f.name for f in self.floats), *self.parts, *(f.name for f in self.integers))

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


def schema_dtypes(schema: Any) -> dict[str, str]:
    """Returns the raw dtype of every column of a `schema_pb2.Schema`, by name."""
    from tensorflow_metadata.proto.v0 import schema_pb2

    names = {schema_pb2.INT: "int64", schema_pb2.FLOAT: "float32", schema_pb2.BYTES: "string"}
    return {feature.name: names[feature.type] for feature in schema.feature if feature.type in names}


def add_tensor_representations(schema: Any) -> None:
    """Makes every column of a schema a dense [batch, 1] tensor whose default is the missing value of its dtype.

    Training (Transform), judging (TFMA) and serving (TFLite) then see the same tensors, and a missing value reaches
    the one implementation of imputation, inside the model.

    Args:
        schema: A `schema_pb2.Schema`, changed in place.
    """
    group = schema.tensor_representation_group[""].tensor_representation
    group.clear()
    for name, dtype in schema_dtypes(schema).items():
        tensor = group[name].dense_tensor
        tensor.column_name = name
        tensor.shape.dim.add().size = 1
        if dtype == "float32":
            tensor.default_value.float_value = MISSING[dtype]
        elif dtype == "int64":
            tensor.default_value.int_value = MISSING[dtype]
        else:
            tensor.default_value.bytes_value = b""


def relax_inferred(schema: Any, dtypes: Mapping[str, str]) -> None:
    """Takes out of an inferred schema what only chance put in.

    Inference says what the training rows held, and not what may be: a rare category that fell among the validation
    rows, or the first missing value there, is no fault of the data. The model has a slot for the one, and an indicator
    for the other.
    Types still count; columns that come or go are ExampleGen's to refuse.

    Args:
        schema: A `schema_pb2.Schema`, changed in place.
        dtypes: The dtype that ExampleGen gave each column, by name: inference cannot know it of a column that has no
            value in the training rows.
    """
    from tensorflow_metadata.proto.v0 import schema_pb2

    types = {"int64": schema_pb2.INT, "float32": schema_pb2.FLOAT, "string": schema_pb2.BYTES}
    for feature in schema.feature:
        feature.type = types[dtypes[feature.name]]
        feature.ClearField("presence")
        feature.ClearField("value_count")
        feature.ClearField("shape")
        if feature.HasField("domain") or feature.HasField("string_domain"):
            feature.distribution_constraints.min_domain_mass = 0.0


@dataclasses.dataclass(frozen=True)
class Profile:
    """What Transform learnt from the training rows: enough to lay out, explain and audit the encoded features.

    Attributes:
        numeric: Names of the numeric columns, in the order of the stacked tensors.
        parts: Those of them that were made from timestamps, and are missing where these are.
        offsets: What was subtracted from each numeric column before anything else: 0 but for large whole numbers, whose
            differences float32 could not hold otherwise. Means and edges are relative to it.
        means: Mean of the present values of each numeric column (after the log, where there is one).
        deviations: Their standard deviations.
        present: Share of rows in which each numeric column has a value.
        edges: Bin edges of each numeric column; a column has one bin fewer than edges.
        reduction: The method of dimensionality reduction: `pca`, `ica` or `none`.
        explained_variance: Eigenvalues of the correlation matrix, largest first, whatever the method; empty without
            reduction.
        components: Number of components kept.
        component_deviations: Standard deviation of each of them.
        converged: False if FastICA, which finds independent components, ran out of iterations.
        categorical: Names of the categorical columns, in the order of the stacked tensors.
        vocabularies: Known values of each categorical column: those with a slot each, most frequent first, and then
            those that share slots, sorted.
        counts: How often each of them occurs.
        own_slots: How many values of each categorical column have a slot each.
        shared_slots: How many slots the others of a column may share: see `vocabulary.SharedCodes`.
        left_out: Why a column tells nothing and has no slot, by column.
        notices: What a person should know of further columns, by column.
        classes: The label's classes as text, in order; empty for a regression.
        class_counts: How often each of them occurs.
        label_mean: Mean of a regression's label (after the log, where there is one).
        label_deviation: Its standard deviation; 1 where all labels are equal.
        label_range: Its smallest and its largest value, before the log.
    """

    numeric: list[str] = dataclasses.field(default_factory=list)
    parts: list[str] = dataclasses.field(default_factory=list)
    offsets: list[int] = dataclasses.field(default_factory=list)
    means: list[float] = dataclasses.field(default_factory=list)
    deviations: list[float] = dataclasses.field(default_factory=list)
    present: list[float] = dataclasses.field(default_factory=list)
    edges: list[list[float]] = dataclasses.field(default_factory=list)
    reduction: str = "none"
    explained_variance: list[float] = dataclasses.field(default_factory=list)
    components: int = 0
    component_deviations: list[float] = dataclasses.field(default_factory=list)
    converged: bool = True
    categorical: list[str] = dataclasses.field(default_factory=list)
    vocabularies: list[list[str]] = dataclasses.field(default_factory=list)
    counts: list[list[int]] = dataclasses.field(default_factory=list)
    own_slots: list[int] = dataclasses.field(default_factory=list)
    shared_slots: int = 0
    left_out: dict[str, str] = dataclasses.field(default_factory=dict)
    notices: dict[str, str] = dataclasses.field(default_factory=dict)
    classes: list[str] = dataclasses.field(default_factory=list)
    class_counts: list[int] = dataclasses.field(default_factory=list)
    label_mean: float = 0.0
    label_deviation: float = 1.0
    label_range: list[float] = dataclasses.field(default_factory=lambda: [0.0, 0.0])

    @property
    def bins(self) -> list[int]:
        """Number of bins of each numeric column."""
        return [len(edges) - 1 for edges in self.edges]

    @property
    def explained_shares(self) -> list[float]:
        """Share of the variance that each principal component explains, largest first; zeros if there is none."""
        total = sum(self.explained_variance)
        return [value / total if total else 0.0 for value in self.explained_variance]

    @property
    def telling_nothing(self) -> dict[str, str]:
        """Why a column of the table tells nothing and has no slot, by column."""
        return {column: why for column, why in self.left_out.items() if column not in self.parts}

    def to_json(self) -> str:
        """Returns the profile as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Profile":
        """Reads what `to_json` wrote."""
        return cls(**json.loads(text))
