"""The layers of the Dockerfile, which only reading shows, and the scripts that build it on made-up machines.

tests/image looks at the image from within.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
TOOLS = (
    *("bash", "env", "dirname", "basename", "id", "uname", "mkdir", "rm", "cat", "cp", "mktemp", "date", "head"),
    *("tail", "grep", "sed", "awk", "sort", "umount", "tar", "df", "cut"),
)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE)


def instructions() -> list[tuple[str, str, str]]:
    """Returns the stage, the word and the rest of each instruction of the Dockerfile."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    found, stage = [], ""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            stage = rest.rpartition(" AS ")[2] if word == "FROM" else stage
            found.append((stage, word, " ".join(rest.split())))
    return found


def words(word: str, *stages: str) -> list[str]:
    return [rest for stage, found, rest in instructions() if found == word and (not stages or stage in stages)]


def lock(name: str) -> dict[str, tuple[str, set[str]]]:
    """Returns version and hashes by the name of a package."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    found = {name: (version, set(hashes.split())) for name, version, hashes in PINNED.findall(text)}
    assert len(found) == len(re.findall(r"^[^ #]+==", text, re.MULTILINE))
    return found


def named(name: str) -> set[str]:
    """Returns the packages that a file *.in names itself."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return {re.split(r"[\[<>=]", line)[0].lower() for line in lines if line and line[0] not in "#-"}


# --- the Dockerfile --------------------------------------------------------------------------------------------


def test_the_image_and_the_one_with_the_tests_run_as_the_same_user() -> None:
    """Kubernetes' runAsNonRoot takes numbers only; tests/image sees from within who it is."""
    last = instructions()[-1][0]
    assert last == "runtime"
    assert words("USER", "test") == words("USER", last) != []


def test_kubeflow_s_own_command_is_all_that_a_task_runs() -> None:
    assert not words("ENTRYPOINT")
    assert not words("HEALTHCHECK")


def test_the_base_image_is_an_argument() -> None:
    bases = {base.partition(" AS ")[0] for base in words("FROM")}
    assert bases == {"${BASE}", "dependencies"}
    assert words("ARG")[0].startswith("BASE=") and instructions()[0][1] == "ARG"


def test_every_package_comes_from_a_lock_by_its_hash_and_leaves_no_cache() -> None:
    installs = [part for run in words("RUN") for part in run.split("&&") if "pip install" in part]
    assert installs
    for command in installs:
        assert re.search(r"--no-cache\b|--no-cache-dir\b", command), command
        if "--no-index" not in command:  # the project itself
            assert "--require-hashes" in command and re.search(r" -r \S+\.lock$", command.strip()), command


def test_the_installer_and_the_tests_stay_out_of_the_image() -> None:
    stages = {base.rpartition(" AS ")[2]: base.partition(" AS ")[0] for base in words("FROM")}
    assert stages["runtime"] == "dependencies" and stages["dependencies"] == "${BASE}"
    copied = [rest.split()[:-1] for rest in words("COPY", "dependencies", "runtime")]
    assert copied == [
        ["requirements/bootstrap.lock", "requirements/image.lock"],
        ["--from=project", "/installed"],
        ["LICENSE", "local_runner.py", "kubeflow_runner.py"],
    ]
    assert all(run.endswith("/tmp/*") for run in words("RUN", "dependencies"))
    assert not words("RUN", "runtime")


def test_a_change_of_the_code_leaves_the_layer_of_the_packages_as_it_is() -> None:
    sources = [source for rest in words("COPY", "dependencies") for source in rest.split()[:-1]]
    assert sources and all(source.startswith("requirements/") for source in sources)


def test_settings_of_the_building_machine_reach_a_step_as_secrets_alone() -> None:
    assert {argument.partition("=")[0] for argument in words("ARG")} == {"BASE", "REVISION"}
    for run in words("RUN"):
        if "/run/secrets/settings ]" in run:
            assert "--mount=type=secret,id=settings,target=/run/secrets/settings" in run
            assert "--mount=type=secret,id=authorities,target=/run/secrets/authorities" in run
    variables = {pair.partition("=")[0] for rest in words("ENV") for pair in rest.split()}
    assert not [name for name in variables if re.search(r"(?i)pip|uv_|proxy|index|token|password|secret", name)]


def test_only_named_files_get_into_a_build() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    allowed = {line[1:].rstrip("/") for line in lines if line.startswith("!")}
    assert not allowed & {".", "*", "**", ".git", ".venv", "out", ".env"}
    for source in (source for rest in words("COPY") for source in rest.split()[:-1] if not source.startswith("--from")):
        top = source.split("/")[0]
        assert source in ("/installed", ".") or top in allowed or re.sub(r"^[a-z]+_", "*_", top) in allowed, source


# --- what is installed -----------------------------------------------------------------------------------------


def test_the_image_s_lock_is_the_developers_lock_less_the_development_tools() -> None:
    image, developers = lock("image"), lock("tfx-1.21")
    assert image == {name: developers[name] for name in image}
    assert named("common") | named("tfx-1.21") <= set(image)
    assert named("development") & set(image) <= {"pillow"}  # TFX's own dependencies bring it along


def test_the_installed_package_has_every_file_of_the_project_s_packages(tmp_path: Path) -> None:
    """A template or a script that setup.py forgets is missing in the image and on Beam's workers, and nowhere else."""
    for name in ("setup.py", "pipeline", "components", "modules"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path)
    for folder in ("pipeline", "pipeline/drafting"):
        (tmp_path / folder / "__pycache__").mkdir()
        (tmp_path / folder / "__pycache__" / "old.cpython-311.pyc").write_text("what an earlier run left")
    (tmp_path / "pipeline" / "page.html.jinja").write_text("a template")
    (tmp_path / "pipeline" / "drafting" / "static").mkdir()
    (tmp_path / "pipeline" / "drafting" / "static" / "page.css").write_text("a file in a folder without code")
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", "built"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sources = {
        path.relative_to(tmp_path)
        for name in ("pipeline", "components", "modules")
        for path in (tmp_path / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    built = {path.relative_to(tmp_path / "built") for path in (tmp_path / "built").rglob("*") if path.is_file()}
    assert built == sources


# --- the scripts -----------------------------------------------------------------------------------------------

# Each stand-in writes down its arguments; a build also what it gets as secrets, since they are gone afterwards.
BUILDER = """#!/bin/bash
echo "${0##*/} $*" >>"$CALLS"
case "$1 ${2:-}" in
    "version "*) exit "${ENGINE:-0}" ;;
    "buildx "*) exit 0 ;;
    "image inspect" | "inspect --type") [[ " $IMAGES " == *" ${!#} "* ]] ;;
    "pull "*) exit "${PULL:-1}" ;;
    "images "*) echo "2.9 GB" ;;
    "build "*)
        for argument in "$@"; do
            case $argument in id=*) cat "${argument##*src=}" >>"$CALLS.${argument%%,*}" ;; esac
        done
        echo "what the builder says"
        exit "${BUILD:-0}"
        ;;
    "from "*) echo working-container ;;
    "info "*) echo "graphDriverName: ${DRIVER:-overlay}" ;;
    "run "*) exit "${RUN:-0}" ;;
esac
"""
OWN_BASE = "localhost/tfx-tabular-edge-base:3.11-trixie"
OFFICIAL_BASE = "docker.io/library/python:3.11-slim-trixie"


class Machine:
    """A clone of the scripts on a made-up machine."""

    def __init__(self, folder: Path):
        self.root = folder / "clone"
        self.bin = folder / "bin"
        self.temporary = folder / "temporary"
        for path in (self.root, self.bin, self.temporary):
            path.mkdir()
        shutil.copytree(ROOT / "image", self.root / "image")
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)
        self._calls = folder / "calls"
        self.env = {
            "PATH": str(self.bin),
            "HOME": str(folder),
            "TMPDIR": str(self.temporary),
            "CALLS": str(self._calls),
            "IMAGES": OWN_BASE,
        }
        self.tool("uname", "#!/bin/bash\necho x86_64\n")

    def tool(self, name: str, text: str = BUILDER) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def run(self, script: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.bin / "bash"), f"image/{script}", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.env | env, capture_output=True, text=True, timeout=60, check=False
        )

    def calls(self, suffix: str = "") -> str:
        path = Path(f"{self._calls}{suffix}")
        return path.read_text() if path.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Image: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("script", ["build.sh", "base.sh", "test.sh"])
