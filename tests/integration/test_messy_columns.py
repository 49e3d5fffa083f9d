"""Columns that a model can learn little from, or hardly bear, from a CSV file to Transform by LocalDagRunner."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules.features.profile import Profile

pytestmark = pytest.mark.integration

ROWS, KINDS = 20_400, 20_000
CONFIG = """
name: messy
data: {train: train.csv, test: test.csv}
label: {column: y, positive_class: "yes"}
features: {max_vocabulary: 50, min_count: 1}
evaluation: {gates: {auc: {minimum: 0.5}}}
"""


class Made:
    """What the steps up to Transform make of the table: the profile, and the vectors that a network would get."""

    def __init__(self, folder: Path):
        import tensorflow as tf
        import tensorflow_transform as tft
        from tfx.orchestration.local.local_dag_runner import LocalDagRunner
        from tfx.orchestration.pipeline import RunOptions

        from modules.graph.encoding import Encoder, encoded_names
        from modules.graph.preprocessing import load_profile
        from modules.training import inputs
        from pipeline import config
        from pipeline.lineage import Lineage
        from pipeline.wiring import engines
        from pipeline.wiring.pipeline import create_pipeline

        chance = random.Random(6)
        lines = ["x,twin,negative,void,constant,name,color,y"]
        for row in range(ROWS):
            x = chance.gauss(5, 2)
            name = f"k{row if row < KINDS else row % 7}"  # k0 to k6 are the only ones that come again
            lines.append(f"{x},{x},{-x},,7,{name},{chance.choice(['red', 'blue'])},{'yes' if x > 5 else 'no'}")
        (folder / "train.csv").write_text("\n".join([*lines, ""]))
        (folder / "test.csv").write_text(f"{lines[0]}\n1,1,-1,,7,new,green,no\n2,2,-2,,8,k0,red,yes\n")
        (folder / "pipeline.yaml").write_text(CONFIG)
        settings = config.load(str(folder / "pipeline.yaml"))
        store = str(folder / "metadata.sqlite")
        whole = create_pipeline(settings, str(folder / "artifacts"), store, str(folder / "pushed"), engines.local())
        LocalDagRunner().run(whole, run_options=RunOptions(to_nodes=["Transform"]))
        run: Any = Lineage(store, settings.name).latest("Transform")
        output = tft.TFTransformOutput(run.outputs["transform_graph"].uri)
        self.profile: Profile = load_profile(output)
        encoding: list[str] = [*settings.features.encoding]
        self._encoder = Encoder(self.profile.to_json(), encoding)
        self._names = encoded_names(self.profile, encoding)
        files = [f"{run.outputs['transformed_examples'].uri}/Split-train/*"]
        batches = inputs.source(files, output, self._encoder, 4_096)().as_numpy_iterator()
        self.train = np.concatenate([encoded for encoded, _ in batches])
        self._layer, self._tf = output.transform_features_layer(), tf

    def place(self, column: str, code: str) -> int:
        return self._names.index((column, code))

    def codes(self, column: str, **cells: Any) -> set[str]:
        """Returns the codes of a column that are not 0 for a row."""
        given = {"x": 5.0, "twin": 5.0, "negative": -5.0, "constant": 7, "void": "", "name": "k0", "color": "red"}
        dtypes = {"x": "float32", "twin": "float32", "negative": "float32", "constant": "int64"}
        row = given | {"y": ""} | cells
        raw = {name: self._tf.constant([[value]], dtypes.get(name, "string")) for name, value in row.items()}
        (encoded,) = self._encoder(self._encoder.lookup(self._layer(raw))).numpy()
        assert np.isfinite(encoded).all()
        return {code for (name, code), value in zip(self._names, encoded, strict=True) if name == column and value}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("messy"))


def test_every_number_of_every_encoded_row_is_finite(made: Made) -> None:
    assert 0.8 * ROWS < len(made.train) < ROWS
    assert np.isfinite(made.train).all()
    assert np.abs(made.train).max() <= 1


def test_of_twenty_thousand_texts_the_most_frequent_have_slots_and_the_rest_shares_some(made: Made) -> None:
    names = next(column for column in made.profile.categorical if column.name == "name")
    own = {count.value for count in names.vocabulary.own}
    assert len(own) == 50
    assert own >= {f"k{number}" for number in range(7)}
    assert made.codes("name", name="k0") == {"category[k0]"}
    assert made.codes("name", name="never seen") == {"category[<unseen>]"}
    rare = next(f"k{number}" for number in range(KINDS) if f"k{number}" not in own)
    found = made.codes("name", name=rare)
    assert found and not found & {f"category[{value}]" for value in own}


def test_a_category_that_only_the_evaluation_has_takes_the_slot_of_unseen_ones(made: Made) -> None:
    assert made.codes("color", color="green") == {"category[<unseen>]"}
    assert made.codes("color", color="red") == {"category[red]"}


@pytest.mark.parametrize(("column", "why"), [("void", "no value"), ("constant", "always 7")])
def test_a_column_that_tells_nothing_has_no_code_and_is_named(made: Made, column: str, why: str) -> None:
    assert made.profile.left_out[column] == why
    assert made.codes(column) == set()


def test_equal_and_opposite_columns_are_one_principal_component(made: Made) -> None:
    # x, twin and -x correlate by 1 and -1: eigenvalues 3, 0, 0; and 0 of the constant.
    assert made.profile.reduction.explained_variance == pytest.approx([3, 0, 0, 0], abs=1e-6)
    assert made.profile.reduction.components == 1
    component = made.train[:, made.place("components", "component[0]")]
    # Of deviation √3, the component is the z-score of any of the three; both are clipped at 4 and divided by it.
    assert np.abs(component) == pytest.approx(np.abs(made.train[:, made.place("x", "z_score")]), abs=1e-4)
