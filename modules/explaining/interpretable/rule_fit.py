"""RuleFit: a weighted sum of a few rules, such as `education_num > 12 and age > 30`, and of the numbers themselves.

The rules are the nodes of small trees that are boosted, each on a part of the rows; a penalty of the absolute weights
leaves few of them.

References:
    Friedman and Popescu, Predictive Learning via Rule Ensembles, Annals of Applied Statistics 2, 2008: the trees'
    random sizes, the parts of the rows (section 3.3), and the scale of the numbers beside the rules (section 5).
"""

import dataclasses

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from modules.explaining.interpretable import weighted_sum
from modules.explaining.interpretable.given import Given, Readable, mean_response
from modules.explaining.interpretable.weighted_sum import WeightedSum

_TREES, _MEAN_LEAVES, _LEARNING_RATE = 60, 4, 0.05
_MOST_RULES = 250
# What a number beside the rules counts: the deviation of a rule of half the rows is 0.5, of a typical one 0.4.
_OF_NUMBERS = 0.4
_HELD_OUT = 5
_PENALTIES = (0.3, 0.1, 0.03, 0.01, 0.003)  # as shares of the one that leaves nothing
_STEPS, _LAST_STEPS = 40, 80
_LEFT = 1e-6
# A condition stores its column, its threshold and its direction.
_NUMBERS_OF_CONDITION = 3


@dataclasses.dataclass(frozen=True)
class Rule:
    """Conditions that all have to be true: place in the wide row, whether it is above, and the threshold."""

    conditions: tuple[tuple[int, bool, float], ...]

    def holds(self, wide: np.ndarray) -> np.ndarray:
        """Tells of which rows it is true, bool [n]."""
        found = np.ones(len(wide), bool)
        for place, above, threshold in self.conditions:
            found &= (wide[:, place] > threshold) == above
        return found


def fit(given: Given) -> Readable:
    """Finds rules, and the weights of those that are needed, on half of the rows."""
    taken = given.sample(max(1, len(given.training) // 2))
    rules = grow(taken)
    numbers = [place for place, (_, what) in enumerate(taken.plain.wide_names) if what == "value"]

    def columns(wide: np.ndarray) -> np.ndarray:
        return np.column_stack([*(rule.holds(wide) for rule in rules), _OF_NUMBERS * wide[:, numbers]])

    found = _few_weights(taken, columns(taken.wide).astype(np.float32))
    left = np.abs(found.weights).max(axis=1) > _LEFT
    kept = [rule for rule, needed in zip(rules, left, strict=False) if needed]
    conditions = sum(len(rule.conditions) for rule in kept)
    return Readable(
        lambda rows: given.target.kind.from_logits(given.target, found.of(columns(given.plain.wide(rows)))),
        _NUMBERS_OF_CONDITION * conditions + int(left.sum()) * given.target.outputs + 2 * len(given.plain.centres),
        f"{len(kept):,} rules and {int(left[len(rules) :].sum())} numbers",
        len(taken.training),
    )


def grow(given: Given) -> list[Rule]:
    """Returns the rules of boosted trees, each once, at most 250."""
    generator = np.random.default_rng(given.seed)
    count = len(given.training)
    part = min(count, max(2, int(min(count / 2, 100 + 6 * np.sqrt(count)))))
    learnt = np.zeros_like(given.wanted)
    rules: dict[Rule, None] = {}
    for _ in range(_TREES):
        places = generator.choice(count, part, replace=False)
        leaves = 2 + int(generator.exponential(_MEAN_LEAVES - 2))
        tree = DecisionTreeRegressor(max_leaf_nodes=leaves, random_state=int(generator.integers(2**31)))
        missed = given.wanted - mean_response(given.target, learnt)
        tree.fit(given.wide[places], missed[places], sample_weight=given.weights[places])
        learnt = learnt + _LEARNING_RATE * tree.predict(given.wide).reshape(learnt.shape) / missed.var().clip(1e-6)
        rules |= dict.fromkeys(_of_tree(tree))
        if len(rules) >= _MOST_RULES:
            break
    return list(rules)[:_MOST_RULES]


def _of_tree(tree: DecisionTreeRegressor) -> list[Rule]:
    """Returns the rule of every node but the first; of its two children only one, since the other is its opposite."""
    nodes, rules = tree.tree_, []
    waiting: list[tuple[int, tuple[tuple[int, bool, float], ...]]] = [(0, ())]
    while waiting:
        node, conditions = waiting.pop()
        if nodes.children_left[node] < 0:
            continue
        place, threshold = int(nodes.feature[node]), float(nodes.threshold[node])
        for child, above in ((nodes.children_left[node], False), (nodes.children_right[node], True)):
            inner = (*conditions, (place, above, threshold))
            if above or conditions:
                rules.append(Rule(tuple(sorted(inner))))
            waiting.append((int(child), inner))
    return rules


def _few_weights(given: Given, matrix: np.ndarray) -> WeightedSum:
    """Returns the weights with the penalty whose loss on every fifth row, held out, is the smallest."""
    held = np.arange(len(matrix)) % _HELD_OUT == 0
    target, wanted, counted = given.target, given.wanted, given.weights
    most = _largest_penalty(given, matrix)
    found = weighted_sum.nothing(target, matrix.shape[1])
    best: tuple[float, float, WeightedSum] | None = None
    for share in _PENALTIES:
        lasso = share * most
        found = weighted_sum.fit(matrix[~held], wanted[~held], counted[~held], target, lasso, 0.0, _STEPS, found)
        loss = weighted_sum.loss(target, found.of(matrix[held]), wanted[held], counted[held])
        if best is None or loss < best[0]:
            best = loss, lasso, found
    assert best is not None
    return weighted_sum.fit(matrix, wanted, counted, target, best[1], 0.0, _LAST_STEPS, best[2])


def _largest_penalty(given: Given, matrix: np.ndarray) -> float:
    """Returns the penalty from which on every weight is 0."""
    centred = given.wanted - np.average(given.wanted, axis=0, weights=given.weights)
    return float(np.abs(matrix.T @ (given.weights[:, None] * centred)).max() / len(matrix)) or 1.0