def test_without_a_builder_the_user_is_told_what_to_install(machine: Machine, script: str) -> None:
    assert "install one (Debian, Ubuntu: apt-get install buildah)" in refused(machine.run(script))


def test_a_docker_without_an_engine_is_passed_over(machine: Machine) -> None:
    machine.tool("docker")
    assert "no engine of its answers" in refused(machine.run("build.sh", ENGINE="1"))
    machine.tool("buildah")
    done = machine.run("build.sh", ENGINE="1")
    assert done.returncode == 0, done.stderr
    assert "buildah build --layers" in machine.calls() and "docker build" not in machine.calls()


@pytest.mark.parametrize("builder", ["docker", "podman", "buildah"])
def test_a_build_says_what_it_does_and_what_came_of_it(machine: Machine, builder: str) -> None:
    machine.tool(builder)
    done = machine.run("build.sh", IMAGE="registry.example/team/edge:7", REVISION="abc")
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    assert first.startswith(f"Building registry.example/team/edge:7 with {builder} on {OWN_BASE} ")
    assert re.match(r"Built registry\.example/team/edge:7, .*, in \d+ s\.$", last)
    call = next(line for line in machine.calls().splitlines() if line.startswith(f"{builder} build "))
    assert call.endswith("--target runtime --tag registry.example/team/edge:7 .")
    assert f"--build-arg BASE={OWN_BASE} --build-arg REVISION=abc" in call
    assert "what the builder says" in (machine.root / "build" / "image.log").read_text()


