"""The settings of every part, as typed values with bounds and defaults.

`pipeline/config` fills them from pipeline.yaml; a component receives the JSON of just the sections that it uses, so
that a changed value reruns only the steps that depend on it. Where a type does not tell what a setting takes, a
description and an example do: a user whose value is refused reads them.
"""

import codecs
import itertools
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model, model_validator

from modules import tasks
from modules.base.estimation import (
    CurveExtrapolation,
    EstimationMethod,
    LowerFidelity,
    SearchObjective,
    check_estimation,
)
from modules.base.promises import Promises
from modules.base.questions import Debugger, Explainer
from modules.base.section import Count, Name, SettingError, Settings, Share
from modules.base.threshold import ThresholdRule
from modules.tasks import metrics
from modules.tasks.decisions import DEFAULT_THRESHOLD
from modules.tasks.metrics import GATES, OBJECTIVES

Activation = Literal["relu", "elu", "tanh", "swish"]
TaskName = Literal["binary", "multiclass", "regression"]

if TYPE_CHECKING:
    Objective = str
else:  # the registry of metrics says what can be watched
    Objective = Literal[metrics.names_of(OBJECTIVES)]
Form = Literal["float32", "float16", "dynamic_range", "int8_ptq", "int8_qat"]


Character = Annotated[
    str,
    Field(
        pattern=r"^[\x01-\x09\x0b\x0c\x0e-\x7f]$",
        description="a single ASCII character, no line break",
        examples=[","],
    ),
]
Table = Annotated[
    Name | Annotated[list[Name], Field(min_length=1)],
    Field(description="a file, a folder, a pattern, or a list of these", examples=["table.csv"]),
]


class Limits(Settings):
    """What a table may ask of the machine that reads it: more than any honest one does, less than a bomb."""

    rows: Count = 1_000_000_000
    columns: Count = 100_000
    cell_bytes: Count = 16_777_216
    unpacked_ratio: Count = 1_000
    seconds_to_first_row: Count = 3_600


class Data(Settings):
    """Where the table is and how its rows become examples."""

    train: Table
    test: Table | None = None
    validation_fraction: Share = 0.1
    test_fraction: Share = 0.2
    group_column: Name | None = None
    time_column: Name | None = None
    delimiter: Character | None = None
    quote: Character = '"'
    encoding: Name = "utf-8"
    decimal: Literal[".", ","] = "."
    missing_values: list[str] = [""]
    schema_file: Name | None = None
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _consistent(self) -> "Data":
        if self.group_column is not None and self.time_column is not None:
            raise ValueError("give group_column or time_column, and not both")
        tables = [self.train] if isinstance(self.train, str) else self.train
        if self.quote in map(self.delimiter_of, tables):
            raise ValueError(f"delimiter and quote are both {self.quote!r}; they have to differ")
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise ValueError(f"encoding {self.encoding!r} is unknown; try utf-8, utf-16 or latin-1") from None
        return self

    def delimiter_of(self, path: str) -> str:
        """Returns the delimiter of a text table: the one given, else a tab for .tsv and a comma for any other."""
        return self.delimiter or ("\t" if ".tsv" in path.lower() else ",")


class NoPositiveClassError(ValueError):
    """A binary label does not say which class is positive; the label's values help to."""


Class = Annotated[str | int | bool, Field(description="text or a whole number", examples=["yes"])]


class Label(Settings):
    """What the model predicts, and what each row counts."""

    column: Name
    task: TaskName = "binary"
    positive_class: Class | None = None
    negative_class: Class | None = None
    others: Literal["negative"] | None = None
    objective: Objective | None = None
    class_weights: Literal["none", "balanced"] = "none"
    log_scale: bool = False
    weight_column: Name | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Label":
        task = tasks.named(self.task)
        if task.takes_positive_class and self.positive_class is None:
            raise NoPositiveClassError("positive_class is missing: the class whose probability a binary model gives")
        if not task.takes_positive_class and self.positive_class is not None:
            raise ValueError(f"positive_class is for a binary task, and this one is {self.task}; remove one of them")
        for name in ("positive_class", "negative_class"):
            if isinstance(value := getattr(self, name), bool):
                raise ValueError(f"{name} is read as {str(value).lower()}; write the class in quotes")
        if self.positive_class is None and (self.negative_class is not None or self.others is not None):
            raise ValueError("negative_class and others are for a binary task, beside positive_class")
        if self.negative_class is not None and self.others is not None:
            raise ValueError("give negative_class, or others: negative, and not both")
        if self.negative_class is not None and self.negative_class == self.positive_class:
            raise ValueError("negative_class is the positive class; name the other one")
        choices = task.objectives
        if self.objective is not None and self.objective not in choices:
            raise ValueError(
                f"objective {self.objective} is not one of a {self.task} task; known: {', '.join(choices)}"
            )
        if not task.has_classes and self.class_weights != "none":
            raise ValueError("class_weights are for classes; a regression has none")
        if task.has_classes and self.log_scale:
            raise ValueError("log_scale is for the numbers of a regression")
        if self.weight_column == self.column:
            raise ValueError("weight_column is the label itself")
        return self

    @property
    def watched(self) -> str:
        """The metric that the Tuner and early stopping watch on the validation rows."""
        return self.objective or tasks.named(self.task).objectives[0]


