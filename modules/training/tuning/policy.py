"""A factorized policy that learns by REINFORCE (Williams, 1992), with limits kept by rejection.

What a limit refuses is neither trained nor learnt from. The gradient is that of the probability among what is allowed,
P(choice) / P(allowed), so that the policy does not shun a value for the choices that it may not be part of (Yang et
al., 2022, arXiv:2204.07615).
"""

from collections.abc import Sequence

import numpy as np

_RATE = 0.05
# Share of the reward's mean and of its spread that stays after each reward.
_MEMORY = 0.9


class Policy:
    """A distribution over the values of each parameter, independent of the others.

    Args:
        sizes: How many values each parameter has.
        allowed: The choices that are allowed, or a uniform sample of them, int [choices, parameters]; None for all.
    """

    def __init__(self, sizes: Sequence[int], allowed: np.ndarray | None = None) -> None:
        self._logits = [np.zeros(size) for size in sizes]
        self._allowed = allowed
        self._mean: float | None = None
        self._spread = 0.0

    def probabilities(self) -> list[np.ndarray]:
        """Returns the probability of each value of each parameter, whatever is allowed."""
        shifted = [np.exp(logits - logits.max()) for logits in self._logits]
        return [values / values.sum() for values in shifted]

    def draw(self, random: np.random.Generator) -> tuple[int, ...]:
        """Draws a choice; whoever draws rejects what is not allowed, and draws again."""
        each = self.probabilities()
        drawn = random.random(len(each))
        return tuple(int((one.cumsum()[:-1] < place).sum()) for one, place in zip(each, drawn, strict=True))

    def learn(self, choice: Sequence[int | None], reward: float) -> None:
        """Makes an allowed choice more likely if its reward is above the mean of the earlier ones, or less.

        Args:
            choice: The place of each parameter's value; None where the reward does not depend on it.
            reward: The higher the better; its unit does not matter.
        """
        if self._mean is None:
            self._mean = reward
        gain = reward - self._mean
        self._mean += (1 - _MEMORY) * gain
        self._spread = _MEMORY * self._spread + (1 - _MEMORY) * gain**2
        if not self._spread:
            return
        for logits, place, expected in zip(self._logits, choice, self._expected(), strict=True):
            if place is None:
                continue
            step = _RATE * gain / np.sqrt(self._spread)
            logits -= step * expected
            logits[place] += step

    def _expected(self) -> list[np.ndarray]:
        """Returns the probability of each value of each parameter among what is allowed."""
        each = self.probabilities()
        if self._allowed is None:
            return each
        weights = np.prod([one[column] for one, column in zip(each, self._allowed.T, strict=True)], axis=0)
        weights = weights / weights.sum()
        return [
            np.bincount(column, weights, minlength=len(one)) for one, column in zip(each, self._allowed.T, strict=True)
        ]
