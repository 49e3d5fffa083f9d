"""Examples: a folder per split, and beside them what the reader of the table learnt of its columns."""

import os
from collections.abc import Mapping

from modules.contracts import files

_ARTIFACT = "examples"
_DTYPES, _LOOKALIKES, _CLASSES = "dtypes.json", "lookalikes.json", "label_values.json"
_RECORDS = "data_tfrecord-00000-of-00001.gz"  # as TFX's own ExampleGen calls the first shard


def split_folder(uri: str, split: str) -> str:
    """Returns the folder of a split, as TFX lays out every artifact that has splits."""
    return os.path.join(uri, f"Split-{split}")


def records_path(uri: str, split: str) -> str:
    """Returns the gzipped TFRecord of a split's examples."""
    return os.path.join(split_folder(uri, split), _RECORDS)


def write_dtypes(uri: str, dtypes: dict[str, str]) -> None:
    """Writes the dtype of each column: `float32`, `int64` or `string`."""
    files.write_json(uri, _DTYPES, dtypes, indent=1)


def read_dtypes(uri: str) -> dict[str, str]:
    """Returns the dtype of each column."""
    return files.read_json(_ARTIFACT, uri, _DTYPES)


def write_lookalikes(uri: str, lookalikes: dict[str, str]) -> None:
    """Writes the columns of text that look like numbers, each with a value that is not one."""
    files.write_json(uri, _LOOKALIKES, lookalikes, indent=1)


def read_lookalikes(uri: str) -> dict[str, str]:
    """Returns the columns of text that look like numbers, each with a value that is not one."""
    return files.read_json(_ARTIFACT, uri, _LOOKALIKES)


def write_label_values(uri: str, counts: Mapping[str | int | float, int]) -> None:
    """Writes how many rows each value of the label has, over all splits; nothing of a regression's."""
    files.write_json(uri, _CLASSES, list(counts.items()))


def read_label_values(uri: str) -> dict[str | int | float, int]:
    """Returns how many rows each value of the label has, over all splits; empty for a regression."""
    return dict(files.read_json(_ARTIFACT, uri, _CLASSES))
