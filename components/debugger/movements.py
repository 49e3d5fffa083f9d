"""What counts as another answer of the model that ships."""

import numpy as np

from components.asked_model import AskedModel
from modules.debugging.movement import Movement


def of(asked: AskedModel) -> Movement:
    """Returns it: another decision; of a regression a change beyond the mean absolute error on the test rows."""
    if asked.target.kind.has_classes:
        return Movement(len(asked.target.classes), asked.model.card.threshold)
    errors = np.abs(asked.test_answers[:, 0] - asked.test.labels)
    return Movement(0, tolerance=float(errors.mean()))
