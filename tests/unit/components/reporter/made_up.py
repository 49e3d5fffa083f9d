"""Decisions made by hand: what became of promises, as the Verdict would say it."""

from typing import Any

from modules.contracts.verdict import Decision, GroupValue


def kept(**changes: Any) -> Decision:
    """Returns the decision on what compression costs one slice."""
    attributes: dict[str, Any] = {
        "promise": "promises.compression[0]",
        "kind": "compression",
        "measure": "auc",
        "slice": "sex=Female",
        "rule": "at most",
        "limit": 0.002,
        "value": 0.0003,
        "low": 0.0001,
        "high": 0.0005,
        "rows": 5421,
        "positives": 590,
        "state": "kept",
        "stops": False,
        "method": "delong",
    }
    return Decision(**attributes | changes)


def undecided(**changes: Any) -> Decision:
    """Returns that of a slice that is too small."""
    small = {"slice": "sex=Male", "value": 0.001, "low": -0.01, "high": 0.012, "rows": 40, "positives": 9}
    return kept(**small | {"state": "undecided", "rows_to_decide": 9_000} | changes)


def parity(**changes: Any) -> Decision:
    """Returns a broken promise about two groups."""
    women = GroupValue("sex=Female", 0.087, 0.08, 0.095, 5421, 590)
    men = GroupValue("sex=Male", 0.259, 0.25, 0.267, 10860, 3256)
    attributes: dict[str, Any] = {
        "promise": "promises.gaps[0]",
        "kind": "gap",
        "measure": "demographic_parity_ratio",
        "slice": "sex=Female / sex=Male",
        "rule": "at least",
        "limit": 0.8,
        "value": 0.336,
        "low": 0.31,
        "high": 0.36,
        "rows": 16281,
        "positives": 3846,
        "state": "broken",
        "stops": True,
        "method": "newcombe",
        "groups": (women, men),
    }
    return Decision(**attributes | changes)


def device(**changes: Any) -> Decision:
    """Returns a broken promise about the file."""
    none = dict.fromkeys(("low", "high", "rows", "positives"))
    of_file = {"promise": "promises.device.max_bytes", "kind": "device", "measure": "bytes", "slice": "overall"}
    broken = {"limit": 3000, "value": 5208, "state": "broken", "stops": True, "method": "exact"}
    return kept(**of_file | none | broken | changes)
