"""What Transform found out about the columns, and what its reduction explains."""

import itertools
from typing import Any

from components.reporter.sources import Sources
from modules.contracts import profile as contract
from modules.features.profile import Profile, ReductionResult


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `columns` and `reduction`."""
    profile = sources.read("transform_graph", contract.read)
    if profile is None:
        return {"columns": {"left_out": {}, "notices": {}, "limits": []}, "reduction": None}
    return {"columns": _columns(profile), "reduction": _reduction(profile.reduction)}


def _columns(profile: Profile) -> dict[str, Any]:
    return {"left_out": profile.telling_nothing, "notices": profile.notices, "limits": list(profile.limits)}


def _reduction(reduction: ReductionResult) -> dict[str, Any]:
    return {
        "method": reduction.method,
        "components": reduction.components,
        "explained_variance": reduction.explained_shares,
        "cumulative": list(itertools.accumulate(reduction.explained_shares)),
        "converged": reduction.converged,
    }
