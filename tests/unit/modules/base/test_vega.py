import importlib.metadata
from pathlib import Path

import pytest
import vl_convert

from modules.base import vega

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(vega, "_FOLDER", str(tmp_path / "share"))
    return tmp_path / "share"


def test_the_scripts_are_put_together_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = vega.bundle()
    assert "vegaEmbed" in made
    (kept,) = folder.iterdir()
    assert kept.read_text(encoding="utf-8") == made
    monkeypatch.setattr(vl_convert, "javascript_bundle", None)
    assert vega.bundle() == made


def test_another_version_has_other_scripts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda snippet: "the first")
    assert vega.bundle() == "the first"
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda snippet: "the second")
    monkeypatch.setattr(importlib.metadata, "version", lambda package: "99")
    assert vega.bundle() == "the second"


def test_where_nothing_can_be_kept_they_are_put_together_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "share").write_text("a file")
    monkeypatch.setattr(vega, "_FOLDER", str(tmp_path / "share"))
    for made in ("one", "two"):
        monkeypatch.setattr(vl_convert, "javascript_bundle", lambda snippet, made=made: made)
        assert vega.bundle() == made