class Features(Settings):
    """Which columns the model sees and how they are encoded."""

    exclude: list[Name] = []
    categorical: list[Name] = []
    timestamps: list[Name] = []
    log_scale: list[Name] = []
    quantile_bins: Annotated[int, Field(ge=2, le=256)] | None = None
    max_slots: Count = 16_384
    encoding: Annotated[list[Literal["one_hot", "piecewise_linear", "z_score"]], Field(min_length=1)] = [
        "one_hot",
        "piecewise_linear",
        "z_score",
    ]
    min_count: Count = 5
    max_vocabulary: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    shared_slots: Annotated[int, Field(ge=0, le=4_096)] = 512

    @model_validator(mode="after")
    def _one_kind(self) -> "Features":
        for name in self.timestamps:
            if name in self.categorical or name in self.log_scale:
                other = "categorical" if name in self.categorical else "log_scale"
                raise ValueError(f"{name!r} is in timestamps and in {other}; keep one of them")
        return self


class Reduction(Settings):
    """Dimensionality reduction of the scaled numeric columns."""

    method: Literal["pca", "ica", "none"] = "pca"
    components: Count | None = None
    explained_variance: Annotated[float, Field(gt=0, le=1)] | None = None
    max_columns: Count = 512

    @model_validator(mode="after")
    def _one_rule(self) -> "Reduction":
        if self.method != "none" and (self.components is None) == (self.explained_variance is None):
            raise ValueError("give either components or explained_variance, and not both")
        return self


Rule = Literal["stop", "warn", "off"]
Limit = Annotated[float, Field(ge=0, le=1)]


class DataGate(Settings):
    """What each kind of damage to the data does to a run, and from which size on; components/data_gate explains."""

    schema_mismatch: Rule = "stop"
    ranges: Rule = "stop"
    training_ranges: Rule = "warn"
    unseen_values: Rule = "warn"
    missing_values: Rule = "warn"
    drift: Rule = "warn"
    drift_since_blessed: Rule = "warn"
    label_shift: Rule = "warn"
    label_values: Rule = "warn"
    leakage: Rule = "warn"
    spellings: Rule = "warn"
    max_outside_share: Limit = 0.01
    max_unseen_share: Limit = 0.05
    max_missing_difference: Limit = 0.1
    max_l_infinity: Limit = 0.1
    max_jensen_shannon: Limit = 0.05
    max_label_l_infinity: Limit = 0.05
    max_label_jensen_shannon: Limit = 0.02
    significance: Annotated[float, Field(gt=0, lt=1)] = 0.001


class SearchSpace(Settings):
    """The values among which the search chooses; docs/pipeline.md tells the kinds of spaces apart."""

    kind: Literal["mlp", "macro", "micro"] = "mlp"
    layers: Annotated[list[Count], Field(min_length=1)] = [1, 2, 3]
    units: Annotated[list[Count], Field(min_length=1)] = [32, 64, 96]
    dropout: Annotated[list[Annotated[float, Field(ge=0, lt=1)]], Field(min_length=1)] = [0.1, 0.2, 0.3]
    learning_rate: Annotated[list[Annotated[float, Field(gt=0)]], Field(min_length=2, max_length=2)] = [5e-4, 5e-3]
    learning_rates: Count | None = None
    activation: Annotated[list[Activation], Field(min_length=1)] = ["relu", "swish"]
    skip: Annotated[list[Literal["none", "add"]], Field(min_length=1)] = ["none", "add"]
    normalization: Annotated[list[Literal["none", "batch"]], Field(min_length=1)] = ["none", "batch"]
    nodes: Annotated[list[Annotated[int, Field(ge=1, le=8)]], Field(min_length=1)] = [2, 3]
    operations: Annotated[list[Literal["dense", "gated", "identity", "cross"]], Field(min_length=1)] = [
        "dense",
        "gated",
        "identity",
        "cross",
    ]
    cells: Annotated[list[Count], Field(min_length=1)] = [1, 2]

    @model_validator(mode="after")
    def _ordered(self) -> "SearchSpace":
        if self.learning_rate[0] >= self.learning_rate[1]:
            raise ValueError("learning_rate needs the lower bound first, then the higher")
        return self


