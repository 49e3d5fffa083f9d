"""What data was used: one line per column, and the distribution of its values in each split."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.blocks import (
    Block,
    Cell,
    Column,
    Details,
    Fact,
    Facts,
    Section,
    Table,
    Text,
    number,
    percent,
    text,
)
from components.reporter.sections import distributions
from modules.base import numerals

_OPEN = 12  # figures that are not folded away
_ROWS = 60  # columns in a table: more would make the page slow, and nobody reads them


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; a run that stopped before StatisticsGen has none."""
    data = summary.get("data")
    if not data:
        return None
    blocks: list[Block] = [
        Facts(facts=[Fact(name=f"{split} rows", value=f"{rows:,}") for split, rows in data["rows"].items()]),
        *_findings(summary.get("data_gate", []), summary.get("anomalies", [])),
        *_figures(data["columns"]),
        *_columns(data, summary),
        *_told(summary.get("columns", {})),
        *distributions.explained(summary.get("reduction")),
    ]
    return Section(id="data", title="What data was used?", lead=_answer(data, summary), order=60, blocks=blocks)


def _answer(data: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    columns, splits = data["columns"], data["rows"]
    used = sum(column["role"] == "feature" for column in columns)
    used -= sum(column["name"] in summary.get("columns", {}).get("left_out", {}) for column in columns)
    gaps = sum(any(column["missing"].values()) for column in columns)
    rows = f"{sum(splits.values()):,} rows in {len(splits)} split{'' if len(splits) == 1 else 's'}"
    missing = "none of them has" if not gaps else f"{gaps} {'has' if gaps == 1 else 'have'}"
    return (
        f"{rows}, {len(columns)} column{'' if len(columns) == 1 else 's'}, of which the model reads {used}; {missing} "
        f"missing values.{_gate(summary)}"
    )


def _gate(summary: Mapping[str, Any]) -> str:
    """Returns a sentence on the data gate; none where the run did not get to it."""
    if (summary.get("stopped") or {}).get("step") == "DataGate":
        return " The data gate stopped the run."
    if not any(gate["name"].startswith("data gate") for gate in summary.get("gates", [])):
        return ""
    count = len(summary["data_gate"])
    return (
        f" The data gate found {count or 'nothing'}{' thing' if count == 1 else ' things' if count else ''} to report."
    )


def _findings(findings: Sequence[Mapping[str, Any]], anomalies: Sequence[Mapping[str, Any]]) -> list[Block]:
    blocks: list[Block] = []
    if findings:
        rows = [
            [
                text(finding["column"]),
                text(finding["severity"], "bad" if finding["severity"] == "stop" else "warning"),
                text(finding["rule"]),
                text(finding["compared"]),
                number(finding["value"], 3),
                number(finding["limit"], 3),
                text(finding["message"]),
            ]
            for finding in findings
        ]
        titles = ("column", "severity", "rule", "compared", "value", "limit", "what")
        blocks.append(_table("What the data gate found", titles, rows, numeric=("value", "limit")))
    if anomalies:
        rows = [[text(anomaly["column"]), text(anomaly["split"]), text(anomaly["text"])] for anomaly in anomalies]
        blocks.append(_table("Where the data does not fit the schema", ("column", "split", "what"), rows))
    return blocks


def _figures(columns: Sequence[Mapping[str, Any]]) -> list[Block]:
    drawn = [distributions.figure(column) for column in columns if column.get("distribution")]
    if not drawn:
        return []
    more = len(drawn) - _OPEN
    blocks: list[Block] = [*drawn[:_OPEN]]
    if more > 0:
        blocks.append(Details(title=f"{more} more distributions", blocks=[*drawn[_OPEN:]]))
    without = len(columns) - len(drawn)
    if without:
        blocks.append(Text(text=f"{len(drawn)} of {len(columns)} columns have a figure; summary.json has them all."))
    return blocks


def _columns(data: Mapping[str, Any], summary: Mapping[str, Any]) -> list[Block]:
    splits = list(data["rows"])
    others = [split for split in splits if split != "train"]
    warned = {finding["column"] for finding in summary.get("data_gate", []) if finding["rule"] in _DRIFT}
    left_out = summary.get("columns", {}).get("left_out", {})
    titles = [
        *("column", "use", "kind", "distinct values"),
        *(f"missing, {split}" for split in splits),
        *(f"drift, {split}" for split in others),
    ]
    shown = data["columns"][:_ROWS]
    rows = [
        [
            text(column["name"]),
            text("no information", "muted") if column["name"] in left_out else text(column["role"]),
            text(column["kind"]),
            number(column.get("distinct"), 0),
            *(
                percent(column["missing"].get(split), mark="muted" if not column["missing"].get(split) else "")
                for split in splits
            ),
            *(number(column["drift"].get(split), 3, "warning" if column["name"] in warned else "") for split in others),
        ]
        for column in shown
    ]
    drift = (
        "Drift is the distance from the training rows: for text and classes the largest difference of a share "
        "(L-infinity), for numbers the Jensen-Shannon divergence."
    )
    rest = _rest(len(data["columns"]))
    uses = _table("Columns", titles, rows, set(titles) - {"column", "use", "kind"}, f"{drift}{rest}")
    return [uses, *_values(shown, rest)]


def _values(columns: Sequence[Mapping[str, Any]], rest: str) -> list[Block]:
    """Returns what the training rows hold: a table of numbers, and one of text."""
    names = ("mean", "deviation", "min", "median", "max")
    numbers = [
        [text(column["name"]), *(_significant(column.get(name)) for name in names)]
        for column in columns
        if any(column.get(name) is not None for name in names)
    ]
    texts = [
        [text(column["name"]), text(", ".join(f"{_cut(value)} {share:.0%}" for value, share in column["top"]))]
        for column in columns
        if column.get("top")
    ]
    tables: list[Block] = []
    if numbers:
        titles = ("column", "mean", "standard deviation", "minimum", "median", "maximum")
        tables.append(_table("Numbers in the training rows", titles, numbers, titles[1:], rest))
    if texts:
        tables.append(_table("Text in the training rows", ("column", "most frequent values"), texts, note=rest))
    return tables


def _rest(count: int) -> str:
    """Returns a sentence on the columns that a table has no room for; empty if it shows all of them."""
    return f" The first {_ROWS} of {count:,} columns; summary.json has them all." if count > _ROWS else ""


_DRIFT = ("drift", "drift_since_blessed", "label_shift")


def _told(columns: Mapping[str, Any]) -> list[Block]:
    limits = columns.get("limits", [])
    blocks: list[Block] = [Text(text=f"In this wide table {'; '.join(limits)}.")] if limits else []
    captions = {"left_out": "Columns without information, which are left out", "notices": "Notes on columns"}
    for key, caption in captions.items():
        reasons = columns.get(key, {})
        rows = [[text(name), text(why)] for name, why in list(reasons.items())[:_ROWS]]
        if rows:
            table = _table(
                caption, ("column", "reason" if key == "left_out" else "note"), rows, note=_rest(len(reasons))
            )
            blocks.append(table if len(rows) <= _OPEN else Details(title=f"{caption}: {len(reasons)}", blocks=[table]))
    return blocks


def _table(
    caption: str, titles: Sequence[str], rows: list[list[Cell]], numeric: Sequence[str] | set[str] = (), note: str = ""
) -> Table:
    columns = [Column(title=title, numeric=title in numeric) for title in titles]
    return Table(caption=caption, columns=columns, rows=rows, note=note)


def _significant(value: float | None) -> Cell:
    """Returns a cell with four significant digits; whole and large numbers with all of theirs before the point."""
    if value is None:
        return number(None)
    whole = float(value).is_integer() or abs(value) >= 1e3
    shown = numerals.written(value, ",.0f" if whole and abs(value) < 1e10 else ".4g")
    return Cell(text=shown, sort=float(value))


def _cut(value: str, most: int = 24) -> str:
    return value if len(value) <= most else value[: most - 1] + "…"
