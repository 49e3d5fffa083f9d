"""Who teaches the model: on tables of a few ten thousand rows, boosted trees, and on synthetic rows too.

Boosted trees learn more of few rows than a network does; a small network learns what they say, if it sees enough rows.
docs/quality.md has the figures.
"""

import dataclasses

from pipeline.drafting.plan import Plan

# Up to so many training rows, trees are trained once per fold in a minute or so. Every class has trees of its own: of
# several classes, rows count as often.
_MOST_ROWS = 50_000
# Of several classes, so many rows times columns times classes: 1,373 rows of 58 columns and 32 classes take 20 minutes.
_MOST_CELLS = 500_000
# Every column has trees of its own, for the synthetic rows.
_MOST_COLUMNS = 200
# From so many training rows on, and of so few columns, deeper trees find what columns say together; of fewer rows they
# remember instead, and of many columns they take several times as long.
_DEEP_FROM = 4_000
_DEEP_COLUMNS = 20
_DEEP = 7
# Of so many categorical columns, those of few categories are split one by one: what the label is like in each category
# is computed for pairs of columns, too, takes several times as long and remembers. So is the only one, which has no
# pairs.
_MANY_CATEGORICAL = 10
_SINGLE_CATEGORIES = 64
# From so many training rows on, synthetic rows are regularization enough, and dropout keeps the student from what the
# trees say.
_NO_DROPOUT_FROM = 1_000
# The student sees about so many rows an epoch.
_ROWS_AN_EPOCH = 150_000
_MOST_TIMES = 4


@dataclasses.dataclass(frozen=True)
class Teaching:
    """Boosted trees as the teacher.

    Attributes:
        times: Synthetic rows, as a multiple of the table's.
        depth: Depth of the trees; None leaves the default.
        categories: Columns of so many categories or fewer are split by single ones; None leaves the default.
        dropout: The student's; None leaves the default.
        why: Why that was chosen, in words.
    """

    times: int
    depth: int | None
    categories: int | None
    dropout: float | None
    why: str


def choose(plan: Plan) -> Teaching | None:
    """Chooses the teacher; None leaves the default, a network that is searched.

    Args:
        plan: The decisions on the table.
    """
    labelled = plan.sample.rows - plan.target.column.missing
    rows = round(labelled * (1 - plan.split.test) * (1 - plan.split.validation))
    classes = len(plan.target.classes)
    if rows * (classes if classes > 2 else 1) > _MOST_ROWS or len(plan.features) > _MOST_COLUMNS:
        return None
    if classes > 2 and rows * classes * len(plan.features) > _MOST_CELLS:
        return None
    times = max(1, min(_MOST_TIMES, _ROWS_AN_EPOCH // max(rows, 1) - 1))
    deep = rows >= _DEEP_FROM and len(plan.features) <= _DEEP_COLUMNS
    why = f"of {rows:,} training rows, trees learn more than a network, which learns it from them"
    dropout = 0.0 if rows >= _NO_DROPOUT_FROM else None
    return Teaching(times, _DEEP if deep else None, _categories(plan), dropout, why)


def _categories(plan: Plan) -> int | None:
    categorical = [name for name in plan.features if plan.judged[name].kind in ("code", "category")]
    if len(categorical) >= _MANY_CATEGORICAL:
        return _SINGLE_CATEGORIES
    alone = plan.sample.columns[categorical[0]] if len(categorical) == 1 else None
    return _SINGLE_CATEGORIES if alone is not None and 2 < len(alone.levels) <= _SINGLE_CATEGORIES else None