@pytest.mark.parametrize(
    ("name", "stage", "tag"),
    [
        ("", "runtime", "tfx-tabular-edge:latest"),
        ("host:5000/edge", "runtime", "host:5000/edge:latest"),
        ("host:5000/edge:2", "test", "host:5000/edge-test:2"),
    ],
)
def test_a_name_without_a_tag_gets_one(machine: Machine, name: str, stage: str, tag: str) -> None:
    machine.tool("buildah")
    assert machine.run("build.sh", *[stage] * (stage == "test"), IMAGE=name).returncode == 0
    assert f"--target {stage} --tag {tag} ." in machine.calls()


@pytest.mark.parametrize("script", ["build.sh", "test.sh", "walk.sh"])
@pytest.mark.parametrize("name", ["--privileged", "x'; touch planted; '", "$(touch planted)", "`touch planted`", "a b"])
@pytest.mark.parametrize("variable", ["IMAGE", "BASE"])
def test_a_name_that_is_an_option_or_a_command_is_refused(
    machine: Machine, script: str, name: str, variable: str
) -> None:
    machine.tool("buildah")
    done = machine.run(script, **{variable: name})
    assert f"Image: {variable}={name} is not the name of an image" in done.stderr
    assert done.returncode == 1
    assert "build" not in machine.calls().split()
    assert not (machine.root / "planted").exists()


@pytest.mark.parametrize(
    ("images", "pull", "base", "expected"),
    [
        ("", "0", "", OFFICIAL_BASE),
        (OFFICIAL_BASE, "1", "", OFFICIAL_BASE),
        (OWN_BASE, "0", "", OWN_BASE),  # no question to a registry for each build
        (OWN_BASE, "0", "debootstrap", OWN_BASE),
        (OWN_BASE, "0", "my/python:1", "my/python:1"),
    ],
)
def test_which_base_a_build_starts_from(machine: Machine, images: str, pull: str, base: str, expected: str) -> None:
    machine.tool("buildah")
    done = machine.run("build.sh", IMAGES=images, PULL=pull, BASE=base)
    assert done.returncode == 0, done.stderr
    assert f"--build-arg BASE={expected} " in machine.calls()


