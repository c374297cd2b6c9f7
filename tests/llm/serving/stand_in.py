"""A stand-in for vLLM: a package that is started, asked and ended like it, with no weights."""

import json
import os
import sys
from pathlib import Path

import pytest

PLATFORMS = """
import os, types
current_platform = types.SimpleNamespace(device_type=os.environ.get("STAND_IN_DEVICE", "cuda"))
"""
MAIN = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

folder = Path(os.environ["STAND_IN_FOLDER"])
(folder / "told.json").write_text(json.dumps([sys.argv, dict(os.environ)]))
if complaint := os.environ.get("STAND_IN_FAILS"):
    sys.exit(complaint)
told = dict(zip(sys.argv, sys.argv[1:]))
adapters = [told["--lora-modules"].partition("=")[0]] if "--lora-modules" in told else []
names = [told["--served-model-name"], *adapters]
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/v1") and "VLLM_API_KEY" in os.environ:
            self.send_error(401)
            return
        self.answer({"data": [{"id": name} for name in names]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"role": "assistant", "content": body["model"]}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        self.answer({"id": "1", "created": 1, "model": "m", "object": "chat.completion",
                     "choices": [choice], "usage": USAGE})

    def answer(self, value):
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

if os.fork() == 0:  # a worker, as the engine of vLLM is one
    time.sleep(600)
    os._exit(0)
ThreadingHTTPServer((told["--host"], int(told["--port"])), Handler).serve_forever()
"""
FILES = {
    "vllm/__init__.py": "__version__ = '0.32.0'",
    "vllm/platforms.py": PLATFORMS,
    "vllm/entrypoints/__init__.py": "",
    "vllm/entrypoints/cli/__init__.py": "",
    "vllm/entrypoints/cli/main.py": MAIN,
    "vllm/entrypoints/openai/__init__.py": "",
    "vllm/entrypoints/openai/api_server.py": MAIN,
    "torch.py": "raise ImportError('there is no torch here')",
}
METADATA = {
    "vllm-0.32.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0\n"
}


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *, name: str = "vllm") -> None:
    """Make Python find it, as a package with this name."""
    metadata = METADATA if name == "vllm" else {}
    for path, content in {**FILES, **metadata}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *sys.path]))
    monkeypatch.setenv("STAND_IN_FOLDER", str(folder))


def told(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment that it was started with."""
    arguments, environment = json.loads((folder / "told.json").read_text())
    return arguments[1:], environment


def model(folder: Path, **config: object) -> Path:
    """A folder in the form of Hugging Face, as far as anybody looks before vLLM does."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def adapter(folder: Path, rank: int = 8) -> Path:
    """A folder with an adapter, as far as anybody looks before vLLM does."""
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"r": rank}))
    return folder
