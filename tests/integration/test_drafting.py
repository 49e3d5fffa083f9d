"""What `init` drafts of messy tables passes everything up to the gate, run by LocalDagRunner."""

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.integration

N = 3_000


def text_table(folder: Path) -> Path:
    """Writes 3,000 rows as a spreadsheet of another country exports them; two classes are rare, and a label missing."""
    chance = random.Random(3)
    lines = ["nr;Größe;Umsatz;plz;farbe;seit;bemerkung;leer;immer;klasse"]
    for row in range(N):
        size = "k. A." if chance.random() < 0.1 else f"{chance.gauss(0, 3):.2f}".replace(".", ",")
        sales = f"{np.exp(2 * chance.gauss(0, 1)):.2f}".replace(".", ",")
        colour = chance.choice(["rot", "grün", "", "n/a", f"f{row % 1_500}"])
        label = {0: "", 1: "selten", 2: "selten"}.get(row, f"c{chance.randrange(3)}")
        since = f"{2000 + row % 20}-03-{row % 28 + 1:02}"
        lines.append(f"{row};{size};{sales};{chance.randrange(90)};{colour};{since};so {row} oder „anders“;;x;{label}")
    path = folder / "Umsätze.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def typed_table(folder: Path) -> Path:
    """Writes 3,000 rows of Parquet in the order of their time, with a column that begins late."""
    chance = np.random.default_rng(3)
    x = chance.normal(size=N)
    columns = {
        "at": pa.array(np.datetime64("2024-01-01") + (3_600 * np.arange(N)).astype("timedelta64[s]")),
        "x": pa.array(np.where(chance.random(N) < 0.1, np.nan, x)),
        "late": pa.array([None] * 2_000 + ["a", "b"] * 500),
        "flag": pa.array(chance.random(N) < 0.5),
        "empty": pa.array([""] * 10 + ["u", "v"] * ((N - 10) // 2)),
        "y": pa.array(np.round(np.exp(x), 3)),
    }
    pq.write_table(pa.table(columns), folder / "readings.parquet")
    return folder / "readings.parquet"


@pytest.mark.parametrize(
    ("table", "label", "task"), [(text_table, "klasse", "multiclass"), (typed_table, "y", "regression")]
)
def test_a_draft_passes_the_gate_without_an_edit(tmp_path: Path, table: Any, label: str, task: str) -> None:
    from tfx.orchestration.local.local_dag_runner import LocalDagRunner
    from tfx.orchestration.pipeline import RunOptions

    from modules.contracts import data_findings
    from pipeline import config
    from pipeline.drafting import draft
    from pipeline.lineage import Lineage
    from pipeline.wiring import engines
    from pipeline.wiring.pipeline import create_pipeline

    plan, path = draft.draft(str(table(tmp_path)), label, None, os.path.join(str(tmp_path), "data"))
    settings = config.load(path)
    assert settings.label.task == task
    metadata = str(tmp_path / "metadata.sqlite")
    whole = create_pipeline(settings, str(tmp_path / "artifacts"), metadata, str(tmp_path / "pushed"), engines.local())
    LocalDagRunner().run(whole, run_options=RunOptions(to_nodes=["DataGate"]))
    lineage = Lineage(metadata, settings.name)
    rows = lineage.latest("TableExampleGen").outputs["examples"].properties  # type: ignore[union-attr]
    missing = plan.target.column.missing
    assert rows["without_label_rows"] == missing
    assert rows["train_rows"] + rows["validation_rows"] + rows["test_rows"] == N - missing
    found = data_findings.read(lineage.latest("DataGate").outputs["findings"].uri)  # type: ignore[union-attr]
    assert not [finding for finding in found if finding.severity == "stop"]
