import pytest

from modules.contracts.training_curves import LearningCurve

pytestmark = pytest.mark.unit


def curve(epochs: int, best: int | None, limit: int | None) -> LearningCurve:
    return LearningCurve("student", "val_auc", "max", range(1, epochs + 1), {"val_auc": [0.5] * epochs}, best, limit)


def test_a_curve_says_whether_its_training_converged_or_used_all_epochs() -> None:
    assert curve(34, 22, 200).ending == "converged after 34 epochs, best epoch 22"
    assert curve(20, 20, 20).ending == "used all of its 20 epochs, best epoch 20: more may help"
    assert curve(20, 17, 20).ending == "used all of its 20 epochs, best epoch 17"
    assert curve(6, 4, None).ending == curve(0, None, 9).ending == ""


def test_a_curve_comes_back_from_json_also_one_without_a_limit() -> None:
    written = curve(3, 2, 9).to_json()
    assert LearningCurve.from_json(written).limit == 9
    assert LearningCurve.from_json({name: value for name, value in written.items() if name != "limit"}).limit is None
    assert LearningCurve.from_json(written).values == {"val_auc": [0.5] * 3}
