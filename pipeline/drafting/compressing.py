"""How much the form that ships may lose: less where validation rows are many enough to show it."""

from pipeline.drafting.plan import Plan

# Paired on so many validation rows, forms that are a thousandth of a metric apart can be told apart.
_LEAST_ROWS = 2_000
_LOSS = 0.001


def choose(plan: Plan) -> tuple[float, str] | None:
    """Chooses `quantizer.max_loss`; returns it with its reason, or None to leave the default.

    Args:
        plan: The decisions.
    """
    labelled = plan.sample.rows - plan.target.column.missing
    rows = round(labelled * (1 - plan.split.test) * plan.split.validation)
    if rows < _LEAST_ROWS:
        return None
    return _LOSS, f"less than the default: {rows:,} validation rows show losses as small"
