"""Small changes that are looked for: how far a row is from another decision.

The numbers of a row move in units of their standard deviation, each by at most a radius. The file that ships has no
gradients: they are central differences of its own answers, over half the radius to either side, so that steps of its
bins and of its rounding are seen as an attacker would.

References:
    Goodfellow, Shlens and Szegedy, Explaining and Harnessing Adversarial Examples, 2015 (arXiv:1412.6572): one step.
    Madry et al., Towards Deep Learning Models Resistant to Adversarial Attacks, 2018 (arXiv:1706.06083): several.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.debugging.movement import Movement
from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

_STEPS = 5
_LEAST_PROBABILITY = 1e-7
_ROUNDING = 1e-9


@dataclasses.dataclass(frozen=True)
class NumberSpace:
    """The numeric columns that are moved.

    Attributes:
        columns: The columns.
        scales: Standard deviation of each.
        lows: The lowest number that each may become: the lowest of the training rows.
        highs: The highest one.
    """

    columns: Sequence[RawColumn]
    scales: np.ndarray
    lows: np.ndarray
    highs: np.ndarray

    def moved(self, rows: Rows, by: np.ndarray) -> Rows:
        """Returns rows whose numbers are moved; missing ones stay, and integers move by whole numbers.

        Args:
            rows: The rows.
            by: In standard deviations, [n, columns].
        """
        made = {}
        for place, column in enumerate(self.columns):
            values = rows[column.name]
            known = values.astype(np.float64)
            wanted = known + by[:, place] * self.scales[place]
            # A row that lies beyond the training rows may stay where it is.
            wanted = np.clip(wanted, np.minimum(self.lows[place], known), np.maximum(self.highs[place], known))
            missing = column.is_missing(values)
            if column.dtype != "float32":  # no whole number beyond the radius
                wanted = known + np.trunc((wanted - known) * (1 + _ROUNDING))
            made[column.name] = np.where(missing, values, np.where(missing, 0, wanted).astype(column.dtype))
        return raw_function.replaced(rows, made)


def margins(movement: Movement, usual: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Returns how far answers are from another one than the usual, [n]: the attacks lower it.

    Args:
        movement: What counts as another answer.
        usual: The answers to the rows as they are, [n, outputs].
        answers: Those to changed rows.
    """
    if not movement.classes:
        return -(answers - usual)[:, 0]
    logs = np.log(np.clip(answers, _LEAST_PROBABILITY, 1.0))
    decided = movement.decided(usual)
    if answers.shape[1] == 1:
        odds = logs[:, 0] - np.log(np.clip(1.0 - answers[:, 0], _LEAST_PROBABILITY, 1.0))
        return np.where(decided == 1, odds, -odds)
    own = np.take_along_axis(logs, decided[:, None], axis=1)[:, 0]
    np.put_along_axis(logs, decided[:, None], -np.inf, axis=1)
    return own - logs.max(axis=1)


def gradients(
    function: RawFunction,
    movement: Movement,
    space: NumberSpace,
    rows: Rows,
    by: np.ndarray,
    usual: np.ndarray,
    step: float,
) -> np.ndarray:
    """Returns central differences of the margin, [n, columns], where the rows are already moved.

    Args:
        function: The model.
        movement: What counts as another answer.
        space: The columns.
        rows: The rows as they are.
        by: How far they are moved, [n, columns].
        usual: The answers to the rows as they are.
        step: How far to either side, in standard deviations; of integers at least a whole number.
    """
    count, width = by.shape
    tables = []
    for place, column in enumerate(space.columns):
        whole = 0.0 if column.dtype == "float32" else 1.0 / space.scales[place]
        for side in (1.0, -1.0):
            aside = by.copy()
            aside[:, place] += side * max(step, whole)
            tables.append(space.moved(rows, aside))
    answers = function(raw_function.joined(tables)).reshape(width, 2, count, -1)
    both = [[margins(movement, usual, answers[place, side]) for side in (0, 1)] for place in range(width)]
    return np.stack([up - down for up, down in both], axis=1)


def attack(
    function: RawFunction, movement: Movement, space: NumberSpace, rows: Rows, radius: float, seed: int
) -> dict[str, np.ndarray]:
    """Looks for another answer within a radius.

    Args:
        function: The model.
        movement: What counts as another answer.
        space: The columns that are moved.
        rows: The rows.
        radius: How far each number may move, in standard deviations.
        seed: Draws the noise.

    Returns:
        Which rows get another answer, bool [n]: by `noise`, the same size in a drawn direction; by `fgsm`, one step
        along the signs of the gradients; by `pgd`, five smaller ones, and that of `fgsm`.
    """
    usual = function(rows)
    still = np.zeros((len(usual), len(space.columns)))
    noise = np.random.default_rng(seed).choice([-radius, radius], still.shape)

    def changed(by: np.ndarray) -> np.ndarray:
        return movement.changed(usual, function(space.moved(rows, by)))

    first = gradients(function, movement, space, rows, still, usual, radius / 2)
    found = {"noise": changed(noise), "fgsm": changed(-radius * np.sign(first))}
    ever, by = found["fgsm"].copy(), still
    for number in range(_STEPS):
        slope = first if number == 0 else gradients(function, movement, space, rows, by, usual, radius / 2)
        by = np.clip(by - 2 * radius / _STEPS * np.sign(slope), -radius, radius)
        ever |= changed(by)
    return found | {"pgd": ever}


def swaps(
    function: RawFunction, movement: Movement, rows: Rows, categories: Mapping[str, Sequence[bytes | int]], most: int
) -> np.ndarray:
    """Changes one category after the other, each time the one that brings a row nearest to another answer.

    Args:
        function: The model.
        movement: What counts as another answer.
        rows: The rows.
        categories: The values that each column may become.
        most: How many columns of a row may change.

    Returns:
        Which rows got another answer after so many changes, bool [most, n].
    """
    usual, current = function(rows), rows
    count, ever = len(usual), np.zeros(len(usual), bool)
    choices = [(name, value) for name, values in categories.items() for value in values]
    found, touched = [], {name: np.zeros(count, bool) for name in categories}
    for _ in range(most):
        tables = []
        for name, value in choices:
            tables.append(raw_function.replaced(current, {name: function.column(name).filled(count, value)}))
        answers = function(raw_function.joined(tables)).reshape(len(choices), count, -1)
        left = np.stack([margins(movement, usual, of_choice) for of_choice in answers])
        for place, (name, _) in enumerate(choices):
            left[place, touched[name]] = np.inf
        best = left.argmin(axis=0)
        for place, (name, value) in enumerate(choices):
            rows_of = (best == place) & np.isfinite(left[place])
            swapped = np.where(rows_of, function.column(name).filled(count, value), current[name])
            current = raw_function.replaced(current, {name: swapped})
            touched[name] |= rows_of
        ever = ever | movement.changed(usual, function(current))
        found.append(ever)
    return np.stack(found)
