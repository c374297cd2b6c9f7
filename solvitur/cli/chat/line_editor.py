"""Where a person types: several lines, history, completion, and a line that says where one is.

Loaded only where somebody types, since prompt-toolkit is slow to import.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.styles import Style

from solvitur.cli.chat.commands.registry import MARK
from solvitur.cli.chat.typing import goes_on, message
from solvitur.cli.console import safe

Offer = Callable[[str], Iterable[tuple[str, int]]]
"""Gives what may stand at the end of a text, each with how many characters it replaces."""

_PROMPT = "> "
_NEXT_LINE = "  "
_LEAVE = "Ctrl-C again leaves"
_STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "placeholder": "#888888",
        "bottom-toolbar": "noreverse #888888",
        "bottom-toolbar.text": "",
    }
)


class LineEditor:
    """The lines that a person types.

    Args:
        terminal: Where it shows.
        history: A file with the lines of earlier times.
        offer: What may be typed next.
        toolbar: Says in a few words each where one is; the last ones are left out where the
            terminal is narrow.
    """

    def __init__(
        self,
        terminal: TextIO,
        history: Path,
        offer: Offer,
        toolbar: Callable[[], Iterable[str]],
    ) -> None:
        self._toolbar = toolbar
        self._hint = ""
        self._is_leaving = False
        self._output = create_output(terminal)
        self._session: PromptSession[str] = PromptSession(
            output=self._output,
            history=_history(history),
            completer=_Offered(offer),
            complete_while_typing=Condition(_is_command_typed),
            complete_style=CompleteStyle.COLUMN,
            key_bindings=self._keys(),
            multiline=True,
            prompt_continuation=lambda width, line, wrapped: _NEXT_LINE,
            bottom_toolbar=self._bottom,
            placeholder=self._placeholder,
            style=_STYLE,
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
            reserve_space_for_menu=6,
        )
        self._session.default_buffer.on_text_changed += self._typed
        _accept_any_terminal(self._session)

    async def read(self, hint: str = "", *, is_leaving: bool = False) -> str | None:
        """Let the person type a message; ``None`` where they leave.

        Args:
            hint: Shown where nothing is typed yet.
            is_leaving: Whether Ctrl-C was pressed just before, so that once more leaves.
        """
        self._hint, self._is_leaving = hint, is_leaving
        try:
            typed = await self._session.prompt_async(_PROMPT, handle_sigint=False)
        except EOFError:
            return None
        return message(typed)

    async def ask(self, question: str) -> str:
        """Ask for a line that is no message; nothing where the person wants out of it."""
        asking: PromptSession[str] = PromptSession(output=self._output, style=_STYLE)
        _accept_any_terminal(asking)
        try:
            return await asking.prompt_async(safe(question), handle_sigint=False)
        except (EOFError, KeyboardInterrupt):
            return ""

    def leave(self) -> None:
        """End the line that is being typed, from any thread."""
        app = self._session.app
        if app.loop is not None and app.is_running:
            app.loop.call_soon_threadsafe(lambda: app.exit(exception=EOFError))

    def refresh(self) -> None:
        """Show the toolbar as it is now."""
        self._session.app.invalidate()

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("enter", filter=~is_searching)
        def send(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if goes_on(buffer.document.text_before_cursor):
                buffer.newline(copy_margin=False)
            else:
                buffer.validate_and_handle()

        @keys.add("escape", "enter")
        def go_on(event: KeyPressEvent) -> None:
            event.current_buffer.newline(copy_margin=False)

        @keys.add("c-c")
        def stop(event: KeyPressEvent) -> None:
            if event.current_buffer.text:
                event.current_buffer.reset()
            elif self._is_leaving:
                event.app.exit(exception=EOFError, style="class:exiting")
            else:
                self._is_leaving = True

        return keys

    def _typed(self, buffer: Buffer) -> None:
        self._is_leaving = False

    def _bottom(self) -> FormattedText:
        width = get_app().output.get_size().columns
        words = ""
        for part in [_LEAVE] if self._is_leaving else self._toolbar():
            longer = f"{words} · {safe(part)}" if words else safe(part)
            words = longer if len(longer) <= width else words
        return FormattedText([("", words)])

    def _placeholder(self) -> FormattedText:
        hint = "" if get_app().is_done else safe(self._hint)
        return FormattedText([("class:placeholder", hint)])


class _Offered(Completer):
    """Completion by what is offered for the text before the cursor."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        for word, replaced in self._offer(document.text_before_cursor):
            yield Completion(word, start_position=-replaced, display=safe(word))


def _is_command_typed() -> bool:
    text = get_app().current_buffer.text
    return text.startswith(MARK) and "\n" not in text


def _accept_any_terminal(session: "PromptSession[str]") -> None:
    """Warn of no terminal that cannot say where its cursor is; all that matters works there."""
    session.app.renderer.cpr_not_supported_callback = None


def _history(file: Path) -> History:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600)
    return FileHistory(file)
