import re
from pathlib import Path

import pytest

from pipeline.config import ConfigError, load

pytestmark = pytest.mark.unit

YAML = """\
name: houses
data:
  train: train.csv
  test: test.csv
label:
  column: sold
  positive_class: "yes"
features:
  exclude: [id]
evaluation:
  slices: [[city]]
  gates:
    auc: {minimum: 0.8}
"""
COLUMNS = "id,rooms,city,sold"


class Folder:
    """A folder with a config and its tables."""

    def __init__(self, path: Path):
        self.path = path
        self.config = path / "pipeline.yaml"
        self.config.write_text(YAML)
        for name in ("train.csv", "test.csv"):
            (path / name).write_text(f"{COLUMNS}\n1,2,Rome,yes\n")

    def change(self, old: str, new: str) -> None:
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new, 1))

    def refusal(self, *overrides: str) -> str:
        """Returns the message with which the config is refused, less the folder's name."""
        with pytest.raises(ConfigError) as caught:
            load(str(self.config), overrides)
        message = str(caught.value)
        assert "\n" not in message
        assert re.search(r"[.?] [A-Z][^.]*.*\.$", message), "it ends with what to do"
        return message.replace(f"{self.path}/", "")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_config_becomes_typed_settings_with_absolute_paths(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.path.parent)
    settings = load(f"{folder.path.name}/pipeline.yaml")
    assert settings.name == "houses"
    assert settings.label.positive_class == "yes"
    assert settings.data.train == str(folder.path / "train.csv")
    assert settings.data.test == str(folder.path / "test.csv")
    assert settings.evaluation.gates.auc is not None
    assert settings.evaluation.gates.auc.minimum == 0.8


def test_what_is_left_out_has_its_default(folder: Folder) -> None:
    settings = load(str(folder.config))
    assert (settings.seed, settings.tuner.max_epochs, settings.tuner.factor) == (17, 9, 3)
    assert settings.reduction.explained_variance == 0.95
    assert settings.data.schema_file is None


def test_overrides_win_over_the_file_and_the_later_over_the_earlier(folder: Folder) -> None:
    settings = load(
        str(folder.config),
        ["trainer.epochs=3", "trainer.epochs=5", "evaluation.gates.auc.minimum=0.9", "features.exclude=[id, rooms]"],
    )
    assert settings.trainer.epochs == 5
    assert settings.evaluation.gates.auc is not None
    assert settings.evaluation.gates.auc.minimum == 0.9
    assert settings.features.exclude == ["id", "rooms"]


def test_a_rule_of_the_data_gate_may_be_off_which_is_a_text(folder: Folder) -> None:
    folder.change("evaluation:", "data_gate: {drift: off}\nevaluation:")
    found = load(str(folder.config), ["data_gate.label_shift=off", "data_gate.ranges='off'"]).data_gate
    assert (found.drift, found.label_shift, found.ranges, found.schema_mismatch) == ("off", "off", "off", "stop")


def test_a_rule_of_the_data_gate_is_nothing_but_stop_warn_or_off(folder: Folder) -> None:
    assert "data_gate.drift is 'on'; expected 'stop', 'warn' or 'off'" in folder.refusal("data_gate.drift=on")


def test_a_class_that_is_called_yes_or_off_needs_no_quotes(folder: Folder) -> None:
    folder.change('positive_class: "yes"', "positive_class: yes")
    assert load(str(folder.config)).label.positive_class == "yes"
    assert load(str(folder.config), ["label.positive_class=off"]).label.positive_class == "off"


def test_an_override_may_replace_a_section(folder: Folder) -> None:
    settings = load(str(folder.config), ["reduction={components: 2}", "pusher.destination=/a=b"])
    assert settings.reduction.components == 2
    assert settings.pusher.destination == "/a=b"


def test_either_method_of_reduction_needs_one_rule_and_none_needs_none(folder: Folder) -> None:
    for method in ("pca", "ica"):
        settings = load(str(folder.config), [f"reduction={{method: {method}, components: 2}}"])
        assert (settings.reduction.method, settings.reduction.components) == (method, 2)
        with pytest.raises(ConfigError, match="reduction: give either components or explained_variance"):
            load(str(folder.config), [f"reduction={{method: {method}}}"])
    assert load(str(folder.config), ["reduction={method: none}"]).reduction.method == "none"


