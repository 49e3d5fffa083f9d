"""Reads what was found out about the model that would ship, writes how every promise fared and the blessing."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow_model_analysis as tfma
from absl import logging
from tfx.components.evaluator import executor as tfx_executor
from tfx.types import artifact_utils

from components import artifacts, card_inputs, raw_rows, training_inputs
from components.verdict import blessings
from modules import tasks
from modules.base.promises import Promises
from modules.contracts import debugging, ladder, predictions, tflite, verdict
from modules.contracts.verdict import Decision
from modules.judging import slices
from modules.judging.promises import ComparedRows, benchmarks, decide, slicings
from modules.tflite import inference


class Executor(tfx_executor.Executor):
    """Artifacts in: `evaluation`, `model`, `predictions`, `examples`, `transform_graph`, `ladder`, maybe a baseline.

    And `debugging`, where a promise uses it. Out: `verdict`, `blessing`.

    A kind of TFX's Evaluator's executor, by which Kubeflow's entry point knows that the ids
    in the blessing have to become names of resources: a resolver finds the blessed model by them.
    """

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        uris = {key: artifact_utils.get_single_uri(given) for key, given in input_dict.items() if given}
        thresholds_hold = bool(tfma.load_validation_result(uris["evaluation"]).validation_ok)
        decisions = _decide(input_dict, uris, exec_properties)
        may_ship = thresholds_hold and not any(of.stops for of in decisions)
        artifact = artifact_utils.get_single_instance(output_dict["verdict"])
        for state in ("kept", "broken", "undecided"):
            artifact.set_int_custom_property(state, sum(of.state == state for of in decisions))
        verdict.write(artifact.uri, verdict.Verdict(may_ship, thresholds_hold, decisions))
        blessing = artifact_utils.get_single_instance(output_dict["blessing"])
        evaluation = artifact_utils.get_single_instance(input_dict["evaluation"])
        blessings.write(blessing, input_dict, evaluation.get_string_custom_property(artifacts.JUDGED), may_ship)


def _decide(input_dict: dict, uris: dict[str, str], exec_properties: dict[str, Any]) -> Sequence[Decision]:
    promises = Promises.model_validate(json.loads(exec_properties["config"])["promises"])
    if promises == Promises():
        return []
    run = training_inputs.start(input_dict, exec_properties)
    card = tflite.read_judged_card(uris["model"])
    shipped = tasks.rung_name(card.form)
    scored = predictions.read(uris["predictions"], *{shipped, "student"})
    baseline = _baseline(promises, card, uris.get("baseline_model"))
    names = {name for names in slicings(promises) for name in names}
    inputs = {spec["name"] for spec in baseline.card.inputs} if baseline else set()
    columns = raw_rows.read_columns(
        run, training_inputs.split_files(input_dict, "test"), {run.table.label, *names, *inputs}
    )
    rows = ComparedRows(
        task=card.task,
        classes=card.classes,
        labels=scored.labels,
        weights=scored.weights,
        shipped=scored.by_rung[shipped],
        uncompressed=scored.by_rung["student"],
        baseline=_predicted(baseline, columns) if baseline else None,
        rows_by_key=slices.rows_by_key(columns, slicings(promises)),
        seed=run.seed,
        threshold=card.threshold,
        baseline_threshold=baseline.card.threshold if baseline else None,
    )
    (rung,) = [rung for rung in ladder.read(uris["ladder"]) if rung.form == shipped]
    figures = {name: getattr(rung, name) for name in promises.device.given}
    gains = benchmarks.gains_of(debugging.read(uris["debugging"])) if "debugging" in uris else None
    return decide(promises, rows, figures, gains)


def _baseline(promises: Promises, card: tflite.ModelCard, uri: str | None) -> tflite.TfliteModel | None:
    """Returns the model blessed last, if a promise is held against it and it answers the same question."""
    compared = any(limit is not None for of in promises.quality for limit in (of.max_drop, of.max_rise))
    if uri is None or not compared:
        return None
    model = tflite.read_judged(uri)
    if (model.card.task, model.card.classes) != (card.task, card.classes):
        logging.warning("The baseline has other classes: promises of a drop or rise against it are left out.")
        return None
    return model


def _predicted(model: tflite.TfliteModel, columns: dict[str, np.ndarray]) -> np.ndarray:
    return inference.Predictor(model.content, model.card).predict_all(card_inputs.inputs_of(model.card, columns))
