"""What runs in a task's container: image, command, executor class, what came along, environment."""

import json
import re
from collections.abc import Iterator
from typing import Any

from modules.base import credentials
from modules.base.errors import UserError
from pipeline.kubeflow.compile import COMMAND
from pipeline.kubeflow.document import KFP, Document
from pipeline.kubeflow.lint import executor_classes
from pipeline.kubeflow.lint.finding import Finding
from pipeline.wiring import embedded

IMAGE = re.compile(r"[a-z0-9]+([._:/-]+[a-z0-9]+)*(:[A-Za-z0-9_][\w.-]*)?(@sha256:[0-9a-f]{64})?", re.ASCII)
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EVERYTHING = "{{$}}"
# The options of the entry point, and how many words follow each.
_CLASS, _INPUT, _SPEC = (
    "--executor_class_path",
    "--json_serialized_invocation_args",
    "--json_serialized_inputs_spec_args",
)
_LAUNCHER, _EMBEDDED = "--launcher_root", "--embedded"
_WORDS = {_CLASS: 1, _INPUT: 1, _SPEC: 1, _LAUNCHER: 1, _EMBEDDED: 2}


def check(document: Document, name: str) -> Iterator[Finding]:
    """Checks the container of a task that has one."""
    container = document.container(name) or {}
    image = container.get("image", "")
    if not IMAGE.fullmatch(image):
        what = f"its image is {image!r}" if image else "its image is not set"
        yield Finding(name, what, "its container cannot be pulled", "Compile with --image REGISTRY/NAME:TAG")
    command = container.get("command", [])
    if not command:
        yield Finding(name, "it has no command", "the image's own would run, and do nothing of this step")
    elif command != COMMAND:
        yield Finding(name, f"its command is {' '.join(command)!r:.80}", f"the step starts with {' '.join(COMMAND)}")
    if "lifecycle" in container and document.target == KFP:
        why = "open-source Kubeflow Pipelines never calls the driver of a file-based ExampleGen"
        yield Finding(name, "it counts on a driver", why, "Use a component without one, such as TableExampleGen")
    yield from _arguments(document, name, container.get("args", []))
    yield from _environment(name, container.get("env", []))


def _arguments(document: Document, name: str, args: list[str]) -> Iterator[Finding]:
    options, cut = _options(args)
    if cut:
        yield Finding(name, f"its argument {cut} has no value", "the step's entry point refuses it")
        return
    for option in (_CLASS, _INPUT, _SPEC):
        if len(options[option]) != 1:
            count = len(options[option])
            why = "the step's entry point needs it once"
            yield Finding(name, f"its argument {option} is {'missing' if not count else f'given {count} times'}", why)
    yield from executor_classes.check(name, [words[0] for words in options[_CLASS]])
    for (said,) in options[_INPUT]:
        if said != _EVERYTHING:
            why = f"only {_EVERYTHING} stands for all that the step is given"
            yield Finding(name, f"its {_INPUT} is {said!r:.60}", why)
    for argument in args:
        if "{{$" in argument and argument != _EVERYTHING:
            start = argument.index("{{$")
            yield Finding(name, f"it has the placeholder {argument[start : start + 60]!r}", "no step reads one like it")
    if args.count(_EVERYTHING) > len(options[_INPUT]):
        yield Finding(name, f"the placeholder {_EVERYTHING} is in a wrong place", f"it belongs behind {_INPUT}")
    for (said,) in options[_SPEC]:
        yield from _interface(document, name, said)
    yield from _copies(document, name, options[_LAUNCHER])
    yield from _files(document, name, options[_EMBEDDED])


def _options(args: list[str]) -> tuple[dict[str, list[list[str]]], str]:
    """Returns the words behind each option, and the option that lacks one."""
    words_by_option: dict[str, list[list[str]]] = {option: [] for option in _WORDS}
    position = 0
    while position < len(args):
        option, count = args[position], _WORDS.get(args[position], 0)
        words = args[position + 1 : position + 1 + count]
        if len(words) < count or any(word in _WORDS for word in words):
            return words_by_option, option
        if count:
            words_by_option[option].append(words)
        position += 1 + count
    return words_by_option, ""


def _interface(document: Document, name: str, said: str) -> Iterator[Finding]:
    """Checks that the step expects what its component declares."""
    from google.protobuf import json_format
    from kfp.pipeline_spec import pipeline_spec_pb2 as protos

    try:
        declared = json_format.MessageToDict(json_format.Parse(said, protos.ComponentInputsSpec()))
    except (json_format.ParseError, json_format.SerializeToJsonError, OverflowError, RecursionError):
        yield Finding(name, f"its {_SPEC} is cut or broken JSON", "the step could not read its inputs")
        return
    if declared != document.component(name).get("inputDefinitions", {}):
        what = "its inputs are others than those that its component declares"
        yield Finding(name, what, f"{_SPEC} and inputDefinitions are to agree")


def _copies(document: Document, name: str, roots: list[list[str]]) -> Iterator[Finding]:
    if document.target == KFP and roots != [["/"]]:
        why = "open-source Kubeflow's launcher copies inputs below /"
        yield Finding(name, f"its {_LAUNCHER} is not / alone", why)
    if document.target != KFP and roots:
        yield Finding(name, f"it has {_LAUNCHER}", "Vertex AI has no launcher that copies")


def _files(document: Document, name: str, files: list[list[str]]) -> Iterator[Finding]:
    """Checks what travels in the command, and that all that is read of it does."""
    for uri, packed in files:
        try:
            embedded.content(uri, packed)
        except UserError as error:
            yield Finding(name, f"its embedded file {uri!r} {error.what}", "the step could not read it")
    given = document.tasks[name].get("inputs", {}).get("parameters", {})
    said = json.dumps([entry.get("runtimeValue", {}).get("constant") for entry in given.values()])
    for uri in sorted(set(re.findall(r"embedded://[^\"\\\s]+", said)) - {uri for uri, _ in files}):
        yield Finding(name, f"it reads {uri!r}", "that file did not come along")


def _environment(name: str, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    names = [entry.get("name", "") for entry in entries]
    for variable in dict.fromkeys(names):
        if not VARIABLE.fullmatch(variable):
            why = "a variable takes letters, digits and _, not starting with a digit"
            yield Finding(name, f"its environment has the variable {variable!r}", why)
        if names.count(variable) > 1:
            yield Finding(name, f"its environment has {variable} more than once", "the last one alone would count")
    for entry in entries:
        if credentials.in_variable(entry.get("name", ""), entry.get("value", "")):
            what = f"its variable {entry.get('name')} looks like a secret"
            yield Finding(name, what, "everybody could read it in this file", "Name it under kubeflow.secrets instead")
        if "\0" in entry.get("value", ""):
            yield Finding(name, f"its variable {entry.get('name')} holds a NUL", "no process can be given it")
