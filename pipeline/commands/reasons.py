"""The commands `explain` and `what-if`: why a row gets its answer, and what another row would get."""

import dataclasses
from collections.abc import Mapping, Sequence

from modules.base.errors import DataError
from modules.contracts.tflite import ModelCard
from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction
from modules.tflite import opening
from pipeline import terminal
from pipeline.commands import asked_rows, reasoning
from pipeline.commands.reasoning import Question


@dataclasses.dataclass(frozen=True)
class Ask:
    """What `explain` is asked.

    Attributes:
        model: A pushed folder, or the folder of all versions.
        table: The table with the row.
        row: Its number, as `predict` has it.
        background: Another table whose rows stand for not knowing a column; None takes the other rows of the first.
        mutable: The columns that a counterfactual may change; all but timestamps if empty.
        directions: By column `rises` or `falls`.
        seed: Of what is drawn.
    """

    model: str
    table: str
    row: int
    background: str | None = None
    mutable: Sequence[str] = ()
    directions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    seed: int = 1


def explain(ask: Ask) -> str:
    """Returns the reasons of a row's answer, and the nearest change that would flip its decision.

    Raises:
        UserError: If the folder holds no model, the model reads no such column, or there are too few rows.
        DataError: If a table cannot be read, or has no such row.
    """
    card, function = _open(ask.model)
    asked_rows.check_columns("--mutable", ask.mutable, card)
    asked_rows.check_columns("--rises, --falls", ask.directions, card)
    found = asked_rows.read(card, ask.table, ask.row)
    row = asked_rows.to_rows(card, found.batch, ask.table, ask.row)
    others = found.others if ask.background is None else asked_rows.read_all(card, ask.background)
    whose = f"other rows of {ask.table}" if ask.background is None else f"rows of {ask.background}"
    question = Question(
        f"Row {ask.row} of {ask.table}",
        whose,
        f"--input {ask.table}",
        "Name a table with more, by --background",
        ask.mutable,
        ask.directions,
        ask.seed,
    )
    return repr(reasoning.explain(card, function, row, others, question, asked_rows.strangers(card, found.batch)))


def what_if(model: str, table: str, number: int, changes: Mapping[str, str]) -> str:
    """Returns what a row is answered, and what it would be with other cells.

    Args:
        model: A pushed folder, or the folder of all versions.
        table: The table with the row.
        number: Its number, as `predict` has it.
        changes: Text by column, written as in the table.

    Raises:
        UserError: If the folder holds no model, or the model reads no such column.
        DataError: If the table cannot be read, has no such row, or a text is not what the column holds.
    """
    card, function = _open(model)
    asked_rows.check_columns("--set", changes, card)
    batch = asked_rows.read(card, table, number).batch
    other = asked_rows.changed(card, batch, changes)
    rows = asked_rows.to_rows(card, batch, table, number), asked_rows.to_rows(card, other, "--set", number)
    notices = asked_rows.strangers(card, other)
    return repr(reasoning.what_if(card, function, f"Row {number} of {table}", rows, list(changes), notices))


def parse_changes(given: Sequence[str]) -> dict[str, str]:
    """Reads `COLUMN=VALUE`.

    Raises:
        DataError: If one has no equals sign.
    """
    changes = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise DataError(f"--set {text}", "is no COLUMN=VALUE", "Write it as --set education=Masters")
        changes[name] = value
    return changes


def _open(model: str) -> tuple[ModelCard, RawFunction]:
    opened = opening.open_pushed(model, f"--model {model}", terminal.complain)
    return opened.card, raw_function.of_file(opened.model)
