"""What teacher and synthetic rows bought, on real artifacts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from components import raw_rows, training_inputs
from components.artifacts import Gains
from components.comparer import executor
from modules import tasks
from modules.contracts import gains, training_curves
from modules.training import loop, serving
from modules.training.convergence import Patience

pytestmark = pytest.mark.integration

SYNTHETIC = {"distillation": {"augment": {"method": "noise", "times": 2}}}


@pytest.mark.parametrize("changes", [{}, SYNTHETIC], ids=["without synthetic rows", "with them"])
def test_students_are_compared_after_equally_many_steps(
    road: Any,
    teacher: Any,
    student: Any,
    tmp_path: Path,
    new_output: Any,
    changes: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained: list[tuple[float, int]] = []
    fit = loop.fit

    def noted(network: Any, train: Any, validation: Any, score: Any, epochs: int, patience: Patience) -> Any:
        assert not patience.stops
        assert not any(np.isnan(batch[1]).any() for batch in train)
        history = fit(network, train, validation, score, epochs, patience)
        trained.append((network.loss.alpha, int(network.optimizer.iterations)))
        return history

    monkeypatch.setattr(loop, "fit", noted)
    run = type(student)()
    run.uri = str(Path(student.uri).parent / "run")
    output = new_output(tmp_path, gains=Gains)
    given = road.inputs(student=student, student_run=run, teacher=teacher)
    given["raw_examples"] = road.judged()["examples"]
    executor.Executor().Do(given, output.artifacts, road.config("Pruner", **changes))
    found = gains.read(str(output.path("gains")))
    epochs = len(training_curves.read(run.uri).epochs)
    alphas = [0.0, 0.7] if changes else [0.0]
    assert trained == [(alpha, found.steps) for alpha in alphas]
    assert found.steps % epochs == 0
    names = [gains.LABELS, gains.TEACHER, gains.SYNTHETIC]
    assert list(found.values) == names[: 2 + bool(changes)]
    assert len(found.gains) == (3 if changes else 1)

    # The last is the student itself, exported.
    context = training_inputs.start(road.inputs(), road.config("Pruner"))
    rows = raw_rows.read(context, training_inputs.split_files(road.judged(), "test"))
    parts = serving.load_parts(training_inputs.model_directory({"model": [student]}, "model"))
    serving.export(str(tmp_path / "exported"), context, *parts)
    model = tf.saved_model.load(str(tmp_path / "exported"))
    (answers,) = model.signatures["serving_default"](
        **{name: tf.constant(column) for name, column in rows.inputs.items()}
    ).values()
    positive = answers.numpy().astype(np.float64)
    measure = tasks.METRICS["auc"].measures["binary"]
    expected = measure(rows.labels, np.concatenate([1 - positive, positive], axis=1), None)
    assert found.values[names[1 + bool(changes)]] == pytest.approx(expected, abs=1e-5)
    assert min(found.values.values()) > 0.75
    assert found.metric == "auc"
