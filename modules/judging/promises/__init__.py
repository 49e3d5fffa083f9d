"""The promises of the config, held against what models predict of the same rows: kept, broken or undecided."""

from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.deciding import decide
from modules.judging.promises.scopes import slicings

__all__ = ["ComparedRows", "decide", "slicings"]
