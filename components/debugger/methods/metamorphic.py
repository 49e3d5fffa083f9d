"""Changes of rows that must not move an answer."""

import dataclasses
from typing import Any, Literal

from components.asked_model import AskedModel, Found
from modules.base.questions import Debugger
from modules.debugging import metamorphic
from modules.debugging.findings import finding

# Of the last bits of a float32, and no more.
_LITTLE = 1e-5
_TITLES = {
    "unused_column": "one more column in the table",
    "row_order": "the rows in another order",
    "batch_of_one": "rows asked one by one",
    "unseen_category": "another name for a category that no row has",
}


def check(asked: AskedModel, settings: Debugger) -> Found:
    """Checks drawn test rows."""
    found = list(metamorphic.run(asked.function, asked.test.sample(asked.rows, asked.seed).rows, asked.seed))
    told: list[dict[str, Any]] = []
    for one in found:
        if one.moved:
            what = f"{_TITLES[one.check].capitalize()}: {one.moved:,} of {one.rows:,} answers move, at most by "
            what += f"{one.largest:.2g}."
            mark: Literal["bad", "warning"] = "bad" if one.largest > _LITTLE else "warning"
            told.append(finding(mark, what, "Report it with the model: such a change must not move an answer."))
    if not told:
        what = f"No answer moves by anything: {', '.join(_TITLES[one.check] for one in found)}."
        told.append(finding("good", what, "Nothing is to be done."))
    return {"checks": [dataclasses.asdict(one) for one in found], "findings": told}, ""
