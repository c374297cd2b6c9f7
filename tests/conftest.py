"""Shared by every test: nothing leaves this machine."""

import ipaddress
import signal
import socket
from typing import Any

import pytest

RUN_SCRIPTS = (
    "tests/agents/test_code.py",
    "tests/agents/test_script.py",
    "tests/cli/test_resuming.py::test_a_kill_while_a_script_runs",
    "tests/cli/test_routes.py",
    "solvitur/agents/script.py::solvitur.agents.script.run_script",
)
"""Where programs run that need a sandbox from which they cannot get out."""


def pytest_configure() -> None:
    """Let processes that tests begin hear Ctrl-C, also where these run behind a shell."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # which they would inherit
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what runs scripts where nothing can shut them in."""
    concerned = [item for item in items if item.nodeid.startswith(RUN_SCRIPTS)]
    if not concerned:
        return
    from solvitur.agents.script import place_for_scripts
    from solvitur.errors import SandboxUnavailable

    try:
        place_for_scripts()
    except SandboxUnavailable as error:
        for item in concerned:
            item.add_marker(pytest.mark.skip(reason=str(error)))


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket's path
    host = address[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_call_to_the_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection beyond loopback an error, in every test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise AssertionError(f"a test tried to reach {address[0]!r}; tests stay on loopback")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
