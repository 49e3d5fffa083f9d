"""A bucket on this machine that speaks S3 and Cloud Storage: `Store` for tests; run as a program, its server.

The server is a process of its own: Arrow's client of Cloud Storage may wait for an answer while it holds Python's lock,
and a thread of the same process would never give one.
"""

import http.server
import json
import re
import subprocess
import sys
import urllib.parse
import uuid
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Any

BUCKET = "bucket"
_DAY = "2024-01-31T00:00:00.000Z"
_OBJECTS, _READ, _WRITTEN, _BROKEN = "objects", "read", "written", "broken"
_UPLOAD = f"/upload/storage/v1/b/{BUCKET}/o"
_GCS = f"/storage/v1/b/{BUCKET}/o"


class Store:
    """A bucket, and the server that keeps it; a context manager.

    Args:
        folder: Where the objects are kept; it is made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / _OBJECTS).mkdir(parents=True)

    def __enter__(self) -> "Store":
        command = [sys.executable, __file__, str(self._folder)]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._server.stdout
        self._port = int(self._server.stdout.readline())
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.terminate()
        self._server.communicate()

    def uri(self, scheme: str, name: str) -> str:
        """Returns the URI of an object, `gs` or `s3`, as Arrow opens it."""
        place = f"scheme=http&endpoint_override=127.0.0.1%3A{self._port}"
        if scheme == "gs":
            return f"gs://anonymous@{BUCKET}/{name}?{place}&retry_limit_seconds=5"
        return f"s3://{BUCKET}/{name}?{place}&region=eu-north-1"

    @property
    def objects(self) -> dict[str, bytes]:
        """The objects by name."""
        return {_name(path): path.read_bytes() for path in sorted((self._folder / _OBJECTS).iterdir())}

    @objects.setter
    def objects(self, objects: Mapping[str, bytes]) -> None:
        for path in (self._folder / _OBJECTS).iterdir():
            path.unlink()
        for name, content in objects.items():
            _path(self._folder, name).write_bytes(content)

    @property
    def read(self) -> list[str]:
        """The names of the objects whose content was asked for, once a request."""
        return self._noted(_READ)

    @property
    def written(self) -> list[str]:
        """The names of the objects that were written, in that order."""
        return self._noted(_WRITTEN)

    def forget(self) -> None:
        """Empties `read` and `written`."""
        for kind in (_READ, _WRITTEN):
            (self._folder / kind).unlink(missing_ok=True)

    def refuse(self) -> None:
        """Lets the server answer 403 from now on."""
        (self._folder / _BROKEN).touch()

    def _noted(self, kind: str) -> list[str]:
        path = self._folder / kind
        return path.read_text().splitlines() if path.exists() else []


def _path(folder: Path, name: str) -> Path:
    return folder / _OBJECTS / urllib.parse.quote(name, safe="")


def _name(path: Path) -> str:
    return urllib.parse.unquote(path.name)


class _Server(http.server.ThreadingHTTPServer):
    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.uploads: dict[str, tuple[str, bytes]] = {}

    def note(self, kind: str, name: str) -> None:
        with (self.folder / kind).open("a") as file:
            file.write(name + "\n")

    def store(self, name: str, content: bytes) -> None:
        _path(self.folder, name).write_bytes(content)
        self.note(_WRITTEN, name)

    def sizes(self, prefix: str) -> dict[str, int]:
        sizes = {_name(path): path.stat().st_size for path in (self.folder / _OBJECTS).iterdir()}
        return {name: sizes[name] for name in sorted(sizes) if name.startswith(prefix)}


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers what Arrow asks: objects, their metadata, listings, and uploads in one or several parts."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        url = urllib.parse.urlsplit(self.path)
        self.place = urllib.parse.unquote(url.path)
        self.query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query, True).items()}
        if (self.server.folder / _BROKEN).exists():
            self._body()
            self._answer(403)
            return False
        return True

    def do_HEAD(self) -> None:  # noqa: N802
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802
        if self.place == _GCS:
            listed = self.server.sizes(self.query.get("prefix", ""))
            self._json({"items": [_metadata(name, size) for name, size in listed.items()]})
        elif self.place.startswith(_GCS):
            name = self.place.removeprefix(f"{_GCS}/")
            size = self.server.sizes(name).get(name)
            if size is None:
                self._answer(404)
            elif self.query.get("alt") == "media":
                self._content(name)
            else:
                self._json(_metadata(name, size))
        elif "list-type" in self.query:
            self._answer(200, _listing(self.server.sizes(self.query.get("prefix", ""))).encode())
        else:
            self._content(self.place.removeprefix(f"/{BUCKET}").strip("/"))

    def do_PUT(self) -> None:  # noqa: N802
        body = self._body()
        upload = self.query.get("upload_id") or self.query.get("uploadId")
        if upload is None:
            self.server.store(self.place.removeprefix(f"/{BUCKET}/"), body)
        else:
            name, before = self.server.uploads[upload]
            self.server.uploads[upload] = (name, before + body)
            if self.place == _UPLOAD:
                self._continue(upload)
                return
        self._answer(200, headers={"ETag": '"1"'})

    def _continue(self, upload: str) -> None:
        """Answers a part of an upload to Cloud Storage: the last one says how long the object is."""
        name, content = self.server.uploads[upload]
        if self.headers["Content-Range"].endswith("/*"):
            self._answer(308, headers={"Range": f"bytes=0-{len(content) - 1}"} if content else {})
            return
        self.server.store(name, content)
        self._json(_metadata(name, len(content)))

    def do_POST(self) -> None:  # noqa: N802
        """Starts an upload or, of S3, completes one."""
        self._body()
        upload = self.query.get("uploadId") or uuid.uuid4().hex
        if self.place == _UPLOAD:
            self.server.uploads[upload] = (self.query["name"], b"")
            host = self.headers["Host"]
            self._answer(200, headers={"Location": f"http://{host}{_UPLOAD}?uploadType=resumable&upload_id={upload}"})
        elif "uploads" in self.query:
            self.server.uploads[upload] = (self.place.removeprefix(f"/{BUCKET}/"), b"")
            answer = f"<UploadId>{upload}</UploadId>"
            self._answer(200, f"<InitiateMultipartUploadResult>{answer}</InitiateMultipartUploadResult>".encode())
        else:
            self.server.store(*self.server.uploads.pop(upload))
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

    def _content(self, name: str) -> None:
        path = _path(self.server.folder, name)
        if not name or not path.exists():
            self._answer(404 if name else 200)
            return
        content = path.read_bytes()
        if self.command == "GET":
            self.server.note(_READ, name)
        wanted = self.headers.get("Range")
        if wanted is None:
            self._answer(200, content)
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        if int(first) >= len(content):
            self._answer(416)
            return
        part = content[int(first) : int(last) + 1 if last else None]
        place = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        self._answer(206, part, {"Content-Range": place})

    def _json(self, body: Any) -> None:
        self._answer(200, json.dumps(body).encode())

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        fixed = {"Last-Modified": formatdate(0, usegmt=True), "x-goog-generation": "1"}
        for name, value in (fixed | (headers or {}) | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _metadata(name: str, size: int) -> dict[str, str]:
    return {"bucket": BUCKET, "name": name, "size": str(size), "generation": "1", "updated": _DAY}


def _listing(sizes: dict[str, int]) -> str:
    contents = [
        f"<Contents><Key>{name}</Key><LastModified>{_DAY}</LastModified><Size>{size}</Size></Contents>"
        for name, size in sizes.items()
    ]
    count = f"<IsTruncated>false</IsTruncated><KeyCount>{len(sizes)}</KeyCount>"
    return f"<ListBucketResult>{count}{''.join(contents)}</ListBucketResult>"


if __name__ == "__main__":
    with _Server(Path(sys.argv[1])) as server:
        print(server.server_address[1], flush=True)  # noqa: T201 - what `Store` waits for
        server.serve_forever()
