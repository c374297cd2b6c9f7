"""The rungs of isolation, strongest first, each as the command that goes before the interpreter.

| rung | what it is |
| --- | --- |
| `bubblewrap` | namespaces of its own; sees /usr, Python and an empty folder in memory |
| `namespaces` | `unshare`: processes of its own and no network, but all files can be read |
| `limits` | a session of its own, resource limits, no environment; files and network are open |

Every rung has the limits of the last one. Where this process is root, a job runs as a user of
its own who owns nothing, so it can neither signal nor write what is not its own. Where this process
is an ordinary user, the lower rungs run the job as that user and cannot keep it from what that
user may do with files. `Rung.contains` says exactly what holds. `limits` as an ordinary user stops
accidents and greed but no attacker: it reads and writes that user's files, signals that user's
other processes, and may leave one of its own behind. Where Python itself is in a person's own
folder, ``~/bin`` or ``~/.local/bin``, its programs and libraries can be read on every rung.
"""

import functools
import os
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from solvitur.errors import SandboxUnavailable
from solvitur.sandbox.job import Limits, Threat

INSIDE = "/job"
"""The folder of a job where the rung has a file system of its own."""

_ALWAYS = frozenset((Threat.forgery, Threat.output, Threat.endless, Threat.memory))
_APART = (
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"),
)
"""Everything of its own but users: among users of its own, a job of root would stay root."""
_TO_START_JOBS = "+setuid,+setgid,+setpcap,+kill,+sys_admin,+dac_read_search"
_USERS = range(61_184, 65_520)
"""Numbers that no distribution gives to a person; systemd takes its dynamic users from here."""


@dataclass(frozen=True)
class Rung:
    """One way to shut a job in.

    Attributes:
        name: `bubblewrap`, `namespaces` or `limits`.
        own_user: Whether the job runs as a user of its own; only root can arrange that.
        reads_all: Whether that user may read every file, for an interpreter in root's own folder.
        tool: Where `bwrap` or `unshare` is; nothing for `limits`.
        setpriv: Where `setpriv` is, if it is there. Both are looked for once: what a job runs as
            must not hang on what `PATH` says later.
    """

    name: str
    own_user: bool = False
    reads_all: bool = False
    tool: str = ""
    setpriv: str | None = None

    @property
    def contains(self) -> frozenset[Threat]:
        """What it keeps code from doing."""
        found = _ALWAYS
        if self.own_user or not _is_root():
            found |= {Threat.processes}
        if self.own_user or self.name != "limits":
            found |= {Threat.environment, Threat.parent, Threat.fleeing}
        if self.own_user or self.name == "bubblewrap":
            found |= {Threat.writing}
        if self.name != "limits":
            found |= {Threat.network}
        if self.name == "bubblewrap" and not any(map(_is_personal, ("/usr", *_prefixes()))):
            found |= {Threat.reading}
        return found

    @property
    def has_folder(self) -> bool:
        """Whether the job's folder is in memory and this process makes none."""
        return self.name == "bubblewrap"

    def command(self, user: int | None, limits: Limits) -> list[str]:
        """Give what goes before the interpreter."""
        around = {
            "bubblewrap": self._bubblewrap,
            "namespaces": self._namespaces_with_parent,
            "limits": self._with_parent,
        }
        return [*around[self.name](limits), *self._as_user(user)]

    @property
    def can_be_warm(self) -> bool:
        """Whether a process in it can start jobs that it is safe from; one of root's own is not."""
        return self.own_user or not _is_root()

    @property
    def is_nested(self) -> bool:
        """Whether a job that a warm process starts needs namespaces of its own to be apart."""
        return not self.own_user and self.name != "limits"

    def standing(self) -> list[str]:
        """Give what goes before an interpreter that stays, and that starts jobs itself.

        It ends by itself when nobody holds its line any more. It may not hang on the thread that
        starts it, as a process with the parent's death for a signal does.
        """
        around = {
            "bubblewrap": self._standing_bubblewrap,
            "namespaces": self._namespaces,
            "limits": list[str],
        }
        return [*around[self.name](), *self._as_starter()]

    def ending(self, user: int) -> list[str]:
        """Give the command that ends every process of a lent user."""
        return [*self._as_user(user), "/bin/sh", "-c", "kill -KILL -1"]

    def _as_user(self, user: int | None) -> list[str]:
        """Give the command that becomes the user and lets go of every privilege.

        Raises:
            SandboxUnavailable: There is a user to become and no tool for it.
        """
        if user is None:
            shut = self.setpriv and self.name != "bubblewrap"  # which sees to that itself
            return [str(self.setpriv), "--no-new-privs"] if shut else []
        if self.setpriv is None or user == 0:
            raise SandboxUnavailable(
                f"the sandbox {self.name} cannot run code as the user {user}: that takes setpriv "
                "(of util-linux), and a user who is not root"
            )
        kept = "-all,+dac_read_search" if self.reads_all else "-all"
        return [  # becoming another user forgets with whom to die, so it is said again
            *(self.setpriv, f"--reuid={user}", f"--regid={user}", "--clear-groups"),
            *("--no-new-privs", "--pdeathsig", "KILL"),
            *(f"--inh-caps={kept}", f"--ambient-caps={kept}", f"--bounding-set={kept}"),
        ]

    def _as_starter(self) -> list[str]:
        """Give the command that keeps of root's privileges what it takes to start jobs."""
        if not self.own_user or self.setpriv is None:
            return []
        kept = f"-all,{_TO_START_JOBS}"
        return [self.setpriv, f"--bounding-set={kept}", f"--inh-caps={kept}", "--ambient-caps=-all"]

    def _with_parent(self, _: Limits) -> list[str]:
        """Give the command that lets a job end when this process is killed."""
        return [self.setpriv, "--pdeathsig", "KILL"] if self.setpriv else []

    def _namespaces_with_parent(self, limits: Limits) -> list[str]:
        return [*self._with_parent(limits), *self._namespaces()]

    def _namespaces(self) -> list[str]:
        become = [] if _is_root() else ["--user", "--map-current-user"]
        apart = ("--net", "--ipc", "--pid", "--mount-proc", "--fork", "--kill-child")
        return [self.tool, *become, *apart]

    def _bubblewrap(self, limits: Limits) -> list[str]:
        apart = _APART if self.own_user else ("--unshare-all",)
        return [
            *(self.tool, *apart, "--new-session", "--die-with-parent", *_seen()),
            *("--perms", "1777", "--size", str(limits.folder_size), "--tmpfs", INSIDE),
            *("--remount-ro", "/", "--chdir", INSIDE),
        ]

    def _standing_bubblewrap(self) -> list[str]:
        more = ("--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_KILL")
        apart = (*_APART, *more) if self.own_user else ("--unshare-all",)
        return [
            *(self.tool, *apart, "--new-session", "--as-pid-1", *_seen()),
            *("--perms", "0755", "--dir", INSIDE, "--remount-ro", "/", "--chdir", INSIDE),
        ]


