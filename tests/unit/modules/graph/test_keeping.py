"""The encoder of a part of the vector: the same numbers, and no trace of what nothing reads."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.lite.tools import flatbuffer_utils

from modules.features.profile import CategoricalColumn, NumericColumn, Profile, ReductionResult
from modules.features.vocabulary import Count, Vocabulary
from modules.graph.encoding import Encoder
from modules.tflite import conversion, inference
from modules.training import grafted, model, serving

pytestmark = pytest.mark.unit

ALL = ["one_hot", "piecewise_linear", "z_score"]
ROWS = 40


def made_up(draw: np.random.Generator) -> tuple[Profile, list[str]]:
    """A profile with columns of all kinds, and an encoding; now and then none of a kind, or one that tells nothing."""
    numeric = tuple(
        NumericColumn(
            f"number{place}",
            part_of="time" if place < 2 and draw.random() < 0.5 else None,
            edges=tuple(float(edge) for edge in range(draw.integers(2, 7))),
            left_out="always 3" if draw.random() < 0.15 else "",
        )
        for place in range(draw.integers(0, 5))
    )
    numeric = tuple(sorted(numeric, key=lambda column: column.part_of is None))
    categorical = []
    for place in range(draw.integers(0 if numeric else 1, 5)):
        values = tuple(Count(f"value{number}", 1) for number in range(draw.integers(1, 12)))
        own = draw.integers(1, len(values) + 1)
        left_out = "no value" if numeric and draw.random() < 0.15 else ""
        categorical.append(
            CategoricalColumn(
                f"category{place}", Vocabulary(values[:own], values[own:]), int(draw.integers(2, 8)), left_out
            )
        )
    components = draw.integers(0, len(numeric) + 1)
    reduced = ReductionResult("pca", (1.0,) * components, tuple(draw.uniform(0.5, 2, components)))
    encoding = [code for code in ALL if draw.random() < 0.7] or ["one_hot"]
    return Profile(numeric, tuple(categorical), reduced), encoding


def transformed(profile: Profile, draw: np.random.Generator) -> dict[str, tf.Tensor]:
    """Rows as Transform gives them, with the categories as text."""
    parts = sum(column.part_of is not None for column in profile.numeric)
    columns = len(profile.numeric)
    rows = {
        "value": draw.uniform(0, 6, (ROWS, columns)).astype("float32"),
        "numeric": draw.normal(0, 4, (ROWS, columns)).astype("float32"),
        "components": draw.normal(0, 4, (ROWS, columns)).astype("float32"),
        "missing": draw.integers(0, 2, (ROWS, columns - parts)).astype("float32"),
    }
    for place in range(len(profile.categorical)):
        values = [b"", b"unseen", *(f"value{number}".encode() for number in range(12))]
        rows[f"category_{place}"] = draw.choice(np.array(values, object), (ROWS, 1))
    return {name: tf.constant(values) for name, values in rows.items() if columns or name.startswith("category")}


@pytest.mark.parametrize("seed", range(40))
def test_a_part_of_the_encoded_vector_is_what_its_own_encoder_gives(seed: int) -> None:
    draw = np.random.default_rng(seed)
    profile, encoding = made_up(draw)
    whole = Encoder(profile.to_json(), encoding)
    if not whole.width:
        return
    slots = draw.random(whole.width) < draw.choice([0.05, 0.5, 0.95])
    slots[draw.integers(whole.width)] = True
    rows = transformed(profile, draw)
    expected = whole(rows).numpy()[:, slots]
    part = whole.keeping(slots)
    assert part.width == slots.sum()
    assert part.names == [name for name, kept in zip(whole.names, slots, strict=True) if kept]
    np.testing.assert_array_equal(part(rows).numpy(), expected)
    np.testing.assert_array_equal(part(whole.lookup(rows)).numpy(), expected)
    again = Encoder.from_config(part.get_config())
    np.testing.assert_array_equal(again(rows).numpy(), expected)
    less = np.arange(part.width) % 2 == 0
    np.testing.assert_array_equal(part.keeping(less)(rows).numpy(), expected[:, less])
    np.testing.assert_array_equal(whole(rows).numpy()[:, whole.places(part)], expected)
    if (~less).any():
        assert part.keeping(less).joined(part.keeping(~less)).get_config() == part.get_config()


@pytest.mark.parametrize("slots", [[True], [False] * 4, [1, 0, 0, 0], [[True] * 4]])
def test_what_is_kept_is_told_by_one_truth_value_for_each_slot(slots: list) -> None:
    encoder = Encoder(Profile((NumericColumn("a", edges=(0.0, 1.0, 2.0)),)).to_json(), ["one_hot", "z_score"])
    assert encoder.width == 4
    with pytest.raises(ValueError, match="give 4 truth values"):
        encoder.keeping(np.array(slots))


def text(content: bytes) -> bytes:
    """All that the constants of a .tflite hold."""
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    return b"".join(bytes(buffer.data) for buffer in flat.buffers if buffer.data is not None)


@pytest.mark.parametrize("read", [["amount"], ["size"], ["amount", "color"], ["components"]])
def test_a_model_takes_all_columns_and_holds_nothing_of_those_that_it_does_not_read(
    ship: Callable, tmp_path: Path, read: list[str]
) -> None:
    colors, sizes = ["red", "blue", "green", "blue"] * 10, ["huge", "tiny"] * 20
    amounts, ages = [float(number) for number in range(40)], [number % 7 for number in range(40)]
    shipped = ship(
        {
            "color": ("string", colors),
            "size": ("string", sizes),
            "amount": ("float32", amounts),
            "age": ("int64", ages),
        },
        reduction={"method": "pca", "components": 2},
        quantile_bins=16,
    )
    slots = np.array([column in read for column, _ in shipped.encoder.names])
    encoder = shipped.encoder.keeping(slots)
    network = model.build_network(encoder.width, model.Architecture.stack([8], "relu", 0.0), seed=1)
    network.layers[0].set_weights([shipped.network.layers[0].get_weights()[0][slots], np.ones(8)])
    serving.export(str(tmp_path / "part"), shipped.run, encoder, network)
    part = conversion.to_tflite(str(tmp_path / "part"))
    rows = {
        "color": np.array([[b"red"], [b"blue"], [b""], [b"?"]], object),
        "size": np.array([[b"huge"], [b""], [b"tiny"], [b"?"]], object),
        "amount": np.array([[1.0], [np.nan], [17.5], [3e38]], "float32"),
        "age": np.array([[1], [-(2**63)], [2**60], [5]], "int64"),
    }
    transform = shipped.run.output.transform_features_layer()
    encoded = shipped.encoder(transform({name: np.array(values) for name, values in rows.items()})).numpy()
    logits = network(encoded[:, slots]).numpy()
    found = inference.Predictor(part).predict(rows)[:, 1:]
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=1e-6)
    assert len(np.unique(found)) > 2
    assert (b"green" in text(part)) == ("color" in read)
    assert (b"huge" in text(part)) == ("size" in read)
    assert grafted.convert(part, shipped.run, encoder, network) == part
    other = model.build_network(encoder.width, model.Architecture.stack([encoder.width], "relu", 0.0), seed=1)
    serving.export(str(tmp_path / "other"), shipped.run, encoder, other)
    whole = conversion.to_tflite(str(tmp_path / "other"))
    assert grafted.convert(part, shipped.run, encoder, other) == whole


def test_the_edges_of_bins_that_nothing_reads_are_not_in_the_file(ship: Callable, tmp_path: Path) -> None:
    shipped = ship({"amount": ("float32", [float(number) for number in range(64)])}, quantile_bins=32)
    read = [("amount", "one_hot[3]"), ("amount", "piecewise_linear[5]")]
    encoder = shipped.encoder.keeping(np.array([name in read for name in shipped.encoder.names]))
    network = model.build_network(2, model.Architecture.stack([1], "relu", 0.0), seed=1)
    serving.export(str(tmp_path / "part"), shipped.run, encoder, network)
    part = conversion.to_tflite(str(tmp_path / "part"))
    longest = [
        max(len(buffer.data) for buffer in flatbuffer_utils.convert_bytearray_to_object(bytearray(one)).buffers[1:])
        for one in (shipped.lite, part)
    ]
    assert longest[0] > 32 * 4 * 8  # the weights
    assert longest[1] <= 16  # the note of the least runtime
    rows = {"amount": np.array([[6.0], [10.5], [np.nan], [3e38]], "float32")}
    edges = shipped.profile.numeric[0].edges
    inside = [edges[3] <= value < edges[4] for value in (6.0, 10.5, 31.5, 3e38)]
    filled = [np.clip((value - edges[5]) / (edges[6] - edges[5]), 0, 1) for value in (6.0, 10.5, 31.5, 3e38)]
    logits = network(np.array([inside, filled], "float32").T).numpy()
    found = inference.Predictor(part).predict(rows)[:, 1:]
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=1e-6)
