"""What a section of the report is made of. A component that wants a section leaves one of these as section.json."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from modules.base import numerals

Mark = Literal["", "good", "warning", "bad", "muted"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Part):
    """A paragraph of plain text."""

    kind: Literal["text"] = "text"
    text: str


class Notice(_Part):
    """One sentence that should be seen, in a box; its mark is also said in words.

    `to` is the id of a section or heading that the words `link` lead to; empty for none.
    """

    kind: Literal["notice"] = "notice"
    mark: Literal["good", "warning", "bad", "muted"]
    text: str
    to: Annotated[str, Field(pattern=r"^([a-z][a-z0-9-]*)?$")] = ""
    link: str = ""


class Fact(_Part):
    """One figure, large: what it is, its value as shown, and a short note such as its interval or its limit."""

    name: str
    value: str
    note: str = ""
    mark: Mark = ""


class Facts(_Part):
    """A row of figures."""

    kind: Literal["facts"] = "facts"
    facts: list[Fact]


class Cell(_Part):
    """A cell as it is shown, and the number or text that it is sorted by (by default what is shown).

    `live` names a rate or a count that the movable threshold writes into the cell.
    """

    text: str
    sort: float | str | None = None
    mark: Mark = ""
    live: str = ""


class Column(_Part):
    """A table's column; numbers are aligned to the right. Its title is the name of the button that sorts by it."""

    title: Annotated[str, Field(min_length=1)]
    numeric: bool = True


class Table(_Part):
    """A table whose columns sort. The first cell of a row is its heading.

    `more` holds rows that are not shown, as `saved` writes cells: whoever saves the table gets them, too.
    """

    kind: Literal["table"] = "table"
    caption: str
    columns: list[Column]
    rows: list[list[Cell]]
    note: str = ""
    more: list[list[str]] = []


class Figure(_Part):
    """A chart.

    Attributes:
        caption: What is to be seen, in a phrase.
        description: What a reader who cannot see it should know, in a sentence or two with the decisive numbers.
        spec: A Vega-Lite specification with its data in it (https://vega.github.io/vega-lite/), as `charts` makes it.
        small: Whether several such figures stand side by side.
        wide: Whether it keeps its width on a narrow page, and scrolls there.
    """

    kind: Literal["figure"] = "figure"
    caption: str
    description: str
    spec: dict[str, Any]
    small: bool = False
    wide: bool = False


class Heading(_Part):
    """A heading within a section; its id, a word of lower-case letters, digits and dashes, is unique on the page."""

    kind: Literal["heading"] = "heading"
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str


class Glossary(_Part):
    """Terms and what they mean, one line each."""

    kind: Literal["glossary"] = "glossary"
    terms: dict[str, str]


class Code(_Part):
    """Lines that are shown as they are, such as YAML."""

    kind: Literal["code"] = "code"
    caption: str
    text: str


class Counts(_Part):
    """Rows that are predicted right and wrong, at each threshold."""

    true_positives: list[float]
    false_positives: list[float]
    true_negatives: list[float]
    false_negatives: list[float]


class Threshold(Counts):
    """A threshold that the reader moves, with the confusion matrix and the rates of slices that follow it.

    A figure follows it as well if its specification has a parameter `threshold`.

    Attributes:
        caption: What it is.
        positive: Name of the positive class.
        negative: Name of the negative one.
        start: The threshold that it begins with.
        thresholds: Ascending; a row is predicted positive if its probability is greater.
        slices: The counts of slices, by the heading of their rows in the table.
        table: Their rates, as live cells; None without slices.
    """

    kind: Literal["threshold"] = "threshold"
    caption: str
    positive: str
    negative: str
    start: float
    thresholds: list[float]
    slices: dict[str, Counts] = {}
    table: Table | None = None


class Details(_Part):
    """Blocks that are folded away until somebody asks.

    On paper they are open, or left out if not `on_paper`: then their titles alone are said at the end of the section.
    """

    kind: Literal["details"] = "details"
    title: str
    on_paper: bool = True
    blocks: list["Block"]


Block = Annotated[
    Text | Notice | Heading | Facts | Table | Figure | Code | Glossary | Threshold | Details,
    Field(discriminator="kind"),
]


class Section(_Part):
    """A section of the page.

    Attributes:
        id: Its anchor, a word of lower-case letters and dashes.
        title: The question that it answers, or a heading.
        lead: The answer in one or two sentences.
        order: Its place; the built-in sections have 10, 20, … (sections/__init__.py).
        blocks: What is shown.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str
    lead: str
    order: int
    blocks: list[Block]


Details.model_rebuild()
Section.model_rebuild()


def text(value: str, mark: Mark = "") -> Cell:
    """Returns a cell of text."""
    return Cell(text=value, mark=mark)


def signed(value: float, digits: int = 4, mark: Mark = "") -> Cell:
    """Returns a cell with a difference, with its sign and so many digits behind the point."""
    return Cell(text=numerals.written(value, f"+,.{digits}f"), sort=float(value), mark=mark)


def number(value: float | None, digits: int = 4, mark: Mark = "") -> Cell:
    """Returns a cell with a number, so many digits behind the point; a dash where there is none, sorted last."""
    if value is None:
        return Cell(text="–", sort=None, mark=mark or "muted")
    return Cell(text=numerals.written(value, f",.{digits}f"), sort=float(value), mark=mark)


def between(low: float | None, high: float | None, digits: int = 3, mark: Mark = "", *, share: bool = False) -> Cell:
    """Returns a cell with the ends of an interval, in percent if they are shares; a dash where there is none."""
    if low is None or high is None:
        return Cell(text="–", sort=None, mark=mark or "muted")
    form = f",.{digits}{'%' if share else 'f'}"
    return Cell(text=numerals.interval(low, high, form), sort=round(low, 6), mark=mark)


def percent(value: float | None, digits: int = 1, mark: Mark = "") -> Cell:
    """Returns a cell with a share in percent."""
    if value is None:
        return Cell(text="–", sort=None, mark=mark or "muted")
    return Cell(text=numerals.written(value, f".{digits}%"), sort=float(value), mark=mark)


def saved(cell: Cell) -> str:
    """Returns what a file has of a cell: of a number all digits, of a dash nothing."""
    if isinstance(cell.sort, float):
        return numerals.plain(cell.text) if " to " in cell.text else f"{cell.sort:.15g}"
    return "" if cell.text == "–" else cell.text
