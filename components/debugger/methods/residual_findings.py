"""What the residuals ask somebody to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from modules.base import numerals
from modules.debugging.findings import finding

_SIGNIFICANCE = 0.05
# A structure of less than this share of a residual's standard deviation is real on many rows, and too small to act on.
_WORTH = 0.05
_MOST_COLUMNS, _MOST_SLICES = 2, 2


def found(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the findings of a content without them."""
    made = [*_of_predictions(content), *_of_columns(content), *_of_time(content), *_of_slices(content)]
    if made:
        return made
    against = f"the prediction or any of {content['columns']:,} columns"
    what = f"The residuals show no structure worth acting on against {against}."
    return [finding("good", what, "Nothing.")]


def _of_predictions(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = []
    for one in _worth(content["prediction"])[:1]:
        advice = (
            "Recalibrate: another temperature of the distillation, more epochs, or a correction of the probabilities "
            "where they are used."
            if content["has_classes"]
            else "Try label.log_scale, more units or a longer training: the model does not reach the ends of the label."
        )
        made.append(finding("warning", _said(one, content), advice))
    return made


def _of_columns(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    drawn = [one for one in content["by_column"] if "levels" in one]
    advice = (
        "The column tells more than the model has learnt: give it more room (units, bins) or more such rows; one that "
        "it does not read, let it read if it is known before the label is."
    )
    return [finding("warning", _said(one, content), advice) for one in _worth(drawn)[:_MOST_COLUMNS]]


def _of_time(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    following = content["autocorrelation"]
    if following is None or following["p_value"] > _SIGNIFICANCE or abs(following["value"]) < _WORTH:
        return []
    correlation = f"correlated by {numerals.written(following['value'], '.3f')}"
    what = (
        f"Residuals of rows that follow one another in {content['time']} are {correlation}: the model misses something "
        "that changes with time."
    )
    advice = "Add columns of the time or of earlier rows; split by time (data.time_column), for an honest test."
    return [finding("warning", what, advice)]


def _of_slices(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    off = [one for one in content["slices"] if one["p_value"] <= _SIGNIFICANCE and _is_far(one)]
    told = {level["level"] for one in _worth(content["by_column"])[:_MOST_COLUMNS] for level in one.get("levels", ())}
    advice = "Collect more such rows, or correct the answers of this slice where they are used; a promise can watch it."
    return [
        finding("warning", f"{_where(one, content)}.", advice)
        for one in [slice_ for slice_ in off if slice_["level"] not in told][:_MOST_SLICES]
    ]


def _worth(structures: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in structures if one["p_value"] <= _SIGNIFICANCE and one["strength"] >= _WORTH]


def _is_far(one: Mapping[str, Any]) -> bool:
    """Tells whether a slice is off by a tenth of what is observed, even at the near end of its interval."""
    near = min(abs(one["low"]), abs(one["high"])) if one["low"] * one["high"] > 0 else 0.0
    return near >= 0.1 * abs(one["observed"])


def _said(one: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Says where a structure is strongest: in the level that is surely farthest off."""
    worst = max(one["levels"], key=lambda level: max(level["low"], -level["high"]))
    where = _where({**worst, "output": one["output"]}, content)
    return f"{where}; the levels differ beyond chance (p = {one['p_value']:.2g})."


def _where(level: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    more = "too low" if level["mean"] > 0 else "too high"
    of_class = f" of {level['output']}" if content["has_classes"] else ""
    predicted, observed = (numerals.written(level[name], ".3g") for name in ("predicted", "observed"))
    ends = numerals.interval(level["low"], level["high"], "+.2g")
    return (
        f"{level['level']}: predicted{of_class} {predicted} on average, observed {observed}, "
        f"{abs(level['mean']):.2g} {more} (95 %: {ends}, {level['rows']:,} rows)"
    )
