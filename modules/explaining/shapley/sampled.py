"""Shapley values by sampling orders in which the columns join: what any number of columns can afford."""

import numpy as np

from modules.explaining import raw_function
from modules.explaining.clock import Clock
from modules.explaining.raw_function import RawFunction, Rows
from modules.explaining.shapley.players import Attribution, Players

# About so many rows are asked at once.
_ASKED = 20_000


def explain(
    function: RawFunction, rows: Rows, background: Rows, players: Players, seed: int, clock: Clock | None = None
) -> Attribution:
    """Estimates the Shapley values of every player.

    Each row of the background becomes the row to explain, player by player, in an order of its own and in the reverse
    of it; what the answer gains at each step is the player's (Castro et al., 2009, doi:10.1016/j.cor.2008.04.004; the
    pairs: Mitchell et al., 2022, arXiv:2104.12199). The values add up to the answer whatever the orders are, and are
    exact where no more than two players act together.

    Args:
        function: The model.
        rows: The rows to explain.
        background: The rows that stand for not knowing a column.
        players: Any number of them: twice as many rows are asked for each row and each row of the background.
        seed: Of the orders.
        clock: Where it is over, the rows that are left are not explained.

    Returns:
        The values of the first rows; of all of them unless the clock stopped it.
    """
    random = np.random.default_rng(seed)
    pool = raw_function.joined([rows, background])
    count, others, width = raw_function.count(rows), raw_function.count(background), len(players)
    answers, behind = function(rows), function(background)
    outputs = answers.shape[1]
    together = max(1, _ASKED // (2 * width * others))
    parts: list[np.ndarray] = []
    for start in range(0, count, together):
        if clock is not None and clock.over and parts:
            break
        numbers = np.arange(start, min(start + together, count))
        orders = random.permuted(np.tile(np.arange(width), (len(numbers), others, 1)), axis=2)
        both = np.stack([orders, orders[..., ::-1]], axis=2)  # [rows, background, 2, players]
        turn = np.argsort(both, axis=3)  # when each player joins
        joined = turn[..., None, :] < np.arange(1, width)[:, None]  # [rows, background, 2, steps between, players]
        places = np.where(
            joined, numbers[:, None, None, None, None], (count + np.arange(others))[None, :, None, None, None]
        )
        asked = function(players.rows(pool, places.reshape(-1, width))) if width > 1 else np.empty((0, outputs))
        between = asked.reshape(len(numbers), others, 2, width - 1, outputs)
        first = np.broadcast_to(behind[None, :, None, None], (len(numbers), others, 2, 1, outputs))
        last = np.broadcast_to(answers[numbers][:, None, None, None], first.shape)
        gained = np.diff(np.concatenate([first, between, last], axis=3), axis=3)  # by step
        by_player = np.take_along_axis(gained, turn[..., None], axis=3)
        parts.append(by_player.mean(axis=(1, 2)))
    values = np.concatenate(parts)
    return Attribution(players.names, values, behind.mean(axis=0), answers[: len(values)])
