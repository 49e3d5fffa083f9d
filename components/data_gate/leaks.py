"""Columns that give the label away, judged on the training rows as `init` judges them. Knows no TFX."""

import math
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from modules import tasks
from modules.base.settings import Features, Label
from modules.contracts.data_findings import DataFinding
from modules.features import leakage
from modules.features.leakage import Candidate
from modules.features.table import feature_table

# So many training rows tell: beyond, one in a few is read. Of many columns, so many cells.
_ROWS, _CELLS = 20_000, 2_000_000
_NAMED = 5
_COMPARED = "train against the label"


def every(rows: int, columns: int) -> int:
    """Returns that one training row in so many is judged by."""
    return max(1, math.ceil(rows / max(leakage.MIN_ROWS * 10, min(_ROWS, _CELLS // max(columns, 1)))))


def of_columns(
    columns: Mapping[str, pa.Array], dtypes: Mapping[str, str], label: Label, features: Features
) -> list[DataFinding]:
    """Scores each feature by itself.

    Args:
        columns: Values of every column that a training row has, null for missing.
        dtypes: The dtype of each column.
        label: The section `label` of the config.
        features: The section `features`.

    Returns:
        Findings of the rule `leakage`: one for each column that predicts the label too well to have been known before
        it, and one, a warning at most, where so many do that the label may be easy.
    """
    table = feature_table(dtypes, features, label.column, label.weight_column)
    task = tasks.named(label.task)
    target = columns[label.column]
    if task.takes_positive_class:
        target = pc.equal(target, pa.scalar(label.positive_class, target.type))
    candidates = [
        Candidate.of(its.name, columns[its.name].cast(pa.string()) if its.kind == "categorical" else columns[its.name])
        for its in table.features
    ]
    scored = leakage.scores(Candidate.of(label.column, target), label.task, candidates, leakage.row_hashes(candidates))
    leaking, easy = leakage.suspects(scored)
    findings = [_finding(score, label.column) for score in leaking]
    if easy:
        named = ", ".join(f"{score.column} ({score.figure}{score.way})" for score in easy[:_NAMED])
        more = f" and {len(easy) - _NAMED:,} more" if len(easy) > _NAMED else ""
        text = f"each alone predicts {label.column}: {named}{more}; is it leakage, or is {label.column} easy?"
        findings.append(
            DataFinding("leakage", "(table)", _COMPARED, text, easy[0].leak, leakage.SUSPICIOUS, severity="warn")
        )
    return findings


def _finding(score: leakage.ColumnScore, label: str) -> DataFinding:
    text = f"it alone predicts {label}: {score.figure} on held-out rows{score.way}; exclude it (features.exclude) "
    text += f"unless it is known before {label} is"
    return DataFinding("leakage", score.column, _COMPARED, text, score.leak, leakage.SUSPICIOUS)
