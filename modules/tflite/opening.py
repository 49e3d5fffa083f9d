"""Opening what a run pushed."""

import os

from modules.base.errors import UserError
from modules.contracts.files import IncompleteArtifact
from modules.contracts.pushed_versions import newest_version
from modules.contracts.tflite import CARD_FILE, MODEL_FILE
from modules.tflite.inference import Predictor


def open_pushed(folder: str, where: str) -> Predictor:
    """Opens a pushed model.

    Args:
        folder: A pushed version, or the folder of all versions, of which the latest is taken.
        where: How the user named it, for messages.

    Raises:
        UserError: If the folder holds no model.
    """
    directory = folder
    if not os.path.exists(os.path.join(folder, CARD_FILE)) and os.path.isdir(folder):
        newest = newest_version(n for n in os.listdir(folder) if os.path.exists(os.path.join(folder, n, CARD_FILE)))
        directory = os.path.join(folder, newest) if newest else folder
    for name in (CARD_FILE, MODEL_FILE):
        if not os.path.isfile(os.path.join(directory, name)):
            fix = "Give the folder that a run printed after 'pushed', such as out/census_income/pushed/<version>"
            raise UserError(where, f"holds no {name}", fix)
    try:
        return Predictor.load(directory)
    except (ValueError, KeyError, IncompleteArtifact) as error:
        raise UserError(where, f"holds no model that LiteRT can read ({error})", "Push it again") from None
