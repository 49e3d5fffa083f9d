"""How far the float32 .tflite is from the SavedModel that it was converted from, on the raw test rows of a run."""

import glob
import json
import os

from modules.base.compat import prepare_environment


def float32_against_saved_model(config_path: str, output: str) -> float:
    """Returns the largest difference of an answer over all test rows.

    Args:
        config_path: The pipeline.yaml of the run.
        output: Its output folder.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    prepare_environment()
    import numpy as np
    import tensorflow as tf
    from tfx.utils import path_utils

    from components import raw_rows
    from modules.contracts import examples, tflite
    from modules.tflite import inference
    from modules.training import training_run

    artifacts = os.path.join(output, "artifacts")
    run = training_run.start(_sections(config_path), _latest(artifacts, "Transform/transform_graph"))
    test = examples.records_path(_latest(artifacts, "TableExampleGen/examples"), "test")
    inputs = raw_rows.read(run, [test]).inputs
    saved_model = tf.saved_model.load(path_utils.serving_model_dir(_latest(artifacts, "Pruner/pruned_model")))
    serve = saved_model.signatures["serving_default"]
    expected = serve(**{name: tf.constant(array) for name, array in inputs.items()}).popitem()[1].numpy()[:, -1]
    predictor = inference.Predictor(tflite.read_form(_latest(artifacts, "Quantizer/forms"), "float32").content)
    return float(np.abs(predictor.predict(inputs)[:, -1] - expected).max())


def _sections(config_path: str) -> dict:
    from pipeline import config

    settings = config.load(config_path)
    sections = {name: json.loads(getattr(settings, name).model_dump_json()) for name in ("features", "label")}
    return sections | {"seed": settings.seed}


def _latest(artifacts: str, output: str) -> str:
    return max(glob.glob(os.path.join(artifacts, output, "*")), key=lambda path: int(os.path.basename(path)))
