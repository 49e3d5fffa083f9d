"""LIME: linear models around single rows, beside the Shapley values of the same rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from components.explainer import drawn_rows
from components.explainer.drawn_rows import DrawnRows
from modules.base import questions
from modules.explaining import agreement, lime, raw_function
from modules.explaining.chosen_rows import ChosenRow
from modules.explaining.lime import LocalFit
from modules.explaining.raw_function import Rows
from modules.explaining.shapley import sampled
from modules.explaining.shapley.players import OTHERS

_SAMPLES = 1_000
_ROWS = 20
# So many cells are asked at most around one row.
_CELLS = 2_000_000


def explain(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Fits linear models around chosen and drawn test rows, and compares them with Shapley values.

    Args:
        asked: The model.
        settings: Not read: rows and seconds are in `asked`.
    """
    drawn, chosen = drawn_rows.draw(asked), drawn_rows.choose(asked)
    wanted = [*chosen, *_further(asked, drawn)]
    rows = raw_function.taken(asked.test.rows, np.array([row.place for row in wanted]))
    moved = sampled.explain(asked.function, rows, drawn.background, drawn.players, asked.seed)
    fits: list[LocalFit] = []
    for number, row in enumerate(wanted):
        if asked.clock.over and fits:
            break
        fits.append(_fit(asked, drawn, raw_function.taken(rows, np.array([number])), row.output))
    names = [name for name in drawn.players.names if name != OTHERS]
    shapley = [
        {name: abs(float(moved.values[number, list(moved.players).index(name), row.output])) for name in names}
        for number, row in enumerate(wanted[: len(fits)])
    ]
    correlations = [agreement.of_columns(_absolute(fit), other) for fit, other in zip(fits, shapley, strict=True)]
    known = [one for one in correlations if one is not None]
    mean = _mean([_absolute(fit) for fit in fits])
    content = {
        "samples": _samples(asked),
        "rows": len(fits),
        "poor": sum(fit.is_poor for fit in fits),
        "limit": lime.POOR,
        "r_squared": {
            "median": _short(float(np.median([fit.r_squared for fit in fits]))),
            "lowest": _short(min(fit.r_squared for fit in fits)),
        },
        "mean_absolute": {name: _short(mean[name]) for name in sorted(mean, key=lambda name: -mean[name])},
        "agreement": {
            "with": "shapley",
            "all_rows": _rounded(agreement.of_columns(mean, _mean(shapley))),
            "median_of_rows": _rounded(float(np.median(known)) if known else None),
        },
        "single_rows": [
            {
                "row": int(asked.test.numbers[row.place]) + 1,
                "why": row.why,
                "output": asked.function.outputs[row.output],
                **_described(fit),
                "rank_correlation": _rounded(correlation),
            }
            for row, fit, correlation in zip(chosen, fits, correlations, strict=False)
        ],
    }
    return content, asked.clock.stopped(len(fits), len(wanted), "rows") if len(fits) < len(wanted) else ""


def _further(asked: AskedModel, drawn: DrawnRows) -> list[ChosenRow]:
    """Returns some of the drawn rows, each with the output that it is looked at for."""
    several = len(asked.function.outputs) > 1
    places = drawn.rows.numbers[:_ROWS]
    return [ChosenRow(int(at), "", int(np.argmax(asked.test_answers[at])) if several else 0) for at in places]


def _samples(asked: AskedModel) -> int:
    return int(np.clip(_CELLS // len(asked.function.columns), 200, _SAMPLES))


def _fit(asked: AskedModel, drawn: DrawnRows, row: Rows, output: int) -> LocalFit:
    names = [name for name in drawn.players.names if name != OTHERS]
    return lime.explain(
        asked.function, row, asked.training.rows, output, asked.seed, names=names, samples=_samples(asked)
    )


def _absolute(fit: LocalFit) -> Mapping[str, float]:
    return {name: abs(weight) for name, weight in fit.all_weights.items()}


def _mean(of_rows: list[Any]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in of_rows])) for name in of_rows[0]}


def _described(fit: LocalFit) -> dict[str, Any]:
    return {
        "answer": _short(fit.answer),
        "fitted": _short(fit.fitted),
        "r_squared": _short(fit.r_squared),
        "is_poor": fit.is_poor,
        "weights": [
            {"column": name, "alike": fit.alike[name], "weight": _short(weight)} for name, weight in fit.weights.items()
        ],
    }


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
