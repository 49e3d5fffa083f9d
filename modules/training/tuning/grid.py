"""Every point of a finite space once."""

import random
from typing import Any

from keras_tuner.engine.trial import TrialStatus

from modules.training.tuning import spaces
from modules.training.tuning.strategy import Strategy


class Grid(Strategy):
    """Visits the points in an order drawn by the seed: where the budget ends the search, they are spread evenly.

    KerasTuner's own starts at a corner and changes the last hyperparameter first.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        points = [point for point in spaces.points(self.hyperparameters, 0) if self._admits(point)]
        random.Random(self.seed).shuffle(points)
        number = int(trial_id)
        if number >= len(points):
            return {"status": TrialStatus.STOPPED, "values": None}
        return {"status": TrialStatus.RUNNING, "values": points[number]}
