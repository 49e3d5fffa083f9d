import gzip
import sys
from pathlib import Path

import pytest

from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import content, readers, sources

pytestmark = pytest.mark.unit

TAXI = "package://tfx/examples/chicago_taxi_pipeline/data/simple/data.csv"


def cells(table: str | list[str], column: str = "n") -> list[str]:
    blocks = readers.read(table, Data(train=table))
    return [cell for block in blocks for cell in block.batch.column(block.batch.schema.names.index(column)).to_pylist()]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that must not be imported, with data in it."""
    folder = tmp_path / "shop_of_tables"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "data" / "a.csv").write_text("n\n1\n")
    (folder / "data" / "b.csv.gz").write_bytes(gzip.compress(b"n\n2\n"))
    (tmp_path / "plain_module.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    return "package://shop_of_tables"


def test_a_table_may_lie_in_an_installed_package_which_is_not_imported(package: str) -> None:
    assert cells(f"{package}/data/a.csv") == ["1"]
    assert cells(f"{package}/data") == cells(f"{package}/data/*") == ["1", "2"]
    assert cells([f"{package}/data/b.csv.gz", f"{package}/data/a.csv"]) == ["1", "2"]
    assert "shop_of_tables" not in sys.modules


def test_a_table_in_a_package_is_known_by_its_content(package: str, tmp_path: Path) -> None:
    (tmp_path / "copy.csv").write_text("n\n1\n")
    assert content.data_digest(f"{package}/data/a.csv") == content.data_digest(str(tmp_path / "copy.csv"))


@pytest.mark.parametrize(
    "inner",
    ["../secret.csv", "data/../../secret.csv", "../*.csv", "link.csv", "links", "links/*.csv", "lin*", "up/a.csv"],
)
def test_an_address_does_not_lead_out_of_a_package(package: str, tmp_path: Path, inner: str) -> None:
    (tmp_path / "secret.csv").write_text("n\n1\n")
    folder = tmp_path / "shop_of_tables"
    (folder / "links").mkdir()
    for link in (folder / "link.csv", folder / "links" / "a.csv"):
        link.symlink_to(tmp_path / "secret.csv")
    (folder / "up").symlink_to(tmp_path)
    with pytest.raises(DataError, match="leads out of the package 'shop_of_tables'") as caught:
        sources.expand(f"{package}/{inner}")
    assert "\n" not in str(caught.value)


def test_a_link_within_a_package_is_followed(package: str, tmp_path: Path) -> None:
    (tmp_path / "shop_of_tables" / "b.csv").symlink_to(tmp_path / "shop_of_tables" / "data" / "a.csv")
    assert cells(f"{package}/b.csv") == ["1"]


def test_tfx_brings_a_table_along() -> None:
    assert sources.expand(TAXI) == [TAXI]
    assert "trip_miles" in (readers.column_names(TAXI, Data(train=TAXI)) or [])


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("package://no_such_package/a.csv", "the Python package 'no_such_package', which is not installed"),
        ("package://plain_module/a.csv", "the Python package 'plain_module', which is not installed"),
        ("package://shop_of_tables.data/a.csv", "write package://<top-level package>/<path within it>"),
        ("package:///a.csv", "the Python package '', which is not installed"),
        ("package://shop_of_tables/data/gone.csv", "package://shop_of_tables/data/gone.csv: does not exist"),
        ("package://shop_of_tables/data/*.parquet", "names no data file"),
        ("ftp://host/a.csv", "is no place that Arrow can read"),
        ("s3:///a.csv", "is no place that Arrow can read"),
    ],
)
def test_a_uri_that_leads_nowhere_is_refused_in_one_line(package: str, uri: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        sources.expand(uri)
    assert said in str(caught.value)
    assert uri in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_uri_is_a_local_path_taken_as_it_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "a%20b c"
    folder.mkdir()
    (folder / "x y.csv").write_text("n\n1\n")
    (folder / "z.csv").write_text("n\n2\n")
    uri = f"file://{folder}"
    assert sources.expand(uri) == sources.expand(f"{uri}/*.csv") == [f"{uri}/x y.csv", f"{uri}/z.csv"]
    assert cells(f"{uri}/x y.csv") == ["1"]
    assert cells(uri) == ["1", "2"]


@pytest.mark.parametrize(
    "name",
    [
        "._a.csv",
        ".DS_Store",
        "_SUCCESS",
        "_committed_7.csv",
        "_metadata.parquet",
        ".a.csv.crc",
        ".a.csv.swp",
        "a.csv~",
        "#a.csv#",
        ".#a.csv",
        "a.csv.tmp",
        "a.csv.bak",
        "a.csv.crdownload",
        "~$a.csv",
        "~a.csv",
        "notes",
    ],
)
@pytest.mark.parametrize("pattern", ["", "/*"], ids=["folder", "pattern"])
def test_what_systems_and_editors_leave_in_a_folder_is_no_part_of_its_table(
    tmp_path: Path, name: str, pattern: str
) -> None:
    for file in (name, "a.csv"):
        (tmp_path / file).write_text("n\n1\n")
    assert sources.expand(f"{tmp_path}{pattern}") == [str(tmp_path / "a.csv")]


def test_a_pattern_may_have_folders_and_name_folders(tmp_path: Path) -> None:
    for part in ("day=1", "day=2", "__MACOSX", ".hidden"):
        (tmp_path / "days" / part).mkdir(parents=True)
        (tmp_path / "days" / part / "x.csv").write_text("n\n1\n")
    expected = [str(tmp_path / "days" / part / "x.csv") for part in ("day=1", "day=2")]
    for pattern in ("days/*", "days/*/*.csv", "days/day=?/x.csv", "d*/*/x*", "days/day=[12]"):
        assert sources.expand(str(tmp_path / pattern)) == expected, pattern


@pytest.mark.parametrize("name", ["sales [2024].csv", "a*b.csv", "what?.csv"])
def test_a_path_with_brackets_is_a_path_first(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("n\n1\n")
    (tmp_path / "sales 2.csv").write_text("n\n2\n")
    assert cells(str(tmp_path / name)) == ["1"]


def test_a_folder_with_brackets_is_a_folder_and_may_stand_before_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "run [1]").mkdir()
    (tmp_path / "run [1]" / "a.csv").write_text("n\n1\n")
    assert cells(str(tmp_path / "run [1]")) == cells(str(tmp_path / "run [1]" / "*.csv")) == ["1"]


def test_a_file_without_an_ending_is_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "table").write_text("n\n1\n")
    assert cells(str(tmp_path / "table")) == ["1"]
    (tmp_path / "part-00000").write_text("n\n2\n")
    assert cells(str(tmp_path / "par*")) == cells(str(tmp_path / "part-00000")) == ["2"]
    (tmp_path / "table").unlink()
    assert cells(str(tmp_path)) == ["2"]