# The line is the one of the key, or of the innermost section that the file has.
@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        (
            "  train: train.csv\n  test: test.csv",
            "train: train.csv\ntest: test.csv",
            "pipeline.yaml:3",
            ["train is not a setting, but data.train is. Indent it under data:."],
        ),
        ("label:", "labels:", "pipeline.yaml:5", ["labels is not a setting", "did you mean 'label'?"]),
        ("gates:", "gate:", "pipeline.yaml:12", ["evaluation.gate is not a setting", "did you mean 'gates'?"]),
        ("minimum: 0.8", "min: 0.8", "pipeline.yaml:13", ["evaluation.gates.auc.min is not a setting", "minimum"]),
        ("exclude: [id]", "zzz: 1", "pipeline.yaml:9", ["features.zzz is not a setting", "known here: exclude,"]),
        ("name: houses", "name: My Houses", "pipeline.yaml:1", ["name is 'My Houses'", "lower-case letters"]),
        ("name: houses", "name: 7", "pipeline.yaml:1", ["name is 7", "lower-case letters"]),
        (
            "exclude: [id]",
            "exclude: id",
            "pipeline.yaml:9",
            ["features.exclude is 'id'", "a list of", "Write exclude: [id]."],
        ),
        (
            "exclude: [id]",
            "exclude: [3]",
            "pipeline.yaml:9",
            ["features.exclude[0] is 3", "text", 'Write exclude: ["3"].'],
        ),
        ("minimum: 0.8", "minimum: high", "pipeline.yaml:13", ["evaluation.gates.auc.minimum is 'high'", "number"]),
        ("minimum: 0.8", "minimum: 1.5", "pipeline.yaml:13", ["evaluation.gates.auc.minimum is 1.5", "from 0 to 1"]),
        ("auc: {minimum: 0.8}", "auc: 0.8", "pipeline.yaml:13", ["evaluation.gates.auc is 0.8"]),
        ("auc: {minimum: 0.8}", "auc: {}", "pipeline.yaml:12", ["evaluation.gates", "needs a minimum"]),
        ("  train: train.csv\n", "", "pipeline.yaml:2", ["data.train is missing"]),
        ("name: houses\n", "", "pipeline.yaml", ["name is missing"]),
        ("exclude: [id]", "encoding: []", "pipeline.yaml:9", ["features.encoding is []", "one or more values"]),
        (
            "exclude: [id]",
            "encoding: [onehot]",
            "pipeline.yaml:9",
            ["features.encoding[0] is 'onehot'", "'one_hot', 'piecewise_linear' or 'z_score'"],
        ),
        ("  test:", "  train:", "pipeline.yaml:4", ["data.train is given twice, first in line 3"]),
        ("features:", "label:", "pipeline.yaml:8", ["label is given twice, first in line 5"]),
        ("exclude: [id]", "exclude: [id", "pipeline.yaml:10", ["not valid YAML"]),
        ("name: houses", "\tname: houses", "pipeline.yaml:1", ["not valid YAML"]),
        ("column: sold", "column: solt", "pipeline.yaml:6", ["label.column is 'solt'", "did you mean 'sold'?"]),
        ("column: sold", "column: x", "pipeline.yaml:6", ["label.column is 'x'", "its columns are id, rooms, city"]),
        ("[[city]]", "[[town]]", "pipeline.yaml:11", ["evaluation.slices[0][0] is 'town'", "train.csv"]),
        ("[id]", "[id, room]", "pipeline.yaml:9", ["features.exclude[1] is 'room'", "did you mean 'rooms'?"]),
        ("[id]", "[id, sold]", "pipeline.yaml:9", ["features.exclude holds the label"]),
        ("[id]", "[id, rooms, city]", "pipeline.yaml:9", ["features.exclude leaves no column"]),
        (
            "  test: test.csv",
            "  test: test.csv\n  3: 4",
            "pipeline.yaml:5",
            ["data.3 is not a setting", "known here: train,"],
        ),
        ("train.csv", "trian.csv", "pipeline.yaml:3", ["data.train: ", "trian.csv does not exist"]),
        ("  test: test.csv", "  test: t*.tsv", "pipeline.yaml:4", ["data.test: ", "t*.tsv names no data file"]),
        ("  test: test.csv", "  time_column: day", "pipeline.yaml:4", ["data.time_column is 'day'", "not a column"]),
        ("  test: test.csv", "  encoding: klingon", "pipeline.yaml:2", ["encoding 'klingon' is unknown"]),
        ("train.csv", "train.csv\n  schema_file: s.pbtxt", "pipeline.yaml:4", ["data.schema_file is 's.pbtxt'"]),
    ],
)
def test_a_wrong_config_gets_one_line_with_file_line_field_value_and_fix(
    folder: Folder, old: str, new: str, where: str, said: list[str]
) -> None:
    folder.change(old, new)
    message = folder.refusal()
    assert message.startswith(f"{where}: ")
    for words in said:
        assert words in message


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("trainer.epochs", "is not KEY=VALUE"),
        ("=5", "is not KEY=VALUE"),
        ("trainer.epochs=[1", "is not a YAML value"),
        (
            "trainer.epochs=0",
            "trainer.epochs is 0; expected a whole number of at least 1. Write for example epochs: 200.",
        ),
        ("distillation.augment.times=0", "distillation.augment.times is 0; expected a whole number from 1 to 100."),
        ("distillation.augment.method=gibs", "expected 'gibbs', 'munge', 'noise' or 'none'. Write method: gibbs."),
        (
            "distillation={alpha: 0, augment: {method: noise}}",
            "augment.method is noise and alpha 0: synthetic rows have no label but what the teacher says; set alpha",
        ),
        ("trainer.epochs=many", "trainer.epochs is 'many'; expected a whole number"),
        ("trainer.epochs=", "trainer.epochs is null; expected a whole number"),
        ("trainer.epoch=5", "did you mean 'epochs'?"),
        ("trainr.epochs=5", "did you mean 'trainer'?"),
        ("alpha=0.5", "alpha is not a setting, but distillation.alpha is. Indent it under distillation:."),
        ("tuner.alpha=0.5", "tuner.alpha is not a setting, but distillation.alpha is. Move it to distillation:."),
        (
            "units=[8]",
            "but tuner.search_space.units and distillation.units are. Indent it under",
        ),
        ("minimum=0.5", "minimum is not a setting; known here: name,"),
        ("evaluation.gates={}", "at least one metric needs a minimum"),
        ("label.column=room", "did you mean 'rooms'?"),
        ("evaluation.slices=[[town]]", "'town', which is not a column"),
        ("card.columns={roms: {unit: m}}", "card.columns names 'roms', which is not a column of"),
        ("card.owners=me", "card.owners is 'me'; expected "),
        ("card.columns=[years]", "card.columns is ["),
        ("data.train=gone.csv", "gone.csv does not exist"),
        ("features.encoding=[onehot]", "features.encoding[0] is 'onehot'"),
        ("data.delimiter=þ", "data.delimiter is 'þ'; expected a single ASCII character, no line break, or null. Write"),
        ('data.delimiter="\\n"', "expected a single ASCII character, no line break"),
        ('data.quote="\\r"', "data.quote is "),
        ("data.delimiter='\"'", "delimiter and quote are both '\"'; they have to differ"),
        ("data.quote=','", "delimiter and quote are both ','"),
        ("tuner.search_space={layers: [0]}", "tuner.search_space.layers[0] is 0"),
        ("name.x=1", "name is {x: 1}"),
    ],
)
def test_a_wrong_override_is_blamed_and_not_the_file(folder: Folder, override: str, said: str) -> None:
    message = folder.refusal(override)
    assert message.startswith(f"--set {override}: ")
    assert said in message


