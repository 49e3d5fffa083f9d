"""Random damages of a really compiled file, by a fixed seed: lint never breaks, and refuses what kfp refuses."""

import copy
import datetime
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.base.errors import UserError
from pipeline.kubeflow import document
from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint import lint

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

CASES, LOADED, BYTES = 100, 25, 50
JSON: list[Any] = [
    None,
    True,
    [],
    {},
    "",
    "x",
    "{{$}}",
    "embedded://0/x",
    0,
    -1,
    1e300,
    2**62,
    [None],
    {"a": None},
    [[]],
    {"": ""},
]
BEYOND_JSON: list[Any] = [
    float("nan"),
    "\ud800",
    b"x",
    {1: 2},
    datetime.date(2020, 1, 1),
    10**400,
    {"a", "b"},
    "a\0b\x1b[2J\n",
]


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Returns every place within a value: what holds it, and its key."""
    found, waiting = [], [value]
    while waiting:
        inside = waiting.pop()
        pairs = inside.items() if isinstance(inside, dict) else enumerate(inside)
        for key, inner in pairs:
            found.append((inside, key))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return found


def damage(part: Any, chance: random.Random, replacements: list[Any]) -> None:
    """Drops, replaces or duplicates one to three random nodes."""
    for _ in range(chance.randint(1, 3)):
        places = nodes(part)
        if not places:
            return
        inside, key = chance.choice(places)
        match chance.randrange(4):
            case 0:
                del inside[key]
            case 1:
                inside[key] = copy.deepcopy(chance.choice(replacements))
            case 2:
                other, place = chance.choice(places)
                inside[key] = copy.deepcopy(other[place])
            case _ if isinstance(inside, list):
                inside.append(copy.deepcopy(inside[key]))
            case _:
                inside[f"{key}2"] = copy.deepcopy(inside[key])


def damaged(made: Document, seed: int, replacements: list[Any]) -> Document:
    chance = random.Random(seed)
    parts = [part for part in (made.spec, made.spec, made.spec, made.job, made.platform) if part]
    damage(chance.choice(parts), chance, replacements)
    return made


@pytest.mark.parametrize("target", ["vertex", "kfp"])
def test_no_damage_breaks_lint(compiled: Callable[[str], Document], target: str) -> None:
    silent = 0
    for seed in range(CASES):
        found = lint(damaged(compiled(target), seed, JSON + BEYOND_JSON))
        assert all(str(finding).isprintable() and finding.why and finding.fix for finding in found), seed
        silent += not found
    assert silent < CASES / 5  # descriptions, delays and the like may be anything


@pytest.mark.parametrize("target", ["vertex", "kfp"])
def test_no_bytes_break_reading(compiled: Callable[[str], Document], target: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.json" if target == "vertex" else "a.yaml")
    document.write(compiled(target), str(path))
    whole = path.read_bytes()
    for seed in range(BYTES):
        chance = random.Random(seed)
        first, second = sorted(chance.sample(range(len(whole)), 2))
        other = [b"", b"\xff\xfe", b"\0", b"- ", b"{", b"]", b"&a *a", b"!!set", whole[first : first + 40]]
        path.write_bytes(whole[:first] + chance.choice(other) + whole[chance.choice([first, first + 1, second]) :])
        try:
            lint(document.read(str(path)))
        except UserError as error:
            assert str(error).count("\n") == 0


def test_what_kfp_s_loader_refuses_is_refused(
    compiled: Callable[[str], Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """kfp's own, as its client and its registry load a file; in C, since its parser in Python takes a second each."""
    from google.protobuf import json_format
    from kfp import components
    from kfp.pipeline_spec import pipeline_spec_pb2

    if loader := getattr(yaml, "CSafeLoader", None):
        monkeypatch.setattr(yaml, "safe_load_all", lambda text: yaml.load_all(text, Loader=loader))

    def load(made: Document) -> None:
        json_format.ParseDict(made.spec, pipeline_spec_pb2.PipelineSpec())
        json_format.ParseDict(made.platform, pipeline_spec_pb2.PlatformSpec())
        components.load_component_from_text(f"{json.dumps(made.spec)}\n---\n{json.dumps(made.platform)}")

    load(compiled("kfp"))
    refused = 0
    for seed in range(LOADED):
        made = damaged(compiled("kfp"), seed, JSON)
        try:
            load(made)
        except Exception:  # it breaks in its own ways
            refused += 1
            assert lint(made), seed
    assert refused > LOADED / 5
