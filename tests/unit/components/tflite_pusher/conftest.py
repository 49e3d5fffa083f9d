from pathlib import Path

import pytest

FILES = {"model.tflite": b"model", "model.json": b"{}"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What is published."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder
