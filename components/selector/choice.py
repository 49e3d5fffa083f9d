"""Which form is taken, and why each of the others is not. Knows no TFX."""

import dataclasses
from collections.abc import Sequence

from components.selector.shortfalls import Shortfall, loss
from modules.tasks import numeric_form


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A form.

    Attributes:
        form: Its name.
        bytes: Size of the .tflite.
        value: The metric by which a form is the better one.
        shortfalls: What it does not keep.
    """

    form: str
    bytes: int
    value: float
    shortfalls: Sequence[Shortfall] = ()

    @property
    def excess(self) -> float:
        """How far it is beyond all limits together, as shares of them."""
        return sum(one.excess for one in self.shortfalls)


@dataclasses.dataclass(frozen=True)
class Choice:
    """The form that is taken, and by form why it was taken or passed over."""

    form: str
    reasons: dict[str, str]


def choose(candidates: Sequence[Candidate], metric: str, named: str | None) -> Choice:
    """Chooses a form: the smallest that keeps everything, of equally small ones the best.

    If none keeps everything, it is the one that comes nearest: that keeps the most, of these the one that is the least
    beyond its limits, of these the smallest. A form that the config names is taken whatever it keeps; where there are
    several of that form, at different sparsities, the choice is among these.

    Args:
        candidates: The forms, in the order in which they were made.
        metric: What `Candidate.value` is.
        named: The numeric form that the config names, if it does.
    """

    def size(one: Candidate) -> tuple[float, ...]:
        return one.bytes, loss(metric, one.value, 0.0)

    among = [one for one in candidates if named in (None, numeric_form(one.form))]
    keeping = [one for one in among if not one.shortfalls]
    if keeping:
        taken = min(keeping, key=size)
        reason = _smallest(len(keeping), len(among))
    else:
        taken = min(among, key=lambda one: (len(one.shortfalls), one.excess, *size(one)))
        reason = f"no form keeps everything, and it comes nearest{_told(taken)}"
    if named is not None:
        which = _told(taken) if len(among) == 1 else f"; at its sparsities, {reason}"
        reason = f"named by quantizer.form{which}{_beaten(taken, candidates, metric)}"
    reasons = {one.form: _passed_over(one, taken, named) for one in candidates}
    return Choice(taken.form, reasons | {taken.form: reason})


def _smallest(keeping: int, tried: int) -> str:
    if keeping == 1:
        return f"the only one of {tried} forms that keeps everything" if tried > 1 else "it keeps everything"
    return f"the smallest of {keeping} that keep everything"


def _passed_over(one: Candidate, taken: Candidate, named: str | None) -> str:
    if one.shortfalls:
        return _what(one)
    if named not in (None, numeric_form(one.form)):
        return "keeps everything; the config names another form"
    if one.bytes == taken.bytes:
        return "keeps everything, is as small, and no better"
    return f"keeps everything, and is {one.bytes - taken.bytes:,} bytes larger"


def _beaten(taken: Candidate, candidates: Sequence[Candidate], metric: str) -> str:
    """Says which forms are no larger and no worse, and one of the two better."""
    better = [
        other.form
        for other in candidates
        if other.bytes <= taken.bytes
        and loss(metric, taken.value, other.value) >= 0
        and (other.bytes, other.value) != (taken.bytes, taken.value)
    ]
    return f"; {' and '.join(better)} would be no larger and no worse" if better else ""


def _told(one: Candidate) -> str:
    return f": {_what(one)}" if one.shortfalls else ""


def _what(one: Candidate) -> str:
    more = len(one.shortfalls) - 1
    return one.shortfalls[0].words + (f", and {more} more" if more else "")
