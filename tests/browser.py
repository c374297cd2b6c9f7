"""A headless Chromium, spoken to through two pipes: what a page does, and how it looks."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATH = next(filter(None, map(shutil.which, NAMES)), None)
"""Where it is, or None."""

_PATIENCE = 60.0
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
)
_LAUNCH = """
import fcntl, os, sys
ours = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
for place, number in zip((3, 4), ours):
    os.dup2(number, place)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads file 3 and writes file 4, which are somebody else's in this process."""


class Page:
    """An open page. Methods are those of the DevTools protocol."""

    def __init__(self, commands: int, events: int) -> None:
        self._commands = commands
        self._events = events
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.heard: list[dict[str, Any]] = []
        """All events since the page was opened."""
        # A page of its own: the one that there is shows something, and is still at it.
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        told = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = told["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{part}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Let something be done, and wait until it is."""
        self._number += 1
        said: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            said["sessionId"] = self._session
        os.write(self._commands, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard["error"]
                result: dict[str, Any] = heard["result"]
                return result

    def open(self, path: Path, *, width: int, height: int = 900, scheme: str = "light") -> None:
        """Load a file, on a screen of this size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.heard.clear()
        loader = self.call("Page.navigate", url=path.as_uri())["loaderId"]
        while not any(_has_loaded(each, loader) for each in self.heard):
            self._hear()

    def value(self, script: str) -> Any:
        """Give the value of an expression, computed in the page."""
        found = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def type_in(self, selector: str, value: str | bool) -> None:
        """Put a value into a field, as a person does."""
        place = f"document.querySelector({json.dumps(selector)})"
        name = "checked" if isinstance(value, bool) else "value"
        self.value(f"{place}.{name} = {json.dumps(value)}")
        self.value(f"{place}.dispatchEvent(new Event('input', {{bubbles: true}}))")

    def picture(self, *, whole: bool = False) -> bytes:
        """Take a screenshot as PNG."""
        taken = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(taken["data"])

    @property
    def complaints(self) -> list[str]:
        """What was written to the console: errors, warnings, and what the policy has refused."""
        logged = [each for each in self.heard if each["method"] == "Log.entryAdded"]
        said = [each for each in self.heard if each["method"] == "Runtime.consoleAPICalled"]
        thrown = [each for each in self.heard if each["method"] == "Runtime.exceptionThrown"]
        return [json.dumps(each["params"]) for each in (*logged, *said, *thrown)]

    @property
    def requests(self) -> list[str]:
        """The addresses that were asked for."""
        asked = (each for each in self.heard if each["method"] == "Network.requestWillBeSent")
        return [each["params"]["request"]["url"] for each in asked]

    def _hear(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._events], [], [], deadline - time.monotonic())
            assert ready, "the browser says nothing"
            more = os.read(self._events, 1 << 20)
            assert more, "the browser has gone"
            self._rest += more
        said, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(said)
        if "method" in heard:
            self.heard.append(heard)
        return heard


def _has_loaded(event: dict[str, Any], loader: str) -> bool:
    told = event.get("params", {})
    return (
        event["method"] == "Page.lifecycleEvent"
        and told["name"] == "load"
        and told["loaderId"] == loader
    )


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Start a browser with a profile in this folder, and end it."""
    assert PATH is not None
    (commands_out, commands), (events, events_in) = os.pipe(), os.pipe()
    flags = [*_FLAGS, f"--user-data-dir={folder}"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    process = subprocess.Popen(
        [sys.executable, "-c", _LAUNCH, str(commands_out), str(events_in), PATH, *flags],
        pass_fds=(commands_out, events_in),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(commands_out)
    os.close(events_in)
    try:
        yield Page(commands, events)
    finally:
        os.close(commands)
        os.close(events)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
