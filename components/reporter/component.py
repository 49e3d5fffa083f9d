"""Interface of Reporter."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import DeclaredComponent, Input, Output, Parameter
from components.reporter import executor
from modules.base import origins
from modules.base.settings import PipelineSettings

_MODEL_RUN = standard_artifacts.ModelRun


class Reporter(DeclaredComponent, executor=executor.Executor):
    """Collects what all steps found out, as summary.json and one self-contained page."""

    examples = Input(standard_artifacts.Examples, "The rows.", optional=True)
    statistics = Input(standard_artifacts.ExampleStatistics, "What their columns hold.", optional=True)
    schema = Input(standard_artifacts.Schema, "The schema.", optional=True)
    anomalies = Input(standard_artifacts.ExampleAnomalies, "Where the rows do not fit it.", optional=True)
    findings = Input(artifacts.DataFindings, "What the data gate found.", optional=True)
    transform_graph = Input(standard_artifacts.TransformGraph, "What Transform learnt.", optional=True)
    tuner_results = Input(standard_artifacts.TunerResults, "The trials of the search.", optional=True)
    teacher_run = Input(_MODEL_RUN, "The record of the teacher's training.", optional=True)
    student_run = Input(_MODEL_RUN, "The record of the student's training.", optional=True)
    gains = Input(artifacts.Gains, "What each part of the student's training bought.", optional=True)
    pruned_model = Input(standard_artifacts.Model, "The pruned student.", optional=True)
    pruner_run = Input(_MODEL_RUN, "The record of its training.", optional=True)
    quantized_model = Input(standard_artifacts.Model, "The model that would ship.", optional=True)
    selection = Input(artifacts.Selection, "Why it was chosen, and the others passed over.", optional=True)
    quantizer_run = Input(_MODEL_RUN, "The record of quantization-aware training.", optional=True)
    evaluation = Input(standard_artifacts.ModelEvaluation, "The Evaluator's metrics.", optional=True)
    blessing = Input(standard_artifacts.ModelBlessing, "Whether it may ship.", optional=True)
    verdict = Input(artifacts.Verdict, "How every promise fared.", optional=True)
    ladder = Input(artifacts.Ladder, "All models side by side.", optional=True)
    intervals = Input(artifacts.Intervals, "How far the metrics may be off.", optional=True)
    explanation = Input(artifacts.Explanation, "Why it answers as it does.", optional=True)
    debugging = Input(artifacts.Debugging, "Where it is wrong.", optional=True)
    pushed_model = Input(standard_artifacts.PushedModel, "What was pushed.", optional=True)
    sections = Input(artifacts.ReportSection, "Sections that components left for the page.", several=True)
    fingerprint = Parameter("Digest of the data.")
    report = Output(artifacts.Report, "Summary and page.")

    @classmethod
    def config_of(cls, settings: PipelineSettings) -> str:
        """Returns the whole config but for what only submitting reads: the page shows it.

        The page is pushed: of files on this machine it has the names, and not where they lie.
        """
        data, pusher = settings.data, settings.pusher
        tables = {"train": _named(data.train), "test": _named(data.test), "schema_file": _named(data.schema_file)}
        shown = settings.model_copy(
            update={
                "data": data.model_copy(update=tables),
                "pusher": pusher.model_copy(update={"destination": _named(pusher.destination)}),
            }
        )
        return shown.model_dump_json(exclude={"kubeflow"})


def _named(paths: str | list[str] | None) -> str | list[str] | None:
    if paths is None or isinstance(paths, str):
        return paths and origins.of_file(paths)
    return [origins.of_file(path) for path in paths]
