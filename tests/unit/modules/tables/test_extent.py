import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from components.table_example_gen import examples
from modules.base import progress
from modules.base.settings import Data, Label
from modules.tables import extent

pytestmark = pytest.mark.unit


def text(folder: Path, name: str, rows: int) -> str:
    path = folder / name
    content = "a,b\n" + "".join(f"{number},{'no' if number % 2 else 'ye'}\n" for number in range(10**6, 10**6 + rows))
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return str(path)


def test_the_rows_of_plain_text_follow_from_its_bytes(tmp_path: Path) -> None:
    # Longer than the start that is looked at: 1 MiB is some 95,000 rows of 11 bytes.
    found = extent.expected_rows(
        Data(train=text(tmp_path, "train.csv", 400_000), test=text(tmp_path, "test.csv", 1_000))
    )
    assert found == pytest.approx(401_000, rel=0.001)


def test_parquet_says_how_many_rows_it_has(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(1_234))}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": list(range(10))}), tmp_path / "b.parquet")
    assert extent.expected_rows(Data(train=str(tmp_path / "*.parquet"))) == 1_244


@pytest.mark.parametrize("name", ["train.csv.gz", "train.tfrecord"])
def test_where_the_size_does_not_tell_nothing_is_guessed(tmp_path: Path, name: str) -> None:
    assert extent.expected_rows(Data(train=text(tmp_path, name, 10))) is None


def test_more_than_a_hundred_files_are_not_asked(tmp_path: Path) -> None:
    for number in range(101):
        text(tmp_path, f"{number}.csv", 2)
    assert extent.expected_rows(Data(train=str(tmp_path))) is None


def test_reading_reports_the_rows_of_all_splits(tmp_path: Path) -> None:
    heard: list[progress.Progress] = []
    data = Data(train=text(tmp_path, "train.csv", 300_000), test=text(tmp_path, "test.csv", 20))
    label = Label(column="b", positive_class="ye")
    with progress.listen(heard.append):
        counts = examples.write_examples(data, label, str(tmp_path), None)
    assert sum(counts.values()) == 300_020
    done = [item.done for item in heard]
    assert len(done) > 2
    assert done == sorted(done)
    assert (done[-1], heard[-1].note) == (300_020, "300,020 rows")
    assert {item.total for item in heard} == {heard[-1].total}
    assert heard[-1].total == pytest.approx(300_020, rel=0.001)
