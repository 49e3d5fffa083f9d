"""Small files that ask for more than a machine has: each limit stops one of them, and says which setting raises it."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from modules.base import progress
from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import allowance, dictionaries, readers, typed, unpacking

pytestmark = pytest.mark.unit

PATIENT = 3_600


def rows_read(path: Path, **limits: int) -> int:
    data = Data.model_validate({"train": str(path), "limits": limits})
    return sum(block.batch.num_rows for block in readers.read(str(path), data))


def refused(path: Path, **limits: int) -> str:
    with pytest.raises(DataError) as caught:
        rows_read(path, **limits)
    message = str(caught.value)
    (key,) = limits
    assert message.startswith(str(path)) and "\n" not in message
    assert f"If you trust the file, raise data.limits.{key}, or " in message
    return message


def csv(path: Path, text: str = "a,b\n1,x\n2,yy\n3,z\n") -> Path:
    path.write_text(text)
    return path


def packed(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, 1))
    return path


def parquet(path: Path) -> Path:
    pq.write_table(pa.table({"a": [1, 2, 3], "b": ["x", "yy", "z"]}), path)
    return path


def records(path: Path) -> Path:
    with tf.io.TFRecordWriter(str(path)) as writer:
        for number, text in ((1, b"x"), (2, b"yy"), (3, b"z")):
            example = tf.train.Example()
            example.features.feature["a"].int64_list.value.append(number)
            example.features.feature["b"].bytes_list.value.append(text)
            writer.write(example.SerializeToString())
    return path


FORMATS: dict[str, Callable[[Path], Path]] = {"t.csv": csv, "t.parquet": parquet, "t.tfrecord": records}


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_at_its_limits_is_read_and_one_beyond_is_refused(name: str, tmp_path: Path) -> None:
    path = FORMATS[name](tmp_path / name)
    assert rows_read(path, rows=3, columns=2, cell_bytes=2) == 3
    assert "the table has more than 2 rows, which is the limit" in refused(path, rows=2)
    assert "has 2 columns, more than the limit of 1." in refused(path, columns=1)
    message = refused(path, cell_bytes=1)
    assert "column 'b': has a cell of 2 bytes, more than the limit of 1." in message
    number = 3 if name == "t.csv" else 2  # its header is row 1
    assert f"row {number}, " in message


def test_the_rows_of_all_files_count_together(tmp_path: Path) -> None:
    for name in ("1.csv", "2.csv"):
        csv(tmp_path / name)
    data = Data.model_validate({"train": str(tmp_path), "limits": {"rows": 5}})
    with pytest.raises(DataError, match=r"2\.csv: the table has more than 5 rows"):
        list(readers.read(str(tmp_path), data))


@pytest.mark.parametrize(
    "content",
    [b"a,b\n" + b"0,0\n" * 2**20, b"a,b\n" + b"\n" * 2**22 + b"1,2\n", b"a,b\n1,2\n" + b"\n" * 2**22 + b"3,4\n"],
    ids=["rows", "empty lines above the first row", "empty lines between rows"],
)
def test_text_that_unpacks_to_too_much_is_refused(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "bomb.csv.gz", content)
    assert rows_read(path, unpacked_ratio=100)  # a few megabytes are nothing to worry about
    monkeypatch.setattr(allowance, "FREE_BYTES", 2**20)
    message = refused(path, unpacked_ratio=100)
    assert f"its {path.stat().st_size:,} bytes unpack to more than " in message
    assert "over 100 times as many, the limit" in message


def test_records_that_unpack_to_too_much_are_refused_before_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "bomb.tfrecord.gz", bytes(2**22))
    monkeypatch.setattr(allowance, "FREE_BYTES", 2**20)
    written: list[str] = []
    with progress.listen(lambda report: written.append(report.note)):
        refused(path, unpacked_ratio=100)
    assert written == ["unpacking: 1 MB"]


def test_plain_text_has_no_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "FREE_BYTES", 1)
    assert rows_read(csv(tmp_path / "t.csv"), unpacked_ratio=1) == 3


def test_a_first_row_that_does_not_come_is_waited_for_so_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 10**6, 10))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    path = packed(tmp_path / "slow.csv.gz", b"a,b\n" + b"\n" * 2**23 + b"1,2\n")
    assert "gave no row within 30 seconds, which is the limit" in refused(path, seconds_to_first_row=30)
    assert rows_read(path, seconds_to_first_row=PATIENT) == 1
    later = packed(tmp_path / "later.csv.gz", b"a,b\n1,2\n" + b"\n" * 2**23 + b"1,2\n")
    assert rows_read(later, seconds_to_first_row=30) == 2  # the time until the first row alone counts


def test_a_text_that_a_parquet_file_holds_once_for_all_rows_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionaries, "_HARMLESS_BYTES", 2**20)
    monkeypatch.setattr(dictionaries, "_MOST_BYTES", 2**20)
    path, rows, text = tmp_path / "t.parquet", 20_000, "x" * 2_000  # 40 MB, as every row gets its own
    pq.write_table(pa.table({"t": [text] * rows, "n": list(range(rows))}), path)
    assert path.stat().st_size < 10**6
    number = 0
    for block in readers.read(str(path), Data(train="t.parquet")):
        assert block.batch.nbytes < 2**21
        assert block.batch.column(0).unique().to_pylist() == [text]
        assert block.batch.column(1).to_pylist() == list(range(number, number + block.batch.num_rows))
        number += block.batch.num_rows
    assert number == rows
    assert "column 't': has a cell of 2,000 bytes" in refused(path, cell_bytes=1_000)


def test_records_of_any_size_are_batched_by_their_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = records(tmp_path / "t.tfrecord")
    monkeypatch.setattr(typed, "_RECORDS_BYTES", 60)
    blocks = list(readers.read(str(path), Data(train="t")))
    assert [block.batch.num_rows for block in blocks] == [2, 1]


def test_a_local_plain_file_is_not_copied(tmp_path: Path) -> None:
    path = csv(tmp_path / "t.csv")
    with unpacking.local_copy(str(path), allowance.Allowance(str(path), Data(train="t").limits)) as name:
        assert name == str(path)
