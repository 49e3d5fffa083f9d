"""What a pushed model in Python says about one row: the reasons of its answer, and the answer to another row."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from modules.base.errors import DataError
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.explaining import raw_function
from pipeline.commands import asked_rows, reasoning
from pipeline.commands.row_reasons import Reasons, WhatIf
from pipeline.python import rows


class AskedModel:
    """A model that rows can be read for, and that can be asked about one."""

    _model: TfliteModel

    @property
    def card(self) -> ModelCard:
        """What model.json says: inputs, outputs, version, metrics, size, run."""
        return self._model.card

    def _read(self, X: Any) -> tuple[rows.Rows, pa.RecordBatch]:
        """Returns the rows, and of them the columns that the model reads."""
        raise NotImplementedError

    def explain(
        self,
        row: Any,
        background: Any,
        *,
        mutable: Sequence[str] = (),
        rises: Sequence[str] = (),
        falls: Sequence[str] = (),
        seed: int = 1,
    ) -> Reasons:
        """Says why a row gets its answer, and which change would flip the decision, as the command `explain` does.

        Args:
            row: A dict, a Series, or a table of one row, as `predict` takes tables.
            background: Rows to compare with, as `predict` takes them; of more than 20,000 the first are.
            mutable: The columns that may change to flip the decision; all but timestamps by default.
            rises: Columns that may only rise.
            falls: Columns that may only fall.
            seed: Of what is drawn.

        Returns:
            The reasons; printed, they are what the command says.

        Raises:
            DataError: As `predict` does, and if it is not one row.
            UserError: If the model reads no such column, or the background has fewer than ten rows.
        """
        directions = dict.fromkeys(rises, "rises") | dict.fromkeys(falls, "falls")
        asked_rows.check_columns("explain(mutable=…)", mutable, self.card)
        asked_rows.check_columns("explain(rises=…, falls=…)", directions, self.card)
        batch, given = self._one(row)
        table, others = self._read(background)
        pool = asked_rows.to_rows(self.card, others.slice(0, asked_rows.MOST), table.kind)
        fix = "Give more as the background: model.explain(row, frame)"
        question = reasoning.Question(
            "The row", f"rows of {table.kind}", "explain(background=…)", fix, mutable, directions, seed
        )
        notices = asked_rows.strangers(self.card, batch)
        return reasoning.explain(self.card, raw_function.of_file(self._model), given, pool, question, notices)

    def what_if(self, row: Any, changes: Mapping[str, Any]) -> WhatIf:
        """Says what a row would be answered if some of its cells were different, as the command `what-if` does.

        Args:
            row: As `explain` takes it.
            changes: Other cells by column, as a DataFrame would hold them.

        Returns:
            The answers before and after; printed, it is what the command says.

        Raises:
            DataError: As `predict` does, and if it is not one row.
            UserError: If the model reads no such column.
        """
        asked_rows.check_columns("what_if(changes)", changes, self.card)
        batch, before = self._one(row)
        other, after = self._one({**batch.to_pylist()[0], **changes})
        function, notices = raw_function.of_file(self._model), asked_rows.strangers(self.card, other)
        return reasoning.what_if(self.card, function, "The row", (before, after), list(changes), notices)

    def _one(self, row: Any) -> tuple[pa.RecordBatch, raw_function.Rows]:
        """Returns one row, as `feeding.selected` gives it and by column."""
        if rows.is_series(row):
            row = row.to_dict()
        table, batch = self._read([row] if isinstance(row, Mapping) else row)
        if batch.num_rows != 1:
            what = f"has {batch.num_rows} rows where one is asked about"
            raise DataError(table.kind, what, "Give one, such as frame.iloc[[16]] or a dict")
        return batch, asked_rows.to_rows(self.card, batch, table.kind)
