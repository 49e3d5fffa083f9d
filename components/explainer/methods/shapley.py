"""Shapley values: what each column contributed to answers."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from components.explainer import drawn_rows
from components.explainer.drawn_rows import DrawnRows
from modules.base import questions
from modules.explaining import agreement, raw_function
from modules.explaining.raw_function import RawColumn, Rows
from modules.explaining.shapley import encoded, exact, packaged, sampled, trees
from modules.explaining.shapley.players import OTHERS, Attribution
from modules.training import by_task
from modules.training.teachers import answering

# So many columns, rows and outputs are kept for figures.
_COLUMNS, _ROWS, _OUTPUTS = 10, 100, 3
# Where no more rows than these are asked in all, every coalition is.
_ENUMERATED = 1_000_000
# What the other explainers are given.
_FEW_ROWS, _FEW_BACKGROUND, _COALITIONS, _ORDERS, _STEPS = 12, 20, 512, 5, 25
# Of wide tables fewer rows, so that each of them asks about no more cells than these in all.
_FEW_CELLS, _FEWEST_ROWS = 60_000_000, 4
_TREE_ROWS = 10_000
# Wider rows than these the gradients' methods do not explain.
_WIDEST = 4_000
_FILE = "the file that ships"
_NAMES = {True: "enumeration", False: "sampled orders"}


def explain(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Explains test rows by the file that ships, and compares what other explainers say of fewer rows."""
    drawn, chosen = drawn_rows.draw(asked), drawn_rows.choose(asked)
    single = raw_function.taken(asked.test.rows, np.array([row.place for row in chosen]))
    of_single = _main(asked, single, drawn)
    found = _main(asked, drawn.rows.rows, drawn)
    outputs = list(asked.function.outputs)
    done, wanted = len(found.values), len(drawn.rows)
    explainers = [_summary(_NAMES[_is_exact(drawn)], _FILE, done, drawn.background, found, found)]
    notes = [asked.clock.stopped(done, wanted, "rows")] if done < wanted else []
    for name, about, rows, background, other in _others(asked, drawn):
        explainers.append(_summary(name, about, rows, background, other, found))
    return {
        "enumerated": _is_exact(drawn),
        "rows": done,
        "background": raw_function.count(drawn.background),
        "label": asked.model.card.label,
        "outputs": outputs,
        "base": _rounded(found.base),
        "mean_absolute": {name: _short(value) for name, value in found.mean_absolute.items()},
        "additivity_error": found.additivity_error,
        "shown_outputs": [outputs[place] for place in _shown_outputs(found)],
        "columns": _columns(asked, drawn, found),
        "explainers": explainers,
        "single_rows": [
            {
                "row": int(asked.test.numbers[row.place]) + 1,
                "why": row.why,
                "output": outputs[row.output],
                "label": drawn_rows.label_text(asked, float(asked.test.labels[row.place])),
                **_waterfall(asked, single, number, of_single, row.output),
            }
            for number, row in enumerate(chosen)
        ],
    }, " ".join(notes)


def _is_exact(drawn: DrawnRows) -> bool:
    if len(drawn.players) > exact.MOST_PLAYERS:
        return False
    return 2 ** len(drawn.players) * len(drawn.rows) * raw_function.count(drawn.background) <= _ENUMERATED


def _main(asked: AskedModel, rows: Rows, drawn: DrawnRows) -> Attribution:
    if _is_exact(drawn):
        return exact.explain(asked.function, rows, drawn.background, drawn.players)
    return sampled.explain(asked.function, rows, drawn.background, drawn.players, asked.seed, asked.clock)


def _others(asked: AskedModel, drawn: DrawnRows) -> Iterator[tuple[str, str, int, Rows | None, Attribution]]:
    """Yields what other explainers say: name, what they explain, rows, background and values."""
    count = min(_FEW_BACKGROUND, raw_function.count(drawn.background))
    affordable = _FEW_CELLS // (count * _COALITIONS * len(asked.function.columns))
    most = int(np.clip(affordable, _FEWEST_ROWS, _FEW_ROWS))
    few = drawn.rows.taken(np.arange(min(most, len(drawn.rows)))).rows
    background = raw_function.taken(drawn.background, np.arange(count))
    given = (asked.function, few, background, drawn.players)
    logits = "the logits of the student before compression"
    calls: list[tuple[str, str, Callable[[], Attribution]]] = [
        ("Kernel SHAP", _FILE, lambda: packaged.by_kernel(*given, coalitions=_COALITIONS, seed=asked.seed)),
        ("Permutation SHAP", _FILE, lambda: packaged.by_permutation(*given, orders=_ORDERS, seed=asked.seed)),
    ]
    if len(drawn.players) < 2:
        calls = []
    if asked.network.network.input_shape[-1] <= _WIDEST:
        calls += [
            ("Deep SHAP", logits, lambda: encoded.by_deep(asked.network, few, background)),
            ("integrated gradients", logits, lambda: encoded.by_gradients(asked.network, few, background, _STEPS)),
        ]
    for name, about, call in calls:
        if not asked.clock.over:
            yield name, about, raw_function.count(few), background, call()
    if not asked.clock.over and len(drawn.players) == len(asked.function.columns):
        found = _by_trees(asked, drawn.rows.rows)
        if found is not None:
            about, by_trees = found
            yield "Tree SHAP", f"{about} (their sums of leaves)", len(drawn.rows), None, by_trees


