"""Every test that asks for a `sandbox` runs on each rung that works here, cold and warm.

One that asks for a `cold` or a `warm` one runs on each rung in that way."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.sandbox import Sandbox, Threat, connect, sandboxes


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("threat")]
    cold = [rung for rung in sandboxes() if set(marks) <= rung.contains]
    names = [rung.name for rung in cold]
    if "cold" in metafunc.fixturenames:
        metafunc.parametrize("cold", cold, ids=names)
    if "warm" in metafunc.fixturenames or "sandbox" in metafunc.fixturenames:
        warm = [connect(rung.name, warm=True) for rung in cold]
        if "warm" in metafunc.fixturenames:
            metafunc.parametrize("warm", warm, ids=names)
        else:
            both = [*names, *(f"{name}, warm" for name in names)]
            metafunc.parametrize("sandbox", [*cold, *warm], ids=both)


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
