"""A table of 120 columns: numbers, whole numbers, texts and a time."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import tensorflow as tf

from modules.contracts.tflite import ModelCard, TfliteModel
from modules.explaining import raw_function, wide_function
from modules.explaining.raw_function import RawFunction, Rows
from modules.tflite import conversion, splitting

pytestmark = pytest.mark.unit

DTYPES = {f"f{n}": "float32" for n in range(60)} | {f"i{n}": "int64" for n in range(30)}
DTYPES |= {f"s{n}": "string" for n in range(29)} | {"t": "int64"}
KINDS = {"f": "numeric", "i": "numeric", "s": "categorical", "t": "timestamp"}
ROWS = 50


class Model(tf.Module):
    """A network behind columns that are put side by side, compared with texts, and, the time, divided."""

    def __init__(self) -> None:
        super().__init__()
        draw = np.random.default_rng(1)
        self.first = tf.Variable(draw.normal(size=(60 + 30 + 58 + 1, 8)), dtype=tf.float32)
        self.last = tf.Variable(draw.normal(size=(8, 1)), dtype=tf.float32)

    @tf.function(input_signature=[{name: tf.TensorSpec([None, 1], d, name=name) for name, d in DTYPES.items()}])
    def serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        floats, integers, texts = ([raw[name] for name in DTYPES if name[0] == kind] for kind in "fis")
        numbers = tf.concat(floats, axis=1)
        numbers = tf.where(tf.not_equal(numbers, numbers), 0.25, numbers)
        whole = tf.cast(tf.concat(integers, axis=1), tf.float32) / 10.0
        hits = tf.concat([tf.equal(text, tf.constant([[b"red", b"blue"]])) for text in texts], axis=1)
        hour = tf.cast(tf.minimum(raw["t"], 50_000), tf.float32) / 86_400.0
        encoded = tf.tanh(tf.concat([numbers, whole, tf.cast(hits, tf.float32), hour], axis=1))
        return {"probability": tf.sigmoid(tf.matmul(tf.nn.relu(tf.matmul(encoded, self.first)), self.last) / 4.0)}


CARD = ModelCard(
    "float32",
    inputs=[
        {"name": f"column {name}", "tensor": name, "kind": KINDS[name[0]], "dtype": dtype, "missing": None}
        for name, dtype in DTYPES.items()
    ],
    outputs=[{"name": "probability", "classes": ["no", "yes"]}],
    task="binary",
    label="y",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TfliteModel:
    folder = str(tmp_path_factory.mktemp("saved"))
    module = Model()
    tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
    return TfliteModel(conversion.to_tflite(folder), CARD)


@pytest.fixture(scope="module")
def plain(model: TfliteModel) -> RawFunction:
    return raw_function.of_file(model, 1)


def drawn(seed: int, texts: Sequence[bytes] = (b"red", b"blue", b"")) -> Rows:
    draw = np.random.default_rng(seed)
    made: dict[str, Callable[[], np.ndarray]] = {
        "float32": lambda: np.where(draw.random(ROWS) < 0.1, np.nan, draw.normal(size=ROWS)).astype(np.float32),
        "int64": lambda: draw.integers(0, 100_000, ROWS),
        "string": lambda: np.array(draw.choice(texts, ROWS), object),
    }
    return {f"column {name}": made[dtype]() for name, dtype in DTYPES.items()}


def copied(rows: Rows) -> Rows:
    return {name: rows[name].copy() for name in rows}


@pytest.mark.parametrize("threads", [1, 3])
def test_rows_put_together_from_others_get_the_answers_of_the_file_as_it_is(
    model: TfliteModel, plain: RawFunction, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wide_function, "_LEAST_ROWS", 7)
    monkeypatch.setattr(wide_function, "_AT_ONCE", 7 * len(DTYPES))
    function, rows, others = wide_function.of_file(model, threads), drawn(1), drawn(2, (b"red", "nié".encode(), b"x"))
    assert (function.outputs, function.columns) == (plain.outputs, plain.columns)
    many = raw_function.repeated(rows, 3)
    names = ["column f3", "column i2", "column s7", "column t"]
    changed = raw_function.replaced(many, {name: np.tile(others[name], 3) for name in names})
    some = raw_function.taken(changed, np.arange(0, 3 * ROWS, 4))
    whole = raw_function.joined([some, raw_function.replaced(rows, {"column f0": others["column f0"]}), some])
    places = np.random.default_rng(3).integers(0, ROWS, 33)
    mixed = raw_function.composed(rows, places, {name: others[name][:33] for name in names})
    for asked in (rows, many, changed, some, whole, mixed, others, raw_function.taken(rows, np.array([4]))):
        found, expected = function(asked), plain(copied(asked))
        assert found.shape == (raw_function.count(asked), 1)
        assert found.tobytes() == expected.tobytes()
    assert np.std(plain(copied(whole))) > 0.01
    assert function(raw_function.taken(rows, np.array([], np.int64))).shape == (0, 1)


def test_what_is_made_of_a_value_alone_is_asked_once(model: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[int] = []
    learn = wide_function._Values.learn

    def noted(self: wide_function._Values, values: np.ndarray, joins: dict[str, np.ndarray]) -> None:
        learnt.append(len(values))
        learn(self, values, joins)

    monkeypatch.setattr(wide_function._Values, "learn", noted)
    function, rows = wide_function.of_file(model, 1), drawn(1)
    function(raw_function.repeated(rows, 2))
    assert len(learnt) == 30  # 29 texts and the time; other numbers are taken as they are
    assert sorted(learnt)[:-1] == [3] * 29
    learnt.clear()
    names = ["column s1", "column t"]
    function(raw_function.replaced(raw_function.repeated(rows, 5), {name: np.tile(rows[name], 5) for name in names}))
    assert learnt == []
    function(raw_function.replaced(rows, {"column s1": np.full(ROWS, b"never seen", object)}))
    assert learnt == [1]


def test_a_model_of_few_columns_is_asked_as_it_is(model: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_function, "MANY_COLUMNS", len(DTYPES))
    monkeypatch.setattr(splitting, "split", lambda _: pytest.fail("split"))
    rows = drawn(1)
    assert isinstance(raw_function.repeated(rows, 2), dict)
    assert wide_function.of_file(model, 1)(rows).shape == (ROWS, 1)


def test_a_model_whose_columns_do_not_meet_is_asked_as_it_is(
    model: TfliteModel, plain: RawFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "split", lambda _: None)
    rows = raw_function.repeated(drawn(1), 2)
    assert wide_function.of_file(model, 1)(rows).tobytes() == plain(copied(rows)).tobytes()


def test_rows_of_many_columns_are_taken_replaced_joined_and_repeated_as_those_of_few() -> None:
    wide = {f"c{number}": np.arange(4) + 10 * number for number in range(raw_function.MANY_COLUMNS + 1)}
    few = {name: wide[name] for name in ("c0", "c1", "c2")}

    def done(rows: Rows) -> Rows:
        first = raw_function.replaced(raw_function.repeated(rows, 2), {"c1": np.arange(8)})
        second = raw_function.taken(first, np.array([7, 0]))
        third = raw_function.replaced(raw_function.taken(first, np.arange(8) % 2 == 0), {"c2": np.arange(4)})
        both = raw_function.joined([second, third, rows])
        assert raw_function.count(both) == 10
        return raw_function.composed(both, np.array([9, 3, 3]), {"c0": np.array([5, 6, 7])})

    found, expected = done(wide), done(few)
    assert list(found) == list(wide)
    for name in few:
        assert found[name].tolist() == expected[name].tolist()
    assert wide["c1"].tolist() == [10, 11, 12, 13]
    more = raw_function.replaced(wide, {"another": np.zeros(4)})
    assert more["another"].tolist() == [0] * 4
