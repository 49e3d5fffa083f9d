"""The commands `explain` and `what-if`: why a row gets its answer, and what another row would get.

TensorFlow is not imported, nor a package that explains: LiteRT answers, and what is asked is this project's own.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.base.errors import DataError, UserError
from modules.contracts.tflite import ModelCard
from modules.explaining import changeable, counterfactuals, raw_function
from modules.explaining.decider import Decider
from modules.explaining.raw_function import RawFunction, Rows
from modules.explaining.shapley import players, sampled
from modules.explaining.shapley.players import OTHERS, Attribution, Players
from modules.tflite import opening
from pipeline import terminal
from pipeline.commands import asked_rows

# How many rows stand for not knowing a column, and how few are too few.
_BACKGROUND, _LEAST = 100, 10
# Of more columns only some have a value of their own, are changed, and are changed together.
_MANY, _OWN = 200, 31
# How many rows are asked to find them.
_ASKED = 2_000
_SHOWN = 12
_WIDE, _BAR = 24, 20  # characters of a column's value, and of the longest bar


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
    pool = raw_function.count(others)
    whose = f"other rows of {ask.table}" if ask.background is None else f"rows of {ask.background}"
    if pool < _LEAST:
        what = f"{pool} {whose} are too few to compare with: it takes {_LEAST}"
        raise UserError(f"--input {ask.table}", what, "Name a table with more, by --background")
    drawn = np.random.default_rng(ask.seed).permutation(pool)[:_BACKGROUND]
    background = raw_function.taken(others, drawn)
    values = _values(function, row, background, ask.seed)
    output = _output(card, values.answers[0])
    lines = [
        f"Row {ask.row} of {ask.table}: {_answer(card, values.answers[0])}",
        f"The mean answer to {len(drawn)} {whose}, drawn by seed {ask.seed}: {values.base[output]:.4f}",
        "",
        *_reasons(function, row, values, output),
        f"Mean answer and contributions add up to {values.base[output] + values.values[0, :, output].sum():.4f}; "
        f"they miss the answer by {values.additivity_error:.0e}.",
    ]
    if card.classes:
        lines += ["", _counterfactual(ask, card, function, row, others, whose)]
    return "\n".join([*lines, *_noticed(asked_rows.strangers(card, found.batch))])


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
    rows = [asked_rows.to_rows(card, batch, table, number), asked_rows.to_rows(card, other, "--set", number)]
    before, after = function(raw_function.joined(rows))
    columns = [function.column(name) for name in changes]
    said = [f"{c.name} {c.text(rows[0][c.name][0])} → {c.text(rows[1][c.name][0])}" for c in columns]
    lines = [f"Row {number} of {table}: {', '.join(said)}", f"before: {_answer(card, before)}"]
    lines.append(f"after:  {_answer(card, after)}")
    if card.classes:
        decider = _decider(card, function)
        first, second = (int(decider.decide(decider.probabilities(part))[0]) for part in rows)
        lines.append("The decision stays." if first == second else "The decision flips.")
    else:
        lines.append(f"The answer changes by {after[0] - before[0]:+.6g}.")
    return "\n".join([*lines, *_noticed(asked_rows.strangers(card, other))])


def _open(model: str) -> tuple[ModelCard, RawFunction]:
    opened = opening.open_pushed(model, f"--model {model}", terminal.complain)
    return opened.card, raw_function.of_file(opened.model)


def _decider(card: ModelCard, function: RawFunction) -> Decider:
    return Decider(function, tuple(card.classes), card.threshold)


def _output(card: ModelCard, answers: np.ndarray) -> int:
    """Returns the output that is explained: the class that a row is taken for, or the only one."""
    return int(np.argmax(answers)) if len(card.classes) > 2 else 0


def _answer(card: ModelCard, answers: np.ndarray) -> str:
    if not card.classes:
        return f"{card.label} {answers[0]:.6g}"
    decider = Decider(RawFunction([], [], lambda rows: answers[None]), tuple(card.classes), card.threshold)
    probabilities = decider.probabilities({})
    decided = card.classes[int(decider.decide(probabilities)[0])]
    shown = _output(card, answers)
    named = card.classes[shown if len(card.classes) > 2 else 1]
    limit = "" if card.threshold is None else f", threshold {card.threshold:.4g}"
    return f"{card.label} {decided} (probability of {named} {answers[shown]:.4f}{limit})"


def _values(function: RawFunction, row: Rows, background: Rows, seed: int) -> Attribution:
    names = [column.name for column in function.columns]
    own = None
    if len(names) > _MANY:
        background = raw_function.taken(background, np.arange(_LEAST))
        own = _telling(function, row, background, names)
    return sampled.explain(function, row, background, Players.of(names, own), seed)


def _telling(function: RawFunction, row: Rows, background: Rows, among: Sequence[str]) -> Sequence[str]:
    again = raw_function.repeated(row, raw_function.count(background))
    return players.telling(function, again, background, _OWN, _ASKED, among)


def _reasons(function: RawFunction, row: Rows, values: Attribution, output: int) -> list[str]:
    contributed = values.values[0, :, output]
    order = np.argsort(-np.abs(contributed), kind="stable")
    shown, left = order[:_SHOWN], order[_SHOWN:]
    cells = []
    for place in shown:
        name = values.players[place]
        text = "" if name == OTHERS else function.column(name).text(row[name][0])
        cells.append((name, text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…", contributed[place]))
    if len(left):
        cells.append((f"{len(left)} more", "", contributed[left].sum()))
    longest = max(abs(by) for _, _, by in cells) or 1.0
    first, second = (max(len(cell[place]) for cell in cells) for place in (0, 1))
    return [
        f"  {name:<{first}}  {text:<{second}}  {by:+10.4f}  {'█' * round(abs(by) / longest * _BAR)}".rstrip()
        for name, text, by in cells
    ]


def _counterfactual(ask: Ask, card: ModelCard, function: RawFunction, row: Rows, others: Rows, whose: str) -> str:
    decider = _decider(card, function)
    names = list(ask.mutable) or [column.name for column in function.columns if column.kind != "timestamp"]
    most = counterfactuals.MOST_COLUMNS
    if len(names) > _MANY:
        names, most = list(_telling(function, row, raw_function.taken(others, np.arange(_LEAST)), names)), 1
    may_change = changeable.learn(function.columns, others, names, ask.directions)
    found = counterfactuals.find(decider, row, may_change, most)
    seen = f"of values that {raw_function.count(others):,} {whose} have"
    if found is None:
        return f"No change of at most {most} columns, {seen}, was found that flips the decision."
    changes = []
    for name, (before, after) in found.changes.items():
        column = function.column(name)
        changes.append(f"{name} {column.text(before)} → {column.text(after)}")
    answers = found.probabilities[1:] if len(card.classes) == 2 else found.probabilities
    return (
        f"The nearest change that flips the decision, {seen}: {', '.join(changes)}\n"
        f"It would be answered {_answer(card, answers)}. That is no advice: what else would change in the world, the "
        "model does not know."
    )


def _noticed(text: str) -> list[str]:
    return ["", text] if text else []


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
