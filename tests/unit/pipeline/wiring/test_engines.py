import pytest
from tfx.utils import dependency_utils

from pipeline.wiring import engines

pytestmark = pytest.mark.unit


def test_tfx_packs_no_source_archive_for_beam_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependency_utils, "build_ephemeral_package", lambda: "tfx.tar.gz")
    arguments = engines.local_beam_args()
    assert dependency_utils.make_beam_dependency_flags(arguments) == arguments
