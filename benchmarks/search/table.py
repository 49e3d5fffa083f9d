"""A table of all configurations of a search space: each was trained once, and its scores after each epoch are kept."""

import dataclasses
import functools
import gzip
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules import tasks
from modules.base.settings import SearchSpace, Tuner

FOLDER = os.path.join(os.path.dirname(__file__), "tables")
# A float32 of a score near 1 has seven digits; the sixth decimal is far below what another seed changes.
_DECIMALS = 6


@dataclasses.dataclass(frozen=True)
class Training:
    """All configurations, trained with one seed.

    Attributes:
        seed: The seed of initial weights, dropout, and the order of the rows.
        validation: What the search watches, after each epoch, float64 [configurations, epochs].
        test: The same metric of the test rows, which no search sees.
    """

    seed: int
    validation: np.ndarray
    test: np.ndarray


@dataclasses.dataclass(frozen=True)
class SearchTable:
    """A table.

    Attributes:
        name: Its name, on the command line too.
        config: Whose rows, encoding and batches they are: a pipeline.yaml.
        metric: The name of the score in `tasks.METRICS`.
        made: How and on what it was made, in words.
        space: The space, finite: each point is a configuration.
        points: The configurations, in the order of the rows of the trainings.
        trainings: What was measured; searches are replayed on the first, the others say how much a seed changes.
    """

    name: str
    config: str
    metric: str
    made: str
    space: SearchSpace
    points: Sequence[Mapping[str, Any]]
    trainings: Sequence[Training]

    @property
    def epochs(self) -> int:
        """Epochs for which each configuration was trained."""
        return int(self.trainings[0].validation.shape[1])

    @property
    def mode(self) -> str:
        """Whether a high score is a good one: `max` or `min`."""
        return "max" if tasks.METRICS[self.metric].higher_is_better else "min"

    @property
    def sign(self) -> float:
        """What scores are multiplied by so that the highest is the best."""
        return 1.0 if self.mode == "max" else -1.0

    @property
    def monitor(self) -> str:
        """The score's name, as the search has it."""
        return f"val_{self.metric}"

    @functools.cached_property
    def best_epochs(self) -> np.ndarray:
        """The epoch after which each configuration has its best validation score, from 0, int64 [configurations]."""
        return np.argmax(self.sign * self.trainings[0].validation, axis=1)

    @functools.cached_property
    def scores(self) -> np.ndarray:
        """The best validation score of each configuration that is trained to the end, float64 [configurations]."""
        return self._at_best(self.trainings[0].validation)

    @functools.cached_property
    def test_scores(self) -> np.ndarray:
        """The test score of each configuration after the epoch of its best validation score."""
        return self._at_best(self.trainings[0].test)

    def _at_best(self, values: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, self.best_epochs[:, None], axis=1)[:, 0]

    @functools.cached_property
    def _places(self) -> dict[tuple[Any, ...], int]:
        return {self._key(point): place for place, point in enumerate(self.points)}

    def place(self, values: Mapping[str, Any]) -> int:
        """Returns the row of a configuration; a trial's values may hold more than its hyperparameters."""
        return self._places[self._key(values)]

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.points[0])

    def settings(self, strategy: str, **others: Any) -> Tuner:
        """Returns the section `tuner` of a search of this table's space; the other settings are the product's."""
        given = {"strategy": strategy, "search_space": self.space, "max_epochs": self.epochs}
        return Tuner.model_validate(given | others)


def path(name: str) -> str:
    """Returns the file of a table of this repository."""
    return os.path.join(FOLDER, f"{name}.json.gz")


def write(file: str, table: SearchTable) -> None:
    """Writes a table as compressed JSON; the same table makes the same bytes."""
    entry = {
        "name": table.name,
        "config": table.config,
        "metric": table.metric,
        "made": table.made,
        "space": table.space.model_dump(),
        "hyperparameters": [*table.points[0]],
        "points": [[*point.values()] for point in table.points],
        "trainings": [
            {"seed": one.seed, "validation": _rounded(one.validation), "test": _rounded(one.test)}
            for one in table.trainings
        ],
    }
    content = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    with open(file, "wb") as out:
        out.write(gzip.compress(content.encode(), mtime=0))


def read(file: str) -> SearchTable:
    """Reads what `write` wrote."""
    with gzip.open(file, "rt", encoding="utf-8") as source:
        entry = json.load(source)
    names, points = entry.pop("hyperparameters"), entry.pop("points")
    trainings = [
        Training(one["seed"], np.array(one["validation"]), np.array(one["test"])) for one in entry.pop("trainings")
    ]
    return SearchTable(
        **entry | {"space": SearchSpace(**entry["space"])},
        points=[dict(zip(names, values, strict=True)) for values in points],
        trainings=trainings,
    )


def _rounded(values: np.ndarray) -> list[list[float]]:
    return np.round(values, _DECIMALS).tolist()
