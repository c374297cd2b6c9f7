"""Read a message, do what it says, show what came of it; until somebody leaves."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from solvitur.cli.chat.commands import registry
from solvitur.cli.failures import EXIT_CODES, USAGE, describe
from solvitur.cli.process import INTERRUPTED

if TYPE_CHECKING:
    from solvitur.agents.chat.state import Response
    from solvitur.cli.chat.session import Session
    from solvitur.cli.chat.working import Working
    from solvitur.llm import Usage
    from solvitur.solvers import Interrupt

_LOOKS_ON = (
    "compare",
    "cost",
    "export",
    "help",
    "history",
    "model",
    "quit",
    "save",
    "sensitivity",
    "show",
    "solver",
    "why",
)
"""The commands that leave a step which was stopped as it is, to be gone on with."""
_LEAVES = ("quit", "exit")
"""Words that leave, without the slash of the command."""
_COME_BACK = "Come back with: solvitur chat --continue"


class Lines(Protocol):
    """Where messages come from."""

    async def read(self, hint: str = "", *, is_leaving: bool = False) -> str | None:
        """Give the next message; ``None`` at the end.

        Args:
            hint: What may be done by typing nothing.
            is_leaving: Whether Ctrl-C was pressed just before, so that once more leaves.
        """

    async def ask(self, question: str) -> str:
        """Ask for a line that is no message."""

    def leave(self) -> None:
        """End the line that is being typed, from any thread."""

    def refresh(self) -> None:
        """Show where the conversation is now."""


class Loop:
    """A conversation as it goes on: one message after the other.

    Args:
        opening: Opens the conversation; what is typed before that waits for it.
        lines: Where messages come from.
        working: Shows what is going on.
    """

    def __init__(self, opening: "asyncio.Task[Session]", lines: Lines, working: "Working") -> None:
        self._opening = opening
        self._lines = lines
        self._working = working
        self._screen = working.screen
        self._step: _Step | None = None
        self._is_cut_off = False
        self._is_leaving = False
        self.usage: Usage | None = None
        """What the conversation has used up; ``None`` before it is open."""
        self.exit_code = 0
        """That of the first message of which nothing came; else that of the last answer."""
        self._has_failed = False
        opening.add_done_callback(self._opened)

    @property
    def was_used(self) -> bool:
        """Whether there is something to come back to."""
        return self.session is not None and self.session.is_begun

    @property
    def session(self) -> "Session | None":
        """What there is once the conversation is open."""
        is_open = self._opening.done() and not self._opening.cancelled()
        return self._opening.result() if is_open and not self._opening.exception() else None

    async def run(self, first: str | None = None) -> None:
        """Go on until somebody leaves, or until nothing more comes.

        Args:
            first: A message that is there already.
        """
        message = first
        while True:
            if message is None:
                message = await self._lines.read(self._hint(), is_leaving=self._is_leaving)
            if message is None:
                return
            self._is_leaving = False
            if not self._screen.is_terminal:
                self._screen.note(f"> {message}")
            await self._do(message)
            if self.session is None or self.session.is_over:
                return
            message = None

    async def open(self) -> None:
        """Wait until the conversation is open, and show again what was said last.

        A turn in which it was cut off is finished, where a person is there after their Enter.
        """
        if not self._screen.is_terminal:
            await self._watched(self._resumed())
            return
        await self._watched(self._waited(), "opening")
        if self.session is None:
            return
        talk = self.session.talk
        for turn in talk.turns[-1:]:
            self._screen.note(f"> {turn.message.words}")
            self._screen.response(turn.response)
        if talk.unfinished is not None:
            self._is_cut_off = True
            self._screen.note(f"> {talk.unfinished.words}")
            self._screen.note("This was cut off; nothing is lost.")

    def stop(self) -> bool:
        """Stop the step that is at work; where there is none, or twice, leave.

        Called in another thread, when somebody presses Ctrl-C. Says whether the process lives on.
        """
        if self._step is None:
            self._lines.leave()
            return True
        if self._step.stop():
            return True
        self._working.end()
        self._screen.note(_COME_BACK)
        return False

    def leave(self) -> None:
        """Say how to come back."""
        if self.was_used:
            self._screen.note(_COME_BACK)

    # --- one message -----------------------------------------------------------------------------

    async def _do(self, message: str) -> None:
        if message.strip(" .!").lower() in _LEAVES:
            message = "/quit"
        if registry.is_command(message):
            await self._watched(self._commanded(message))
        else:
            await self._watched(self._said(message), "reading")

    async def _said(self, words: str) -> "Response | None":
        session = await self._opening
        if not words and (self._is_cut_off or session.talk.unfinished is not None):
            return await self._resumed()
        if not words and session.talk.state.proposal is None:
            return None
        await self._come_to_rest(session)
        self._name(session, words)
        return await session.talk.say(words or "yes")

    async def _commanded(self, line: str) -> "Response | None":
        session = await self._opening
        name = registry.find(line.split()[0]).name
        if name == "undo":
            self._is_cut_off = False
        elif name not in _LOOKS_ON:
            await self._come_to_rest(session)
        response: Response | None = await registry.run(line, session)
        self._name(session)
        return response

    async def _waited(self) -> "Response | None":
        await self._opening
        return None

    async def _resumed(self) -> "Response | None":
        response: Response | None = await (await self._opening).talk.resume()
        self._is_cut_off = False
        return response

    async def _come_to_rest(self, session: "Session") -> None:
        """Take back the turn that was stopped, as the person says something else.

        One that there was no room to keep is done first.
        """
        if self._is_cut_off:
            await session.talk.undo()
            self._is_cut_off = False
        elif (unkept := session.talk.unfinished) is not None:
            response = await session.talk.resume()
            self._screen.note(f"> {unkept.words}")
            if response is not None:
                self._show(response)

    def _name(self, session: "Session", words: str = "") -> None:
        """Let the conversation be known by its first words, or by what was loaded."""
        from solvitur.cli.wiring import kept

        if session.talk.turns:
            first = session.talk.turns[0].message
            title = first.formulation.title if first.formulation is not None else ""
            words = title or first.words
        if words:
            with suppress(OSError):  # there is no room: the turn itself says so
                kept(session.settings).note(session.talk.folder, title=words)

    async def _watched(
        self, doing: "Coroutine[None, None, Response | None]", words: str = ""
    ) -> "Response | None":
        """Do something that can be stopped; show how it goes and what comes of it."""
        self._step = _Step(lambda: self.session)
        try:
            with self._working.on(words):
                response = await self._step.done(doing)
        except asyncio.CancelledError:
            self._is_cut_off = self._is_leaving = True
            self._fail(INTERRUPTED)
            self._screen.note("Stopped; nothing is lost. Ctrl-C again leaves.")
            return None
        except Exception as error:
            if self.session is None:
                return None  # who opens it has the error, too
            failure = describe(error)
            self._screen.error(failure.message)
            self._fail(failure.code)
            return None
        finally:
            self._step = None
            self.usage = self.session.talk.usage if self.session is not None else None
        if response is not None:
            self._show(response)
        return response

    def _show(self, response: "Response") -> None:
        self._screen.response(response, self._working.answer)
        self._note(response)

    def _note(self, response: "Response") -> None:
        """Take note of what it says for the exit code."""
        if response.failed is not None:
            self._fail(EXIT_CODES[response.failed.value])
        elif response.kind == "question":
            self._fail(USAGE)  # it was not understood, and nobody is there to say what is meant
        elif response.answer is not None and not self._has_failed:
            self.exit_code = EXIT_CODES[response.answer.outcome.value]

    def _fail(self, code: int) -> None:
        """Keep the first failure: what comes after it is about something else than was meant."""
        if not self._has_failed:
            self._has_failed, self.exit_code = True, code

    def _opened(self, opening: "asyncio.Task[Session]") -> None:
        if self.session is None:
            self._lines.leave()
        else:
            self.usage = self.session.talk.usage
            self._lines.refresh()

    def _hint(self) -> str:
        is_unkept = self.session is not None and self.session.talk.unfinished is not None
        if self._is_cut_off or is_unkept:
            return "Enter goes on with it"
        if self.session is not None and self.session.talk.state.proposal is not None:
            return "Enter says yes"
        return ""


class _Step:
    """Something that is being done, and can be stopped.

    Args:
        session: Gives the conversation, once it is open.
    """

    def __init__(self, session: "Callable[[], Session | None]") -> None:
        self._session = session
        self._interrupt: Interrupt | None = None
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Response | None] | None = None
        self._is_asked = False

    async def done(self, doing: "Coroutine[None, None, Response | None]") -> "Response | None":
        """Do it to its end.

        Raises:
            CancelledError: It was stopped.
        """
        from solvitur.solvers import Interrupt

        self._interrupt = Interrupt()
        with self._interrupt:
            self._task = self._loop.create_task(doing)
        if self._is_asked:
            self._task.cancel()
        return await self._task

    def stop(self) -> bool:
        """Stop it, from any thread: a solver says what it holds, all else is left undone.

        Says whether it was the first time; whoever asks twice waits no longer.
        """
        if self._is_asked:
            return False
        self._is_asked = True
        session = self._session()
        solvers = [self._interrupt.ask()] if self._interrupt is not None else []
        solvers += [session.talk.stop()] if session is not None else []
        if any(solvers) or self._task is None:
            return True
        self._loop.call_soon_threadsafe(self._task.cancel)
        return True
