"""How numbers are written for people: below zero with a minus, as figures write them, and not with a hyphen.

Cells of the user's table, and the names of its levels and slices, stay as the table has them: people look for them.
"""

MINUS = "−"


def written(value: float, form: str) -> str:
    """Writes a number.

    Args:
        value: The number.
        form: As `format` takes it: `.3f`, `+.4f`, `,.4g`, `.1%`.
    """
    text = format(value, form)
    return f"{MINUS}{text[1:]}" if text.startswith("-") else text


def interval(low: float, high: float, form: str) -> str:
    """Writes the ends of an interval."""
    return f"{written(low, form)} to {written(high, form)}"


def plain(text: str) -> str:
    """Writes the ends of an interval as programs read numbers."""
    return text.replace(MINUS, "-")
