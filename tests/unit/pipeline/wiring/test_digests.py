import importlib.metadata
import re
from pathlib import Path

import pytest

from pipeline.wiring import digests

pytestmark = pytest.mark.unit

REPOSITORY = Path(digests._ROOT)

# trainer -> model -> network -> errors;  tuner -> trainer;  preprocessing -> features;  pruner -> network
TREE = {
    "modules/__init__.py": "",
    "modules/base/errors.py": "class UserError(Exception): ...",
    "modules/features/__init__.py": "import os\n",
    "modules/training/network.py": "import numpy as np\nfrom modules.base.errors import UserError\n",
    "modules/training/model.py": "from modules.training import network as networks\n",
    "modules/training/trainer.py": "import modules.training.model\n",
    "modules/training/tuner.py": "def late():\n    from modules.training.trainer import architecture_of\n",
    "modules/graph/preprocessing.py": "from modules.features import MISSING, Feature\n",
    "components/__init__.py": "",
    "components/pruner/__init__.py": "",
    "components/pruner/executor.py": "from components.pruner import pruning\n",
    "components/pruner/pruning.py": "from modules.training import network\n",
    "pipeline/wiring/pipeline.py": "from modules.training import trainer\n",
}
ENTRIES = [
    "modules.graph.preprocessing",
    "modules.training.tuner",
    "modules.training.trainer",
    "components.pruner.executor",
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(digests, "_ROOT", str(tmp_path))
    return tmp_path


def changed_by_editing(tree: Path, name: str) -> list[str]:
    before = [digests.code_digest(entry) for entry in ENTRIES]
    path = tree / name
    path.write_text(path.read_text() + "\n# edited\n")
    after = [digests.code_digest(entry) for entry in ENTRIES]
    return [entry for entry, old, new in zip(ENTRIES, before, after, strict=True) if old != new]


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        ("modules/features/__init__.py", ["modules.graph.preprocessing"]),
        ("modules/graph/preprocessing.py", ["modules.graph.preprocessing"]),
        ("modules/training/tuner.py", ["modules.training.tuner"]),
        ("modules/training/trainer.py", ["modules.training.tuner", "modules.training.trainer"]),
        ("modules/training/model.py", ["modules.training.tuner", "modules.training.trainer"]),
        (
            "modules/training/network.py",
            ["modules.training.tuner", "modules.training.trainer", "components.pruner.executor"],
        ),
        (
            "modules/base/errors.py",
            ["modules.training.tuner", "modules.training.trainer", "components.pruner.executor"],
        ),
        ("components/pruner/pruning.py", ["components.pruner.executor"]),
        ("components/pruner/__init__.py", ["components.pruner.executor"]),
        ("pipeline/wiring/pipeline.py", []),
    ],
)
def test_an_edited_file_changes_the_digests_of_all_that_import_it_and_no_other(
    tree: Path, edited: str, expected: list[str]
) -> None:
    assert changed_by_editing(tree, edited) == expected


def test_an_edited_file_that_is_put_back_has_its_old_digest(tree: Path) -> None:
    before = digests.code_digest("modules.training.trainer")
    path = tree / "modules/training/network.py"
    text = path.read_text()
    path.write_text(text + "# edited\n")
    assert digests.code_digest("modules.training.trainer") != before
    path.write_text(text)
    assert digests.code_digest("modules.training.trainer") == before


@pytest.mark.parametrize(
    "text",
    [
        "if found:\n    import numpy\n",
        "if found:\n    pass\nelif looked:\n    pass\nelse:\n    import numpy\n",
        "for each in found:\n    pass\nelse:\n    import numpy\n",
        "while found:\n    with found:\n        import numpy\n",
        "try:\n    pass\nexcept ImportError:\n    import numpy\n",
        "try:\n    pass\nfinally:\n    import numpy\n",
        "match found:\n    case 1:\n        import numpy\n",
        "class Found:\n    async def late(self):\n        import numpy\n",
        "late = lambda: 1 if found else 2; import numpy\n",
    ],
)
def test_an_import_is_seen_wherever_it_stands(tmp_path: Path, text: str) -> None:
    path = tmp_path / "found.py"
    path.write_text(text)
    assert digests._imports(str(path))[1] == ["numpy"]


