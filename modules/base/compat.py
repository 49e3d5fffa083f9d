"""What the environment must hold before TensorFlow starts, and what TFX and tf_keras need once it has."""

import atexit
import functools
import logging
import os
import shutil
import tempfile
import types
import warnings
import weakref
from typing import Any

_WITHOUT_AUTOGRAPH = ("tf_keras", "tensorflow_model_optimization", "modules", "components")


def prepare_environment(*, gpus: bool = False) -> None:
    """Sets the variables that TensorFlow and Beam read when they are imported. Call it before any import of them.

    Keras 2 (`tf_keras`) is the Keras of the whole project: TFT, TFMA and tfmot know no other. The variables that
    quieten the C++ logs, and the choice of GPUs, keep out of the way of a caller who set them.

    Args:
        gpus: Whether TensorFlow may use the GPUs of this machine. Only a run trains; everything else would take their
            memory for nothing, and mention those that are missing.
    """
    provide_home()
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    if not gpus:
        os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"google\..*")
    warnings.filterwarnings("ignore", category=DeprecationWarning)


def provide_home() -> None:
    """Gives libraries a home and a user's name where this user has neither, as in a container under any number.

    Keras would make a folder called `~`, and others fail. What they keep there is removed when the process ends.
    """
    if os.path.expanduser("~") != "~":
        return
    home = tempfile.mkdtemp(prefix="home-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["HOME"] = home
    os.environ.setdefault("USER", str(os.getuid()))


def fix_batch_sizes() -> None:
    """Lets TFX cut rows into batches by what they hold, and not by how long the batches before them took.

    TensorFlow's results can differ in the last bit between batches of another size: with sizes that depend on the
    machine's load, training from the same rows and the same seed would end in another model.
    """
    from absl import flags
    from tfx_bsl.coders import batch_util  # noqa: F401 - defines the flag

    flags.FLAGS.set_default("tfxio_use_byte_size_batching", True)


def set_dill_log_level_once() -> None:
    """Lets dill's logger ignore a level that it has already.

    Beam resets that level after each object that it pickles, thousands of times for a small table, and each time the
    logging module forgets what it knows of all loggers of the process.
    """
    logger = logging.getLogger("dill")
    if "setLevel" in vars(logger):
        return
    set_level = logger.setLevel

    def set_another_level(level: int | str) -> None:
        if level != logger.level:
            set_level(level)

    logger.setLevel = set_another_level  # type: ignore[method-assign]


def list_executions_by_number() -> None:
    """Lets ML Metadata list all executions of a context, also after the clock was set back.

    By default it lists the latest first, a hundred at a time, and begins each further page below both the time and the
    number that the page before ended with. Once the clock has gone back, an execution can be newer by its number and
    older by its time: it is then on no page, and TFX does not find a step's inputs. Listed by number, none is lost.
    """
    from ml_metadata import ListOptions, MetadataStore, OrderByField

    listed = MetadataStore.get_executions_by_context
    if hasattr(listed, "__wrapped__"):
        return

    @functools.wraps(listed)
    def by_number(store: Any, context_id: int, list_options: Any = None, extra_options: Any = None) -> Any:
        options = list_options or ListOptions(order_by=OrderByField.ID, is_asc=False)
        return listed(store, context_id, options, extra_options)

    MetadataStore.get_executions_by_context = by_number


def remember_signatures_for_beam() -> None:
    """Lets Beam inspect each function once.

    Beam looks at the signature of every method of every DoFn several times for each bundle that it runs: up to a fifth
    of the time of a step that uses Beam on a small table. The function that does so is not a public interface: where it
    has moved, steps that use Beam are slower and nothing else changes.
    """
    from apache_beam.transforms import core

    inspect = getattr(core, "get_function_args_defaults", None)
    if inspect is None:
        logging.getLogger(__name__).warning("Beam's inspection of functions has moved: its steps will be slow.")
        return
    if hasattr(inspect, "__wrapped__"):
        return
    known: weakref.WeakKeyDictionary[types.FunctionType, dict[bool, Any]] = weakref.WeakKeyDictionary()

    @functools.wraps(inspect)
    def remembered(function: Any) -> tuple[list[str], list[Any]]:
        bound = isinstance(function, types.MethodType)
        plain = function.__func__ if bound else function
        if not isinstance(plain, types.FunctionType):
            return inspect(function)
        by_binding = known.setdefault(plain, {})
        if bound not in by_binding:
            by_binding[bound] = inspect(function)
        names, defaults = by_binding[bound]
        return [*names], [*defaults]

    core.get_function_args_defaults = remembered


def skip_autograph() -> None:
    """Tells AutoGraph not to convert tf_keras, tfmot and this project, as TensorFlow already tells it of keras.

    TensorFlow's list of modules that need no conversion names `keras` but not `tf_keras`, so that the first `fit` of a
    process spends some 15 s on rewriting library code that has no Python control flow over tensors; tfmot's wrappers
    take 2 s more. This project has no such control flow either (it would be refused with an error): converting the few
    functions that encode rows would be a third of a step that trains on a small table. The list is not a public
    interface: where it has moved, training is slower and nothing else changes.
    """
    try:
        from tensorflow.python.autograph.core import config
    except ImportError:
        logging.getLogger(__name__).warning("AutoGraph's conversion rules have moved: the first fit will be slow.")
        return
    known = {getattr(rule, "_prefix", None) for rule in config.CONVERSION_RULES}
    missing = [config.DoNotConvert(name) for name in _WITHOUT_AUTOGRAPH if name not in known]
    config.CONVERSION_RULES = (*missing, *config.CONVERSION_RULES)
