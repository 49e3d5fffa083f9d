"""The programs, filled with a model's inputs and one row."""

import pathlib

import jinja2

from components.tflite_pusher.sample_code.literals import LITERALS
from components.tflite_pusher.sample_code.row import SampleRow
from modules.contracts.tflite import MODEL_FILE

# A program of each language, as those who write it name their files.
FILES = ("predict.py", "predict.c", "Predict.kt", "predict.swift")
_TEMPLATES = pathlib.Path(__file__).parent / "templates"


def render(row: SampleRow) -> dict[str, bytes]:
    """Returns the programs, by the names of their files."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=False,  # what comes of a table is written as a literal
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    programs = {}
    for name in FILES:
        environment.filters["name"] = ascii
        environment.filters["literal"] = LITERALS[name.rpartition(".")[2]]
        template = environment.get_template(f"{name}.jinja")
        programs[name] = template.render(row=row, model=MODEL_FILE).encode()
    return programs
