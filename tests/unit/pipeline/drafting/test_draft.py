import errno
import os
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from modules.base.errors import UserError
from pipeline import config
from pipeline.drafting import draft, plan, report

pytestmark = pytest.mark.unit

N = 3_000


def messy() -> dict[str, list]:
    """Returns a table of customers with one trap a column."""
    chance = random.Random(7)
    score = [chance.gauss(0, 1) for _ in range(N)]
    churned = ["ja" if s + chance.gauss(0, 1) > 1 else "nein" for s in score]
    return {
        "row": list(range(N)),
        "Kunde ID": [f"K{i % 600:04}" for i in chance.sample(range(N), N)],
        "score": [f"{s:.3f}".replace(".", ",") for s in score],
        "again": [f"{s:.3f}".replace(".", ",") for s in score],
        "income": ["N/A" if chance.random() < 0.1 else round(30_000 + 9_000 * chance.gauss(0, 1)) for _ in range(N)],
        "spent": [f"{np.exp(2 * chance.gauss(0, 1)):.2f}".replace(".", ",") for _ in range(N)],
        "plz": [10_000 + chance.randrange(90) for _ in range(N)],
        "gender": [chance.choice(["f", "m"]) for _ in range(N)],
        "plan: a": [chance.choice(["yes", "no", "#3"]) for _ in range(N)],
        "since": [f"{chance.randrange(2000, 2024)}-05-{chance.randrange(1, 29):02}" for _ in range(N)],
        "notes": [f"called {i} times about the “bill”; sent away" for i in range(N)],
        "empty": [None] * N,
        "country": ["DE"] * N,
        "refunded": ["R" if c == "ja" else "N" for c in churned],
        "churned": churned,
    }


def write(path: Path, columns: dict[str, list], delimiter: str = ";", encoding: str = "cp1252") -> Path:
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    quoted = [['""' if cell is None else f'"{cell}"' for cell in row] for row in rows]
    path.write_bytes("".join(delimiter.join(row) + "\r\n" for row in quoted).encode(encoding))
    return path


class Folder:
    """A working folder with a drafted messy table."""

    def __init__(self, path: Path):
        self.table = write(path / "Kunden 2024.csv", messy())
        self.plan, self.config = draft.draft(str(self.table), "churned", None)
        self.text = Path(self.config).read_text()
        self.values: dict[str, Any] = yaml.safe_load(self.text)
        schema = (Path(self.config).parent / "schema.pbtxt").read_text()
        self.schema = text_format.Parse(schema, schema_pb2.Schema())

    def reason(self, line: str) -> str:
        """Returns the comment of a line of the config."""
        (found,) = [text for text in self.text.splitlines() if text.partition("  #")[0].strip() == line]
        return found.partition("  # ")[2]

    def feature(self, name: str) -> Any:
        (found,) = [feature for feature in self.schema.feature if feature.name == name]
        return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path, before = tmp_path_factory.mktemp("drafted"), Path.cwd()
    os.chdir(path)
    try:
        yield Folder(path)
    finally:
        os.chdir(before)


def test_the_draft_is_a_config_that_loads(folder: Folder) -> None:
    assert folder.config == os.path.join("data", "kunden_2024", "pipeline.yaml")
    settings = config.load(folder.config)
    assert settings.name == "kunden_2024"
    assert settings.data.train == str(folder.table)
    assert settings.data.schema_file == os.path.abspath(os.path.join("data", "kunden_2024", "schema.pbtxt"))


def test_how_the_text_is_written_stands_in_the_draft(folder: Folder) -> None:
    assert folder.values["data"] == {
        "train": "../../Kunden 2024.csv",
        "group_column": "Kunde ID",
        "delimiter": ";",
        "encoding": "cp1252",
        "decimal": ",",
        "missing_values": ["", "N/A"],
        "schema_file": "schema.pbtxt",
    }
    assert folder.reason('delimiter: ";"') == "a semicolon by the first rows"
    assert folder.reason('missing_values: ["", "N/A"]') == "besides the empty cell: 'N/A' (as in income)"


