"""Interface of Quantizer."""

from tfx.types import standard_artifacts

from components.artifacts import ModelForms
from components.declaration import DISTILLATION_ITSELF, DeclaredComponent, Input, Output
from components.quantizer import executor


class Quantizer(DeclaredComponent, executor=executor.Executor):
    """Converts the pruned student to TFLite in every numeric form."""

    READS = {
        "features": None,
        "label": None,
        "distillation": DISTILLATION_ITSELF,
        "quantizer": {"epochs", "batch_size", "learning_rate"},
        "seed": None,
    }

    model = Input(standard_artifacts.Model, "The pruned student.")
    teacher = Input(standard_artifacts.Model, "The teacher, for the soft labels of quantization-aware training.")
    examples = Input(standard_artifacts.Examples, "Transformed examples with the splits `train` and `validation`.")
    transform_graph = Input(standard_artifacts.TransformGraph, "The transform graph that made them.")
    forms = Output(ModelForms, "All forms.")
    model_run = Output(standard_artifacts.ModelRun, "The record of quantization-aware training.")
