"""What each step of a run did, in a few words, and what it recorded."""

import dataclasses
from collections.abc import Callable

from modules import tasks
from modules.base import numerals
from modules.contracts import (
    compared_search,
    data_findings,
    examples,
    folded_teacher,
    gains,
    profile,
    pruned,
    selection,
    teacher_search,
    training_curves,
)
from modules.features.profile import ReductionResult
from pipeline.lineage import Lineage, StepRun

# Columns that a step's line names.
_LISTED = 5

_SHOWN = 3  # warnings or columns named in a step's line


@dataclasses.dataclass(frozen=True)
class EndedStep(StepRun):
    """What the words of a step are made from.

    Attributes:
        watched: The metric that the Tuner watches.
    """

    watched: str


def describe(name: str, lineage: Lineage, metric: str) -> str:
    """Says what a step did when it ran last.

    Args:
        name: The step's name in the pipeline.
        lineage: The lineage store.
        metric: What the Tuner watches.
    """
    run = lineage.latest(name)
    if run is None:
        return ""
    words = _WORDS.get(name, "")
    return words if isinstance(words, str) else words(EndedStep(run.execution, run.cached, run.outputs, metric))


def _example_gen(run: StepRun) -> str:
    facts = run.outputs["examples"].properties
    text = ", ".join(f"{facts[f'{split}_rows']:,} {split}" for split in ("train", "validation", "test")) + " rows"
    left_out = facts.get("without_label_rows", 0)
    text += f"; {left_out:,} rows without a label left out" if left_out else ""
    timeless, placeholders = facts.get("without_time_rows", 0), facts.get("placeholder_rows", 0)
    text += f"; {timeless:,} rows without a time are training rows" if timeless else ""
    text += (
        f"; dates such as 0000-00-00 or 9999-12-31, taken as missing, in {placeholders:,} rows" if placeholders else ""
    )
    lookalikes = examples.read_lookalikes(run.outputs["examples"].uri)
    shown = [f"{column} ({value[:20]!r})" for column, value in list(lookalikes.items())[:_SHOWN]]
    shown += ["…"] if len(lookalikes) > _SHOWN else []
    return text + (f"; text, though most of it looks like numbers: {', '.join(shown)}" if shown else "")


def _some(texts: list[str], separator: str) -> str:
    """Joins texts, and says how many more there are than a line has room for."""
    more = len(texts) - _LISTED
    return separator.join(texts[:_LISTED]) + (f"{separator}{more} more in summary.json" if more > 0 else "")


def _data_gate(run: StepRun) -> str:
    findings = data_findings.read(run.outputs["findings"].uri)
    if not findings:
        return "nothing found"
    columns = [f"{finding.rule} of {finding.column}" for finding in findings]
    shown = ", ".join(list(dict.fromkeys(columns))[:_SHOWN])
    more = ", …" if len(set(columns)) > _SHOWN else ""
    return f"{len(findings)} warning{'' if len(findings) == 1 else 's'}: {shown}{more}"


def _transform(run: StepRun) -> str:
    learnt = profile.read(run.outputs["transform_graph"].uri)
    text = "; ".join(["imputed, scaled, binned, looked up" + _reduced(learnt.reduction), *learnt.limits])
    left_out = [f"{column} ({why})" for column, why in learnt.telling_nothing.items()]
    if left_out:
        are = "1 column tells nothing and is" if len(left_out) == 1 else f"{len(left_out)} columns tell nothing and are"
        text += f"; {are} left out: {_some(left_out, ', ')}"
    if learnt.notices:
        text += f"; {_some([f'{column}: {notice}' for column, notice in learnt.notices.items()], '; ')}"
    return text


def _reduced(result: ReductionResult) -> str:
    if not result.components:
        return ""
    kind = {"pca": "principal", "ica": "independent"}[result.method]
    share = sum(result.explained_shares[: result.components])
    text = (
        f"; {result.components} of {len(result.explained_variance)} {kind} components "
        f"explain{'s' if result.components == 1 else ''} {share:.1%} of the variance"
    )
    return text if result.converged else text + " (FastICA did not converge)"


def _tuner(run: EndedStep) -> str:
    metric = tasks.METRICS[run.watched]
    search = teacher_search.read(run.outputs["tuner_results"].uri)
    trials = teacher_search.read_trials(run.outputs["tuner_results"].uri)
    beside = compared_search.find(run.outputs["tuner_results"].uri)
    better = max if metric.higher_is_better else min
    in_full = [trial for trial in trials if "trial/cheaper" in trial] or trials
    best = better(trial["score"] for trial in in_full)
    worth = f", {search.worth}" if search.worth else ""
    ending = f", {search.ending}" if search.ending else ""
    stopped = search.from_stopped_run
    random = ""
    if beside and beside.trials:
        its = numerals.written(better(trial["score"] for trial in beside.trials), ".4f")
        random = f", random search's {its}"
    gone_on = f"; {teacher_search.from_stopped_run(stopped, len(trials))}" if stopped else ""
    return (
        f"{search.strategy}: {len(trials)} trials, {search.whole_epochs:.0f} epochs{ending}{worth}; "
        f"best validation {metric.title} {numerals.written(best, '.4f')}{random}{gone_on}"
    )


