"""What summary.json has of the rows of a run, from what the steps left; the steps are stand-ins."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.reporter.facts import data
from modules.base.records import ArtifactRecord

pytestmark = pytest.mark.unit


def test_rows_without_label_time_and_date_are_counted() -> None:
    # On Kubeflow all numbers are floating-point ones.
    properties = {"without_label_rows": 4.0, "without_time_rows": 3, "train_rows": 9}
    sources: Any = SimpleNamespace(records={"examples": ArtifactRecord(1, "nowhere", properties)})
    assert data.facts(sources)["rows_without"] == {"label": 4, "time": 3, "date": 0}
