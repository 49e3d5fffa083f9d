"""Interface of Pruner."""

from tfx.types import standard_artifacts

from components.declaration import DISTILLATION_ITSELF, DeclaredComponent, Input, Output
from components.pruner import executor


class Pruner(DeclaredComponent, executor=executor.Executor):
    """Sets a share of the student's weights to zero, and fails if it could not."""

    READS = {"features": None, "label": None, "distillation": DISTILLATION_ITSELF, "pruner": None, "seed": None}

    model = Input(standard_artifacts.Model, "The distilled student.")
    teacher = Input(standard_artifacts.Model, "The teacher, whose soft labels the fine-tuning goes on learning from.")
    examples = Input(standard_artifacts.Examples, "Transformed examples with the splits `train` and `validation`.")
    transform_graph = Input(standard_artifacts.TransformGraph, "The transform graph that made them.")
    pruned_model = Output(standard_artifacts.Model, "The pruned student.")
    model_run = Output(standard_artifacts.ModelRun, "The record of the fine-tuning.")
