"""The slash commands that there are: found, run, and completed while they are typed."""

import difflib
import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.cli.chat.commands.theme import Theme
    from solvitur.cli.chat.session import Session

MARK = "/"
"""What a command begins with."""


@dataclass(frozen=True)
class Command:
    """One slash command."""

    name: str
    """Without the slash."""
    summary: str
    """What it does, in a line."""
    usage: str
    """How it is typed, with the slash."""
    help: str
    """All there is to say about it."""
    method: Callable[..., Awaitable[Any]]
    """Takes the theme and the rest of the line."""
    theme: "type[Theme]"

    @classmethod
    def of(cls, method: Any, theme: "type[Theme]") -> "Command":
        """Read a command from the method that does it."""
        name, words = method.__name__.replace("_", "-"), inspect.getdoc(method) or ""
        lines = words.splitlines() or [""]
        typed = [line.strip() for line in lines if line.lstrip().startswith(MARK)]
        usage = typed[0] if typed else f"{MARK}{name}"
        return cls(name, lines[0], usage, words, method, theme)

    @property
    def takes_words(self) -> bool:
        """Whether anything may stand behind it."""
        return " " in self.usage

    def complete(self, typed: str, session: "Session") -> list[str]:
        """Give what may stand behind the command, where that much of it is typed."""
        complete = getattr(self.theme(session), f"_complete_{self.method.__name__}", None)
        offered: Iterable[str] = complete(typed) if complete else ()
        return [word for word in offered if word.startswith(typed) and word != typed]


def themes() -> "tuple[type[Theme], ...]":
    """Every class of commands, in the order in which help shows them."""
    from solvitur.cli.chat.commands.asking import Asking
    from solvitur.cli.chat.commands.changing import Changing
    from solvitur.cli.chat.commands.choosing import Choosing
    from solvitur.cli.chat.commands.keeping import Keeping
    from solvitur.cli.chat.commands.talking import Talking
    from solvitur.cli.chat.commands.viewing import Viewing

    return (Viewing, Asking, Changing, Keeping, Choosing, Talking)


@functools.cache
def registry() -> dict[str, Command]:
    """Every command by its name, in the order in which help shows them."""
    found = (
        Command.of(method, theme)
        for theme in themes()
        for name, method in vars(theme).items()
        if inspect.iscoroutinefunction(method) and not name.startswith("_")
    )
    return {command.name: command for command in found}


def is_command(line: str) -> bool:
    """Whether a message is a command: one line, a slash and a word, or the slash alone.

    >>> is_command("/show model"), is_command("1/2 of them"), is_command("/ is a slash")
    (True, False, False)
    """
    head = line.strip()
    return head == MARK or (head[:1] == MARK and head[1:2].isalpha() and "\n" not in head)


def find(name: str) -> Command:
    """Find a command by its name, or by a beginning that no other has.

    Raises:
        ConfigError: There is none.
    """
    known = registry()
    name = name.removeprefix(MARK).lower()
    if name in known:
        return known[name]
    begun = [command for word, command in known.items() if name and word.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    near = [c.name for c in begun] or difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {' or '.join(MARK + word for word in near)}?" if near else "see /help"
    raise ConfigError(f"there is no command {MARK}{name}; {hint}")


async def run(line: str, session: "Session") -> Any:
    """Do what a line that begins with ``/`` says; give back the reply to show, or ``None``.

    Raises:
        Error: There is no such command, or it cannot be done; nothing is done then.
    """
    word, _, rest = line.strip().partition(" ")
    command, rest = find(word), rest.strip()
    if rest and not command.takes_words:
        raise ConfigError(f"nothing stands behind {MARK}{command.name}; write it alone")
    return await command.method(command.theme(session), rest)


def complete(typed: str, session: "Session") -> list[str]:
    """Give the words that may stand at the end of an unfinished command line.

    Each stands for all that is typed behind the last command or space that it replaces: the names
    of commands for ``/sh``, what `Command.complete` gives for ``/show mo``.
    """
    word, space, rest = typed.lstrip().partition(" ")
    if not space:
        return [MARK + name for name in registry() if (MARK + name).startswith(word)]
    try:
        return find(word).complete(rest.lstrip(), session)
    except ConfigError:
        return []
