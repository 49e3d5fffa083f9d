"""The schema that a config names, looked at before any step reads a copy of it."""

from modules.base.settings import PipelineSettings
from pipeline.config.places import ConfigError, Places


def check_schema(settings: PipelineSettings, places: Places) -> None:
    """Checks that the schema can be read, and that what is a timestamp is a whole number there.

    Steps read the schema from their own folder, so what they say of it names a file that nobody wrote.

    Args:
        settings: The settings, with absolute paths and all timestamps.
        places: Where the settings come from.

    Raises:
        ConfigError: If it cannot be read, is no schema, or gives a timestamp another type.
    """
    path = settings.data.schema_file
    if path is None:
        return
    # Imported here because a config without a schema needs neither.
    from google.protobuf import text_format
    from tensorflow_metadata.proto.v0 import schema_pb2

    from modules.features.schema import schema_dtypes

    try:
        with open(path, encoding="utf-8") as file:
            schema = text_format.Parse(file.read(), schema_pb2.Schema())
    except OSError as error:
        what = f"data.schema_file is {path}, which cannot be read ({error.strerror})"
        raise ConfigError(places.where("data", "schema_file"), what, "Correct the path, or its permissions") from None
    except UnicodeDecodeError:
        raise ConfigError(path, "is no schema: it is not UTF-8 text", "Give a schema in protobuf's text form") from None
    except text_format.ParseError as error:
        line = error.GetLine()
        problem = str(error).removeprefix(f"{line}:{error.GetColumn()} : ")
        where = f"{path}:{line}" if line else path
        raise ConfigError(where, f"is not valid in a schema: {problem}", "Correct that line") from None
    except RecursionError:
        raise ConfigError(path, "nests its entries too deep", "Remove what is nested; columns need no more") from None
    dtypes = schema_dtypes(schema)
    if not dtypes:
        fix = "Add a feature for each column, or remove data.schema_file: the schema is then inferred"
        raise ConfigError(path, "names no column with a type", fix)
    for name in settings.features.timestamps:
        if dtypes.get(name, "int64") != "int64":
            what = "is a timestamp, which examples hold as whole seconds, and the schema gives it another type"
            raise ConfigError(f"{path}, column {name!r}", what, "Make it INT there")
