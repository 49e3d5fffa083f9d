"""The section `promises` held against the task and the columns of the table."""

from collections.abc import Iterator
from typing import Any

from modules import tasks
from modules.base.promises import CALIBRATION, CALIBRATION_GAP, GAPS, MEASURES, RATES, Promises
from modules.base.section import Settings
from modules.base.settings import PipelineSettings
from pipeline.config.places import ConfigError, Places, dotted

Place = tuple[Any, ...]
# Lists of promises, and the setting of each that says what it is about.
_MEASURES = {"quality": "metric", "rates": "rate", "gaps": "gap", "compression": "measure"}


def columns(promises: Promises) -> Iterator[tuple[Place, str]]:
    """Yields every column that a promise names, with the field that names it."""
    for place, promise in _listed(promises):
        for i, names in enumerate(getattr(promise, "slices", [])):
            yield from (((*place, "slices", i, j), name) for j, name in enumerate(names))
        for i, name in enumerate(getattr(promise, "columns", [])):
            yield (*place, "columns", i), name
        for field in ("slice", "reference"):
            for name in getattr(promise, field, None) or {}:
                yield (*place, field), name


def values(settings: PipelineSettings) -> Iterator[tuple[str, str, Any]]:
    """Yields every value that a promise names: the full name of its setting, the column, and the value."""
    for place, promise in _listed(settings.promises):
        for field in ("slice", "reference"):
            for name, value in (getattr(promise, field, None) or {}).items():
                yield dotted((*place, field)), name, value
        of_class = getattr(promise, "of_class", None)
        if of_class is not None:
            yield dotted((*place, "of_class")), settings.label.column, of_class


def check_measures(settings: PipelineSettings, places: Places) -> None:
    """Checks that what is promised can be measured of the task.

    Raises:
        ConfigError: If a metric, rate, gap or measure is not one of the task, or a class is named where none is.
    """
    task = tasks.named(settings.label.task)
    for place, promise in _listed(settings.promises):
        field = _MEASURES[place[1]]
        name, known = getattr(promise, field), _known(place[1], task)
        if name not in known:
            what = f"{dotted((*place, field))} is {name}, which a {task.name} task does not have"
            fix = f"Promise one of {', '.join(known)}, or correct label.task"
            raise ConfigError(places.where(*place, field), what, fix)
        if getattr(promise, "of_class", None) is not None and not task.takes_each_class:
            what = f"{dotted((*place, 'of_class'))} is for a task of several classes, and this one is {task.name}"
            raise ConfigError(places.where(*place, "of_class"), what, "Remove of_class")


def check_benchmarks(settings: PipelineSettings, places: Places) -> None:
    """Checks that the step that trains benchmark models is there, where one is to be beaten.

    Raises:
        ConfigError: If it is not.
    """
    if settings.promises.beats and not settings.debugger.enabled:
        what = "promises.beats is about models that the Debugger trains, and debugger.enabled is false"
        raise ConfigError(
            places.where("promises", "beats"), what, "Set debugger.enabled to true, or remove the promise"
        )


def _listed(promises: Promises) -> Iterator[tuple[Place, Settings]]:
    for kind in _MEASURES:
        for number, promise in enumerate(getattr(promises, kind)):
            yield ("promises", kind, number), promise


def _known(kind: str, task: tasks.Task) -> list[str]:
    metrics = [name for name, metric in tasks.METRICS.items() if task.name in metric.measures]
    if not task.has_classes:
        return {"rates": [CALIBRATION], "gaps": [CALIBRATION_GAP]}.get(kind, metrics)
    others = [name for name in MEASURES if name not in tasks.METRICS]
    return {"quality": metrics, "rates": [*RATES], "gaps": [*GAPS], "compression": [*metrics, *others]}[kind]