def test_the_label_stands_in_the_draft(folder: Folder) -> None:
    assert folder.values["label"] == {"column": "churned", "task": "binary", "positive_class": "ja"}
    assert folder.reason("column: churned") == "given"
    assert folder.reason("positive_class: ja").startswith("by its meaning: 0.2")


def test_every_column_that_is_left_out_has_its_reason(folder: Folder) -> None:
    features = folder.values["features"]
    assert set(features["exclude"]) == {
        *("row", "Kunde ID", "again", "notes", "empty", "country", "refunded"),
    }
    assert features.get("timestamps", []) == ["since"]
    assert (features["categorical"], features["log_scale"]) == (["plz"], ["spent"])
    assert folder.reason("- row") == "numbers its rows one by one; take it out of this list to keep it"
    assert folder.reason("- again") == "the same as score in every row"
    assert folder.reason("- country") == "every row has the value 'DE'"
    assert folder.reason("- empty") == "no row has a value"
    assert folder.reason("- notes").startswith("free text, 8 words per cell, 100%")
    assert folder.reason("- refunded").startswith(
        "LEAKAGE? it alone predicts churned: AUC 1.000 on held-out rows; take it"
    )
    assert folder.plan.features == [
        *("score", "income", "spent", "plz", "gender", "plan: a"),
        *["since"],
    ]


def test_slices_and_gates_stand_in_the_draft(folder: Folder) -> None:
    assert folder.values["evaluation"]["slices"] == [["gender"]]
    # The score alone reaches about 0.5 + atan(...)/π ≈ 0.82: half of the way, less half of 1 / sqrt(150 rows).
    assert folder.values["evaluation"]["gates"]["auc"]["minimum"] == pytest.approx(0.61, abs=0.015)


def test_the_schema_has_the_types_of_the_run(folder: Folder) -> None:
    assert [feature.name for feature in folder.schema.feature] == list(messy())
    kinds = {name: schema_pb2.FeatureType.Name(folder.feature(name).type) for name in messy()}
    assert {name for name, kind in kinds.items() if kind == "INT"} == {"row", "income", "plz", "since"}
    assert {name for name, kind in kinds.items() if kind == "FLOAT"} == {"score", "again", "spent"}


def test_the_schema_lists_the_values_of_categories_and_leaves_room_for_others(folder: Folder) -> None:
    assert list(folder.feature("plan: a").string_domain.value) == ["#3", "no", "yes"]
    assert folder.feature("plan: a").distribution_constraints.min_domain_mass == pytest.approx(0.9)
    assert list(folder.feature("churned").string_domain.value) == ["ja", "nein"]
    assert not folder.feature("churned").HasField("distribution_constraints")
    assert folder.feature("churned").presence.min_fraction == 1.0
    for name in ("row", "score", "notes", "Kunde ID", "empty"):
        assert not folder.feature(name).HasField("string_domain")
        assert folder.feature(name).WhichOneof("domain_info") is None
    assert not folder.feature("empty").HasField("presence")


def test_columns_of_a_table_split_by_hash_must_have_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    columns: dict[str, list] = {
        "x": [i * i % 97 for i in range(1_000)],
        "some": [f"c{i % 3}" if i % 2 else None for i in range(1_000)],
        "few": ["a" if i % 9 == 0 else None for i in range(1_000)],
        "label": ["a", "b"] * 500,
    }
    made, path = draft.draft(str(write(tmp_path / "t.csv", columns)), "label", None)
    schema = text_format.Parse((Path(path).parent / "schema.pbtxt").read_text(), schema_pb2.Schema())
    presence = {f.name: (f.presence.min_fraction, f.presence.min_count) for f in schema.feature}
    assert presence == {"x": (0.5, 1), "some": (0.0, 1), "few": (0.0, 0), "label": (1.0, 1)}
    assert made.split.group is None


