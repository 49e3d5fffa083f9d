"""Interface of Ladder."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output
from components.ladder import executor


class Ladder(DeclaredComponent, executor=executor.Executor):
    """Measures teacher, student, pruned student and every quantized form on the raw test rows, each as a .tflite.

    It decides nothing: which form ships is the Selector's choice, and whether it may, the Evaluator's.
    """

    READS = {"features": None, "label": LABEL_ITSELF, "seed": None}

    model = Input(standard_artifacts.Model, "The model that would ship: at its decision threshold all are measured.")
    selection = Input(artifacts.Selection, "What each of them takes of a device.")
    uncompressed = Input(artifacts.ModelForms, "Teacher and student.")
    forms = Input(artifacts.ModelForms, "The pruned student in every numeric form.")
    predictions = Input(artifacts.Predictions, "What every one of them predicts of the test rows.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    ladder = Output(artifacts.Ladder, "The measurements.")
