"""Reads all forms and what they predict of the validation rows, writes the one that is judged and why it was chosen."""

import dataclasses
from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from components.selector import choice, trial
from components.selector.shortfalls import of_loss
from modules import tasks
from modules.base.promises import Promises
from modules.base.settings import Evaluation, Quantizer
from modules.base.threshold import ThresholdRule
from modules.contracts import folded_teacher, model_forms, predictions, selection, tflite
from modules.judging import slices
from modules.judging.promises import slicings
from modules.tflite import device
from modules.training.training_run import TrainingRun


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `forms`, `uncompressed`, `validation_predictions`, `examples`, `transform_graph`.

    Out: `model`, `selection`.
    """

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        quantizer = run.section("quantizer", Quantizer)
        forms = model_forms.read(artifact_utils.get_single_uri(input_dict["forms"]))
        scored = predictions.read(artifact_utils.get_single_uri(input_dict["validation_predictions"]))
        patterns = training_inputs.split_files(input_dict, "validation")
        rows = _rows(run, scored, patterns)
        uncompressed = artifact_utils.get_single_uri(input_dict["uncompressed"])
        models = model_forms.read(uncompressed)
        models |= {tasks.rung_name(form): model for form, model in forms.items()}
        row = raw_rows.read(run, patterns, most=1).inputs
        figures = folded_teacher.read_figures(uncompressed)
        measured = device.measure_all({name: model.content for name, model in models.items()}, row)
        figures |= {name: vars(found) for name, found in measured.items()}
        tried = {}
        for form in forms:
            rung = tasks.rung_name(form)
            difference = device.kernel_difference(scored.by_rung[rung], scored.reference[rung])
            tried[form] = trial.try_out(rung, rows, figures[rung] | {"kernel_difference": difference})
        metric = run.target.kind.ladder[0]
        candidates = _candidates(
            tried, {form: figures[tasks.rung_name(form)]["bytes"] for form in tried}, metric, quantizer
        )
        chosen = choice.choose(candidates, metric, quantizer.form)
        threshold = tried[chosen.form].threshold
        made = selection.Selection(
            [
                selection.TriedForm(
                    one.form,
                    one.form == chosen.form,
                    chosen.reasons[one.form],
                    one.bytes,
                    figures[tasks.rung_name(one.form)]["gzip_bytes"],
                    tried[one.form].metrics,
                    None if (of := tried[one.form].threshold) is None else of.value,
                    [shortfall.words for shortfall in one.shortfalls],
                    tried[one.form].undecided,
                )
                for one in candidates
            ],
            metric,
            len(scored.labels),
            None if threshold is None else threshold.value,
            "" if threshold is None else threshold.how,
            "" if threshold is None else threshold.notice,
            figures,
        )
        _write(output_dict, models[tasks.rung_name(chosen.form)], made)


def _rows(run: TrainingRun, scored: predictions.PredictedRows, patterns: list[str]) -> trial.ValidationRows:
    evaluation, promises = run.section("evaluation", Evaluation), run.section("promises", Promises)
    rule = evaluation.threshold
    equal = (rule.equal_opportunity if isinstance(rule, ThresholdRule) else None) or []
    lists = slicings(promises)
    names = {run.table.label, *equal, *(name for columns in lists for name in columns)}
    columns = raw_rows.read_columns(run, patterns, names)
    groups = slices.rows_by_slice(columns, [equal]) if equal else {}
    large = {
        name: rows for name, rows in groups.items() if name != "overall" and len(rows) >= evaluation.min_slice_examples
    }
    return trial.ValidationRows(
        run.target, scored, slices.rows_by_key(columns, lists), large, evaluation, promises, run.seed
    )


def _candidates(
    tried: dict[str, trial.Trial], sizes: dict[str, int], metric: str, settings: Quantizer
) -> list[choice.Candidate]:
    """Adds what a form loses against the best one; a metric that the rows do not define costs no form anything."""
    values = {form: one.metrics[metric] for form, one in tried.items() if metric in one.metrics}
    best = (max if tasks.METRICS[metric].higher_is_better else min)(values.values(), default=0.0)
    return [
        choice.Candidate(
            form,
            sizes[form],
            values.get(form, best),
            (*one.shortfalls, *of_loss(metric, values.get(form, best), best, settings.max_loss)),
        )
        for form, one in tried.items()
    ]


def _write(output_dict: dict, model: tflite.TfliteModel, made: selection.Selection) -> None:
    artifact = artifact_utils.get_single_instance(output_dict["model"])
    card = dataclasses.replace(model.card, threshold=made.threshold)
    tflite.write_judged(artifact.uri, tflite.TfliteModel(model.content, card))
    artifact.set_string_custom_property("form", made.chosen.form)
    artifact.set_int_custom_property("bytes", len(model.content))
    selection.write(artifact_utils.get_single_uri(output_dict["selection"]), made)
