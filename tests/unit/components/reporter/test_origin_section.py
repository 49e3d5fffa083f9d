from typing import Any

import pytest

from components.reporter import page
from components.reporter.blocks import Code, Details, Figure, Table
from components.reporter.facts.origin import versions
from components.reporter.sections import origin
from modules.base.version import VERSION

pytestmark = pytest.mark.unit

SUMMARY: dict[str, Any] = {
    "steps": [
        {"name": "Rows", "seconds": 2.5, "cached": False},
        {"name": "Look", "seconds": 0.0, "cached": True},
        {"name": "Train", "seconds": 7.5, "cached": True},
    ],
    "lineage": {
        "nodes": [
            {"step": "Rows", "execution": 1, "cached": False, "code": "c0de", "fingerprint": "f00d"},
            {"step": "Look", "execution": 2, "cached": False},
            {"step": "Train", "execution": 3, "cached": True},
        ],
        "edges": [
            {"from": "Rows", "to": "Look", "artifact": "Examples", "id": 12, "uri": "artifacts/Rows/examples/1"},
            {"from": "Rows", "to": "Train", "artifact": "Examples", "id": 12, "uri": "artifacts/Rows/examples/1"},
        ],
    },
    "seed": 17,
    "data_fingerprint": "f00d",
    "command": "python local_runner.py run --config </script>",
    "versions": {"python": "3.11.2"},
    "config": {"name": "a b(%)", "data": {"train": "</pre><b>"}},
}


def tables(summary: dict[str, Any]) -> dict[str, list[list[str]]]:
    made: Any = origin.section(summary)
    inner = [part for block in made.blocks if isinstance(block, Details) for part in block.blocks]
    found = [block for block in [*made.blocks, *inner] if isinstance(block, Table)]
    return {table.caption: [[cell.text for cell in row] for row in table.rows] for table in found}


def test_the_answer_says_how_long_it_took_and_what_ml_metadata_calls_cached() -> None:
    made: Any = origin.section(SUMMARY)
    assert made.lead == (
        "3 steps took 10.0 s, 1 of them from the cache; the longest was Train with 7.5 s. The seed was 17."
    )


def test_steps_artifacts_and_digests_are_in_tables() -> None:
    found = tables(SUMMARY)
    assert found["Steps, in their order"] == [
        ["Rows", "2.50", "run", "1", "c0de"],
        ["Look", "0.00", "run", "2", "–"],
        ["Train", "7.50", "from the cache", "3", "–"],
    ]
    assert found["Artifacts: which step made them, and which steps used them"][0] == [
        "12",
        "Examples",
        "Rows",
        "Look, Train",
        "artifacts/Rows/examples/1",
    ]
    assert ["fingerprint of the data", "f00d"] in found["The run"]


def test_the_graph_and_the_seconds_are_figures() -> None:
    made: Any = origin.section(SUMMARY)
    graph, seconds = [block for block in made.blocks if isinstance(block, Figure)]
    assert graph.wide
    assert graph.description.startswith("3 steps, 1 of them from the cache, and 2 links")
    assert seconds.description == "10.0 seconds in all; the longest steps: Train 7.5, Rows 2.5, Look 0.0."


@pytest.mark.parametrize("page", ["Reporter", "Papers"])
def test_the_steps_that_make_pages_are_no_part_of_the_graph(page: str) -> None:
    lineage = SUMMARY["lineage"]
    reporter = {"step": page, "execution": 4, "cached": False}
    edges = [{"from": step, "to": page, "artifact": "A", "id": 13, "uri": "a"} for step in ("Rows", "Train")]
    more = {"nodes": [*lineage["nodes"], reporter], "edges": [*lineage["edges"], *edges]}
    made: Any = origin.section(SUMMARY | {"lineage": more})
    graph = next(block for block in made.blocks if isinstance(block, Figure))
    assert graph.description.startswith("3 steps, 1 of them from the cache, and 2 links")
    assert page not in str(graph.spec)


def test_a_config_stands_as_yaml_and_is_no_markup() -> None:
    made: Any = origin.section(SUMMARY)
    (code,) = [
        part for block in made.blocks if isinstance(block, Details) for part in block.blocks if isinstance(part, Code)
    ]
    assert code.text == "name: a b(%)\ndata:\n  train: </pre><b>\n"
    html = page.render_sections("t", ("", ""), "", [made])
    body = html[html.index("<main") : html.index("</main>")]
    assert "<b>" not in body and "&lt;/pre&gt;&lt;b&gt;" in body


def test_what_a_stopped_run_does_not_tell_is_left_out() -> None:
    made: Any = origin.section({"seed": 3})
    assert tables({"seed": 3}) == {"The run": [["seed", "3"]]}
    assert not [block for block in made.blocks if isinstance(block, Figure)]
    assert origin.section({}) is None


def test_versions_are_those_of_the_packages_here() -> None:
    found = versions()
    assert {"python", "tensorflow", "tfx", "keras-tuner", "tensorflow-model-optimization"} <= set(found)
    assert found["python"].startswith("3.")
    assert found["tfx-tabular-edge"] == VERSION
