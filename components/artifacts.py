"""Artifact types of our own, for what TFX has no standard type.

Kubeflow knows a type by its title, which has to be `namespace.Name`, and no properties of types that are not TFX's own:
what a step records of such an artifact are custom properties.
"""

from tfx.types.artifact import Artifact

# The property of an input that is a copy: the URI of what it is a copy of.
ORIGIN = "origin"

# The property of an evaluation and of a blessing: the digest of the judged model, as
# `modules.contracts.tflite.judged_digest` takes it.
JUDGED = "judged_sha256"
# The property of a pushed model: the digest of what was pushed, as `modules.contracts.pushed_folder.digest` takes it.
PUSHED = "pushed_sha256"


def origin(artifact: Artifact) -> str:
    """Returns where an artifact is kept, also in a step that was given a copy of it."""
    return artifact.get_string_custom_property(ORIGIN) or artifact.uri


class ModelForms(Artifact):
    """Models as .tflite with their cards: a folder per form. See modules/contracts/tflite.py."""

    TYPE_NAME = "components.ModelForms"


class Predictions(Artifact):
    """What every model predicts of the test rows, with labels and weights. See modules/contracts/predictions.py."""

    TYPE_NAME = "components.Predictions"


class Selection(Artifact):
    """Which numeric form was chosen, and why the others were passed over. See modules/contracts/selection.py."""

    TYPE_NAME = "components.Selection"


class Gains(Artifact):
    """What each part of the student's training bought. See modules/contracts/gains.py."""

    TYPE_NAME = "components.Gains"


class Ladder(Artifact):
    """Measurements of every model from the teacher to the smallest form. See modules/contracts/ladder.py."""

    TYPE_NAME = "components.Ladder"


class Intervals(Artifact):
    """Confidence intervals of the shipped model's metrics, and what is drawn. See modules/contracts/intervals.py."""

    TYPE_NAME = "components.Intervals"


class Explanation(Artifact):
    """Why the model answers as it does, method by method. See modules/contracts/explanation.py."""

    TYPE_NAME = "components.Explanation"


class Debugging(Artifact):
    """Where the model is wrong or easily led astray, method by method. See modules/contracts/debugging.py."""

    TYPE_NAME = "components.Debugging"


class Verdict(Artifact):
    """What decided whether the model may ship, promise by promise. See modules/contracts/verdict.py."""

    TYPE_NAME = "components.Verdict"


class DataFindings(Artifact):
    """What the data gate found and let pass. See modules/contracts/data_findings.py."""

    TYPE_NAME = "components.DataFindings"


class ReportSection(Artifact):
    """A section that a component adds to the report, as components/reporter/blocks.py defines it."""

    TYPE_NAME = "components.ReportSection"


class Report(Artifact):
    """Everything that a run found out: summary and page. See modules/contracts/report.py."""

    TYPE_NAME = "components.Report"
