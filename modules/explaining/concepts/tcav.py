"""Testing with concept activation vectors: does a layer know a concept, and does the answer rise with it?

A concept is given by rows. A linear classifier between what a hidden layer holds of them, and of rows drawn at random,
points into the direction of the concept. Its score is the share of rows whose logit rises in that direction. That is
repeated with other rows, and held against directions between rows and rows that are both drawn at random.

References:
    Kim et al., Interpretability Beyond Feature Attribution: Quantitative Testing with Concept Activation Vectors
    (TCAV), ICML 2018 (arXiv:1711.11279): the scores, and the two-sided t-test against random ones.
"""

import dataclasses
import math
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from modules.judging.statistics import benjamini_hochberg
from modules.judging.statistics.normal import CONFIDENCE

MOST_RUNS, MOST_ROWS = 20, 100
LEAST_RUNS, LEAST_ROWS = 5, 15
# Of the rows of a run, those that judge the classifier.
_HELD_OUT = 3
_STEPS = 200
# With so few random directions their spread is not known; they cost little.
_RANDOM_RUNS = 40


@dataclasses.dataclass(frozen=True)
class ConceptScore:
    """What was found of one concept, at one layer, of one answer.

    Attributes:
        concept: The concept.
        layer: Number of the hidden layer, from 0.
        output: Number of the logit.
        score: The mean over the runs of the share of rows whose logit rises in the direction of the concept.
        low: Lower end of the 95 % interval of that mean, by Student's t.
        high: Upper end.
        random_score: The same mean of random directions.
        p_value: Of Student's two-sided t-test of the runs against those of random directions, all tests of the call
            corrected together by Benjamini and Hochberg.
        accuracy: Of the classifiers, on rows that they were not fitted to; 0.5 is guessing.
        runs: How many runs.
        rows: Rows of the concept in each.
    """

    concept: str
    layer: int
    output: int
    score: float
    low: float
    high: float
    random_score: float
    p_value: float
    accuracy: float
    runs: int
    rows: int

    @property
    def is_used(self) -> bool:
        """Whether the answer depends on the concept more than on a random direction."""
        return self.p_value < 1 - CONFIDENCE


@dataclasses.dataclass(frozen=True, eq=False)
class Draws:
    """Which rows the runs of one concept take.

    Attributes:
        examples: Places of rows of the concept, [runs, rows].
        others: Places of rows drawn at random, [runs, rows].
    """

    examples: np.ndarray
    others: np.ndarray

    @property
    def places(self) -> np.ndarray:
        """The places of all, [n]."""
        return np.concatenate([self.examples.ravel(), self.others.ravel()])

    def among(self, places: np.ndarray) -> "Draws":
        """Returns the same rows as their places in a sorted list of places that has them."""
        return Draws(np.searchsorted(places, self.examples), np.searchsorted(places, self.others))


