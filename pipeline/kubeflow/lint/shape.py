"""The form of a compiled file: maps, lists and values where the backends' protocol buffers have them.

Everything else reads what `canonical` returns, so that no file, whatever it holds, can surprise it.
"""

import math
from collections.abc import Iterator
from typing import Any

from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint.finding import Finding

# Far beyond any pipeline: a few hundred bytes with aliases can stand for billions of values.
_MOST_VALUES, _DEEPEST = 200_000, 90
_ANYTHING = "google.protobuf.Value"
_ANY_MAP = "google.protobuf.Struct"
_DURATION = "google.protobuf.Duration"
_UNREAD = "the backend's parser refuses the file"


def canonical(document: Document) -> tuple[Document | None, list[Finding]]:
    """Parses every part strictly, as the backends do.

    Returns:
        The document as the protocol buffers have it, with known fields only and no nulls, or None where it cannot be
        parsed; and what was found.
    """
    from kfp.pipeline_spec import pipeline_spec_pb2 as protos

    spec, platform = document.spec, document.platform
    all_findings = [finding for part in (spec, document.job, platform) for finding in _plain(part)]
    if all_findings:
        return None, all_findings
    parsed: dict[str, dict[str, Any]] = {}
    failed = False
    parts: list[tuple[str, Any, Any]] = [
        ("pipelineSpec", spec, protos.PipelineSpec()),
        ("deploymentSpec", spec.get("deploymentSpec", {}), protos.PipelineDeploymentConfig()),
        ("PipelineJob", document.job, protos.PipelineJob()),
        ("platforms", platform, protos.PlatformSpec()),
    ]
    for name, part, message in parts:
        read, findings = _parse(name, part, message)
        all_findings += findings
        failed = failed or read is None
        parsed[name] = read or {}
    if failed:
        return None, all_findings
    whole = parsed["pipelineSpec"] | {"deploymentSpec": parsed["deploymentSpec"]}
    return Document(document.target, whole, parsed["PipelineJob"], parsed["platforms"]), all_findings


def _plain(part: Any) -> Iterator[Finding]:
    """Checks, without recursion, that there is nothing but what JSON can say, and not too much of it."""
    seen, waiting = 0, [(part, 0, "")]
    while waiting:
        value, depth, path = waiting.pop()
        seen += 1
        if seen > _MOST_VALUES or depth > _DEEPEST:
            what = "it nests too deeply" if depth > _DEEPEST else f"it stands for more than {_MOST_VALUES:,} values"
            yield Finding(_top(path), what, "no backend reads that much")
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                if not isinstance(key, str) or not _encodes(key):
                    yield Finding(_top(path), f"{path or 'it'} has the key {key!r}", "keys are texts")
                else:
                    waiting.append((inner, depth + 1, f"{path}.{key}".lstrip(".")))
        elif isinstance(value, list):
            waiting += [(inner, depth + 1, f"{path}.{number}") for number, inner in enumerate(value)]
        elif not _is_json(value):
            yield Finding(_top(path), f"{path} is {type(value).__name__} {value!r:.60}", "JSON has no such value")


def _is_json(value: Any) -> bool:
    if isinstance(value, str):
        return _encodes(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**63)


def _encodes(text: str) -> bool:
    """Tells whether a text has bytes; half a surrogate pair has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parse(name: str, part: Any, message: Any) -> tuple[dict[str, Any] | None, list[Finding]]:
    from google.protobuf import json_format

    findings = [_finding(name, path, what) for path, what in _walk(part, message.DESCRIPTOR, "")]
    try:
        json_format.ParseDict(part, message, ignore_unknown_fields=False)
        return json_format.MessageToDict(message), findings
    except (json_format.ParseError, json_format.SerializeToJsonError, OverflowError) as error:
        if not findings:
            reason = " ".join(str(error).split())[:200]
            findings = [Finding(name, "it does not parse", f"it is no {type(message).__name__} ({reason})")]
    message.Clear()
    try:
        json_format.ParseDict(part, message, ignore_unknown_fields=True)
        return json_format.MessageToDict(message), findings
    except (json_format.ParseError, json_format.SerializeToJsonError, OverflowError):
        return None, findings


def _walk(value: Any, kind: Any, path: str) -> Iterator[tuple[str, str]]:
    """Compares a message with its description; yields paths, and what is wrong there."""
    if not isinstance(value, dict):
        yield path, f"is {said(value)}; expected a map"
        return
    fields = {field.json_name: field for field in kind.fields}
    for key, inner in value.items():
        place = f"{path}.{key}".lstrip(".")
        field = fields.get(key)
        if field is None:
            yield place, f"is a field that no {kind.name} has"
        elif _is_map(field):
            yield from _map(inner, field.message_type.fields_by_name["value"], place)
        elif field.default_value == []:
            yield from _list(inner, field, place)
        else:
            yield from _one(inner, field, place)


def _is_map(field: Any) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _map(value: Any, field: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        yield path, f"is {said(value)}; expected a map"
        return
    for key, inner in value.items():
        yield from _one(inner, field, f"{path}.{key}")


def _list(value: Any, field: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield path, f"is {said(value)}; expected a list"
        return
    for number, inner in enumerate(value):
        yield from _one(inner, field, f"{path}.{number}")


def _one(value: Any, field: Any, path: str) -> Iterator[tuple[str, str]]:
    kind = field.message_type.full_name if field.message_type else ""
    if kind == _ANYTHING:
        return
    if value is None:
        yield path, "is null; expected a value, or no such key"
    elif kind == _ANY_MAP:
        if not isinstance(value, dict):
            yield path, f"is {said(value)}; expected a map"
    elif kind == _DURATION:
        if not isinstance(value, str):
            yield path, f"is {said(value)}; expected seconds, as '60s'"
    elif kind:
        yield from _walk(value, field.message_type, path)
    elif field.type == field.TYPE_STRING and not isinstance(value, str):
        yield path, f"is {said(value)}; expected a text"
    elif field.type == field.TYPE_BOOL and not isinstance(value, bool):
        yield path, f"is {said(value)}; expected true or false"
    elif field.type == field.TYPE_DOUBLE and not _is_number(value):
        yield path, f"is {said(value)}; expected a number"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def said(value: Any) -> str:
    """Says in words what a value is."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    return f"the text {value!r:.60}" if isinstance(value, str) else f"the number {value:g}"


def _finding(part: str, path: str, what: str) -> Finding:
    """Names the task that a path leads to, or the part of the file."""
    match path.split("."):
        case ["root", "dag", "tasks", task, *rest]:
            return Finding(task, f"{'.'.join(rest) or 'it'} {what}", _UNREAD)
        case _:
            return Finding(part, f"{path or 'it'} {what}", _UNREAD)


def _top(path: str) -> str:
    return path.partition(".")[0] or "file"
