"""pipeline.yaml, read and validated: the one place that reads YAML for a user.

Every error is one line that names the file, the line, the field, the value, what was expected and the fix.
"""

import os
from collections.abc import Sequence

from pydantic import ValidationError

from modules.base.settings import PipelineSettings
from pipeline.config import checking, explaining, promised, reading, schemas, secrecy
from pipeline.config.places import ConfigError, Places

__all__ = ["ConfigError", "load"]


def load(path: str, overrides: Sequence[str] = ()) -> PipelineSettings:
    """Reads a pipeline.yaml.

    Args:
        path: The file.
        overrides: Texts such as `trainer.epochs=5`, which win over the file; the value is read as YAML.

    Returns:
        The settings, with the paths of the tables and the schema made absolute, and with the columns that are dates or
        timestamps by their type among `features.timestamps`.

    Raises:
        ConfigError: If the file, a field or an override is wrong, or names a file or column that is not there.
    """
    values, lines = reading.read(path)
    for override in overrides:
        reading.apply(values, override)
    places = Places(path, lines, overrides)
    secrecy.check_secrets(values, places)
    try:
        settings = PipelineSettings.model_validate(values)
    except ValidationError as error:
        raise explaining.explain(error, values, places) from None
    settings = checking.with_absolute_paths(settings, os.path.dirname(os.path.abspath(path)), places)
    checking.check_gates(settings, places)
    checking.check_threshold(settings, places)
    promised.check_measures(settings, places)
    promised.check_benchmarks(settings, places)
    checking.check_columns(settings, places)
    settings = checking.with_typed_timestamps(settings)
    schemas.check_schema(settings, places)
    return settings
