"""The first half of the pipeline on 2,000 rows of UCI Adult, and a teacher and a student: real artifacts, made once."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

CENSUS = Path(__file__).parents[2] / "data" / "census_income"
OVERRIDES = [
    "trainer.epochs=3",
    "trainer.batch_size=128",
    "distillation={epochs: 3, batch_size: 128, units: [16, 8]}",
    "pruner={epochs: 2, batch_size: 128}",
    "quantizer={epochs: 1, batch_size: 128}",
]
BEST = {"layers": 1, "units": 24, "activation": "relu", "dropout": 0.1, "learning_rate": 0.005}


class Road:
    """What has been made so far.

    Attributes:
        folder: Where everything lies; `train.csv` and `test.csv` are its tables.
        settings: The config.
        components: The components of the whole pipeline by id, for their parameters.
    """

    def __init__(self, folder: Path):
        from tfx.orchestration.local.local_dag_runner import LocalDagRunner
        from tfx.orchestration.pipeline import RunOptions

        from pipeline import config
        from pipeline.lineage import Lineage
        from pipeline.wiring import engines
        from pipeline.wiring.pipeline import create_pipeline

        self.folder = folder
        for name, count in (("train", 2_000), ("test", 1_000)):
            header, *rows = (CENSUS / f"adult_{name}.csv").read_text().splitlines()
            random.Random(1).shuffle(rows)
            (folder / f"{name}.csv").write_text("\n".join([header, *rows[:count]]) + "\n")
        tables = [f"data.{name}={folder / name}.csv" for name in ("train", "test")]
        self.settings = config.load(str(CENSUS / "pipeline.yaml"), [*tables, *OVERRIDES])
        metadata = str(folder / "metadata.sqlite")
        whole = create_pipeline(
            self.settings, str(folder / "artifacts"), metadata, str(folder / "pushed"), engines.local()
        )
        self.components = {component.id: component for component in whole.components}
        LocalDagRunner().run(whole, run_options=RunOptions(to_nodes=["Transform"]))
        self.lineage = Lineage(metadata, self.settings.name)

    def output(self, step: str, key: str) -> Any:
        """Returns what a step wrote, as a TFX artifact."""
        from tfx.types import standard_artifacts

        run = self.lineage.latest(step)
        assert run is not None
        found = run.outputs[key]
        kinds = {
            "examples": "Examples",
            "transformed_examples": "Examples",
            "transform_graph": "TransformGraph",
            "statistics": "ExampleStatistics",
            "anomalies": "ExampleAnomalies",
        }
        artifact = getattr(standard_artifacts, kinds.get(key, "Schema"))()
        artifact.uri = found.uri
        if "split_names" in found.properties:
            artifact.split_names = found.properties["split_names"]
        return artifact

    def inputs(self, **models: Any) -> dict[str, list[Any]]:
        """Returns the inputs of a step that trains: transformed examples, transform graph and models."""
        found = {
            "examples": [self.output("Transform", "transformed_examples")],
            "transform_graph": [self.output("Transform", "transform_graph")],
        }
        return found | {key: [model] for key, model in models.items()}

    def judged(self) -> dict[str, list[Any]]:
        """Returns the inputs of a step that judges: raw examples and transform graph."""
        return {
            "examples": [self.output("TableExampleGen", "examples")],
            "transform_graph": [self.output("Transform", "transform_graph")],
        }

    def config(self, step: str, **changes: Mapping[str, Any]) -> dict[str, str]:
        """Returns the parameter `config` that the pipeline gives a step, some sections changed."""
        values = json.loads(self.components[step].exec_properties["config"])
        for section, change in changes.items():
            values[section] |= change
        return {"config": json.dumps(values)}

    def train(
        self,
        trainer: str,
        folder: Path,
        base: Any = None,
        validation: str | None = None,
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        best: Mapping[str, Any] | None = None,
    ) -> Any:
        """Calls the run_fn of a Trainer as TFX does, sections of the config changed; returns the model artifact."""
        from tfx.components.trainer.fn_args_utils import FnArgs
        from tfx.utils import path_utils

        from modules.training import trainer as callbacks

        examples = self.output("Transform", "transformed_examples").uri
        model = new_model(folder)
        config = json.loads(self.components[trainer].exec_properties["custom_config"])
        arguments = FnArgs(
            train_files=[f"{examples}/Split-train/*"],
            eval_files=[validation or f"{examples}/Split-validation/*"],
            transform_output=self.output("Transform", "transform_graph").uri,
            serving_model_dir=path_utils.serving_model_dir(model.uri),
            model_run_dir=str(folder / "run"),
            hyperparameters={"values": best or BEST},
            base_model=path_utils.serving_model_path(base.uri) if base else None,
            custom_config=config | {section: config[section] | change for section, change in (changes or {}).items()},
        )
        {"Teacher": callbacks.train_teacher, "Student": callbacks.train_student}[trainer](arguments)
        return model


def new_model(folder: Path) -> Any:
    """Returns an empty model artifact in a folder."""
    from tfx.types import standard_artifacts

    model = standard_artifacts.Model()
    model.uri = str(folder / "model")
    return model


@pytest.fixture(scope="session")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return Road(tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="session")
def teacher(road: Road, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return road.train("Teacher", tmp_path_factory.mktemp("teacher"))


@pytest.fixture(scope="session")
def student(road: Road, teacher: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return road.train("Student", tmp_path_factory.mktemp("student"), teacher)


class Output:
    """The outputs of an executor: artifacts in a folder, by key."""

    def __init__(self, folder: Path, **kinds: Any):
        self.artifacts: dict[str, list[Any]] = {}
        for key, kind in kinds.items():
            artifact = kind()
            artifact.uri = str(folder / key)
            (folder / key).mkdir(parents=True)
            self.artifacts[key] = [artifact]

    def __getitem__(self, key: str) -> Any:
        return self.artifacts[key][0]

    def path(self, key: str) -> Path:
        return Path(self[key].uri)


@pytest.fixture(scope="session")
def new_output() -> Any:
    return Output


@pytest.fixture(scope="session")
def pruned(road: Road, teacher: Any, student: Any, tmp_path_factory: pytest.TempPathFactory) -> Output:
    """What the Pruner made of the student."""
    from tfx.types import standard_artifacts

    from components.pruner.executor import Executor

    output = Output(
        tmp_path_factory.mktemp("pruned"),
        pruned_model=standard_artifacts.Model,
        model_run=standard_artifacts.ModelRun,
    )
    Executor().Do(road.inputs(model=student, teacher=teacher), output.artifacts, road.config("Pruner"))
    return output


@pytest.fixture(scope="session")
def quantized(road: Road, teacher: Any, pruned: Output, tmp_path_factory: pytest.TempPathFactory) -> Output:
    """What the Quantizer made of the pruned student."""
    from tfx.types import standard_artifacts

    from components.artifacts import ModelForms
    from components.quantizer.executor import Executor

    output = Output(
        tmp_path_factory.mktemp("quantized"),
        forms=ModelForms,
        model_run=standard_artifacts.ModelRun,
    )
    inputs = road.inputs(model=pruned["pruned_model"], teacher=teacher)
    Executor().Do(inputs, output.artifacts, road.config("Quantizer"))
    return output


@pytest.fixture(scope="session")
def scored(
    road: Road, teacher: Any, student: Any, quantized: Output, tmp_path_factory: pytest.TempPathFactory
) -> Output:
    """What all models predict of the test and the validation rows."""
    from components.artifacts import ModelForms, Predictions
    from components.scorer.executor import Executor

    output = Output(
        tmp_path_factory.mktemp("scored"),
        predictions=Predictions,
        validation_predictions=Predictions,
        uncompressed=ModelForms,
    )
    inputs = road.judged() | {"teacher": [teacher], "student": [student], "forms": [quantized["forms"]]}
    Executor().Do(inputs, output.artifacts, road.config("Scorer"))
    return output


@pytest.fixture(scope="session")
def select(road: Road, quantized: Output, scored: Output) -> Any:
    """Returns a function that runs the Selector into a folder, with some sections of the config changed."""
    from tfx.types import standard_artifacts

    from components.artifacts import Selection
    from components.selector.executor import Executor
    from modules.tflite import device

    def run(folder: Path, **changes: Mapping[str, Any]) -> Output:
        output = Output(folder, model=standard_artifacts.Model, selection=Selection)
        inputs = road.judged() | {"forms": [quantized["forms"]]}
        inputs |= {key: [scored[key]] for key in ("uncompressed", "validation_predictions")}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(device, "_CALLS", 20)
            Executor().Do(inputs, output.artifacts, road.config("Selector", **changes))
        return output

    return run


@pytest.fixture(scope="session")
def selected(select: Any, tmp_path_factory: pytest.TempPathFactory) -> Output:
    """The form int8_qat, as the Selector passes it on, and what it found out about all forms."""
    return select(tmp_path_factory.mktemp("selected"), quantizer={"form": "int8_qat"})


@pytest.fixture(scope="session")
def asked(road: Road, student: Any, selected: Output, scored: Output) -> Any:
    """What the methods of Explainer and Debugger are given: the form int8_qat, with all of its rows."""
    from components import training_inputs
    from components.asked_model import AskedModel
    from modules.explaining.clock import Clock

    inputs = road.judged() | {"model": [selected["model"]], "student": [student]}
    inputs |= {key: [scored[key]] for key in ("predictions", "validation_predictions")}
    return AskedModel(training_inputs.start(inputs, road.config("Debugger")), inputs, Clock(600), 200)
