"""Which kinds of search spaces there are."""

from collections.abc import Mapping

from modules.contracts.architecture import Architecture
from modules.training.architectures import macro, micro, mlp
from modules.training.architectures.kind import Kind, Values

KINDS: Mapping[str, Kind] = {"mlp": mlp, "macro": macro, "micro": micro}
#: The hyperparameter that says of which kind a configuration is; one without it is of the first kind.
KIND = "kind"


def kind_of(values: Values) -> Kind:
    """Returns the kind of a configuration."""
    return KINDS[values.get(KIND, "mlp")]


def architecture_of(values: Values) -> Architecture:
    """Returns the network of a configuration."""
    return kind_of(values).architecture(values)
