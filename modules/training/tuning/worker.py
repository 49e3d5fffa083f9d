"""The program of a process that trains trials: `python -m modules.training.tuning.worker DESCRIPTOR`.

The descriptor is that of a socket, over which come first a function that prepares the training, and then one task after
the other. When the other end is gone, so is this process, in the middle of a trial too.
"""

import contextlib
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection

from modules.base.compat import prepare_environment
from modules.base.errors import UserError
from modules.training.tuning.trial import Train, TrialTask

# What a message is: an epoch was trained; a result; a refusal that a person reads; why no trial can be trained here;
# the traceback of any other error.
TOLD, DONE, REFUSED, UNPREPARED, FAILED = "told", "done", "refused", "unprepared", "failed"
# What its environment has besides: several may share a GPU.
ENVIRONMENT = {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
# How much rather than others the system ends it where memory runs out, of 1,000: the run goes on without it.
_OUT_OF_MEMORY = "500"


def main(descriptor: int) -> None:
    """Trains what it is given until the other end is gone."""
    # A terminal sends these to all processes in it; the one that asks for trials decides what to do.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(_OUT_OF_MEMORY)
    connection = Connection(descriptor)
    received: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, received), daemon=True).start()
    prepare_environment(gpus=True)
    train = _prepared(connection, received.get())
    while True:
        _answer(connection, train, pickle.loads(received.get()))


def _prepared(connection: Connection, prepare: bytes) -> Train:
    try:
        train: Train = pickle.loads(prepare)()
    except UserError as error:
        connection.send((REFUSED, (error.where, error.what, error.fix)))
        raise
    except Exception as error:
        connection.send((UNPREPARED, f"{type(error).__name__}: {error}"))
        raise
    return train


def _answer(connection: Connection, train: Train, task: TrialTask) -> None:
    try:
        result = train(task, lambda epochs: connection.send((TOLD, epochs)))
    except UserError as error:
        connection.send((REFUSED, (error.where, error.what, error.fix)))
    except Exception:
        connection.send((FAILED, traceback.format_exc()))
    else:
        connection.send((DONE, result))


def _receive(connection: Connection, received: "queue.SimpleQueue[bytes]") -> None:
    try:
        while True:
            received.put(connection.recv_bytes())
    except (EOFError, OSError):
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
