from pathlib import Path

import pytest

from pipeline.config import load

pytestmark = pytest.mark.unit

DATA = Path(__file__).parents[4] / "data"
CONFIGS = sorted(DATA.glob("*/*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_config_of_this_project_is_valid(path: Path) -> None:
    assert load(str(path)).name


@pytest.mark.parametrize(
    ("name", "most_bytes", "most_gzip_bytes"),
    [("best", 48 * 1024, None), ("small", 32 * 1024, 12 * 1024), ("tiny", 16 * 1024, 8 * 1024)],
)
def test_the_points_of_adult_are_taught_by_several_on_synthetic_rows_and_promise_their_size(
    name: str, most_bytes: int, most_gzip_bytes: int | None
) -> None:
    settings = load(str(DATA / "census_income" / f"{name}.yaml"))
    assert settings.trainer.teacher == "ensemble"
    assert settings.distillation.augment.method == "gibbs"
    assert settings.promises.device.max_bytes == most_bytes
    assert settings.promises.device.max_gzip_bytes == most_gzip_bytes
