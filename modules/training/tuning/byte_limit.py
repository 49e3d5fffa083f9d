"""Which configurations are trained where the teacher's file has a limit: its bytes are computed beforehand."""

import dataclasses
import functools

from modules.base.errors import UserError
from modules.base.settings import SearchSpace
from modules.training.architectures import kinds
from modules.training.searching.sizing import FileSize
from modules.training.tuning.spaces import Admits


def admitting(limit: int, width: int, size: FileSize, space: SearchSpace, setting: str = "tuner.max_bytes") -> Admits:
    """Returns what tells whether the file of a configuration's network keeps the limit.

    Args:
        limit: Bytes.
        width: Length of the encoded row.
        size: How large the file of a network is.
        space: The section `tuner.search_space` of the config.
        setting: The setting that gives the limit.

    Raises:
        UserError: If no configuration does.
    """
    least = smallest(width, size, space)
    if least > limit:
        fewer = "cells, nodes or units" if space.kind == "micro" else "layers or units"
        raise UserError(
            setting,
            f"no network of tuner.search_space fits {limit:,} bytes: the smallest takes about {least:,}",
            f"Allow more, or give search_space fewer {fewer}",
        )
    return lambda values: size.of_architecture(width, kinds.architecture_of(values)) <= limit


def smallest(width: int, size: FileSize, space: SearchSpace) -> int:
    """Returns the bytes of the smallest file of a search space.

    Args:
        width: Length of the encoded row.
        size: How large the file of a network is.
        space: The section `tuner.search_space` of the config.
    """
    found = []
    for form in size.forms:  # of each, the bytes of a network add up
        of_form = dataclasses.replace(size, form=form)
        made = kinds.KINDS[space.kind].small(space, functools.partial(of_form.of_architecture, width))
        found += [of_form.of_architecture(width, architecture) for architecture in made]
    return min(found)
