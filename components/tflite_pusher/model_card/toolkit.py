"""The model card as JSON by the schema v0.0.2 of the Model Card Toolkit.

https://github.com/tensorflow/model-card-toolkit: schema/v0.0.2/model_card.schema.json. What the schema has no field for
(release checks, promises, training, lineage) stands in `model_details.documentation`, as text.
"""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from components.reporter.readings import OVERALL
from components.tflite_pusher.model_card import outline
from components.tflite_pusher.model_card.content import CardContent, Measured

_SCHEMA = "0.0.2"
# What an SPDX licence identifier is made of (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/).
_SPDX = re.compile(r"[A-Za-z0-9.+-]+")


def render(content: CardContent) -> dict[str, Any]:
    """Returns the card as JSON holds it; what nobody has said is left out."""
    said = content.said
    parts = {part.title: outline.plain(part) for part in outline.parts(content)}
    documented = [parts[title] for title in ("Release checks", "Promises", "Training", "Lineage") if title in parts]
    return {
        "schema_version": _SCHEMA,
        "model_details": _without_none(
            name=content.name,
            overview=said.description,
            documentation="\n\n".join(documented),
            owners=[{"name": owner} for owner in said.owners] or None,
            version=_version(content.version),
            licenses=[_license(said.license)] if said.license else None,
        ),
        "model_parameters": {
            "model_architecture": parts["Model"],
            "data": _data(content),
            "input_format": parts["Inputs"],
            "output_format": content.answer,
        },
        "quantitative_analysis": {"performance_metrics": [_metric(one) for one in content.measured]},
        "considerations": _without_none(
            use_cases=_described(said.intended_use),
            limitations=_described(said.limitations),
            ethical_considerations=[{"name": text} for text in said.ethical_considerations] or None,
        ),
    }


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _version(name: str) -> dict[str, str]:
    try:
        date = datetime.datetime.strptime(name[:8], "%Y%m%d").date()
    except ValueError:
        return {"name": name}
    return {"name": name, "date": date.isoformat()}


def _license(text: str) -> dict[str, str]:
    return {"identifier": text} if _SPDX.fullmatch(text) else {"custom_text": text}


def _described(texts: Sequence[str]) -> list[dict[str, str]] | None:
    return [{"description": text} for text in texts] or None


def _data(content: CardContent) -> list[dict[str, Any]]:
    licence = f"; licence: {content.said.data_license}" if content.said.data_license else ""
    return [
        {"name": split, "description": f"{rows:,} rows of {', '.join(content.tables)}{licence}"}
        for split, rows in content.rows.items()
    ]


def _metric(one: Measured) -> dict[str, Any]:
    metric: dict[str, Any] = {"type": one.name, "value": one.reading.value}
    if one.slice != OVERALL:
        metric["slice"] = one.slice
    if one.reading.low is not None:
        metric["confidence_interval"] = {"lower_bound": one.reading.low, "upper_bound": one.reading.high}
    return metric
