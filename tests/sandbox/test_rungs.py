"""What a rung runs, looked at and not run."""

import pytest

from solvitur.errors import SandboxUnavailable
from solvitur.sandbox import Limits
from solvitur.sandbox.rungs import Rung, candidates

SOMEBODY = 61_184


def test_a_rung_runs_the_same_programs_whatever_path_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = list(candidates())
    assert found
    user = {rung: SOMEBODY if rung.own_user else None for rung in found}
    before = [rung.command(user[rung], Limits()) for rung in found]
    monkeypatch.setenv("PATH", "/nowhere")
    assert [rung.command(user[rung], Limits()) for rung in found] == before
    for command in filter(None, before):
        assert command[0].startswith("/")


@pytest.mark.parametrize("name", ["bubblewrap", "namespaces", "limits"])
def test_everything_of_a_lent_user_is_ended_as_that_user(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    command = Rung(name, own_user=True, setpriv="/usr/bin/setpriv").ending(SOMEBODY)
    assert command[:2] == ["/usr/bin/setpriv", f"--reuid={SOMEBODY}"]
    assert command[-3:] == ["/bin/sh", "-c", "kill -KILL -1"]


@pytest.mark.parametrize("name", ["bubblewrap", "namespaces", "limits"])
@pytest.mark.parametrize(("setpriv", "user"), [(None, SOMEBODY), ("/usr/bin/setpriv", 0)])
def test_nothing_is_run_where_the_lent_user_cannot_be_taken(
    name: str, setpriv: str | None, user: int
) -> None:
    rung = Rung(name, own_user=True, tool="/usr/bin/true", setpriv=setpriv)
    with pytest.raises(SandboxUnavailable, match=f"cannot run code as the user {user}: .* setpriv"):
        rung.command(user, Limits())
    with pytest.raises(SandboxUnavailable):
        rung.ending(user)
