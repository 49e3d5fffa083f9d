"""What every teacher can do."""

from typing import Protocol

import numpy as np

from modules.training.inputs import Rows


class Teacher(Protocol):
    """Labels rows, whatever it is made of.

    Rows are what `inputs.read` returns, or rows made up in the same form: the looked-up tensors of Transform by name,
    each with the rows first (`numeric`, `value`, `missing`, `category`, …). A label or a weight among them is not
    looked at.
    """

    def logits(self, rows: Rows) -> np.ndarray:
        """Returns what it says of rows that it was not trained on, float32 [n, outputs].

        These are logits, or a regression's scaled values. Rows may come in any number; large batches are fast.
        """
        ...

    def training_logits(self, rows: Rows, first: int) -> np.ndarray:
        """Returns what it says of training rows, float32 [n, outputs].

        Args:
            rows: Training rows that follow one another in the files.
            first: The number of the first of them, counted from 0 in file order. A teacher that would grade its own
                training rows finds by it the model that has not seen a row.
        """
        ...
