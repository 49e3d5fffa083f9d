from pathlib import Path

import pytest

from pipeline.config import load

pytestmark = pytest.mark.unit

DATA = Path(__file__).parents[4] / "data"
CONFIGS = sorted(DATA.glob("*/*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_config_of_this_project_is_valid(path: Path) -> None:
    assert load(str(path)).name


def test_the_best_model_of_adult_is_taught_by_several_on_synthetic_rows_within_48_kib() -> None:
    settings = load(str(DATA / "census_income" / "best.yaml"))
    assert settings.trainer.teacher == "ensemble"
    assert settings.distillation.augment.method == "gibbs"
    assert settings.promises.device.max_bytes == 48 * 1024
