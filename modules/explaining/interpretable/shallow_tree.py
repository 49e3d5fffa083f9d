"""One decision tree of a few questions."""

from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from modules.explaining.interpretable.given import Given, Readable, learnt_labels, of_scikit_learn

_DEPTH = 4
_LEAST_ROWS = 5
_SHARE = 0.005  # of the rows, which a leaf has at least
# A question stores its column, its threshold and where the answer no leads; the answer yes leads to the next one.
NUMBERS_OF_QUESTION = 3


def fit(given: Given) -> Readable:
    """Grows the tree on scaled numbers and a place for each category."""
    kind = DecisionTreeClassifier if given.target.kind.has_classes else DecisionTreeRegressor
    least = max(_LEAST_ROWS, int(_SHARE * len(given.training)))
    model = kind(max_depth=_DEPTH, min_samples_leaf=least, random_state=given.seed)
    model.fit(given.wide, learnt_labels(given), sample_weight=given.weights)
    leaves = int(model.get_n_leaves())
    return Readable(
        lambda rows: of_scikit_learn(given.target, model, given.plain.wide(rows)),
        NUMBERS_OF_QUESTION * (leaves - 1) + leaves * given.target.outputs,
        f"{leaves - 1} questions, at most {_DEPTH} for a row",
        len(given.training),
    )
