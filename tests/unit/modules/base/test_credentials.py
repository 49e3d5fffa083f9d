"""Secrets are recognised where they do not belong, and plain values are none."""

import pytest

from modules.base import credentials
from modules.base.errors import UserError

pytestmark = pytest.mark.unit

SIGNED = "https://bucket.s3.amazonaws.com/t.csv?X-Amz-Date=1&X-Amz-Signature=abc123"


@pytest.mark.parametrize(
    ("text", "said", "masked"),
    [
        ("s3://key:hidden@bucket/t.csv", "a password before its @", "s3://key:***@bucket/t.csv"),
        ("s3://key:hid/den+1@bucket/t.csv", "a password before its @", "s3://key:***@bucket/t.csv"),
        ("http://me:hidden@host:8080/p", "a password before its @", "http://me:***@host:8080/p"),
        ("https://:hidden@host", "a password before its @", "https://:***@host"),
        (SIGNED, "the option X-Amz-Signature", SIGNED.replace("abc123", "***")),
        ("gs://b/t?access_token=ya29", "the option access_token", "gs://b/t?access_token=***"),
        ("az://b/t?sv=1&sig=a%2Fb&se=2", "the option sig", "az://b/t?sv=1&sig=***&se=2"),
        ("s3://b/t?secret_key=x&region=eu", "the option secret_key", "s3://b/t?secret_key=***&region=eu"),
        ("AKIAIOSFODNN7EXAMPLE", "a key or token", "***"),
        ("a ghp_abcdefghijklmnopqrstuvwx b", "a key or token", "a *** b"),
        ("sk-proj-abc1defghijklmnopqrst", "a key or token", "***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "a key or token", "***"),
    ],
)
def test_a_secret_is_named_and_masked(text: str, said: str, masked: str) -> None:
    assert credentials.in_address(text) == said
    assert credentials.masked(text) == masked
    assert credentials.masked(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "s3://mlpipeline/models?endpoint_override=seaweedfs.kubeflow%3A9000&scheme=http",
        "gs://anonymous@bucket/t.csv?scheme=http&endpoint_override=127.0.0.1%3A80",
        "s3://bucket/2024:01/a@b.csv",
        "http://localhost:8080/a@b",
        "package://tfx/a.csv",
        "data/token=1/secret=2.csv",
        "edge@project.iam.gserviceaccount.com",
        "label; token=sk",
        "risk-adjusted-return-of-the-portfolio",
        "sk-learn-random-forest-score",
    ],
)
def test_a_plain_address_holds_no_secret(text: str) -> None:
    assert credentials.in_address(text) is None
    assert credentials.masked(text) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
        ("AWS_ACCESS_KEY_ID", "minio"),
        ("DB_PASSWORD", "hunter2"),
        ("HF_TOKEN", "abcdef"),
        ("EDGE_KEY", "/looks/like/a/path"),
        ("SERVICE", "ghp_abcdefghijklmnopqrstuvwx"),
        ("DATABASE", "postgres://me:hidden@host/db"),
    ],
)
def test_a_variable_is_a_secret_by_its_name_or_its_value(name: str, value: str) -> None:
    assert credentials.in_variable(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TZ", "UTC"),
        ("AWS_REGION", "eu-central-1"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("MAX_TOKENS", "many"),
        ("USE_TOKEN", "true"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/var/run/key.json"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token"),
        ("MONKEY", "1"),
    ],
)
def test_other_variables_are_none(name: str, value: str) -> None:
    assert not credentials.in_variable(name, value)


def test_an_error_for_the_user_never_shows_a_password() -> None:
    error = UserError("s3://key:hidden@bucket/t.csv", f"is {SIGNED}", "Use s3://key:hidden@bucket/")
    assert "hidden" not in str(error)
    assert "abc123" not in str(error)
    assert str(error).startswith("s3://key:***@bucket/t.csv: is https://bucket.s3.amazonaws.com/t.csv?X-Amz-Date=1")
