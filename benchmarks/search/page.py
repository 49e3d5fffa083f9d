"""What the replays found, as tables of the documentation."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from benchmarks.search import regret
from benchmarks.search.regret import Comparison
from benchmarks.search.table import SearchTable
from modules import tasks

RANDOM = "random"
# The choices of each strategy's replays, int64 [replays, budget + 1], by its name.
Replays = Mapping[str, np.ndarray]


def page(results: Mapping[str, tuple[SearchTable, Replays]], budgets: Sequence[int], command: str, machine: str) -> str:
    """Returns the page, in Markdown.

    Args:
        results: A table and its replays by the table's name.
        budgets: The epochs after which strategies are compared; the last is where the searches end.
        command: What was run.
        machine: On what.
    """
    count = max(len(choices) for _, replays in results.values() for choices in replays.values())
    parts = [f"`{command}`, {count} replays of each strategy, {machine}."]
    for table, replays in results.values():
        compared = _compared(table, replays, budgets)
        rows = _rows(table, replays, budgets, compared)
        words = [_in_words(name, budgets, comparisons) for name, comparisons in compared.items()]
        parts += [f"## {table.name}", _about(table), "\n".join(rows), "\n".join(words)]
    return "\n\n".join(parts) + "\n"


def _compared(table: SearchTable, replays: Replays, budgets: Sequence[int]) -> dict[str, list[Comparison]]:
    """Compares each strategy with random search after each budget; one family of tests per table."""
    regrets = {name: regret.of_choices(table, choices) for name, choices in replays.items()}
    others = [name for name in regrets if name != RANDOM]
    pairs = [(regrets[name][:, budget], regrets[RANDOM][:, budget]) for name in others for budget in budgets]
    found = iter(regret.compared(pairs))
    return {name: [next(found) for _ in budgets] for name in others}


def _about(table: SearchTable) -> str:
    """Says how far apart the configurations are, and what a seed changes."""
    title, scores = tasks.METRICS[table.metric].title, table.scores
    best = int(np.argmax(table.sign * scores))
    ranked = np.sort(table.sign * scores)[::-1] * table.sign
    text = (
        f"{len(scores)} configurations of `{table.config}`, {table.epochs} epochs each, seed {table.trainings[0].seed} "
        f"({table.made}). {title} on the validation rows: best {ranked[0]:.5f}, median {np.median(scores):.5f}, "
        f"worst {ranked[-1]:.5f}. The best one has {table.test_scores[best]:.5f} on the test "
        f"rows, where the best of all is {(table.sign * table.test_scores).max() * table.sign:.5f}; the ranks on both "
        f"agree by ρ = {_spearman(scores, table.test_scores):.2f}."
    )
    for other in table.trainings[1:]:
        again = (table.sign * other.validation).max(axis=1) * table.sign
        change = float(np.median(np.abs(again - scores)))
        near = int((table.sign * (ranked[0] - scores) <= change).sum())
        text += (
            f" Trained again with seed {other.seed}, a configuration's score is another by {change:.5f} (median), and "
            f"the ranks agree by ρ = {_spearman(scores, again):.2f}; within that of the best lie {near}."
        )
    return text


def _spearman(left: np.ndarray, right: np.ndarray) -> float:
    return float(stats.spearmanr(left, right).statistic)


def _rows(
    table: SearchTable, replays: Replays, budgets: Sequence[int], compared: Mapping[str, Sequence[Comparison]]
) -> list[str]:
    heads = [f"{kind} {budget} epochs" for kind in ("mean regret,", "against random,") for budget in budgets]
    lines = [_row(["strategy", *heads, "the best found", "test " + tasks.METRICS[table.metric].title])]
    lines.append("|" + "---|" * (3 + len(heads)))
    gains = table.sign * table.scores
    for name in [RANDOM, *compared]:
        last = replays[name][:, budgets[-1]]
        tested = table.test_scores[last]
        low, high = regret.mean_interval(tested)
        cells = [
            name,
            *(_mean(regret.of_choices(table, replays[name][:, budget])) for budget in budgets),
            *(_against(comparison) for comparison in compared.get(name, [])),
            *(["–"] * len(budgets) if name == RANDOM else []),
            f"{(gains[last] == gains.max()).mean():.0%}",
            f"{tested.mean():.5f} ({low:.5f} to {high:.5f})",
        ]
        lines.append(_row(cells))
    return lines


def _mean(values: np.ndarray) -> str:
    low, high = regret.mean_interval(values)
    return f"{values.mean():.5f} ({low:.5f} to {high:.5f})"


def _against(comparison: Comparison) -> str:
    shown = "< 0.001" if comparison.adjusted < 0.001 else f"= {comparison.adjusted:.3f}"
    text = f"{comparison.wins} / {comparison.ties} / {comparison.losses}, p {shown}"
    return text if comparison.verdict == "even" else f"**{comparison.verdict}**: {text}"


def _in_words(name: str, budgets: Sequence[int], comparisons: Sequence[Comparison]) -> str:
    """Says where a strategy beats random search, and where it does not."""
    by_verdict: dict[str, list[int]] = {}
    for budget, comparison in zip(budgets, comparisons, strict=True):
        by_verdict.setdefault(comparison.verdict, []).append(budget)
    parts = []
    if "better" in by_verdict:
        parts.append(f"beats random search after {_listed(by_verdict['better'])} epochs")
    for verdict, said in (("even", "the two are not told apart"), ("worse", "it is worse")):
        if verdict in by_verdict:
            other = "it" if parts else "random search"
            parts.append(f"does not beat {other} after {_listed(by_verdict[verdict])} epochs ({said})")
    return f"- **{name}** {', and '.join(parts)}."


def _listed(numbers: Sequence[int]) -> str:
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