def test_the_terminal_says_what_was_decided_and_what_comes_next(folder: Folder) -> None:
    lines = report.report(folder.plan, folder.config).splitlines()
    assert lines[0] == f"{folder.table}: 3,000 rows, 15 columns"
    said = {line.split()[0]: " ".join(line.split()[1:]) for line in lines[1:-2]}
    assert said["task"] == "binary: churned = 'ja'"
    assert said["features"] == "7: 2 numbers, 1 number on a log scale, 2 categories, 1 code, 1 time"
    assert said["left"].startswith("out refunded (leakage?), row (identifier), Kunde ID (entity), again (a copy), ")
    assert said["split"] == "by Kunde ID"
    assert said["check"] == "refunded alone predicts churned (AUC 1.000): left out"
    assert lines[-1].endswith("local_runner.py run --config data/kunden_2024/pipeline.yaml")


def table_of(label: list, **columns: list) -> dict[str, list]:
    return {"x": [i * i % 97 for i in range(len(label))], **columns, "label": label}


@pytest.mark.parametrize(
    ("label", "task", "gate"),
    [
        ([f"c{i * 7 % 3}" for i in range(600)], "multiclass", "accuracy"),
        ([i * 7 % 501 for i in range(600)], "regression", "r2"),
        ([i * i * i % 971 if i % 9 else i * i * 50 for i in range(600)], "regression", "mae"),
        ([i % 2 for i in range(600)], "binary", "auc"),
        (["0.0", "1.0"] * 300, "binary", "auc"),
        (["yes", "no", None] * 200, "binary", "auc"),
    ],
)
def test_a_draft_of_every_task_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: list, task: str, gate: str
) -> None:
    monkeypatch.chdir(tmp_path)
    made, path = draft.draft(str(write(tmp_path / "t.csv", table_of(label))), "label", "mine")
    settings = config.load(path)
    assert (settings.label.task, list(settings.evaluation.gates.given)) == (task, [gate])
    assert settings.label.log_scale is bool(made.target.log_because)


def test_a_parquet_table_has_no_settings_of_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data" / "t"
    folder.mkdir(parents=True)
    columns = table_of([i % 2 for i in range(600)], flag=[bool(i % 3) for i in range(600)])
    pq.write_table(pa.table(columns), folder / "t.parquet")
    _, path = draft.draft(str(folder / "t.parquet"), None, None)
    assert yaml.safe_load(Path(path).read_text())["data"] == {"train": "t.parquet", "schema_file": "schema.pbtxt"}
    assert config.load(path).label.positive_class == 1


def test_a_table_that_lies_elsewhere_is_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    _, path = draft.draft(str(write(tmp_path / "t.csv", table_of(["a", "b"] * 300))), None, None)
    assert yaml.safe_load(Path(path).read_text())["data"]["train"] == str(tmp_path / "t.csv")


def decide(folder: Path, columns: dict[str, list], label: str | None = "label") -> plan.Plan:
    folder.mkdir()
    before = Path.cwd()
    os.chdir(folder)
    try:
        return draft.draft(str(write(folder / "t.csv", columns)), label, None)[0]
    finally:
        os.chdir(before)


