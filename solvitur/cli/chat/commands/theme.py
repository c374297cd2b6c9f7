"""What the themes of the slash commands have in common."""

from typing import TYPE_CHECKING

from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.cli.chat.session import Session
    from solvitur.formulation import Formulation

_LONGEST = 60


class Theme:
    """Some slash commands that belong together; derive from it and list it in `registry`.

    Each public coroutine method is a command: it takes the rest of the line, without the spaces
    around, and gives back a reply of the conversation, which is then shown, or ``None``. Its name
    is the method's with ``-`` for ``_``. Its docstring is its help: the first line says what it
    does, and a line that begins with ``/`` how it is typed. What may be typed behind it is given by
    a method ``_complete_NAME``, which takes what stands there already. An error of
    `solvitur.errors` is shown as a line.

    Example:
        >>> class Greeting(Theme):
        ...     async def hello(self, rest: str) -> None:
        ...         '''Say hello.
        ...
        ...         /hello world|moon
        ...         '''
        ...         self.session.screen.say(f"hello {rest}")
        ...
        ...     def _complete_hello(self, typed: str) -> list[str]:
        ...         return ["world", "moon"]

    Args:
        session: What the commands work on.
    """

    def __init__(self, session: "Session") -> None:
        self.session = session

    def formulation(self) -> "Formulation":
        """Give the five elements that are talked about: the proposal, or what was agreed upon.

        Raises:
            ConfigError: There are none yet.
        """
        state = self.session.talk.state
        found: Formulation | None = state.proposal or state.formulation
        if found is None:
            raise self.lacking("formulation", "say the problem in words, or /load FILE")
        return found

    def lacking(self, what: str, mend: str) -> ConfigError:
        """Say that there is none yet: as what was said is not done, or as nothing was."""
        from solvitur.formulation.printing import cut, one_line

        unfinished = self.session.talk.unfinished
        if unfinished is not None:
            words = cut(one_line(unfinished.words), _LONGEST)
            return ConfigError(f"there is no {what} yet, as this is not done: {words}")
        return ConfigError(f"there is no {what} yet; {mend}")
