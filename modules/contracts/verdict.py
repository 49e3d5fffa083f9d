"""What decided whether the model may ship: verdict.json, with one record per decision."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from modules.contracts import files

State = Literal["kept", "broken", "undecided"]
Kind = Literal["quality", "rate", "gap", "compression", "benchmark", "device"]
Rule = Literal["at least", "at most"]

_ARTIFACT, _FILE = "verdict", "verdict.json"


@dataclasses.dataclass(frozen=True)
class GroupValue:
    """What was measured of one of the groups that a gap is between.

    Attributes:
        slice: The group's name, as the Evaluator's results have it, such as `sex=Female`.
        value: Its rate; None where it is undefined.
        low: Lower end of the 95 % interval; None where there is none.
        high: Upper end.
        rows: The rows that the rate is over.
        positives: The rows of the group that are of the positive class; None of a regression.
    """

    slice: str
    value: float | None
    low: float | None
    high: float | None
    rows: int
    positives: int | None


@dataclasses.dataclass(frozen=True)
class Decision:
    """One promise for one slice, or for one pair of groups, and how it fared.

    Attributes:
        promise: Where the config makes it, with the limit: `promises.gaps[0].maximum`, `promises.device.max_bytes`.
        kind: What it is about.
        measure: The metric, rate, gap or device figure, as the config names it; of one class `auc/Adelie`, against a
            benchmark model `auc/boosted_trees`.
        slice: For whom: `overall`, `sex=Female`; of a gap the pair, the worse group first: `sex=Female / sex=Male`.
        rule: On which side of the limit the value must be.
        limit: The limit, which is within itself.
        value: What was measured; None where the rows do not define it.
        low: Lower end of the 95 % interval; None where there is none, or the value is no estimate.
        high: Upper end.
        rows: The rows that it rests on; None of a device figure.
        positives: How many of the slice's rows are of the positive class; None where there is none.
        state: `kept`: the interval's bad end is within the limit; `broken`: its good end is beyond, also after Holm's
            correction over the slices of the promise; else `undecided`.
        stops: Whether it keeps the model from shipping.
        method: How the interval was made: `wilson`, `newcombe`, `koopman`, `tango`, `delong`, `bootstrap`;
            `exact` where the value is no estimate.
        p_value: How likely such a value is, to the wrong side, if the promise is just kept, by Holm's correction: at
            most 0.025 where it is broken; None where nothing is tested.
        rows_to_decide: About how many rows of the slice would decide; None where it is decided or nobody knows.
        reason: Why it is undecided, or what else is to say; empty where there is nothing.
        groups: The two groups of a gap, in the order of `slice`.
    """

    promise: str
    kind: Kind
    measure: str
    slice: str
    rule: Rule
    limit: float
    value: float | None
    low: float | None
    high: float | None
    rows: int | None
    positives: int | None
    state: State
    stops: bool
    method: str
    p_value: float | None = None
    rows_to_decide: int | None = None
    reason: str = ""
    groups: Sequence[GroupValue] = ()

    @property
    def margin(self) -> float | None:
        """How far the value is on the right side of the limit: negative where it is beyond."""
        if self.value is None:
            return None
        return self.value - self.limit if self.rule == "at least" else self.limit - self.value

    def to_json(self) -> dict[str, Any]:
        """Returns the attributes and the margin as JSON holds them."""
        return dataclasses.asdict(self) | {
            "groups": [dataclasses.asdict(of) for of in self.groups],
            "margin": self.margin,
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "Decision":
        """Reads what `to_json` made."""
        own = {name: value for name, value in entry.items() if name != "margin"}
        return cls(**own | {"groups": tuple(GroupValue(**of) for of in own["groups"])})


@dataclasses.dataclass(frozen=True)
class Verdict:
    """All that decided.

    Attributes:
        may_ship: Whether TFMA's thresholds hold and no decision stops the model.
        thresholds_hold: Whether TFMA's thresholds hold: the gates of the config.
        decisions: How every promise fared, in the order of the config.
    """

    may_ship: bool
    thresholds_hold: bool
    decisions: Sequence[Decision]


def write(uri: str, verdict: Verdict) -> None:
    """Writes the verdict."""
    content = {
        "may_ship": verdict.may_ship,
        "thresholds_hold": verdict.thresholds_hold,
        "decisions": [decision.to_json() for decision in verdict.decisions],
    }
    files.write_json(uri, _FILE, content, indent=1)


def read(uri: str) -> Verdict:
    """Returns the verdict."""
    content = files.read_json(_ARTIFACT, uri, _FILE)
    return Verdict(
        content["may_ship"],
        content["thresholds_hold"],
        [Decision.from_json(entry) for entry in content["decisions"]],
    )
