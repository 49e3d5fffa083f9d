"""The results of finished tables, kept so that hours of measuring survive a stop."""

import dataclasses
import json
import os

import numpy as np

from benchmarks.quality.comparing import Estimated
from benchmarks.quality.page import SeedResult
from benchmarks.quality.product import Shipped
from modules.base import writing


def write(folder: str, name: str, seed: int, result: SeedResult) -> None:
    """Keeps the result of a table with a seed; predictions are not kept."""
    shipped = {
        field.name: getattr(result.shipped, field.name)
        for field in dataclasses.fields(Shipped)
        if field.name != "predictions"
    }
    content = result._asdict() | {
        "shipped": shipped,
        "values": [dataclasses.asdict(value) for value in result.values],
        "difference": dataclasses.asdict(result.difference),
    }
    os.makedirs(folder, exist_ok=True)
    with writing.whole(_path(folder, name, seed)) as file:
        json.dump(content, file, indent=1)


def read(folder: str, name: str, seed: int) -> SeedResult | None:
    """Returns the result of a table with a seed; none where it was not measured."""
    path = _path(folder, name, seed)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    content["shipped"] = Shipped(predictions=np.empty((0, 0)), **content["shipped"])
    content["values"] = [Estimated(**value) for value in content["values"]]
    content["difference"] = Estimated(**content["difference"])
    return SeedResult(**content)


def _path(folder: str, name: str, seed: int) -> str:
    return os.path.join(folder, f"{name}-{seed}.json")
