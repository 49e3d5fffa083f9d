"""What the models between the student and the device are called: by numeric form and, of several, by sparsity."""

_AT = "@"
_WHOLE = "float32"


def point_name(form: str, sparsity: float | None) -> str:
    """Returns the name of a pruned student in a numeric form.

    Args:
        form: The numeric form.
        sparsity: The share of zeros that was asked for; None where only one was tried, which then needs no mention.
    """
    return form if sparsity is None else f"{form}{_AT}{sparsity:g}"


def numeric_form(point: str) -> str:
    """Returns the numeric form of what `point_name` named."""
    return point.partition(_AT)[0]


def rung_name(point: str) -> str:
    """Returns a point's name on the ladder: in float32 it is the pruned student itself."""
    form, at, sparsity = point.partition(_AT)
    return "pruned" + at + sparsity if form == _WHOLE else point
