"""The folder of pushed versions, local and in a bucket that a server on this machine keeps."""

import http.server
import re
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from components.tflite_pusher import versions
from components.tflite_pusher.publish import publish

pytestmark = pytest.mark.unit

DAY = "2024-01-31T00:00:00.000Z"
FILES = {"model.tflite": b"model", "model.json": b"{}"}


class Bucket(http.server.ThreadingHTTPServer):
    """A bucket of S3: its objects by name, in the order in which they were written."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}

    @property
    def options(self) -> str:
        return f"?region=eu-central-1&scheme=http&endpoint_override=127.0.0.1%3A{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""

    def do_HEAD(self) -> None:  # noqa: N802
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802
        url = urllib.parse.urlsplit(self.path)
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        name = urllib.parse.unquote(url.path).strip("/").removeprefix("bucket").strip("/")
        objects = self.server.objects
        if "list-type" in query:
            listed = sorted(key for key in objects if key.startswith(query.get("prefix", "")))
            contents = "".join(
                f"<Contents><Key>{key}</Key><LastModified>{DAY}</LastModified><Size>{len(objects[key])}</Size></Contents>"
                for key in listed
            )
            count = f"<IsTruncated>false</IsTruncated><KeyCount>{len(listed)}</KeyCount>"
            self._answer(200, f"<ListBucketResult>{count}{contents}</ListBucketResult>".encode())
        elif name in objects:
            self._answer(200, objects[name])
        else:
            self._answer(200 if not name else 404)

    def do_PUT(self) -> None:  # noqa: N802
        name = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).strip("/").removeprefix("bucket/")
        self.server.objects[name] = self._body()
        self._answer(200, headers={"ETag": '"1"'})

    def do_POST(self) -> None:  # noqa: N802
        """Uploads of several parts: started and completed here."""
        url = urllib.parse.urlsplit(self.path)
        self._body()
        if "uploads" in url.query:
            self._answer(200, b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>")
        else:
            self._answer(200, b"<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>")

    def _body(self) -> bytes:
        """Reads a body, also one that Amazon's client sends in signed chunks."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return body
        plain = b""
        while match := re.match(rb"([0-9a-fA-F]+)[^\r]*\r\n", body):
            size = int(match[1], 16)
            plain += body[match.end() : match.end() + size]
            body = body[match.end() + size + 2 :] if size else b""
        return plain

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Last-Modified": "Wed, 31 Jan 2024 00:00:00 GMT"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_bucket_gets_the_files_of_a_version_the_card_last(bucket: Bucket, source: Path) -> None:
    path = publish(str(source), f"s3://bucket/pushed{bucket.options}", "7")
    assert path == f"s3://bucket/pushed/7{bucket.options}"
    written = {name: content for name, content in bucket.objects.items() if not name.endswith("/")}
    assert written == {"pushed/7/model.tflite": b"model", "pushed/7/model.json": b"{}"}
    assert list(written)[-1] == "pushed/7/model.json"


def test_a_version_that_a_bucket_has_is_left_as_it_is(bucket: Bucket, source: Path) -> None:
    bucket.objects = {"pushed/7/model.tflite": b"theirs", "pushed/7/model.json": b"{1}"}
    publish(str(source), f"s3://bucket/pushed{bucket.options}", "7")
    assert bucket.objects == {"pushed/7/model.tflite": b"theirs", "pushed/7/model.json": b"{1}"}


def test_a_version_without_its_card_is_not_complete_and_is_written_again(bucket: Bucket, source: Path) -> None:
    bucket.objects = {"pushed/7/model.tflite": b"half"}
    publish(str(source), f"s3://bucket/pushed{bucket.options}", "7")
    assert bucket.objects["pushed/7/model.tflite"] == b"model"
    assert bucket.objects["pushed/7/model.json"] == b"{}"


def test_the_latest_version_of_a_bucket_is_the_newest_that_is_complete(bucket: Bucket) -> None:
    destination = f"s3://bucket/pushed{bucket.options}"
    assert versions.latest(destination) is None
    bucket.objects = {
        "pushed/20240101/model.tflite": b"old",
        "pushed/20240101/model.json": b"{}",
        "pushed/20240202/model.tflite": b"new",
        "pushed/20240202/model.json": b"{}",
        "pushed/20240303/model.tflite": b"half",
    }
    assert versions.latest(destination) == "20240202"
    assert versions.read(destination, "20240202", "model.tflite") == b"new"


def test_a_folder_of_this_machine_is_listed_alike_and_a_hidden_one_is_no_version(source: Path, tmp_path: Path) -> None:
    destination = tmp_path / "pushed"
    assert versions.latest(str(destination)) is None
    publish(str(source), str(destination), ".20240303-on-its-way")
    assert versions.latest(str(destination)) is None
    for version in ("20240101", "20240202"):
        publish(str(source), str(destination), version)
    (destination / "20240404").mkdir()
    (destination / "20240404" / "model.tflite").write_bytes(b"half")
    assert versions.latest(str(destination)) == "20240202"
    assert versions.read(str(destination), "20240101", "model.json") == b"{}"


def test_a_remote_source_is_published(bucket: Bucket) -> None:
    for name, content in FILES.items():
        with tf.io.gfile.GFile(f"ram://published/{name}", "wb") as file:
            file.write(content)
    publish("ram://published", f"s3://bucket/pushed{bucket.options}", "7")
    assert bucket.objects["pushed/7/model.tflite"] == b"model"
