"""The hyperparameters, and the points of their space."""

import itertools
import json
import math
import random as plain_random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras_tuner
import numpy as np

from modules.base.settings import SearchSpace
from modules.training.architectures.kinds import KIND, KINDS, architecture_of, kind_of
from modules.training.tuning import permutation

# Whether a configuration may be trained.
Admits = Callable[[Mapping[str, Any]], bool]
# Standard deviation of a mutation of a number, as a share of its range.
_STEP = 0.2
# Combinations of values up to which all points are gone through; of more, only as many as somebody asks for.
_MOST_COUNTED = 20_000
# What KerasTuner itself writes into a trial's hyperparameters.
_OF_TUNER = "tuner/"


def search_space(space: SearchSpace, learning_rates: int | None = None) -> keras_tuner.HyperParameters:
    """Returns the hyperparameters and the values that they may take.

    Args:
        space: The section `tuner.search_space` of the config.
        learning_rates: How many learning rates there are where the config does not say; None for any between both.
    """
    hp = keras_tuner.HyperParameters()
    if space.kind != "mlp":
        hp.Choice(KIND, [space.kind], ordered=False)
    choices = {name: _different(values) for name, values in KINDS[space.kind].choices(space).items()}
    activation = choices.pop("activation", None)  # it comes last, as ever
    for name, values in choices.items():
        hp.Choice(name, values, ordered=not isinstance(values[0], str))
    low, high = space.learning_rate
    count = space.learning_rates or learning_rates
    if count is None:
        hp.Float("learning_rate", low, high, sampling="log")
    else:
        rates = np.geomspace(low, high, count) if count > 1 else [math.sqrt(low * high)]
        hp.Choice("learning_rate", [float(f"{rate:.6g}") for rate in rates], ordered=True)
    if activation is not None:
        hp.Choice("activation", activation, ordered=False)
    return hp


def canonical(space: keras_tuner.HyperParameters, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a point with the first value of each hyperparameter that its network does not depend on.

    Args:
        space: The hyperparameters.
        values: A point, and what KerasTuner adds to it.
    """
    if KIND not in values:
        return dict(values)
    active = kind_of(values).active(values)
    firsts = {parameter.name: parameter.values[0] for parameter in space.space if _is_choice(parameter)}
    kept = {*active, KIND, "learning_rate"}
    return {name: firsts[name] if name in firsts and name not in kept else value for name, value in values.items()}


def identity(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what two points share exactly if they are one configuration: one network, trained in one way."""
    if KIND not in values:
        return dict(values)
    others = {name: value for name, value in values.items() if name == "learning_rate" or name.startswith(_OF_TUNER)}
    return {"architecture": architecture_of(values).fingerprint(), **others}


def combinations(space: keras_tuner.HyperParameters) -> int:
    """Returns how many combinations of values there are, of choices alone."""
    return math.prod(len(parameter.values) for parameter in space.space if _is_choice(parameter))


def points(space: keras_tuner.HyperParameters, seed: int) -> Iterator[dict[str, Any]]:
    """Goes through all points, each configuration once; a value that is any number of a range is drawn anew for each.

    Of more combinations than anybody counts, it goes through them in an order drawn by the seed, and keeps in mind no
    more than those that were asked for.
    """
    numbers = itertools.count(seed)
    kinds = [[*parameter.values] if _is_choice(parameter) else [None] for parameter in space.space]
    total, seen = combinations(space), set()
    if total <= _MOST_COUNTED:
        all_values: Iterator[Any] = itertools.product(*kinds)
    else:
        all_values = (_place(kinds, number) for number in permutation.shuffled(total, seed))
    for values in all_values:
        point = {
            parameter.name: value if _is_choice(parameter) else parameter.random_sample(next(numbers))
            for parameter, value in zip(space.space, values, strict=True)
        }
        if KIND in point:
            if canonical(space, point) != point:
                continue
            known = json.dumps(identity(point | {"learning_rate": values[_place_of(space, "learning_rate")]}))
            if known in seen:
                continue
            seen.add(known)
        yield point


def in_order_of(space: keras_tuner.HyperParameters, seed: int, admits: Admits) -> Iterator[dict[str, Any]]:
    """Goes through all points that may be trained, in an order drawn by the seed."""
    if combinations(space) <= _MOST_COUNTED:
        every = [point for point in points(space, 0) if admits(point)]
        plain_random.Random(seed).shuffle(every)
        return iter(every)
    return (point for point in points(space, seed) if admits(point))


def size(space: keras_tuner.HyperParameters, admits: Admits) -> int | None:
    """Returns how many points may be trained; None for infinitely many, and for more than anybody counts."""
    if not all(_is_choice(parameter) for parameter in space.space) or combinations(space) > _MOST_COUNTED:
        return None
    return sum(admits(point) for point in points(space, 0))


def draw(space: keras_tuner.HyperParameters, random: np.random.Generator) -> dict[str, Any]:
    """Draws a point."""
    drawn = {parameter.name: parameter.prob_to_value(float(random.random())) for parameter in space.space}
    return canonical(space, drawn)


def mutated(
    space: keras_tuner.HyperParameters, values: Mapping[str, Any], random: np.random.Generator
) -> dict[str, Any]:
    """Returns a point that differs in one value: in another choice, or in a number near by.

    The value is one that the network depends on. Where that makes others matter, they start from their first values.
    """
    able = [parameter for parameter in space.space if not _is_choice(parameter) or len(parameter.values) > 1]
    if KIND in values:
        kept = {*kind_of(values).active(values), "learning_rate"}
        able = [parameter for parameter in able if parameter.name in kept]
    if not able:
        return dict(values)
    changed = able[random.integers(len(able))]
    if _is_choice(changed):
        others = [value for value in changed.values if value != values[changed.name]]
        return canonical(space, {**values, changed.name: others[random.integers(len(others))]})
    place = changed.value_to_prob(values[changed.name]) + random.normal(0, _STEP)
    return {**values, changed.name: changed.prob_to_value(float(np.clip(place, 0, 1)))}


def places(space: keras_tuner.HyperParameters, values: Mapping[str, Any]) -> list[int | None]:
    """Returns the place of each value among those of its hyperparameter; None where the network depends on no value."""
    kept = {*kind_of(values).active(values), "learning_rate"} if KIND in values else set(values)
    return [
        parameter.values.index(values[parameter.name]) if parameter.name in kept else None for parameter in space.space
    ]


def _place(kinds: list[list[Any]], number: int) -> list[Any]:
    """Returns the combination of a number, the last hyperparameter changing first."""
    chosen = []
    for values in reversed(kinds):
        number, place = divmod(number, len(values))
        chosen.append(values[place])
    return chosen[::-1]


def _place_of(space: keras_tuner.HyperParameters, name: str) -> int:
    return [parameter.name for parameter in space.space].index(name)


def _is_choice(parameter: Any) -> bool:
    return isinstance(parameter, keras_tuner.engine.hyperparameters.Choice)


def _different(values: Any) -> list[Any]:
    return [*dict.fromkeys(values)]
