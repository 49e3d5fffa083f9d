"""Values of one column that are one value in several spellings, each of which is learnt apart. Knows no TFX."""

from components.data_gate.statistics import TableStatistics
from modules.contracts.data_findings import DataFinding
from modules.features.variants import variants
from modules.tasks import spelling

# A column of more values is hardly one of categories, and names come in every spelling.
_MOST_VALUES = 1_000
_NAMED = 3


def of_table(table: TableStatistics, split: str, ignored: frozenset[str]) -> list[DataFinding]:
    """Names the spellings of each value that has several.

    Args:
        table: What a split holds.
        split: Its name.
        ignored: Columns that may hold anything: the label, and what the model does not see.

    Returns:
        A finding of the rule `spellings` for each column that has such values.
    """
    findings = []
    for name, column in sorted(table.columns.items()):
        if name in ignored or column.kind != "text" or not column.complete or len(column.counts) > _MOST_VALUES:
            continue
        groups = variants(column.counts)
        if groups:
            named = "; ".join(
                spelling.counted({value: column.counts[value] for value in its}) for its in groups[:_NAMED]
            )
            more = f"; and {len(groups) - _NAMED:,} more" if len(groups) > _NAMED else ""
            text = f"one value in several spellings, which are learnt apart: {named}{more}; write it in one way"
            findings.append(DataFinding("spellings", name, split, text))
    return findings
