"""Exported models: raw columns in, probability out, alike as SavedModel and as TFLite."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.lite.tools import flatbuffer_utils

from components.quantizer import forms
from modules.base import compat
from modules.base.settings import Features
from modules.graph import encoding
from modules.graph.preprocessing import load_profile
from modules.tflite import conversion, grafting, inference
from modules.training import grafted, model, serving, training_run

pytestmark = pytest.mark.unit

CENSUS = Path(__file__).parents[4] / "data" / "census_income"
INTEGERS = ("age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week")
SETTINGS = {"exclude": ["fnlwgt"], "log_scale": ["capital_gain", "capital_loss"]}
CONFIG = {
    "features": SETTINGS,
    "label": {"column": "income", "positive_class": ">50K"},
    "seed": 5,
}
ALL = ["one_hot", "piecewise_linear", "z_score"]


def census(file: str, count: int) -> dict[str, tuple[str, list]]:
    with (CENSUS / file).open(newline="") as stream:
        rows = [row for row, _ in zip(csv.DictReader(stream), range(count), strict=False)]
    columns: dict[str, tuple[str, list]] = {}
    for name in rows[0]:
        cells = [row[name] for row in rows]
        columns[name] = ("int64", [int(cell) for cell in cells]) if name in INTEGERS else ("string", cells)
    return columns


class Exported:
    """A network with random weights behind the preprocessing of some census rows, in both formats."""

    def __init__(self, analyze: Callable, folder: Path, method: str = "pca"):
        compat.skip_autograph()  # as training does, which comes before any export
        columns = census("adult_train.csv", 500)
        config = CONFIG | {"reduction": {"method": method, "explained_variance": 0.95}}
        analyze(folder, columns, config)
        run = training_run.start(config, str(folder / "graph"))
        self.run, self.output, self.table = run, run.output, run.table
        self.dtypes = {name: dtype for name, (dtype, _) in columns.items()}
        self.encoder = model.build_encoder(self.output, ALL)
        shape = model.Architecture.stack([16, 8], "relu", 0.2)
        self.network = model.build_network(self.encoder.width, shape, seed=5)
        self.directory = str(folder / "saved")
        serving.export(self.directory, run, self.encoder, self.network)
        self.saved = tf.saved_model.load(self.directory).signatures["serving_default"]
        self.lite = conversion.to_tflite(self.directory)

    def in_form(self, form: str) -> bytes:
        if form == "float16":
            return conversion.with_float16_weights(self.lite)
        return conversion.to_tflite(self.directory, conversion.dynamic_range)

    def rows(self) -> dict[str, np.ndarray]:
        """1,000 rows of the test file; each cell is missing or unseen with a probability of 10 % each."""
        generator = np.random.default_rng(13)
        raw = {}
        for name, (dtype, cells) in census("adult_test.csv", 1_000).items():
            if name not in [feature.name for feature in self.table.features]:
                continue
            draw = generator.random(1_000)
            if dtype == "int64":
                values = np.array(cells, np.int64)
                values[draw < 0.1] = -(2**63)
                unseen = (draw > 0.9).nonzero()[0]
                values[unseen] = generator.integers(-100_000, 1_000_000, len(unseen))
            else:
                values = np.array([cell.encode() for cell in cells], object)
                values[draw < 0.1] = b""
                values[draw > 0.9] = "nié widziane".encode()
            raw[name] = values.reshape(-1, 1)
        return raw


@pytest.fixture(scope="module")
def exported(analyze: Callable, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(analyze, tmp_path_factory.mktemp("exported"))


def by_saved_model(exported: Exported, raw: dict[str, np.ndarray]) -> np.ndarray:
    tensors = {name: tf.constant(array, exported.dtypes[name]) for name, array in raw.items()}
    return exported.saved(**tensors)["probability"].numpy()[:, 0]


def test_tflite_and_saved_model_agree_on_rows_with_missing_and_unseen_values(exported: Exported) -> None:
    raw = exported.rows()
    expected = by_saved_model(exported, raw)
    found = inference.Predictor(exported.lite).predict(raw)
    assert found.shape == (1_000, 2)
    assert np.abs(found[:, 1] - expected).max() <= 1e-5
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
    assert np.std(expected) > 0.01  # else agreeing were no art


def test_a_model_of_independent_components_agrees_with_its_tflite(analyze: Callable, tmp_path: Path) -> None:
    other = Exported(analyze, tmp_path, "ica")
    profile = load_profile(other.output)
    assert profile.reduction.method == "ica"
    assert profile.reduction.components >= 2
    raw = other.rows()
    expected = by_saved_model(other, raw)
    found = inference.Predictor(other.lite).predict(raw)
    assert np.abs(found[:, 1] - expected).max() <= 1e-5
    assert np.std(expected) > 0.01


def test_the_saved_model_is_preprocessing_encoder_and_network_one_after_the_other(exported: Exported) -> None:
    raw = exported.rows()
    tensors = {name: tf.constant(array, exported.dtypes[name]) for name, array in raw.items()}
    encoded = exported.encoder(exported.encoder.lookup(exported.output.transform_features_layer()(tensors)))
    logits = exported.network(encoded, training=False).numpy()[:, 0]
    np.testing.assert_allclose(by_saved_model(exported, raw), 1 / (1 + np.exp(-logits)), atol=1e-6)
    assert np.abs(encoded).max() <= 1


def test_every_row_has_exactly_one_slot_of_each_category_and_one_bin_of_each_number(exported: Exported) -> None:
    tensors = {name: tf.constant(array, exported.dtypes[name]) for name, array in exported.rows().items()}
    encoded = exported.encoder(exported.encoder.lookup(exported.output.transform_features_layer()(tensors))).numpy()
    names = encoding.encoded_names(load_profile(exported.output), ALL)
    for feature in exported.table.features:
        code = "category[" if feature.kind == "categorical" else "one_hot["
        slots = [i for i, (column, part) in enumerate(names) if column == feature.name and part.startswith(code)]
        assert (encoded[:, slots].sum(axis=1) == 1).all(), feature.name


def test_the_saved_model_holds_one_signature_and_no_keras_layer(exported: Exported) -> None:
    assert not (Path(exported.directory) / "keras_metadata.pb").exists()
    assert [*tf.saved_model.load(exported.directory).signatures] == ["serving_default"]


CELL = {"kind": "micro", "nodes": 2, "cells": 1, "units": 24, "activation": "swish", "dropout": 0.0}
CELL |= {"operation_1": "gated", "operation_2": "cross", "input_2": 1, "second_2": 0, "normalization": "none"}
SHAPES = {
    "float32": model.Architecture.stack([48], "swish", 0.0),
    "int8": model.Architecture.stack([24, 8], "relu", 0.0),
    "float32 cell": model.architecture_of(CELL),
    "int8 cell": model.architecture_of(CELL),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_network_behind_the_preprocessing_of_another_model_is_the_file_of_the_whole(
    exported: Exported, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = model.build_network(exported.encoder.width, SHAPES[kind], seed=6)
    if kind.startswith("int8"):
        network = forms.quantize_network(network)
        network(np.random.default_rng(6).uniform(-1, 1, (50, exported.encoder.width)), training=True)
    serving.export(str(tmp_path), exported.run, exported.encoder, network)
    configure = conversion.dynamic_range if kind.startswith("int8") else None
    whole = conversion.to_tflite(str(tmp_path), configure)
    monkeypatch.delattr(serving, "export")  # no preprocessing is exported for it
    assert grafted.convert(exported.lite, exported.run, exported.encoder, network, configure) == whole


def test_a_model_without_a_saved_model_is_converted_to_the_same_file(
    exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving.save_parts(str(tmp_path), exported.encoder, exported.network)
    assert serving.is_exported(exported.directory)
    assert not serving.is_exported(str(tmp_path))
    monkeypatch.setattr(grafted, "_stock", {})
    assert grafted.exported(exported.run, str(tmp_path)) == exported.lite


def test_where_no_layer_reads_the_encoded_row_the_whole_is_converted(
    exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grafting.graft(exported.lite, exported.lite, exported.encoder.width + 1) is None
    monkeypatch.setattr(grafting, "graft", lambda *_: None)
    assert grafted.convert(b"", exported.run, exported.encoder, exported.network) == exported.lite


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders of which the whole is converted; what an earlier test had converted is not kept."""
    monkeypatch.setattr(grafted, "_stock", {})
    found: list[str] = []
    convert = conversion.to_tflite

    def noted(directory: str, *others: Any) -> bytes:
        found.append(directory)
        return convert(directory, *others)

    monkeypatch.setattr(conversion, "to_tflite", noted)
    return found


