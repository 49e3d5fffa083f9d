"""The commands that ask a pushed model about one row, as the command line has them: explain and what-if."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.arguments import Runner

_ASKED = "--model out/census_income/pushed --input rows.csv --row 17"


def add(parser: "Runner") -> None:
    """Adds the commands to a runner."""
    says = "say why a pushed model answers a row as it does, and what would flip it; needs no TensorFlow"
    explain = parser.command("explain", _explain, says, f"explain {_ASKED}")
    says = "say what a pushed model would answer if a row were different; needs no TensorFlow"
    what_if = parser.command("what-if", _what_if, says, f"what-if {_ASKED} --set education=Masters")
    for command in (explain, what_if):
        command.add_argument(
            "--model", required=True, metavar="DIR", help="a pushed folder: model.tflite and model.json"
        )
        command.add_argument("--input", required=True, metavar="TABLE", help="rows with the raw columns")
        command.add_argument("--row", required=True, type=int, metavar="NUMBER", help="which row; 1 is the first")
    other = "rows to compare with (default: the other rows of --input)"
    explain.add_argument("--background", metavar="TABLE", help=other)
    for name, says in (
        ("--mutable", "a column that may change to flip the decision (default: all)"),
        ("--rises", "a column that may only rise, such as age"),
        ("--falls", "a column that may only fall"),
    ):
        explain.add_argument(name, action="append", default=[], metavar="COLUMN", help=says)
    explain.add_argument("--seed", type=int, default=1, help="of what is drawn (default: %(default)s)")
    says = "a cell of the row, written as in the table"
    what_if.add_argument("--set", action="append", required=True, metavar="COLUMN=VALUE", help=says)


def _explain(options: argparse.Namespace) -> None:
    from pipeline import terminal
    from pipeline.commands import reasons

    directions = dict.fromkeys(options.rises, "rises") | dict.fromkeys(options.falls, "falls")
    ask = reasons.Ask(
        options.model, options.input, options.row, options.background, options.mutable, directions, options.seed
    )
    terminal.say(reasons.explain(ask))


def _what_if(options: argparse.Namespace) -> None:
    from pipeline import terminal
    from pipeline.commands import reasons

    terminal.say(reasons.what_if(options.model, options.input, options.row, reasons.parse_changes(options.set)))