def draw(chosen: np.ndarray, generator: np.random.Generator) -> Draws | None:
    """Draws the rows of a concept's runs.

    No row of the concept is in two runs: runs that share rows agree by chance more than they may for a t-test.

    Args:
        chosen: Which rows are of the concept, bool [n].
        generator: Draws.

    Returns:
        The rows; None if those of the concept are too few for five runs of 15.
    """
    places = np.flatnonzero(chosen)
    runs = min(MOST_RUNS, len(places) // LEAST_ROWS)
    if runs < LEAST_RUNS:
        return None
    rows = min(MOST_ROWS, len(places) // runs)
    examples = generator.permutation(places)[: runs * rows].reshape(runs, rows)
    return Draws(examples, _random(len(chosen), runs, rows, generator))


def draw_random(count: int, rows: int, generator: np.random.Generator) -> Draws:
    """Draws the rows of runs of random concepts.

    Args:
        count: How many rows there are.
        rows: How many each run takes of either kind.
        generator: Draws.
    """
    drawn = _random(count, _RANDOM_RUNS, 2 * rows, generator)
    return Draws(drawn[:, :rows], drawn[:, rows:])


def _random(count: int, runs: int, rows: int, generator: np.random.Generator) -> np.ndarray:
    return np.stack([generator.choice(count, rows, replace=count < rows) for _ in range(runs)])


def direction(examples: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, float]:
    """Fits a linear classifier between two kinds of rows; of each a third is held out.

    Args:
        examples: What a layer holds of the rows of a concept, [n, units].
        others: The same of random rows, [n, units].

    Returns:
        The direction towards the concept, [units], of length 1 (0 where nothing tells them apart); and the share of
        the held-out rows that the classifier has right.
    """
    held = np.arange(len(examples)) % _HELD_OUT == 0
    given = np.concatenate([examples[~held], others[~held]])
    labels = np.repeat([1, 0], [(~held).sum(), (~held).sum()])
    centre, deviation = given.mean(axis=0), given.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=_STEPS).fit((given - centre) / scale, labels)
    towards = np.where(deviation > 0, model.coef_[0] / scale, 0.0)
    found, lost = (model.predict((rows[held] - centre) / scale).mean() for rows in (examples, others))
    return towards / (np.linalg.norm(towards) or 1.0), float((found + 1 - lost) / 2)


def score_concepts(
    draws: Mapping[str, Draws],
    random: Mapping[int, Draws],
    activations: Sequence[np.ndarray],
    gradients: Sequence[Sequence[np.ndarray]],
) -> list[ConceptScore]:
    """Tests concepts at every hidden layer, for every answer.

    Args:
        draws: By concept the rows of its runs, as places in the activations.
        random: By rows of a run, for every number of those that the concepts have, the runs of random concepts.
        activations: Of each layer what it holds of the rows that were drawn from, [n, units].
        gradients: By answer and layer the derivatives of the logit by what the layer holds of the rows that are
            explained, [m, units].

    Returns:
        By concept, layer and answer.
    """
    found, tests = [], []
    for layer, held in enumerate(activations):
        of_layer = [of_answer[layer] for of_answer in gradients]
        by_chance = {rows: _scores(of_random, held, of_layer)[0] for rows, of_random in random.items()}
        for concept, of_concept in draws.items():
            scores, accuracy = _scores(of_concept, held, of_layer)
            runs, rows = of_concept.examples.shape
            for output in range(len(gradients)):
                mine, chance = scores[:, output], by_chance[rows][:, output]
                low, high = _interval(mine)
                means = float(mine.mean()), low, high, float(chance.mean())
                tests.append(_p_value(mine, chance))
                found.append(ConceptScore(concept, layer, output, *means, 0.0, accuracy, runs, rows))
    corrected = benjamini_hochberg.adjusted(tests)
    return [dataclasses.replace(its, p_value=p_value) for its, p_value in zip(found, corrected, strict=True)]


def _scores(draws: Draws, held: np.ndarray, gradients: Sequence[np.ndarray]) -> tuple[np.ndarray, float]:
    """Returns the scores of all runs, [runs, answers], and the mean accuracy of the classifiers."""
    scores, accuracies = [], []
    for examples, others in zip(draws.examples, draws.others, strict=True):
        towards, accuracy = direction(held[examples].astype(np.float64), held[others].astype(np.float64))
        scores.append([_share_rising(of_answer @ towards) for of_answer in gradients])
        accuracies.append(accuracy)
    return np.array(scores), float(np.mean(accuracies))


def _share_rising(derivatives: np.ndarray) -> float:
    """Returns the share of rows whose logit rises; of those where nothing moves, half."""
    return float((derivatives > 0).mean() + (derivatives == 0).mean() / 2)


def _interval(scores: np.ndarray) -> tuple[float, float]:
    half = stats.t.ppf((1 + CONFIDENCE) / 2, len(scores) - 1) * scores.std(ddof=1) / math.sqrt(len(scores))
    return max(0.0, float(scores.mean() - half)), min(1.0, float(scores.mean() + half))


def _p_value(mine: np.ndarray, chance: np.ndarray) -> float:
    """Returns the p-value of the two means being one.

    The variance is that of both: if the concept is like a random one, it has the variance of random ones. Its own would
    say little, since a few runs are soon all 1.
    """
    degrees = len(mine) + len(chance) - 2
    variance = (len(mine) * mine.var() + len(chance) * chance.var()) / degrees
    error = math.sqrt(variance * (1 / len(mine) + 1 / len(chance)))
    difference = abs(float(mine.mean() - chance.mean()))
    if not error:
        return 0.0 if difference else 1.0
    return float(2 * stats.t.sf(difference / error, degrees))
