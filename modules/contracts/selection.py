"""What the Selector chose, and why it passed over the rest: selection.json."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files

_ARTIFACT, _FILE = "selection", "selection.json"


@dataclasses.dataclass(frozen=True)
class TriedForm:
    """A numeric form, as it was held against gates and promises on the validation rows.

    Attributes:
        form: Its name.
        chosen: Whether it is the model that is judged, and ships if it may.
        why: Why it was chosen or passed over, in words.
        bytes: Size of the .tflite.
        gzip_bytes: Its size after gzip.
        metrics: The task's metrics on the validation rows that have a value, by name.
        threshold: Its decision threshold; None where the task has no positive class.
        broken: What it does not keep, each in words; empty of a form that keeps everything.
        undecided: How many promises the validation rows are too few for.
    """

    form: str
    chosen: bool
    why: str
    bytes: int
    gzip_bytes: int
    metrics: Mapping[str, float]
    threshold: float | None
    broken: Sequence[str]
    undecided: int


@dataclasses.dataclass(frozen=True)
class Selection:
    """All forms that were tried.

    Attributes:
        forms: The forms, in the order in which they were made.
        metric: The metric by which a form is the better one.
        rows: How many validation rows this rests on.
        threshold: The decision threshold of the chosen form; None where the task has no positive class.
        threshold_how: How it was chosen, in words; empty where there is none.
        threshold_notice: Why it is not what the config asks for; empty where it is.
        figures: What each model of the ladder takes of a device, by its name there: measured once, here.
    """

    forms: Sequence[TriedForm]
    metric: str
    rows: int
    threshold: float | None
    threshold_how: str
    threshold_notice: str
    figures: Mapping[str, Mapping[str, Any]]

    @property
    def chosen(self) -> TriedForm:
        """The form that was chosen."""
        return next(form for form in self.forms if form.chosen)

    def to_json(self) -> dict[str, Any]:
        """Returns the attributes as JSON holds them."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Selection":
        """Reads what `to_json` made."""
        return cls(**{**content, "forms": [TriedForm(**entry) for entry in content["forms"]]})


def write(uri: str, selection: Selection) -> None:
    """Writes the selection."""
    files.write_json(uri, _FILE, selection.to_json(), indent=1)


def read(uri: str) -> Selection:
    """Returns the selection."""
    return Selection.from_json(files.read_json(_ARTIFACT, uri, _FILE))