@functools.cache
def candidates() -> tuple[Rung, ...]:
    """Give every way there may be on this machine, strongest first; some may not work."""
    return tuple(_candidates())


def _candidates() -> Iterator[Rung]:
    if sys.platform != "linux":
        return
    setpriv = shutil.which("setpriv")
    for name, program in (("bubblewrap", "bwrap"), ("namespaces", "unshare"), ("limits", "")):
        tool = shutil.which(program) or ""
        if program and not tool:
            continue
        plain = Rung(name, tool=tool, setpriv=setpriv)
        if _is_root() and setpriv:
            yield replace(plain, own_user=True)
            if name != "bubblewrap":
                yield replace(plain, own_user=True, reads_all=True)
        yield plain


@contextmanager
def lent_user() -> Iterator[int]:
    """Lend a user number that no process has; only root can ask for it.

    Raises:
        SandboxUnavailable: None is found.
    """
    with _lending:
        number = _free_user()
        _lent.add(number)
    try:
        yield number
    finally:
        with _lending:
            _lent.discard(number)


_lent: set[int] = set()
_lending = threading.Lock()


def _free_user() -> int:
    first = secrets.randbelow(len(_USERS))
    for step in range(len(_USERS)):
        number = _USERS[(first + step) % len(_USERS)]
        if number not in _lent and not _is_at_work(number):
            return number
    raise SandboxUnavailable("no user number is free for a job in the sandbox")


def _is_at_work(user: int) -> bool:
    """Whether a process of that user is there: the kernel is asked how nice they are."""
    try:
        os.getpriority(os.PRIO_USER, user)
    except ProcessLookupError:
        return False
    return True


def _is_root() -> bool:
    return os.geteuid() == 0


def _seen() -> Iterator[str]:
    """Give what can be read inside: the system's programs, this Python and its packages."""
    yield from ("--ro-bind", "/usr", "/usr")
    for link in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if Path(link).is_symlink():
            yield from ("--symlink", str(Path(link).readlink()), link)
        elif Path(link).exists():
            yield from ("--ro-bind", link, link)
    for part in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        yield from ("--ro-bind-try", part, part)
    for prefix in _prefixes():
        for part in _parts_of_python(prefix):
            for above in [*Path(part).parents][-2::-1]:  # bubblewrap would let only root pass
                yield from ("--perms", "0755", "--dir", str(above))
            yield from ("--ro-bind", part, part)
    yield from ("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev")


def _prefixes() -> list[str]:
    """Give the folders that this Python and its packages are in, beyond those of the system."""
    home = str(Path(sys.executable).resolve().parent.parent)
    found = dict.fromkeys((sys.base_prefix, home, sys.prefix))
    return [prefix for prefix in found if prefix != "/" and not Path(prefix).is_relative_to("/usr")]


def _parts_of_python(prefix: str) -> list[str]:
    """Give what of it is seen: all, unless a person keeps other things there."""
    if not _is_personal(prefix):
        return [prefix]
    parts = (Path(prefix, name) for name in ("bin", "lib", "lib64", "pyvenv.cfg"))
    return [str(part) for part in parts if part.exists()]


def _is_personal(prefix: str) -> bool:
    """Whether it is where a person keeps files: with Python in ``~/bin`` or ``~/.local/bin``."""
    try:
        home = Path.home().resolve()
    except RuntimeError:  # a user who has none
        return False
    place = Path(prefix).resolve()
    return home.is_relative_to(place) or place == home / ".local"
