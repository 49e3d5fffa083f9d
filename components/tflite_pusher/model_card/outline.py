"""The model card as headings, paragraphs, lists and tables: what its Markdown and its HTML have in common."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.reporter.readings import OVERALL, Reading
from components.tflite_pusher.model_card.content import CardContent
from modules.base import numerals

_NOT_SAID = "Not stated in the config."
_RAW = "Raw values, as in the table; the preprocessing is part of the model."


@dataclasses.dataclass(frozen=True)
class CardTable:
    """A table; the first cell of a row is its heading."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclasses.dataclass(frozen=True)
class CardPart:
    """A part of the card.

    Attributes:
        title: Its heading.
        texts: Paragraphs.
        items: A list.
        table: A table.
    """

    title: str
    texts: Sequence[str] = ()
    items: Sequence[str] = ()
    table: CardTable | None = None


def title_of(content: CardContent) -> str:
    """Returns the card's heading."""
    return f"Model card: {content.name}"


def parts(content: CardContent) -> list[CardPart]:
    """Returns the parts of the card, in their order."""
    said = content.said
    shown = [
        CardPart("Model", [said.description] if said.description else [], table=_pairs(_details(content))),
        CardPart("Intended use", *_list(said.intended_use)),
        CardPart("Limitations", *_list(said.limitations)),
        CardPart("Ethical considerations", *_list(said.ethical_considerations)),
        CardPart(
            "Inputs", ["Raw values, as in the table; the preprocessing is part of the model."], table=_inputs(content)
        ),
        CardPart("Data", table=_pairs(_data(content))),
        CardPart("Metrics", [_of_metrics(content)], table=_metrics(content)),
        CardPart("Release checks", table=_gates(content.gates)),
    ]
    if content.promises:
        shown.append(CardPart("Promises", table=_promises(content.promises)))
    return [
        *shown,
        CardPart("Training", table=_pairs(content.training)),
        CardPart("Lineage", table=_pairs(content.lineage)),
    ]


def plain(part: CardPart) -> str:
    """Returns a part as plain text, a line for each paragraph, item and row."""
    rows = [": ".join([row[0], "; ".join(filter(None, row[1:]))]) for row in part.table.rows] if part.table else []
    return "\n".join([f"{part.title}.", *part.texts, *part.items, *rows])


def measured(reading: Reading) -> str:
    """Returns a value with its interval."""
    if reading.low is None or reading.high is None:
        return numerals.written(reading.value, ",.4f")
    return f"{numerals.written(reading.value, ',.4f')} ({numerals.interval(reading.low, reading.high, ',.4f')})"


def _pairs(pairs: Mapping[str, str]) -> CardTable:
    return CardTable(("", ""), list(pairs.items()))


def _list(items: Sequence[str]) -> tuple[list[str], Sequence[str]]:
    return ([], items) if items else ([_NOT_SAID], [])


def _details(content: CardContent) -> dict[str, str]:
    size = content.size
    details = {
        "Version": content.version,
        "Answers": content.answer,
        "Decision": f"positive above {content.threshold:g}" if content.threshold is not None else "",
        "Classes": ", ".join(content.classes),
        "Network": f"hidden layers of {' and '.join(map(str, content.layers))} units, {size['sparsity']:.1%} zeros",
        "Form": f"{content.form}: {size['bytes']:,} bytes, {size['gzip_bytes']:,} after gzip",
        "Licence": content.said.license or _NOT_SAID,
        "Owners": ", ".join(content.said.owners) or _NOT_SAID,
    }
    return {name: text for name, text in details.items() if text}


def _data(content: CardContent) -> dict[str, str]:
    return {
        "Tables": ", ".join(content.tables),
        "Rows": ", ".join(f"{rows:,} {split}" for split, rows in content.rows.items()),
        "Label": content.label,
        "Licence": content.said.data_license or _NOT_SAID,
    }


def _inputs(content: CardContent) -> CardTable:
    head = ("Column", "Meaning", "Unit", "Type", "In training", "Missing")
    rows = []
    for spec in content.inputs:
        missing = "NaN" if spec["missing"] is None else repr(spec["missing"])
        rows.append((spec["name"], spec.get("meaning", ""), spec.get("unit", ""), spec["dtype"], _seen(spec), missing))
    return CardTable(head, rows)


def _seen(spec: Mapping[str, Any]) -> str:
    if "range" in spec:
        return f"{spec['range']['min']:,.10g} to {spec['range']['max']:,.10g}"
    values = spec.get("values", ())
    return f"{len(values)} value{'' if len(values) == 1 else 's'}" if values else ""


def _of_metrics(content: CardContent) -> str:
    text = "On the test rows, of which nothing was learnt."
    if content.confidence is not None:
        text += f" In brackets, the interval that covers the value in {content.confidence:.0%} of such samples."
    return text + " A mark * says that a slice has too few rows to judge by."


def _metrics(content: CardContent) -> CardTable:
    titles = dict.fromkeys(one.title for one in content.measured)
    by_slice: dict[str, dict[str, str]] = {}
    for one in content.measured:
        mark = " *" if one.reading.small else ""
        by_slice.setdefault(one.slice, {})[one.title] = measured(one.reading) + mark
    names = sorted(by_slice, key=lambda name: name != OVERALL)
    rows = [(name, *(by_slice[name].get(title, "–") for title in titles)) for name in names]
    return CardTable(("Slice", *titles), rows)


def _gates(gates: Iterable[Mapping[str, Any]]) -> CardTable:
    rows = [
        (gate["name"], gate["slice"], _number(gate["value"]), _limit(gate), "held" if gate["passed"] else "failed")
        for gate in gates
    ]
    return CardTable(("Check", "Slice", "Value", "Limit", "Result"), rows)


def _promises(promises: Iterable[Mapping[str, Any]]) -> CardTable:
    rows = []
    for one in promises:
        ends = "" if one.get("low") is None else f" ({_number(one['low'])} to {_number(one['high'])})"
        value = _number(one.get("value")) + ends
        said = (one["measure"], one["slice"], value, _limit(one), _number(one.get("rows")))
        rows.append((one["promise"], *said, " ".join(filter(None, (one["state"], one.get("reason", ""))))))
    return CardTable(("Promise", "Measure", "For", "Value", "Limit", "Rows", "State"), rows)


def _limit(record: Mapping[str, Any]) -> str:
    return f"{record['rule']} {_number(record['limit'])}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return numerals.written(value, ",.0f") if float(value).is_integer() else numerals.written(value, ",.4f")
