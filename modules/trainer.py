"""The two trainings: the teacher from the best hyperparameters, and the student that learns from it."""

from typing import Any

from tfx.components.trainer.fn_args_utils import FnArgs

from modules import inputs, model, run, serving, soft_labels, strategies, training
from modules.settings import Distillation, Trainer


def architecture_of(hyperparameters: dict[str, Any]) -> model.Architecture:
    """Turns a trial's hyperparameters into the shape of a network."""
    units = [hyperparameters["units"]] * hyperparameters["layers"]
    return model.Architecture(units, hyperparameters["activation"], hyperparameters["dropout"])


def train_teacher(fn_args: FnArgs) -> None:
    """Trainer's `run_fn` for the teacher: the Tuner's best hyperparameters, under MirroredStrategy."""
    this = run.start(fn_args.custom_config, fn_args.transform_output)
    settings = this.section("trainer", Trainer)
    best = fn_args.hyperparameters["values"]
    train = inputs.dataset(fn_args.train_files, this.output, settings.batch_size, this.seed)
    validation = inputs.dataset(fn_args.eval_files, this.output, settings.batch_size)
    with strategies.mirrored(settings.replicas).scope():
        encoder = model.build_encoder(this.output, this.encoding)
        network = model.build_network(encoder.width, architecture_of(best), this.seed)
        teacher = model.build_model(this.output, encoder, network, "teacher")
        training.compile_model(teacher, best["learning_rate"])
    training.fit(teacher, train, validation, settings.epochs, settings.patience, fn_args.model_run_dir)
    serving.export(fn_args.serving_model_dir, this.table, this.output, encoder, network)


def train_student(fn_args: FnArgs) -> None:
    """Trainer's `run_fn` for the student: distilled from the teacher, which comes in as `base_model`."""
    this = run.start(fn_args.custom_config, fn_args.transform_output)
    settings = this.section("distillation", Distillation)
    train, validation = soft_labels.datasets(
        this, fn_args.train_files, fn_args.eval_files, fn_args.base_model, settings.batch_size
    )
    encoder = model.build_encoder(this.output, this.encoding)
    shape = model.Architecture(settings.units, settings.activation, settings.dropout)
    network = model.build_network(encoder.width, shape, this.seed)
    student = model.build_model(this.output, encoder, network, "student")
    training.compile_model(student, settings.learning_rate, soft_labels.loss(this))
    training.fit(student, train, validation, settings.epochs, settings.patience, fn_args.model_run_dir)
    serving.export(fn_args.serving_model_dir, this.table, this.output, encoder, network)
