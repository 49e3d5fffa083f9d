"""TensorBoard over the latest run: every trial, teacher, student, pruning and quantization-aware training, by name."""

import contextlib
import os
import signal
import tempfile

from modules.base.compat import prepare_environment
from modules.base.errors import UserError
from modules.contracts import training_curves
from pipeline import terminal
from pipeline.lineage import METADATA_FILE, Lineage
from pipeline.stores import check_store

_TRAININGS = {"teacher": "Teacher", "student": "Student", "pruner": "Pruner", "quantizer": "Quantizer"}


def show(output: str, pipeline: str, port: int | None = None) -> None:
    """Serves TensorBoard on this machine alone, until it is stopped, and prints one line with its address.

    Args:
        output: Folder of the runs.
        pipeline: Name of the pipeline.
        port: Where to; None takes the first free one from 6006 on.

    Raises:
        UserError: If there is no run with logs, or the port is taken.
    """
    metadata = os.path.join(output, METADATA_FILE)
    if not os.path.exists(metadata):
        raise _no_run(output, pipeline)
    check_store(metadata)
    prepare_environment()
    with terminal.quiet(os.path.join(output, "logs", "tensorboard.log")) as out:
        folders = log_folders(Lineage(metadata, pipeline))
        if not folders:
            raise _no_run(output, pipeline)
        with tempfile.TemporaryDirectory(prefix="tensorboard-") as root:
            link(folders, root)
            trainings = f"{len(folders)} training{'' if len(folders) == 1 else 's'}"
            out.write(f"TensorBoard of {pipeline}, {trainings}: {_launch(root, port)} (Ctrl-C ends it)\n")
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


def _no_run(output: str, pipeline: str) -> UserError:
    what = f"holds no run of {pipeline!r} that has trained anything"
    return UserError(f"--output {output}", what, "Run the pipeline first (make demo), or name its --output")


def log_folders(lineage: Lineage) -> dict[str, str]:
    """Returns the folders of TensorBoard's logs of the latest run, by the name under which they are shown."""
    folders = {}
    for name, step in _TRAININGS.items():
        run = lineage.latest(step)
        if run is not None and "model_run" in run.outputs:
            folders[name] = run.outputs["model_run"].uri
    search = lineage.latest("Tuner")
    record = training_curves.trials_folder(search.outputs["tuner_results"].uri) if search is not None else ""
    for trial in sorted(os.listdir(record)) if os.path.isdir(record) else []:
        if os.path.isdir(os.path.join(record, trial)):
            folders[f"trial {int(trial):04d}"] = os.path.join(record, trial)
    return {name: folder for name, folder in folders.items() if os.path.isdir(folder)}


def link(folders: dict[str, str], root: str) -> None:
    """Makes one folder of all: TensorBoard calls a run by its folder."""
    for name, folder in folders.items():
        os.symlink(os.path.abspath(folder), os.path.join(root, name), target_is_directory=True)


def _launch(root: str, port: int | None) -> str:
    """Starts TensorBoard in threads of this process, and returns its address."""
    from tensorboard import default, program

    server = program.TensorBoard(default.get_plugins())
    arguments = ["", "--logdir", root, "--host", "127.0.0.1", "--load_fast", "false"]
    server.configure([*arguments, *(["--port", str(port)] if port is not None else [])])
    try:
        return str(server.launch())
    except program.TensorBoardServerError as error:
        raise UserError(f"--port {port}", f"cannot be used ({error})", "Give another one") from None
