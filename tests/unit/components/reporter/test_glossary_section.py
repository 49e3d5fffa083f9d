"""The glossary explains what the page says, and nothing else."""

import pytest

from components.reporter.blocks import Glossary, Section, Text
from components.reporter.sections import glossary

pytestmark = pytest.mark.unit


def said(text: str) -> Section:
    return Section(id="one", title="One", lead="", order=1, blocks=[Text(text=text)])


def test_only_terms_of_the_page_are_explained_in_their_order() -> None:
    made = glossary.section([said("The teacher has an AUC of 0.9, and RMSE is no metric of it.")])
    assert made is not None
    (block,) = made.blocks
    assert isinstance(block, Glossary)
    assert list(block.terms) == ["AUC", "RMSE", "teacher"]
    assert all("\n" not in meaning and meaning for meaning in block.terms.values())


def test_a_page_without_a_term_has_no_glossary() -> None:
    assert glossary.section([said("Nothing to explain.")]) is None
