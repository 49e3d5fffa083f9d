"""Whether the validation rows flatter the model, and whether near-duplicates of training rows are why."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from modules import tasks
from modules.base import numerals, questions
from modules.debugging import near_duplicates, optimistic_validation
from modules.debugging.findings import finding
from modules.debugging.near_duplicates import Key
from modules.debugging.optimistic_validation import Answered, Compared
from modules.explaining.raw_function import Rows
from modules.explaining.row_set import RowSet
from modules.judging.statistics import newcombe

# So many rows of validation and test are looked for among the training rows.
_MOST_ROWS = 2_000


def find(asked: AskedModel, settings: questions.Debugger) -> Found:
    """Compares validation and test; where validation is better beyond chance, looks for near-duplicates."""
    validation, test = asked.validation, asked.test
    compared = optimistic_validation.compare(
        asked.target.task,
        asked.target.classes,
        Answered(validation.labels, asked.validation_answers, validation.weights),
        Answered(test.labels, asked.test_answers, test.weights),
        asked.model.card.threshold,
        asked.seed,
    )
    if not compared:
        return None, "No metric is defined on both the validation and the test rows."
    # A perfect AUC has no interval: the next metric decides.
    deciding = next((one for one in compared if one.low is not None), compared[0])
    duplicates = _duplicates(asked) if deciding.beyond_chance else None
    content = {
        "rows": {"validation": len(validation), "test": len(test)},
        "metrics": [_as_json(one) for one in compared],
        "deciding": deciding.metric,
        "beyond_chance": deciding.beyond_chance,
        "near_duplicates": duplicates,
    }
    return {**content, "findings": [_found(deciding, duplicates, asked.run.config["data"]["group_column"])]}, ""


def _duplicates(asked: AskedModel) -> dict[str, Any]:
    """Looks for the rows of both splits among the training rows."""
    training, columns = asked.training, asked.function.columns
    looked_at: dict[str, RowSet] = {
        name: rows.sample(_MOST_ROWS, asked.seed)
        for name, rows in (("validation", asked.validation), ("test", asked.test))
    }
    pairs = {name: near_duplicates.nearest(columns, rows.rows, training.rows) for name, rows in looked_at.items()}
    counts = {name: (int((found >= 0).sum()), len(found)) for name, found in pairs.items()}
    low, high = newcombe.interval(counts["validation"], counts["test"])
    made = {name: {"rows": rows, "near_duplicates": near} for name, (near, rows) in counts.items()}
    key = _key(asked, looked_at, pairs) if low > 0 else None
    return {
        **made,
        "training": len(training),
        "more": counts["validation"][0] / counts["validation"][1] - counts["test"][0] / counts["test"][1],
        "low": low,
        "high": high,
        "key": None if key is None else {"columns": key.columns, "shared": key.shared, "by_chance": key.by_chance},
    }


def _key(asked: AskedModel, looked_at: Mapping[str, RowSet], pairs: Mapping[str, np.ndarray]) -> Key | None:
    """Looks for what copies share, among all columns but label and weight."""
    table = asked.run.table
    of_split: dict[str, Rows] = {"train": asked.training.rows}
    of_split |= {name: rows.rows for name, rows in looked_at.items()}
    for split, rows in of_split.items():
        numbers = slice(None) if split == "train" else looked_at[split].numbers
        others = asked.other_columns_of(split).items()
        unread = {name: values[numbers] for name, values in others if name not in (table.label, table.weight)}
        of_split[split] = {**rows, **unread}
    found = (pairs["validation"], pairs["test"])
    columns = asked.function.columns
    return near_duplicates.key(columns, of_split["validation"], of_split["train"], of_split["test"], found, asked.seed)


def _as_json(one: Compared) -> dict[str, Any]:
    ends = ("value", "low", "high")
    return {
        "metric": one.metric,
        "validation": dict(zip(ends, one.validation, strict=True)),
        "test": dict(zip(ends, one.test, strict=True)),
        "better": one.better,
        "low": one.low,
        "high": one.high,
    }


def _found(one: Compared, duplicates: Mapping[str, Any] | None, group_column: str | None) -> dict[str, Any]:
    title = tasks.METRICS[one.metric].title
    values = [numerals.written(split[0], ".4f") for split in (one.validation, one.test)]
    what = f"Validation {title} {values[0]}, test {values[1]}"
    if one.low is None or one.high is None:
        return finding("good", f"{what}: too few rows for an interval of the difference.", "Give more rows to both.")
    interval = f"95 %: {numerals.interval(one.low, one.high, '+.4f')}"
    if duplicates is None:
        what += f": validation is not better beyond chance ({numerals.written(one.better, '+.4f')}, {interval})."
        return finding("good", what, "Nothing: the validation rows can be trusted to choose by.")
    what += f": validation is better by {one.better:.4f} ({interval})"
    if duplicates["low"] <= 0:
        advice = (
            "Find out how the test rows differ: another time, place or source; see the drift of the columns, and split "
            "validation from training in the same way (data.time_column or data.group_column)."
        )
        return finding("warning", f"{what}; near-duplicates of training rows are not the reason.", advice)
    shares = [duplicates[name]["near_duplicates"] / duplicates[name]["rows"] for name in ("validation", "test")]
    what += f"; {shares[0]:.0%} of its rows are near-duplicates of training rows, of the test rows {shares[1]:.0%}."
    return finding("bad", what, _advice(duplicates["key"], group_column))


def _advice(key: Mapping[str, Any] | None, group_column: str | None) -> str:
    if key is None:
        return (
            "No column is shared by the near-duplicates alone: give all copies of a row one number in a new column and "
            "set data.group_column to it, or remove the copies."
        )
    names: Sequence[str] = key["columns"]
    shared = f"{key['shared']:.0%} of the near-duplicates share it, {key['by_chance']:.2%} of other pairs do"
    if len(names) == 1:
        instead = f" instead of {group_column}" if group_column else ""
        return f"Set data.group_column to {names[0]}{instead}: {shared}."
    return f"Join {', '.join(names)} into one column, and set data.group_column to it: {shared}."
