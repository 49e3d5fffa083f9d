"""The scripts that draw charts without a network: Vega, Vega-Lite and Vega-Embed as one."""

import contextlib
import importlib.metadata
import os
import sys

from modules.base import writing
from modules.base.version import NAME

_FOLDER = os.path.join(sys.prefix, "share", NAME)  # of the environment: the scripts are a package's


def bundle() -> str:
    """Returns the scripts, which define `window.vegaEmbed`.

    They are put together once and then kept in the environment, where that can be written to: it takes two seconds.
    """
    kept = os.path.join(_FOLDER, f"vega-{importlib.metadata.version('vl-convert-python')}.js")
    with contextlib.suppress(OSError), open(kept, encoding="utf-8") as file:
        return file.read()
    import vl_convert

    made = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    with contextlib.suppress(OSError):
        os.makedirs(_FOLDER, exist_ok=True)
        with writing.whole(kept) as file:
            file.write(made)
    return made
