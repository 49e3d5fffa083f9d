"""The two trainings: the teacher, and the student that learns from it."""

from collections.abc import Mapping
from typing import Any

from tfx.components.trainer.fn_args_utils import FnArgs

from modules.base.settings import Distillation, Trainer
from modules.contracts import architecture as architectures
from modules.contracts import student_search
from modules.contracts.architecture import BuiltArchitecture
from modules.training import curves, inputs, loop, model, serving, soft_labels, strategies, training_run
from modules.training.convergence import patience_of
from modules.training.searching import student as searched
from modules.training.teachers import folded_training
from modules.training.training_run import TrainingRun


def train_teacher(fn_args: FnArgs) -> None:
    """Trainer's `run_fn` for the teacher: of the kind that the config names.

    A network is trained with the Tuner's best hyperparameters, under MirroredStrategy.
    """
    settings = Trainer.model_validate(fn_args.custom_config["trainer"])
    strategies.prepare_devices(settings.replicas)  # in a process of its own nobody has done so before
    run = training_run.start(fn_args.custom_config, fn_args.transform_output)
    best = fn_args.hyperparameters["values"] if fn_args.hyperparameters else {}
    if not fn_args.hyperparameters:  # there was no Tuner, and this is the first step that trains
        searched.check_promise(run, model.build_encoder(run.output, run.encoding))
    if settings.folded:
        _write(fn_args.model_run_dir, run, best)
        folded_training.train(
            run, settings, best, fn_args.train_files, fn_args.serving_model_dir, fn_args.model_run_dir
        )
        return
    encoder = model.build_encoder(run.output, run.encoding)
    architecture = model.architecture_of(best)
    architectures.write(fn_args.model_run_dir, BuiltArchitecture(architecture, encoder.width, run.target.outputs))
    train, validation = run.datasets(fn_args.train_files, fn_args.eval_files, encoder, settings.batch_size)
    with strategies.mirrored(settings.replicas).scope():
        teacher = model.build_network(encoder.width, architecture, run.seed, run.target.outputs)
        loss = loop.hard_loss(run.label.task)
        steps = inputs.steps(train)
        loop.compile_model(teacher, best["learning_rate"], loss, average_steps=steps)
    score = run.score(validation)
    record = curves.TrainingRecord("teacher", fn_args.model_run_dir)
    patience = patience_of(settings.patience, steps)
    loop.fit(teacher, train, validation, score, settings.epochs, patience, record)
    serving.save_parts(fn_args.serving_model_dir, encoder, teacher)


def train_student(fn_args: FnArgs) -> None:
    """Trainer's `run_fn` for the student: distilled from the teacher, which comes in as `base_model`.

    Where the config says so, its architecture is the one that the Tuner found.
    """
    run = training_run.start(fn_args.custom_config, fn_args.transform_output)
    settings = run.section("distillation", Distillation)
    encoder = model.build_encoder(run.output, run.encoding)
    train, validation = soft_labels.datasets(
        run, encoder, fn_args.train_files, fn_args.eval_files, fn_args.base_model, settings.batch_size
    )
    if settings.architecture == "tuned":
        student_search.write(fn_args.model_run_dir, [])
        architecture = model.architecture_of(fn_args.hyperparameters["values"])
    else:
        shape = searched.shape_of(run, encoder, train, validation, fn_args.model_run_dir)
        if not (slots := shape.slots(encoder)).all():
            encoder = encoder.keeping(slots)
            train, validation = searched.reading(train, slots), searched.reading(validation, slots)
        architecture = model.Architecture.stack(shape.units, shape.activation, shape.dropout)
    architectures.write(fn_args.model_run_dir, BuiltArchitecture(architecture, encoder.width, run.target.outputs))
    student = model.build_network(encoder.width, architecture, run.seed, run.target.outputs)
    steps = inputs.steps(train)
    loop.compile_model(student, settings.learning_rate, soft_labels.loss(run), steps)
    score = run.score(validation)
    record = curves.TrainingRecord("student", fn_args.model_run_dir)
    patience = patience_of(settings.patience, steps)
    by_teacher = settings.patience is None and settings.augment.method != "none"
    loop.fit(student, train, validation, score, settings.epochs, patience, record, best_by_loss=by_teacher)
    serving.save_parts(fn_args.serving_model_dir, encoder, student)


def _write(model_run: str, run: TrainingRun, hyperparameters: Mapping[str, Any]) -> None:
    """Writes the architecture of a teacher's networks, if it has any."""
    built = None
    if hyperparameters:
        width = model.build_encoder(run.output, run.encoding).width
        built = BuiltArchitecture(model.architecture_of(hyperparameters), width, run.target.outputs)
    architectures.write(model_run, built)