@pytest.mark.parametrize(
    ("schema", "where", "said"),
    [
        ("feature {\n  type: FLOTE\n}", "schema.pbtxt:2", "has no value named FLOTE. Correct that line"),
        ("rooms,city", "schema.pbtxt:1", "is not valid in a schema"),
        ("", "schema.pbtxt", "names no column with a type. Add a feature for each column, or remove data.schema_file"),
        (b"\xff\xfe", "schema.pbtxt", "it is not UTF-8 text"),
        ("feature { struct_domain { " * 3_000 + "}}" * 3_000, "schema.pbtxt", "nests its entries too deep"),
        ('feature { name: "rooms" type: FLOAT }', "schema.pbtxt, column 'rooms'", "is a timestamp"),
    ],
)
def test_a_schema_is_refused_by_the_name_that_the_user_gave_it(
    folder: Folder, schema: str | bytes, where: str, said: str
) -> None:
    (folder.path / "schema.pbtxt").write_bytes(schema if isinstance(schema, bytes) else schema.encode())
    folder.change("  train: ", "  schema_file: schema.pbtxt\n  train: ")
    folder.change("features:", "features:\n  timestamps: [rooms]")
    message = folder.refusal()
    assert message.startswith(f"{where}: ")
    assert said in message


def test_of_two_overrides_of_a_field_the_one_that_counts_is_blamed(folder: Folder) -> None:
    assert folder.refusal("trainer.epochs=6", "trainer.epochs=0").startswith("--set trainer.epochs=0: ")


