"""Real HTTP servers on loopback: one speaks the OpenAI protocol, one serves files."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One HTTP answer; `cut` closes the connection before the end, `hang` never answers."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: bool = False
    hang: bool = False


def completion(text: str | None, finish: str | None = "stop", **message: Any) -> Answer:
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": text, **message},
        "logprobs": LOGPROBS,
    }
    return as_json({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": USAGE})


def stream(pieces: list[str], finish: str | None = "stop") -> Answer:
    chunks = [_chunk({"role": "assistant", "content": ""}, None)]
    chunks += [_chunk({"content": piece}, None) for piece in pieces]
    if finish:
        chunks.append(_chunk({}, finish))
    chunks.append({**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": USAGE})
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    body = "".join([*lines, "data: [DONE]\n\n"]).encode()
    return Answer(body, headers={"Content-Type": "text/event-stream"})


def error(status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    answer = as_json({"error": {"message": message, "type": "error", **more}})
    answer.status = status
    answer.headers |= headers or {}
    return answer


def as_json(value: Any) -> Answer:
    return Answer(json.dumps(value).encode())


USAGE = {
    "prompt_tokens": 11,
    "completion_tokens": 3,
    "total_tokens": 14,
    "prompt_tokens_details": {"cached_tokens": 8},
}
LOGPROBS = {
    "content": [
        {
            "token": "yes",
            "logprob": -0.5,
            "bytes": None,
            "top_logprobs": [
                {"token": "yes", "logprob": -0.5, "bytes": None},
                {"token": "no", "logprob": -1.5, "bytes": None},
            ],
        }
    ],
    "refusal": None,
}
_HEAD = {"id": "1", "created": 1, "model": "m"}


def _chunk(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {**_HEAD, "object": "chat.completion.chunk", "choices": [choice]}


class ChatServer:
    """Gives the answers in order, the last one for ever; remembers bodies and headers."""

    def __init__(self, answers: list[Answer] | Callable[[dict[str, Any]], Answer]) -> None:
        self._answers = answers
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.closing = threading.Event()
        self.connections = 0
        self.ended = threading.Semaphore(0)
        """Released with the end of each connection."""

    def next_answer(self, body: dict[str, Any], headers: dict[str, str]) -> Answer:
        self.bodies.append(body)
        self.headers.append(headers)
        if callable(self._answers):
            return self._answers(body)
        return self._answers[min(len(self.bodies), len(self._answers)) - 1]


def obliging(body: dict[str, Any]) -> Answer:
    """Answer "yes.", streamed where that is asked."""
    return stream(["y", "es", "."]) if body.get("stream") else completion("yes.")


@contextmanager
def chat_server(
    *answers: Answer,
    script: Callable[[dict[str, Any]], Answer] = obliging,
    keeps_connections: bool = False,
) -> Iterator[ChatServer]:
    server = ChatServer(list(answers) or script)

    class Handler(_Quiet):
        protocol_version = "HTTP/1.1" if keeps_connections else "HTTP/1.0"

        def handle(self) -> None:
            server.connections += 1
            super().handle()
            server.ended.release()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            answer = server.next_answer(body, {k.lower(): v for k, v in self.headers.items()})
            if answer.hang:
                server.closing.wait()
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + 50 * answer.cut))
            self.end_headers()
            self.wfile.write(answer.body)

    with _serving(Handler) as address:
        server.url = f"{address}/v1"
        try:
            yield server
        finally:
            server.closing.set()


class FileServer:
    """Serves files by path; `cuts` says after how many bytes each connection is dropped."""

    def __init__(self, files: dict[str, bytes], cuts: list[int], *, resumable: bool) -> None:
        self.files = files
        self.cuts = cuts
        self.resumable = resumable
        self.ranges: list[str | None] = []
        self.url = ""
        self.closing = threading.Event()
        self.hang_after: int | None = None


@contextmanager
def file_server(
    files: dict[str, bytes], *, cuts: list[int] | None = None, resumable: bool = True
) -> Iterator[FileServer]:
    server = FileServer(files, list(cuts or []), resumable=resumable)

    class Handler(_Quiet):
        def do_GET(self) -> None:
            content = server.files.get(self.path)
            asked = self.headers.get("Range")
            server.ranges.append(asked)
            if content is None:
                self.send_error(404)
                return
            start = 0
            if asked and server.resumable:
                start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])  # type: ignore[index]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = start + server.cuts.pop(0) if server.cuts else len(content)
            if server.hang_after is not None:
                self.wfile.write(content[start : server.hang_after])
                self.wfile.flush()
                server.closing.wait()
                return
            self.wfile.write(content[start:end])

    with _serving(Handler) as server.url:
        try:
            yield server
        finally:
            server.closing.set()


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
