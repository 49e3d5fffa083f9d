"""Artifact types of our own, for what TFX has no standard type."""

from tfx.types.artifact import Artifact, Property, PropertyType


class ModelForms(Artifact):
    """The same model in several numeric forms: a folder a form, each with model.tflite and model.json."""

    TYPE_NAME = "ModelForms"


class Ladder(Artifact):
    """Measurements of every model from the teacher to the smallest form: ladder.json."""

    TYPE_NAME = "Ladder"
    PROPERTIES = {"forms": Property(type=PropertyType.INT)}


class Intervals(Artifact):
    """Confidence intervals of the shipped model's metrics, by slice: intervals.json; what is drawn: curves.json."""

    TYPE_NAME = "Intervals"
    PROPERTIES = {"metrics": Property(type=PropertyType.INT), "slices": Property(type=PropertyType.INT)}


class DataFindings(Artifact):
    """What the data gate found and let pass: findings.json."""

    TYPE_NAME = "DataFindings"
    PROPERTIES = {"warnings": Property(type=PropertyType.INT)}


class ReportSection(Artifact):
    """A section that a component adds to the report: section.json, as components/reporter/blocks.py defines it."""

    TYPE_NAME = "ReportSection"


class Report(Artifact):
    """Everything that a run found out: summary.json and index.html."""

    TYPE_NAME = "Report"
