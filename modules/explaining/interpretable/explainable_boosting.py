"""Explainable boosting: a sum of one curve for each column, and of one surface for each of a few pairs, all boosted.

References:
    Lou et al., Accurate Intelligible Models with Pairwise Interactions, KDD 2013; Nori et al., InterpretML: A Unified
    Framework for Machine Learning Interpretability, 2019 (arXiv:1909.09223), whose package this calls.
"""

import warnings

from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor

from modules.explaining.interpretable.given import Given, Readable, learnt_labels, of_scikit_learn

_PAIRS = 5
_ROUNDS, _LEARNING_RATE, _BINS = 400, 0.04, 64


def fit(given: Given) -> Readable:
    """Boosts twice, on other rows held out each time; in one process."""
    kind = ExplainableBoostingClassifier if given.target.kind.has_classes else ExplainableBoostingRegressor
    model = kind(
        feature_types=["nominal" if is_category else "continuous" for is_category in given.plain.is_categorical],
        interactions=_PAIRS if given.target.outputs == 1 else 0,
        max_bins=_BINS,
        max_rounds=_ROUNDS,
        learning_rate=_LEARNING_RATE,
        outer_bags=2,
        n_jobs=1,
        random_state=given.seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(given.plain.ordinal(given.training.rows), learnt_labels(given), sample_weight=given.weights)
    scores = sum(of_term.size for of_term in model.term_scores_)
    cuts = sum(len(levels[0]) for levels in model.bins_ if not isinstance(levels[0], dict))
    pairs = sum(len(columns) > 1 for columns in model.term_features_)
    return Readable(
        lambda rows: of_scikit_learn(given.target, model, given.plain.ordinal(rows)),
        scores + cuts,
        f"{len(model.term_features_) - pairs} curves and {pairs} surfaces",
        len(given.training),
    )