class Tuner(Settings):
    """The search for the teacher's hyperparameters: how, how long, and among which values."""

    strategy: Literal["hyperband", "random", "grid", "bayesian", "evolution", "reinforce"] = "hyperband"
    max_epochs: Annotated[int, Field(ge=2)] = 9
    factor: Annotated[int, Field(ge=2)] = 3
    iterations: Count = 1
    patience: Count = 2
    batch_size: Count = 512
    max_trials: Count | None = None
    max_epochs_total: Count | None = None
    max_seconds: Annotated[float, Field(gt=0)] | None = None
    max_bytes: Count | None = None
    estimation: EstimationMethod = "full"
    lower_fidelity: LowerFidelity = LowerFidelity()
    curve_extrapolation: CurveExtrapolation = CurveExtrapolation()
    objectives: Annotated[list[SearchObjective], Field(min_length=1)] = ["metric"]
    within: Annotated[float, Field(ge=0)] = 0.001
    compare: bool = False
    workers: Count | None = None
    search_space: SearchSpace = SearchSpace()

    @property
    def compares(self) -> bool:
        """Whether random search is run beside the search; it is not run beside itself."""
        return self.compare and self.strategy != "random"

    @property
    def trial_epochs(self) -> int:
        """How many epochs a trial of the search has at most."""
        cheaper = self.lower_fidelity.epochs if self.estimation == "lower_fidelity" else None
        return cheaper or self.max_epochs

    @property
    def trial_rows(self) -> float:
        """The share of the training rows that a trial of the search is trained on."""
        return self.lower_fidelity.rows if self.estimation == "lower_fidelity" else 1.0

    @property
    def final_epochs(self) -> int:
        """How many epochs the trainings in full have together at most, after all trials were trained for less."""
        finalists = self.lower_fidelity.best + self.lower_fidelity.spread
        return finalists * self.max_epochs if self.estimation == "lower_fidelity" else 0

    @model_validator(mode="after")
    def _estimation_and_objectives_fit(self) -> "Tuner":
        check_estimation(self)
        return self

    @model_validator(mode="after")
    def _room_for_a_trial(self) -> "Tuner":
        if self.max_epochs_total is not None and self.max_epochs_total < self.max_epochs:
            raise SettingError(
                f"max_epochs_total {self.max_epochs_total} has no room for a trial of max_epochs {self.max_epochs}",
                "Give max_epochs_total at least as many",
            )
        return self


class Trees(Settings):
    """Gradient boosting of trees by CatBoost (Prokhorenkova et al., 2018, arXiv:1706.09516)."""

    max_trees: Count = 1_000
    depth: Annotated[int, Field(ge=1, le=12)] = 5
    one_hot_categories: Annotated[int, Field(ge=2, le=255)] | None = None
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    patience: Count = 50


class Members(Settings):
    """How many members of each kind an ensemble has, each from a seed of its own."""

    boosted_trees: Annotated[int, Field(ge=0, le=20)] = 1
    network: Annotated[int, Field(ge=0, le=20)] = 1

    @model_validator(mode="after")
    def _some(self) -> "Members":
        if not any(self.model_dump().values()):
            raise SettingError("an ensemble has no members", "Give boosted_trees or network a number above 0")
        return self


class Trainer(Settings):
    """The teacher: the best network of the search, trained to the end, or boosted trees, or the mean of several."""

    teacher: Literal["network", "boosted_trees", "ensemble"] = "network"
    folds: Annotated[int, Field(ge=2, le=10)] = 5
    trees: Trees = Trees()
    members: Members = Members()
    epochs: Count = 200
    patience: Count | None = None
    batch_size: Count = 512
    replicas: Count = 1

    @property
    def folded(self) -> dict[str, int]:
        """How many members of each kind are trained once per fold; none where a single network is the teacher."""
        counts = {"network": {}, "boosted_trees": {"boosted_trees": 1}, "ensemble": self.members.model_dump()}
        return {kind: count for kind, count in counts[self.teacher].items() if count}

    @property
    def needs_search(self) -> bool:
        """Whether it takes the hyperparameters of a network from the Tuner."""
        return not self.folded or "network" in self.folded


class Augment(Settings):
    """Synthetic rows for the student to learn from, labelled by the teacher (Fakoor et al., 2020, arXiv:2006.14284)."""

    method: Literal["gibbs", "munge", "noise", "none"] = "none"
    times: Annotated[int, Field(ge=1, le=100)] = 4


