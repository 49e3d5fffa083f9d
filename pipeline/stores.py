"""Whether a file is a store of ML Metadata that can be opened, and what a user can do where it is not."""

import os
import sqlite3
import urllib.parse

from modules.base.errors import UserError

_PATIENCE = 5  # seconds; a run holds the lock for milliseconds
_KNOWN_BY = "MLMDEnv"  # the table in which ML Metadata keeps the version of its schema
_ASIDE = "Move it away, and with it the list of earlier runs; or restore it from a copy; or give another --output"


def check_store(path: str) -> None:
    """Checks a store before ML Metadata opens it, which would write its tables into whatever database it is given.

    An empty file is one: a run was killed when it had just begun. Do not call this while ML Metadata has the store open
    in this process: SQLite's locks end when any of the process' handles on the file is closed.

    Args:
        path: The file, which is there.

    Raises:
        UserError: It is damaged, locked, cannot be read, or belongs to another program.
    """
    if not os.path.isfile(path):
        raise UserError(path, "is no file, and should be the lineage store of runs", _ASIDE)
    where = f"file:{urllib.parse.quote(os.path.abspath(path))}?mode=ro"
    try:
        connection = sqlite3.connect(where, uri=True, timeout=_PATIENCE)
        try:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            fix = "End the program that holds it, such as an open sqlite3, and try again"
            raise UserError(path, "is locked by another program", fix) from None
        raise UserError(path, f"cannot be read ({error})", "Check its permissions, or give another --output") from None
    except sqlite3.DatabaseError as error:
        raise UserError(path, f"is damaged, or no lineage store of runs ({error})", _ASIDE) from None
    if found != "ok":
        raise UserError(path, f"is damaged ({' '.join(str(found).split())[:100]})", _ASIDE)
    if tables and _KNOWN_BY not in tables:
        what = f"is a database of another program (it has the table {min(tables)!r})"
        raise UserError(path, what, "Give another --output, or move it away")
