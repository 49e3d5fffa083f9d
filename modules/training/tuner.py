"""Tuner's callback: the search for the teacher's hyperparameters."""

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras_tuner
import tensorflow as tf
from tfx.components.trainer.fn_args_utils import FnArgs
from tfx.components.tuner.component import TunerFnResult

from modules.base.promises import Promises
from modules.base.settings import Quantizer, Tuner
from modules.graph.encoding import Encoder
from modules.training import inputs, loop, model, training_run
from modules.training.searching import sizing, student
from modules.training.tuning import byte_limit, compared, spaces, strategies
from modules.training.tuning.costs import of_networks
from modules.training.tuning.journal import Journal
from modules.training.tuning.trial import Threads, Train, Trainers
from modules.training.tuning.trial_training import TrialTraining
from modules.training.tuning.workers import Workers

# Trials that are trained at once, where there are so many cores: each holds a network and its optimizer.
_MOST_AT_ONCE = 4


def trials_at_once() -> int:
    """Returns how many trials this machine trains side by side: one a core, up to four; one where there is a GPU."""
    if tf.config.list_physical_devices("GPU"):
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_AT_ONCE)


def tuner_fn(fn_args: FnArgs) -> TunerFnResult:
    """Returns the search."""
    run = training_run.start(fn_args.custom_config, fn_args.transform_graph_path)
    settings = run.section("tuner", Tuner)
    encoder = model.build_encoder(run.output, run.encoding)
    if not _takes_what_is_found(run):
        student.check_promise(run, encoder)
    watched = loop.Watched(run.label.watched)
    objective = keras_tuner.Objective(watched.monitor, watched.mode)
    admits = _admitting(run, encoder)
    costs = of_networks(encoder.width, run.target.outputs)
    several = costs if len(settings.objectives) > 1 else None
    searching = compared.search_of(
        settings,
        lambda chosen: strategies.make(objective, chosen, run.seed, admits, several),
        _trainers(run, encoder, fn_args),
        fn_args.working_dir,
        watched.title,
        Journal.of(fn_args.custom_config),
        costs,
    )
    return TunerFnResult(tuner=searching, fit_kwargs={})


def _takes_what_is_found(run: training_run.TrainingRun) -> bool:
    """Tells whether the student gets the architecture that is found here: the Tuner then is told of the student."""
    return "distillation" in run.config


def _admitting(run: training_run.TrainingRun, encoder: Encoder) -> spaces.Admits:
    """Returns what tells whether a configuration keeps every limit of bytes.

    Raises:
        UserError: If no configuration keeps one.
    """
    settings = run.section("tuner", Tuner)
    limits: dict[str, tuple[int | None, str | None]] = {"tuner.max_bytes": (settings.max_bytes, None)}
    if _takes_what_is_found(run):
        promised = run.section("promises", Promises).device.max_bytes
        limits["promises.device.max_bytes"] = (promised, run.section("quantizer", Quantizer).form)
    keeping = [
        byte_limit.admitting(limit, encoder.width, sizing.measured(run, encoder, form), settings.search_space, setting)
        for setting, (limit, form) in limits.items()
        if limit is not None
    ]
    if not keeping:
        return strategies.everything
    return lambda values: all(keeps(values) for keeps in keeping)


def _trainers(run: training_run.TrainingRun, encoder: Encoder, fn_args: FnArgs) -> Callable[[], Trainers]:
    """Returns what makes those who train the trials of one search; there may be several searches."""
    workers = run.section("tuner", Tuner).workers
    # What a killed run leaves lies in the step's working directory, where it is on this machine.
    scratch = None if "://" in fn_args.working_dir else fn_args.working_dir
    if scratch is not None:
        os.makedirs(scratch, exist_ok=True)
    if workers is None:
        training = _training(run, encoder, fn_args.train_files, fn_args.eval_files, scratch)
        return lambda: Threads(training, trials_at_once())
    given = (fn_args.custom_config, fn_args.transform_graph_path, fn_args.train_files, fn_args.eval_files)
    return lambda: Workers(functools.partial(training_of, *given), workers, scratch)


def training_of(
    config: Mapping[str, Any], transform_graph: str, train_files: Sequence[str], validation_files: Sequence[str]
) -> Train:
    """Returns what trains a trial of a search, in a process that has nothing of it yet.

    Args:
        config: The step's sections of the config.
        transform_graph: URI of the TransformGraph artifact.
        train_files: File patterns of the transformed training examples.
        validation_files: The same of the validation examples.
    """
    run = training_run.start(config, transform_graph)
    return _training(run, model.build_encoder(run.output, run.encoding), train_files, validation_files)


def _training(
    run: training_run.TrainingRun,
    encoder: Encoder,
    train_files: Sequence[str],
    validation_files: Sequence[str],
    scratch: str | None = None,
) -> Train:
    """Returns what trains a trial, on all rows or on the share that its task says."""
    share = run.section("tuner", Tuner).trial_rows
    in_full = _training_on(1.0, run, encoder, train_files, validation_files, scratch)
    if share == 1:
        return in_full
    for_less = _training_on(share, run, encoder, train_files, validation_files, scratch)
    return lambda task, tell: (in_full if task.rows == 1 else for_less)(task, tell)


def _training_on(
    share: float,
    run: training_run.TrainingRun,
    encoder: Encoder,
    train_files: Sequence[str],
    validation_files: Sequence[str],
    scratch: str | None,
) -> Train:
    settings = run.section("tuner", Tuner)
    train, validation = run.sources(train_files, validation_files, encoder, settings.batch_size, share=share)
    build = builder(run, encoder, inputs.steps(train()))
    extrapolation = settings.curve_extrapolation if settings.estimation == "curve_extrapolation" else None
    score = run.score(validation())
    return TrialTraining(build, score, settings.patience, train, validation, scratch, extrapolation)


def builder(run: training_run.TrainingRun, encoder: Encoder, steps: int) -> Callable[[Mapping[str, Any]], Any]:
    """Returns what makes the compiled model of a trial from its hyperparameters.

    Args:
        run: The run.
        encoder: The encoder.
        steps: Number of training batches.
    """

    def build(values: Mapping[str, Any]) -> Any:
        candidate = model.build_network(encoder.width, model.architecture_of(values), run.seed, run.target.outputs)
        loss = loop.hard_loss(run.label.task)
        loop.compile_model(candidate, values["learning_rate"], loss, average_steps=steps)
        return candidate

    return build
