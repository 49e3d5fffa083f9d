"""Everything that `init` decides about a table, before any of it is written."""

import dataclasses

import numpy as np

from modules.base.errors import UserError
from modules.features import leakage
from modules.tables import times
from modules.tasks import spelling
from pipeline.drafting import advice, exclusions, kinds, labels, promises, splits
from pipeline.drafting.kinds import Judgement
from pipeline.drafting.labels import DraftedLabel
from pipeline.drafting.sample import Sample, SampledColumn


@dataclasses.dataclass(frozen=True)
class Plan:
    """The decisions; a dict holds columns with their reasons.

    Attributes:
        sample: The table.
        target: The label.
        judged: The kind of each column.
        split: How rows are split.
        exclude: The columns that are no features.
        leaks: Those of `exclude` that predict the label too well.
        categorical: Whole numbers that are codes.
        log_scale: Numbers with a heavy tail.
        timestamps: Dates and times.
        slices: Columns by whose values the model is judged.
        gate: What the model has to reach.
        promises: What it could promise for groups of people: lines of the config, each with a remark.
        notes: What else was found.
        checks: What a person should look at.
    """

    sample: Sample
    target: DraftedLabel
    judged: dict[str, Judgement]
    split: splits.Split
    exclude: dict[str, str]
    leaks: dict[str, str]
    categorical: dict[str, str]
    log_scale: dict[str, str]
    timestamps: dict[str, str]
    slices: dict[str, str]
    gate: advice.Gate
    promises: list[tuple[str, str]]
    notes: list[str]
    checks: list[str]

    @property
    def promised(self) -> list[str]:
        """The columns about whose groups promises are proposed."""
        return promises.columns(self.slices)

    @property
    def features(self) -> list[str]:
        """The columns that the model sees."""
        return [n for n in self.sample.columns if n not in self.exclude and n != self.target.column.name]


def make(sample: Sample, label: str | None) -> Plan:
    """Decides everything.

    Args:
        sample: The table.
        label: The label's column, or None to guess it.

    Raises:
        UserError: If there is no usable label, or nothing to learn from.
    """
    target = labels.choose(sample, label)
    judged = {name: kinds.judge(column, sample.rows) for name, column in sample.columns.items()}
    split = splits.choose(sample, judged, target)
    candidates = {name: _candidate(column, judged[name]) for name, column in sample.columns.items()}
    hashes = leakage.row_hashes(candidates.values())
    notes, checks = _findings(sample, target, hashes, split)
    exclude, timestamps = exclusions.by_kind(judged, target.column.name)
    usable = {n: c for n, c in sample.columns.items() if n not in {*exclude, *timestamps, target.column.name}}
    copies, renamed = exclusions.repeated(usable)
    scored = [candidates[name] for name in (*usable, *timestamps) if name not in copies]
    scores = leakage.scores(candidates[target.column.name], target.task, scored, hashes)
    leaks, suspicions = exclusions.leaks(scores, target.column.name)
    exclude |= copies | leaks
    timestamps = {name: reason for name, reason in timestamps.items() if name not in leaks}
    exclude = {name: exclude[name] for name in sample.columns if name in exclude}
    usable = {name: column for name, column in usable.items() if name not in exclude}
    if not usable and not timestamps:
        reasons = "; ".join(f"{name}: {reason.split(';')[0]}" for name, reason in list(exclude.items())[:3])
        fix = "Give a table with features; or keep one by a pipeline.yaml of your own without features.exclude, the "
        fix += "smallest of which is in docs/configuration.md"
        raise UserError(sample.table, f"has no column to learn from ({reasons})", fix)
    kept = [score for score in scores if score.column not in leaks]
    best = max(kept, key=lambda score: score.plain, default=None)
    sliced = advice.slices(sample, judged, target, leaks)
    for name in advice.unsliced(sample, judged, sliced, target, leaks):
        renamed.append(f"{name}: a protected attribute by its name, with too many values to slice by")
    labelled = sample.rows - target.column.missing
    return Plan(
        sample,
        target,
        judged,
        split,
        exclude,
        leaks,
        {name: judged[name].reason for name in usable if judged[name].kind == "code"},
        {name: judged[name].reason for name in usable if judged[name].kind == "heavy tail"},
        timestamps,
        sliced,
        advice.gate(target, labelled * split.test, best),
        promises.proposed(sample, sliced, target),
        [*notes, *renamed],
        [*checks, *suspicions, *exclusions.spellings(usable)],
    )


def _candidate(column: SampledColumn, judgement: Judgement) -> leakage.Candidate:
    """Returns a column as it is scored: times as the numbers of their seconds."""
    if judgement.kind == "timestamp" and column.is_text:
        return dataclasses.replace(
            leakage.Candidate.of(column.name, times.from_text(column.values)), codes=column.codes
        )
    return leakage.Candidate(column.name, column.codes, None if column.is_text else column.numbers)


def _findings(
    sample: Sample, target: DraftedLabel, hashes: np.ndarray, split: splits.Split
) -> tuple[list[str], list[str]]:
    """Returns what is worth knowing, and what is to be checked."""
    notes, checks = [], []
    if sample.rows > sample.sampled:
        what = f"kinds, slices and scores are from the first {sample.sampled:,} rows of {sample.rows:,}"
        notes.append(f"{what}; types, missing values and classes from all")
    copies = len(hashes) - len(np.unique(hashes))
    if copies:
        kept = "" if split.time else "; the split keeps copies on one side"
        notes.append(f"{_rows(copies, 'is an exact copy', 'are exact copies')} of another row{kept}")
    if target.column.missing:
        without = _rows(target.column.missing, "has", "have")
        notes.append(f"{without} no {target.column.name}: left out of every split")
    if target.guessed:
        checks.append(f"the label, {target.column.name}, is {target.why}; init --label COLUMN takes another")
    rare = [f"{kinds.shown(value)} ({n})" for value, n in target.classes.items() if n < labels.FEW_ROWS]
    if rare:
        checks.append(f"classes with fewer than {labels.FEW_ROWS} rows are hardly learnt or judged: {', '.join(rare)}")
    checks += [
        f"{target.column.name} writes one class in several ways, by case or spaces: "
        f"{spelling.counted({value: target.classes[value] for value in group})}"
        for group in spelling.grouped(target.classes)
        if len(group) > 1
    ]
    if split.problem:
        checks.append(f"a run will stop: {split.problem}")
    return notes, checks


def _rows(count: int, one: str, many: str) -> str:
    return f"1 row {one}" if count == 1 else f"{count:,} rows {many}"


def summary_of_kinds(plan: Plan) -> str:
    """Counts the features by kind, in words."""
    words = {
        "numeric": ("number", "numbers"),
        "heavy tail": ("number on a log scale", "numbers on a log scale"),
        "category": ("category", "categories"),
        "code": ("code", "codes"),
        "boolean": ("yes/no column", "yes/no columns"),
        "timestamp": ("time", "times"),
    }
    counts = {kind: sum(plan.judged[name].kind == kind for name in plan.features) for kind in words}
    return ", ".join(f"{count} {words[kind][count != 1]}" for kind, count in counts.items() if count)
