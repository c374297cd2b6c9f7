"""Fetching one file over HTTP, going on where an earlier try stopped."""

import http.client
import io
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from solvitur.errors import ConfigError
from solvitur.llm.catalog import HubFile, SourceError

_PUBLIC = "https://huggingface.co"
_TIMEOUT = 10.0
"""Seconds to wait for a connection, or for more bytes."""
_CHUNK = 1 << 20


def url(source: HubFile) -> str:
    """Where the file is, at the public hub or the one named by ``HF_ENDPOINT``."""
    endpoint = os.environ.get("HF_ENDPOINT") or _PUBLIC
    if not endpoint.startswith(("https://", "http://")):
        raise ConfigError(f"HF_ENDPOINT must start with https:// or http://, not {endpoint!r}")
    return f"{endpoint.rstrip('/')}/{source.repository}/resolve/main/{quote(source.file)}"


def fetch_file(address: str, partial: Path, size: int, on_bytes: Callable[[int], None]) -> None:
    """Bring the file at an address to its full size.

    Args:
        address: An http(s) URL; the server may or may not allow resuming.
        partial: The file to complete; what it already holds is not asked again.
        size: The bytes it must have in the end.
        on_bytes: Told after each piece how many bytes there are.

    Raises:
        SourceError: The server is out of reach, refuses, serves something of
            another size, or stops for good before the end.
        OSError: The file cannot be written.
    """
    before = -1
    reason = ""
    while (held := _size(partial)) < size:
        if held <= before:  # the last connection brought nothing
            raise SourceError(f"{address}: {reason}")
        before = held
        with _open(address, held) as response:
            start = held if response.status == http.HTTPStatus.PARTIAL_CONTENT else 0
            announced = response.headers.get("Content-Length")
            if announced is not None and start + int(announced) != size:
                raise SourceError(f"{address}: the file there does not have {size} bytes")
            with partial.open("ab" if start else "wb") as file:
                reason = _copy(response, file, size - start, lambda n: on_bytes(size - n))


def fetch_small(address: str, most: int) -> bytes:
    """Bring a small file whose size is not known before, into memory.

    Args:
        address: An http(s) URL.
        most: Bytes that it may have; nobody waits for a server that never ends.

    Raises:
        SourceError: The server is out of reach, refuses, stops before the end, or sends more.
    """
    with _open(address, 0) as response:
        content = io.BytesIO()
        reason = _copy(response, content, most + 1, lambda left: None)
        announced = response.headers.get("Content-Length")
    brought = content.getvalue()
    if len(brought) > most:
        raise SourceError(f"{address}: the file there has more than {most / 1e6:,.0f} MB")
    if announced is not None and int(announced) != len(brought):
        raise SourceError(f"{address}: {reason}")
    return brought


def _open(address: str, start: int) -> http.client.HTTPResponse:
    headers = {"Range": f"bytes={start}-"} if start else {}
    request = urllib.request.Request(address, headers=headers)
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it is the answer, too, and holds the connection
        raise SourceError(f"{address}: {error}") from error
    return response


def _copy(
    response: http.client.HTTPResponse, file: BinaryIO, left: int, on_left: Callable[[int], None]
) -> str:
    """Copy up to `left` bytes; say how it ended. Only writing may raise."""
    while left:
        try:
            piece = response.read(min(_CHUNK, left))
        except (OSError, http.client.HTTPException) as error:
            return str(error) or type(error).__name__
        if not piece:
            return "the connection ended early"
        file.write(piece)
        left -= len(piece)
        on_left(left)
    return "complete"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
