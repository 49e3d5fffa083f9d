"""Truth values in the spelling that a model knows: True, TRUE, true, yes and 1 are one value. Knows no TFX."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

# In lower case; what is true first.
_PAIRS = (("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("on", "off"), ("1", "0"))
_MEANING = {text: place == 0 for pair in _PAIRS for place, text in enumerate(pair)}


def truth_of(text: str) -> bool | None:
    """Returns what a truth value means, whatever its case; None for any other text."""
    return _MEANING.get(text.lower())


def as_known(column: pa.Array, dtype: str, known: Sequence[str]) -> pa.Array:
    """Writes the truth values of a column as a model knows them.

    Args:
        column: Text or numbers, null for missing.
        dtype: How the model reads it: a number takes `true` and `false` as 1 and 0.
        known: The values that the model knows, of a column of categories.

    Returns:
        The column; unchanged where it holds, or the model knows, anything else than truth values. A value that the
        model knows stays as it is.
    """
    if dtype in ("int64", "float32"):
        return _as_numbers(column) if pa.types.is_string(column.type) else column
    spelling: dict[bool, str] = {}
    for text in known:
        means = truth_of(text)
        if means is None or means in spelling:
            return column
        spelling[means] = text
    if not spelling:
        return column
    texts = column.cast(pa.string()) if pa.types.is_integer(column.type) else column
    return _replaced(texts, {text: spelling[means] for text, means in _MEANING.items() if means in spelling}, known)


def _as_numbers(column: pa.Array) -> pa.Array:
    return _replaced(column, {"true": "1", "false": "0"}, ())


def _replaced(column: pa.Array, spelling: dict[str, str], known: Sequence[str]) -> pa.Array:
    if not pa.types.is_string(column.type):
        return column
    lower = pc.utf8_lower(column)
    for text, replacement in spelling.items():
        change = pc.and_(pc.equal(lower, text), pc.invert(pc.is_in(column, value_set=pa.array(known, pa.string()))))
        if pc.any(change).as_py():
            column = pc.if_else(change, replacement, column)
    return column
