"""Which concepts the network knows, and whether its answers rise with them."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, between, percent, text
from components.reporter.figures import concept_scores
from components.reporter.sections.questions import Shown

# A classifier that is right less often does not tell the rows of a concept from others.
_KNOWN = 0.6
_LEAST_P_VALUE = 0.001


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows the scores; all of it is folded away."""
    blocks: list[Block] = [Text(text=_about(content)), *concept_scores.figures(content)]
    if content["scores"]:
        blocks.append(_table(content))
    blocks += [
        Text(
            text=f"{its['concept']} ({its['query']}) was not tested: {its['rows']:,} training rows are of it, and a "
            f"test needs {content['least_rows']}."
        )
        for its in content["concepts"]
        if not its["is_tested"]
    ]
    return [], blocks


def _about(content: Mapping[str, Any]) -> str:
    return (
        "A linear classifier between what a hidden layer holds of training rows of a concept, and of random ones, "
        f"gives the direction of the concept. The score is the share of {content['rows']:,} test rows whose "
        "answer rises in that direction: at 100 % it rises in every row, at 0 % it falls, and about 50 % is chance. It "
        "is about the network behind the file, before pruning and quantization."
    )


def _table(content: Mapping[str, Any]) -> Table:
    queries = {its["concept"]: its for its in content["concepts"]}
    several = len(content["outputs"]) > 1
    return Table(
        caption="Concepts by hidden layer",
        columns=[
            Column(title="concept", numeric=False),
            Column(title="its rows", numeric=False),
            Column(title="hidden layer", numeric=False),
            *([Column(title="answer", numeric=False)] if several else []),
            Column(title="rises in"),
            Column(title="95 % interval", numeric=False),
            Column(title="random directions"),
            Column(title="p-value"),
            Column(title="told apart"),
            Column(title="what it says", numeric=False),
        ],
        rows=[
            [
                text(its["concept"]),
                text(f"{queries[its['concept']]['query']} ({queries[its['concept']]['rows']:,})"),
                text(content["layers"][its["layer"]]),
                *([text(content["outputs"][its["output"]])] if several else []),
                percent(its["score"]),
                between(its["low"], its["high"], 1, share=True),
                percent(its["random_score"]),
                Cell(text=_p_value(its["p_value"]), sort=its["p_value"]),
                percent(its["accuracy"]),
                _verdict(its),
            ]
            for its in content["scores"]
        ],
        note="The p-value is of a t-test of the runs against those of random directions, corrected by Benjamini and "
        "Hochberg for all that is tested here. Told apart is how often the classifier is right about rows that it was "
        "not fitted to; 50 % is guessing. At the last hidden layer the answer rises in every row or in none, so that a "
        "score there is the share of the runs.",
    )


def _p_value(value: float) -> str:
    return f"{value:.3f}" if value >= _LEAST_P_VALUE else f"< {_LEAST_P_VALUE:g}"


def _verdict(score: Mapping[str, Any]) -> Cell:
    if score["accuracy"] < _KNOWN:
        return text("the layer hardly knows it", "muted")
    if not score["is_used"]:
        return text("no more than chance", "muted")
    return text("the answer rises with it" if score["score"] > score["random_score"] else "the answer falls with it")
