"""The rules that hold two tables against each other. Knows no TFX.

A difference counts if it exceeds its threshold, and if chance does not explain it: Fisher's exact test of the value
that differs, at the level `significance` divided by the number of values, columns and comparisons (Bonferroni). Rows
drawn at random from one source break a rule with at most that chance, however many columns and however few rows.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

from components.data_gate import distances, significance
from components.data_gate.statistics import ColumnStatistics, TableStatistics
from modules.base.settings import DataGate
from modules.contracts.data_findings import DataFinding

_TRAIN = "train"


def compare(
    splits: Mapping[str, TableStatistics],
    blessed: TableStatistics | None,
    label: str,
    ignored: frozenset[str],
    settings: DataGate,
) -> list[DataFinding]:
    """Holds the other splits against the training rows, and these against those of the last blessed run.

    Args:
        splits: The tables by split; `train` among them.
        blessed: The training rows of the run whose model was blessed last; None if there was none.
        label: The label's column.
        ignored: Columns that may differ: excluded from the features, or what the rows are split by.
        settings: The section `data_gate` of the config.

    Returns:
        The findings, by comparison, rule and column; those of rules that are off are among them.
    """
    train = splits[_TRAIN]
    others = {f"{name} against {_TRAIN}": table for name, table in splits.items() if name != _TRAIN}
    level = settings.significance / (len(others) + (blessed is not None) or 1)
    findings: list[DataFinding] = []
    for compared, table in others.items():
        findings += Comparison(compared, train, table, label, ignored, settings, level).between_splits()
    if blessed is not None:
        compared = f"{_TRAIN} against the last blessed run"
        findings += Comparison(compared, blessed, train, label, ignored, settings, level).since_blessed()
    return findings


class Comparison:
    """Two tables, of which one ought to be like the other.

    Args:
        compared: What is held against what.
        reference: What the other ought to be like.
        table: The other.
        label: The label's column.
        ignored: Columns that may differ.
        settings: The section `data_gate` of the config.
        level: The chance of a false alarm that each rule may take here, over all columns.
    """

    def __init__(
        self,
        compared: str,
        reference: TableStatistics,
        table: TableStatistics,
        label: str,
        ignored: frozenset[str],
        settings: DataGate,
        level: float,
    ) -> None:
        self._compared, self._reference, self._table = compared, reference, table
        self._label, self._settings = label, settings
        self._columns = sorted({*table.columns, *reference.columns} - ignored - {label})
        self._label_level, self._level = level, level / max(1, len(self._columns))

    def between_splits(self) -> list[DataFinding]:
        """Holds evaluation rows against training rows."""
        findings = [*self._missing(self._columns), *self._drift("drift"), *self._label_shift()]
        for name, before, now in self._pairs():
            if now.kind == "number":
                findings += self._training_range(name, before, now)
            else:
                findings += self._unseen(name, before, now)
        return findings

    def since_blessed(self) -> list[DataFinding]:
        """Holds today's training rows against those of the last blessed run."""
        in_both = [name for name in self._columns if _present(self._table, name) and _present(self._reference, name)]
        return [
            *self._columns_changed(),
            *self._missing(in_both),
            *self._drift("drift_since_blessed"),
            *self._label_shift(),
        ]

    def _pairs(self) -> Iterator[tuple[str, ColumnStatistics, ColumnStatistics]]:
        for name in self._columns:
            before, now = self._reference.columns.get(name), self._table.columns.get(name)
            if before and now and before.kind == now.kind:
                yield name, before, now

    def _columns_changed(self) -> Iterator[DataFinding]:
        for name in self._columns:
            before, now = self._reference.columns.get(name), self._table.columns.get(name)
            if before is None or now is None:
                text = "The column is new" if before is None else "The column is gone, or has no value any more"
                yield DataFinding("drift_since_blessed", name, self._compared, text)
            elif before.kind != now.kind:
                text = f"The column holds {now.kind}s, and held {before.kind}s"
                yield DataFinding("drift_since_blessed", name, self._compared, text)

    def _missing(self, columns: Iterable[str]) -> Iterator[DataFinding]:
        limit = self._settings.max_missing_difference
        rows, rows_before = self._table.rows, self._reference.rows
        for name in columns:
            now = rows - _present(self._table, name)
            before = rows_before - _present(self._reference, name)
            change = now / rows - before / rows_before
            if abs(change) > limit and significance.fisher(before, rows_before, now, rows) <= self._level:
                text = f"{now / rows:.1%} of the values are missing, against {before / rows_before:.1%}"
                yield self._finding("missing_values", name, text, abs(change), limit)

    def _drift(self, rule: str) -> Iterator[DataFinding]:
        for name, before, now in self._pairs():
            if now.kind == "text":
                yield from self._class_shift(rule, name, before, now, self._settings.max_l_infinity, self._level)
            else:
                yield from self._number_shift(rule, name, before, now, self._settings.max_jensen_shannon, self._level)

    def _label_shift(self) -> Iterator[DataFinding]:
        before, now = (table.columns.get(self._label) for table in (self._reference, self._table))
        if not before or not now or before.kind != now.kind:
            return
        facts = "label_shift", self._label, before, now
        if before.counts and now.counts:
            yield from self._class_shift(*facts, self._settings.max_label_l_infinity, self._label_level)
        else:
            yield from self._number_shift(*facts, self._settings.max_label_jensen_shannon, self._label_level)

    def _class_shift(
        self, rule: str, name: str, before: ColumnStatistics, now: ColumnStatistics, limit: float, level: float
    ) -> Iterator[DataFinding]:
        """Compares shares of values: the largest difference over the limit that is more than chance."""
        change = distances.differences(before.counts, now.counts, (before.present, now.present))
        for value in sorted(change, key=lambda value: -abs(change[value])):
            distance = abs(change[value])
            if distance <= limit:
                return
            rows, rows_before = now.counts.get(value, 0), before.counts.get(value, 0)
            if len(change) * significance.fisher(rows_before, before.present, rows, now.present) <= level:
                text = f"L-infinity is {distance:.3f}, limit {limit:g}: {value!r} is {rows / now.present:.1%} of the "
                text += f"values, against {rows_before / before.present:.1%}"
                yield self._finding(rule, name, text, distance, limit)
                return

    def _number_shift(
        self, rule: str, name: str, before: ColumnStatistics, now: ColumnStatistics, limit: float, level: float
    ) -> Iterator[DataFinding]:
        """Compares histograms: their divergence is over the limit, and a bin differs by more than chance."""
        distance = distances.of_numbers(before.buckets, now.buckets)
        if distance > limit:
            bins = distances.common_bins(before.buckets, now.buckets)
            first, second = ([round(rows) for rows in table.tolist()] for table in bins)
            chances = significance.fishers(first, before.present, second, now.present)
            if len(chances) * min(chances) <= level:
                text = f"The Jensen-Shannon divergence is {distance:.3f}, limit {limit:g}: the median is "
                text += f"{now.median:.6g}, against {before.median:.6g}"
                yield self._finding(rule, name, text, distance, limit)

    def _training_range(self, name: str, before: ColumnStatistics, now: ColumnStatistics) -> Iterator[DataFinding]:
        low, high = before.buckets[0][0], before.buckets[-1][1]
        below = sum(rows for _, top, rows in now.buckets if top < low)
        above = sum(rows for bottom, _, rows in now.buckets if bottom > high)
        share, limit = (below + above) / now.present, self._settings.max_outside_share
        most = math.floor(max(below, above) + 1e-6)
        if share > limit and 2 * significance.extremes(most, now.present, before.present) <= self._level:
            text = (
                f"At least {share:.1%} of the numbers, limit {limit:.1%}, lie outside {low:.6g} to {high:.6g}; "
                f"they reach from {now.buckets[0][0]:.6g} to {now.buckets[-1][1]:.6g}"
            )
            yield self._finding("training_ranges", name, text, share, limit)

    def _unseen(self, name: str, before: ColumnStatistics, now: ColumnStatistics) -> Iterator[DataFinding]:
        """Compares the share of values that no training row has with what a training row would meet in the others.

        That is the share of values that occur once (Good, 1953, https://doi.org/10.1093/biomet/40.3-4.237): in a
        column of names, most values of any new row are unseen, and nothing is wrong.
        """
        if not before.complete:
            return
        new = {value: rows for value, rows in now.counts.items() if value not in before.counts}
        share, limit = sum(new.values()) / now.present, self._settings.max_unseen_share
        once = sum(rows == 1 for rows in before.counts.values())
        unseen, rows = sum(new.values()), before.present + now.present
        if share > limit and significance.tail(unseen, now.present, once + unseen, rows) <= self._level:
            text = f"{share:.1%} of the values, limit {limit:.1%}, are in no training row, such as {next(iter(new))!r}"
            yield self._finding("unseen_values", name, text, share, limit)

    def _finding(self, rule: str, column: str, text: str, value: float, limit: float) -> DataFinding:
        return DataFinding(rule, column, self._compared, text, value, limit)


def _present(table: TableStatistics, name: str) -> int:
    return table.columns[name].present if name in table.columns else 0
