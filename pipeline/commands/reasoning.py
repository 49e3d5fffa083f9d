"""Why a model answers a row as it does, and what it would answer another one.

The commands and the interface of Python ask alike. TensorFlow is not imported, nor a package that explains: LiteRT
answers, and what is asked is this project's own.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.base.errors import UserError
from modules.contracts.tflite import ModelCard
from modules.explaining import changeable, counterfactuals, raw_function
from modules.explaining.decider import Decider
from modules.explaining.raw_function import RawFunction, Rows
from modules.explaining.shapley import players, sampled
from modules.explaining.shapley.players import OTHERS, Attribution, Players
from pipeline.commands.row_reasons import Answer, Change, Contribution, Reasons, WhatIf

# How many rows stand for not knowing a column, and how few are too few.
_BACKGROUND, _LEAST = 100, 10
# Of more columns only some have a value of their own, are changed, and are changed together.
_MANY, _OWN = 200, 31
# How many rows are asked to find them.
_ASKED = 2_000


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked about a row.

    Attributes:
        row: What it is called in what is said.
        others: What the rows of the background are called.
        where: What is named where these are too few to compare with.
        fix: How to give more.
        mutable: The columns that a counterfactual may change; all but timestamps if empty.
        directions: By column `rises` or `falls`.
        seed: Of what is drawn.
    """

    row: str
    others: str
    where: str
    fix: str
    mutable: Sequence[str] = ()
    directions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    seed: int = 1


def explain(
    card: ModelCard, function: RawFunction, row: Rows, others: Rows, question: Question, notices: str
) -> Reasons:
    """Finds the reasons of a row's answer, and the nearest change that would flip its decision.

    Args:
        card: What the model says of itself.
        function: The model.
        row: One row.
        others: The rows that stand for not knowing a column, and whose values a counterfactual may take.
        question: What is asked.
        notices: What is to be noticed about the row.

    Raises:
        UserError: If the others are too few to compare with.
    """
    pool = raw_function.count(others)
    if pool < _LEAST:
        what = f"{pool} {question.others} are too few to compare with: it takes {_LEAST}"
        raise UserError(question.where, what, question.fix)
    drawn = np.random.default_rng(question.seed).permutation(pool)[:_BACKGROUND]
    values = _values(function, row, raw_function.taken(others, drawn), question.seed)
    output = _output(card, values.answers[0])
    change, most = _counterfactual(question, card, function, row, others) if card.classes else (None, 0)
    return Reasons(
        question.row,
        answer_of(card, values.answers[0]),
        float(values.base[output]),
        question.others,
        (len(drawn), pool),
        question.seed,
        _contributions(function, row, values, output),
        values.additivity_error,
        change,
        most,
        notices,
    )


def what_if(
    card: ModelCard, function: RawFunction, name: str, rows: tuple[Rows, Rows], columns: Sequence[str], notices: str
) -> WhatIf:
    """Finds what a row is answered, and what it would be with other cells.

    Args:
        card: What the model says of itself.
        function: The model.
        name: What the row is called.
        rows: The row as it is, and with the other cells.
        columns: Those that are changed.
        notices: What is to be noticed about the changed row.
    """
    before, after = function(raw_function.joined(rows))
    known = [function.column(column) for column in columns]
    texts = {c.name: (c.text(rows[0][c.name][0]), c.text(rows[1][c.name][0])) for c in known}
    return WhatIf(name, texts, answer_of(card, before), answer_of(card, after), notices)


def answer_of(card: ModelCard, answers: np.ndarray) -> Answer:
    """Returns an answer of `RawFunction` for people."""
    if not card.classes:
        return Answer(card.label, None, None, float(answers[0]), None)
    decider = _decider(card, RawFunction([], [], lambda rows: answers[None]))
    decided = card.classes[int(decider.decide(decider.probabilities({}))[0])]
    shown = _output(card, answers)
    named = card.classes[shown if len(card.classes) > 2 else 1]
    return Answer(card.label, decided, named, float(answers[shown]), card.threshold)


def _decider(card: ModelCard, function: RawFunction) -> Decider:
    return Decider(function, tuple(card.classes), card.threshold)


def _output(card: ModelCard, answers: np.ndarray) -> int:
    """Returns the output that is explained: the class that a row is taken for, or the only one."""
    return int(np.argmax(answers)) if len(card.classes) > 2 else 0


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


def _contributions(function: RawFunction, row: Rows, values: Attribution, output: int) -> list[Contribution]:
    contributed, made = values.values[0, :, output], []
    for place in np.argsort(-np.abs(contributed), kind="stable"):
        name = values.players[place]
        text = "" if name == OTHERS else function.column(name).text(row[name][0])
        made.append(Contribution(name, text, float(contributed[place])))
    return made


def _counterfactual(
    question: Question, card: ModelCard, function: RawFunction, row: Rows, others: Rows
) -> tuple[Change | None, int]:
    """Returns the change, if one was found, and how many columns were changed together at most."""
    names = list(question.mutable) or [column.name for column in function.columns if column.kind != "timestamp"]
    most = counterfactuals.MOST_COLUMNS
    if len(names) > _MANY:
        names, most = list(_telling(function, row, raw_function.taken(others, np.arange(_LEAST)), names)), 1
    may_change = changeable.learn(function.columns, others, names, question.directions)
    found = counterfactuals.find(_decider(card, function), row, may_change, most)
    if found is None:
        return None, most
    texts = {}
    for name, (before, after) in found.changes.items():
        column = function.column(name)
        texts[name] = column.text(before), column.text(after)
    answers = found.probabilities[1:] if len(card.classes) == 2 else found.probabilities
    return Change(texts, answer_of(card, answers)), most
