"""Columns of every kind, from a raw table to the encoded vector, the SavedModel and the .tflite."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from modules.features.table import tensor_names

pytestmark = pytest.mark.unit

ABSENT = -(2**63)
EPOCH = datetime.datetime(1970, 1, 1)
UNSEEN = ["category[<unseen>]"]


def texts(*values: str) -> np.ndarray:
    return np.array([value.encode() for value in values], object)


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def seconds_of(year: int, month: int, day: int, hour: int = 0) -> int:
    return int((datetime.datetime(year, month, day, hour) - EPOCH).total_seconds())


def test_thousands_of_values_share_slots_and_no_two_have_the_same(ship: Callable) -> None:
    names = [f"id{number:05}" for number in range(5_000)]
    codes = [7 * number - 10_000 for number in range(4_996)] + [2**53, 2**53 + 1, 2**62 + 1, -(2**63) + 1]
    shipped = ship(
        {"name": ("string", names * 2), "code": ("int64", codes * 2)},
        categorical=["code"],
        max_vocabulary=100,
        shared_slots=300,
    )
    # 4,900 values on 150 + 150 slots: 33 a group, which makes 149 groups.
    rows = {"name": texts(*names), "code": whole(*codes)}
    encoded = shipped.encode(**rows)
    for column in rows:
        on = np.stack([values for code, values in encoded[column].items() if code != "missing"], axis=1) > 0
        assert on.shape == (5_000, 100 + 1 + 149 + 150)
        assert np.unique(on.sum(axis=1), return_counts=True)[1].tolist() == [100, 4_900]
        assert set(on.sum(axis=1).tolist()) == {1, 2}
        assert len(np.unique(np.packbits(on, axis=1), axis=0)) == 5_000

    some = texts("id00000", "id00099", "id00100", "id00132", "id00133", "id00250", "id04999", "id05000", "", "ID00000")
    order = sorted(map(str, codes))
    picked = [order[0], order[99], order[100], order[132], order[133], order[250], order[-1]]
    raw = {"name": some, "code": whole(*map(int, picked), 5, ABSENT, 2**53 + 2)}
    assert shipped.active("name", **raw) == [
        ["category[id00000]"],
        ["category[id00099]"],
        ["category[<group 0>]", "category[<remainder 0>]"],
        ["category[<group 0>]", "category[<remainder 32>]"],
        ["category[<group 1>]", "category[<remainder 33>]"],
        ["category[<group 4>]", "category[<remainder 0>]"],
        ["category[<group 148>]", "category[<remainder 99>]"],  # 4,899 = 148 · 33 + 15 = 32 · 150 + 99
        UNSEEN,
        ["category[id00000]", "missing"],
        UNSEEN,
    ]
    assert shipped.active("code", **raw) == [
        [f"category[{order[0]}]"],
        [f"category[{order[99]}]"],
        ["category[<group 0>]", "category[<remainder 0>]"],
        ["category[<group 0>]", "category[<remainder 32>]"],
        ["category[<group 1>]", "category[<remainder 33>]"],
        ["category[<group 4>]", "category[<remainder 0>]"],
        ["category[<group 148>]", "category[<remainder 99>]"],  # 4,899 = 148 · 33 + 15 = 32 · 150 + 99
        UNSEEN,
        [f"category[{order[0]}]", "missing"],
        UNSEEN,
    ]
    assert len(np.unique(shipped.answers(**raw))) > 5
    shipped.answers(name=rows["name"][::97], code=rows["code"][::97])


def test_without_shared_slots_rare_values_are_unseen_ones(ship: Callable) -> None:
    colors = ["red"] * 4 + ["blue"] * 3 + ["green"] * 2 + ["gray"]
    shipped = ship({"color": ("string", colors)}, max_vocabulary=2, shared_slots=0)
    raw = {"color": texts("red", "blue", "green", "gray", "pink", "")}
    expected = [["category[red]"], ["category[blue]"], UNSEEN, UNSEEN, UNSEEN, ["category[red]", "missing"]]
    assert shipped.active("color", **raw) == expected
    shipped.answers(**raw)


def test_large_whole_numbers_keep_their_differences(ship: Callable) -> None:
    bases = {"phone": 17_031_000_000, "beyond": 2**53, "negative": -(2**53) - 200, "top": 2**63 - 200}
    columns = {name: ("int64", [base + number for number in range(200)]) for name, base in bases.items()}
    shipped = ship(columns, quantile_bins=10)
    encoded = shipped.encode(**{name: whole(*values) for name, (_, values) in columns.items()})
    # The numbers 0 to 199 have the mean 99.5 and the variance (200² - 1) / 12; z-scores are divided by 4.
    expected = (np.arange(200) - 99.5) / np.sqrt(39_999 / 12) / 4
    for name in bases:
        np.testing.assert_allclose(encoded[name]["z_score"], expected, atol=1e-5, err_msg=name)
        bins = np.stack([encoded[name][f"one_hot[{number}]"] for number in range(10)], axis=1)
        assert (bins.sum(axis=1) == 1).all()
        # Of quantiles off by a rank or two.
        assert np.abs(bins.sum(axis=0) - 20).max() <= 2, name
        assert (np.diff(bins.argmax(axis=1)) >= 0).all()
        filled = sum(encoded[name][f"piecewise_linear[{number}]"] for number in range(10))
        assert (np.diff(filled) > 0).all(), name
    raw = {name: whole(base, base + 1, base + 100, ABSENT, -(2**63) + 1, 2**63 - 1) for name, base in bases.items()}
    encoded = shipped.encode(**raw)
    for name in bases:
        assert encoded[name]["missing"].tolist() == [0, 0, 0, 1, 0, 0]
        assert abs(encoded[name]["z_score"][3]) < 1e-6
        assert encoded[name]["z_score"][4] == -1, name
        far = {"top": expected[-1]}.get(name, 1.0)
        assert encoded[name]["z_score"][5] == pytest.approx(far, abs=1e-5), name
    shipped.answers(**raw)


def test_numbers_at_both_ends_of_int64_do_not_wrap_around(ship: Callable) -> None:
    ends = [-(2**63) + 1, 0, 2**63 - 1, 5]
    shipped = ship({"ends": ("int64", ends * 25), "plain": ("int64", list(range(100)))}, quantile_bins=4)
    raw = {
        "ends": whole(-(2**63) + 1, -(2**61), 0, 2**61, 2**63 - 1),
        "plain": whole(-(2**63) + 1, 0, 99, 1, 2**63 - 1),
    }
    encoded = shipped.encode(**raw)
    assert (np.diff(encoded["ends"]["z_score"]) > 0).all()
    assert encoded["plain"]["z_score"][[0, 4]].tolist() == [-1, 1]
    filled = sum(values for code, values in encoded["ends"].items() if code.startswith("piecewise"))
    assert (np.diff(filled) >= 0).all()
    shipped.answers(**raw)


def test_timestamps_give_hour_weekday_day_and_month(ship: Callable) -> None:
    generator = np.random.default_rng(0)
    start, end = seconds_of(1900, 1, 1), seconds_of(2100, 1, 1)
    times = generator.integers(start, end, 500).tolist()
    shipped = ship({"start": ("int64", times), "weight": ("float32", generator.normal(size=500).tolist())},
                   timestamps=["start"])  # fmt: skip
    moments = [
        datetime.datetime(2000, 2, 29, 23, 59, 59),
        datetime.datetime(2000, 3, 1),
        datetime.datetime(1900, 2, 28, 12, 30),
        datetime.datetime(1900, 3, 1, 0, 0, 1),
        datetime.datetime(2100, 2, 28, 18),
        datetime.datetime(2100, 3, 1, 6),
        datetime.datetime(2024, 2, 29, 1, 1, 1),
        datetime.datetime(1969, 12, 31, 23, 59, 59),
        datetime.datetime(1970, 1, 1),
        datetime.datetime(9999, 12, 31, 23, 59, 59),
        datetime.datetime(1, 1, 1),
    ]
    raw = {
        "start": whole(*(int((moment - EPOCH).total_seconds()) for moment in moments), ABSENT, -(2**63) + 1, 2**63 - 1),
        "weight": np.zeros(len(moments) + 3, np.float32),
    }
    encoded, profile = shipped.encode(**raw), shipped.profile
    expected: dict[str, list[float]] = {
        "hour": [m.hour + m.minute / 60 + m.second / 3_600 for m in moments],
        "weekday": [m.weekday() for m in moments],
        "day": [m.day for m in moments],
        "month": [m.month for m in moments],
    }
    for part, values in expected.items():
        place = [number.name for number in profile.numeric].index(f"start[{part}]")
        z_scores = encoded[f"start[{part}]"]["z_score"] * 4
        found = z_scores * profile.numeric[place].deviation + profile.numeric[place].mean
        np.testing.assert_allclose(found[: len(moments)], values, atol=1e-4, err_msg=part)
        assert abs(z_scores[len(moments)]) < 1e-6  # a missing time has mean parts
        assert "missing" not in encoded[f"start[{part}]"]
    assert encoded["start"]["missing"].tolist() == [0] * len(moments) + [1, 0, 0]
    assert encoded["start"]["z_score"][-2:].tolist() == [-1, 1]
    shipped.answers(**raw)


def test_columns_that_tell_nothing_have_no_slot(ship: Callable) -> None:
    count = 40
    noon = seconds_of(2024, 2, 29, 12)
    columns: dict[str, tuple[str, list]] = {
        "empty_float": ("float32", [float("nan")] * count),
        "empty_int": ("int64", [ABSENT] * count),
        "empty_text": ("string", [""] * count),
        "empty_code": ("int64", [ABSENT] * count),
        "empty_time": ("int64", [ABSENT] * count),
        "same_float": ("float32", [2.5] * count),
        "same_int": ("int64", [17_031_000_001] * count),
        "same_text": ("string", ["a'b"] * count),
        "same_code": ("int64", [7] * count),
        "same_time": ("int64", [noon] * count),
        "half_float": ("float32", [1.0, float("nan")] * (count // 2)),
        "half_text": ("string", ["a", ""] * (count // 2)),
        "first": ("float32", [float(number) for number in range(count)]),
        "second": ("float32", [float(number) for number in range(count)]),
    }
    shipped = ship(columns, categorical=["empty_code", "same_code"], timestamps=["empty_time", "same_time"])
    left_out = shipped.profile.left_out
    empty = {"empty_float", "empty_int", "empty_text", "empty_code", "empty_time"}
    parts = {f"{name}[{part}]" for name in ("empty_time", "same_time") for part in ("hour", "weekday", "day", "month")}
    assert set(left_out) == empty | parts | {"same_float", "same_int", "same_text", "same_code", "same_time"}
    assert {left_out[name] for name in empty} == {"no value"}
    assert left_out["same_float"] == "always 2.5"
    assert left_out["same_int"] == "always 17031000001"
    assert left_out["same_text"] == 'always "a\'b"'
    assert left_out["same_code"] == "always '7'"
    assert left_out["same_time"] == "always 2024-02-29T12:00:00Z"
    assert left_out["same_time[hour]"] == "always 12"
    assert left_out["same_time[weekday]"] == "always 3"
    assert left_out["same_time[day]"] == "always 29"
    assert left_out["same_time[month]"] == "always 2"
    kinds: dict[str, Any] = {"float32": np.float32, "int64": np.int64, "string": object}
    raw = {name: np.array([cells[1], cells[0]], kinds[dtype])
           for name, (dtype, cells) in columns.items()}  # fmt: skip
    raw |= {name: texts("", "a") for name in ("empty_text", "same_text", "half_text")}
    encoded = shipped.encode(**raw)
    assert set(encoded) == {"half_float", "half_text", "first", "second"}
    assert encoded["half_float"]["missing"].tolist() == [1, 0]
    assert encoded["half_text"]["missing"].tolist() == [1, 0]
    assert set(encoded["first"]) == set(encoded["second"])
    assert all((encoded["first"][code] == encoded["second"][code]).all() for code in encoded["first"])
    before = shipped.answers(**raw)
    surprise = raw | {"same_float": np.array([-9, np.nan], np.float32), "empty_text": texts("b", "c")}
    np.testing.assert_array_equal(shipped.answers(**surprise), before)


def test_any_text_can_be_a_category_and_any_a_column(ship: Callable) -> None:
    odd = ["é", "e\u0301", "名前", '"quoted"', "it's", "two\nlines", "tab\t", "a,b", " a", "a", "\\n", "😀", "0"]
    columns = {"Größe (%)": ("string", odd * 2), "名前": ("float32", [float(number) for number in range(26)]),
               "1 [m/s]": ("int64", list(range(26)))}  # fmt: skip
    shipped = ship(columns)
    raw = {
        "Größe (%)": texts(*odd, "A", ""),
        "名前": np.arange(15, dtype=np.float32),
        "1 [m/s]": np.arange(15, dtype=np.int64),
    }
    first = sorted(value.encode() for value in odd)[0].decode()  # all equally frequent
    expected = [[f"category[{value}]"] for value in odd] + [UNSEEN, [f"category[{first}]", "missing"]]
    found = shipped.active("Größe (%)", **raw)
    assert [sorted(row) for row in found] == [sorted(row) for row in expected]
    assert sorted(shipped.profile.categorical[0].vocabulary.values) == sorted(odd)
    tensors = tensor_names([*columns, "answer"])
    assert len(np.unique(shipped.answers(**{tensors[name]: array for name, array in raw.items()}))) > 10
