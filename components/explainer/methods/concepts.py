"""Which concepts of the config the network behind the file knows, and whether its answers rise with them."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from components.asked_model import AskedModel, Found
from modules.base import questions
from modules.base.errors import UserError
from modules.base.section import SettingError
from modules.explaining import raw_function
from modules.explaining.concepts import query, tcav
from modules.explaining.concepts.tcav import ConceptScore, Draws
from modules.explaining.hidden_layers import HiddenLayers
from modules.explaining.raw_function import Rows


def find(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Tests the concepts at every hidden layer, on training rows; the answers are those to a sample of the test rows.

    Raises:
        UserError: If a concept does not fit the columns that the model reads.
    """
    if not settings.concepts:
        return None, "The config names no concept: explainer.concepts."
    network = asked.network
    layers = HiddenLayers(network.network)
    if not layers.names:
        return None, "The network has no hidden layer, so that no concept can be looked for."
    generator = np.random.default_rng(asked.seed)
    draws: dict[str, Draws] = {}
    described = []
    for name, text in settings.concepts.items():
        chosen = _chosen(asked, name, text)
        drawn = tcav.draw(chosen, generator)
        if drawn is not None:
            draws[name] = drawn
        described.append({"concept": name, "query": text, "rows": int(chosen.sum()), "is_tested": drawn is not None})
    explained = asked.test.sample(asked.rows, asked.seed)
    scores = _scores(asked, layers, draws, explained.rows, generator) if draws else []
    return {
        "rows": len(explained),
        "least_rows": tcav.LEAST_RUNS * tcav.LEAST_ROWS,
        "layers": layers.names,
        "outputs": list(asked.function.outputs),
        "concepts": described,
        "scores": [dataclasses.asdict(its) | {"is_used": its.is_used} for its in scores],
    }, ""


def _scores(
    asked: AskedModel,
    layers: HiddenLayers,
    draws: Mapping[str, Draws],
    explained: Rows,
    generator: np.random.Generator,
) -> list[ConceptScore]:
    """Tests concepts with the training rows of their runs, of which only those that are drawn are encoded."""
    sizes = sorted({its.examples.shape[1] for its in draws.values()})
    random = {rows: tcav.draw_random(len(asked.training), rows, generator) for rows in sizes}
    needed = np.unique(np.concatenate([its.places for its in (*draws.values(), *random.values())]))
    held = layers.activations(asked.network.encode(raw_function.taken(asked.training.rows, needed)))
    encoded = asked.network.encode(explained)
    return tcav.score_concepts(
        {name: its.among(needed) for name, its in draws.items()},
        {rows: its.among(needed) for rows, its in random.items()},
        held,
        [layers.gradients(encoded, output) for output in range(asked.target.outputs)],
    )


def _chosen(asked: AskedModel, name: str, text: str) -> np.ndarray:
    """Returns which training rows are of a concept, bool [n]."""
    try:
        return query.parse(text).chosen(asked.function.columns, asked.training.rows)
    except SettingError as error:
        raise UserError(f"explainer.concepts.{name}", f"is {text!r}, and {error}", error.fix) from None
