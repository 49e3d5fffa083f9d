"""What lint says: one finding is one thing that would fail, or be lost, in a run."""

import dataclasses
from collections.abc import Iterable

from modules.base import credentials

AGAIN = "Compile the file anew, and do not edit it by hand"


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that would fail, or be lost, in a run.

    Attributes:
        task: The task, or the part of the file where it is about no task.
        what: What is wrong.
        why: What would happen.
        fix: What to do.
    """

    task: str
    what: str
    why: str
    fix: str = AGAIN

    def __str__(self) -> str:
        task, what, why, fix = map(credentials.masked, (self.task, self.what, self.why, self.fix))
        text = f"{task}: {what}: {why}. {fix}."
        return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Returns findings with those that say the same of several tasks as one."""
    tasks: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        tasks.setdefault((finding.what, finding.why, finding.fix), []).append(finding.task)
    return [Finding(", ".join(names), *said) for said, names in tasks.items()]
