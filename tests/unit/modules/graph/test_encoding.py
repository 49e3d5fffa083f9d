import dataclasses

import numpy as np
import pytest

from modules.features.profile import CategoricalColumn, NumericColumn, Profile, ReductionResult
from modules.features.vocabulary import Count, Vocabulary
from modules.graph.encoding import Encoder, encoded_names

pytestmark = pytest.mark.unit

ALL = ["one_hot", "piecewise_linear", "z_score"]
AGE = NumericColumn("age", edges=(0.0, 1.0, 2.0, 4.0))  # three bins
HOURS = NumericColumn("hours", edges=(0.0, 10.0))
REDUCED = ReductionResult("pca", (1.44, 0.56), (1.2,))


def categorical(name: str, own: str, shared: str = "", shared_slots: int = 0, left_out: str = "") -> CategoricalColumn:
    vocabulary = Vocabulary(tuple(Count(v, 1) for v in own.split()), tuple(Count(v, 1) for v in shared.split()))
    return CategoricalColumn(name, vocabulary, shared_slots, left_out)


PROFILE = Profile((AGE, HOURS), (categorical("color", "red blue"),), REDUCED)
# A row in the middle of age's second bin, a quarter into the only bin of hours; its z-scores are -2 and 9; red, with
# hours missing.
ROW = {
    "value": [[1.5, 2.5]],
    "numeric": [[-2.0, 9.0]],
    "components": [[2.4, 100.0]],
    "category": [[0]],
    "missing": [[0.0, 1.0, 0.0]],
}


def encode(profile: Profile, encoding: list[str], **row: list) -> list[list[float]]:
    tensors = {
        name: np.array(value, "int64" if name == "category" else "float32") for name, value in (ROW | row).items()
    }
    return Encoder(profile.to_json(), encoding)(tensors).numpy().astype(float).round(6).tolist()


def test_all_codes_of_a_row_are_the_ones_worked_out_by_hand() -> None:
    # one-hot: the second of age's three bins, the only one of hours. Piecewise linear: the first bin is full, the
    # second half full, the third empty; a quarter. z-scores over 4: -1/2, and 9/4 clipped to 1. The component over
    # 4 standard deviations: 2.4 / (4 · 1.2) = 1/2; the second one is not kept. red of red, blue, unseen. Missing.
    assert encode(PROFILE, ALL) == [[0, 1, 0, 1, 1, 0.5, 0, 0.25, -0.5, 1, 0.5, 1, 0, 0, 0, 1, 0]]


@pytest.mark.parametrize(
    ("encoding", "numeric"),
    [
        (["one_hot"], [0, 1, 0, 1]),
        (["piecewise_linear"], [1, 0.5, 0, 0.25]),
        (["z_score"], [-0.5, 1]),
        (["z_score", "one_hot"], [0, 1, 0, 1, -0.5, 1]),
    ],
)
def test_numeric_columns_get_just_the_codes_that_are_asked_for(encoding: list[str], numeric: list[float]) -> None:
    assert encode(PROFILE, encoding) == [[*numeric, 0.5, 1, 0, 0, 0, 1, 0]]


@pytest.mark.parametrize(
    ("value", "buckets", "filled"),
    [
        (0.0, [1, 0, 0], [0, 0, 0]),
        (0.999, [1, 0, 0], [0.999, 0, 0]),
        (1.0, [0, 1, 0], [1, 0, 0]),
        (2.5, [0, 0, 1], [1, 1, 0.25]),
        (4.0, [0, 0, 1], [1, 1, 1]),  # the last edge
        (2.0**64, [0, 0, 1], [1, 1, 1]),
        (-(2.0**64), [1, 0, 0], [0, 0, 0]),
    ],
)
def test_a_number_fills_the_bins_below_it_and_lies_in_one(value: float, buckets: list, filled: list) -> None:
    row = encode(PROFILE, ["one_hot", "piecewise_linear"], value=[[value, 0.0]])[0]
    assert row[:3] == buckets
    assert row[4:7] == filled


@pytest.mark.parametrize(("index", "slots"), [(0, [1, 0, 0]), (1, [0, 1, 0]), (2, [0, 0, 1])])
def test_every_category_and_the_unseen_one_have_a_slot(index: int, slots: list[int]) -> None:
    assert encode(PROFILE, ["z_score"], category=[[index]])[0][3:6] == slots


def test_the_names_say_what_each_element_is() -> None:
    assert encoded_names(PROFILE, ALL) == [
        ("age", "one_hot[0]"),
        ("age", "one_hot[1]"),
        ("age", "one_hot[2]"),
        ("hours", "one_hot[0]"),
        ("age", "piecewise_linear[0]"),
        ("age", "piecewise_linear[1]"),
        ("age", "piecewise_linear[2]"),
        ("hours", "piecewise_linear[0]"),
        ("age", "z_score"),
        ("hours", "z_score"),
        ("components", "component[0]"),
        ("color", "category[red]"),
        ("color", "category[blue]"),
        ("color", "category[<unseen>]"),
        ("age", "missing"),
        ("hours", "missing"),
        ("color", "missing"),
    ]


def with_components(*deviations: float) -> Profile:
    return dataclasses.replace(PROFILE, reduction=dataclasses.replace(REDUCED, component_deviations=deviations))


