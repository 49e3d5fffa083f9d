"""The small programs: their literals, and what a table's text can do in them."""

import ast
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from components.tflite_pusher.sample_code import literals, render
from components.tflite_pusher.sample_code.row import SampleInput, SampleRow

pytestmark = pytest.mark.unit

HOSTILE = 'a"b\\n*/ ${x} \\(y) ??/ ü 😀 \n \x00 end'


@pytest.mark.parametrize(
    ("value", "python", "c", "kotlin", "swift"),
    [
        (7, "7", "INT64_C(7)", "7L", "Int64(7)"),
        (-(2**63), "-9223372036854775808", "INT64_MIN", "Long.MIN_VALUE", "Int64.min"),
        (1.5, "1.5e+00", "1.5e+00f", "1.5e+00f", "Float(1.5e+00)"),
        (math.nan, "float('nan')", "NAN", "Float.NaN", "Float(.nan)"),
        (-math.inf, "-float('inf')", "-INFINITY", "-Float.POSITIVE_INFINITY", "Float(-.infinity)"),
        ("Own-child", "b'Own-child'", '"Own-child"', '"Own-child"', '"Own-child"'),
        ("", "b''", '""', '""', '""'),
        ('"\\$', "b'\"\\\\$'", '"\\042\\134$"', '"\\u0022\\u005C\\u0024"', '"\\u{22}\\u{5C}\\u{24}"'),
        ("é1", "b'\\xc3\\xa91'", '"\\303\\2511"', '"\\u00E91"', '"\\u{E9}1"'),
        ("😀", "b'\\xf0\\x9f\\x98\\x80'", '"\\360\\237\\230\\200"', '"\\uD83D\\uDE00"', '"\\u{1F600}"'),
    ],
)
def test_a_value_is_written_as_each_language_reads_it(
    value: float | int | str, python: str, c: str, kotlin: str, swift: str
) -> None:
    found = (literals.python(value), literals.c(value), literals.kotlin(value), literals.swift(value))
    assert found == (python, c, kotlin, swift)


def test_a_float_is_written_with_all_of_its_bits() -> None:
    for value in np.random.default_rng(1).normal(size=100).astype(np.float32):
        assert np.float32(ast.literal_eval(literals.python(float(value)))) == value


def row(text: str) -> SampleRow:
    inputs = [
        SampleInput("t", "t", 2, "string", text, False),
        SampleInput("n", "n", 0, "int64", -(2**63), True),
        SampleInput("x y", "x_y", 1, "float32", 0.5, False),
    ]
    return SampleRow(inputs, "probability", [f"probability of {text!r}"], [0.25], 1e-5)


@pytest.mark.parametrize(("name", "active"), zip(render.FILES, ["\x00", "??/", "${x}", "\\(y)"], strict=True))
def test_what_a_table_holds_does_nothing_in_a_program(name: str, active: str) -> None:
    plain, hostile = (render.render(row(text))[name].decode() for text in ("a", HOSTILE))
    assert hostile.isascii()
    assert len(plain.splitlines()) == len(hostile.splitlines())
    assert active not in hostile


def test_the_program_in_python_holds_the_row() -> None:
    tree = ast.parse(render.render(row(HOSTILE))["predict.py"])
    held = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    values = [ast.literal_eval(call.args[0])[0][0] for call in held["ROW"].values]  # type: ignore[attr-defined]
    assert values == [HOSTILE.encode(), -(2**63), 0.5]
    assert ast.literal_eval(held["NAMES"]) == [f"probability of {HOSTILE!r}"]


def test_the_program_in_c_has_only_the_functions_that_it_calls() -> None:
    program = render.render(SampleRow(row("a").inputs[:1], "value", ["y"], [1.0], 0.1))["predict.c"].decode()
    assert 'put_string(2, "a", 1);' in program
    assert "put_int64" not in program and "put_float32" not in program


# What the program uses of the headers of LiteRT, which no package of this environment holds.
HEADERS = {
    "common.h": """#include <stddef.h>
#include <stdint.h>
typedef enum { kTfLiteOk = 0 } TfLiteStatus;
typedef struct { union { char *raw; } data; size_t bytes; } TfLiteTensor;
TfLiteStatus TfLiteTensorRealloc(size_t, TfLiteTensor *);
""",
    "c_api.h": """#include "tensorflow/lite/c/common.h"
typedef struct TfLiteModel TfLiteModel;
typedef struct TfLiteInterpreter TfLiteInterpreter;
typedef struct TfLiteInterpreterOptions TfLiteInterpreterOptions;
TfLiteModel *TfLiteModelCreateFromFile(const char *);
void TfLiteModelDelete(TfLiteModel *);
TfLiteInterpreterOptions *TfLiteInterpreterOptionsCreate(void);
void TfLiteInterpreterOptionsDelete(TfLiteInterpreterOptions *);
void TfLiteInterpreterOptionsSetNumThreads(TfLiteInterpreterOptions *, int32_t);
TfLiteInterpreter *TfLiteInterpreterCreate(const TfLiteModel *, const TfLiteInterpreterOptions *);
void TfLiteInterpreterDelete(TfLiteInterpreter *);
TfLiteStatus TfLiteInterpreterAllocateTensors(TfLiteInterpreter *);
TfLiteStatus TfLiteInterpreterInvoke(TfLiteInterpreter *);
TfLiteTensor *TfLiteInterpreterGetInputTensor(const TfLiteInterpreter *, int32_t);
const TfLiteTensor *TfLiteInterpreterGetOutputTensor(const TfLiteInterpreter *, int32_t);
TfLiteStatus TfLiteTensorCopyFromBuffer(TfLiteTensor *, const void *, size_t);
TfLiteStatus TfLiteTensorCopyToBuffer(const TfLiteTensor *, void *, size_t);
""",
}


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no compiler of C")
@pytest.mark.parametrize("text", ["a", HOSTILE])
def test_the_program_in_c_compiles_without_a_warning(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "tensorflow" / "lite" / "c"
    folder.mkdir(parents=True)
    for name, header in HEADERS.items():
        (folder / name).write_text(f"#pragma once\n{header}")
    (tmp_path / "predict.c").write_bytes(render.render(row(text))["predict.c"])
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-trigraphs", "-fsyntax-only", "-I", str(tmp_path)]
    ended = subprocess.run(["cc", *flags, "predict.c"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
