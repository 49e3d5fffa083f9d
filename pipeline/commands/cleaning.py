"""The command `clean`: gives back the disk that earlier runs, stopped runs and killed pushes take."""

import dataclasses
import os
import re
import shutil
from collections.abc import Iterable, Iterator

from components.tflite_pusher import staging
from modules.base.errors import UserError
from pipeline import reports, terminal
from pipeline.commands import history
from pipeline.lineage import METADATA_FILE, KnownArtifact, Lineage
from pipeline.moving import ARTIFACTS, EARLIER, PUSHED
from pipeline.running import occupancy

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
# What a step writes for TFX while it runs, beside the folders of its outputs.
_NUMBERED = re.compile(rf"\d+({re.escape(EARLIER)}\w+)?")  # of a step's results
_SCRATCH = ".system"
_BLESSING, _PUSHED = "ModelBlessing", "PushedModel"


@dataclasses.dataclass(frozen=True)
class Leavings:
    """What can be removed from an output folder.

    Attributes:
        output: The folder.
        kept: The runs whose artifacts stay.
        earlier: Folders of artifacts that no such run needs.
        forgotten: The numbers of these artifacts in ML Metadata.
        orphans: Folders that stopped runs left: ML Metadata does not know them.
        staged: What killed pushes left.
    """

    output: str
    kept: list[str]
    earlier: list[str]
    forgotten: list[int]
    orphans: list[str]
    staged: list[str]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Each kind of folders, by what it is called."""
        titles = ("artifacts of earlier runs", "left by stopped runs", "left by killed pushes")
        return list(zip(titles, (self.earlier, self.orphans, self.staged), strict=True))


def clean(output: str, keep: int, dry_run: bool) -> str:
    """Removes what no kept run needs, from an output folder or from all that are right below it.

    Artifacts stay that the latest runs read or made, those of the run that was blessed last, which the next one is
    compared with, and all that was pushed; logs and the reports of all runs stay, too.

    Args:
        output: As for `history.past_runs`.
        keep: How many of the latest runs keep their artifacts.
        dry_run: Whether nothing is removed.

    Returns:
        What was removed, or would be, with sizes.

    Raises:
        UserError: There is no run, one is going on, or the limit is negative.
    """
    if keep < 0:
        raise UserError(f"--keep {keep}", "is less than no run", "Give the number of runs to keep")
    return "\n\n".join(_clean(os.path.dirname(store), keep, dry_run) for store in history.stores(output))


def _clean(output: str, keep: int, dry_run: bool) -> str:
    with occupancy.occupy(output):
        lineage = Lineage(os.path.join(output, METADATA_FILE), "")
        leftovers = leavings(lineage, os.path.abspath(output), keep)
        sizes = [sum(map(_size, folders)) for _, folders in leftovers.rows]
        if not dry_run:
            lineage.forget(leftovers.forgotten)  # first: a run must not take from the cache what is half removed
            for _, folders in leftovers.rows:
                for folder in folders:
                    shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for (title, folders), size in zip(leftovers.rows, sizes, strict=True):
        rows.append([title, f"{len(folders):,}", _bytes(size)])
    stuck = [] if dry_run else [folder for _, folders in leftovers.rows for folder in folders if os.path.exists(folder)]
    kept = ", ".join(leftovers.kept) or "no run"
    title = f"{terminal.short(output)}: {kept} and all that was pushed are kept"
    done = f"{_bytes(sum(sizes))} would be removed; nothing was (--dry-run)." if dry_run else ""
    done = done or f"{_bytes(sum(sizes) - sum(map(_size, stuck)))} removed."
    done += f" Could not be removed: {', '.join(map(terminal.short, stuck))}." if stuck else ""
    return "\n".join([terminal.table(title, ["", "folders", "size"], rows), done])


def leavings(lineage: Lineage, output: str, keep: int) -> Leavings:
    """Finds what can be removed.

    Args:
        lineage: The lineage store of the folder.
        output: The folder, an absolute path.
        keep: How many of the latest runs keep their artifacts.
    """
    artifacts = lineage.artifacts()
    numbers, used = lineage.numbers(), lineage.used_by_run()
    runs = sorted(numbers, key=numbers.__getitem__)
    kept = runs[max(0, len(runs) - keep) :]
    blessed, made = _blessed(artifacts), lineage.used_by_run(made=True)
    kept += [run for run in reversed(runs) if made.get(run, set()) & blessed][:1]
    needed = {number for run in kept for number in used.get(run, ())}
    earlier = [a.record for a in artifacts if a.record.id not in needed and a.type != _PUSHED]
    folders = set(_folders(os.path.join(output, ARTIFACTS)))  # nothing else is ever removed, whatever the store says
    known = {artifact.record.uri for artifact in artifacts}
    stay = known - {record.uri for record in earlier}
    gone = [record for record in earlier if record.uri in folders - stay]
    return Leavings(
        output,
        [reports.reference(output, numbers[run]) for run in sorted(set(kept), key=numbers.__getitem__)],
        sorted({record.uri for record in gone}),
        [record.id for record in gone],
        sorted(folders - known),
        [folder for destination in _destinations(artifacts, output) for folder in staging.leftovers(destination)],
    )


def _blessed(artifacts: Iterable[KnownArtifact]) -> set[int]:
    """Returns the numbers of blessings by which a model may ship."""
    return {a.record.id for a in artifacts if a.type == _BLESSING and a.record.properties.get("blessed")}


def _destinations(artifacts: Iterable[KnownArtifact], output: str) -> list[str]:
    """Returns the folders of this machine that runs pushed to."""
    pushed = [a.record.properties.get("pushed_destination", "") for a in artifacts if a.type == _PUSHED]
    return sorted({os.path.join(output, PUSHED), *(os.path.dirname(path) for path in pushed if os.path.isabs(path))})


def _folders(root: str) -> Iterator[str]:
    """Yields the folders in which steps left something, as TFX lays them out: step/output/number, and its scratch."""
    for step in _below(root):
        for inner in _below(step):
            if os.path.basename(inner) == _SCRATCH:  # a step that ended has emptied its own
                yield from (part for kind in _below(inner) for part in _below(kind) if os.listdir(part))
            else:
                yield from (folder for folder in _below(inner) if _NUMBERED.fullmatch(os.path.basename(folder)))


def _below(folder: str) -> list[str]:
    """Returns the folders right below one, links left out; none if it is not there."""
    if not os.path.isdir(folder):
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))


def _size(folder: str) -> int:
    """Returns the bytes of the files below a folder."""
    return sum(os.lstat(os.path.join(place, name)).st_size for place, _, names in os.walk(folder) for name in names)


def _bytes(size: float) -> str:
    power = 0
    while size >= 1000 and power < len(_UNITS) - 1:
        size, power = size / 1000, power + 1
    return f"{size:,.{min(power, 1)}f} {_UNITS[power]}"
