"""No table that the reader takes ends in an internal error on the road from `init` to encoded rows."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests.made_up_tables import BALANCED, LABEL, Column, MadeUp, tables

pytestmark = pytest.mark.integration

# A number of examples makes up other tables in each run; without it, they are the same few in every run.
ROAD_EXAMPLES = os.environ.get("ROAD_EXAMPLES")

_OVERRIDES = st.tuples(
    st.sampled_from([(), ("features.exclude=[]",)]),
    st.sampled_from([(), ("reduction={method: pca, components: 2}",), ("reduction={method: none}",)]),
    st.sampled_from([(), ("features.encoding=[one_hot, piecewise_linear, z_score]",)]),
).map(lambda parts: [override for part in parts for override in part])


@settings(
    max_examples=int(ROAD_EXAMPLES or 120),
    derandomize=not ROAD_EXAMPLES,
    deadline=None,
    database=None,
    print_blob=bool(ROAD_EXAMPLES),
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(table=tables(), overrides=_OVERRIDES)
def test_a_made_up_table_is_encoded_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, table: MadeUp, overrides: list[str]
) -> None:
    from tests import road  # TensorFlow, once the process is prepared

    end = road.walk(table, tmp_path_factory.mktemp("road"), overrides)
    event(end.stage)
    event(f"{end.stage}: {end.refusal.split(': ', 1)[-1][:40]}")


# What ended in an error, each in its shortest form, and names that a careless reader would take for one.
_FOUND = {
    "names that differ by case and spaces alone": MadeUp(
        {"age": BALANCED, "Age": Column([0.5, 1.5]), "AGE ": Column([2.0, 3.5]), LABEL: BALANCED}
    ),
    "a name with a character that YAML refuses": MadeUp({"\x1b": Column([0.0, 1e-45]), LABEL: BALANCED}),
    "two codes as the label, beyond 16 million with a point": MadeUp({LABEL: Column([40000003.0, 4e7], 1)}),
    "two numbers beyond int64 as the label": MadeUp({"b": BALANCED, LABEL: Column([3e30, 4e30], 1)}),
    "a name with a character beyond 16 bits that is not shown": MadeUp({"\U00018d09": Column([0.0]), LABEL: BALANCED}),
}


@pytest.mark.parametrize("table", _FOUND.values(), ids=_FOUND.keys())
def test_what_was_found_on_the_road_is_encoded(tmp_path: Path, table: MadeUp) -> None:
    from tests import road

    assert road.walk(table, tmp_path).stage == "encoded"
