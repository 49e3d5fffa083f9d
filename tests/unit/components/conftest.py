"""A bucket for tests of what reads from, and writes to, an object store."""

from collections.abc import Iterator

import pytest

from tests.object_store import Store


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with Store(tmp_path_factory.mktemp("bucket")) as started:
        yield started
