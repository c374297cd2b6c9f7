"""A conversation about one problem, kept in a folder and resumed from there."""

import asyncio
import fcntl
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from solvitur.agents.chat.graph import Listener, Steps, build
from solvitur.agents.chat.hearing.hear import is_undo
from solvitur.agents.chat.sessions import DATABASE, LOCK, REPLIES, usage_of
from solvitur.agents.chat.state import (
    Message,
    Response,
    ResponseKind,
    Snapshot,
    Turn,
    dump,
    read_question,
)
from solvitur.agents.graph import Effort
from solvitur.agents.graph import State as Progress
from solvitur.agents.problem import read_problem
from solvitur.errors import ConfigError
from solvitur.formulation.elements import Formulation
from solvitur.formulation.tables.data import Data, Given
from solvitur.llm import Model, Overheard, Recorded, Recording, Usage
from solvitur.solvers import Incumbent, Interrupt

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import StateSnapshot

    from solvitur.agents.chat.state import State

_THREAD = "conversation"
_HERE: Any = {"configurable": {"thread_id": _THREAD}, "recursion_limit": 100}
_RESTING = ((), ("wait",))
"""What comes next where a thread rests: the person is to speak."""


def preload() -> None:
    """Import what a conversation works with; call it in a thread, for it takes a second or two."""
    import aiosqlite  # noqa: F401
    import langgraph.checkpoint.sqlite.aio
    import langgraph.graph  # noqa: F401


class Silent:
    """A listener that takes note of nothing."""

    def doing(self, words: str) -> None:
        """Take no note."""

    def step(self, name: str, state: Progress) -> None:
        """Take no note."""

    def writes(self, piece: str) -> None:
        """Take no note."""

    def text(self, piece: str) -> None:
        """Take no note."""

    def incumbent(self, incumbent: Incumbent) -> None:
        """Take no note."""