def test_a_failed_build_ends_with_the_builder_s_last_words_and_the_log(machine: Machine) -> None:
    machine.tool("buildah")
    done = machine.run("build.sh", BUILD="3")
    assert done.returncode == 1
    said, sentence = done.stderr.splitlines()[-2:]
    assert said == "what the builder says"
    assert sentence.startswith("Image: building failed") and "see build/image.log" in sentence
    assert "Built" not in done.stdout


@pytest.mark.parametrize(("script", "usage"), [("build.sh", "image/build.sh [test]"), ("base.sh", "image/base.sh")])
def test_an_unknown_argument_is_refused(machine: Machine, script: str, usage: str) -> None:
    machine.tool("buildah")
    assert f"usage: {usage}" in refused(machine.run(script, "runtme"))


def test_a_machine_of_another_architecture_is_refused(machine: Machine) -> None:
    machine.tool("buildah")
    machine.tool("uname", "#!/bin/bash\necho aarch64\n")
    assert "this is aarch64" in refused(machine.run("build.sh"))


def with_python(machine: Machine) -> None:
    machine.tool("python3.11", f'#!/bin/bash\nexec {sys.executable} "$@"\n')


def test_a_base_needs_python_3_11_and_a_way_to_fetch_debian(machine: Machine) -> None:
    machine.tool("buildah")
    assert "no whole Python 3.11 found" in refused(machine.run("base.sh"))
    with_python(machine)
    assert "apt-get install debootstrap" in refused(machine.run("base.sh"))
    machine.tool("debootstrap")
    machine.tool("id", "#!/bin/bash\necho 1000\n")
    assert "debootstrap needs root" in refused(machine.run("base.sh"))


def test_whether_a_machine_can_build_is_tried_and_not_guessed(machine: Machine) -> None:
    machine.tool("buildah")
    machine.tool("df", "#!/bin/bash\necho Avail\necho 99999999\n")
    assert machine.run("test.sh", "--check").returncode == 0
    assert [line for line in machine.calls().splitlines() if "build --layers" in line]
    assert "buildah is here, and cannot run a step: what the builder says." in refused(
        machine.run("test.sh", "--check", BUILD="1")
    )
    machine.tool("df", "#!/bin/bash\necho Avail\necho 29999999\n")
    assert machine.run("test.sh", "--check").returncode == 0
    assert "80 GB of free disk are needed" in refused(machine.run("test.sh", "--check", DRIVER="vfs"))
    machine.tool("df", "#!/bin/bash\necho Avail\necho 9999999\n")
    assert "16 GB of free disk are needed" in refused(machine.run("test.sh", "--check"))
    assert not list(machine.temporary.iterdir())


def test_a_base_that_fails_says_where_to_look_and_leaves_nothing_behind(machine: Machine) -> None:
    machine.tool("buildah")
    with_python(machine)
    machine.tool("debootstrap", "#!/bin/bash\necho no route to Debian\nexit 1\n")
    machine.tool("id", "#!/bin/bash\necho 0\n")
    done = machine.run("base.sh")
    assert done.returncode == 1 and "see build/base.log" in done.stderr and done.stderr.count("\n") == 1
    assert "no route to Debian" in (machine.root / "build" / "base.log").read_text()
    assert not list(machine.temporary.iterdir())


def test_tests_run_in_the_image_and_their_status_is_the_script_s(machine: Machine) -> None:
    machine.tool("buildah")
    done = machine.run("test.sh", "-m", "unit and not e2e", RUN="5")
    assert done.returncode == 5
    calls = machine.calls().splitlines()
    assert "buildah from --pull-never tfx-tabular-edge-test:latest" in calls
    assert calls[-2].endswith("working-container -- python -m pytest -p no:cacheprovider -m unit and not e2e")
    assert calls[-1] == "buildah rm working-container"


