"""Counterfactuals: the nearest change that flips a decision, of chosen and of drawn test rows."""

import collections
from collections.abc import Mapping
from typing import Any

import numpy as np

from components import asked_model
from components.asked_model import AskedModel, Found
from components.explainer import drawn_rows
from modules.base import questions
from modules.explaining import changeable, counterfactuals, raw_function
from modules.explaining.changeable import Changeable
from modules.explaining.counterfactuals import Counterfactual
from modules.explaining.decider import Decider
from modules.explaining.raw_function import Rows

# A search asks about some thousands of rows: of wide tables fewer rows are drawn, so that all ask about no more cells.
_ASKED_OF_A_ROW, _CELLS, _LEAST_ROWS = 5_000, 100_000_000, 5
_NOT_OF_VALUES = "A regression decides nothing that a change could flip."


def explain(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Searches for the nearest change that flips the decision on test rows."""
    asked_model.check_columns("explainer.mutable", settings.mutable, asked.function)
    asked_model.check_columns("explainer.directions", list(settings.directions), asked.function)
    if not asked.target.kind.has_classes:
        return None, _NOT_OF_VALUES
    decider = Decider(asked.function, tuple(asked.target.classes), asked.model.card.threshold)
    may_change = _may_change(asked, settings)
    if not may_change:
        return None, "No column that may change has two values."
    chosen = drawn_rows.choose(asked)
    affordable = max(_LEAST_ROWS, _CELLS // (_ASKED_OF_A_ROW * len(asked.function.columns)))
    drawn = asked.test.sample(min(affordable, max(10, asked.rows * 3 // 100)), asked.seed)
    examples = [
        {
            "row": int(asked.test.numbers[row.place]) + 1,
            "why": row.why,
            **_example(decider, raw_function.taken(asked.test.rows, np.array([row.place])), may_change),
        }
        for row in chosen
    ]
    sizes: collections.Counter[int] = collections.Counter()
    changed: collections.Counter[str] = collections.Counter()
    done = 0
    for number in range(len(drawn)):
        if asked.clock.over:
            break
        found = counterfactuals.find(decider, raw_function.taken(drawn.rows, np.array([number])), may_change)
        done += 1
        if found is not None:
            sizes[len(found.changes)] += 1
            changed.update(found.changes.keys())
    return {
        "rows": done,
        "found": sum(sizes.values()),
        "by_columns": {str(size): sizes[size] for size in sorted(sizes)},
        "changed": dict(changed.most_common()),
        "mutable": [one.column.name for one in may_change],
        "directions": dict(settings.directions),
        "most_columns": counterfactuals.MOST_COLUMNS,
        "examples": examples,
    }, asked.clock.stopped(done, len(drawn), "rows") if done < len(drawn) else ""


def _may_change(asked: AskedModel, settings: questions.Explainer) -> list[Changeable]:
    """Returns the columns that may change: of many those that tell most."""
    names = settings.mutable or [c.name for c in asked.function.columns if c.kind != "timestamp"]
    if len(names) > len(asked.strongest):
        names = [name for name in asked.strongest if name in set(names)]
    return changeable.learn(asked.function.columns, asked.training.rows, names, settings.directions)


def _example(decider: Decider, row: Rows, may_change: list[Changeable]) -> dict[str, Any]:
    probabilities = decider.probabilities(row)
    decided = int(decider.decide(probabilities)[0])
    found = counterfactuals.find(decider, row, may_change)
    return {
        "decision": decider.classes[decided],
        "probability": round(float(probabilities[0, decided]), 5),
        "counterfactual": None if found is None else _described(decider, found, decided),
    }


def _described(decider: Decider, found: Counterfactual, decided: int) -> Mapping[str, Any]:
    columns = {name: decider.function.column(name) for name in found.changes}
    return {
        "decision": decider.classes[found.decided],
        "probability": round(float(found.probabilities[decided]), 5),
        "cost": round(found.cost, 4),
        "changes": [
            {"column": name, "from": columns[name].text(before), "to": columns[name].text(after)}
            for name, (before, after) in found.changes.items()
        ],
    }