def _comparer(run: StepRun) -> str:
    made = gains.read(run.outputs["gains"].uri)
    written = {name.replace("_", " "): numerals.written(value, ".4f") for name, value in made.values.items()}
    values = ", ".join(f"{name} {value}" for name, value in written.items())
    return f"students by what they learnt from, test {tasks.METRICS[made.metric].title}: {values}"


def _trained(how: str) -> Callable[[EndedStep], str]:
    """Returns what says how a network was trained and why its training ended."""

    def words(run: EndedStep) -> str:
        ending = training_curves.read(run.outputs["model_run"].uri).ending
        return f"{how}; {ending}" if ending else how

    return words


def _teacher(run: EndedStep) -> str:
    learnt = folded_teacher.read_members(run.outputs["model"].uri)
    if learnt is None:
        return _trained("trained from the best hyperparameters")(run)
    folds, kinds = learnt
    named = [f"{kinds.count(kind)} {kind.replace('_', ' ')}" for kind in dict.fromkeys(kinds)]
    members = " and ".join(named) if len(kinds) > 1 else kinds[0].replace("_", " ")
    return f"{members}, trained once for each of {folds} folds"


def _pruner(run: StepRun) -> str:
    networks = pruned.read(run.outputs["pruned_model"].uri)
    zeros = " or ".join(f"{one.measured:.1%}" for one in networks)
    after = " or ".join(f"{one.gzip_bytes:,}" for one in networks)
    return (
        f"{zeros} of the weights are zero; weights after gzip {after} bytes, before {networks[0].gzip_bytes_before:,}"
    )


def _selector(run: StepRun) -> str:
    made = selection.read(run.outputs["selection"].uri)
    text = f"{made.chosen.form}, {made.chosen.bytes:,} bytes: {made.chosen.why}"
    if made.threshold is not None:
        two_digits = made.threshold == round(made.threshold, 2)
        text += f"; threshold {made.threshold:.2f}" if two_digits else f"; threshold {made.threshold:g}"
    return text + (f" ({made.threshold_notice})" if made.threshold_notice else "")


def _data_baseline(run: StepRun) -> str:
    return (
        "the data of the run blessed before"
        if "statistics" in run.outputs
        else "there is no blessed run on other data yet"
    )


def _baseline(run: StepRun) -> str:
    return "the model blessed before" if "model" in run.outputs else "there is no other blessed model yet"


def _evaluator(run: StepRun) -> str:
    facts = run.outputs["evaluation"].properties
    slices = facts["slices"]
    return f"{facts['rows']:,} test rows measured on {slices} slice{'' if slices == 1 else 's'}"


def _verdict(run: StepRun) -> str:
    text = "blessed" if run.outputs["blessing"].properties.get("blessed") else "not blessed"
    facts = run.outputs["verdict"].properties
    promised = ", ".join(f"{facts[state]} {state}" for state in ("kept", "broken", "undecided") if facts.get(state))
    return f"{text}; promises: {promised}" if promised else text


def _scorer(run: StepRun) -> str:
    facts = run.outputs["predictions"].properties
    return f"{facts['models']} models scored on {facts['rows']:,} test rows"


def _intervals(run: StepRun) -> str:
    facts = run.outputs["intervals"].properties
    slices = facts["slices"]
    return f"intervals of {facts['metrics']} metrics on {slices} slice{'' if slices == 1 else 's'}"


def _asked(what: str) -> Callable[[StepRun], str]:
    """Returns what says how many methods asked the model."""

    def words(run: StepRun) -> str:
        facts = next(iter(run.outputs.values())).properties
        left_out = facts["left_out"]
        return f"{what} by {facts['methods'] - left_out} methods" + (f", {left_out} left out" if left_out else "")

    return words


def _pusher(run: StepRun) -> str:
    return "pushed" if run.outputs["pushed_model"].properties.get("pushed") else "nothing to push"


# What each step did: always the same words, or a function that finds them.
_WORDS: dict[str, str | Callable[[EndedStep], str]] = {
    "TableExampleGen": _example_gen,
    "StatisticsGen": "statistics of every column",
    "ImportSchemaGen": "schema imported",
    "SchemaGen": "schema inferred",
    "SchemaCurator": "columns become tensors, missing values included",
    "ExampleValidator": "data held against the schema",
    "DataBaseline": _data_baseline,
    "DataGate": _data_gate,
    "Transform": _transform,
    "Tuner": _tuner,
    "Teacher": _teacher,
    "Student": _trained("distilled from the teacher"),
    "Comparer": _comparer,
    "Pruner": _pruner,
    "Quantizer": "TFLite in every numeric form",
    "Selector": _selector,
    "Baseline": _baseline,
    "Evaluator": _evaluator,
    "Scorer": _scorer,
    "Ladder": "every model measured on the test rows",
    "Intervals": _intervals,
    "Explainer": _asked("asked why"),
    "Debugger": _asked("asked where it is wrong"),
    "Verdict": _verdict,
    "Papers": "what the papers are made of",
    "Pusher": _pusher,
    "Reporter": "summary and page",
}
