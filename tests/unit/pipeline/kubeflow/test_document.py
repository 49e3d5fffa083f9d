"""Reading and writing the compiled file."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from modules.base.errors import UserError
from pipeline.kubeflow import document
from pipeline.kubeflow.document import Document

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

SPEC: dict[str, Any] = {
    "root": {"inputDefinitions": {"parameters": {"a": {"defaultValue": "1"}, "b": {}}}, "dag": {"tasks": {}}},
}


def test_a_job_is_told_from_a_spec_by_what_it_holds(tmp_path: Path) -> None:
    job, spec = tmp_path / "a.json", tmp_path / "a.yaml"
    job.write_text(json.dumps({"displayName": "x", "pipelineSpec": SPEC}))
    spec.write_text(json.dumps(SPEC))
    assert document.read(str(job)) == Document("vertex", SPEC, {"displayName": "x"})
    assert document.read(str(spec)) == Document("kfp", SPEC)


def test_the_second_document_is_the_platforms(tmp_path: Path) -> None:
    made = Document("kfp", SPEC, platform={"platforms": {"kubernetes": {}}})
    document.write(made, str(tmp_path / "new" / "a.yaml"))
    assert document.read(str(tmp_path / "new" / "a.yaml")) == made


def test_what_two_places_share_is_written_out_in_each(tmp_path: Path) -> None:
    shared = ["a", "b"]
    made = Document("kfp", SPEC | {"components": {"one": shared, "other": shared}})
    document.write(made, str(tmp_path / "a.yaml"))
    assert document.read(str(tmp_path / "a.yaml")) == made


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_nobody_but_its_owner_may_read_the_file_nor_is_a_link_followed(tmp_path: Path, umask: int) -> None:
    other, path = tmp_path / "other", tmp_path / "a.yaml"
    other.write_text("kept")
    path.symlink_to(other)
    before = os.umask(umask)
    try:
        document.write(Document("kfp", SPEC), str(path))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.lstat().st_mode) == 0o600
    assert other.read_text() == "kept"


def test_what_the_job_sets_wins_over_the_default_of_a_runtime_parameter() -> None:
    assert Document("vertex", SPEC).parameters == {"a": "1"}
    job = {"runtimeConfig": {"parameterValues": {"a": "2", "b": "3"}}}
    assert Document("vertex", SPEC, job).parameters == {"a": "2", "b": "3"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "{", "is neither JSON nor YAML"),
        ("a.yaml", "a: [", "is neither JSON nor YAML"),
        ("a.json", "[" * 100_000, "is neither JSON nor YAML"),
        ("a.yaml", "[" * 10_000, "is neither JSON nor YAML"),
        ("a.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nroot: [*b, *b]", "it has an alias"),
        ("a.yaml", "", "is no compiled pipeline"),
        ("a.yaml", "- 1", "is no compiled pipeline"),
        ("a.json", '{"name": "x"}', "is no compiled pipeline"),
        ("a.json", '{"pipelineSpec": 1}', "is no compiled pipeline"),
        ("a.json", '{"root": {"a": 1, "a": 2}}', "has the key 'a' twice in one map"),
        ("a.yaml", "root: {a: 1, a: 2}", "has the key 'a' twice in one map"),
        ("a.yaml", "root: {}\n---\na: 1\n---\nb: 1\n", "holds 3 documents"),
        ("a.yaml", "root: \xff", "is neither JSON nor YAML"),
        ("a.yaml", "root: " + "[" * 5_000, "is neither JSON nor YAML"),
        ("a.json", '{"root": ' + "[" * 50_000, "is neither JSON nor YAML"),
        ("a.yaml", "root: !!python/object:os.system {}", "is neither JSON nor YAML"),
    ],
)
def test_a_file_that_is_no_compiled_pipeline_is_refused_in_one_line(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=said) as caught:
        document.read(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        document.read(str(tmp_path / "none.json"))
    with pytest.raises(UserError, match="cannot be written"):
        document.write(Document("kfp", SPEC), str(tmp_path))


@pytest.mark.parametrize(("target", "path"), [("vertex", "a.yaml"), ("kfp", "a.json"), ("vertex", "a")])
def test_a_file_needs_the_ending_by_which_its_reader_knows_it(target: str, path: str) -> None:
    with pytest.raises(UserError, match="does not end in"):
        document.check_ending(target, path)
    document.check_ending("vertex", "a.json")
    document.check_ending("kfp", "a.yml")
