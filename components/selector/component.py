"""Interface of Selector."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output
from components.selector import executor
from modules.base.promises import Promises


class Selector(DeclaredComponent, executor=executor.Executor):
    """Chooses the form that is judged, and its decision threshold, on the validation rows and never on test rows.

    It takes the smallest form that keeps every gate and every promise there and loses next to nothing against the best
    one, unless the config names a form. It also times every model, once for all that show it.
    """

    READS = {
        "features": None,
        "label": LABEL_ITSELF,
        "quantizer": {"form", "max_loss"},
        "evaluation": {"threshold", "gates", "min_slice_examples"},
        "promises": frozenset(Promises.model_fields) - {"beats"},  # what it loses to others does not depend on the form
        "seed": None,
    }

    forms = Input(artifacts.ModelForms, "The pruned student in every numeric form.")
    uncompressed = Input(artifacts.ModelForms, "Teacher and student, which are timed beside them.")
    validation_predictions = Input(artifacts.Predictions, "What all of them predict of the validation rows.")
    examples = Input(standard_artifacts.Examples, "Raw examples with the split `validation`, for columns to slice by.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    model = Output(standard_artifacts.Model, "The chosen form with its threshold, as TFMA reads it.")
    selection = Output(artifacts.Selection, "Every form, and why it was chosen or passed over.")
