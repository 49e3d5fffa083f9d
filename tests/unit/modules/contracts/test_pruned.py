from pathlib import Path

import pytest

from modules.contracts import pruned
from modules.contracts.pruned import PrunedNetwork

pytestmark = pytest.mark.unit

NETWORKS = [
    PrunedNetwork(0.5, 0.501, 100, (20, 20), (8, 8), 900, 1_000),
    PrunedNetwork(0.8, 0.8, 100, (20, 16), (8, 7), 500, 1_000),
]


def test_the_networks_come_back_and_the_first_lies_where_tfx_looks_for_a_model(tmp_path: Path) -> None:
    uri = str(tmp_path)
    pruned.write(uri, NETWORKS)
    assert pruned.read(uri) == NETWORKS
    assert [pruned.directory(uri, NETWORKS, one) for one in NETWORKS] == [
        str(tmp_path / "Format-Serving"),
        str(tmp_path / "sparsity-0.8"),
    ]
