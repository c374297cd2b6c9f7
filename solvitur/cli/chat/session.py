"""What a conversation on the command line goes on with: what slash commands work on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from solvitur.errors import ConfigError, FormulationError

if TYPE_CHECKING:
    from solvitur.agents.chat.conversation import Conversation
    from solvitur.cli.chat.screen import Screen
    from solvitur.config import Settings
    from solvitur.formulation.instance import Instance


@dataclass
class Session:
    """A conversation, where it is shown, and the settings that hold in it."""

    talk: "Conversation"
    """The conversation; `move_to` puts another one in its place."""
    screen: "Screen"
    settings: "Settings"
    """What holds now; see `use`."""
    ask: Callable[[str], Awaitable[str]] | None = None
    """Asks the person for a line; ``None`` where nobody is there to answer."""
    is_over: bool = False
    """Whether the person wants to leave."""
    _instance: "Instance | None" = field(default=None, repr=False)

    @property
    def log_file(self) -> Path | None:
        """Where the solver's log is, if it writes one."""
        file: Path | None = self.talk.effort.options.log_file
        return file

    @property
    def is_begun(self) -> bool:
        """Whether there is anything in the conversation to come back to."""
        return bool(self.talk.turns) or self.talk.unfinished is not None

    def instance(self) -> "Instance | None":
        """The five elements that are talked about, resolved; ``None`` where none say a model."""
        from solvitur.formulation.instance import Instance

        five = self.talk.state.proposal or self.talk.state.formulation
        if five is None:
            return None
        if self._instance is None or self._instance.formulation is not five:
            try:
                self._instance = Instance(five, self.talk.data)
            except FormulationError:
                return None
        return self._instance

    def use(self, **values: object) -> None:
        """Go on with other settings: another model, another solver, other limits.

        Raises:
            ConfigError: There is no such model or solver, or a value is wrong; all stays as it was.
            ModelUnavailable: An embedded model is not on this machine.
        """
        from solvitur.cli import wiring
        from solvitur.config import changed

        settings = changed(self.settings, values)
        effort, now = wiring.effort(settings), self.talk.effort
        if settings.model != self.settings.model:
            self.talk.model = wiring.connected(settings, at_once=True, used=self.talk.usage)
        options = replace(effort.options, log_file=self.log_file)
        self.talk.effort = replace(effort, options=options, sensitivity=now.sensitivity)
        self.settings = settings

    async def move_to(self, folder: Path) -> None:
        """Go on with the conversation in another folder; the one there was is closed.

        Raises:
            ConfigError: It cannot be read, or it is open elsewhere; all stays as it was.
        """
        from solvitur.agents.chat.conversation import Conversation

        before = self.talk
        options = before.effort.options
        if options.log_file is not None:
            options = replace(options, log_file=folder / options.log_file.name)
        effort = replace(before.effort, options=options)
        after = Conversation(
            folder,
            before.model,
            effort,
            data=before.data,
            asks=before.asks,
            listener=before.listener,
        )
        await after.__aenter__()
        await self.close()
        self.talk = after

    async def close(self) -> None:
        """Leave the conversation; it is kept."""
        await self.talk.__aexit__(None, None, None)

    async def agrees(self, question: str) -> bool:
        """Ask the person for a yes; what is no yes is a no.

        Raises:
            ConfigError: Nobody is there to answer.
        """
        if self.ask is None:
            raise ConfigError(f"{question} Nobody can be asked; write ! behind it for a yes")
        reply = await self.ask(f"{question} [y/N] ")
        return reply.strip().lower() in ("y", "yes")
