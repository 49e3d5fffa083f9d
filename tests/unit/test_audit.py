"""`make audit` with a stand-in for pip-audit: what it says and how it ends."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(shutil.which("make") is None, reason="the image has no requirements/"),
]

ROOT = Path(__file__).parents[2]
LOCKS = ("tfx-1.16", "tfx-1.21", "image")
# Makes an environment whose pip-audit does what AUDITOR says.
PYTHON = """#!/bin/bash
mkdir -p "$3/bin"
printf '#!/bin/bash\\neval "$AUDITOR"\\n' >"$3/bin/pip-audit"
chmod +x "$3/bin/pip-audit"
"""


def audit(folder: Path, auditor: str, uv: str = "true") -> subprocess.CompletedProcess[str]:
    requirements, tools = folder / "requirements", folder / "tools"
    for made in (requirements, tools):
        made.mkdir(exist_ok=True)
    shutil.copy(ROOT / "requirements" / "audit.sh", requirements)
    (requirements / "audit.lock").write_text("pip-audit==1\n")
    for name, content in {"python": PYTHON, "uv": f"#!/bin/bash\n{uv}\n"}.items():
        (tools / name).write_text(content)
        (tools / name).chmod(0o755)
    command = [str(requirements / "audit.sh"), str(tools / "python")]
    env = {"PATH": "/usr/bin:/bin", "AUDITOR": auditor}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_every_lock_is_audited(tmp_path: Path) -> None:
    done = audit(tmp_path, 'echo "$@" >>calls')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "".join(f"requirements/{lock}.lock\n  nothing is known\n" for lock in LOCKS)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.split()[-1] for call in calls] == [f"requirements/{lock}.lock" for lock in LOCKS]


def test_what_is_known_is_shown_and_fails(tmp_path: Path) -> None:
    done = audit(tmp_path, 'case "$*" in *1.16*) echo "pyarrow 10.0.1 CVE-2023-47248"; exit 1;; esac')
    assert done.returncode == 1
    assert "requirements/tfx-1.16.lock\npyarrow 10.0.1 CVE-2023-47248\n" in done.stdout
    assert "requirements/image.lock\n  nothing is known\n" in done.stdout


@pytest.mark.parametrize(
    ("auditor", "uv", "said"),
    [
        ("echo 'ConnectionError: Failed to resolve' >&2; exit 1", "true", "Audit: osv.dev does not answer. Connect to"),
        ("echo 'no such option' >&2; exit 2", "true", "Audit: pip-audit failed (no such option). Please report it."),
        ("true", "echo 'no route' >&2; exit 1", "Audit: the auditor cannot be installed (no route). Connect to"),
    ],
)
def test_what_could_not_be_audited_is_no_success(tmp_path: Path, auditor: str, uv: str, said: str) -> None:
    done = audit(tmp_path, auditor, uv)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1


def test_an_auditor_that_was_half_installed_is_installed_again(tmp_path: Path) -> None:
    assert audit(tmp_path, "true", "exit 1").returncode == 2
    assert audit(tmp_path, "true").returncode == 0
    assert audit(tmp_path, "true", "exit 1").returncode == 0  # it is there
