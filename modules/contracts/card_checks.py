"""What a model.json must say for a model to be used by it, checked when it is read: it may come from anywhere."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from modules.tasks import TASKS

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KINDS = ("numeric", "categorical", "timestamp")
_INT64 = range(-(2**63), 2**63)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _INT64


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


# By dtype, what stands for a missing value, and what that is in words.
_MISSING: dict[str, tuple[Callable[[Any], bool], str]] = {
    "float32": (lambda value: value is None or _is_number(value), "a number or null"),
    "int64": (_is_whole, "a whole number of 64 bits"),
    "string": (lambda value: isinstance(value, str), "a text"),
}


def problem_of(content: Any) -> str | None:
    """Returns what is wrong with a card, as a sentence without its subject; None if it can be used.

    Args:
        content: The card as `ModelCard.to_json` makes it, after its way through JSON.
    """
    if not isinstance(content, dict):
        return "holds no object"
    return next(_problems(content), None)


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    for name in ("form", "task", "label", "inputs", "outputs"):
        if name not in content:
            yield f"lacks {name}"
            return
    for name in ("form", "label"):
        if not _is_text(content[name]):
            yield f"gives {name} as {content[name]!r}, which is not a text"
    if not _is_text(content["task"]) or content["task"] not in TASKS:
        yield f"names the task {content['task']!r}, which is none of {', '.join(TASKS)}"
        return
    sparsity = content.get("sparsity")
    if sparsity is not None and not (_is_number(sparsity) and 0 <= sparsity <= 1):
        yield f"gives sparsity as {sparsity!r}, which is not a share from 0 to 1"
    threshold = content.get("threshold")
    if threshold is not None and TASKS[content["task"]].default_threshold is None:
        yield f"gives threshold, and a {content['task']} model has no positive class"
    elif threshold is not None and not (_is_number(threshold) and 0 <= threshold <= 1):
        yield f"gives threshold as {threshold!r}, which is not a probability from 0 to 1"
    sha256 = content.get("sha256")
    if sha256 is not None and not (isinstance(sha256, str) and _SHA256.fullmatch(sha256)):
        yield f"gives sha256 as {sha256!r}, which is not 64 hexadecimal digits"
    judged_bytes = content.get("judged_bytes", 1)
    if not (_is_whole(judged_bytes) and judged_bytes > 0):
        yield f"gives judged_bytes as {judged_bytes!r}, which is not a number of bytes"
    for name in ("text", "metrics", "size", "run", "files", "metadata"):
        if not isinstance(content.get(name, {}), dict):
            yield f"gives {name} as {content[name]!r}, which is not an object"
    yield from _problems_of_inputs(content["inputs"])
    yield from _problems_of_outputs(content["outputs"], TASKS[content["task"]])


def _problems_of_inputs(inputs: Any) -> Iterator[str]:
    if not isinstance(inputs, list) or not all(isinstance(spec, dict) for spec in inputs):
        yield "gives inputs that are not a list of objects"
        return
    for number, spec in enumerate(inputs):
        where = f"inputs.{number}"
        for name in ("name", "tensor", "dtype", "missing"):
            if name not in spec:
                yield f"lacks {where}.{name}"
                return
        for name in ("name", "tensor"):
            if not _is_text(spec[name]):
                yield f"gives {where}.{name} as {spec[name]!r}, which is not a text"
                return
        dtype = spec["dtype"]
        if not isinstance(dtype, str) or dtype not in _MISSING:
            yield f"gives {where}.dtype as {dtype!r}, which is none of {', '.join(_MISSING)}"
            return
        fits, words = _MISSING[dtype]
        if not fits(spec["missing"]):
            yield f"gives {where}.missing as {spec['missing']!r}, which is not {words}"
        if spec.get("kind", _KINDS[0]) not in _KINDS:
            yield f"gives {where}.kind as {spec['kind']!r}, which is none of {', '.join(_KINDS)}"
        if spec.get("shape", [None, 1]) != [None, 1]:
            yield f"gives {where}.shape as {spec['shape']!r}, which is not [null, 1]"
        for name in ("unit", "meaning"):
            if name in spec and not _is_text(spec[name]):
                yield f"gives {where}.{name} as {spec[name]!r}, which is not a text"
        if not _are_texts(spec.get("values", [])):
            yield f"gives {where}.values that are not a list of texts"
    for name in ("name", "tensor"):
        given = [spec[name] for spec in inputs]
        if len(set(given)) < len(given):
            yield f"has two inputs of one {name}"


def _problems_of_outputs(outputs: Any, task: Any) -> Iterator[str]:
    if not isinstance(outputs, list) or len(outputs) != 1 or not isinstance(outputs[0], dict):
        yield "gives outputs that are not a list of one object"
        return
    (output,) = outputs
    if output.get("name") != task.tensor:
        yield f"gives outputs.0.name as {output.get('name')!r}; a {task.name} model answers {task.tensor!r}"
    classes = output.get("classes", [])
    if not _are_texts(classes):
        yield "gives outputs.0.classes that are not a list of texts"
        return
    yield from _problems_of_classes(classes, task)


def _problems_of_classes(classes: Sequence[str], task: Any) -> Iterator[str]:
    if len(set(classes)) < len(classes):
        yield "gives two classes of one name in outputs.0.classes"
    if not task.has_classes and classes:
        yield f"gives outputs.0.classes, which a {task.name} model does not have"
    if task.has_classes and (len(classes) < 2 or (task.takes_positive_class and len(classes) > 2)):
        wanted = "two" if task.takes_positive_class else "two or more"
        yield f"gives {len(classes)} classes in outputs.0.classes; a {task.name} model has {wanted}"
