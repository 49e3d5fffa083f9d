"""Hyperband (Li et al., 2018, https://jmlr.org/papers/v18/16-558.html)."""

from typing import Any

from keras_tuner.oracles import HyperbandOracle

from modules.training.tuning.strategy import Strategy


class Hyperband(Strategy, HyperbandOracle):
    """KerasTuner's, in whose rounds no configuration is repeated: a small space has smaller rounds.

    A bracket takes configurations that no other bracket had, as long as there are any: with other epochs, a
    configuration is another trial.
    """

    ending = "complete"

    def round_size(self, trial: Any) -> int:
        values = trial.hyperparameters.values
        return int(self._get_size(values["tuner/bracket"], values["tuner/round"]))

    def may_go_on(self, trial: Any) -> bool:
        values = trial.hyperparameters.values
        return bool(values["tuner/round"] < values["tuner/bracket"])  # a bracket has one round more than its number

    def planned(self, number: int) -> int | None:
        whole = self.table()
        return whole[number] if number < len(whole) else None

    def table(self) -> list[int]:
        """Returns the epochs of each trial that a whole search has, by the oracle's own (private) arithmetic."""
        last, size = self._get_epochs, self._get_size
        rounds = [(bracket, number) for bracket in range(self._get_num_brackets()) for number in range(bracket + 1)]
        return [
            epochs
            for bracket, number in sorted(rounds, key=lambda place: (-place[0], place[1]))
            for epochs in [last(bracket, number) - (last(bracket, number - 1) if number else 0)] * size(bracket, number)
        ] * int(self.hyperband_iterations)

    def _get_size(self, bracket_num: int, round_num: int) -> int:
        size = int(super()._get_size(bracket_num, round_num))
        return size if self.configurations is None else min(size, self.configurations)

    def _random_values(self) -> dict[str, Any] | None:
        return super()._random_values() or self._one_of_those_not(self._is_refused_here)

    def _is_refused_here(self, values: dict[str, Any]) -> bool:
        """Tells whether a configuration is in the first round of the bracket, or may not be trained."""
        there = [self.trials[info["id"]].hyperparameters.values for info in self._brackets[-1]["rounds"][0]]
        return not self._admits(values) or any(values.items() <= other.items() for other in there)
