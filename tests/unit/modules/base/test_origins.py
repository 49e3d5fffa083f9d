import pytest

from modules.base import origins

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/home/jo/tables/adult.csv", "adult.csv"),
        ("/home/jo/tables/2026/", "2026"),
        ("/home/jo/tables/adult-*.csv", "adult-*.csv"),
        ("file:///home/jo/adult.csv", "adult.csv"),
        ("adult.csv", "adult.csv"),
        ("gs://bucket/tables/adult.csv", "gs://bucket/tables/adult.csv"),
        ("package://tfx/examples/data.csv", "package://tfx/examples/data.csv"),
    ],
)
def test_of_a_table_its_name_is_told_or_a_uri_that_any_machine_can_read(path: str, told: str) -> None:
    assert origins.of_file(path) == told


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("/home/jo/out/artifacts/Selector/model/15", "Selector/model/15"),
        ("/home/jo/out/artifacts/Selector/model/15/", "Selector/model/15"),
        ("gs://bucket/run/Selector/model/15", "gs://bucket/run/Selector/model/15"),
    ],
)
def test_of_an_artifact_its_place_below_the_artifacts_is_told(uri: str, told: str) -> None:
    assert origins.of_artifact(uri) == told
