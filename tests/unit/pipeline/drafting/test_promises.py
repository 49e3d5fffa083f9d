"""What init proposes to promise, from the labels alone, on tables whose shares are known."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline import config
from pipeline.drafting import draft, promises

pytestmark = pytest.mark.unit

# 300 women of whom 60 are positive, 300 men of whom 150 are; the two of the third group are too few.
SEX = ["f"] * 300 + ["m"] * 300 + ["x"] * 2
LABEL = ["yes"] * 60 + ["no"] * 240 + ["yes"] * 150 + ["no"] * 150 + ["no"] * 2


def drafted(folder: Path, label: list, **columns: list) -> tuple[Any, Path]:
    table = {"x": [i * i % 97 for i in range(len(label))], **columns, "label": label}
    lines = [list(table), *zip(*table.values(), strict=True)]
    (folder / "t.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
    made, path = draft.draft(str(folder / "t.csv"), "label", "mine", parent=str(folder))
    return made, Path(path)


def uncommented(path: Path) -> list[str]:
    """Takes the # from all that is proposed, and returns these lines."""
    text, begin, section = path.read_text().partition("# promises:")
    lines = [re.sub(r"^# ", "", line) for line in (begin + section).splitlines()]
    path.write_text(text + "\n".join(lines) + "\n")
    return lines


def test_the_ratio_of_the_labels_is_proposed_and_told_with_both_shares(tmp_path: Path) -> None:
    made, path = drafted(tmp_path, LABEL, sex=SEX)
    assert made.promised == ["sex"]
    text = path.read_text()
    assert "#     - {gap: demographic_parity_ratio, columns: [sex], minimum: 0.4}\n" in text
    said = (
        "by the labels themselves 0.200 of 'f' and 0.500 of 'm' are 'yes': a ratio of 0.40; the four-fifths rule asks"
    )
    assert f"#     # {said} for 0.8\n" in text


@pytest.mark.parametrize(
    ("label", "gaps", "measure"),
    [
        (LABEL, ["demographic_parity_ratio", "equal_opportunity"], "auc"),
        ([f"c{i * 7 % 3}" for i in range(602)], ["equal_opportunity"], "accuracy"),
        ([i * 7 % 501 for i in range(602)], ["calibration_gap"], "r2"),
    ],
)
def test_a_config_loads_with_and_without_what_is_proposed(
    tmp_path: Path, label: list, gaps: list[str], measure: str
) -> None:
    _, path = drafted(tmp_path, label, sex=SEX)
    before = config.load(str(path))
    assert before.promises.gaps == []
    assert before.promises.compression == []
    uncommented(path)
    made = config.load(str(path))
    assert [gap.gap for gap in made.promises.gaps] == gaps
    (compression,) = made.promises.compression
    assert (compression.measure, compression.slices) == (measure, [["sex"]])


def test_names_that_yaml_would_read_otherwise_are_quoted(tmp_path: Path) -> None:
    _, path = drafted(tmp_path, LABEL, **{"sex: 'given'": SEX, "Race # 2": SEX[::-1]})
    uncommented(path)
    gaps = config.load(str(path)).promises.gaps
    assert {name for gap in gaps for name in gap.columns} == {"sex: 'given'", "Race # 2"}


def test_without_a_protected_attribute_nothing_is_proposed(tmp_path: Path) -> None:
    made, path = drafted(tmp_path, LABEL, region=SEX)
    assert made.promised == []
    assert "promises" not in path.read_text()


def test_a_group_of_few_rows_and_a_class_that_no_row_has_give_no_share(tmp_path: Path) -> None:
    made, _ = drafted(tmp_path, LABEL, sex=SEX)
    columns = made.sample.columns
    assert promises.base_rates(columns["sex"], columns["label"], "yes") == {"f": (0.2, 300), "m": (0.5, 300)}
    assert promises.base_rates(columns["sex"], columns["label"], "other") == {}