def test_with_docker_tests_run_without_a_network_on_a_read_only_root(machine: Machine) -> None:
    machine.tool("docker")
    assert machine.run("test.sh").returncode == 0
    run = machine.calls().splitlines()[-1]
    assert run.startswith(
        "docker run --rm --network none --read-only --volume /tmp tfx-tabular-edge-test:latest python"
    )


# --- settings of the machine -----------------------------------------------------------------------------------


def test_secrets_reach_the_build_and_are_gone_afterwards(machine: Machine) -> None:
    machine.tool("buildah")
    bundle = machine.root / "authorities.pem"
    bundle.write_text("an authority")
    done = machine.run("build.sh", PIP_INDEX_URL="https://me:secret@index.example/simple", SSL_CERT_FILE=str(bundle))
    assert done.returncode == 0, done.stderr
    settings = machine.calls(".id=settings")
    assert "export PIP_INDEX_URL=https://me:secret@index.example/simple\n" in settings
    assert "export UV_DEFAULT_INDEX=https://me:secret@index.example/simple\n" in settings
    assert "export SSL_CERT_FILE=/run/secrets/authorities\n" in settings
    assert machine.calls(".id=authorities") == "an authority"
    assert "secret@" not in done.stdout + done.stderr + machine.calls() + (machine.root / "build/image.log").read_text()
    assert not list(machine.temporary.iterdir())


def settings(machine: Machine, listed: str = "", **env: str) -> dict[str, str]:
    """Returns what a build would see on a machine whose `pip config list` says `listed`."""
    (machine.root / "listed").write_text(listed)
    machine.tool("python3", f'#!/bin/bash\n[ "$*" = "-m pip config list" ] && cat {machine.root}/listed\n')
    done = machine.run("settings.sh", str(machine.temporary), **env)
    assert done.returncode == 0, done.stderr
    script = f". {machine.temporary}/settings; env -0"
    seen = subprocess.run(
        [machine.bin / "bash", "-c", script], env={"PATH": str(machine.bin)}, capture_output=True, text=True, check=True
    )
    pairs = dict(pair.split("=", 1) for pair in seen.stdout.split("\0") if pair)
    ignored = ("PATH", "PWD", "SHLVL", "_", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return {name: value for name, value in pairs.items() if name not in ignored}


def test_pip_s_own_configuration_reaches_pip_and_uv(machine: Machine) -> None:
    listed = (
        "global.cert='/etc/ssl/a.pem'\n"
        "global.extra-index-url='https://b.example/simple\\nfile:///opt/simple'\n"
        "global.index-url='https://a.example/simple'\n"
        "global.trusted-host='a.example'\n"
    )
    assert settings(machine, listed) == {
        "PIP_INDEX_URL": "https://a.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://b.example/simple",
        "PIP_TRUSTED_HOST": "a.example",
        "UV_DEFAULT_INDEX": "https://a.example/simple",
        "UV_INDEX": "https://b.example/simple",
        "UV_INSECURE_HOST": "a.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_the_environment_goes_before_pip_s_files_and_uv_s_own_settings_before_pip_s(machine: Machine) -> None:
    seen = settings(
        machine,
        "global.index-url='https://a.example/simple'\n",
        PIP_INDEX_URL="https://c.example/simple",
        UV_DEFAULT_INDEX="https://d.example/simple",
        HTTPS_PROXY="http://proxy.example:3128",
    )
    assert seen == {
        "PIP_INDEX_URL": "https://c.example/simple",
        "UV_DEFAULT_INDEX": "https://d.example/simple",
        "HTTPS_PROXY": "http://proxy.example:3128",
    }


def test_a_machine_without_settings_gives_none(machine: Machine) -> None:
    assert settings(machine, PIP_FIND_LINKS="/opt/wheels", UV_CACHE_DIR="/tmp/x", AWS_SECRET_ACCESS_KEY="k") == {}


def test_a_setting_is_data_and_no_code(machine: Machine) -> None:
    value = "https://a.example/$(touch pwned)';`touch pwned`"
    assert settings(machine, UV_DEFAULT_INDEX=value)["UV_DEFAULT_INDEX"] == value
    assert not os.path.exists("pwned")
