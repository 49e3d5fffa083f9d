"""What do the words mean: a line for each term that the page uses."""

from collections.abc import Sequence

from components.reporter.blocks import Glossary, Section

# By the term; it is explained if the page has one of the words behind it, or the term itself.
_TERMS: dict[str, tuple[str, str]] = {
    "95 % interval": ("where the value would lie in 95 of 100 draws of other test rows of the same kind", "95 %"),
    "accumulated local effects (ALE)": (
        "how the answer changes with a column among rows that have about that value already, added up",
        "(ALE)",
    ),
    "accuracy": ("the share of rows that are predicted right", ""),
    "AUC": ("the chance that a row of the class scores higher than one of another; 0.5 is guessing, 1 is perfect", ""),
    "AUC-PR": ("the area below precision against recall; guessing reaches the share of positive rows", ""),
    "bracket": ("one schedule of Hyperband: many trials for a few epochs, then fewer for longer", "brackets"),
    "base rate": ("the share of rows that are of the positive class, whatever the model says", ""),
    "calibration": (
        "how well predictions agree with what is observed; of a slice their mean over the labels'",
        "Calibration",
    ),
    "concept": ("rows that a query of the config chooses, and whatever they share", "Concepts by hidden layer"),
    "counterfactual": ("the nearest change of a row that would change the model's decision", ""),
    "confident learning": (
        "suspects a label if another class is as probable as it is for the rows that have that label",
        "",
    ),
    "FGSM, PGD": (
        "changes along the signs of the gradients, in one step (Goodfellow et al. 2015) or several (Madry et al. 2018)",
        "PGD",
    ),
    "proxy": ("a column that tells which group a row is of, and so stands in for a sensitive one", "stand in for"),
    "data gate": ("the step that stops the run, or warns, where the data is damaged or has changed", ""),
    "false discovery": (
        "what seems found and is chance; of what is shown, at most 5 % is expected to be",
        "false disc",
    ),
    "demographic parity": (
        "every group is predicted positive equally often, whatever its labels are",
        "demographic_parity",
    ),
    "drift": ("how differently a column is distributed in two splits", ""),
    "equal opportunity": ("the true positive rate is the same in every group", "equal_opportunity"),
    "equalized odds": ("true and false positive rate are the same in every group", "equalized_odds"),
    "explainable boosting machine": (
        "a sum of one boosted curve for each column and of surfaces for a few pairs, each of which can be looked at",
        "explainable boosting",
    ),
    "functional ANOVA": (
        "splits the differences between scores into what each hyperparameter explains alone, and pairs only together",
        "",
    ),
    "false negative rate": ("the share of positive rows that are predicted negative", ""),
    "false positive rate": ("the share of negative rows that are predicted positive", ""),
    "…@0.8": ("that form of the network of whose weights pruning set 80 % to zero", "@0."),
    "form": ("a numeric form of the network: float32, float16, or integers of 8 bits", ""),
    "Friedman's H": (
        "the share of the joint effect of two columns that the sum of both does not explain, as a root: 0 to 1",
        "",
    ),
    "four-fifths rule": (
        "no group's positive rate is below 0.8 of another's: a rule of thumb of US labour law, no proof of fairness",
        "demographic_parity_ratio",
    ),
    "gap": ("the largest difference between two slices of the same columns", "gaps"),
    "individual conditional expectation (ICE)": ("the answer to one row while one of its columns changes", "(ICE)"),
    "int8_ptq": ("weights and activations as 8-bit integers, quantized after training", ""),
    "int8_qat": ("the same, with training that takes the rounding into account", ""),
    "dynamic_range": ("weights as 8-bit integers, activations as floats", ""),
    "hypervolume": (
        "the share of the box between the best and the worst value of each objective that is beaten by the front",
        "Hypervolume",
    ),
    "ladder": ("all models side by side, from the teacher to the smallest form", "Ladder"),
    "kernel difference": (
        "the largest distance between answers of one file by LiteRT's default delegate and by its reference kernels",
        "",
    ),
    "last blessed model": ("the model that last passed every release check, measured on the same test rows", ""),
    "LIME": ("a linear model of the answers around one row; where its R² is low, its weights are no reasons", ""),
    "log loss": ("the mean of −log of the probability that was given to the right class; lower is better", ""),
    "MAE": ("the mean distance between prediction and label", ""),
    "majority class": ("what a model would score that gives every row the most frequent class", ""),
    "kept, broken, undecided": (
        "all of a promise's 95 % interval is within the limit; all is beyond it; the rows leave both open",
        "undecided",
    ),
    "near-duplicate": ("a row with the categories of another, and nearly its numbers", "ear-duplicate"),
    "p50, p99": ("the median, and the time that 99 of 100 predictions stay below", "p99"),
    "paired comparison": ("two models on the same rows, so that only rows with another answer count", "loss of "),
    "permutation importance": (
        "how much worse the model is when the values of a column are shuffled among the rows",
        "",
    ),
    "partial dependence": ("the mean answer to all rows while one column has the same value in all of them", ""),
    "Pareto front": ("the models than which none is both smaller and better", "front"),
    "positive rate": ("the share of rows that are predicted positive", ""),
    "precision": ("the share of the rows predicted positive that are positive", ""),
    "principal component": ("a weighted sum of columns; the first ones explain the most variance", "component"),
    "promise": ("a rule of the config that the model must keep to ship, for all rows or for a group", "Promises"),
    "pruned": ("with the smallest weights set to zero", ""),
    "residual": ("what is observed less what is predicted; above 0, too little was predicted", "Residual"),
    "rule fit": ("a weighted sum of rules, taken from small trees, of which a penalty leaves few", ""),
    "R²": ("the share of the label's variance that is explained; 0 is predicting the mean", ""),
    "rank correlation": ("how alike two orders are: 1 is the same, 0 is chance, −1 is the reverse", "Rank correlation"),
    "recall": ("the share of positive rows that are predicted positive; also true positive rate", ""),
    "release check": ("a rule that the model must keep to be pushed", "Release checks"),
    "RMSE": ("the root of the mean squared distance between prediction and label", ""),
    "Shapley value": (
        "what a column adds to an answer, in the mean over all orders in which the columns may join",
        "Shapley",
    ),
    "slice": ("rows that share values of columns, such as all of one region", "slices"),
    "sparsity": ("the share of weights that are zero", ""),
    "split": ("the rows for training, for validation while training, and for the test at the end", "splits"),
    "student": ("a small network that learns from the teacher's probabilities (distillation)", ""),
    "teacher": (
        "what the student learns from: the best network of the search, boosted trees, or both",
        "",
    ),
    "threshold": ("the probability above which a row is predicted positive", "Threshold"),
    "top-3 accuracy": ("the share of rows whose class is among the three most probable ones", ""),
    "true positive rate": ("the share of positive rows that are predicted positive; also recall", ""),
}


def section(parts: Sequence[Section]) -> Section | None:
    """Builds the section; None where the page uses no term.

    Args:
        parts: The other sections of the page.
    """
    shown = " ".join(part.model_dump_json(exclude={"blocks": {"__all__": {"spec"}}}) for part in parts)
    terms = {
        term: meaning
        for term, (meaning, other) in sorted(_TERMS.items(), key=lambda item: item[0].lower())
        if term in shown or (other and other in shown)
    }
    if not terms:
        return None
    lead = "The terms of this page, one line each."
    return Section(id="glossary", title="What do the words mean?", lead=lead, order=80, blocks=[Glossary(terms=terms)])
