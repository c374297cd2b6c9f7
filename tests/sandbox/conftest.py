"""Every test that asks for a `sandbox` runs on each rung that works here, cold and warm."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvitur.sandbox import Sandbox, Threat, connect, sandboxes


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sandbox" not in metafunc.fixturenames:
        return
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("threat")]
    cold = [rung for rung in sandboxes() if set(marks) <= rung.contains]
    warm = [connect(rung.name, warm=True) for rung in cold]
    names = [rung.name for rung in cold] + [f"{rung.name}, warm" for rung in warm]
    metafunc.parametrize("sandbox", [*cold, *warm], ids=names)


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
