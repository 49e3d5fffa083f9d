"""The hyperparameters, and the points of their space."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras_tuner
import numpy as np

from modules.base.settings import SearchSpace

# Whether a configuration may be trained.
Admits = Callable[[Mapping[str, Any]], bool]
# Standard deviation of a mutation of a number, as a share of its range.
_STEP = 0.2


def search_space(space: SearchSpace, learning_rates: int | None = None) -> keras_tuner.HyperParameters:
    """Returns the hyperparameters and the values that they may take.

    Args:
        space: The section `tuner.search_space` of the config.
        learning_rates: How many learning rates there are where the config does not say; None for any between both.
    """
    hp = keras_tuner.HyperParameters()
    hp.Choice("layers", _different(space.layers), ordered=True)
    hp.Choice("units", _different(space.units), ordered=True)
    hp.Choice("dropout", _different(space.dropout), ordered=True)
    low, high = space.learning_rate
    count = space.learning_rates or learning_rates
    if count is None:
        hp.Float("learning_rate", low, high, sampling="log")
    else:
        rates = np.geomspace(low, high, count) if count > 1 else [math.sqrt(low * high)]
        hp.Choice("learning_rate", [float(f"{rate:.6g}") for rate in rates], ordered=True)
    hp.Choice("activation", _different(space.activation), ordered=False)
    return hp


def points(space: keras_tuner.HyperParameters, seed: int) -> Iterator[dict[str, Any]]:
    """Goes through all points; a value that is any number of a range is drawn anew for each."""
    numbers = itertools.count(seed)
    kinds = [[*parameter.values] if _is_choice(parameter) else [None] for parameter in space.space]
    for values in itertools.product(*kinds):
        yield {
            parameter.name: value if _is_choice(parameter) else parameter.random_sample(next(numbers))
            for parameter, value in zip(space.space, values, strict=True)
        }


def size(space: keras_tuner.HyperParameters, admits: Admits) -> int | None:
    """Returns how many points may be trained; None for infinitely many."""
    if not all(_is_choice(parameter) for parameter in space.space):
        return None
    return sum(admits(point) for point in points(space, 0))


def draw(space: keras_tuner.HyperParameters, random: np.random.Generator) -> dict[str, Any]:
    """Draws a point."""
    return {parameter.name: parameter.prob_to_value(float(random.random())) for parameter in space.space}


def mutated(
    space: keras_tuner.HyperParameters, values: Mapping[str, Any], random: np.random.Generator
) -> dict[str, Any]:
    """Returns a point that differs in one value: in another choice, or in a number near by."""
    able = [parameter for parameter in space.space if not _is_choice(parameter) or len(parameter.values) > 1]
    if not able:
        return dict(values)
    changed = able[random.integers(len(able))]
    if _is_choice(changed):
        others = [value for value in changed.values if value != values[changed.name]]
        return {**values, changed.name: others[random.integers(len(others))]}
    place = changed.value_to_prob(values[changed.name]) + random.normal(0, _STEP)
    return {**values, changed.name: changed.prob_to_value(float(np.clip(place, 0, 1)))}


def _is_choice(parameter: Any) -> bool:
    return isinstance(parameter, keras_tuner.engine.hyperparameters.Choice)


def _different(values: list[Any]) -> list[Any]:
    return [*dict.fromkeys(values)]
