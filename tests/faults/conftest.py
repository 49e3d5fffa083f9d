"""A run that nothing befell, to hold the others against."""

from pathlib import Path

import pytest

from tests.faults.runs import run


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the output folder; nobody changes it."""
    output = tmp_path_factory.mktemp("undisturbed") / "out"
    ended = run(output)
    assert ended.status == 0, ended
    return output