def test_what_was_seen_is_written_down(tmp_path: Path) -> None:
    label = ["a", "b", "c", "c"] * 150
    label[5] = None  # type: ignore[call-overload]
    label[6] = "rare"
    columns = table_of(label, part=[f"p{i % 4}" for i in range(600)], age=[i % 45 for i in range(600)])
    columns["part_no"] = [i % 4 for i in range(600)]
    columns["twice"] = [i // 2 for i in range(600)]
    made = decide(tmp_path / "w", columns)
    assert "1 row has no label: left out of every split" in made.notes
    assert "part_no says the same as part in other values; one of them would do" in made.notes
    assert "age: a protected attribute by its name, with too many values to slice by" in made.notes
    assert "classes with fewer than 10 rows are hardly learnt or judged: 'rare' (1)" in made.checks
    repeated = {name: [cells[i // 2 * 2] for i in range(600)] for name, cells in columns.items()}
    assert (
        "300 rows are exact copies of another row; the split keeps copies on one side"
        in decide(tmp_path / "v", repeated).notes
    )


def test_a_label_that_many_columns_predict_is_easy_and_they_are_kept(tmp_path: Path) -> None:
    label = ["a", "b"] * 300
    columns = table_of(label, **{f"f{k}": [(i % 2) * 7 + (i * k) % 5 for i in range(600)] for k in (1, 2, 3)})
    made = decide(tmp_path / "w", columns)
    assert made.leaks == {}
    assert "kept, though each alone predicts label: f1 (AUC 1.000), f2 (AUC 1.000), f3 (AUC 1.000)" in made.checks[0]
    only = decide(tmp_path / "v", {"f": columns["f1"], "label": label})
    assert (only.leaks, only.features) == ({}, ["f"])


def test_a_time_that_is_filled_when_the_label_is_known_is_left_out_and_no_slice(tmp_path: Path) -> None:
    label = ["yes" if (i * 7) % 3 == 0 else "no" for i in range(600)]
    filled: dict[str, list] = {"closed_on": [f"2024-05-{1 + i % 28:02}" for i in range(600)], "closed": ["x"] * 600}
    filled |= {"agent": [f"a{i % 9}" for i in range(600)], "fee": [i % 50 + 0.5 for i in range(600)]}
    leaky = {
        name: [value if c == "yes" else None for value, c in zip(cells, label, strict=True)]
        for name, cells in filled.items()
    }
    columns: dict[str, list] = {"x": [i * 37 % 101 / 10 for i in range(600)], **leaky, "label": label}
    made = decide(tmp_path / "w", columns)
    # Four of them: that each is filled for one class only is not a label that is easy.
    assert sorted(made.leaks) == sorted(filled)
    assert (made.timestamps, made.slices) == ({}, {})
    assert "closed_on alone predicts label (AUC 1.000, by being filled or not): left out" in made.checks


def test_a_time_whose_values_give_the_label_away_is_left_out(tmp_path: Path) -> None:
    days = [i * 37 % 360 for i in range(600)]
    columns: dict[str, list] = {
        "x": [i * 37 % 101 / 10 for i in range(600)],
        "seen": [f"2024-{1 + day // 30:02}-{1 + day % 28:02}" for day in days],
        "label": ["late" if day >= 180 else "early" for day in days],
    }
    made = decide(tmp_path / "w", columns)
    assert list(made.leaks) == ["seen"]
    assert made.features == ["x"]


def test_a_column_that_predicts_well_is_pointed_out_and_kept(tmp_path: Path) -> None:
    label = ["a", "b"] * 300
    columns = table_of(
        label, close=[c if i % 30 else "a" for i, c in enumerate(label)], far=[i % 7 for i in range(600)]
    )
    columns["close"][1::40] = ["a"] * 15
    made = decide(tmp_path / "w", columns)
    assert made.leaks == {}
    (check,) = made.checks
    assert re.fullmatch(r"close alone predicts label well \(AUC 0\.97\d\): is it known in time\?", check)


def test_a_guess_is_pointed_out(tmp_path: Path) -> None:
    made = decide(tmp_path / "w", table_of(["a", "b"] * 300), None)
    assert made.checks[0] == "the label, label, is a guess, by its name; init --label COLUMN takes another"


def test_what_a_killed_init_left_blocks_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = str(write(tmp_path / "t.csv", table_of(["a", "b"] * 300)))
    _, config = draft.draft(table, None, None)
    made = Path(config).read_text()
    os.remove(config)  # it was killed when the schema alone was there
    assert draft.draft(table, None, None)[1] == config
    assert Path(config).read_text() == made
    assert sorted(os.listdir("data/t")) == ["pipeline.yaml", "schema.pbtxt"]


@pytest.mark.parametrize("links", [True, False])
def test_a_disk_that_is_full_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    table = str(write(tmp_path / "t.csv", table_of(["a", "b"] * 300)))

    def fail(number: int, text: str) -> Any:
        def failing(*_: Any) -> None:
            raise OSError(number, text)

        return failing

    if not links:
        monkeypatch.setattr(os, "link", fail(errno.EPERM, "Operation not permitted"))
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail(errno.ENOSPC, "No space left on device"))
        with pytest.raises(UserError, match="cannot be written .No space left on device"):
            draft.draft(table, None, None)
        assert os.listdir("data/t") == []
    draft.draft(table, None, None)
    assert sorted(os.listdir("data/t")) == ["pipeline.yaml", "schema.pbtxt"]


@pytest.mark.parametrize("file", ["pipeline.yaml", "schema.pbtxt"])
def test_nothing_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "data" / "t" / file
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    with pytest.raises(UserError, match=rf"data/t/{file}: is there already, and init overwrites nothing"):
        draft.draft(str(write(tmp_path / "t.csv", table_of(["a", "b"] * 300))), None, None)
    assert there.read_text() == "mine"
    assert [path.name for path in there.parent.iterdir()] == [file]


@pytest.mark.parametrize(
    ("columns", "name", "said"),
    [
        (table_of(["a", "b"] * 300), "My-Name", "--name My-Name: is not the name of a pipeline"),
        (
            {"key": list(range(600)), "label": ["a", "b"] * 300},
            None,
            "has no column to learn from (key: numbers its rows one by one). Give a table with features; or keep one "
            "by a pipeline.yaml of your own without features.exclude",
        ),
    ],
)
def test_a_draft_that_could_not_run_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: dict, name: str | None, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        draft.draft(str(write(tmp_path / "t.csv", columns)), "label", name)
    assert said in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").write_text("a file")
    with pytest.raises(UserError, match=r"data.*cannot be written"):
        draft.draft(str(write(tmp_path / "t.csv", table_of(["a", "b"] * 300))), None, None)


def test_a_label_of_more_values_is_told_how_to_be_one_against_the_rest_and_that_its_spellings_differ(
    tmp_path: Path,
) -> None:
    cells = ["no"] * 205 + ["yes"] * 90 + ["YES"] * 5
    path = write(tmp_path / "bought.csv", {"x": [0.3 * (i % 101) for i in range(300)], "bought": cells}, ",")
    made, written = draft.draft(str(path), "bought", None, str(tmp_path))
    check = "bought writes one class in several ways, by case or spaces: 'yes' (90 rows), 'YES' (5 rows)"
    assert check in made.checks
    text = Path(written).read_text()
    assert f"# - {check}" in text
    assert "task: multiclass             # 3 classes of text; for one against the rest: binary, positive_class," in text


def test_a_column_with_one_value_in_several_spellings_is_to_be_checked(tmp_path: Path) -> None:
    smoker = ["True", "False", "TRUE", "1", "False", "0"] * 50
    columns: dict[str, list] = {"x": [0.3 * (i % 101) for i in range(300)], "smoker": smoker}
    columns["y"] = ["a", "b", "b", "a", "a"] * 60
    made, _ = draft.draft(str(write(tmp_path / "smokers.csv", columns, ",")), "y", None, str(tmp_path))
    what = "'1' (50 rows), 'TRUE' (50 rows), 'True' (50 rows)"
    assert f"smoker has one value in several spellings, which are learnt apart: {what}" in made.checks


@pytest.mark.parametrize("table", ["s3://key:hidden@bucket/t.csv", "https://b/t.csv?X-Amz-Signature=hidden"])
def test_an_address_with_a_secret_is_refused_and_the_secret_not_shown(tmp_path: Path, table: str) -> None:
    with pytest.raises(UserError, match="which would be in the config") as caught:
        draft.draft(table, "label", "shop", parent=str(tmp_path))
    assert "hidden" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
