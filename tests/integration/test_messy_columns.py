"""Columns that a model can learn little from, or hardly bear, from a CSV file to Transform by LocalDagRunner."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules.features import Profile

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
    """What the steps up to Transform make of the table: profile, transformed training rows, and the graph's answers."""

    def __init__(self, folder: Path):
        import tensorflow as tf
        import tensorflow_transform as tft
        from tfx.orchestration.local.local_dag_runner import LocalDagRunner
        from tfx.orchestration.pipeline import RunOptions

        from modules import inputs
        from modules.preprocessing import load_profile
        from pipeline import config, engines
        from pipeline.lineage import Lineage
        from pipeline.pipeline import create_pipeline

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
        whole = create_pipeline(
            settings, str(folder / "artifacts"), store, str(folder / "pushed"), engines.local_beam_args()
        )
        LocalDagRunner().run(whole, run_options=RunOptions(to_nodes=["Transform"]))
        run: Any = Lineage(store, settings.name).latest("Transform")
        output = tft.TFTransformOutput(run.outputs["transform_graph"].uri)
        self.profile: Profile = load_profile(output)
        self.train = inputs.read([f"{run.outputs['transformed_examples'].uri}/Split-train/*"], output)
        self._layer, self._tf = output.transform_features_layer(), tf

    def transform(self, **cells: list) -> dict[str, np.ndarray]:
        count = len(cells["name"])
        given: dict[str, list] = {
            "x": [5.0] * count,
            "twin": [5.0] * count,
            "negative": [-5.0] * count,
            "constant": [7] * count,
        }
        given = given | {"void": [""] * count, "color": ["red"] * count, "y": [""] * count} | cells
        dtypes = {"x": "float32", "twin": "float32", "negative": "float32", "constant": "int64"}
        raw = {n: self._tf.constant([[v] for v in values], dtypes.get(n, "string")) for n, values in given.items()}
        return {name: value.numpy() for name, value in self._layer(raw).items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("messy"))


def test_every_number_of_every_transformed_row_is_finite(made: Made) -> None:
    assert len(made.train["label"]) > 0.8 * ROWS
    assert all(np.isfinite(values).all() for values in made.train.values())


def test_of_twenty_thousand_texts_the_most_frequent_have_slots_and_the_rest_share_one(made: Made) -> None:
    place = made.profile.categorical.index("name")
    vocabulary = made.profile.vocabularies[place]
    assert len(vocabulary) == 50
    assert {f"k{number}" for number in range(7)} <= set(vocabulary)
    unknown = next(f"k{number}" for number in range(KINDS) if f"k{number}" not in vocabulary)
    found = made.transform(name=["k0", unknown, "never seen", vocabulary[-1]])["category"][:, place]
    assert found.tolist() == [vocabulary.index("k0"), 50, 50, 49]


def test_a_category_that_only_the_evaluation_has_takes_the_slot_of_unseen_ones(made: Made) -> None:
    place = made.profile.categorical.index("color")
    found = made.transform(name=["k0"] * 3, color=["green", *made.profile.vocabularies[place]])
    assert found["category"][:, place].tolist() == [2, 0, 1]


def test_a_column_without_any_value_has_no_vocabulary_and_is_missing(made: Made) -> None:
    place = made.profile.categorical.index("void")
    assert made.profile.vocabularies[place] == []
    assert (made.train["missing"][:, len(made.profile.numeric) + place] == 1).all()


def test_a_constant_column_is_zero_wherever_it_stays_constant_and_where_it_does_not(made: Made) -> None:
    place = made.profile.numeric.index("constant")
    assert (made.train["numeric"][:, place] == 0).all()
    assert made.transform(name=["k0"] * 2, constant=[7, 8])["numeric"][:, place].tolist() == [0, 0]


def test_equal_and_opposite_columns_are_one_principal_component(made: Made) -> None:
    # x, twin and -x correlate by 1 and -1: eigenvalues 3, 0, 0; and 0 of the constant.
    assert made.profile.explained_variance == pytest.approx([3, 0, 0, 0], abs=1e-6)
    assert made.profile.components == 1
    component = made.train["components"][:, 0]
    first = made.train["numeric"][:, made.profile.numeric.index("x")]
    assert np.abs(component) == pytest.approx(np.sqrt(3) * np.abs(first), abs=1e-4)
