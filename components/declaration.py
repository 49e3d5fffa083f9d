"""How a component of this project declares itself: each channel and each parameter once, with its type and what it is.

    class Pruner(DeclaredComponent, executor=executor.Executor):
        \"\"\"Sets a share of the student's weights to zero, and fails if it could not.\"\"\"

        READS = {"features": None, "label": None, "pruner": None, "seed": None}

        model = Input(standard_artifacts.Model, "The distilled student.")
        pruned_model = Output(standard_artifacts.Model, "The pruned student.")

TFX's ComponentSpec, the outputs' channels and the docstring's arguments are made from it.
"""

import dataclasses
import json
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from tfx.dsl.components.base import base_beam_executor, base_component, base_executor, executor_spec
from tfx.types import artifact, channel, component_spec

from modules.base.settings import Distillation, Label, PipelineSettings

# The settings of a section that a step reads; None is all of them.
Sections = Mapping[str, Collection[str] | None]

# The settings of the label that say what it is. Of the others, some are for training alone, and some for the check of
# its values alone: another objective is no reason to transform or to judge the rows anew.
LABEL_ITSELF = frozenset(Label.model_fields) - {"objective", "class_weights", "negative_class", "others"}

# The settings of the distillation but for those that say whether students are compared.
DISTILLATION_ITSELF = frozenset(Distillation.model_fields) - {"compare"}


@dataclasses.dataclass(frozen=True)
class Input:
    """A channel that a component reads.

    Attributes:
        type: The artifact's type.
        doc: What it is.
        optional: Whether the component does without it.
        several: Whether a list of channels is given; the executor finds them as `<name>_0`, `<name>_1` and so on.
    """

    type: type[artifact.Artifact]
    doc: str
    optional: bool = False
    several: bool = False


@dataclasses.dataclass(frozen=True)
class Output:
    """A channel that a component writes: the artifact's type, and what it is."""

    type: type[artifact.Artifact]
    doc: str


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A value that a component is given, text if nothing else is said, and what it is."""

    doc: str
    type: type = str


class DeclaredComponent(base_component.BaseComponent):
    """A component that is declared by the attributes of its class.

    Every component has the parameters `config` and `code`; `parameters_of` makes the first.

    Raises:
        TypeError: If a channel or a parameter is missing, or one is given that the component does not have.
    """

    # What the component reads of the config, section by section.
    READS: ClassVar[Sections] = {}

    config = Parameter("What the component reads of the config, as JSON.")
    code = Parameter("Digest of the code that runs: the cache's key to it.")

    def __init_subclass__(cls, executor: type[base_executor.BaseExecutor], **kwargs: Any) -> None:
        """Makes the ComponentSpec and the docstring."""
        super().__init_subclass__(**kwargs)
        with_beam = issubclass(executor, base_beam_executor.BaseBeamExecutor)
        kind = executor_spec.BeamExecutorSpec if with_beam else executor_spec.ExecutorClassSpec
        cls.EXECUTOR_SPEC = kind(executor)
        cls.SPEC_CLASS = cls._spec_class(
            {name: given for name, given in cls._declared(Input).items() if not given.several}
        )
        arguments = cls._declared(Input) | cls._declared(Parameter)
        lines = [f"    {name}: {given.doc}" for name, given in arguments.items()]
        outputs = [f"    {name}: {made.doc}" for name, made in cls._declared(Output).items()]
        cls.__doc__ = "\n".join([cls.__doc__ or "", "", "Args:", *lines, "", "Outputs:", *outputs])

    def __init__(self, **given: Any) -> None:
        several = [name for name, known in self._declared(Input).items() if known.several]
        lists = {name: list(given.pop(name, ())) for name in several}
        self._check(set(given))
        inputs = {name: known for name, known in self._declared(Input).items() if name not in several}
        for name, channels in lists.items():
            numbered = {f"{name}_{number}": made for number, made in enumerate(channels)}
            inputs |= dict.fromkeys(numbered, self._declared(Input)[name])
            given |= numbered
        outputs = {name: channel.Channel(type=made.type) for name, made in self._declared(Output).items()}
        spec = self._spec_class(inputs) if lists else self.SPEC_CLASS
        super().__init__(spec(**given, **outputs))

    @classmethod
    def config_of(cls, settings: PipelineSettings) -> str:
        """Returns the parameter `config`: just what the component reads of the config.

        Args:
            settings: The config, with paths that the executor can open.
        """
        return json.dumps(sections_of(settings, cls.READS))

    @classmethod
    def executor_module(cls) -> str:
        """Returns the dotted name of the module of the executor, where the digest of the code starts."""
        return cls.EXECUTOR_SPEC.executor_class.__module__

    @classmethod
    def _declared(cls, kind: type) -> dict[str, Any]:
        """Returns what is declared of a kind, that of the base class last."""
        return {name: value for of in cls.__mro__ for name, value in vars(of).items() if isinstance(value, kind)}

    @classmethod
    def _spec_class(cls, inputs: Mapping[str, Input]) -> type[component_spec.ComponentSpec]:
        base = vars(cls).get("SPEC_CLASS", component_spec.ComponentSpec)
        parameters = {
            name: component_spec.ExecutionParameter(type=value.type) for name, value in cls._declared(Parameter).items()
        }
        declared = {
            "PARAMETERS": parameters,
            "INPUTS": {
                name: component_spec.ChannelParameter(type=value.type, optional=value.optional)
                for name, value in inputs.items()
            },
            "OUTPUTS": {
                name: component_spec.ChannelParameter(type=value.type) for name, value in cls._declared(Output).items()
            },
        }
        return type(f"{cls.__name__}Spec", (base,), declared)

    @classmethod
    def _check(cls, given: set[str]) -> None:
        required = {name for name, known in cls._declared(Input).items() if not (known.optional or known.several)}
        required |= set(cls._declared(Parameter))
        known = required | set(cls._declared(Input))
        for what, names in (("needs", required - given), ("has no", given - known)):
            if names:
                raise TypeError(
                    f"{cls.__name__} {what} {', '.join(sorted(names))}; it takes {', '.join(sorted(known))}"
                )


def sections_of(settings: PipelineSettings, reads: Sections) -> dict[str, Any]:
    """Returns parts of the config.

    Args:
        settings: The config.
        reads: The settings of each section that are meant; `seed` is a value by itself.

    Returns:
        A JSON object.
    """
    return {
        name: getattr(settings, name)
        if name == "seed"
        else getattr(settings, name).model_dump(mode="json", include=None if keys is None else set(keys))
        for name, keys in reads.items()
    }
