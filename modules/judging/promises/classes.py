"""The classes that a promise is about."""

from modules.base.errors import UserError
from modules.judging.promises.compared import ComparedRows


def meant(place: str, of_class: str | None, rows: ComparedRows) -> list[tuple[int, str]]:
    """Returns the number of each class that a promise is about, and what its name adds to that of a rate.

    Args:
        place: Where the config makes the promise.
        of_class: The class that the config names; without one, the positive class of two, and each of several.
        rows: The rows, which know the classes; a regression has none, and one entry without a number that is meant.

    Raises:
        UserError: If there is no such class.
    """
    if of_class is None:
        return rows.kind.rated(rows.classes) or [(0, "")]
    if of_class not in rows.classes:
        known = ", ".join(rows.classes)
        raise UserError(f"{place}.of_class", f"{of_class!r} is no class of the label", f"Write one of {known}")
    return [(list(rows.classes).index(of_class), of_class)]


def named(measure: str, of_class: str) -> str:
    """Returns the name of a measure of a class, as in `auc/Adelie`."""
    return f"{measure}/{of_class}" if of_class else measure
