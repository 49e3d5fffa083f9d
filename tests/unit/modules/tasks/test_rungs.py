import pytest

from modules import tasks

pytestmark = pytest.mark.unit


def test_where_one_sparsity_is_tried_a_point_is_called_like_its_numeric_form() -> None:
    assert tasks.point_name("int8_qat", None) == "int8_qat"
    assert [tasks.rung_name(form) for form in ("float32", "int8_qat")] == ["pruned", "int8_qat"]


def test_of_several_sparsities_the_name_tells_which() -> None:
    points = [tasks.point_name(form, sparsity) for form in ("float32", "int8_qat") for sparsity in (0.0, 0.85)]
    assert points == ["float32@0", "float32@0.85", "int8_qat@0", "int8_qat@0.85"]
    assert [tasks.rung_name(point) for point in points] == ["pruned@0", "pruned@0.85", "int8_qat@0", "int8_qat@0.85"]
    assert [tasks.numeric_form(point) for point in points] == ["float32", "float32", "int8_qat", "int8_qat"]
