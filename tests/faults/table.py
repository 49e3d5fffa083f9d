"""The table of docs/reliability.md, from the lines of the tests: `python -m tests.faults.table` writes it."""

import itertools
import re
from collections.abc import Iterable
from pathlib import Path

from tests.faults.matrix import KILLS, RESOURCES, Fault
from tests.faults.test_attacks import ATTACKS
from tests.faults.test_damages import DAMAGES, HARMS, SHIPPED
from tests.faults.test_pushes import PUSHES, READERS
from tests.faults.test_stores import ACTS
from tests.unit.pipeline.kubeflow.test_lint_damages import CASES as LINTED

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- tests/faults -->\n", "<!-- end -->"


def table() -> str:
    """Returns the table in Markdown."""
    rows = [("act", "where", "when", "times")]
    rows += _by_step("killed (SIGKILL)", KILLS)
    pushes = f"pushes under {READERS} readers, a kill again and again on the way: none torn, lost or out of order"
    rows.append(("killed (SIGKILL)", "the folder of versions", pushes, str(PUSHES)))
    rows += _by_step("fails", RESOURCES)
    by_step = itertools.groupby(DAMAGES, key=lambda damage: damage.step)
    for step, of_step in by_step:
        damages = list(of_step)
        rows.append(("changed", step, "; ".join(f"`{_short(d.file)}` {d.said}" for d in damages), str(len(damages))))
    names = ", ".join(f"`{name}`" for name in SHIPPED)
    what = ", ".join(harm.__name__ for harm in HARMS)
    rows.append(("changed", "the pushed version", f"{names}: {what}", str(len(SHIPPED) * len(HARMS))))
    rows.append(("in its place", "the lineage store", "; ".join(["locked", "moved away", *ACTS]), str(len(ACTS) + 2)))
    rows.append(("attack", "the command line", "; ".join(attack.what for attack in ATTACKS), str(len(ATTACKS))))
    rows.append(("changed", "the compiled file", "all that `lint` refuses, in `make test`", str(len(LINTED))))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---|---|---|---|", *lines[1:]]) + "\n"


def write() -> None:
    """Puts the table into the page."""
    text = PAGE.read_text()
    PAGE.write_text(re.sub(f"{_BEGIN}.*?{_END}", lambda _: _BEGIN + table() + _END, text, flags=re.DOTALL))


def _by_step(act: str, faults: Iterable[Fault]) -> list[tuple[str, str, str, str]]:
    rows = []
    for step, of_step in itertools.groupby(faults, key=lambda fault: fault.step):
        moments = [fault.moment for fault in of_step]
        rows.append((act, step, "; ".join(moments), str(len(moments))))
    return rows


def _short(file: str) -> str:
    return file.rsplit("/", 1)[-1] if not file.endswith("*") else file


if __name__ == "__main__":
    write()
