import json
from pathlib import Path

import pytest

from modules.contracts import sums
from modules.contracts.tflite import ModelCard

# A card that says all that it must, and the digests of both files.
_CARD = ModelCard("int8_qat", [], [{"name": "probability", "classes": ["no", "yes"]}], "binary", "y")
_JUDGED = {
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
        (folder / name).write_bytes(content)
    return folder
