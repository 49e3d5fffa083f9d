"""The schema that is drafted: types, presence and the values of categories, wide enough for a healthy table to pass."""

from typing import Any

from pipeline.drafting.plan import Plan
from pipeline.drafting.sample import SampledColumn

# Of the values of a category, so many must be known ones: a rare new value stops no run, a column of others does.
_KNOWN_MASS = 0.9
# A column with fewer values may by chance have none among the validation rows.
_PRESENT_ROWS = 200
_COMMENT = """\
# Drafted by init from {table}: the type of each column, whether it must have values, and the values of categories.
# min_domain_mass is the share of values that must be known ones; a class of the label must always be.
"""


def draft(plan: Plan) -> str:
    """Returns the schema as text.

    Args:
        plan: The decisions.
    """
    from google.protobuf import text_format
    from tensorflow_metadata.proto.v0 import schema_pb2

    schema = schema_pb2.Schema()
    for column in plan.sample.columns.values():
        feature = schema.feature.add()
        feature.name = column.name
        dtype = "int64" if column.name in plan.timestamps else column.dtype
        feature.type = {"int64": schema_pb2.INT, "float32": schema_pb2.FLOAT, "string": schema_pb2.BYTES}[dtype]
        _presence(feature, column, plan)
        if column.is_text and column.tally and plan.judged[column.name].kind in ("category", "boolean", "constant"):
            feature.string_domain.value.extend(sorted(map(str, column.tally)))
            if column.name != plan.target.column.name:
                feature.distribution_constraints.min_domain_mass = _KNOWN_MASS
    text = text_format.MessageToString(schema, as_utf8=True)
    return _COMMENT.format(table=" ".join(plan.sample.table.split())) + "\n" + text


def _presence(feature: Any, column: SampledColumn, plan: Plan) -> None:
    """Asks for values where the table has them: in half of the rows at least if hardly any is missing now."""
    present = plan.sample.rows - column.missing
    if column.name == plan.target.column.name:  # rows without a label become no examples
        feature.presence.min_fraction = 1.0
        feature.presence.min_count = 1
        return
    if present < _PRESENT_ROWS or plan.split.time or plan.split.group:
        return
    feature.presence.min_count = 1
    if present >= 0.9 * plan.sample.rows:
        feature.presence.min_fraction = 0.5
