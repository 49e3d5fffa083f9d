"""Asks the model about cells as no table should hold them."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from components.asked_model import AskedModel, Found
from components.debugger import movements
from modules.base.questions import Debugger
from modules.debugging import random_attacks
from modules.debugging.findings import finding
from modules.debugging.random_attacks import Attack

_MOST_CHANGED = 0.5


def attack(asked: AskedModel, settings: Debugger) -> Found:
    """Runs every attack on drawn test rows."""
    movement, rows = movements.of(asked), asked.test.sample(asked.rows, asked.seed).rows
    found: list[Attack] = []
    note = ""
    for number, name in enumerate(random_attacks.ATTACKS):
        if asked.clock.over:
            note = asked.clock.stopped(number, len(random_attacks.ATTACKS), "attacks")
            break
        found += random_attacks.run(name, asked.function, movement, rows, asked.training, asked.seed)
    content = {"counted": movement.words, "attacks": [dataclasses.asdict(one) for one in found]}
    return content | {"findings": _findings(found, bool(movement.classes))}, note


def _findings(found: Sequence[Attack], has_classes: bool) -> list[dict[str, Any]]:
    told = []
    invalid = sorted((one for one in found if one.invalid), key=lambda one: -one.invalid)
    if invalid:
        worst = invalid[0]
        what = f"{worst.invalid:.1%} of the rows get no valid answer where {worst.group} columns hold "
        what += f"{worst.attack.replace('_', ' ')} values"
        what += f", and {len(invalid) - 1} more attacks have such rows." if len(invalid) > 1 else "."
        told.append(
            finding("bad", what, "Refuse such rows before they reach the model: it does not say that it fails.")
        )
    elif found:
        kind = "a probability" if has_classes else "a number"
        what = f"Every answer to {sum(one.rows for one in found):,} rows of {len(found)} random attacks is {kind}."
        told.append(finding("good", what, "Nothing is to be done."))
    moved = [one for one in found if one.attack in ("missing", "unseen", "very_long") and one.group != "all"]
    most = max(moved, key=lambda one: one.changed, default=None)
    if most and most.changed > _MOST_CHANGED and not most.invalid:
        what = f"{most.changed:.1%} of the rows get another answer where all {most.group} columns are "
        what += f"{most.attack.replace('_', ' ')}, and the model does not say so."
        told.append(finding("warning", what, "Check on the device that the columns are there before you believe it."))
    return told
