import atexit
import functools
import getpass
import logging
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.transforms import core
from tensorflow.python.autograph.core import config as autograph

from modules.base import compat

pytestmark = pytest.mark.unit


def test_the_project_runs_on_keras_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "0")
    compat.prepare_environment()
    assert os.environ["TF_USE_LEGACY_KERAS"] == "1"


def test_a_user_without_home_and_name_gets_both_and_no_folder_called_after_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: int) -> None:
        raise KeyError("uid not found")

    for name in ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "")  # so that it is put back at the end
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.chdir(tmp_path)
    at_the_end: list[Callable[[], None]] = []
    monkeypatch.setattr(
        atexit, "register", lambda call, *given, **named: at_the_end.append(lambda: call(*given, **named))
    )
    compat.provide_home()
    home = os.path.expanduser("~")
    assert os.path.isdir(home) and os.path.isabs(home)
    assert getpass.getuser() == str(os.getuid())
    compat.provide_home()
    assert os.path.expanduser("~") == home
    (remove,) = at_the_end
    remove()
    assert not os.path.exists(home)
    assert os.listdir(tmp_path) == []


def test_a_log_level_that_the_caller_set_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.delenv("GRPC_VERBOSITY", raising=False)
    compat.prepare_environment()
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
    assert os.environ["GRPC_VERBOSITY"] == "ERROR"


@pytest.mark.parametrize(
    ("given", "gpus", "expected"),
    [(None, True, None), (None, False, ""), ("1", True, "1"), ("1", False, "1"), ("", True, "")],
)
def test_gpus_are_left_to_what_trains_and_to_who_chose_among_them(
    monkeypatch: pytest.MonkeyPatch, given: str | None, gpus: bool, expected: str | None
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if given is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    compat.prepare_environment(gpus=gpus)
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == expected


def test_autograph_leaves_tf_keras_tfmot_and_this_project_alone_and_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(autograph, "CONVERSION_RULES", (autograph.DoNotConvert("keras"),))
    compat.skip_autograph()
    compat.skip_autograph()
    *added, known = autograph.CONVERSION_RULES
    for rule, name in zip(
        added,
        (
            "tf_keras.src.engine.training",
            "tensorflow_model_optimization.python.core.keras.utils",
            "modules.graph.encoding",
            "components.quantizer.executor",
        ),
        strict=True,
    ):
        assert isinstance(rule, autograph.DoNotConvert)
        assert rule.matches(name)
        assert not rule.matches("tests.unit.modules.graph.test_encoding")
    assert known.matches("keras")


def test_a_level_that_dill_has_already_costs_no_logger_its_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("dill")
    monkeypatch.setitem(vars(logger), "setLevel", None)  # so that it is put back at the end
    del vars(logger)["setLevel"]
    logger.setLevel(logging.WARNING)
    compat.set_dill_log_level_once()
    compat.set_dill_log_level_once()
    cleared = []
    monkeypatch.setattr(logger.manager, "_clear_cache", lambda: cleared.append(logger.level))
    logger.setLevel(logging.WARNING)
    assert cleared == []
    logger.setLevel(logging.INFO)
    logger.setLevel(logging.WARNING)
    assert cleared == [logging.INFO, logging.WARNING]
    assert logger.level == logging.WARNING


def test_beam_inspects_a_function_once_and_is_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    inspected = []

    def inspect(function: Any) -> tuple[list[str], list[Any]]:
        inspected.append(function)
        return original(function)

    class Doer(beam.DoFn):
        def process(self, element: int, factor: int = 2, *rest: int, key: int = 1) -> list[int]:
            return [element * factor]

    original = core.get_function_args_defaults
    original = getattr(original, "__wrapped__", original)
    monkeypatch.setattr(core, "get_function_args_defaults", inspect)
    compat.remember_signatures_for_beam()
    compat.remember_signatures_for_beam()
    for _ in range(2):
        assert core.get_function_arguments(Doer(), "process") == (["element", "factor"], [2])
        assert core.get_function_args_defaults(Doer.process) == (["self", "element", "factor"], [2])
    core.get_function_args_defaults(Doer.process)[0].clear()
    assert core.get_function_args_defaults(Doer.process)[0] == ["self", "element", "factor"]
    assert len(inspected) == 2
    assert core.get_function_args_defaults(functools.partial(Doer.process, Doer())) == (["element", "factor"], [2])
    assert len(inspected) == 3


def test_how_many_rows_are_a_batch_is_no_matter_of_time() -> None:
    from absl import flags
    from tfx_bsl.coders import batch_util

    name = "tfxio_use_byte_size_batching"
    before = flags.FLAGS[name].default
    assert batch_util.GetBatchElementsKwargs(None)["min_batch_size"] == 1
    try:
        compat.fix_batch_sizes()
        chosen = batch_util.GetBatchElementsKwargs(None)
        assert chosen["min_batch_size"] == chosen["max_batch_size"]
        assert "target_batch_duration_secs" not in chosen
    finally:
        flags.FLAGS.set_default(name, before)
