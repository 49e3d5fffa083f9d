"""A secret in a config is refused before anything could show it."""

from pathlib import Path

import pytest

from pipeline import config

pytestmark = pytest.mark.unit

PENGUINS = str(Path(__file__).parents[4] / "data" / "penguins" / "pipeline.yaml")
HIDDEN = "wJalrXUtnFEMI"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            f"kubeflow.environment={{AWS_SECRET_ACCESS_KEY: {HIDDEN}}}",
            "kubeflow.environment.AWS_SECRET_ACCESS_KEY looks",
        ),
        (f"kubeflow.environment.DB_PASSWORD={HIDDEN}", "kubeflow.secrets: {DB_PASSWORD: NAME/KEY}"),
        (f"kubeflow.environment={{STORE: 's3://key:{HIDDEN}@b'}}", "kubeflow.environment.STORE looks like a secret"),
        (f"data.train=s3://key:{HIDDEN}@bucket/t.csv", "data.train holds a password before its @"),
        (
            f"data.train=[a.csv, 's3://b/t.csv?X-Amz-Signature={HIDDEN}']",
            "data.train.1 holds the option X-Amz-Signature",
        ),
        (f"data.trian=s3://key:{HIDDEN}@bucket/t.csv", "data.trian holds a password"),
        (f"pusher.destination=gs://b/m?access_token={HIDDEN}", "pusher.destination holds the option access_token"),
        (f"kubeflow.host=https://me:{HIDDEN}@host", "kubeflow.host holds a password"),
        (f"data.train=s3://key:{HIDDEN}@bucket/[", "data.train"),
        (f"kubeflow={{environment: {{TOKEN: {HIDDEN}}}}}", "kubeflow.environment.TOKEN looks like a secret"),
    ],
)
def test_a_secret_is_refused_in_words_and_not_shown(setting: str, said: str) -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.load(PENGUINS, [setting])
    assert said in str(caught.value)
    assert HIDDEN not in str(caught.value)


def test_a_secret_in_the_file_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text(f"name: a\nkubeflow:\n  environment:\n    TZ: UTC\n    API_KEY: {HIDDEN}\n")
    with pytest.raises(config.ConfigError, match=r"pipeline\.yaml:5: kubeflow\.environment\.API_KEY looks") as caught:
        config.load(str(path))
    assert HIDDEN not in str(caught.value)


def test_plain_values_are_no_secrets() -> None:
    settings = config.load(PENGUINS, ["kubeflow.environment={TZ: UTC, GOOGLE_APPLICATION_CREDENTIALS: /run/key.json}"])
    assert settings.kubeflow.environment["TZ"] == "UTC"
