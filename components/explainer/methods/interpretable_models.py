"""What models that a person can read would cost here, in the metric and in bytes."""

import dataclasses

import numpy as np

from components.asked_model import AskedModel, Found
from modules import tasks
from modules.base import questions
from modules.explaining.interpretable import comparing
from modules.explaining.interpretable.given import Given
from modules.explaining.plain_columns import PlainColumns

# Times as many training rows as a method draws rows.
_TIMES = 10


def find(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Fits readable models to a sample of the training rows, and holds them against what ships on all test rows."""
    target, training = asked.target, asked.training
    if target.kind.has_classes:
        training = training.taken(training.labels >= 0)
        if len(np.unique(training.labels)) < 2:
            return None, "The training rows are of one class, so that nothing can be learnt of them."
    sample = training.sample(_TIMES * asked.rows, asked.seed)
    columns = [asked.function.column(name) for name in asked.strongest]
    monotone = questions.Debugger.model_validate(asked.run.config["debugger"]).monotone
    given = Given(PlainColumns.learn(columns, sample.rows), sample, target, monotone, asked.seed)
    costs = comparing.compare(given, asked.test, asked.test_answers, asked.clock)
    metric = tasks.LADDER[target.task][0]
    measure = tasks.METRICS[metric].measures[target.task]
    of = len(comparing.wanted(given))
    content = {
        "metric": metric,
        "rows": {"test": len(asked.test), "training": len(sample), "of_training": len(training)},
        "columns": len(columns),
        "of_columns": len(asked.function.columns),
        "monotone": dict(given.signs),
        "shipped": {
            "value": float(measure(asked.test.labels, asked.test_answers, asked.test.weights)),
            "bytes": len(asked.model.content),
        },
        "models": [dataclasses.asdict(cost) for cost in costs],
    }
    return content, asked.clock.stopped(len(costs), of, "models") if len(costs) < of else ""
