"""Every point of a finite space once."""

import itertools
from typing import Any

from keras_tuner.engine.trial import TrialStatus

from modules.training.tuning import spaces
from modules.training.tuning.strategy import Strategy


class Grid(Strategy):
    """Visits the points in an order drawn by the seed: where the budget ends the search, they are spread evenly.

    KerasTuner's own starts at a corner and changes the last hyperparameter first. Of a space too large to be counted,
    only the points up to the one that is asked for are looked at.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        points = spaces.in_order_of(self.hyperparameters, self.seed, self._admits)
        point = next(itertools.islice(points, int(trial_id), None), None)
        return {"status": TrialStatus.STOPPED if point is None else TrialStatus.RUNNING, "values": point}
