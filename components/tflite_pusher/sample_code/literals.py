"""Values as they are written in the source of a language; a table's text can end no literal and start no comment."""

import math
from collections.abc import Callable, Mapping

import numpy as np

_LEAST_INT64 = -(2**63)


def python(value: float | int | str) -> str:
    """Returns a literal of Python; of a text, one of bytes."""
    if isinstance(value, str):
        return ascii(value.encode())
    return _number(value, "float('nan')", "float('inf')", str, "")


def c(value: float | int | str) -> str:
    """Returns a literal of C; of a text, the bytes of its UTF-8."""
    if isinstance(value, str):
        return '"' + "".join(map(_c_byte, value.encode())) + '"'
    return _number(value, "NAN", "INFINITY", _c_integer, "f")


def kotlin(value: float | int | str) -> str:
    """Returns a literal of Kotlin."""
    if isinstance(value, str):
        return _quoted(value, _utf16)
    return _number(value, "Float.NaN", "Float.POSITIVE_INFINITY", _kotlin_integer, "f")


def swift(value: float | int | str) -> str:
    """Returns a literal of Swift, with its type."""
    if isinstance(value, str):
        return _quoted(value, lambda character: f"\\u{{{ord(character):X}}}")
    if isinstance(value, int):
        return "Int64.min" if value == _LEAST_INT64 else f"Int64({value})"
    return f"Float({_number(value, '.nan', '.infinity', str, '')})"


# By the ending of the file.
LITERALS: Mapping[str, Callable[[float | int | str], str]] = {"py": python, "c": c, "kt": kotlin, "swift": swift}


def _number(value: float | int, nan: str, infinity: str, integer: Callable[[int], str], ending: str) -> str:
    if isinstance(value, int):
        return integer(value)
    if math.isnan(value):
        return nan
    if math.isinf(value):
        return infinity if value > 0 else f"-{infinity}"
    return f"{np.format_float_scientific(np.float32(value), trim='0')}{ending}"


def _c_integer(value: int) -> str:
    return "INT64_MIN" if value == _LEAST_INT64 else f"INT64_C({value})"


def _kotlin_integer(value: int) -> str:
    return "Long.MIN_VALUE" if value == _LEAST_INT64 else f"{value}L"


def _c_byte(byte: int) -> str:
    """Returns a byte within a literal: three octal digits are never read together with what follows."""
    return chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02X}{units[at + 1]:02X}" for at in range(0, len(units), 2))


def _quoted(text: str, escape: Callable[[str], str]) -> str:
    plain = {character for character in map(chr, range(32, 127)) if character not in '"\\$'}
    return '"' + "".join(character if character in plain else escape(character) for character in text) + '"'
