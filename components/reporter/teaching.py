"""What the config of a run says of its teacher, in words."""

from collections.abc import Mapping
from typing import Any

from modules.base.settings import Trainer


def note_on_files(summary: Mapping[str, Any]) -> str:
    """Returns how to read the figures of a teacher that no .tflite file holds; empty where one does.

    Args:
        summary: The summary of a run, or a part of it that may lack the config.
    """
    if not _settings(summary).folded:
        return ""
    return "The teacher is not a .tflite file: its bytes are those of its own files, its time that of its own code."


def reason_for_no_search(summary: Mapping[str, Any]) -> str:
    """Returns why the run had no search, as a clause; empty where its teacher needs one."""
    if _settings(summary).needs_search:
        return ""
    return "boosted trees are the teacher, which have no shape to search"


def _settings(summary: Mapping[str, Any]) -> Trainer:
    return Trainer.model_validate(summary.get("config", {}).get("trainer", {}))