def test_a_digest_does_not_depend_on_where_the_project_lies(
    tree: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests.code_digest("modules.training.tuner")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (tree / "modules").rename(elsewhere / "modules")
    monkeypatch.setattr(digests, "_ROOT", str(elsewhere))
    assert digests.code_digest("modules.training.tuner") == before


def test_a_file_that_is_renamed_is_another_one(tree: Path) -> None:
    before = digests.code_digest("modules.base.errors")
    (tree / "modules/base/errors.py").rename(tree / "modules/mistakes.py")
    assert digests.code_digest("modules.mistakes") != before


# Of the real tree: which callbacks and executors depend on a file. If one of these moves, so does what is cached.
@pytest.mark.parametrize(
    ("module", "helper", "depends"),
    [
        ("modules.graph.preprocessing", "modules/graph/analyzers.py", True),
        ("modules.graph.preprocessing", "modules/features/binning.py", True),
        ("modules.graph.preprocessing", "modules/features/reduction.py", True),
        ("modules.graph.preprocessing", "modules/features/independent.py", True),
        ("modules.graph.preprocessing", "modules/features/sampling.py", True),
        ("modules.graph.preprocessing", "modules/features/table.py", True),
        ("modules.graph.preprocessing", "modules/graph/encoding.py", False),
        ("modules.graph.preprocessing", "modules/training/loop.py", False),
        ("modules.training.tuner", "modules/training/tuner.py", True),
        ("modules.training.tuner", "modules/training/loop.py", True),
        ("modules.training.trainer", "modules/training/tuner.py", False),
        ("modules.training.trainer", "modules/training/distillation.py", True),
        ("modules.training.trainer", "modules/training/serving.py", True),
        ("components.pruner.executor", "components/pruner/pruning.py", True),
        ("components.pruner.executor", "modules/training/distillation.py", True),
        ("components.pruner.executor", "components/quantizer/forms.py", False),
        ("components.quantizer.executor", "components/quantizer/forms.py", True),
        ("components.quantizer.executor", "modules/tflite/card.py", True),
        ("components.quantizer.executor", "modules/tflite/conversion.py", True),
        ("components.quantizer.executor", "components/pruner/pruning.py", False),
        ("components.ladder.executor", "components/ladder/measure.py", True),
        ("components.ladder.executor", "modules/tflite/inference.py", True),
        ("components.scorer.executor", "components/scorer/scoring.py", True),
        ("components.scorer.executor", "components/ladder/measure.py", False),
        ("components.ladder.executor", "modules/training/tuner.py", False),
        ("components.tflite_pusher.executor", "components/tflite_pusher/publish.py", True),
        ("components.tflite_pusher.executor", "modules/judging/tfma_results.py", True),
        ("components.data_gate.executor", "components/data_gate/rules.py", True),
        ("components.data_gate.executor", "components/data_gate/significance.py", True),
        ("components.table_example_gen.executor", "modules/tables/columns.py", True),
        ("components.schema_curator.executor", "modules/features/schema.py", True),
        ("components.evaluator.executor", "components/evaluator/formulas.py", True),
        ("components.evaluator.executor", "modules/tasks/areas.py", True),
        ("components.evaluator.executor", "modules/training/loop.py", False),
        ("components.verdict.executor", "modules/judging/promises/gaps.py", True),
        ("components.verdict.executor", "components/evaluator/formulas.py", False),
        ("pipeline.wiring.pipeline", "pipeline/wiring/judging.py", True),
        ("pipeline.wiring.pipeline", "components/ladder/measure.py", True),
    ],
)
def test_the_steps_of_this_project_depend_on_what_they_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, helper: str, depends: bool
) -> None:
    for package in ("modules", "components", "pipeline/wiring"):
        for path in (REPOSITORY / package).rglob("*.py"):
            copy = tmp_path / path.relative_to(REPOSITORY)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(digests, "_ROOT", str(tmp_path))
    before = digests.code_digest(module)
    with (tmp_path / helper).open("a") as file:
        file.write("# edited\n")
    assert (digests.code_digest(module) != before) == depends


@pytest.mark.parametrize(
    ("asset", "expected"),
    [
        ("components/pruner/templates/page.css", ["components.pruner.executor"]),
        ("components/pruner/notes.json", ["components.pruner.executor"]),
        ("components/pruner/.notes.swp", []),
        ("components/pruner/__pycache__/pruning.cpython-311.pyc", []),
        ("components/ladder/templates/page.css", []),
    ],
)
def test_a_template_is_code_of_what_lies_beside_it(tree: Path, asset: str, expected: list[str]) -> None:
    (tree / asset).parent.mkdir(parents=True, exist_ok=True)
    (tree / asset).write_text("old")
    assert changed_by_editing(tree, asset) == expected


def test_the_report_depends_on_its_stylesheet() -> None:
    sheet = REPOSITORY / "components" / "reporter" / "templates" / "page.css"
    assert str(sheet) in digests._assets(str(sheet.parents[1]))


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The versions of all packages, to be changed; a package that is not named is the first of its kind."""
    changed: dict[str, str] = {}
    monkeypatch.setattr(digests, "_version", lambda package: changed.get(package, "1.0"))
    return changed


@pytest.mark.parametrize("library", ["tensorflow", "tfx", "tensorflow-data-validation", "pyarrow", "ai-edge-litert"])
def test_another_version_of_the_stack_changes_every_digest(tree: Path, versions: dict[str, str], library: str) -> None:
    before = [digests.code_digest(entry) for entry in ENTRIES]
    versions[library] = "2.0"
    assert all(digests.code_digest(entry) != old for entry, old in zip(ENTRIES, before, strict=True))


def test_another_version_of_a_library_that_some_steps_import_changes_their_digests_alone(
    versions: dict[str, str],
) -> None:
    modules = ("components.reporter.executor", "components.quantizer.executor")
    before = [digests.code_digest(module) for module in modules]
    versions["altair"] = "2.0"
    assert [digests.code_digest(module) != old for module, old in zip(modules, before, strict=True)] == [True, False]


def test_the_version_of_every_library_that_the_project_imports_is_seen() -> None:
    imported: set[str] = set()
    for package in ("modules", "components", "pipeline"):
        for path in (REPOSITORY / package).rglob("*.py"):
            imported.update(digests._imports(str(path))[1])
    # A namespace of many packages, a logger, and scikit-learn, which is in the stack by the name it is installed by.
    without = {"google", "absl", "sklearn"}
    others = {"yaml", "ruamel"}  # read the config, which every step has its part of
    unseen = {name for name in imported if not digests._version(name)}
    assert unseen <= without | others
    assert all(importlib.metadata.version(library) for library in digests._STACK)


def test_the_project_imports_nothing_in_a_way_that_digests_do_not_follow() -> None:
    for package in ("modules", "components", "pipeline/wiring"):
        for path in (REPOSITORY / package).rglob("*.py"):
            lines = path.read_text().splitlines()
            unseen = [
                line
                for line in lines
                if re.match(r"\s*(from \.|import importlib$|from importlib import import_module)", line)
            ]
            assert not unseen, path
