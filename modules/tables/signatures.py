"""What a file is that should be delimited text and is not, told by its first bytes. Knows no TFX."""

import codecs
import os

from modules.base.errors import DataError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
# First bytes, what they tell, and what helps.
_SIGNATURES = (
    (b"PK\x03\x04", "is a zip archive", "Unpack it"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook", "Save the sheet as CSV"),
    (b"PAR1\x15", "is a Parquet file", "Let its name end in .parquet"),
    (b"\x1f\x8b", "is compressed by gzip", "Let its name end in .gz"),
    (b"\x28\xb5\x2f\xfd", "is compressed by Zstandard", "Let its name end in .zst"),
    (b"BZh91AY&SY", "is compressed by bzip2", "Let its name end in .bz2"),
)


def check(path: str, start: bytes) -> None:
    """Refuses a file that is something else than delimited text.

    Args:
        path: The file.
        start: Its first bytes, decompressed where its name says that it is compressed.

    Raises:
        DataError: Saying what it is, and how it becomes a table.
    """
    if start.startswith(b"PK\x03\x04") and (path.lower().endswith(_EXCEL) or b"[Content_Types].xml" in start):
        raise DataError(path, "is an Excel workbook", "Save the sheet as CSV")
    for signature, what, fix in _SIGNATURES:
        if start.startswith(signature):
            raise DataError(path, f"{what}, and no delimited text", fix)
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith((b"{", b"[")) and (b'":' in text or b'" :' in text or os.path.splitext(path)[1] == ".json"):
        raise DataError(path, "holds JSON, and no delimited text", "Write its rows as CSV or Parquet")
    if b"\0" in start.split(b"\n")[0] and not start.startswith(_UTF16):
        what = "has NUL bytes in its first row, as UTF-16 text without a byte order mark does"
        raise DataError(path, what, "Set data.encoding to utf-16-le or utf-16-be, or take them out")