class StudentSearch(Settings):
    """The search for the student's shape: a budget in trials, so that the same seed gives the same student."""

    trials: Count = 9
    epochs: Count = 3


class Distillation(Settings):
    """The student: its shape, and how it learns from the teacher (Hinton et al., 2015, arXiv:1503.02531)."""

    architecture: Literal["given", "tuned"] = "given"
    units: Annotated[list[Count], Field(min_length=1)] | None = [40, 32]
    activation: Literal["relu", "tanh"] = "relu"
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    search: StudentSearch = StudentSearch()
    temperature: Annotated[float, Field(ge=1)] = 2.0
    alpha: Annotated[float, Field(ge=0, le=1)] = 0.7
    epochs: Count = 200
    patience: Count | None = None
    batch_size: Count = 512
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    augment: Augment = Augment()
    compare: bool = False

    @model_validator(mode="after")
    def _one_architecture(self) -> "Distillation":
        if self.architecture == "tuned" and self.units is None:
            raise SettingError(
                "architecture is tuned, what the Tuner finds, and units null, which searches another shape",
                "Remove one of them",
            )
        return self

    @model_validator(mode="after")
    def _augmented_by_a_teacher(self) -> "Distillation":
        if self.augment.method != "none" and not self.alpha:
            raise ValueError(
                f"augment.method is {self.augment.method} and alpha 0: synthetic rows have no label but what the "
                "teacher says; set alpha above 0, or augment.method to none"
            )
        return self


Sparsity = Annotated[
    Share | Annotated[list[Annotated[float, Field(ge=0, lt=1)]], Field(min_length=1)],
    Field(description="a share above 0 and below 1, or a list of shares that rise", examples=[[0.5, 0.8]]),
]


class Pruner(Settings):
    """Magnitude pruning of the student (Zhu and Gupta, 2017, arXiv:1710.01878)."""

    sparsity: Sparsity = 0.5
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 0.01
    epochs: Count = 40
    batch_size: Count = 512
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3

    @property
    def sparsities(self) -> list[float]:
        """The shares of zeros that are tried, the lowest first."""
        return self.sparsity if isinstance(self.sparsity, list) else [self.sparsity]

    @model_validator(mode="after")
    def _rising(self) -> "Pruner":
        if any(later <= earlier for earlier, later in itertools.pairwise(self.sparsities)):
            raise SettingError("the shares of sparsity do not rise", f"Write sparsity: {sorted(set(self.sparsities))}")
        return self


class Quantizer(Settings):
    """Which numeric form ships, and the quantization-aware training (Jacob et al., 2018, arXiv:1712.05877)."""

    form: Form | None = None
    max_loss: Annotated[float, Field(ge=0)] = 0.005
    epochs: Count = 20
    batch_size: Count = 512
    learning_rate: Annotated[float, Field(gt=0)] = 2e-4


class Score(Settings):
    """The limits of a metric that should be high: its value, and its fall below the latest blessed model's."""

    minimum: Annotated[float, Field(ge=0, le=1)] | None = None
    max_drop: Annotated[float, Field(ge=0, le=1)] | None = None


class Error(Settings):
    """The limits of a metric that should be low: its value, and its rise above the latest blessed model's."""

    maximum: Annotated[float, Field(ge=0)] | None = None
    max_rise: Annotated[float, Field(ge=0)] | None = None


class _SomeGates(Settings):
    """Overall gates by metric; at least one limit is needed, since a model without a gate is never blessed."""

    @property
    def given(self) -> dict[str, Score | Error]:
        """The gates that the config sets, by metric."""
        gates = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: gate for name, gate in gates.items() if gate is not None}

    @model_validator(mode="after")
    def _some(self) -> "_SomeGates":
        limits = [gate.minimum if isinstance(gate, Score) else gate.maximum for gate in self.given.values()]
        if all(limit is None for limit in limits):
            raise ValueError("at least one metric needs a minimum (or maximum), or no model could ever be blessed")
        return self


def _gates() -> type[_SomeGates]:
    """Makes the section: a key for each metric that the registry lets be gated."""
    kinds = {name: Score if metrics.METRICS[name].higher_is_better else Error for name in metrics.names_of(GATES)}
    fields: dict[str, Any] = {name: (kind | None, None) for name, kind in kinds.items()}
    return create_model("Gates", __base__=_SomeGates, __doc__=_SomeGates.__doc__, **fields)


if TYPE_CHECKING:

    class Gates(_SomeGates):
        """What `_gates` makes, to a type checker."""

        def __getattr__(self, name: str) -> Any: ...

else:
    Gates = _gates()


