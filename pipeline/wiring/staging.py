"""Files of the user that the steps read by name, and the names under which the steps find them."""

import hashlib
import os
import uuid

from modules.base.errors import UserError
from modules.base.settings import Data
from pipeline.wiring import embedded

_PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_ANYWHERE = ("gs://", "s3://", "package://")


def staged(data: Data, root: str) -> Data:
    """Returns the section `data` with its schema copied below the artifacts' folder."""
    return data.model_copy(update={"schema_file": stage(data.schema_file, root)}) if data.schema_file else data


def stage(path: str, root: str) -> str:
    """Copies a file into the artifacts' folder, under a digest of its content.

    TFX's cache sees the name of a file that a component imports, and not what it holds. With the digest in the name, an
    edited file reruns the steps that depend on it, and a file that was only touched does not.

    Args:
        path: The file, on this machine.
        root: Folder of the artifacts; it may be remote.

    Returns:
        The path of the copy.
    """
    from tfx.dsl.io import fileio

    with open(path, "rb") as file:
        content = file.read()
    directory = os.path.join(root, "staged", hashlib.sha256(content).hexdigest()[:16])
    target = os.path.join(directory, os.path.basename(path))
    if not fileio.exists(target) or fileio.open(target, "rb").read() != content:  # a killed run, or an editor
        fileio.makedirs(directory)
        staging = f"{target}.{uuid.uuid4().hex}"
        with fileio.open(staging, "wb") as copy:
            copy.write(content)
        fileio.rename(staging, target, overwrite=True)
    return target


def in_image(data: Data, project_folder: str) -> Data:
    """Returns the section `data` with paths that a container can open.

    Tables below this project's folder are looked for at the same place of the project in the image; what lies in gs://,
    s3:// or an installed package is found from anywhere. The schema travels in the compiled pipeline.

    Args:
        data: The section, with paths of this machine.
        project_folder: The project's folder in the image.

    Raises:
        UserError: If a table is nowhere that a container could reach.
    """

    def place(field: str, path: str) -> str:
        if path.startswith(_ANYWHERE):
            return path
        relative = os.path.relpath(path, _PROJECT)
        if "://" in path or relative.split(os.sep)[0] == os.pardir:
            what = f"is {path}, which no container can open"
            fix = f"Move it to gs:// or s3://, or below {_PROJECT} and into the image"
            raise UserError(f"data.{field}", what, fix)
        return "/".join([project_folder.rstrip("/"), *relative.split(os.sep)])

    changed: dict[str, str | list[str]] = {}
    for field in ("train", "test"):
        value = getattr(data, field)
        if value is not None:
            changed[field] = place(field, value) if isinstance(value, str) else [place(field, path) for path in value]
    if data.schema_file:
        changed["schema_file"] = embedded.uri(data.schema_file)
    return data.model_copy(update=changed)
