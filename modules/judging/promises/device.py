"""Promises about the device: exact figures of the file that would ship."""

from collections.abc import Mapping

from modules.base.promises import DevicePromises
from modules.judging.promises.estimate import Estimate, undefined
from modules.judging.promises.settling import Claim

_NOT_MEASURED = "it was not measured"


def families(promises: DevicePromises, figures: Mapping[str, float | None]) -> list[list[Claim]]:
    """Holds figures against their limits, each by itself.

    Args:
        promises: The limits.
        figures: What was measured, by what the limits are named after, such as `bytes`.
    """
    found = []
    for name, limit in promises.given.items():
        figure = figures.get(name)
        estimate = (
            undefined(_NOT_MEASURED, 0, "exact")
            if figure is None
            else Estimate(float(figure), float(figure), float(figure), 0, "exact")
        )
        found.append(
            [Claim(f"promises.device.max_{name}", "device", name, "overall", "at most", limit, estimate, 0, None)]
        )
    return found
