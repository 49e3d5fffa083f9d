"""When a trial is not worth its further epochs: its forecast does not reach the best of the trials before."""

from collections.abc import Sequence

import numpy as np

from modules.base.estimation import CurveExtrapolation
from modules.contracts.teacher_search import StoppedTrial
from modules.training.estimating.extrapolation import forecast


def stopped(
    scores: Sequence[float], last: int, best: float | None, mode: str, settings: CurveExtrapolation
) -> StoppedTrial | None:
    """Returns why a trial is to be stopped; None where it goes on.

    Not only the last epoch is told: a trial's score is that of its best epoch, and the interval of the next one may
    reach higher.

    Args:
        scores: Its scores so far, by epoch, from epoch 1.
        last: The epoch that it would be trained to.
        best: The best score of the trials before; None where there is none.
        mode: `max` or `min`: whether a high score is a good one.
        settings: The section `tuner.curve_extrapolation` of the config.
    """
    known = len(scores)
    if best is None or known >= last or known < settings.least_epochs or not np.isfinite(scores).all():
        return None
    sign = 1.0 if mode == "max" else -1.0
    if max(sign * score for score in scores) >= sign * best:
        return None
    epochs = [*range(known + 1, last + 1)]
    told = forecast([sign * score for score in scores], epochs, settings.confidence)
    nearest = max(range(len(told)), key=lambda place: (told[place].high, place))
    found = told[nearest]
    if found.high >= sign * best:
        return None
    low, high = sorted((sign * found.low, sign * found.high))
    return StoppedTrial(best, epochs[nearest], sign * found.value, low, high, last)
