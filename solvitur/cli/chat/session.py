"""What a conversation on the command line goes on with: what slash commands work on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solvitur.cli.chat.screen import Screen
    from solvitur.config import Settings


@dataclass
class Session:
    """A conversation, where it is shown, and the settings that hold in it."""

    talk: Any
    """The conversation; `move_to` puts another one in its place."""
    screen: "Screen"
    settings: "Settings"
    """What holds now: ``/set`` and ``/model`` replace it."""
    is_over: bool = False
    """Whether the person wants to leave."""
