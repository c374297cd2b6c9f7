"""What a warm sandbox asks of the kernel that Python has no words for.

This text is handed to the interpreter inside, like `solvitur.sandbox.zygote`, which alone uses it.
"""

import ctypes
import os
import platform
import signal
from pathlib import Path

_LIBC = ctypes.PyDLL(None, use_errno=True)
_CLONE = {"x86_64": 56, "aarch64": 220}

_NEW_MOUNTS, _NEW_IPC, _NEW_USERS, _NEW_PROCESSES = 0x20000, 0x8000000, 0x10000000, 0x20000000
_NO_SUID, _NO_DEVICES, _NO_EXEC, _ALL_BELOW, _PRIVATE = 2, 4, 8, 1 << 14, 1 << 18
_PARENT_DEATH, _SET_DUMPABLE, _KEEP_CAPABILITIES = 1, 4, 8
_SUBREAPER, _NO_NEW_PRIVILEGES, _AMBIENT, _RAISE = 36, 38, 47, 2
_CAPABILITY_VERSION = 0x20080522
_READ_ALL = 2
"""CAP_DAC_READ_SEARCH."""
_MOST_FILES = 10_000
"""In the folder of a job, where it is in memory."""


def settle() -> None:
    """Take in what descends from this process, and let nobody of the same user look into it."""
    _asked(_LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _asked(_LIBC.prctl(_SUBREAPER, 1, 0, 0, 0))
    show_memory(False)


def show_memory(is_shown: bool) -> None:
    """Let others of the same user look into this process, or not."""
    _asked(_LIBC.prctl(_SET_DUMPABLE, int(is_shown), 0, 0, 0))


def fork_apart() -> int:
    """Fork a process that is the first of its own: users, processes, files mounted, messages."""
    flags = _NEW_USERS | _NEW_PROCESSES | _NEW_MOUNTS | _NEW_IPC | signal.SIGCHLD
    return _asked(_LIBC.syscall(_CLONE[platform.machine()], flags, 0, 0, 0, 0))


def keep_user(user: int, group: int) -> None:
    """Be the same user among the users of one's own."""
    show_memory(True)  # otherwise the files below are root's
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    show_memory(False)


def see_own_processes() -> None:
    """Show no other processes in /proc."""
    _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)


def separate() -> None:
    """Have mounts and messages of one's own."""
    _asked(_LIBC.unshare(_NEW_MOUNTS | _NEW_IPC))


def keep_mounts() -> None:
    """Let nobody else see what is mounted from here on."""
    _mount("none", "/", None, _ALL_BELOW | _PRIVATE)


def mount_folder(place: str, size: int, owner: int) -> None:
    """Put an empty folder in memory there."""
    told = f"size={size},nr_inodes={_MOST_FILES},mode=700,uid={owner},gid={owner}"
    _mount("tmpfs", place, "tmpfs", _NO_SUID | _NO_DEVICES, told)


def become(user: int | None, reads_all: bool) -> None:
    """Let go of every privilege, and be another user if one is named.

    Args:
        user: Whom to be.
        reads_all: Whether that user may read every file.
    """
    if user is not None:
        os.setgroups([])
        _asked(_LIBC.prctl(_KEEP_CAPABILITIES, int(reads_all), 0, 0, 0))
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    kept = 1 << _READ_ALL if reads_all else 0
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _asked(_LIBC.capset(header, (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)))
    if reads_all:
        _asked(_LIBC.prctl(_AMBIENT, _RAISE, _READ_ALL, 0, 0))
    show_memory(True)  # it may look at itself
    _asked(_LIBC.prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0))  # which a change of user forgets


def _mount(source: str, target: str, kind: str | None, flags: int, told: str | None = None) -> None:
    texts = (part.encode() if part is not None else None for part in (source, target, kind))
    _asked(_LIBC.mount(*texts, ctypes.c_ulong(flags), told.encode() if told else None))


def _asked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
