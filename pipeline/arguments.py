"""The command line of a runner: its commands with examples, and what a wrong one is told."""

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from modules.base.version import NAME, VERSION
from pipeline import terminal

_SHELLS = ("bash", "zsh")
# What an argument takes, by the word that stands for it in the usage.
_PATHS = {"TABLE": "file", "YAML": "file", "CSV": "file", "FILE": "file", "DIR": "folder"}


class _Arguments(argparse.ArgumentParser):
    """A parser whose descriptions keep their lines, and that has one way to refuse an argument."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def refuse(self, kind: str, given: str, known: Iterable[str]) -> NoReturn:
        """Ends with status 2: the usage, and the name that was probably meant."""
        names = list(known)
        near = difflib.get_close_matches(given, names, 1, 0.6)
        self.error(f"no {kind} {given}; " + (f"did you mean {near[0]}?" if near else f"there is {', '.join(names)}"))


class Command(_Arguments):
    """One command of a runner. Made by `Runner.command`."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuses an option that the command does not have before it misses one that the user may have meant by it."""
        for argument in args:
            name = argument.partition("=")[0]
            if argument == "--":
                break
            if name.startswith("--") and not any(option.startswith(name) for option in self.options()):
                self.refuse("option", name, self.options())
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return known, unknown

    def options(self) -> list[str]:
        """Returns the long options of the command."""
        return [name for action in self._actions for name in action.option_strings if name.startswith("--")]


class Runner(_Arguments):
    """The command line of a runner.

    Args:
        program: The file of the runner. The package's command is a runner, too, under the package's name.
        description: What the runner is for.
        statuses: What each exit status means.
    """

    def __init__(self, program: str, description: str | None, statuses: str) -> None:
        typed = NAME if os.path.basename(sys.argv[0]) == NAME else program
        super().__init__(prog=typed, description=description, epilog=statuses)
        self.add_argument("--version", action="version", version=f"{NAME} {VERSION}")
        self._commands = self.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Command)

    def command(self, name: str, call: Callable[[Any], int | str | None], says: str, *examples: str) -> Command:
        """Adds a command.

        Args:
            name: What the user types.
            call: What runs; it is given the options, and returns the exit status, or what is to be printed.
            says: A line about it.
            *examples: Command lines without the runner's name.
        """
        typed = f"python {self.prog}" if self.prog.endswith(".py") else self.prog
        shown = "\n".join(["examples:" if len(examples) > 1 else "example:", *(f"  {typed} {e}" for e in examples)])
        command: Command = self._commands.add_parser(name, help=says, description=_sentence(says), epilog=shown)
        command.set_defaults(call=call)
        return command

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuses a command that does not exist."""
        args = sys.argv[1:] if args is None else args
        given = next((argument for argument in args if not argument.startswith("-")), None)
        if given is not None and given not in self._commands.choices:
            self.refuse("command", given, self._commands.choices)
        return super().parse_known_args(args, namespace)

    def run(self, arguments: list[str] | None = None) -> int:
        """Runs the command of a command line, this process' own by default; returns the exit status."""
        options = self.parse_args(arguments)
        return terminal.status(lambda: options.call(options))

    def completion(self, program: str) -> None:
        """Adds the command `completion`, for a program that is on the user's path.

        Args:
            program: What the user types to start this runner; a shell completes what follows a program, and not what
                follows the file that Python is given.
        """

        def say(options: argparse.Namespace) -> None:
            terminal.say(self._completion(program, options.shell))

        says = f"print a script by which a shell completes what follows {program}"
        folder = "~/.local/share/bash-completion/completions"
        command = self.command("completion", say, says, f"completion bash > {folder}/{program}")
        command.add_argument("shell", choices=_SHELLS, help=" or ".join(_SHELLS))

    def _completion(self, program: str, shell: str) -> str:
        import shtab

        completed = {"file": shtab.FILE, "folder": shtab.DIRECTORY}
        self.prog = program
        for command in self._commands.choices.values():
            for action in command._actions:
                if action.metavar in _PATHS:
                    action.complete = completed[_PATHS[action.metavar]]  # type: ignore[attr-defined]
        script: str = shtab.complete(self, shell)
        return script


def _sentence(says: str) -> str:
    return f"{says[0].upper()}{says[1:]}."
