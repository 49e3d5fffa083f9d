"""What stands at the head of the page."""

import pytest

from components.reporter import page

pytestmark = pytest.mark.unit


def test_a_run_is_dated_in_its_own_time_and_as_people_write_it() -> None:
    stopped = {"name": "shop", "stopped": {"step": "Tuner", "message": "no"}, "finished": "2026-11-25T14:40:31+01:00"}
    stopped |= {"task": "binary", "ladder": [], "gates": [], "data_gate": [], "slices": []}
    assert "2026-11-25 14:40 UTC+01:00" in page.render(stopped)
    assert "2026-11-25 14:40 UTC<" in page.render(stopped | {"finished": "2026-11-25T14:40:31+00:00"})
