"""Which columns are no features, and why."""

from collections.abc import Mapping

from modules.features import leakage
from modules.features.leakage import ColumnScore
from modules.features.variants import variants
from modules.tasks import spelling
from pipeline.drafting import kinds
from pipeline.drafting.kinds import Judgement
from pipeline.drafting.sample import SampledColumn

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
        # Of values that never come again, any two columns have the same codes.
        elif len(group) > 1 and column.distinct < (column.codes >= 0).sum():
            renamed.append(
                f"{name} says the same as {next(iter(group.values()))} in other values; one of them would do"
            )
    return copies, renamed


def spellings(columns: Mapping[str, SampledColumn]) -> list[str]:
    """Returns a sentence for each column of text that has one value in several spellings."""
    return [
        f"{name} has one value in several spellings, which are learnt apart: "
        f"{spelling.counted({value: (column.tally or {})[value] for value in groups[0]})}"
        for name, column in columns.items()
        if column.is_text and (groups := variants(map(str, column.tally or ())))
    ]


def leaks(scores: list[ColumnScore], label: str) -> tuple[dict[str, str], list[str]]:
    """Finds the columns that predict the label too well to have been known before it.

    Args:
        scores: The score of each column.
        label: The label's name.

    Returns:
        The columns to exclude with the reason, and what is to be checked. Where the values of many columns reach it, or
        nothing would be left, it may be the label that is easy: they are reported, and kept.
    """
    leaking, easy = leakage.suspects(scores)
    checks = [
        f"{score.column} alone predicts {label} well ({_figure(score)}): is it known in time?"
        for score in scores
        if score.leak >= _STRIKING and not score.suspicious
    ]
    if easy:
        named = ", ".join(f"{score.column} ({_figure(score)})" for score in easy)
        checks.insert(0, f"kept, though each alone predicts {label}: {named}; leakage, or is {label} easy?")
    reasons = {
        score.column: f"LEAKAGE? it alone predicts {label}: {_figure(score, ' on held-out rows')}; take it out of this "
        f"list only if it is known before {label} is"
        for score in leaking
    }
    return reasons, [
        *(f"{score.column} alone predicts {label} ({_figure(score)}): left out" for score in leaking),
        *checks,
    ]


def _figure(score: ColumnScore, where: str = "") -> str:
    return f"{score.figure}{where}{score.way}"
