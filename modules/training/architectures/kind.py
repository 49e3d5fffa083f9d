"""What a kind of search space says of itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from modules.base.settings import SearchSpace
from modules.contracts.architecture import Architecture

#: The hyperparameters of a configuration, by name.
Values = Mapping[str, Any]
#: Bytes of the file of an architecture.
Bytes = Callable[[Architecture], int]


class Kind(Protocol):
    """A kind of search space. All its hyperparameters but the learning rate are choices."""

    def choices(self, space: SearchSpace) -> dict[str, Sequence[Any]]:
        """Returns the values of each hyperparameter of the network, by name."""
        ...

    def architecture(self, values: Values) -> Architecture:
        """Returns the network of a configuration."""
        ...

    def active(self, values: Values) -> set[str]:
        """Returns the names of the hyperparameters that the network depends on; of all others, no value matters."""
        ...

    def small(self, space: SearchSpace, bytes_of: Bytes) -> Iterable[Architecture]:
        """Yields some architectures of the space, the smallest one among them.

        Args:
            space: The section `tuner.search_space` of the config.
            bytes_of: Bytes, which add up from what each node takes.
        """
        ...
