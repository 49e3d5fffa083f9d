"""What is imported for the interface of Python, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

import pipeline
from tests.command_line import HEAVY, ROOT

pytestmark = pytest.mark.unit


def imported(code: str, *arguments: str) -> set[str]:
    """Runs code, and returns the modules that it has imported at its end."""
    code += "\nimport sys; print(*sys.modules)"
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


def test_a_prediction_imports_neither_tensorflow_nor_tfx_nor_scikit_learn(classifier: Path) -> None:
    code = (
        "import sys; from pipeline import load; model = load(sys.argv[1]);"
        "row = {'wage €': 0.75, 'years': 1, 'colour': 'blue', 'when': '2024-01-31'};"
        "assert model.predict([row]).tolist() == ['>50K']"
    )
    found = imported(code, str(classifier))
    assert "ai_edge_litert" in found
    # Arrow imports pandas itself, where it is installed.
    assert [name for name in HEAVY if name in found] in ([], ["pandas"])


def test_the_package_alone_imports_nothing_of_it() -> None:
    found = imported("import pipeline")
    assert not {"numpy", "pyarrow", "pydantic", "pipeline.python"} & found


def test_the_interface_is_listed_and_nothing_else_is_made_up() -> None:
    assert {"fit", "load", "UserError"} <= set(dir(pipeline))
    with pytest.raises(AttributeError, match="has no attribute 'train'"):
        pipeline.train  # noqa: B018
