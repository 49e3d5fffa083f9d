"""From a table to a pushed model in one call: what `init` and `run` do, one after the other."""

import os
from collections.abc import Mapping
from typing import Any

from modules.base.errors import UserError
from pipeline import bootstrap, terminal
from pipeline import config as configs
from pipeline.drafting import draft, names, report
from pipeline.python import following, frames, overrides
from pipeline.python.fitted import FittedRun

_CONFIG_ENDS = (".yaml", ".yml")


def fit(
    table: Any,
    label: str | Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    output: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> FittedRun:
    """Drafts a config for a table, runs the pipeline, and shows its steps.

    The run is that of the shell: `init` and `run` with the same table and settings take every step from its cache. It
    goes on in a process of its own; Ctrl-C, or the interruption of the kernel, stops it.

    Args:
        table: A DataFrame or an Arrow table, which is written to the run's folder with the drafted config beside it.
            Or a path as `data.train` takes it, whose config is drafted as `init` does, once, into data/<name>. Or the
            path of a pipeline.yaml.
        label: What is to be predicted: the column, or the section `label` as a dict. None: a guess, or what the config
            says.
        name: The pipeline's name. None: of a file its name, of a DataFrame the label's; or what the config says.
        output: Folder of the run. None: out/<name>.
        **settings: Sections of the config as dicts, such as `tuner={"max_epochs": 3}`; a key that is left out stays as
            it was drafted. A dotted key, as in `**{"evaluation.gates": {...}}`, sets the whole of it, as `--set` does.

    Returns:
        The run. A gate that refuses is no exception but a state of it: `run.blessed`, `run.verdict`.

    Raises:
        UserError: If the config or the table cannot be used, or a step fails; in the words of the command.
        following.Interrupted: If somebody stops it.
    """
    section = dict(label) if isinstance(label, Mapping) else {}
    column = section.pop("column", None) if isinstance(label, Mapping) else label
    changes = overrides.texts({**({"label": section} if section else {}), **settings})
    path = os.fspath(table) if isinstance(table, str | os.PathLike) else None
    if path is not None and path.lower().endswith(_CONFIG_ENDS):
        config, given = path, {"name": name, "label.column": column}
        changes += overrides.texts({key: value for key, value in given.items() if value is not None})
    elif path is not None:
        config = _drafted(path, column, name)
    else:
        called = name or names.pipeline_name(column or "")
        config = frames.drafted(table, column, called, os.fspath(output or os.path.join("out", called)))
    loaded = configs.load(config, changes)
    folder = os.fspath(output or os.path.join("out", loaded.name))
    told = following.run(config, folder, changes)
    if told.error is not None and not (told.gate and told.number):
        raise told.error
    if told.error is not None:
        terminal.say(str(told.error))
    return FittedRun(config, folder, told.number, bootstrap.run_command(config, folder, changes), told.error)


def _drafted(table: str, label: str | None, name: str | None) -> str:
    """Drafts the config of a table as `init` does, or returns the one that was drafted for it before."""
    called = name or names.pipeline_name(table)
    config = os.path.join("data", called, draft.CONFIG)
    if not os.path.exists(config):
        plan, config = draft.draft(table, label, called)
        terminal.say(report.decisions(plan, config))
        return config
    there = configs.load(config)
    same = there.data.train == (table if "://" in table else os.path.abspath(table))
    if not same or label not in (None, there.label.column):
        whose = f"predicts {there.label.column!r}" if same else f"is of {there.data.train}"
        fix = "Give another name=, move that file away, or call fit with its path"
        raise UserError(config, f"is there already, and {whose}", fix)
    return config
