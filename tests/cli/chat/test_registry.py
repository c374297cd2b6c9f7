"""A line that begins with a slash: which command it is, what may follow, what is wrong with it."""

import asyncio
import inspect

import pytest

from solvitur.cli import console
from solvitur.cli.chat.commands import registry
from solvitur.cli.chat.screen import Screen
from solvitur.cli.chat.session import Session
from solvitur.config import Settings
from solvitur.errors import ConfigError


def session() -> Session:
    return Session(None, Screen(console.data(), console.talk()), Settings())


def test_every_command_says_what_it_does_and_how_it_is_typed() -> None:
    for name, command in registry.registry().items():
        assert command.summary.endswith("."), name
        assert command.usage.split()[0] == f"/{name}"


def test_every_command_is_a_coroutine_that_takes_the_rest_of_the_line() -> None:
    for command in registry.registry().values():
        assert list(inspect.signature(command.method).parameters) == ["self", "rest"]


def test_a_beginning_that_no_other_command_has_is_enough() -> None:
    assert registry.find("/qui").name == "quit"
    assert registry.find("HELP").name == "help"


@pytest.mark.parametrize("typed", ["/hlep", "/quti"])
def test_a_command_that_is_misspelt_is_guessed(typed: str) -> None:
    with pytest.raises(ConfigError, match=f"no command {typed}; did you mean /"):
        registry.find(typed)


def test_a_command_that_is_like_no_other_leads_to_the_help() -> None:
    with pytest.raises(ConfigError, match="no command /xyz; see /help"):
        registry.find("/xyz")


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("/help", True),
        ("  /help solve", True),
        ("/", True),
        ("/2 of it", False),
        ("half /help", False),
        ("/help\nat most 3", False),
    ],
)
def test_a_command_is_one_line_with_a_slash_and_a_word_or_the_slash_alone(
    line: str, is_one: bool
) -> None:
    assert registry.is_command(line) is is_one


@pytest.mark.parametrize("typed", ["/undo now", "/cost 3", "/quit please"])
def test_words_behind_a_command_that_takes_none_are_not_swallowed(typed: str) -> None:
    now = session()

    with pytest.raises(ConfigError, match="write it alone"):
        asyncio.run(registry.run(typed, now))
    assert not now.is_over


def test_a_slash_alone_leads_to_the_help() -> None:
    with pytest.raises(ConfigError, match="there is no command /; see /help"):
        asyncio.run(registry.run("/", session()))


def test_what_may_follow_is_offered() -> None:
    assert "/help" in registry.complete("/h", session())
    assert registry.complete("/help qu", session()) == ["quit"]
    assert registry.complete("/help quit", session()) == []
    assert registry.complete("/nothing ", session()) == []


def test_help_shows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(registry.run("/help", session()))

    shown = capsys.readouterr().out
    assert all(command.usage in shown for command in registry.registry().values())


def test_help_shows_all_about_one(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(registry.run("/help  /quit ", session()))

    assert capsys.readouterr().out == "Leave; the conversation is kept.\n\n/quit\n"


def test_quit_ends_the_conversation() -> None:
    now = session()

    asyncio.run(registry.run("/quit", now))

    assert now.is_over
