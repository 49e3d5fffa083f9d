from typing import Any

import numpy as np
import pytest

from benchmarks.ladder import page, timing
from modules.contracts.tflite import ModelCard

pytestmark = pytest.mark.unit


def result(auc: float, ships: str) -> page.SeedResult:
    student = {"form": "student", "auc": 0.927, "bytes": 120_000, "gzip_bytes": 95_000, "sparsity": 0.0}
    point: dict[str, Any] = {"form": "int8_qat@0.8", "auc": auc, "bytes": 32_000, "gzip_bytes": 11_000}
    point |= {"sparsity": 0.8, "low": auc - 0.004, "high": auc + 0.004, "same_decisions": 0.9934}
    point |= {"gain": auc - 0.927, "gain_low": auc - 0.9272, "gain_high": auc - 0.9268}
    ladder = [student, point]
    summary = {"shipped_form": ships, "size": {"metric": "auc"}, "ladder": ladder}
    return page.SeedResult(summary, {"int8_qat@0.8": 50.0, "student": 49.0})


def test_a_point_is_the_median_of_the_seeds_with_the_intervals_of_the_middle_one() -> None:
    results = [result(auc, "int8_qat@0.8") for auc in (0.9262, 0.9270, 0.9268)]
    text = page.page({"small": results}, {"small": "run it"}, "2 cores")
    assert "`run it`, 3 seeds, 2 cores." in text
    assert "| small | int8_qat@0.8 | AUC 0.9268 | 32,000 | 11,000 | 50 | 99.34% |" in text
    gain = "-0.00020 (-0.00040 to 0.00000)"
    assert f"| **int8_qat@0.8** | 0.9268 | 0.9228 to 0.9308 | {gain} | 99.34% | 32,000 | 11,000 | 80% | 50 |" in text
    assert "| student | 0.9270 | – | – | – | 120,000 | 95,000 | 0% | 49 |" in text


def test_a_row_of_a_table_becomes_the_inputs_of_a_model() -> None:
    inputs = [{"name": "Age", "tensor": "age", "dtype": "int64"}, {"name": "sex", "tensor": "sex", "dtype": "string"}]
    row = timing.raw_row(ModelCard("int8_qat", inputs, [], "binary", "y"), {"Age": 39, "sex": "Male", "other": 1})
    assert {name: (array.dtype.kind, array.tolist()) for name, array in row.items()} == {
        "age": ("i", [[39]]),
        "sex": ("O", [[b"Male"]]),
    }
    assert row["age"].dtype == np.int64
