"""Random search (Bergstra and Bengio, 2012, https://jmlr.org/papers/v13/bergstra12a.html)."""

from keras_tuner.oracles import RandomSearchOracle

from modules.training.tuning.strategy import Strategy


class RandomSearch(Strategy, RandomSearchOracle):
    """KerasTuner's, which goes on until every configuration of a finite space was tried."""
