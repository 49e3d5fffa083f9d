# ruff: noqa: E501 - one line per damage
"""Damages of a really compiled file: each is found, in words. One line per damage."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint import lint

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

Damage = Callable[[Document], None]
TASKS = "root.dag.tasks"
TUNER = "deploymentSpec.executors.Tuner_executor.container"
SCHEMA = "deploymentSpec.executors.ImportSchemaGen_executor.container.args"
RESOLVER = "deploymentSpec.executors.Baseline-model-resolver_executor.resolver"
SECRETS = "platform:platforms.kubernetes.deploymentSpec.executors.Tuner_executor"
SECRET = f"{SECRETS}.secretAsEnv.0"
TRANSFORM = f"{TASKS}.Transform.inputs.parameters"


def place(document: Document, path: str) -> tuple[Any, Any]:
    """Returns what a path leads to, without its last part, and that part."""
    part, _, inner = path.rpartition(":")
    value: Any = getattr(document, part or "spec")
    *parents, last = inner.split(".")
    for key in parents:
        value = value[int(key) if isinstance(value, list) else key]
    return value, int(last) if isinstance(value, list) else last


def put(path: str, value: Any) -> Damage:
    def damage(document: Document) -> None:
        inside, key = place(document, path)
        inside[key] = value

    return damage


def drop(path: str) -> Damage:
    def damage(document: Document) -> None:
        inside, key = place(document, path)
        del inside[key]

    return damage


def change(path: str, how: Callable[[Any], Any]) -> Damage:
    def damage(document: Document) -> None:
        inside, key = place(document, path)
        inside[key] = how(inside[key])

    return damage


def replaced(word: str, other: str) -> Callable[[list[str]], list[str]]:
    return lambda words: [other if found == word else found for found in words]


def cut(word: str) -> Callable[[list[str]], list[str]]:
    """Shortens the argument two behind a word."""
    return lambda words: [
        found[:-9] if words[max(0, number - 2)] == word else found for number, found in enumerate(words)
    ]


SAID: list[tuple[str, str, Damage, str, str]] = [
    # target, damage, how, where, words
    ("both", "a constant that is no text", put(f"{TRANSFORM}.preprocessing_fn.runtimeValue.constant", 5), "Transform", "is the number 5: it is declared to be a text"),
    ("both", "a constant that is no number", put(f"{TRANSFORM}.disable_statistics.runtimeValue.constant", "no"), "Transform", "is the text 'no': it is declared to be a whole number"),
    ("both", "a constant that is no whole number", put(f"{TRANSFORM}.disable_statistics.runtimeValue.constant", 0.5), "Transform", "is the number 0.5: it is declared to be a whole number"),
    ("both", "a truth value for a number", put(f"{TRANSFORM}.disable_statistics.runtimeValue.constant", True), "Transform", "is true: it is declared to be a whole number"),
    ("both", "a list for a text", put(f"{TRANSFORM}.custom_config.runtimeValue.constant", ["a"]), "Transform", "is a list: it is declared to be a text"),
    ("both", "a map for a text", put(f"{TRANSFORM}.custom_config.runtimeValue.constant", {"a": 1}), "Transform", "is a map: it is declared to be a text"),
    ("both", "a null constant", put(f"{TRANSFORM}.custom_config.runtimeValue.constant", None), "Transform", "'custom_config' has no value"),
    ("both", "a config that is cut", change(f"{TRANSFORM}.custom_config.runtimeValue.constant", lambda text: text[:-4]), "Transform", "'custom_config' is cut or broken JSON"),
    ("both", "a placeholder in a constant", put(f"{TRANSFORM}.preprocessing_fn.runtimeValue.constant", "{{$.inputs.x}}"), "Transform", "'preprocessing_fn' "),
    ("both", "a parameter of no type", drop("components.Pruner.inputDefinitions.parameters.code.parameterType"), "Pruner", "'code' has the type ''"),
    ("both", "a parameter that the component has not", put(f"{TASKS}.Tuner.inputs.parameters.more", {"runtimeValue": {"constant": "1"}}), "Tuner", "its parameter 'more' is none of its component"),
    ("both", "an input that the component has not", change(f"{TASKS}.Tuner.inputs.artifacts", lambda found: found | {"more": found["examples"]}), "Tuner", "its input 'more' is none of its component"),
    ("both", "an input from nowhere", put(f"{TASKS}.Tuner.inputs.artifacts.examples", {}), "Tuner", "its input 'examples' has no source"),
    ("both", "a runtime parameter of another type", put("root.inputDefinitions.parameters.destination.parameterType", "NUMBER_INTEGER"), "Pusher", "that is of another type"),
    ("both", "a default of another type", put("root.inputDefinitions.parameters.destination.defaultValue", 7), "root", "the default of 'destination' is the number 7"),
    ("both", "inputs are a text", put(f"{TASKS}.Tuner.inputs", "x"), "Tuner", "inputs is the text 'x'; expected a map"),
    ("both", "inputs are null", put(f"{TASKS}.Tuner.inputs", None), "Tuner", "inputs is null; expected a value"),
    ("both", "a task is null", put(f"{TASKS}.Tuner", None), "Tuner", "it is null"),
    ("both", "a task is a list", put(f"{TASKS}.Tuner", []), "Tuner", "it is a list; expected a map"),
    ("both", "tasks are a list", put(TASKS, []), "pipelineSpec", "root.dag.tasks is a list; expected a map"),
    ("both", "the root is null", put("root", None), "pipelineSpec", "root is null"),
    ("both", "the root is a list", put("root", [1]), "pipelineSpec", "root is a list; expected a map"),
    ("both", "components are a number", put("components", 3), "pipelineSpec", "components is the number 3; expected a map"),
    ("both", "the deployment is a list", put("deploymentSpec", []), "deploymentSpec", "is a list; expected a map"),
    ("both", "executors are null", put("deploymentSpec.executors", None), "deploymentSpec", "executors is null"),
    ("both", "a container is null", put(TUNER, None), "deploymentSpec", "Tuner_executor.container is null"),
    ("both", "a text where a list belongs", put(f"{TASKS}.Tuner.dependentTasks", "Transform"), "Tuner", "dependentTasks is the text 'Transform'; expected a list"),
    ("both", "a number among texts", put(f"{TASKS}.Tuner.dependentTasks.0", 4), "Tuner", "dependentTasks.0 is the number 4; expected a text"),
    ("both", "a text where a truth value belongs", put(f"{TASKS}.Tuner.cachingOptions.enableCache", "yes"), "Tuner", "expected true or false"),
    ("both", "a text where a number belongs", put(f"{TUNER}.resources.cpuLimit", "four"), "deploymentSpec", "resources.cpuLimit is the text 'four'; expected a number"),
    ("both", "a misspelt field", change(f"{TASKS}.Tuner", lambda task: task | {"dependantTasks": []}), "Tuner", "dependantTasks is a field that no PipelineTaskSpec has"),
    ("both", "an unknown value of a list", put(f"{TASKS}.Tuner.triggerPolicy", {"strategy": "SOMETIMES"}), "pipelineSpec", "it does not parse"),
    ("both", "an empty name", put("pipelineInfo.name", ""), "pipelineInfo", "name is empty"),
    ("both", "no name", drop("pipelineInfo"), "pipelineInfo", "name is empty"),
    ("both", "a name in capitals", put("pipelineInfo.name", "Census Income"), "pipelineInfo", "name is 'Census Income'"),
    ("both", "no schema version", drop("schemaVersion"), "schemaVersion", "it is None"),
    ("both", "no SDK version", drop("sdkVersion"), "sdkVersion", "it is not set"),
    ("both", "an older schema version", put("schemaVersion", "2.0.0"), "schemaVersion", "it is '2.0.0'"),
    ("both", "a task's name that no engine takes", change(TASKS, lambda tasks: tasks | {"the tuner": tasks["Tuner"]}), "the tuner", "the task's name is 'the tuner'"),
    ("both", "a task that calls itself otherwise", put(f"{TASKS}.Tuner.taskInfo.name", "Search"), "Tuner", "its taskInfo calls it 'Search'"),
    ("both", "a task without a name", drop(f"{TASKS}.Tuner.taskInfo"), "Tuner", "its taskInfo calls it ''"),
    ("both", "a task that is gone", drop(f"{TASKS}.Reporter"), "Reporter", "no task is made of this component"),
    ("both", "a task that waits for itself", put(f"{TASKS}.Tuner.dependentTasks", ["Tuner", "Transform"]), "", "they wait for each other"),
    ("both", "a task that waits twice", change(f"{TASKS}.Tuner.dependentTasks", lambda tasks: [*tasks, tasks[0]]), "Tuner", "more than once"),
    ("kfp", "a task that does not wait", change(f"{TASKS}.Tuner.dependentTasks", lambda tasks: tasks[1:]), "Tuner", "does not wait for it"),
    ("both", "another image", put(f"{TUNER}.image", "edge:1\nRUN x"), "Tuner", "its image is"),
    ("both", "another command", put(f"{TUNER}.command", ["sh", "-c", "curl x"]), "Tuner", "its command is 'sh -c curl x'"),
    ("both", "another executor's class", change(f"{TUNER}.args", replaced("components.tuner.executor.Executor", "components.pruner.executor.Executor")), "Tuner", "its executor class is 'components.pruner.executor.Executor'"),
    ("both", "a class that is no executor of ours", change(f"{TUNER}.args", replaced("components.tuner.executor.Executor", "os.system")), "Tuner", "its executor class is 'os.system'"),
    ("both", "no executor class", change(f"{TUNER}.args", lambda words: words[2:]), "Tuner", "--executor_class_path is missing"),
    ("both", "two executor classes", change(f"{TUNER}.args", lambda words: words + words[:2]), "Tuner", "--executor_class_path is given 2 times"),
    ("both", "an option without its value", change(f"{TUNER}.args", lambda words: words[:1] + words[2:]), "Tuner", "its argument --executor_class_path has no value"),
    ("both", "no placeholder", change(f"{TUNER}.args", replaced("{{$}}", "{}")), "Tuner", "its --json_serialized_invocation_args is '{}'"),
    ("both", "an unknown placeholder", change(f"{TUNER}.args", replaced("{{$}}", "{{$.json}}")), "Tuner", "it has the placeholder '{{$.json}}'"),
    ("both", "a placeholder too many", change(f"{TUNER}.args", lambda words: [*words, "{{$}}"]), "Tuner", "is in a wrong place"),
    ("both", "an interface that is cut", change(f"{TUNER}.args", lambda words: [word[:-4] if word[0] == "{" and word != "{{$}}" else word for word in words]), "Tuner", "is cut or broken JSON"),
    ("both", "another interface", drop("components.Pruner.inputDefinitions.parameters.code"), "Pruner", "its inputs are others"),
    ("kfp", "no folder of the launcher's", change(f"{TUNER}.args", lambda words: words[:-2]), "Tuner", "its --launcher_root is not / alone"),
    ("vertex", "a folder of a launcher that is not there", change(f"{TUNER}.args", lambda words: [*words, "--launcher_root", "/"]), "Tuner", "it has --launcher_root"),
    ("both", "an embedded file that is cut", change(SCHEMA, cut("--embedded")), "ImportSchemaGen", "is cut"),
    ("both", "an embedded file with another name", change(SCHEMA, lambda words: [word.replace("embedded://", "embedded://0") for word in words]), "ImportSchemaGen", "its digest is another"),
    ("both", "an embedded file that is not there", change(SCHEMA, lambda words: [word for number, word in enumerate(words) if "--embedded" not in words[max(0, number - 2) : number + 1]]), "ImportSchemaGen", "that file did not come along"),
    ("both", "fewer than no cores", put(f"{TUNER}.resources.cpuLimit", -1), "Tuner", "its cpuLimit is -1.0 cores"),
    ("both", "hardly any memory", put(f"{TUNER}.resources.memoryLimit", 0.001), "Tuner", "its memoryLimit is 0.001 gigabytes"),
    ("both", "no memory", put(f"{TUNER}.resources.memoryLimit", 0), "Tuner", "its memoryLimit is 0"),
    ("both", "more asked for than allowed", put(f"{TUNER}.resources.memoryRequest", 64), "Tuner", "its memoryRequest is 64.0"),
    ("both", "no accelerators of a kind", put(f"{TUNER}.resources.accelerator", {"type": "nvidia.com/gpu", "count": "0"}), "Tuner", "it asks for 0 accelerators"),
    ("both", "an accelerator of no kind", put(f"{TUNER}.resources.accelerator", {"type": "", "count": "1"}), "Tuner", "its accelerator is ''"),
    ("both", "fewer than no tries", put(f"{TASKS}.Tuner.retryPolicy.maxRetryCount", -1), "Tuner", "it is tried again -1 times"),
    ("both", "endless tries", put(f"{TASKS}.Tuner.retryPolicy.maxRetryCount", 1_000_000), "Tuner", "it is tried again 1000000 times"),
    ("both", "a wait that shrinks", put(f"{TASKS}.Tuner.retryPolicy.backoffFactor", -2), "Tuner", "its backoffFactor is -2"),
    ("both", "a wait of less than no time", put(f"{TASKS}.Tuner.retryPolicy.backoffDuration", "-60s"), "Tuner", "its backoffDuration is -60s"),
    ("both", "a wait that is no time", put(f"{TASKS}.Tuner.retryPolicy.backoffDuration", "soon"), "pipelineSpec", "it does not parse"),
    ("kfp", "a baseline from the cache", put(f"{TASKS}.Baseline.cachingOptions.enableCache", True), "Baseline", "it may come from the cache"),
    ("both", "a variable twice", change(f"{TUNER}.env", lambda found: [*found, {"name": "TZ", "value": "CET"}]), "Tuner", "its environment has TZ more than once"),
    ("both", "a variable of no name", change(f"{TUNER}.env", lambda found: [*found, {"value": "1"}]), "Tuner", "its environment has the variable ''"),
    ("both", "a variable of a broken name", change(f"{TUNER}.env", lambda found: [*found, {"name": "A B", "value": "1"}]), "Tuner", "its environment has the variable 'A B'"),
    ("both", "an environment that is a map", put(f"{TUNER}.env", {"TZ": "UTC"}), "deploymentSpec", "env is a map; expected a list"),
    ("both", "a secret among the variables", change(f"{TUNER}.env", lambda found: [*found, {"name": "DB_PASSWORD", "value": "hunter2"}]), "Tuner", "its variable DB_PASSWORD looks like a secret"),
    ("both", "a password in an address", put(f"{TRANSFORM}.preprocessing_fn.runtimeValue.constant", "s3://a:hidden@b/c"), "Transform", "'preprocessing_fn' holds a password before its @"),
    ("kfp", "a password in the root", put("defaultPipelineRoot", "s3://a:hidden@b/c"), "pipelineSpec", "defaultPipelineRoot is 's3://a:***@b/c'"),
    ("both", "a NUL in a variable", change(f"{TUNER}.env", lambda found: [*found, {"name": "A", "value": "a\0b"}]), "Tuner", "its variable A holds a NUL"),
    ("vertex", "a root in another store", put("job:runtimeConfig.gcsOutputDirectory", "s3://bucket/root"), "runtimeConfig", "gcsOutputDirectory is 's3://bucket/root'"),
    ("vertex", "a root without a bucket", put("job:runtimeConfig.gcsOutputDirectory", "gs://"), "runtimeConfig", "gcsOutputDirectory is 'gs://'"),
    ("vertex", "a value for no parameter", put("job:runtimeConfig.parameterValues.more", "1"), "runtimeConfig", "'more' is no runtime parameter"),
    ("vertex", "a value of another type", put("job:runtimeConfig.parameterValues.destination", 3), "root", "'destination' is the number 3"),
    ("vertex", "a job without a name", put("job:displayName", ""), "PipelineJob", "displayName is empty"),
    ("vertex", "a label that Google refuses", put("job:labels.Team", "A B"), "PipelineJob", "its label 'Team' is 'A B'"),
    ("vertex", "an empty resolver", put(RESOLVER, {}), "Baseline-model-resolver", "its resolver is empty"),
    ("vertex", "a resolver without a filter", put(f"{RESOLVER}.outputArtifactQueries.model", {}), "Baseline-model-resolver", "its filter for 'model' is ''"),
    ("vertex", "a resolver of another output", put(f"{RESOLVER}.outputArtifactQueries.more", {"filter": 'schema_title="tfx.Model"'}), "Baseline-model-resolver", "its query 'more' is for no output"),
    ("vertex", "a resolver that counts on no input", drop(f"{TASKS}.Baseline-model-resolver.inputs"), "Baseline-model-resolver", "has a placeholder of no input"),
    ("kfp", "a root on a disk", put("defaultPipelineRoot", "/tmp/root"), "pipelineSpec", "defaultPipelineRoot is '/tmp/root'"),
    ("kfp", "a root in a store that nobody opens", put("defaultPipelineRoot", "hdfs://name/root"), "pipelineSpec", "defaultPipelineRoot is 'hdfs://name/root'"),
    ("kfp", "no root", drop("defaultPipelineRoot"), "pipelineSpec", "defaultPipelineRoot is not set"),
    ("kfp", "a destination on a disk", put("root.inputDefinitions.parameters.destination.defaultValue", "/models"), "root", "'destination' is '/models'"),
    ("kfp", "a platform that nobody knows", put("platform:platforms.nomad", {}), "platforms", "it is for 'nomad'"),
    ("kfp", "platforms are a list", put("platform:platforms", []), "platforms", "platforms is a list; expected a map"),
    ("kfp", "secrets that are a text", put(f"{SECRETS}.secretAsEnv", "store"), "platforms: Tuner_executor", "its secretAsEnv names no keys"),
    ("kfp", "a secret without keys", drop(f"{SECRET}.keyToEnv"), "platforms: Tuner_executor", "its secretAsEnv names no keys"),
    ("kfp", "a secret without a name", drop(f"{SECRET}.secretName"), "platforms: Tuner_executor", "a secret is called None"),
    ("kfp", "a secret of a broken name", put(f"{SECRET}.secretName", "My_Store"), "platforms: Tuner_executor", "a secret is called 'My_Store'"),
    ("kfp", "a secret's key that is broken", put(f"{SECRET}.keyToEnv.0.secretKey", ""), "platforms: Tuner_executor", "the key of a secret is ''"),
    ("kfp", "a secret's variable that is broken", put(f"{SECRET}.keyToEnv.0.envVar", 5), "platforms: Tuner_executor", "a secret fills the variable 5"),
    ("kfp", "a secret and a value for one variable", put(f"{SECRET}.keyToEnv.0.envVar", "TZ"), "platforms: Tuner_executor", "TZ is set more than once"),
    ("kfp", "one variable from two secrets", change(f"{SECRETS}.secretAsEnv", lambda found: found * 2), "platforms: Tuner_executor", "AWS_ACCESS_KEY_ID is set more than once"),
    ("kfp", "one step without secrets", drop(SECRETS), "platforms: Tuner_executor", "its secrets are not those of the other steps"),
    ("kfp", "a secret's key with another field", put(f"{SECRET}.keyToEnv.0.variable", "A"), "platforms: Tuner_executor", "has the field 'variable'"),
    ("kfp", "a setting that compile does not write", put(f"{SECRETS}.hostNetwork", True), "platforms: Tuner_executor", "it has 'hostNetwork'"),
    ("both", "a type that is broken YAML", put("components.Pruner.outputDefinitions.artifacts.pruned_model.artifactType.instanceSchema", "title: ["), "Pruner", "is of the unknown type ''"),
]  # fmt: skip
# test_lint.py holds another 26.
assert len(SAID) >= 53

CASES = [
    pytest.param(target, damage, where, words, id=f"{name}-{target}")
    for chosen, name, damage, where, words in SAID
    for target in (("vertex", "kfp") if chosen == "both" else (chosen,))
]


@pytest.mark.parametrize(("target", "damage", "where", "words"), CASES)
def test_a_damage_is_found_in_words(
    compiled: Callable[[str], Document], target: str, damage: Damage, where: str, words: str
) -> None:
    made = compiled(target)
    damage(made)
    found = lint(made)
    assert [finding for finding in found if finding.task.startswith(where) and words in str(finding)], found
    assert all("\n" not in str(finding) and str(finding).isprintable() for finding in found)