def test_of_two_models_behind_one_preprocessing_only_the_first_is_converted_whole(
    exported: Exported, tmp_path: Path, converted: list[str]
) -> None:
    assert grafted.exported(exported.run, exported.directory) == exported.lite
    other = model.build_network(exported.encoder.width, model.Architecture.stack([48], "swish", 0.0), seed=6)
    serving.export(str(tmp_path), exported.run, exported.encoder, other)
    whole = conversion.to_tflite(str(tmp_path))
    converted.clear()
    assert grafted.exported(exported.run, str(tmp_path)) == whole
    assert str(tmp_path) not in converted
    assert grafted.exported(exported.run, exported.directory) == exported.lite


def test_a_model_behind_another_preprocessing_is_converted_whole(
    exported: Exported, tmp_path: Path, converted: list[str]
) -> None:
    assert grafted.exported(exported.run, exported.directory) == exported.lite
    encoder = model.build_encoder(exported.output, ["z_score"])
    network = model.build_network(encoder.width, model.Architecture.stack([16, 8], "relu", 0.2), seed=5)
    serving.export(str(tmp_path), exported.run, encoder, network)
    assert grafted.exported(exported.run, str(tmp_path)) == conversion.to_tflite(str(tmp_path))
    assert converted[:2] == [exported.directory, str(tmp_path)]


