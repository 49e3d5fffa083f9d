"""Files from strangers: no code of theirs runs, and what is cut or false is refused in one line."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import readers
from tests import attacks
from tests.command_line import ROOT, Done

pytestmark = pytest.mark.unit

REFUSAL = re.compile(
    r"table\.parquet:? has a column whose type is a pickled Python object, which could run any code; it was not read\."
)
CONFIG = """
name: evil
data: {{train: {table}}}
label: {{column: y, task: binary, positive_class: a}}
evaluation: {{gates: {{auc: {{minimum: 0.5}}}}}}
"""
# Each in a Python of its own: in this one a library that the tests import may have disarmed Arrow already.
ROADS = {
    "the reader of a step": "from modules.tables import readers; from modules.base.settings import Data; "
    "list(readers.read(sys.argv[1], Data(train=sys.argv[1])))",
    "the names of its columns": "from modules.tables import readers; from modules.base.settings import Data; "
    "readers.column_names(sys.argv[1], Data(train=sys.argv[1]))",
    "the number of its rows": "from modules.tables import typed; typed.parquet_rows(sys.argv[1])",
    "fit, in Python": "from pipeline import fit; fit(sys.argv[1], label='y', output=sys.argv[2])",
}


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    return tmp_path / "written-by-a-stranger"


@pytest.fixture
def evil(tmp_path: Path, victim: Path) -> Path:
    return attacks.parquet_that_writes(tmp_path / "table.parquet", victim)


@pytest.mark.parametrize("road", ROADS)
def test_no_code_of_a_parquet_file_runs_on_any_road_into_python(
    road: str, evil: Path, victim: Path, tmp_path: Path
) -> None:
    code = f"import sys\nfrom modules.base.errors import DataError\ntry:\n    {ROADS[road]}\n"
    code += "except DataError as error:\n    print(error)\n"
    arguments = [sys.executable, "-c", code, str(evil), str(tmp_path / "out")]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert REFUSAL.search(done.stdout), done.stderr
    assert not victim.exists()


def test_no_code_of_a_parquet_file_runs_in_init(evil: Path, victim: Path, tmp_path: Path) -> None:
    done = Done("local_runner", tmp_path, "init", str(evil), cwd=tmp_path)
    assert (done.status, bool(REFUSAL.search(done.err))) == (2, True), done.err
    assert not victim.exists()


def test_no_code_of_a_parquet_file_runs_in_run(evil: Path, victim: Path, tmp_path: Path) -> None:
    config = tmp_path / "pipeline.yaml"
    config.write_text(CONFIG.format(table=evil))
    done = Done("local_runner", tmp_path, "run", "--config", str(config), "--output", str(tmp_path / "out"))
    assert (done.status, bool(REFUSAL.search(done.err))) == (2, True), done.err
    assert not victim.exists()


def test_parquet_is_opened_in_one_file_and_arrow_opens_nothing_else_that_has_types() -> None:
    formats = {"parquet", "feather", "ipc", "flight", "dataset", "orc"}
    found = set()
    for folder in ("pipeline", "components", "modules"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
                module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                found |= {
                    (str(path.relative_to(ROOT)), name)
                    for name in (f"{module}{name}" for name in names)
                    if name.startswith("pyarrow.") and formats & set(name.split("."))
                }
    # The second one writes.
    assert found == {
        ("modules/tables/typed.py", "pyarrow.parquet"),
        ("pipeline/python/frames.py", "pyarrow.parquet"),
    }


def read(path: Path) -> int:
    """Returns the number of rows."""
    return sum(block.batch.num_rows for block in readers.read(str(path), Data(train=str(path))))


def test_a_tfrecord_that_is_cut_anywhere_but_between_two_records_is_refused(tmp_path: Path) -> None:
    path, rows, ends = tmp_path / "t.tfrecord", 2, [0]
    with tf.io.TFRecordWriter(str(path)) as writer:
        for number in range(rows):
            example = tf.train.Example()
            example.features.feature["n"].int64_list.value.append(number)
            writer.write(example.SerializeToString())
            ends.append(ends[-1] + 16 + example.ByteSize())
    content = path.read_bytes()
    assert len(content) == ends[-1]
    for end in range(1, len(content) + 1):
        path.write_bytes(content[:end])
        if end in ends:
            assert read(path) == ends.index(end)
        else:
            with pytest.raises(DataError, match="is no whole TFRecord file"):
                read(path)


@pytest.mark.parametrize(("place", "byte"), [(0, 0x7F), (7, 0x7F), (8, 1), (14, 1)])
def test_a_tfrecord_with_a_wrong_checksum_or_a_huge_length_is_refused(tmp_path: Path, place: int, byte: int) -> None:
    path = tmp_path / "t.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(tf.train.Example().SerializeToString() + b"\x0a\x00")
    content = bytearray(path.read_bytes())
    content[place] ^= byte
    path.write_bytes(content)
    with pytest.raises(DataError, match="is no whole TFRecord file"):
        read(path)


def test_a_parquet_file_that_says_that_it_has_other_rows_than_it_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": list(range(77))}), path, compression="none", use_dictionary=False, version="2.6")
    content = path.read_bytes()
    footer = content.rindex(b"PAR1") - 4 - int.from_bytes(content[-8:-4], "little")
    # Rows are counted twice, in zigzag code: of the file, and of its one row group.
    first = content.index(bytes([0x16, 2 * 77 & 0x7F | 0x80, 1]), footer)
    path.write_bytes(content[: first + 1] + bytes([2 * 78 & 0x7F | 0x80]) + content[first + 2 :])
    with pytest.raises(DataError, match="is no whole Parquet file .*it has 77 rows, and says that it has 78"):
        read(path)
