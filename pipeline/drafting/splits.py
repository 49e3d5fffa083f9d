"""How rows are split: by hash, by group, or by time; tried out on the sample before it is proposed."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from components.table_example_gen import label_checks, splitting
from modules.base.errors import DataError
from modules.base.settings import Label
from pipeline.drafting import names
from pipeline.drafting.kinds import Judgement
from pipeline.drafting.labels import DraftedLabel
from pipeline.drafting.sample import Sample, SampledColumn

_MIN_GROUPS = 50
# Below these, chance may leave a class on one side only.
_FEW_ROWS, _FEW_OF_A_CLASS = 1_000, 100
# Correlation of a time's ranks with the numbers of the rows from which on the rows are a log.
_ORDERED = 0.95
_FRACTIONS = ((0.2, 0.1), (0.2, 0.2), (0.25, 0.1), (0.15, 0.1), (0.3, 0.2), (0.1, 0.1), (0.15, 0.2), (0.1, 0.2))


@dataclasses.dataclass(frozen=True)
class Split:
    """How rows are split.

    Attributes:
        group: The column whose equal values stay together, if any.
        time: The column by which the latest rows are for testing, if any.
        reason: Why.
        alternative: A column by which one could split, too, and why that was not taken; empty if there is none.
        test: Share of the test rows.
        validation: Share of the validation rows among the others.
        fractions_because: Why these shares are not the usual ones; empty if they are.
        problem: What stops a run even so; empty if nothing does.
    """

    group: str | None = None
    time: str | None = None
    reason: str = "by a hash of the row: equal rows stay on one side"
    alternative: str = ""
    test: float = 0.2
    validation: float = 0.1
    fractions_because: str = ""
    problem: str = ""


def choose(sample: Sample, judged: Mapping[str, Judgement], target: DraftedLabel) -> Split:
    """Chooses a split under which every split can be learnt from and judged.

    Args:
        sample: The table.
        judged: The kind of each column.
        target: The label.
    """
    features = {name: column for name, column in sample.columns.items() if name != target.column.name}
    group, (time, ordered) = _group(features, judged), _time(features, judged)
    others = []
    if group is not None:
        split = Split(group=group.name, reason=f"{judged[group.name].reason}: each {group.name} stays on one side")
        problem = _problem(sample, target, split)
        if not problem:
            text = f"time_column: {time.name} is possible instead" if time else ""
            return dataclasses.replace(split, alternative=text)
        others.append(f"group_column: {group.name} was tried, but {problem}")
    if time is not None and ordered:
        reason = f"the rows are a log in the order of {time.name}: the latest are for testing, as in use"
        split = Split(time=time.name, reason=reason)
        problem = _problem(sample, target, split)
        if not problem:
            return dataclasses.replace(split, alternative="; ".join(others))
        others.append(f"time_column: {time.name} was tried, but {problem}")
    elif time is not None:
        others.append(f"time_column: {time.name} is possible, if the model is to predict later rows from earlier ones")
    return dataclasses.replace(_by_hash(sample, target), alternative="; ".join(others))


def _group(features: Mapping[str, SampledColumn], judged: Mapping[str, Judgement]) -> SampledColumn | None:
    """Returns the identifier that repeats most."""
    groups = [column for name, column in features.items() if judged[name].kind == "entity"]
    groups = [c for c in groups if c.distinct >= _MIN_GROUPS and not c.missing and c.present >= 1.5 * c.distinct]
    return min(groups, key=lambda column: column.distinct, default=None)


def _time(features: Mapping[str, SampledColumn], judged: Mapping[str, Judgement]) -> tuple[SampledColumn | None, bool]:
    """Returns a time by which rows can be split, and whether the rows lie in its order, as those of a log do."""
    first = None
    for name, column in features.items():
        if judged[name].kind != "timestamp" or not names.is_event_time(name) or column.missing or column.distinct < 10:
            continue
        try:
            times = splitting.time_values(_batch({name: column}), name)
        except DataError:  # such as texts with a time zone
            continue
        _, ranks = np.unique(times, return_inverse=True)
        if abs(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]) >= _ORDERED:
            return column, True
        first = first or column
    return first, False


def _by_hash(sample: Sample, target: DraftedLabel) -> Split:
    """Returns the split by hash, with shares under which no class is missing where it must not be."""
    rows = sum(target.classes.values()) or sample.rows
    if rows >= _FEW_ROWS and all(count >= _FEW_OF_A_CLASS for count in target.classes.values()):
        return Split()
    first = ""
    for test, validation in _FRACTIONS:
        split = Split(test=test, validation=validation)
        problem = _problem(sample, target, split)
        if not problem:
            because = f"with the usual shares {first}" if first else ""
            return dataclasses.replace(split, fractions_because=because)
        first = first or problem
    return Split(problem=first)


def _problem(sample: Sample, target: DraftedLabel, split: Split) -> str:
    """Splits the sample and returns what would stop a run, or nothing."""
    label = Label.model_validate({"column": target.column.name, **label_section(target)})
    batch = _batch(sample.columns)
    cuts = (np.inf, np.inf)
    if split.time is not None:
        cuts = splitting.time_cuts(splitting.time_values(batch, split.time), split.validation, split.test)
    splitter = splitting.Splitter(split.validation, split.test, split.group, split.time, cuts)
    try:
        checks = label_checks.LabelChecks(label, {name: c.dtype for name, c in sample.columns.items()}, sample.style)
        checks.add(batch, splitter.assign(batch))
        checks.check()
    except DataError as error:
        return error.what
    return ""


def label_section(target: DraftedLabel) -> dict:
    """Returns task and positive class as the section `label` of the config has them."""
    positive = target.positive
    if isinstance(positive, float):
        positive = int(np.float32(positive))  # as the examples hold it
    return {"task": target.task} | ({} if positive is None else {"positive_class": positive})


def _batch(columns: Mapping[str, SampledColumn]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([c.values for c in columns.values()], names=list(columns))
