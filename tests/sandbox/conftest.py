"""Every test that asks for a `sandbox` runs on each rung that works on this machine."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.sandbox import Sandbox, Threat, sandboxes


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sandbox" not in metafunc.fixturenames:
        return
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("threat")]
    rungs = [rung for rung in sandboxes() if set(marks) <= rung.contains]
    metafunc.parametrize("sandbox", rungs, ids=[rung.name for rung in rungs])


@pytest.fixture(autouse=True)
def lane(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Where the jobs of a test have their folders, and no others; none is there when it ends.

    Every user may enter it, unlike `tmp_path`.
    """
    tmp_path_factory.getbasetemp()  # pytest makes its own on demand, and not in here
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
        assert not list(Path(folder).iterdir())


@pytest.fixture
def strongest() -> Sandbox:
    return sandboxes()[0]


def claims(threat: Threat) -> pytest.MarkDecorator:
    return pytest.mark.threat(threat)
