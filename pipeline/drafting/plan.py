"""Everything that `init` decides about a table, before any of it is written."""

import dataclasses

import numpy as np

from modules.errors import UserError
from modules.settings import Features
from pipeline.drafting import advice, kinds, labels, leakage, splits
from pipeline.drafting.kinds import Judgement
from pipeline.drafting.labels import Target
from pipeline.drafting.sample import Column, Sample

# With so many columns that alone predict the label, it is the label that is easy.
_EASY = 3


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
        notes: What else was found.
        checks: What a person should look at.
    """

    sample: Sample
    target: Target
    judged: dict[str, Judgement]
    split: splits.Split
    exclude: dict[str, str]
    leaks: dict[str, str]
    categorical: dict[str, str]
    log_scale: dict[str, str]
    timestamps: dict[str, str]
    slices: dict[str, str]
    gate: advice.Gate
    notes: list[str]
    checks: list[str]

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
    hashes = leakage.row_hashes(sample.columns.values())
    supported = "timestamps" in Features.model_fields
    notes, checks = _findings(sample, target, hashes, split)
    exclude, timestamps = {}, {}
    for name, judgement in judged.items():
        if name == target.column.name or judgement.kind in kinds.USABLE:
            continue
        if judgement.kind == "timestamp" and supported:
            timestamps[name] = judgement.reason
        else:
            exclude[name] = judgement.reason
    usable = {n: c for n, c in sample.columns.items() if n not in {*exclude, *timestamps, target.column.name}}
    copies, renamed = _same(usable)
    notes += renamed
    exclude |= copies
    candidates = [column for name, column in usable.items() if name not in exclude]
    scores = leakage.scores(target.column, target.task, candidates, hashes)
    suspicious = [score for score in scores if score.suspicious]
    figures = {score.column: f"{score.metric} {score.leak:.3f}" for score in suspicious}
    leaks = {}
    if len(suspicious) >= _EASY or (suspicious and len(suspicious) == len(candidates) and not timestamps):
        found = ", ".join(f"{name} ({figure})" for name, figure in figures.items())
        checks.append(f"each of these columns alone predicts {target.column.name}; known in time, or leakage? {found}")
    else:
        leaks = {
            name: f"LEAK? it alone predicts {target.column.name}: {figure} on held-out rows; take it out of this list "
            "only if it is known before the label is"
            for name, figure in figures.items()
        }
        checks += [f"{name} alone predicts {target.column.name} ({figures[name]}): left out as leakage" for name in leaks]
    exclude |= leaks
    if not {*usable, *timestamps} - {*exclude}:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(exclude.items())[:3])
        raise UserError(sample.table, f"has no column to learn from ({reasons})", "Give a table with features")
    best = next((score for score in sorted(scores, key=lambda s: -s.plain) if score.column not in leaks), None)
    sliced = advice.slices(sample, judged, target)
    for name in advice.unsliced(sample, judged, sliced, target):
        notes.append(f"{name}: a protected attribute by its name, with too many values to slice by")
    labelled = sample.rows - target.column.missing
    return Plan(
        sample,
        target,
        judged,
        split,
        exclude,
        leaks,
        {n: j.reason for n, j in judged.items() if j.kind == "code" and n in usable and n not in exclude},
        {n: j.reason for n, j in judged.items() if j.kind == "heavy tail" and n in usable and n not in exclude},
        timestamps,
        sliced,
        advice.gate(target, labelled * split.test, best),
        notes,
        checks,
    )


def _findings(sample: Sample, target: Target, hashes: np.ndarray, split: splits.Split) -> tuple[list[str], list[str]]:
    """Returns what is worth knowing, and what is to be checked."""
    notes, checks = [], []
    if sample.rows > sample.sampled:
        what = f"kinds, slices and scores are from the first {sample.sampled:,} rows of {sample.rows:,}"
        notes.append(f"{what}; types, missing values and classes from all")
    copies = len(hashes) - len(np.unique(hashes))
    if copies:
        kept = "; the split by hash keeps copies on one side" if not (split.group or split.time) else ""
        notes.append(f"{copies:,} rows are exact copies of another row{kept}")
    if target.column.missing:
        notes.append(f"{target.column.missing:,} rows have no {target.column.name}, and are left out of every split")
    if target.guessed:
        checks.append(f"{target.column.name} is the label by {target.why}")
    for value, count in target.classes.items():
        if count < labels.FEW_ROWS:
            word = "row" if count == 1 else "rows"
            checks.append(f"class {kinds.shown(value)} has {count} {word}: too few to learn or to judge it")
    if split.problem:
        checks.append(f"a run will stop: {split.problem}")
    return notes, checks


def _same(columns: dict[str, Column]) -> tuple[dict[str, str], list[str]]:
    """Finds columns that repeat another.

    Returns:
        The second and further of identical columns with the reason, and a sentence for each that says the same in other
        values.
    """
    first: dict[tuple, list[str]] = {}
    copies, renamed = {}, []
    for name, column in columns.items():
        key = (column.distinct, column.missing, hash(column.codes.tobytes()))
        group = first.setdefault(key, [])
        twin = next((other for other in group if columns[other].levels == column.levels), None)
        if twin is not None:
            copies[name] = f"the same as {twin} in every row"
            continue
        if group:
            renamed.append(f"{name} says the same as {group[0]} in other values; one of them would do")
        group.append(name)
    return copies, renamed


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