class Conversation:
    """A conversation about one problem; use it as an asynchronous context manager.

    It is a LangGraph thread. Everything is in its folder: `conversation.sqlite` has what every step
    left, `replies.jsonl` what models replied, so that neither a kill nor a cancelled task loses
    more than the call in flight, and no reply is paid for twice. One process may have it open.

    Args:
        folder: The conversation's own folder; made when it is not there.
        model: Who formulates, reads and answers, with its budget and retries around it.
        effort: How long to try.
        data: The tables that come with the problem.
        asks: Whether somebody is there to answer. Else nothing is asked, nothing waits for a yes,
            and what was assumed is listed.
        listener: Told what happens meanwhile.

    Raises:
        ConfigError: What is in the folder cannot be read, or it is open elsewhere.

    Example:
        >>> import asyncio, tempfile
        >>> from solvitur.formulation import Formulation
        >>> from solvitur.llm import Scripted
        >>> chairs = Formulation.model_validate({
        ...     "parameters": [{"name": "wood", "value": 42}],
        ...     "variables": [{"name": "x", "domain": "integer", "doc": "chairs built"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"},
        ...     "constraints": [{"name": "stock", "expression": "7 * x <= wood"}]})
        >>> async def talk(folder):
        ...     async with Conversation(Path(folder), Scripted([])) as conversation:
        ...         response = await conversation.change(chairs, "/load chairs.json")
        ...         return response.answer.objective
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     asyncio.run(talk(folder))
        180.0
    """

    def __init__(
        self,
        folder: Path,
        model: Model,
        effort: Effort | None = None,
        *,
        data: Given = None,
        asks: bool = True,
        listener: Listener | None = None,
    ) -> None:
        self.folder = folder
        self.model = model
        self.effort = effort or Effort()
        self.data = Data.of(data)
        self.asks = asks
        self.listener = listener or Silent()
        self.state = Snapshot()
        self.turns: tuple[Turn, ...] = ()
        self.unfinished: Message | None = None
        """What began the turn that was cut off, or that there was no room to keep; `resume`
        finishes it, and so does whatever is said next."""
        self._recording = Recording(folder / REPLIES)
        self._counted = (0, Usage())
        """How many of its replies were added up, and what they come to."""
        self._read: str | None = None
        """What of the thread `turns` ends with."""
        self._open = AsyncExitStack()
        self._interrupt = Interrupt()

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def usage(self) -> Usage:
        """What all replies that were paid for used up."""
        recorded = self._recording.values()
        counted, usage = self._counted
        if counted < len(recorded):
            self._counted = len(recorded), usage + usage_of(recorded[counted:])
        return self._counted[1]

    async def __aenter__(self) -> Self:
        try:
            self._lock()
            await self._connect()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def say(self, words: str) -> Response:
        """Say something in plain words: a problem, a follow-up, a question, yes, no, undo.

        Raises:
            ProblemError: The words are empty, too long, or no text.
        """
        text = read_problem(words).text
        return await (
            self.undo() if is_undo(text) else self._turn(Message(kind="said", words=text))
        )

    async def change(self, formulation: Formulation, words: str) -> Response:
        """Go on with five elements that were changed by hand, and solve them.

        Args:
            formulation: The five elements.
            words: What was done, for the record.
        """
        return await self._turn(Message(kind="changed", words=words, formulation=formulation))

    async def try_out(self, formulation: Formulation, words: str) -> Response:
        """Solve five elements that were changed by hand, and keep the ones before."""
        return await self._turn(Message(kind="tried", words=words, formulation=formulation))

    async def solve(self) -> Response:
        """Solve what there is: the proposal, which is a yes to it, or the five elements again."""
        return await self._turn(Message(kind="solve", words="/solve"))

    def stop(self) -> bool:
        """Ask the solvers at work to end with what they hold; say whether there was any.

        Call it from any thread. Everything else of a turn stops when its task is cancelled.
        """
        return self._interrupt.ask()

    async def resume(self) -> Response | None:
        """Finish the turn that was cut off or could not be kept; ``None`` where none was.

        Raises:
            ConfigError: There is still no room to keep it.
        """
        if (await self._head()).next not in _RESTING:
            return await self._run(None)
        return None if self.unfinished is None else await self._take(self.unfinished)

    async def undo(self) -> Response:
        """Take back what was changed or answered last, with all that was said since.

        A turn that was cut off is taken back first. What changed nothing is left out: a
        what-if, and a question about a message that nobody answered.
        """
        is_cut_off = (await self._head()).next not in _RESTING
        if self.unfinished is not None and not is_cut_off:
            self.unfinished = None  # no step of it was kept
            return Response(kind=ResponseKind.words, text=_taken_back(self.state))
        resting = [each async for each in self._lineage() if _is_resting(each)]
        if not resting and not is_cut_off:
            return Response(kind=ResponseKind.words, text="There is nothing to take back.")
        now = None if is_cut_off else _matter(resting[0])
        earlier = (each for each in resting if not _is_aside(each))
        left = next((each for each in earlier if _matter(each) != now), None)
        if left is None:
            await self._saver.adelete_thread(_THREAD)
        else:
            await self._thread.aupdate_state(left.config, None, as_node="__copy__")
        await self._read_again()
        return Response(kind=ResponseKind.words, text=_taken_back(self.state))

    async def fork(self, folder: Path) -> None:
        """Copy the conversation to another folder, to go another way there.

        Raises:
            ConfigError: There is a conversation in it already.
        """
        database = folder / DATABASE
        if database.exists():
            raise ConfigError(f"there is a conversation in {folder} already")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        import aiosqlite

        async with aiosqlite.connect(database) as copy:
            await self._saver.conn.backup(copy)
        if self._recording.path.exists():
            shutil.copy2(self._recording.path, folder)

    def _lock(self) -> None:
        """Keep the folder to this process, until it ends or the conversation is left."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._open.enter_context((self.folder / LOCK).open("w"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"the conversation {self.id} is open in another window") from error
        except OSError as error:
            raise ConfigError(f"{self.folder} cannot be written: {error.strerror}") from error

    async def _connect(self) -> None:
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        database = AsyncSqliteSaver.from_conn_string(str(self.folder / DATABASE))
        try:
            self._saver = await self._open.enter_async_context(database)
            await self._saver.setup()
            self._thread = self._begun()
            await self._read_again()
        except sqlite3.OperationalError as error:
            raise self._unkept(error) from error
        except (sqlite3.Error, ValueError, TypeError, LookupError) as error:  # it is damaged
            raise ConfigError(f"the conversation {self.id} cannot be read: {error}") from error

    def _unkept(self, error: Exception) -> ConfigError:
        """Say that there is no room, or whatever else is in the way of keeping a turn."""
        return ConfigError(
            f"the conversation {self.id} cannot be kept in {self.folder.parent}: {error}; "
            "make room there and say it again, or set another folder with SOLVITUR_SESSIONS"
        )

    # --- the thread ------------------------------------------------------------------------------

    async def _turn(self, message: Message) -> Response:
        """Take a message; what was cut off comes first, and is not done twice if said again."""
        unfinished = self.unfinished
        response = await self.resume()
        return (
            response
            if response is not None and message == unfinished
            else await self._take(message)
        )

    async def _take(self, message: Message) -> Response:
        """Hand a message to the graph: as the reply to what it waits for, or as a new turn."""
        from langgraph.types import Command

        given, head = dump(message), await self._head()
        return await self._run(Command(resume=given) if head.next else {"message": given}, message)

    async def _run(self, given: Any, message: Message | None = None) -> Response:
        """Run the graph to the end of the turn; remember what began it where no step was kept."""
        left: Message | None = None
        try:
            await self._begun().ainvoke(given, _HERE, durability="sync")
        except asyncio.CancelledError:
            left = message
            raise
        except (sqlite3.Error, OSError) as error:
            left = message
            raise self._unkept(error) from error
        finally:
            await self._go_on()
            self.unfinished = self.unfinished or left
        assert self.state.response is not None
        return self.state.response

    def _begun(self) -> "CompiledStateGraph[State]":
        """Wire the graph for one turn: to who listens, and with an interrupt of its own."""
        self._interrupt = Interrupt()
        recorded = Recorded(self.model, self._recording)
        model = Overheard(recorded, self.listener.writes)
        steps = Steps(model, self.effort, self.data, self.asks, self.listener, self._interrupt)
        return build(steps).compile(checkpointer=self._saver)

    async def _head(self) -> "StateSnapshot":
        return await self._thread.aget_state(_HERE)

    async def _read_again(self) -> None:
        """Read all that the thread holds."""
        ended = [_turn_of(each) async for each in self._lineage() if _is_resting(each)]
        self.turns = tuple(reversed(ended))
        self._stand_at(await self._head())

    async def _go_on(self) -> None:
        """Read what came to the thread since, which is a turn at most."""
        head = await self._head()
        if _is_resting(head) and _id(head.config) != self._read:
            self.turns = (*self.turns, _turn_of(head))
        self._stand_at(head)

    def _stand_at(self, head: "StateSnapshot") -> None:
        self._read = _id(head.config)
        self.state = Snapshot.of(head.values)
        is_cut_off = head.next not in _RESTING and "message" in head.values
        self.unfinished = Message.model_validate(head.values["message"]) if is_cut_off else None

    async def _lineage(self) -> "AsyncIterator[StateSnapshot]":
        """Give what the steps left, the latest first, without what was undone."""
        following: str | None = None
        async for each in self._thread.aget_state_history(_HERE):
            if following is None or _id(each.config) == following:
                yield each
                following = _id(each.parent_config)
                if following is None:
                    return


def _id(config: Mapping[str, Any] | None) -> str | None:
    return None if config is None else config["configurable"].get("checkpoint_id")


def _turn_of(left: "StateSnapshot") -> Turn:
    return Turn.model_validate({name: left.values[name] for name in ("message", "reply")})


def _is_resting(left: "StateSnapshot") -> bool:
    """Whether a turn ended there."""
    return left.next in _RESTING and "reply" in left.values


def _matter(left: "StateSnapshot") -> list[Any]:
    """Give what an undo takes back: what is talked about, and what waits."""
    values, waiting = left.values, left.values.get("waiting")
    proposal = values.get("proposal") if waiting else None
    question = read_question(values)
    return [values.get("problem"), values.get("formulation"), proposal, waiting, question]


def _is_aside(left: "StateSnapshot") -> bool:
    """Whether it waits for what was meant by a message, and not for what the problem lacks."""
    values = left.values
    question = read_question(values)
    return question is not None and question.text not in values.get("asked", [])


def _taken_back(state: Snapshot) -> str:
    if state.proposal is not None:
        return "Taken back. What is proposed waits for a yes."
    if state.question is not None:
        return f"Taken back. The question waits: {state.question.text}"
    if state.answer is not None:
        return f"Taken back. This stands now:\n{state.answer.answer or state.answer.message}"
    return "Taken back. Nothing is said yet."
