"""What Transform learnt from the training rows, one typed record per column."""

import dataclasses
import functools
import json
from typing import Any

import numpy as np

from modules.features.table import Number
from modules.features.vocabulary import Count, SharedCodes, Vocabulary, shared_codes


@dataclasses.dataclass(frozen=True)
class NumericColumn(Number):
    """A numeric column, and what was learnt of it.

    Attributes:
        offset: What was subtracted from its values before anything else: 0 but for large whole numbers, whose
            differences float32 could not hold otherwise. Mean and edges are relative to it.
        mean: Mean of the present values (after the log, where there is one).
        deviation: Their standard deviation.
        present: Share of rows in which it has a value.
        unit: What its values are multiplied by, before they are held against edges: see `magnitude.unit`.
        edges: Bin edges.
        left_out: Why it tells nothing and has no slot; empty where it tells something.
    """

    offset: int = 0
    mean: float = 0.0
    deviation: float = 1.0
    present: float = 1.0
    unit: float = 1.0
    edges: tuple[float, ...] = (0.0, 1.0)
    left_out: str = ""

    @property
    def bins(self) -> int:
        """Number of bins: one fewer than edges."""
        return len(self.edges) - 1

    @property
    def scaled_edges(self) -> np.ndarray:
        """The edges times the unit, float64 [bins + 1]; as float32 they are what values are held against."""
        return np.array(self.edges) * self.unit


@dataclasses.dataclass(frozen=True)
class CategoricalColumn:
    """A categorical column, and what was learnt of it.

    Attributes:
        name: The feature's name.
        vocabulary: Its known values.
        shared_slots: How many slots the values without one of their own may share.
        left_out: Why it tells nothing and has no slot; empty where it tells something.
        notice: What a person should know of it; mostly empty.
    """

    name: str
    vocabulary: Vocabulary = dataclasses.field(default_factory=Vocabulary)
    shared_slots: int = 0
    left_out: str = ""
    notice: str = ""

    @property
    def codes(self) -> SharedCodes:
        """The codes of the values that share slots."""
        return shared_codes(len(self.vocabulary.shared), self.shared_slots)


@dataclasses.dataclass(frozen=True)
class ReductionResult:
    """What came of the dimensionality reduction.

    Attributes:
        method: `pca`, `ica` or `none`.
        explained_variance: Eigenvalues of the correlation matrix, largest first, whatever the method; empty without
            reduction.
        component_deviations: Standard deviation of each component that was kept.
        converged: False if FastICA, which finds independent components, ran out of iterations.
    """

    method: str = "none"
    explained_variance: tuple[float, ...] = ()
    component_deviations: tuple[float, ...] = ()
    converged: bool = True

    @property
    def components(self) -> int:
        """Number of components kept."""
        return len(self.component_deviations)

    @property
    def explained_shares(self) -> list[float]:
        """Share of the variance that each principal component explains, largest first; zeros if there is none."""
        total = sum(self.explained_variance)
        return [value / total if total else 0.0 for value in self.explained_variance]


@dataclasses.dataclass(frozen=True)
class LabelProfile:
    """What was learnt of the label.

    Attributes:
        classes: Its classes as text, in order, and how often each occurs; empty for a regression.
        mean: Mean of a regression's label (after the log, where there is one).
        deviation: Its standard deviation; 1 where all labels are equal.
        low: Its smallest value, before the log.
        high: Its largest value, before the log.
    """

    classes: tuple[Count, ...] = ()
    mean: float = 0.0
    deviation: float = 1.0
    low: float = 0.0
    high: float = 0.0


@dataclasses.dataclass(frozen=True)
class Profile:
    """What Transform learnt from the training rows.

    Attributes:
        numeric: The numeric columns, in the order of the stacked tensors.
        categorical: The categorical columns, in the order of the stacked tensors.
        reduction: What came of the reduction of the numeric columns.
        label: What was learnt of the label.
        limits: The limits for wide tables that were reached, a clause each.
    """

    numeric: tuple[NumericColumn, ...] = ()
    categorical: tuple[CategoricalColumn, ...] = ()
    reduction: ReductionResult = dataclasses.field(default_factory=ReductionResult)
    label: LabelProfile = dataclasses.field(default_factory=LabelProfile)
    limits: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[NumericColumn | CategoricalColumn, ...]:
        """All columns, the numeric ones first."""
        return (*self.numeric, *self.categorical)

    @property
    def marked(self) -> tuple[NumericColumn | CategoricalColumn, ...]:
        """The columns whose missing values are marked, in the order of the tensor `missing`: all but parts."""
        return (*(column for column in self.numeric if column.part_of is None), *self.categorical)

    @property
    def left_out(self) -> dict[str, str]:
        """Why a column tells nothing and has no slot, by column; parts of timestamps are among them."""
        return {column.name: column.left_out for column in self.columns if column.left_out}

    @property
    def telling_nothing(self) -> dict[str, str]:
        """Why a column of the table tells nothing and has no slot, by column."""
        return {column.name: column.left_out for column in self.marked if column.left_out}

    @property
    def notices(self) -> dict[str, str]:
        """What a person should know of further columns, by column."""
        return {column.name: column.notice for column in self.categorical if column.notice}

    def to_json(self) -> str:
        """Returns the profile as JSON."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Profile":
        """Reads what `to_json` wrote."""
        return _profile(text)


@functools.lru_cache(maxsize=2)
def _profile(text: str) -> Profile:
    """Returns what JSON holds; all steps of a run read the same."""
    fields = json.loads(text)
    return Profile(
        tuple(NumericColumn(**column | {"edges": tuple(column["edges"])}) for column in fields["numeric"]),
        tuple(CategoricalColumn(**_with_vocabulary(column)) for column in fields["categorical"]),
        ReductionResult(**{key: _frozen(value) for key, value in fields["reduction"].items()}),
        LabelProfile(**fields["label"] | {"classes": _counts(fields["label"]["classes"])}),
        tuple(fields["limits"]),
    )


def _with_vocabulary(column: dict[str, Any]) -> dict[str, Any]:
    parts = column["vocabulary"]
    return column | {"vocabulary": Vocabulary(_counts(parts["own"]), _counts(parts["shared"]))}


def _counts(pairs: list[list[Any]]) -> tuple[Count, ...]:
    return tuple(Count(value, rows) for value, rows in pairs)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