def test_a_missing_value_changes_the_answer_and_an_unseen_one_too(exported: Exported) -> None:
    raw = {name: np.repeat(array[:1], 3, axis=0) for name, array in exported.rows().items()}
    raw["occupation"][:, 0] = [b"Sales", b"", b"unseen"]
    assert len(set(by_saved_model(exported, raw).round(7))) == 3


def test_the_inputs_are_the_raw_columns_without_label_and_excluded_ones(exported: Exported) -> None:
    _, inputs = exported.saved.structured_input_signature
    expected = {name: dtype for name, dtype in exported.dtypes.items() if name not in ("income", "fnlwgt")}
    assert {name: spec.dtype.name for name, spec in inputs.items()} == expected
    assert {tuple(spec.shape) for spec in inputs.values()} == {(None, 1)}


def test_encoder_and_network_can_be_loaded_again(exported: Exported) -> None:
    encoder, network = serving.load_parts(exported.directory)
    assert encoder.get_config() == exported.encoder.get_config()
    for loaded, saved in zip(network.get_weights(), exported.network.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, saved)
    assert [layer.name for layer in network.layers] == [layer.name for layer in exported.network.layers]


def test_the_names_of_inner_tensors_are_dropped_and_those_of_inputs_and_outputs_kept(exported: Exported) -> None:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(exported.lite))
    graph = flat.subgraphs[0]
    outer = {int(index) for index in [*graph.inputs, *graph.outputs]}
    assert all(graph.tensors[index].name for index in outer)
    assert not any(tensor.name for index, tensor in enumerate(graph.tensors) if index not in outer)
    signature = flat.signatureDefs[0]
    assert signature.signatureKey == b"serving_default"
    assert {entry.name.decode() for entry in signature.inputs} == {f.name for f in exported.table.features}
    assert [entry.name.decode() for entry in signature.outputs] == ["probability"]


def test_only_operations_that_tflite_has_built_in_are_used(exported: Exported) -> None:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(exported.lite))
    assert [code.customCode for code in flat.operatorCodes if code.customCode] == []


@pytest.mark.parametrize("form", ["float32", "float16", "dynamic_range", "int8"])
def test_what_is_dropped_from_a_file_changes_no_prediction(
    exported: Exported, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> bytes:
        if form != "int8":
            return conversion.to_tflite(exported.directory) if form == "float32" else exported.in_form(form)
        return conversion.to_tflite(str(tmp_path), conversion.dynamic_range)

    if form == "int8":
        quantized = forms.quantize_network(exported.network)
        quantized(np.random.default_rng(6).uniform(-1, 1, (50, exported.encoder.width)), training=True)
        serving.export(str(tmp_path), exported.run, exported.encoder, quantized)
    less = made()
    monkeypatch.setattr(conversion, "_tidied", lambda content: content)
    exported_lite, exported.lite = exported.lite, conversion.to_tflite(exported.directory)
    whole = made()
    exported.lite = exported_lite
    assert len(less) < len(whole) - 5_000
    raw = exported.rows()
    found = inference.Predictor(less).predict(raw)
    np.testing.assert_array_equal(found, inference.Predictor(whole).predict(raw))


@pytest.mark.parametrize(("form", "dtype"), [("float16", np.float16), ("dynamic_range", np.int8)])
def test_a_smaller_form_holds_its_large_kernel_in_fewer_bits(exported: Exported, form: str, dtype: type) -> None:
    content = exported.in_form(form)
    width = exported.encoder.width
    details = Interpreter(model_content=content).get_tensor_details()
    kernels = [d["dtype"] for d in details if sorted(d["shape"]) == [16, width]]
    assert dtype in kernels
    # 16 · width weights lose two or three of their four bytes; a form may add 1,000 bytes of its own.
    saved = {"float16": 2, "dynamic_range": 3}[form] * 16 * width
    assert len(content) < len(exported.lite) - saved + 1_000


@pytest.mark.parametrize("form", ["float16", "dynamic_range"])
def test_a_smaller_form_rounds_the_network_and_not_the_preprocessing(exported: Exported, form: str) -> None:
    # A rounded bin edge or mean would move rows into other bins, and some probabilities by far more.
    raw = exported.rows()
    found = inference.Predictor(exported.in_form(form)).predict(raw)[:, 1]
    difference = np.abs(found - by_saved_model(exported, raw))
    assert 0 < difference.max() < 0.01


@pytest.mark.parametrize("form", ["float16", "dynamic_range"])
def test_a_smaller_form_uses_built_in_operations_only(exported: Exported, form: str) -> None:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(exported.in_form(form)))
    assert [code.customCode for code in flat.operatorCodes if code.customCode] == []


