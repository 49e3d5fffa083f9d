"""The files that are drafted, each choice with its reason beside it."""

import contextlib
import json
import os
import uuid
from typing import Any

from modules.base import credentials, writing
from modules.base.errors import UserError
from modules.contracts import schema as contract
from pipeline.config.writing import flow, visible
from pipeline.drafting import binning, compressing, names, sample, schema, splits, teaching
from pipeline.drafting.plan import Plan, make

CONFIG, SCHEMA = "pipeline.yaml", contract.FILE
_COLUMN = 31
_ENTRY = "    - "  # begins an entry of a list


def draft(
    table: str, label: str | None, name: str | None, parent: str = "data", folder: str | None = None
) -> tuple[Plan, str]:
    """Looks at a table and writes its config and schema.

    Args:
        table: A file, a folder or a pattern, as `data.train` takes it.
        label: The label's column, or None to guess it.
        name: The pipeline's name, or None to make it from the table's.
        parent: The folder in which the data set's folder is made.
        folder: The data set's folder itself, where it is not called as the pipeline is.

    Returns:
        The decisions, and the path of the config.

    Raises:
        UserError: If the table, the label or the name cannot be used, or a file would be overwritten.
    """
    if credential := credentials.in_address(table):
        raise UserError(table, f"holds {credential}, which would be in the config", credentials.ELSEWHERE)
    name = name if name is not None else names.pipeline_name(table)
    if not names.is_pipeline_name(name):
        fix = "Give --name a name of lower-case letters, digits and _, that begins with a letter"
        raise UserError(f"--name {name}", "is not the name of a pipeline", fix)
    folder = folder or os.path.join(parent, name)
    if os.path.lexists(os.path.join(folder, CONFIG)):
        raise _there(os.path.join(folder, CONFIG))
    plan = make(sample.take(table), label)
    texts = {SCHEMA: schema.draft(plan), CONFIG: config_text(plan, name, _place(table, folder))}
    try:
        os.makedirs(folder, exist_ok=True)
        for file, text in texts.items():
            _write_new(os.path.join(folder, file), text)
    except OSError as error:
        where, fix = error.filename or folder, "Go to a folder that you may write to"
        raise UserError(str(where), f"cannot be written ({error.strerror})", fix) from None
    return plan, os.path.join(folder, CONFIG)


def _write_new(path: str, text: str) -> None:
    """Writes a file whole or not at all, and never over another one.

    One that holds the same is left: an earlier init may have been killed when it had written the schema.
    """
    staged = os.path.join(os.path.dirname(path), f".{uuid.uuid4().hex}{writing.STAGED}")
    try:
        with writing.whole(staged) as file:
            file.write(text)
        _link(staged, path)
    except FileExistsError:
        if os.path.islink(path) or not os.path.isfile(path) or _read(path) != text.encode():
            raise _there(path) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(staged)


def _link(staged: str, path: str) -> None:
    """Gives a file its name, unless something has it: a rename would take its place."""
    try:
        os.link(staged, path)
    except FileExistsError:
        raise
    except OSError:  # a filesystem without links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.rename(staged, path)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _there(path: str) -> UserError:
    return UserError(
        path, "is there already, and init overwrites nothing", "Give --name another, or move that file away"
    )


def _place(table: str, folder: str) -> str:
    """Returns a table's path from the folder of the config, if it lies below this folder, and else from the root."""
    if "://" in table:
        return table
    path = os.path.abspath(table)
    below = os.path.commonpath([path, os.getcwd()]) == os.getcwd()
    return os.path.relpath(path, folder) if below else path