@pytest.mark.parametrize("encoding", [ALL, ["one_hot"], ["piecewise_linear"], ["z_score"], ["z_score", "one_hot"]])
@pytest.mark.parametrize("components", [0, 1, 2])
def test_names_width_and_vector_agree(encoding: list[str], components: int) -> None:
    profile = with_components(*[1.2, 0.7][:components])
    width = len(encode(profile, encoding)[0])
    assert Encoder(profile.to_json(), encoding).width == len(encoded_names(profile, encoding)) == width


def test_a_table_of_categories_alone_is_encoded() -> None:
    profile = Profile(categorical=(categorical("a", "x"), categorical("b", "y z")))
    encoder = Encoder(profile.to_json(), ALL)
    rows = encoder({"category": np.array([[1, 0]]), "missing": np.array([[0, 1]], "float32")})
    # a: x, unseen; b: y, z, unseen; then the two indicators.
    assert rows.numpy().tolist() == [[0, 1, 1, 0, 0, 0, 1]]
    assert encoder.width == 7


def test_a_column_that_tells_nothing_has_no_element() -> None:
    categories = categorical("color", "red"), categorical("void", "", left_out="no value"), categorical("size", "S M")
    profile = Profile((dataclasses.replace(AGE, left_out="always 3"), HOURS), categories, REDUCED)
    columns = [column for column, _ in encoded_names(profile, ALL)]
    assert list(dict.fromkeys(columns)) == ["hours", "components", "color", "size"]
    # hours: its only bin, a quarter of it, its z-score 9/4 clipped; the component; unseen; M; and of what is missing
    # (age, hours, color, void, size) hours, color and size.
    row = encode(profile, ALL, category=[[1, 0, 1]], missing=[[1, 0, 1, 1, 0]])
    assert row == [[1, 0.25, 1, 0.5, 0, 1, 0, 1, 0, 0, 1, 0]]
    assert Encoder(profile.to_json(), ALL).width == len(columns) == 12


def test_values_that_share_slots_have_two_each() -> None:
    # One slot of its own, unseen, and four values on four slots: halves of 2, so groups of 2 (0, 1 | 2, 3) and the
    # remainders of 2.
    profile = Profile(categorical=(categorical("a", "x"), categorical("b", "p", "q r s t", shared_slots=4)))
    encoder = Encoder(profile.to_json(), ALL)
    names = [
        "category[p]",
        "category[<unseen>]",
        *(f"category[<{kind} {n}>]" for kind in ("group", "remainder") for n in (0, 1)),
    ]
    assert [code for column, code in encoded_names(profile, ALL) if column == "b"][:6] == names
    categories = np.array([[0, number] for number in (0, 1, 2, 3, 4, 5)])
    rows = encoder({"category": categories, "missing": np.zeros((6, 2), "float32")}).numpy()[:, 2:8].tolist()
    assert rows == [
        [1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
        [0, 0, 1, 0, 1, 0],
        [0, 0, 1, 0, 0, 1],
        [0, 0, 0, 1, 1, 0],
        [0, 0, 0, 1, 0, 1],
    ]


def test_a_table_of_numbers_alone_is_encoded() -> None:
    profile = Profile((NumericColumn("a", edges=(0.0, 1.0, 2.0)),))
    row = {"value": [[1.0]], "numeric": [[2.0]], "missing": [[0.0]]}
    rows = Encoder(profile.to_json(), ALL)({name: np.array(value, "float32") for name, value in row.items()})
    assert rows.numpy().tolist() == [[0, 1, 1, 0, 0.5, 0]]


def test_every_element_lies_between_minus_one_and_one() -> None:
    generator = np.random.default_rng(6)
    count = 500
    rows = {
        "value": np.abs(generator.normal(0, 5, (count, 2))),
        "numeric": generator.normal(0, 1e4, (count, 2)),
        "components": generator.normal(0, 1e4, (count, 2)),
        "category": generator.integers(0, 3, (count, 1)),
        "missing": generator.integers(0, 2, (count, 3)).astype(float),
    }
    encoded = np.array(encode(PROFILE, ALL, **rows))
    assert encoded.shape == (count, 17)
    assert encoded.min() == -1
    assert encoded.max() == 1


def test_components_are_scaled_by_their_own_deviations_and_not_by_the_eigenvalues() -> None:
    # As independent ones are: 2.4 and -1 of deviation 1, over 4.
    profile = with_components(1.0, 1.0)
    assert encode(profile, ["z_score"], components=[[2.4, -1.0]])[0][2:4] == [0.6, -0.25]


def test_a_component_without_variance_stays_finite() -> None:
    profile = with_components(1.0, 0.0)
    assert encode(profile, ["z_score"], components=[[0.0, 0.0]])[0][2:4] == [0, 0]


def test_its_config_makes_the_same_encoder_again() -> None:
    encoder = Encoder(PROFILE.to_json(), ["z_score", "one_hot"], name="encoder")
    again = Encoder.from_config(encoder.get_config())
    assert again.name == "encoder"
    tensors = {name: np.array(v, "int64" if name == "category" else "float32") for name, v in ROW.items()}
    assert again(tensors).numpy().tolist() == encoder(tensors).numpy().tolist()
