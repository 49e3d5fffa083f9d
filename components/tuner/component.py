"""Interface of Tuner: TFX's own."""

from tfx import components
from tfx.dsl.components.base import executor_spec

from components.tuner import executor


class Tuner(components.Tuner):
    """TFX's Tuner, whose `tuner_results` keeps the learning curves and TensorBoard's logs of every trial."""

    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)
