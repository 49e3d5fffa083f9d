"""The first run of all, that the tests of this folder go on from."""

import random
from collections.abc import Iterator

import pytest

from tests.e2e.runs import ONE_BRACKET, UNASKED, Clone, Run

# The runs that train from scratch go on side by side, so that both cores have work.


@pytest.fixture(scope="session")
def shuffled_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run on labels dealt out at random, with two replicas, while the others go on."""
    clone = Clone(tmp_path_factory.mktemp("shuffled"))
    header, *rows = clone.read("adult_train.csv")
    features, labels = zip(*(row.rsplit(",", 1) for row in rows), strict=True)
    dealt = random.Random(3).sample(labels, len(labels))
    clone.write("adult_train.csv", [header, *(f"{row},{label}" for row, label in zip(features, dealt, strict=True))])
    run = clone.start("trainer.replicas=2", ONE_BRACKET, *UNASKED)
    yield run
    run.stop()


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def first(clone: Clone, shuffled_run: Run) -> Run:
    """The first run of all."""
    return clone.run()
