"""Pushes under readers, and a kill -9 again and again: no version is torn, none is lost, and they stay in order."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
PUSHES, READERS = 100, 4
# Pushes a model of a few megabytes after the other, and says the name of each version that it has made.
PUSHER = """
import hashlib, os, sys
from components.tflite_pusher.publish import publish_next

def write(version):
    files = {"model.tflite": os.urandom(3_000_000), "model.json": version.encode() * 1000}
    for name, content in files.items():
        open(os.path.join(sys.argv[2], name), "wb").write(content)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\\n" for name, content in files.items())
    open(os.path.join(sys.argv[2], "SHA256SUMS"), "w").write(sums)
    return sys.argv[2]

while True:
    print(publish_next(write, sys.argv[1])[0], flush=True)
"""
# Reads the newest version until there is a file called `stop`; says how often, and what was torn or out of order.
READER = """
import hashlib, os, sys
destination, newest, reads = sys.argv[1], "0", 0
while not os.path.exists(os.path.join(destination, "stop")):
    names = [name for name in os.listdir(destination) if name.isdigit()]
    if not names:
        continue
    version = max(names, key=int)
    if int(version) < int(newest):
        print("older", version, newest)
    newest, reads = version, reads + 1
    folder = os.path.join(destination, version)
    for line in open(os.path.join(folder, "SHA256SUMS")):
        digest, name = line.split()
        if hashlib.sha256(open(os.path.join(folder, name), "rb").read()).hexdigest() != digest:
            print("torn", version, name)
print(reads)
"""


def test_no_push_is_torn_lost_or_out_of_order(tmp_path: Path) -> None:
    destination, draw = tmp_path / "pushed", random.Random(7)
    destination.mkdir()
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, str(destination)], stdout=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    said: list[str] = []
    kills = 0
    while len(said) < PUSHES:
        source = tmp_path / f"source{kills}"
        source.mkdir()
        pusher = subprocess.Popen(
            [sys.executable, "-c", PUSHER, str(destination), str(source)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert pusher.stdout is not None
        for _ in range(draw.randint(1, 8)):
            said.append(pusher.stdout.readline().strip())
        try:  # the next one is killed somewhere on its way
            pusher.wait(draw.uniform(0, 0.05))
        except subprocess.TimeoutExpired:
            pusher.kill()
        said += pusher.stdout.read().split()
        kills += 1
    (destination / "stop").touch()
    reads = []
    for reader in readers:
        out, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        assert out.count("\n") == 1, out
        reads.append(int(out))
    assert min(reads) > 0
    assert kills > 5
    names = {name for name in os.listdir(destination) if name.isdigit()}
    assert set(said) <= names
    assert len(names - set(said)) <= kills  # one may have its name when its push is killed before it says so
    assert said == sorted(said, key=int)
    for name in names:
        for line in (destination / name / "SHA256SUMS").read_text().splitlines():
            digest, file = line.split("  ")
            assert hashlib.sha256((destination / name / file).read_bytes()).hexdigest() == digest
