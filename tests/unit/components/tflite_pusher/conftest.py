import json
from pathlib import Path

import pytest

from modules.contracts import sums
from modules.contracts.tflite import ModelCard

# A card that says all that it must, a paper in a folder of its own, and the digests of all.
_CARD = ModelCard("int8_qat", [], [{"name": "probability", "classes": ["no", "yes"]}], "binary", "y")
_JUDGED = {
    "examples/predict.py": b"print()",
    "model.tflite": b"model",
    "model.json": json.dumps(_CARD.to_json() | {"sha256": sums.digest(b"model")}).encode(),
}
FILES = {**_JUDGED, "SHA256SUMS": sums.render(_JUDGED)}
# As the Pusher records it.
DIGEST = sums.digest(FILES["SHA256SUMS"])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What is published."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Returns the contents of all files, by their names relative to the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
