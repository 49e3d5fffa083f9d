"""From checked rows to a distilled student."""

import dataclasses
from typing import Any

from tfx.components import Trainer
from tfx.dsl.components.base.base_node import BaseNode
from tfx.proto import trainer_pb2, transform_pb2
from tfx.types.channel import BaseChannel

from components.declaration import DISTILLATION_ITSELF, LABEL_ITSELF, Sections
from components.transform.component import Transform
from components.tuner.component import Tuner
from modules import callbacks
from modules.training.tuning import journal
from pipeline.wiring.context import Context, Stage
from pipeline.wiring.data import CheckedData

# What every step that learns reads of the config.
_TRAINS: Sections = {"features": None, "label": None, "seed": None}
# What decides which shapes of the student may be tried, where they are searched.
_SHAPES: Sections = {"promises": {"device"}, "quantizer": {"form"}}
# The same where the student takes the architecture that the Tuner finds.
_TUNED: Sections = {**_SHAPES, "distillation": {"architecture"}}


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainedModels(Stage):
    """What was learnt.

    Attributes:
        transformed: The rows as the network reads them, in the splits `train` and `validation`.
        transform_graph: The graph that makes them so.
        teacher: The large model.
        student: The small one, which learnt from it.
        student_run: The record of its training.
    """

    transformed: BaseChannel
    transform_graph: BaseChannel
    teacher: BaseChannel
    student: BaseChannel
    student_run: BaseChannel


def learn(context: Context, data: CheckedData) -> TrainedModels:
    """Transforms the rows, searches the teacher's shape, trains the teacher, and distils the student from it.

    Where no network is part of the teacher, there is no shape to search.
    """
    transform = _transform(context, data)
    transformed, graph = transform.outputs["transformed_examples"], transform.outputs["transform_graph"]
    given = {
        "examples": transformed,
        "transform_graph": graph,
        "train_args": trainer_pb2.TrainArgs(splits=["train"]),
        "eval_args": trainer_pb2.EvalArgs(splits=["validation"]),
    }
    tuned = context.settings.distillation.architecture == "tuned"
    searched = context.settings.distillation.units is None and not tuned
    shapes = _SHAPES if searched else {}
    tuner = None
    if tuned or context.settings.trainer.needs_search:
        tuner = _tuner(context, given, _TUNED if tuned else shapes)
    teacher = Trainer(
        **given,
        hyperparameters=tuner.outputs["best_hyperparameters"]
        if tuner is not None and context.settings.trainer.needs_search
        else None,
        run_fn=callbacks.TEACHER,
        custom_config=context.custom_config(
            {**_TRAINS, **(shapes if tuner is None else {}), "trainer": None}, callbacks.module_of(callbacks.TEACHER)
        ),
    ).with_id("Teacher")
    student = Trainer(
        **given,
        base_model=teacher.outputs["model"],
        hyperparameters=tuner.outputs["best_hyperparameters"] if tuner is not None and tuned else None,
        run_fn=callbacks.STUDENT,
        custom_config=context.custom_config(
            {**_TRAINS, **shapes, "distillation": DISTILLATION_ITSELF}, callbacks.module_of(callbacks.STUDENT)
        ),
    ).with_id("Student")
    return TrainedModels(
        steps=[transform, *([] if tuner is None else [tuner]), teacher, student],
        reported={
            "transform_graph": graph,
            **({} if tuner is None else {"tuner_results": tuner.outputs["tuner_results"]}),
            "teacher_run": teacher.outputs["model_run"],
            "student_run": student.outputs["model_run"],
        },
        transformed=transformed,
        transform_graph=graph,
        teacher=teacher.outputs["model"],
        student=student.outputs["model"],
        student_run=student.outputs["model_run"],
    )


def _tuner(context: Context, given: dict[str, Any], shapes: Sections) -> BaseNode:
    config = context.custom_config(
        {**_TRAINS, **shapes, "tuner": None}, "components.tuner.executor", callbacks.module_of(callbacks.TUNER)
    )
    if context.engine.shares_root:
        config[journal.ROOT] = f"{context.root}/searches"
    return Tuner(**given, tuner_fn=callbacks.TUNER, custom_config=config)


def _transform(context: Context, data: CheckedData) -> BaseNode:
    transform = Transform(
        examples=data.examples,
        schema=data.schema,
        preprocessing_fn=callbacks.PREPROCESSING,
        custom_config=context.custom_config(
            {**_TRAINS, "label": LABEL_ITSELF, "reduction": None},
            "components.transform.executor",
            callbacks.module_of(callbacks.PREPROCESSING),
        ),
        splits_config=transform_pb2.SplitsConfig(analyze=["train"], transform=["train", "validation"]),
        disable_analyzer_cache=True,
        disable_statistics=True,
    )
    transform.add_upstream_node(data.gate)
    return transform
