"""The reasons of a row's answer, and what another row is answered, as values that say themselves in lines."""

import dataclasses
import html
from collections.abc import Mapping

from modules.base import numerals

_SHOWN = 12
_WIDE, _BAR = 24, 20  # characters of a column's value, and of the longest bar


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a model answers to a row.

    Attributes:
        label: The column that is predicted.
        decision: The class that the row is taken for; None of a regression.
        of: The class whose probability `value` is: of two the positive one, else the decision; None of a regression.
        value: That probability, or the value that is predicted.
        threshold: The decision threshold of two classes, else None.
    """

    label: str
    decision: str | None
    of: str | None
    value: float
    threshold: float | None

    def __str__(self) -> str:
        if self.decision is None:
            return f"{self.label} {numerals.written(self.value, '.6g')}"
        limit = "" if self.threshold is None else f", threshold {self.threshold:.4g}"
        return f"{self.label} {self.decision} (probability of {self.of} {numerals.written(self.value, '.4f')}{limit})"


@dataclasses.dataclass(frozen=True)
class Contribution:
    """What a column, or all others together, moved the answer by, away from the mean answer to the background.

    Attributes:
        column: Its name.
        value: What the row has there, as text; empty for several columns.
        by: The Shapley value, in probability or in the label's unit.
    """

    column: str
    value: str
    by: float


@dataclasses.dataclass(frozen=True)
class Change:
    """The nearest change that flips a decision: by column what it was and what it becomes, and the answer then."""

    changes: dict[str, tuple[str, str]]
    answer: Answer

    def __str__(self) -> str:
        return _told(self.changes)


@dataclasses.dataclass(frozen=True, repr=False)
class Reasons:
    """Why a row gets its answer.

    Attributes:
        row: What the row is called.
        answer: The answer.
        base: The mean answer to the background, of the same output.
        background: What the rows of the background are called.
        rows: How many of these were drawn, and of how many.
        seed: By which seed.
        contributions: The strongest first; with `base` they add up to the answer.
        error: By how much they miss it.
        counterfactual: The nearest change that flips the decision; None where none was found, and of a regression.
        most_columns: More columns than these were not changed together.
        notices: What the row lacks, and what it holds that the model has never seen; empty if there is nothing.
    """

    row: str
    answer: Answer
    base: float
    background: str
    rows: tuple[int, int]
    seed: int
    contributions: list[Contribution]
    error: float
    counterfactual: Change | None
    most_columns: int
    notices: str

    def __repr__(self) -> str:
        """Returns all of it in lines, as the command `explain` says it."""
        total = self.base + sum(one.by for one in self.contributions)
        lines = [
            f"{self.row}: {self.answer}",
            self._mean(),
            "",
            *self._bars(),
            f"Mean answer and contributions add up to {numerals.written(total, '.4f')}; "
            f"they miss the answer by {self.error:.0e}.",
        ]
        lines += ["", *self._flips()] if self.answer.decision is not None else []
        return "\n".join([*lines, *_noticed(self.notices)])

    def _repr_html_(self) -> str:
        """Returns the same for a notebook: a table with a bar for each contribution."""
        shown = self._shown()
        longest = max(abs(one.by) for one in shown) or 1.0
        rows = "".join(_html_row(one, abs(one.by) / longest) for one in shown)
        more = [*(self._flips() if self.answer.decision is not None else []), *self.notices.splitlines()]
        said = "".join(f"<p>{html.escape(line)}</p>" for line in more)
        heads = "".join(f"<th style='text-align:left'>{head}</th>" for head in ("column", "value", "contribution", ""))
        return (
            f"<p><b>{html.escape(f'{self.row}: {self.answer}')}</b></p><p>{html.escape(self._mean())}</p>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{said}"
        )

    def _mean(self) -> str:
        mean = numerals.written(self.base, ".4f")
        return f"The mean answer to {self.rows[0]} {self.background}, drawn by seed {self.seed}: {mean}"

    def _shown(self) -> list[Contribution]:
        shown, left = self.contributions[:_SHOWN], self.contributions[_SHOWN:]
        return [*shown, *([Contribution(f"{len(left)} more", "", sum(one.by for one in left))] if left else [])]

    def _bars(self) -> list[str]:
        shown = [dataclasses.replace(one, value=_cut(one.value)) for one in self._shown()]
        longest = max(abs(one.by) for one in shown) or 1.0
        first, second = max(len(one.column) for one in shown), max(len(one.value) for one in shown)
        return [
            f"  {one.column:<{first}}  {one.value:<{second}}  {numerals.written(one.by, '+.4f'):>10}  "
            f"{'█' * round(abs(one.by) / longest * _BAR)}".rstrip()
            for one in shown
        ]

    def _flips(self) -> list[str]:
        seen = f"of values that {self.rows[1]:,} {self.background} have"
        if self.counterfactual is None:
            return [f"No change of at most {self.most_columns} columns, {seen}, was found that flips the decision."]
        return [
            f"The nearest change that flips the decision, {seen}: {self.counterfactual}",
            f"It would be answered {self.counterfactual.answer}. That is no advice: what else would change in the "
            "world, the model does not know.",
        ]


@dataclasses.dataclass(frozen=True, repr=False)
class WhatIf:
    """What a row is answered, and what it would be with other cells.

    Attributes:
        row: What the row is called.
        changes: By column what it was and what it becomes, as text.
        before: The answer to the row.
        after: The answer to the row with the other cells.
        notices: What the changed row lacks, and what it holds that the model has never seen.
    """

    row: str
    changes: dict[str, tuple[str, str]]
    before: Answer
    after: Answer
    notices: str

    @property
    def flips(self) -> bool:
        """Whether the decision is another one; never of a regression."""
        return self.before.decision != self.after.decision

    def __repr__(self) -> str:
        """Returns all of it in lines, as the command `what-if` says it."""
        lines = [f"{self.row}: {_told(self.changes)}", f"before: {self.before}", f"after:  {self.after}"]
        if self.before.decision is None:
            lines.append(f"The answer changes by {numerals.written(self.after.value - self.before.value, '+.6g')}.")
        else:
            lines.append("The decision flips." if self.flips else "The decision stays.")
        return "\n".join([*lines, *_noticed(self.notices)])


def _told(changes: Mapping[str, tuple[str, str]]) -> str:
    return ", ".join(f"{name} {before} → {after}" for name, (before, after) in changes.items())


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _noticed(text: str) -> list[str]:
    return ["", text] if text else []


def _html_row(one: Contribution, share: float) -> str:
    bar = f"<div style='background:#{'b04a00' if one.by < 0 else '0072b2'};height:.7em;width:{8 * share:.2f}em'></div>"
    cells = f"<td>{html.escape(one.column)}</td><td>{html.escape(one.value)}</td>"
    by = numerals.written(one.by, "+.4f")
    return f"<tr style='text-align:left'>{cells}<td style='text-align:right'>{by}</td><td>{bar}</td></tr>"
