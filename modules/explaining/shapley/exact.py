"""Shapley values by enumeration: every coalition is asked."""

import math

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction, Rows
from modules.explaining.shapley.players import Attribution, Players

# At so many players 1,024 coalitions are asked a row, on every row of the background.
MOST_PLAYERS = 10


def explain(function: RawFunction, rows: Rows, background: Rows, players: Players) -> Attribution:
    """Computes the Shapley values of every player, exactly.

    Args:
        function: The model.
        rows: The rows to explain.
        background: The rows that stand for not knowing a column.
        players: At most `MOST_PLAYERS`, or it takes long: 2 to the power of their number coalitions are asked.
    """
    pool = raw_function.joined([rows, background])
    count, others, width = raw_function.count(rows), raw_function.count(background), len(players)
    members = (np.arange(2**width)[:, None] >> np.arange(width)) & 1 == 1  # [coalitions, players]
    behind = count + np.arange(others)
    worths = []
    for number in range(count):
        places = np.where(members[:, None, :], number, behind[None, :, None]).reshape(-1, width)
        worths.append(function(players.rows(pool, places)).reshape(len(members), others, -1).mean(axis=1))
    worth = np.stack(worths)  # [n, coalitions, outputs]
    values = np.empty((count, width, worth.shape[2]))
    sizes = members.sum(axis=1)
    weights = np.array([1.0 / (width * math.comb(width - 1, size)) for size in range(width)])
    for player in range(width):
        without = np.flatnonzero(~members[:, player])
        gained = worth[:, without + 2**player] - worth[:, without]
        values[:, player] = (weights[sizes[without]][:, None] * gained).sum(axis=1)
    return Attribution(players.names, values, worth[0, 0], worth[:, -1])
