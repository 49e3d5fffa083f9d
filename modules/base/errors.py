"""The one family of exceptions that is written for the user: one message, no traceback."""

from modules.base import credentials


class UserError(Exception):
    """Something that the user can fix.

    The message is one line: where it happened, what is wrong and why, and how to fix it. Passwords and tokens in an
    address are left out of it.

    Args:
        where: File and field, row or step that the message is about.
        what: What is wrong there, with the value found and what was expected.
        fix: What to do about it, as an instruction.
    """

    def __init__(self, where: str, what: str, fix: str) -> None:
        self.where, self.what, self.fix = where, what, fix
        end = "" if what.endswith(("?", "!", ".")) else "."
        where, what, fix = (credentials.masked(part) for part in (where, what, fix.rstrip(".")))
        # A name or a cell of the user's table may hold line ends.
        super().__init__(" ".join(f"{where}: {what}{end} {fix}.".splitlines()))

    def _render_traceback_(self) -> list[str]:
        """Tells a notebook to show the message alone."""
        return [str(self)]


class DataError(UserError):
    """The table cannot be used as it is."""


class DataRefused(DataError):
    """The data gate stops the run."""


class TargetMissed(UserError):
    """A step ran, but did not reach the target that the config sets for it."""
