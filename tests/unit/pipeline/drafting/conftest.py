from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline.drafting import sample


@pytest.fixture
def table(tmp_path: Path) -> Callable[[Mapping[str, list]], sample.Sample]:
    """Returns a function that writes columns as a CSV file and takes its sample."""

    def write(columns: Mapping[str, list]) -> sample.Sample:
        path = tmp_path / "table.csv"
        rows = [list(columns), *zip(*columns.values(), strict=True)]
        path.write_text("".join(",".join("" if c is None else f'"{c}"' for c in row) + "\n" for row in rows))
        return sample.take(str(path))

    return write
