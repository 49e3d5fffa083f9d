"""What the methods of the Debugger found, in one table: the worst first, each with what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Details, Mark, Notice, Table, text

_SHOWN = 8
# In the order of the table: the word that a mark stands for.
_WORDS: dict[Mark, str] = {"bad": "wrong", "warning": "look\N{NO-BREAK SPACE}at\N{NO-BREAK SPACE}it", "good": "fine"}
_ORDER = list(_WORDS)


def blocks(contents: Mapping[str, Mapping[str, Any]], titles: Mapping[str, str]) -> list[Block]:
    """Returns the table, its further rows folded away, or that nothing was found.

    Args:
        contents: Of each method what it found; `findings` are a list of `mark`, `what` and `advice` each.
        titles: Title of each method.
    """
    listed = [
        (finding, titles[method]) for method, content in contents.items() for finding in content.get("findings", ())
    ]
    listed.sort(key=lambda one: _ORDER.index(one[0]["mark"]))
    problems = [one for one in listed if one[0]["mark"] != "good"]
    fine = listed[len(problems) :]
    shown = problems[:_SHOWN]
    made: list[Block] = []
    if shown:
        made.append(_table(shown, "Findings, the worst first"))
    else:
        made.append(Notice(mark="good", text="Nothing was found that asks for something to be done."))
    more = [*problems[_SHOWN:], *fine]
    if more:
        title = ", ".join(_counts(len(more) - len(fine), len(fine)))
        made.append(Details(title=title, blocks=[_table(more, title)]))
    return made


def counted(contents: Mapping[str, Mapping[str, Any]]) -> str:
    """Returns a sentence that says how many findings there are."""
    marks = [finding["mark"] for content in contents.values() for finding in content.get("findings", ())]
    bad, warnings = marks.count("bad"), marks.count("warning")
    if not bad + warnings:
        return "No method found anything that asks for something to be done."
    total = bad + warnings
    said = "1 finding asks" if total == 1 else f"{total} findings ask"
    wrong = f", {bad} of them about something wrong" if 0 < bad < total else ""
    return f"{said} for something to be done{wrong}."


def _counts(further: int, fine: int) -> Iterator[str]:
    if further:
        yield f"{further} more finding{'' if further == 1 else 's'}"
    if fine:
        yield f"{fine} check{'' if fine == 1 else 's'} that found nothing wrong"


def _table(listed: Sequence[tuple[Mapping[str, Any], str]], caption: str) -> Table:
    def row(finding: Mapping[str, Any], title: str) -> list[Cell]:
        mark = finding["mark"]
        state = Cell(text=_WORDS[mark], sort=_ORDER.index(mark), mark=mark)
        return [text(title), state, text(finding["what"]), text(finding["advice"])]

    titles = ("found by", "state", "what was found", "what to do")
    return Table(
        caption=caption,
        columns=[Column(title=title, numeric=False) for title in titles],
        rows=[row(*one) for one in listed],
    )
