"""Cells of a CSV file that a person opens in a spreadsheet."""

_RUN = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes what begins with one of these for a formula


def defused(cell: str) -> str:
    """Returns a cell as a spreadsheet shows it: what it would run as a formula gets an apostrophe before it.

    Numbers stay as they are, negative ones too. See https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if not cell.startswith(_RUN):
        return cell
    try:
        float(cell)
        return cell
    except ValueError:
        return f"'{cell}"