class _Lines:
    """Lines of YAML with their comments in one column."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, text: str = "", why: str = "") -> None:
        self.lines.append(f"{text.ljust(_COLUMN - 2)}  # {visible(' '.join(why.split()))}" if why else text)

    def comment(self, text: str, indent: int = 0) -> None:
        self.lines.append(f"{' ' * indent}# {visible(' '.join(text.split()))}")

    def columns(self, key: str, reasons: dict[str, str], nested: bool = False) -> None:
        """Writes a list of columns, a line each with its reason."""
        if reasons:
            self.add(f"  {key}:")
        for column, why in reasons.items():
            self.add(f"    - [{flow(column)}]" if nested else f"    - {flow(column)}", why)


def config_text(plan: Plan, name: str, place: str) -> str:
    """Returns the text of pipeline.yaml.

    Args:
        plan: The decisions.
        name: The pipeline's name.
        place: The table, as seen from the config's folder.
    """
    lines = _Lines()
    rows, width = plan.sample.rows, len(plan.sample.columns)
    lines.comment(
        f"Drafted by init from {plan.sample.table}: {rows:,} rows, {width} columns; each choice has its reason."
    )
    lines.comment("Keys that are not here have their defaults; data/census_income/pipeline.yaml explains all of them.")
    for title, remarks in (("To check", plan.checks), ("Seen", plan.notes)):
        if remarks:
            lines.comment(f"{title}:")
        for text in remarks:
            lines.comment(f"- {text}")
    lines.add()
    lines.add(f"name: {name}")
    lines.add()
    lines.add("data:")
    lines.add(f"  train: {flow(place)}")
    _split(lines, plan.split)
    if plan.sample.text:
        _style(lines, plan)
    lines.add(f"  schema_file: {SCHEMA}", "types and values of the columns, drafted beside this file; edit it, too")
    lines.add()
    _label(lines, plan)
    bins = binning.told(plan)
    if bins:
        lines.add()
        lines.comment(f"Numeric columns get {bins}. features.quantile_bins sets another number.")
    if plan.exclude or plan.categorical or plan.log_scale or plan.timestamps:
        lines.add()
        lines.add("features:", "every column but the label is a feature, unless it is excluded")
        lines.columns("exclude", plan.exclude)
        lines.columns("categorical", plan.categorical)
        lines.columns("log_scale", plan.log_scale)
        lines.columns("timestamps", plan.timestamps)
    _teaching(lines, plan)
    if chosen := compressing.choose(plan):
        loss, why = chosen
        lines.add()
        lines.add("quantizer:")
        lines.add(f"  max_loss: {loss}", why)
    lines.add()
    lines.add("evaluation:")
    lines.columns("slices", plan.slices, nested=True)
    lines.add("  gates:", "a limit, and how much worse than the last blessed model a new one may be")
    lines.comment(plan.gate.reason, 4)
    limits = ", ".join(f"{key}: {value:g}" for key, value in plan.gate.settings.items())
    lines.add(f"    {plan.gate.metric}: {{{limits}}}")
    _promises(lines, plan)
    return "\n".join(lines.lines) + "\n"


def _teaching(lines: _Lines, plan: Plan) -> None:
    taught = teaching.choose(plan)
    if taught:
        lines.add()
        lines.add("trainer:")
        lines.add("  teacher: boosted_trees", taught.why)
        if taught.depth or taught.categories:
            lines.add("  trees:")
        if taught.depth:
            why = "more than the default: of so many rows and few columns, they find what columns say together"
            lines.add(f"    depth: {taught.depth}", why)
        if taught.categories:
            why = "columns of so many categories or fewer are split by single ones: there are many such columns, or one"
            lines.add(f"    one_hot_categories: {taught.categories}", why)
        lines.add()
        lines.add("distillation:")
        if taught.dropout is not None:
            lines.add(f"  dropout: {taught.dropout}", "synthetic rows are regularization enough")
        augment = f"{{method: gibbs, times: {taught.times}}}"
        lines.add(f"  augment: {augment}", "synthetic rows, labelled by the trees, for the network to learn from")


def _promises(lines: _Lines, plan: Plan) -> None:
    """Adds what could be promised, as comments that are a section once their # is taken away."""
    if plan.promises:
        lines.add()
        lines.comment("Some columns are protected attributes by their names. To promise something about their groups,")
        lines.comment("take the # from promises:, and from what you want below it; a run says whether it is kept.")
        lines.add("#")
    section, told = _Lines(), ""
    for text, why in plan.promises:
        if text.startswith(_ENTRY):
            if why and why != told:
                section.comment(why, len(_ENTRY) - 2)
            section.add(text)
            told = why or told
        else:
            section.add(text, why)
    lines.lines += [f"# {line}" for line in section.lines]


def _split(lines: _Lines, split: splits.Split) -> None:
    key, column = ("group_column", split.group) if split.group else ("time_column", split.time)
    if column is not None:
        lines.add(f"  {key}: {flow(column)}", split.reason)
    else:
        lines.comment(f"Rows are split {split.reason}.", 2)
    if split.alternative:
        lines.comment(split.alternative, 2)
    if split.fractions_because:
        lines.add(f"  test_fraction: {split.test:g}", split.fractions_because)
        lines.add(f"  validation_fraction: {split.validation:g}")


def _style(lines: _Lines, plan: Plan) -> None:
    style, tokens = plan.sample.style, plan.sample.tokens
    words = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    word = words.get(str(style.delimiter), "rare character")
    lines.add(f"  delimiter: {json.dumps(style.delimiter)}", f"a {word} by the first rows")
    if style.quote != '"':
        lines.add(f"  quote: {json.dumps(style.quote)}", "cells begin and end with it")
    if style.encoding != "utf-8":
        why = "by its byte order mark" if style.encoding.startswith("utf") else "it is no UTF-8; a guess"
        lines.add(f"  encoding: {style.encoding}", why)
    if style.decimal != ".":
        lines.add(f"  decimal: {json.dumps(style.decimal)}", "numbers such as 1,5")
    if tokens:
        seen = ", ".join(f"{token!r} (as in {column})" for token, column in tokens.items())
        lines.add(f"  missing_values: {json.dumps(style.missing_values)}", f"besides the empty cell: {seen}")


def _label(lines: _Lines, plan: Plan) -> None:
    target = plan.target
    lines.add("label:")
    lines.add(f"  column: {flow(target.column.name)}", target.why)
    lines.add(f"  task: {target.task}", target.because)
    section: dict[str, Any] = splits.label_section(target)
    if target.positive is not None:
        lines.add(f"  positive_class: {flow(section['positive_class'])}", target.positive_because)
    if target.log_because:
        lines.add("  log_scale: true", target.log_because)
    if target.classes:
        value, count = list(target.classes.items())[-1]
        share = count / sum(target.classes.values())
        if share < 0.05:
            why = f"class {flow(str(value))} is {share:.1%} of the rows; balanced gives every class the same weight"
            lines.add("  class_weights: none", why)
