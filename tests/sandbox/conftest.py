"""Every test that asks for a `sandbox` runs on each rung that works on this machine."""

import pytest

from solvitur.sandbox import Sandbox, Threat, sandboxes


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sandbox" not in metafunc.fixturenames:
        return
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("threat")]
    rungs = [rung for rung in sandboxes() if set(marks) <= rung.contains]
    metafunc.parametrize("sandbox", rungs, ids=[rung.name for rung in rungs])


@pytest.fixture
def strongest() -> Sandbox:
    return sandboxes()[0]


def claims(threat: Threat) -> pytest.MarkDecorator:
    return pytest.mark.threat(threat)
