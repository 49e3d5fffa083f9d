"""What the page shows of attacks, checks and flips, on contents made up by hand."""

from typing import Any

import pytest

from components.reporter.blocks import Block, Figure, Table, Text
from components.reporter.sections.debugging_parts import (
    fairness_stress,
    gradient_attacks,
    metamorphic,
    monotonicity,
    random_attacks,
)

pytestmark = pytest.mark.unit


def cells(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [[cell.text for cell in row] for row in block.rows]


def test_an_attack_with_invalid_answers_is_marked() -> None:
    one: dict[str, Any] = {"attack": "missing", "group": "numeric", "rows": 1_000, "changed": 0.5}
    content = {
        "counted": "decisions that change",
        "attacks": [one | {"invalid": 0.25, "lowest": None, "highest": None}],
    }
    seen, (table,) = random_attacks.show(content, {})
    assert not seen
    assert cells(table) == [["missing", "numeric", "1,000", "25.0%", "50.0%", "–", "–"]]
    assert isinstance(table, Table)
    assert table.rows[0][3].mark == "bad"


def test_the_robustness_curve_describes_the_worst_effect_and_swaps_are_a_table() -> None:
    point = {"low": 0.7, "high": 0.9}
    content = {
        "counted": "decisions that change",
        "rows": 400,
        "numeric": ["age"],
        "categorical": ["sex"],
        "curve": [
            {"attack": name, "radius": radius, "kept": kept, **point}
            for radius, kept in ((0.1, 0.9), (1.0, 0.8))
            for name in ("noise", "fgsm", "pgd")
        ],
        "swaps": [{"swaps": 1, "kept": 0.75, **point}],
    }
    _, (text, figure, table) = gradient_attacks.show(content, {})
    assert isinstance(text, Text)
    assert isinstance(figure, Figure)
    assert figure.description.endswith("90% at 0.1, 80% at 1.")
    assert cells(table) == [["1", "75.0%", "70.0% to 90.0%"]]
    assert gradient_attacks.show(content | {"curve": [], "swaps": []}, {}) == ([], [])


def test_the_largest_wrong_step_is_shown_with_its_row() -> None:
    none = {"row": None, "start": None, "end": None, "before": None, "after": None}
    step = {"row": 1_234, "start": 40.0, "end": 41.0, "before": 0.7, "after": 0.5}
    shares = {"direction": "rises", "rows": 100, "wrong_rows": 0.1, "wrong_steps": 0.02}
    right = shares | {"wrong_rows": 0.0, "wrong_steps": 0.0}
    content = {"columns": [{"column": "age", **shares, **step}, {"column": "hours", **right, **none}]}
    _, (table,) = monotonicity.show(content, {})
    assert cells(table) == [
        ["age", "should only rise", "100", "10.0%", "2.0%", "0.7 to 0.5 (row 1,234, 40 to 41)"],
        ["hours", "should only rise", "100", "0.0%", "0.0%", "–"],
    ]


def test_an_answer_that_moves_where_it_must_not_is_marked() -> None:
    checks = [{"check": "row_order", "rows": 100, "moved": moved, "largest": moved / 100} for moved in (0, 2)]
    _, (table,) = metamorphic.show({"checks": checks}, {})
    assert [row[2:] for row in cells(table)] == [["0", "0"], ["2", "0.02"]]
    assert isinstance(table, Table)
    assert [row[2].mark for row in table.rows] == ["good", "bad"]


def test_a_column_that_the_model_does_not_read_shows_its_proxies_alone() -> None:
    proxies = {"auc": 0.93, "columns": {"relationship": 0.35}, "auc_without": 0.53}
    gaps = {"groups": ["a", "b"], "as_it_is": 0.2, "without_column": 0.2, "without_proxies": 0.05}
    unread = {"column": "sex", "is_read": False, "rows": 9, "proxies": proxies, "gaps": gaps}
    flip = {"to": "sex = Female", "rows": 9, "changed": [0.05, 0.04, 0.06], "change": [-0.04, -0.05, -0.03]}
    read = {"column": "sex", "is_read": True, "rows": 9, "flips": [flip], "ever": 0.04}
    content = {"counted": "decisions that change", "columns": [unread, read]}
    _, (said, table, flips, few) = fairness_stress.show(content, {})
    assert said == Text(text="The model does not read sex: it cannot be set to another value.")
    assert cells(table) == [["relationship", "0.350"]]
    assert cells(flips) == [["sex = Female", "9", "5.0%", "4.0% to 6.0%", "−0.0400", "−0.0500 to −0.0300"]]
    assert few == Text(text="Too few test rows tell which other columns stand in for sex.")
