"""What ends a search: a number of trials, of epochs over all trials, or of seconds."""

import dataclasses
import itertools
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Budget:
    """The budget of a search; None where a limit does not hold.

    Attributes:
        trials: How many trials there are at most.
        epochs: How many epochs all trials have together at most; one over a share of the rows counts as that share.
        seconds: After how many seconds no further round of trials begins.
        usual: Whether the epochs are those of Hyperband's table, and not the config's.
    """

    trials: int | None = None
    epochs: int | None = None
    seconds: float | None = None
    usual: bool = False

    def reached(self, trials: int, epochs: float, seconds: float) -> str | None:
        """Returns the name of the limit that leaves no room for one more trial; None where there is room.

        Args:
            trials: How many trials there are with it.
            epochs: How many epochs they have together, if it takes all that it may.
            seconds: How long the search has taken so far.
        """
        if self.trials is not None and trials > self.trials:
            return "max_trials"
        if self.epochs is not None and epochs > self.epochs:
            return "usual_epochs" if self.usual else "max_epochs_total"
        return "max_seconds" if self.seconds is not None and seconds >= self.seconds else None

    def plan(self, planned: Callable[[int], float | None]) -> tuple[int | None, float]:
        """Returns how many trials there will be and how many epochs at most.

        Args:
            planned: The epochs of a trial by its number, at most; None where there is none with this number.

        Returns:
            The trials, None where the epochs end the search and trials that stop early make room for others; and the
            epochs, of which a trial that stopped early has as many as it might have had where the trials are counted.
        """
        epochs: float = 0
        for number in itertools.count():
            more = planned(number)
            if more is None or (self.trials is not None and number >= self.trials):
                return number, epochs
            epochs += more
            if self.epochs is not None and epochs > self.epochs:
                return None, self.epochs
        raise AssertionError("every search ends")