def _by_trees(asked: AskedModel, rows: Rows) -> tuple[str, Attribution] | None:
    """Explains the teacher's trees, as it sees the rows, or else some that are grown for this alone."""
    of_teacher = asked.teacher.trees if asked.teacher else []
    if of_teacher:
        names = of_teacher[0].columns.names(asked.run.profile)
        looked_up = answering.LookUp(asked.run).rows(asked.raw_inputs(rows))
        return "the teacher's boosted trees", trees.of_teacher(of_teacher, names, looked_up)
    grown = _grown(asked)
    return None if grown is None else ("boosted trees on the same training rows", grown.explain(rows))


def _grown(asked: AskedModel) -> trees.Trees | None:
    """Grows boosted trees; None where the rows are too few to tell anything."""
    rows = asked.training.sample(_TREE_ROWS, asked.seed)
    known = rows.taken(rows.labels >= 0) if asked.target.kind.has_classes else rows
    if len(np.unique(known.labels)) < 2:
        return None
    loss = by_task.of(asked.target.task).TREES_LOSS
    return trees.grow(asked.plain, known.rows, known.labels, known.weights, loss, asked.seed)


def _summary(
    name: str, about: str, rows: int, background: Rows | None, found: Attribution, main: Attribution
) -> dict[str, Any]:
    # Both on the same rows, which are the first.
    own, others = found.mean_absolute, dataclasses.replace(main, values=main.values[:rows]).mean_absolute
    correlation = agreement.of_columns(own, others)
    return {
        "name": name,
        "about": about,
        "rows": rows,
        "background": None if background is None else raw_function.count(background),
        "additivity_error": found.additivity_error,
        "rank_correlation": None if correlation is None else round(correlation, 3),
        "first": list(own)[:5],
    }


def _shown_outputs(found: Attribution) -> Sequence[int]:
    """Returns the outputs that figures show: the ones that move most."""
    moved = np.abs(found.values).mean(axis=(0, 1))
    return [int(place) for place in np.sort(np.argsort(-moved, kind="stable")[:_OUTPUTS])]


def _columns(asked: AskedModel, drawn: DrawnRows, found: Attribution) -> list[dict[str, Any]]:
    """Returns values and contributions of the columns that contribute most, row by row."""
    rows = raw_function.taken(drawn.rows.rows, np.arange(min(_ROWS, len(found.values))))
    count, kept = raw_function.count(rows), []
    for name in [name for name in found.mean_absolute if name != OTHERS][:_COLUMNS]:
        column, place = asked.function.column(name), list(found.players).index(name)
        kept.append(
            {
                "column": name,
                "is_number": column.is_number,
                "given": _given(column, rows[name]),
                "contributions": [_rounded(found.values[:count, place, output]) for output in _shown_outputs(found)],
            }
        )
    return kept


def _given(column: RawColumn, values: np.ndarray) -> list[float | str | None]:
    if not column.is_number:
        return [column.text(value) for value in values]
    missing = column.is_missing(values)
    return [None if lacks else _short(float(value)) for value, lacks in zip(values, missing, strict=True)]


def _waterfall(asked: AskedModel, rows: Rows, number: int, found: Attribution, output: int) -> dict[str, Any]:
    """Returns what leads from the mean answer of the background to a row's answer, the greatest part first."""
    values = found.values[number, :, output]
    parts = []
    for place in np.argsort(-np.abs(values), kind="stable"):
        name = found.players[place]
        text = "" if name == OTHERS else asked.function.column(name).text(rows[name][number])
        parts.append({"column": name, "value": text, "contribution": _short(values[place])})
    return {
        "base": _short(found.base[output]),
        "answer": _short(found.answers[number, output]),
        "parts": parts[:_COLUMNS],
        "rest": _short(sum(part["contribution"] for part in parts[_COLUMNS:])),
    }


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _rounded(values: np.ndarray) -> list[float]:
    return [_short(value) for value in values]
