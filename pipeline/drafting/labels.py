"""Which column is the label, and what kind of task it makes."""

import dataclasses
import difflib
from collections.abc import Iterable

from modules.base.errors import UserError
from modules.tasks import BINARY, MULTICLASS, REGRESSION
from pipeline.drafting import kinds, names
from pipeline.drafting.counting import MAX_LEVELS, Value
from pipeline.drafting.kinds import shown
from pipeline.drafting.sample import Sample, SampledColumn

_MAX_INTEGER_CLASSES = 20
_MAX_TEXT_CLASSES = 50
# Most classes have so many rows, or whole numbers are quantities.
_ROWS_A_CLASS = 20
# A label of numbers whose tail is so many times its middle is learnt by its log.
_TAIL = 10
FEW_ROWS = 10
_FARTHEST_CLASS = 2.0**63
_POSITIVE = {"yes", "y", "true", "t", "1", "positive", "pos", "+", "on", "churned", "churn", "default", "defaulted"}
_POSITIVE |= {"fraud", "bad", "sick", "ill", "malignant", "spam", "dead", "died"}
# "Yes" in the languages of Europe, Chinese and Japanese; and "true", which a spreadsheet writes in its user's language.
_POSITIVE |= {"ja", "jah", "jā", "oui", "sí", "si", "sì", "sim", "tak", "ano", "áno", "da", "igen", "evet", "kyllä"}
_POSITIVE |= {"taip", "да", "так", "ναι", "是", "はい"}
_POSITIVE |= {"wahr", "waar", "vrai", "verdadero", "verdadeiro", "vero", "prawda", "sant", "sand", "истина"}
# The first letter of a "yes" means it beside that of a "no".
_YES_INITIALS, _NO_INITIALS = {"j", "o", "s", "д"}, {"n", "н"}


@dataclasses.dataclass(frozen=True)
class DraftedLabel:
    """The label and its task.

    Attributes:
        column: The label's column.
        why: Why it is this column.
        task: The task's name.
        because: Why it is this task.
        positive: The positive class of a binary label.
        positive_because: Why it is that class.
        log_because: Why the log of the label is learnt; empty if it is not.
        classes: Rows of each class in the whole table; empty for a regression.
    """

    column: SampledColumn
    why: str
    task: str
    because: str
    positive: Value | None = None
    positive_because: str = ""
    log_because: str = ""
    classes: dict[Value, int] = dataclasses.field(default_factory=dict)

    @property
    def guessed(self) -> bool:
        """Whether nobody said that this is the label."""
        return self.why.startswith("a guess")


def choose(sample: Sample, given: str | None) -> DraftedLabel:
    """Finds the label.

    Args:
        sample: The table.
        given: The column that the user named, if any.

    Raises:
        UserError: If it is no column, or nothing can be learnt from it.
    """
    if given is not None:
        if given not in sample.columns:
            near = difflib.get_close_matches(given, sample.columns, 1, 0.6)
            known = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(sample.columns)}"
            raise UserError(
                f"--label {given}", f"is not a column of {sample.table}; {known}", "Name a column of the table"
            )
        return _target(sample, sample.columns[given], "given")
    named = names.label_candidates(list(sample.columns))
    others = [name for name in reversed(sample.columns) if name not in named]
    for name in [*named, *others]:
        if _is_plausible(sample, sample.columns[name]):
            why = "by its name" if name in named else "the last column that can be one"
            return _target(sample, sample.columns[name], f"a guess, {why}")
    raise UserError(sample.table, "has no column that looks like a label", "Name it with --label COLUMN")


def _is_plausible(sample: Sample, column: SampledColumn) -> bool:
    try:
        _target(sample, column, "")
    except UserError:
        return False
    return kinds.judge(column, sample.rows).kind not in ("identifier", "entity", "timestamp", "weight")


def _target(sample: Sample, column: SampledColumn, why: str) -> DraftedLabel:
    where = f"{sample.table}, label {column.name!r}"
    classes = column.tally
    if column.missing == sample.rows:
        raise UserError(where, "no row has a value", "Name another column with --label")
    if classes is not None and len(classes) == 1:
        only = shown(next(iter(classes)))
        raise UserError(where, f"every row has the value {only}", "Name a column with several values with --label")
    if classes is not None and len(classes) == 2 and (column.is_text or _are_codes(column, classes)):
        return _binary(column, why, classes)
    if column.is_text:
        if classes is None or len(classes) > _MAX_TEXT_CLASSES:
            count = f"more than {MAX_LEVELS}" if classes is None else str(len(classes))
            what = f"holds {count} different texts, such as {shown(column.levels[0])}, which are too many classes"
            raise UserError(
                where, what, "Name another column with --label, or turn these texts into numbers or classes"
            )
        because = f"{len(classes)} classes of text; for one against the rest: binary, positive_class, others: negative"
        return DraftedLabel(column, why, MULTICLASS.name, because, classes=by_count(classes))
    if classes is not None and column.is_whole and _are_classes(list(classes.values())):
        because = f"{len(classes)} different whole numbers; if they are quantities, make it regression"
        return DraftedLabel(column, why, MULTICLASS.name, because, classes=by_count(classes))
    count = f"more than {MAX_LEVELS}" if classes is None else str(len(classes))
    because = f"{count} different numbers"
    log = kinds.tail(column.numbers) if kinds.is_heavy_tailed(column.numbers, _TAIL) else ""
    return DraftedLabel(column, why, REGRESSION.name, because, log_because=log)


def _are_codes(column: SampledColumn, values: Iterable[Value]) -> bool:
    """Tells whether numbers are whole, and within what a class may be."""
    return column.is_whole and all(abs(float(value)) < _FARTHEST_CLASS for value in values)


def _are_classes(counts: list[int]) -> bool:
    """Tells whether whole numbers that occur so often are classes: few, and most of them with enough rows."""
    common = sum(count >= _ROWS_A_CLASS for count in counts)
    return len(counts) <= _MAX_INTEGER_CLASSES and common > len(counts) / 2


def _binary(column: SampledColumn, why: str, classes: dict[Value, int]) -> DraftedLabel:
    ordered = by_count(classes)
    plain = {_plain(value) for value in ordered}
    words = _POSITIVE | _YES_INITIALS if plain & _NO_INITIALS else _POSITIVE
    likely = [value for value in ordered if _plain(value) in words]
    if "1" in plain and plain.isdisjoint({"0", "-1"}):  # 1 and 2 only number the classes
        likely = []
    rows = sum(classes.values())
    if len(likely) == 1:
        positive, reason = likely[0], "by its meaning"
    else:
        positive, reason = list(ordered)[-1], "the rarer one" if len(set(ordered.values())) == 2 else "one of two alike"
    reason = f"{reason}: {classes[positive] / rows:.3g} of the rows"
    return DraftedLabel(column, why, BINARY.name, "two values", positive, reason, classes=ordered)


def by_count(classes: dict[Value, int]) -> dict[Value, int]:
    """Orders classes by their number of rows, the largest first, ties by value."""
    return dict(sorted(classes.items(), key=lambda entry: (-entry[1], entry[0])))


def _plain(value: Value) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text.strip().rstrip(".").lower()
