"""What `init` says of the bins that a run will choose: the same rule, from the rows that training will have."""

from modules.base.settings import Features
from modules.features import limits
from modules.tables.timestamps import PARTS
from pipeline.drafting.plan import Plan

_NUMERIC = ("numeric", "heavy tail", "boolean")


def told(plan: Plan) -> str:
    """Returns how numeric columns will be encoded and why, as a clause; nothing where there are none.

    A column of text that says yes or no is a category, and no number.

    Args:
        plan: The decisions.
    """
    numbers = [n for n in plan.features if plan.judged[n].kind in _NUMERIC and not plan.sample.columns[n].is_text]
    columns = len(numbers) + sum(plan.judged[name].kind == "timestamp" for name in plan.features) * (len(PARTS) + 1)
    if not columns:
        return ""
    labelled = plan.sample.rows - plan.target.column.missing
    rows = round(labelled * (1 - plan.split.test) * (1 - plan.split.validation))
    bins = limits.choose_bins(rows, columns, Features())
    what = f"at most {bins.most} bins a number" if bins.most > 2 else "z-scores and no bins"
    return f"{what}: about {bins.because}"
