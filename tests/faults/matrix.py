"""What goes wrong where, and what has to come of it: one line each, in the order of a run."""

import dataclasses
import errno
import os


@dataclasses.dataclass(frozen=True)
class Fault:
    """A call of the operating system at which a run is killed, or that fails.

    Attributes:
        step: The step whose work it hits, or what else is at work.
        moment: When, in words.
        event: The call, as Python's audit events name it.
        path: What it is called for, as a pattern of `fnmatch`.
        nth: At which of such calls.
        act: `kill`, the name of an errno or `MemoryError`.
    """

    step: str
    moment: str
    event: str
    path: str
    nth: int = 1
    act: str = "kill"

    @property
    def reason(self) -> str:
        """What a run that fails by it says."""
        return "no memory is left" if self.act == "MemoryError" else os.strerror(getattr(errno, self.act))

    def __str__(self) -> str:
        return f"{self.step}: {self.moment}"


# A step's results are digested once ML Metadata has them as complete.
_MADE = "complete, and not yet digested"

KILLS = (
    Fault("TableExampleGen", "before any file", "os.mkdir", "*/TableExampleGen/examples/*"),
    Fault("TableExampleGen", "rows are written, their types are not", "open", "*/TableExampleGen/*/dtypes.json"),
    Fault("TableExampleGen", "between two of its files", "open", "*/TableExampleGen/*/label_values.json"),
    Fault("TableExampleGen", _MADE, "os.walk", "*/TableExampleGen/examples/*"),
    Fault("StatisticsGen", "between two splits", "os.mkdir", "*/StatisticsGen/*/Split-validation"),
    Fault("StatisticsGen", _MADE, "os.walk", "*/StatisticsGen/statistics/*"),
    Fault("SchemaGen", _MADE, "os.walk", "*/SchemaGen/schema/*"),
    Fault("SchemaCurator", "before its file", "open", "*/SchemaCurator/*/schema.pbtxt"),
    Fault("ExampleValidator", _MADE, "os.walk", "*/ExampleValidator/anomalies/*"),
    Fault("DataGate", "before its file", "open", "*/DataGate/*/findings.json"),
    Fault("DataGate", _MADE, "os.walk", "*/DataGate/findings/*"),
    Fault("Transform", "what was learnt is written", "open", "*/profile.json"),
    Fault("Transform", _MADE, "os.walk", "*/Transform/transform_graph/?*"),
    Fault("Tuner", "what is kept of a trial has no name", "os.rename", "*/Tuner/.system/search/*/trial-*"),
    Fault("Tuner", "after a trial", "open", "*/Tuner/*/histories.json"),
    Fault("Tuner", "after another trial", "open", "*/Tuner/*/histories.json", 2),
    Fault("Tuner", _MADE, "os.walk", "*/Tuner/best_hyperparameters/*"),
    Fault("Teacher", "after some epochs", "os.scandir", "*/Teacher/*/checkpoints", 4),
    Fault("Teacher", "before its history", "open", "*/Teacher/*/history.json"),
    Fault("Teacher", _MADE, "os.walk", "*/Teacher/model/*"),
    Fault("Student", "after some epochs", "os.scandir", "*/Student/*/checkpoints", 3),
    Fault("Student", _MADE, "os.walk", "*/Student/model/*"),
    Fault("Pruner", "after an epoch", "os.scandir", "*/Pruner/*/checkpoints"),
    Fault("Pruner", _MADE, "os.walk", "*/Pruner/pruned_model/*"),
    Fault("Quantizer", "between model and card of a form", "open", "*/Quantizer/forms/*/float16/model.json"),
    Fault("Quantizer", _MADE, "os.walk", "*/Quantizer/forms/*"),
    Fault("Scorer", "before its file", "open", "*/Scorer/*/predictions.npz"),
    Fault("Selector", "before the card of what it passes on", "open", "*/Selector/model/*/model.json"),
    Fault("Debugger", "before its file", "open", "*/Debugger/*/debugging.json"),
    Fault("Explainer", "before its file", "open", "*/Explainer/*/explanation.json"),
    Fault("Intervals", "between two of its files", "open", "*/Intervals/*/curves.json"),
    Fault("Ladder", "before its file", "open", "*/Ladder/*/ladder.json"),
    Fault("Evaluator", "between two of its files", "shutil.rmtree", "*/Evaluator/*/beam-temp-metrics*"),
    Fault("Evaluator", _MADE, "os.walk", "*/Evaluator/evaluation/*"),
    Fault("Verdict", "before its file", "open", "*/Verdict/*/verdict.json"),
    Fault("Verdict", _MADE, "os.walk", "*/Verdict/blessing/*"),
    Fault("Pusher", "before a staging folder", "os.mkdir", "*/pushed/.*"),
    Fault("Pusher", "within the copy of a version", "open", "*/pushed/.*/model.tflite"),
    Fault("Pusher", "the copy is whole and has no name", "os.rename", "*/pushed/.*"),
    Fault("Pusher", "the version has its name", "open", "*/pushed"),
    Fault("Pusher", _MADE, "os.walk", "*/Pusher/pushed_model/*"),
    Fault("Reporter", "between summary and page", "open", "*/Reporter/*/index.html"),
    Fault("Reporter", _MADE, "os.walk", "*/Reporter/report/*"),
    Fault("the run's own page", "its summary has no name", "os.rename", "*/reports/*/.*.new"),
    Fault("the run's own page", "its page has no name", "os.rename", "*/reports/*/index.html"),
    Fault("the latest page", "between summary and page", "os.rename", "*/report/index.html"),
)

RESOURCES = (
    Fault("the log", "the disk is full", "open", "*/logs/*.log", act="ENOSPC"),
    Fault("TableExampleGen", "the disk is full", "open", "*/TableExampleGen/*/dtypes.json", act="ENOSPC"),
    Fault("StatisticsGen", "the disk fails", "open", "*/StatisticsGen/*/FeatureStats.pb", act="EIO"),
    Fault("Transform", "the disk is full", "open", "*/profile.json", act="ENOSPC"),
    Fault("Teacher", "no memory is left", "open", "*/Teacher/*/history.json", act="MemoryError"),
    Fault("Teacher", "no file can be opened", "open", "*/Teacher/*/history.json", act="EMFILE"),
    Fault("Student", "the quota is used up", "open", "*/Student/*/history.json", act="EDQUOT"),
    Fault("Pruner", "the disk became read-only", "open", "*/Pruner/*/history.json", act="EROFS"),
    Fault("Quantizer", "the disk is full", "open", "*/Quantizer/*/model.tflite", act="ENOSPC"),
    Fault("Scorer", "the right is missing", "open", "*/Scorer/*/predictions.npz", act="EACCES"),
    Fault("Evaluator", "the disk is full", "os.rename", "*/Evaluator/*/beam-temp-*", act="ENOSPC"),
    Fault("Verdict", "the disk is full", "open", "*/Verdict/*/verdict.json", act="ENOSPC"),
    Fault("Pusher", "the right is missing", "os.mkdir", "*/pushed/.*", act="EACCES"),
    Fault("Pusher", "the disk is full", "open", "*/pushed/.*/model.tflite", act="ENOSPC"),
    Fault("Pusher", "the name cannot be given", "os.rename", "*/pushed/.*", act="EIO"),
    Fault("Reporter", "the disk is full", "open", "*/Reporter/*/index.html", act="ENOSPC"),
    Fault("the run's own page", "the disk is full", "open", "*/reports/*/.*.new", act="ENOSPC"),
)
