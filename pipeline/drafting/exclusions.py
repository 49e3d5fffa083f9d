"""Which columns are no features, and why."""

from collections.abc import Mapping

from modules.features.leakage import Score
from pipeline.drafting import kinds
from pipeline.drafting.kinds import Judgement
from pipeline.drafting.sample import SampledColumn

# With so many columns that alone predict the label, it is the label that is easy.
_EASY = 3
# What one column may reach before it is worth a look, though it is kept.
_STRIKING = 0.95


def by_kind(judged: Mapping[str, Judgement], label: str) -> tuple[dict[str, str], dict[str, str]]:
    """Sorts out the columns whose kind is of no use.

    Returns:
        The columns to exclude and the columns of times, each with the reason.
    """
    exclude, timestamps = {}, {}
    for name, judgement in judged.items():
        if name == label or judgement.kind in kinds.USABLE:
            continue
        if judgement.kind != "timestamp":
            exclude[name] = judgement.reason
        else:
            timestamps[name] = judgement.reason
    return exclude, timestamps


def repeated(columns: dict[str, SampledColumn]) -> tuple[dict[str, str], list[str]]:
    """Finds columns that repeat another.

    Returns:
        The second and further of identical columns with the reason, and a sentence for each that says the same in other
        values.
    """
    # By how the rows differ, the first column with each set of values: no column is compared with all the others.
    first: dict[tuple, dict[tuple, str]] = {}
    copies, renamed = {}, []
    for name, column in columns.items():
        key = (column.distinct, column.missing, hash(column.codes.tobytes()))
        group = first.setdefault(key, {})
        twin = group.setdefault(tuple(column.levels), name)
        if twin != name:
            copies[name] = f"the same as {twin} in every row"
        elif len(group) > 1:
            renamed.append(
                f"{name} says the same as {next(iter(group.values()))} in other values; one of them would do"
            )
    return copies, renamed


def leaks(scores: list[Score], label: str) -> tuple[dict[str, str], list[str]]:
    """Finds the columns that predict the label too well to have been known before it.

    Args:
        scores: The score of each column.
        label: The label's name.

    Returns:
        The columns to exclude with the reason, and what is to be checked. Where the values of many columns reach it, or
        nothing would be left, it may be the label that is easy: they are reported, and kept.
    """
    suspicious = {score.column: score for score in scores if score.suspicious}
    checks = [
        f"{score.column} alone predicts {label} well ({_figure(score)}): is it known in time?"
        for score in scores
        if score.leak >= _STRIKING and not score.suspicious
    ]
    easy = [name for name, score in suspicious.items() if not score.by_filled]
    kept = list(suspicious) if len(suspicious) == len(scores) else easy if len(easy) >= _EASY else []
    if kept:
        found = ", ".join(f"{name} ({_figure(suspicious[name])})" for name in kept)
        checks.insert(0, f"kept, though each alone predicts {label}: {found}; leakage, or is {label} easy?")
    reasons = {
        name: f"LEAKAGE? it alone predicts {label}: {_figure(score, ' on held-out rows')}; take it out of this list "
        f"only if it is known before {label} is"
        for name, score in suspicious.items()
        if name not in kept
    }
    return reasons, [
        *(f"{name} alone predicts {label} ({_figure(suspicious[name])}): left out" for name in reasons),
        *checks,
    ]


def _figure(score: Score, where: str = "") -> str:
    return f"{score.metric} {score.leak:.3f}{where}" + (", by being filled or not" if score.by_filled else "")
