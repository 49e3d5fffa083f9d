"""What the executors that train on transformed examples read from their artifacts, once for all of them."""

import json
from typing import Any

import tensorflow as tf
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

from modules.graph.encoding import Encoder
from modules.training import soft_labels, training_run
from modules.training.training_run import TrainingRun


def start(input_dict: dict[str, list[Any]], exec_properties: dict[str, Any]) -> TrainingRun:
    """Starts a run from the input `transform_graph` and the parameter `config`."""
    transform_graph = artifact_utils.get_single_uri(input_dict["transform_graph"])
    return training_run.start(json.loads(exec_properties["config"]), transform_graph)


def split_files(input_dict: dict[str, list[Any]], split: str) -> list[str]:
    """Returns the file patterns of one split of the input `examples`."""
    uris = artifact_utils.get_split_uris(input_dict["examples"], split)
    return [io_utils.all_files_pattern(uri) for uri in uris]


def model_directory(input_dict: dict[str, list[Any]], key: str) -> str:
    """Returns the SavedModel directory of the model artifact under `key`."""
    return path_utils.serving_model_path(artifact_utils.get_single_uri(input_dict[key]))


def datasets(
    run: TrainingRun, input_dict: dict[str, list[Any]], encoder: Encoder, batch_size: int
) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Returns training and validation batches with the soft labels of the input `teacher`."""
    return soft_labels.datasets(
        run,
        encoder,
        split_files(input_dict, "train"),
        split_files(input_dict, "validation"),
        model_directory(input_dict, "teacher"),
        batch_size,
    )