class Small:
    """A hand-made table, exported both ways; the label is `answer`."""

    def __init__(self, analyze: Callable, folder: Path, settings: Features, **columns: tuple[str, list]):
        answers = ["yes" if i % 2 else "no" for i in range(len(next(iter(columns.values()))[1]))]
        whole = columns | {"answer": ("string", answers)}
        config = {
            "features": settings.model_dump(),
            "label": {"column": "answer", "positive_class": "yes"},
            "reduction": {"method": "none"},
            "seed": 1,
        }
        encoder = model.build_encoder(analyze(folder, whole, config), ALL)
        network = model.build_network(encoder.width, model.Architecture.stack([4], "relu", 0.0), seed=1)
        serving.export(str(folder / "saved"), training_run.start(config, str(folder / "graph")), encoder, network)
        self._saved = tf.saved_model.load(str(folder / "saved")).signatures["serving_default"]
        self._lite = inference.Predictor(conversion.to_tflite(str(folder / "saved")))

    def agree(self, **raw: np.ndarray) -> list[float]:
        """Returns the probabilities, having seen that both models give the same."""
        raw = {name: array.reshape(-1, 1) for name, array in raw.items()}
        expected = self._saved(**{name: tf.constant(array) for name, array in raw.items()})["probability"].numpy()
        np.testing.assert_allclose(self._lite.predict(raw)[:, 1:], expected, atol=1e-5)
        assert np.isfinite(expected).all()
        return expected[:, 0].round(6).tolist()


def test_a_column_of_numeric_codes_runs_on_device(analyze: Callable, tmp_path: Path) -> None:
    small = Small(
        analyze,
        tmp_path,
        Features(categorical=["code", "grade"], min_count=1),
        code=("int64", [1, 1, 2, 2, -(2**63)]),
        grade=("float32", [0.5, 0.5, 1.5, float("nan"), 1.5]),
    )
    code = np.array([1, 2, 9, -(2**63)])
    assert len(set(small.agree(code=code, grade=np.full(4, 0.5, "float32")))) == 4
    grade = np.array([0.5, 1.5, 7.0, np.nan], "float32")
    assert len(set(small.agree(code=np.full(4, 1), grade=grade))) == 4


def test_a_column_whose_name_no_tensor_can_have_runs_on_device(analyze: Callable, tmp_path: Path) -> None:
    columns: dict[str, tuple[str, list]] = {
        "Jitter (%)": ("float32", [0.5, 1.5, 2.5, float("nan")]),
        "2nd größe": ("string", ["a", "b", "a", ""]),
    }
    small = Small(analyze, tmp_path, Features(min_count=1), **columns)
    jitter, size = np.array([0.5, np.nan, 9], "float32"), np.array([b"a", b"", b"?"], object)
    assert len(set(small.agree(Jitter=jitter, column_2nd_gr_e=size))) == 3


def test_columns_without_a_value_in_training_run_on_device(analyze: Callable, tmp_path: Path) -> None:
    small = Small(
        analyze,
        tmp_path,
        Features(),
        void=("string", ["", "", ""]),
        hollow=("float32", [float("nan")] * 3),
        x=("float32", [1, 2, 3]),
    )
    void, hollow = np.array([b"", b"x", b""], object), np.array([np.nan, np.nan, 5], "float32")
    small.agree(void=void, hollow=hollow, x=np.array([1, 2, 3], "float32"))
