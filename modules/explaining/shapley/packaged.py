"""Shapley values by the package shap (https://shap.readthedocs.io), on the same function: a second opinion."""

import contextlib
from collections.abc import Iterator

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction, Rows
from modules.explaining.shapley.players import Attribution, Players
from modules.explaining.shapley.uncompiled import shap


class _Coded:
    """Rows as a matrix of numbers that shap can mix, and the way back.

    A number says which of the different values of a player's columns a row has.
    """

    def __init__(self, function: RawFunction, rows: Rows, background: Rows, players: Players) -> None:
        self._function, self._players = function, players
        self._pool = raw_function.joined([rows, background])
        codes, self._first = [], []
        for group in players.columns:
            parts = [np.unique(self._pool[name], return_inverse=True)[1] for name in group]
            _, first, code = np.unique(np.column_stack(parts), axis=0, return_index=True, return_inverse=True)
            codes.append(code.ravel())
            self._first.append(first)
        matrix = np.column_stack(codes).astype(np.float64)
        self.rows, self.background = np.split(matrix, [raw_function.count(rows)])

    def __call__(self, matrix: np.ndarray) -> np.ndarray:
        """Answers rows that were mixed, [n, outputs]."""
        codes = np.asarray(matrix).astype(np.int64)
        places = np.column_stack([first[codes[:, number]] for number, first in enumerate(self._first)])
        return self._function(self._players.rows(self._pool, places))

    def attribution(self, values: np.ndarray) -> Attribution:
        shaped = np.asarray(values, np.float64).reshape(len(self.rows), len(self._players), -1)
        return Attribution(self._players.names, shaped, self(self.background).mean(axis=0), self(self.rows))


class _Masker:
    """Gives a row's numbers to each row of the background; shap's own one is compiled for seconds before it begins."""

    immutable_outputs = True

    def __init__(self, background: np.ndarray) -> None:
        self._background = background
        self.shape = background.shape

    def __call__(self, mask: np.ndarray, row: np.ndarray) -> tuple[np.ndarray]:
        return (np.where(mask, row, self._background),)


def by_kernel(
    function: RawFunction, rows: Rows, background: Rows, players: Players, coalitions: int, seed: int
) -> Attribution:
    """Fits Shapley values to the worths of some coalitions (Kernel SHAP: Lundberg and Lee, 2017, arXiv:1705.07874).

    Args:
        function: The model.
        rows: The rows to explain.
        background: The rows that stand for not knowing a column.
        players: The players.
        coalitions: How many are asked on every row of the background; where there are no more, it is exact.
        seed: Of the coalitions.
    """
    coded = _Coded(function, rows, background, players)
    explainer = shap.KernelExplainer(coded, coded.background)
    with _seeded(seed):
        values = explainer.shap_values(coded.rows, nsamples=coalitions, l1_reg=False, silent=True)
    return coded.attribution(values)


def by_permutation(
    function: RawFunction, rows: Rows, background: Rows, players: Players, orders: int, seed: int
) -> Attribution:
    """Estimates Shapley values by pairs of orders (shap's PermutationExplainer).

    Args:
        function: The model.
        rows: The rows to explain.
        background: The rows that stand for not knowing a column.
        players: The players.
        orders: How many pairs of orders are walked for each row, on all rows of the background.
        seed: Of the orders.
    """
    coded = _Coded(function, rows, background, players)
    with _seeded(seed):
        explainer = shap.PermutationExplainer(coded, _Masker(coded.background), seed=seed)
        found = explainer(coded.rows, max_evals=orders * (2 * len(players) + 1), silent=True)
    return coded.attribution(found.values)


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seeds the one random state that shap draws from, and puts it back."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)
