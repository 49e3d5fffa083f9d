"""Opening what a run pushed."""

import os
from collections.abc import Callable

import pydantic

from modules.base.errors import UserError
from modules.base.settings import Data
from modules.contracts import pushed_folder
from modules.contracts.files import IncompleteArtifact
from modules.contracts.pushed_versions import newest_version
from modules.contracts.tflite import CARD_FILE, MODEL_FILE
from modules.tflite import feeding
from modules.tflite.inference import Predictor

# What to do where a folder is none of a pushed model.
WHICH_FOLDER = "Give the folder that a run printed after 'pushed', such as out/census_income/pushed/<version>"


def version_in(folder: str) -> str:
    """Returns the latest version in a folder of versions; a folder that holds none, or is one, as it is."""
    if os.path.exists(os.path.join(folder, CARD_FILE)) or not os.path.isdir(folder):
        return folder
    newest = newest_version(n for n in os.listdir(folder) if os.path.exists(os.path.join(folder, n, CARD_FILE)))
    return os.path.join(folder, newest) if newest else folder


def open_pushed(folder: str, where: str, tell: Callable[[str], object], verified: bool = True) -> Predictor:
    """Opens a pushed model, after checking all files of its version against their digests.

    Args:
        folder: A pushed version, or the folder of all versions, of which the latest is taken.
        where: How the user named it, for messages.
        tell: Called with one line where there are no digests: an older version pushed the model.
        verified: Whether the digests are looked at.

    Raises:
        UserError: If the folder holds no model, or one that is not what was pushed.
    """
    directory = version_in(folder)
    for name in (CARD_FILE, MODEL_FILE):
        if not os.path.isfile(os.path.join(directory, name)):
            raise UserError(where, f"holds no {name}", WHICH_FOLDER)
    where = where if directory == folder else f"{where} (version {os.path.basename(directory)})"
    try:
        predictor = Predictor.load(directory, verified)
        predictor.check_signature()
        Data.model_validate({"train": directory, **feeding.style_of(predictor.card)})
    except IncompleteArtifact as error:
        raise UserError(where, error.what, error.fix) from None
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        at = ".".join(["text", *(str(part) for part in first["loc"])])
        what = f"holds a {CARD_FILE} whose {at} does not say how a table is written ({first['msg']})"
        raise UserError(where, what, "Push it again") from None
    except (ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise UserError(where, f"holds no model that LiteRT can read ({reason})", "Push it again") from None
    if verified and not pushed_folder.has_sums(directory):
        tell(f"{where}: was pushed without digests, by an older version: whether its files are whole is not known.")
    return predictor
