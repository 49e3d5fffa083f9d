"""A DataFrame becomes a table that the pipeline reads, with a config beside it: the same run as from the shell."""

import hashlib
import io
import os
from typing import Any

import pyarrow as pa

from modules.base import writing
from modules.base.errors import DataError
from modules.tables import typed
from pipeline import terminal
from pipeline.drafting import draft, report
from pipeline.python import rows

_TABLE, _FOLDER = "table.parquet", "frames"
_DIGITS = 12


def drafted(data: Any, label: str | None, name: str, output: str) -> str:
    """Writes a table into the run's folder, and drafts its config beside it; what is there is left as it is.

    The folder is called by a digest of table, label and name: the same ones find the config that was drafted for them,
    with whatever was edited in it since; another table gets another folder.

    Args:
        data: A DataFrame, whose index is no column, or an Arrow table.
        label: The label's column, or None to guess it.
        name: The pipeline's name.
        output: Folder of the run.

    Returns:
        The path of the config.

    Raises:
        UserError: If the table, the label or the name cannot be used.
    """
    content = parquet(data)
    digest = hashlib.sha256(b"\0".join([content, str(label).encode(), name.encode()])).hexdigest()[:_DIGITS]
    folder = os.path.join(output, _FOLDER, digest)
    table, config = os.path.join(folder, _TABLE), os.path.join(folder, draft.CONFIG)
    if os.path.exists(config):
        return config
    os.makedirs(folder, exist_ok=True)
    with writing.whole(table, "wb") as file:
        file.write(content)
    terminal.say(report.decisions(*draft.draft(table, label, name, folder=folder)))
    return config


def parquet(data: Any) -> bytes:
    """Returns a table as a Parquet file: the same table gives the same bytes, whatever pandas is installed.

    Raises:
        DataError: If a column has no name, the name of another one, or holds lists, structures or bytes.
    """
    import pyarrow.parquet as pq

    table = rows.of(data)
    if not table.names:
        raise DataError(table.kind, "has no column", "Give a table with a label and something to predict it from")
    columns = {name: table.arrow(name) for name in table.names}
    for name, column in columns.items():
        typed.plain(table.kind, name, column)
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, version="2.6")  # in which times keep their nanoseconds
    return buffer.getvalue()