class Evaluation(Settings):
    """What TFMA measures on the test file, for whom, and what decides."""

    slices: list[Annotated[list[Name], Field(min_length=1)]] = []
    threshold: Share | ThresholdRule = DEFAULT_THRESHOLD
    fairness_thresholds: Annotated[list[Share], Field(min_length=1)] = [0.25, 0.5, 0.75]
    min_slice_examples: Count = 100
    gates: Gates


class CardColumn(Settings):
    """What a column holds, in words, and the unit in which it is measured."""

    meaning: Name | None = None
    unit: Name | None = None


class Card(Settings):
    """What only a person can say of the model and of the data; it goes into the papers that are pushed with the model.

    The names are those of model cards (Mitchell et al., 2019, arXiv:1810.03993); licences are SPDX identifiers.
    """

    description: Name | None = None
    owners: list[Name] = []
    license: Name | None = None
    data_license: Name | None = None
    intended_use: list[Name] = []
    limitations: list[Name] = []
    ethical_considerations: list[Name] = []
    columns: dict[Name, CardColumn] = {}


class Pusher(Settings):
    """Where a blessed model goes; by default `pushed` below the output folder."""

    destination: Name | None = None


Cron = Annotated[
    str,
    Field(
        pattern=r"^\S+( \S+){4}$",
        description="five fields of cron (minute, hour, day, month, weekday) with one space between them",
        examples=["0 6 * * 1"],
    ),
]
Variable = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="letters, digits and _, not starting with a digit",
        examples=["LOG_LEVEL"],
    ),
]
SecretKey = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9.-]*/[A-Za-z0-9._-]+$",
        description="the name of a Kubernetes secret and one of its keys, as name/key",
        examples=["aws-credentials/access_key"],
    ),
]
Folder = Annotated[str, Field(pattern=r"^/", description="an absolute path, starting with /", examples=["/project"])]
PipelineName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]*$",
        description="lower-case letters, digits and _, starting with a letter",
        examples=["census_income"],
    ),
]


class KubeflowStep(Settings):
    """What a step's container gets, and how often the step is tried; None leaves it to what holds for all steps."""

    cpu: Annotated[float, Field(gt=0)] | None = None
    memory_gb: Annotated[float, Field(gt=0)] | None = None
    accelerator: Name | None = None
    accelerator_count: Count | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None
    cache: bool | None = None

    @model_validator(mode="after")
    def _counted(self) -> "KubeflowStep":
        if self.accelerator_count is not None and self.accelerator is None:
            raise ValueError("accelerator_count is given without an accelerator")
        return self


class Kubeflow(Settings):
    """The same pipeline in containers, on Vertex AI or on open-source Kubeflow Pipelines."""

    cpu: Annotated[float, Field(gt=0)] = 2.0
    memory_gb: Annotated[float, Field(gt=0)] = 8.0
    retries: Annotated[int, Field(ge=0, le=10)] = 0
    cache: bool = True
    steps: dict[Name, KubeflowStep] = {}
    environment: dict[Variable, str] = {}
    secrets: dict[Variable, SecretKey] = {}
    project_folder: Folder = "/project"
    service_account: Name | None = None
    schedule: Cron | None = None
    project: Name | None = None
    region: Name | None = None
    host: Name | None = None
    namespace: Name | None = None
    experiment: Name | None = None

    @model_validator(mode="after")
    def _one_value(self) -> "Kubeflow":
        for name in self.environment:
            if name in self.secrets:
                raise ValueError(f"{name!r} is in environment and in secrets; keep one of them")
        return self

    def step(self, name: str) -> KubeflowStep:
        """Returns what holds for a step: what is given for it, and else what is given for all."""
        own = self.steps.get(name, KubeflowStep())
        shared = {field: getattr(self, field) for field in ("cpu", "memory_gb", "retries", "cache")}
        return KubeflowStep(**shared | own.model_dump(exclude_none=True))


class PipelineSettings(Settings):
    """The whole of pipeline.yaml."""

    name: PipelineName
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 17
    data: Data
    label: Label
    features: Features = Features()
    reduction: Reduction = Reduction(explained_variance=0.95)
    data_gate: DataGate = DataGate()
    tuner: Tuner = Tuner()
    trainer: Trainer = Trainer()
    distillation: Distillation = Distillation()
    pruner: Pruner = Pruner()
    quantizer: Quantizer = Quantizer()
    evaluation: Evaluation
    promises: Promises = Promises()
    explainer: Explainer = Explainer()
    debugger: Debugger = Debugger()
    card: Card = Card()
    pusher: Pusher = Pusher()
    kubeflow: Kubeflow = Kubeflow()
