import pytest

from modules.tfma_results import slice_name

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ((), "overall"),
        ((("sex", "Female"),), "sex=Female"),
        ((("sex", b"Female"), ("race", "Black")), "sex=Female, race=Black"),
        ((("age", 3),), "age=3"),
    ],
)
def test_a_slice_is_named_by_its_columns_and_values(key: tuple, name: str) -> None:
    assert slice_name(key) == name
