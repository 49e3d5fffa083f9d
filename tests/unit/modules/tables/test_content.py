"""The digest of tables, and what happens to one that is written to while it is read."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tfx.types import standard_artifacts

from components.table_example_gen import examples, executor
from modules.base.errors import DataError
from modules.tables import content

pytestmark = pytest.mark.unit


def test_data_are_known_by_their_content_and_order_and_not_by_their_names(tmp_path: Path) -> None:
    paths = {}
    for name, cell in {"a": b"1", "b": b"2", "copy of a": b"1"}.items():
        paths[name] = str(tmp_path / name)
        Path(paths[name]).write_bytes(cell)
    digest = content.data_digest(paths["a"], paths["b"])
    assert content.data_digest(paths["copy of a"], paths["b"]) == digest
    # The training and the test table may not change places; the files of one table may.
    assert content.data_digest(paths["b"], paths["a"]) != digest
    assert content.data_digest([paths["b"], paths["a"]]) == content.data_digest([paths["a"], paths["b"]]) != digest
    assert content.data_digest(paths["a"], None) != content.data_digest(None, paths["a"])
    Path(paths["b"]).write_bytes(b"3")
    assert content.data_digest(paths["a"], paths["b"]) != digest


def test_a_byte_that_moves_from_one_file_to_the_next_changes_the_digest(tmp_path: Path) -> None:
    found = []
    for first, second in ((b"12", b"3"), (b"1", b"23")):
        (tmp_path / "a").write_bytes(first)
        (tmp_path / "b").write_bytes(second)
        found.append(content.data_digest([str(tmp_path / "a"), str(tmp_path / "b")]))
    assert found[0] != found[1]


def test_a_table_that_stays_as_it_was_announced_is_read(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("n\n1\n")
    with content.announced(content.data_digest(str(table), None), str(table), None):
        table.read_text()


def rewrite(table: Path) -> None:
    table.write_text("n\n2\n")


def rewrite_and_restore(table: Path) -> None:
    before = table.read_text()
    rewrite(table)
    table.write_text(before)


def add_a_part(table: Path) -> None:
    (table.parent / "u.csv").write_text("n\n1\n")


@pytest.mark.parametrize(
    ("act", "named"),
    [(rewrite, "t.csv"), (rewrite_and_restore, "t.csv"), (Path.unlink, "t.csv"), (add_a_part, "u.csv")],
)
def test_a_table_that_is_written_to_while_it_is_read_is_refused_by_its_file(
    tmp_path: Path, act: Any, named: str
) -> None:
    (tmp_path / "a.csv").write_text("n\n0\n")
    table = tmp_path / "t.csv"
    table.write_text("n\n1\n")
    os.utime(table, (0, 0))  # a disk's clock may tick slower than a test
    digest = content.data_digest(str(tmp_path))
    with (
        pytest.raises(DataError, match=f"{named}: was written to while it was read"),
        content.announced(digest, str(tmp_path)),
    ):
        act(table)


def test_a_table_that_changed_between_its_digest_and_its_reading_makes_no_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("n,y\n1,no\n")
    announced = content.data_digest(str(table), None)
    os.utime(table, (0, 0))  # a time alone makes no other table
    data = {"train": str(table)}
    config = json.dumps(
        {"data": data, "label": {"column": "y", "positive_class": "no"}, "features": {"timestamps": []}}
    )
    read: list[str] = []

    def write(*_: Any) -> dict[str, int]:
        read.append(table.read_text())
        return {"train": 1}

    monkeypatch.setattr(examples, "write_examples", write)

    def run() -> None:
        made = standard_artifacts.Examples()
        made.uri = str(tmp_path / "examples")
        executor.Executor().Do({}, {"examples": [made]}, {"config": config, "fingerprint": announced})

    run()
    table.write_text("n,y\n2,no\n")
    with pytest.raises(DataError, match="does not hold what it held when its digest was taken"):
        run()
    assert len(read) == 2
