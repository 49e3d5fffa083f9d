"""The search for the student's shape on the rows of the road."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from components import training_inputs
from modules.base.errors import UserError
from modules.contracts import student_search
from modules.training import model, serving
from modules.training.searching import student as searched
from modules.training.searching.candidates import StudentShape

pytestmark = pytest.mark.integration

SEARCHED = {"units": None, "search": {"trials": 4, "epochs": 1}, "epochs": 2, "batch_size": 128}


def run_of(road: Any, max_bytes: int | None) -> Any:
    run = training_inputs.start(road.inputs(), road.config("Pruner", distillation=SEARCHED))
    further = {"promises": {"device": {"max_bytes": max_bytes}}, "quantizer": {"form": None}}
    return dataclasses.replace(run, config={**run.config, **further})


def search(road: Any, teacher: Any, folder: Path, max_bytes: int | None) -> Any:
    run = run_of(road, max_bytes)
    encoder = model.build_encoder(run.output, run.encoding)
    rows = training_inputs.datasets(run, road.inputs(teacher=teacher), encoder, 128)
    folder.mkdir()
    return searched.shape_of(run, encoder, *rows, str(folder)), student_search.read(str(folder))


def test_the_same_seed_finds_the_same_shape_and_every_shape_keeps_the_byte_promise(
    road: Any, teacher: Any, tmp_path: Path
) -> None:
    shape, tried = search(road, teacher, tmp_path / "first", 40_000)
    again, tried_again = search(road, teacher, tmp_path / "again", 40_000)
    assert (shape, tried) == (again, tried_again)
    assert len(tried) == 4 and max(one.bytes for one in tried) <= 40_000
    assert tuple(tried[0].units) == shape.units and tried[0].epochs == 3
    assert all(one.score is not None and one.score > 0.5 for one in tried)


def test_a_promise_that_no_shape_can_keep_stops_before_anything_is_trained(road: Any) -> None:
    run = run_of(road, 5_000)
    encoder = model.build_encoder(run.output, run.encoding)
    with pytest.raises(UserError) as told:
        searched.check_promise(run, encoder)
    assert "promises.device.max_bytes: no student that the search knows fits 5,000 bytes" in str(told.value)
    searched.check_promise(run_of(road, None), encoder)
    searched.check_promise(run_of(road, 10**6), encoder)


def test_a_student_that_reads_fewer_codes_is_trained_and_exported_so(road: Any, teacher: Any) -> None:
    run = run_of(road, None)
    encoder = model.build_encoder(run.output, run.encoding)
    rows = training_inputs.datasets(run, road.inputs(teacher=teacher), encoder, 128)
    slots = StudentShape((8,), "relu", 0.0, "one_hot").slots(encoder)
    kept = encoder.keeping(slots)
    assert 0 < kept.width < encoder.width
    (whole, *_), (part, *_) = (next(iter(batches)) for batches in (rows[1], searched.reading(rows[1], slots)))
    np.testing.assert_array_equal(part, np.asarray(whole)[:, slots])
    assert serving.ServingModule(
        run, kept, model.build_network(kept.width, model.Architecture.stack((8,), "relu", 0.0), 1)
    )