def test_an_error_of_the_file_is_not_blamed_on_another_override(folder: Folder) -> None:
    folder.change("minimum: 0.8", "minimum: 2")
    assert folder.refusal("trainer.epochs=6").startswith("pipeline.yaml:13: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no settings"),
        (b"# nothing\n", "holds no settings"),
        (b"- a\n- b\n", "holds no settings"),
        (b"name: caf\xe9\n", "UTF-8"),
        (b"name: a\x00b\n", "not valid YAML"),
        (
            b"name: &x [*x]\n",
            "pipeline.yaml:1: nests values more than 30 levels deep, or holds a name (&) that refers to itself",
        ),
    ],
    ids=["empty", "comment", "list", "not UTF-8", "control character", "refers to itself"],
)
def test_a_file_that_is_no_config_is_refused(folder: Folder, content: bytes, said: str) -> None:
    folder.config.write_bytes(content)
    message = folder.refusal()
    assert message.startswith("pipeline.yaml")
    assert said in message


def test_a_config_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml: does not exist\. Give the path"):
        load(str(tmp_path / "gone.yaml"))
    with pytest.raises(ConfigError, match="cannot be read"):
        load(str(tmp_path))


def test_tables_with_different_columns_are_refused(folder: Folder) -> None:
    (folder.path / "test.csv").write_text("id,rooms,city\n1,2,Rome\n")
    message = folder.refusal()
    assert message.startswith("pipeline.yaml:4: ")
    assert "test.csv has no column 'sold'" in message
    (folder.path / "test.csv").write_text(f"{COLUMNS},garden\n1,2,Rome,yes,no\n")
    assert "train.csv has no column 'garden'" in folder.refusal()


def test_the_order_of_the_columns_may_differ_and_a_byte_order_mark_is_no_part_of_a_name(folder: Folder) -> None:
    (folder.path / "test.csv").write_text("\ufeffsold,city,rooms,id\nyes,Rome,2,1\n", encoding="utf-8")
    load(str(folder.config))


def test_a_table_that_is_not_utf_8_is_refused(folder: Folder) -> None:
    (folder.path / "train.csv").write_bytes(b"id,rooms,caf\xe9,sold\n")
    message = folder.refusal()
    assert message.startswith("pipeline.yaml:3: data.train: train.csv is not utf-8 text")
    assert "data.encoding" in message


def test_columns_are_found_with_the_delimiter_of_the_config(folder: Folder) -> None:
    for name in ("train.csv", "test.csv"):
        (folder.path / name).write_text(COLUMNS.replace(",", ";") + "\n1;2;Rome;yes\n")
    folder.change("  test: test.csv", '  test: test.csv\n  delimiter: ";"')
    assert load(str(folder.config)).data.delimiter == ";"


def test_a_relative_destination_is_relative_to_the_config_like_every_other_path(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.path.parent)
    settings = load(str(folder.config), ["pusher.destination=models"])
    assert settings.pusher.destination == str(folder.path / "models")
