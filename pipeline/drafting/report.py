"""What `init` says in the terminal."""

from pipeline import bootstrap
from pipeline.drafting import binning, teaching
from pipeline.drafting.draft import SCHEMA
from pipeline.drafting.kinds import USABLE, shown
from pipeline.drafting.plan import Plan, summary_of_kinds

_MOST = 8


def report(plan: Plan, config: str) -> str:
    """Returns what was decided, what is to be checked, and the next command.

    Args:
        plan: The decisions.
        config: The path of the drafted config.
    """
    next_command = bootstrap.command("local_runner.py", "run", "--config", config)
    return f"{decisions(plan, config)} Next:\n  {next_command}"


def decisions(plan: Plan, config: str) -> str:
    """Returns what was decided and what is to be checked; arguments as those of `report`."""
    target, split = plan.target, plan.split
    task = f"{target.task}: {target.column.name}"
    task += f" = {shown(target.positive)}" if target.positive is not None else ""
    by = f"by {split.group}" if split.group else f"by {split.time}, the latest for testing" if split.time else "by hash"
    left_out = [
        f"{name} ({_why(plan, name)})" for name in sorted(plan.exclude, key=lambda name: name not in plan.leaks)
    ]
    if len(left_out) > _MOST:
        left_out = [*left_out[:_MOST], f"and {len(left_out) - _MOST} more"]
    gate = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in plan.gate.settings.items())
    lines = [
        f"{plan.sample.table}: {plan.sample.rows:,} rows, {len(plan.sample.columns)} columns",
        f"  task      {task}{' (a guess)' if target.guessed else ''}",
        f"  features  {len(plan.features)}: {summary_of_kinds(plan)}",
        *([f"  encoding  {bins}"] if (bins := binning.told(plan)) else []),
        *([f"  teacher   boosted trees: {taught.why}"] if (taught := teaching.choose(plan)) else []),
        f"  left out  {', '.join(left_out) or 'nothing'}",
        f"  split     {by}",
        f"  slices    {', '.join(plan.slices) or 'none'}",
        f"  gate      {plan.gate.metric}: {gate}",
    ]
    if plan.promised:
        lines.append(f"  promises  proposed as comments, for {', '.join(plan.promised)}")
    for number, text in enumerate(plan.checks):
        lines.append(f"  {'check' if not number else '':<8}  {text}")
    lines.append(f"Drafted: {config} and {SCHEMA} beside it, with the reason of each choice.")
    return "\n".join(lines)


def _why(plan: Plan, name: str) -> str:
    """Says in a word or two why a column is left out."""
    if name in plan.leaks:
        return "leakage?"
    kind = plan.judged[name].kind
    return "a copy" if kind in USABLE else kind
