"""Whether the files of a step's results are still what they were when the step had made them.

The digests of a step's results are recorded on its execution in ML Metadata once it is complete, and compared before a
result is taken from the cache, or looked up as what a run is compared with. A file is compared by its size, and by its
SHA-256 where it is small or its time of change is another one. So a file that is missing, added, cut or longer is found
always, and any change of a file of up to 4 MiB; a larger file that was changed within its size is found unless its time
was set back, or the disk itself changed it. Examples and the like are not read again for nothing.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration.portable import cache_utils

# The property of an execution: by the number of each of its artifacts, size, time and digest of each file.
_PROPERTY = "files"
# Files of up to so many bytes are always read: all models, cards, verdicts, profiles and reports.
_ALWAYS_READ = 2**22
_BLOCK_BYTES = 2**20

_Files = dict[str, tuple[int, int, str]]


def record(store: Any, execution: int) -> None:
    """Records the files of what an execution has made.

    Args:
        store: The `ml_metadata.MetadataStore`.
        execution: Number of the execution, which is complete.
    """
    events = [e for e in store.get_events_by_execution_ids([execution]) if e.type == metadata_store_pb2.Event.OUTPUT]
    artifacts = store.get_artifacts_by_id([event.artifact_id for event in events])
    found = {artifact.id: _files(artifact.uri) for artifact in artifacts if _is_local(artifact.uri)}
    (made,) = store.get_executions_by_id([execution])
    made.custom_properties[_PROPERTY].string_value = json.dumps(found)
    store.put_executions([made])


def damage(store: Any, artifacts: Iterable[tuple[int, str]], must_be_recorded: bool = False) -> str | None:
    """Returns which file is no longer what it was, and how; None if all are.

    Args:
        store: The `ml_metadata.MetadataStore`.
        artifacts: Number and URI of each artifact.
        must_be_recorded: Whether one on this machine counts as damaged, too, whose files were never recorded, because
            its run was killed just then.
    """
    uris = dict(artifacts)
    if not uris:
        return None
    events = store.get_events_by_artifact_ids(list(uris))
    makers = {event.execution_id for event in events if event.type == metadata_store_pb2.Event.OUTPUT}
    known: dict[int, Mapping[str, Any]] = {}
    for execution in store.get_executions_by_id(sorted(makers)):
        if _PROPERTY in execution.custom_properties:
            recorded = json.loads(execution.custom_properties[_PROPERTY].string_value)
            known |= {int(number): files for number, files in recorded.items()}
    return next(
        (how for number, uri in uris.items() if (how := _difference(uri, known.get(number), must_be_recorded))), None
    )


@contextlib.contextmanager
def checked_cache(mention: Callable[[str], None]) -> Iterator[None]:
    """Lets TFX take nothing from its cache whose files are damaged: the step runs again.

    TFX itself asks only whether the folder is there, and has no place to ask more.

    Args:
        mention: Called with what `damage` says.
    """
    stock = cache_utils.get_cached_outputs

    def checked(metadata_handle: Any, cache_context: Any) -> Any:
        outputs = stock(metadata_handle=metadata_handle, cache_context=cache_context)
        artifacts = [artifact for of_key in (outputs or {}).values() for artifact in of_key]
        how = damage(metadata_handle.store, [(artifact.id, artifact.uri) for artifact in artifacts], True)
        if how is None:
            return outputs
        mention(how)
        return None

    cache_utils.get_cached_outputs = checked
    try:
        yield
    finally:
        cache_utils.get_cached_outputs = stock


def _difference(uri: str, known: Mapping[str, Any] | None, must_be_recorded: bool) -> str | None:
    if not _is_local(uri):
        return None
    if known is None:
        unknown = f"{uri} was left by a run that was killed before it had a record of the files"
        return unknown if must_be_recorded else None
    found = dict(_stats(uri))
    for name, (size, changed, digest) in known.items():
        path = os.path.join(uri, name)
        if name not in found:
            return f"{path} is missing"
        if found[name].st_size != size:
            return f"{path} has {found[name].st_size:,} bytes and had {size:,}"
        if (size <= _ALWAYS_READ or found[name].st_mtime_ns != changed) and _digest(path) != digest:
            return f"{path} was changed"
    added = sorted(found.keys() - known.keys())
    return f"{os.path.join(uri, added[0])} was added" if added else None


def _is_local(uri: str) -> bool:
    return "://" not in uri


def _files(uri: str) -> _Files:
    return {
        name: (stat.st_size, stat.st_mtime_ns, _digest(os.path.join(uri, name))) for name, stat in sorted(_stats(uri))
    }


def _stats(uri: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yields the files of an artifact by their paths within it, but for hidden ones, as file managers leave them."""
    for folder, folders, names in os.walk(uri):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                path = os.path.join(folder, name)
                yield os.path.relpath(path, uri), os.stat(path)


def _digest(path: str) -> str:
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            found.update(block)
    return found.hexdigest()
