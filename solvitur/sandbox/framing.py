"""What passes between a job and us: JSON, and behind it the bytes of the arrays in it.

A frame is a line with the number of bytes of each part, then the JSON, then one part an array. In
the JSON an array is a dictionary with one key, `ARRAY`, that gives its part, its type and its
shape. Nothing in a frame is ever run: what it says of itself is checked against its bytes. The same
text is used on both sides of the wall, and knows nothing but the standard library and, where there
are arrays, numpy.
"""

import json
import math
import sys
from itertools import accumulate, pairwise
from typing import Any

ARRAY = "\0array"
TYPES = frozenset(
    ("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8")
)
"""Numbers and truth values of a fixed size, as numpy writes them."""


def packed(value: Any) -> list[bytes]:
    r"""Write a value as the parts of a frame, its first line included.

    Raises:
        TypeError: It holds what neither JSON nor an array of numbers can say.
        ValueError: It holds itself.

    >>> packed({"a": [1, None]})
    [b'[16]\n', b'{"a": [1, null]}']
    """
    arrays: list[bytes] = []

    def said(it: Any) -> Any:
        numpy: Any = sys.modules.get("numpy")
        if numpy is not None and isinstance(it, numpy.generic):
            return it.item()
        if numpy is not None and isinstance(it, numpy.ndarray):
            plain = it.astype(it.dtype.newbyteorder("<"), order="C", copy=False)
            if plain.dtype.str not in TYPES:
                raise TypeError(f"an array of type {it.dtype} cannot be sent, only one of numbers")
            arrays.append(plain.tobytes())
            return {ARRAY: [len(arrays), plain.dtype.str, it.shape]}
        raise TypeError(f"Object of type {type(it).__name__} is not JSON serializable")

    text = json.dumps(value, default=said).encode()
    sizes = [len(part) for part in (text, *arrays)]
    return [f"{json.dumps(sizes)}\n".encode(), text, *arrays]


def unpacked(frame: bytes | bytearray) -> Any:
    r"""Read a frame; its arrays are copies that can be written to.

    Raises:
        ValueError: It is none, or an array in it is not what it is said to be.
        RecursionError: Its JSON is nested without end.

    >>> unpacked(b"".join(packed({"a": [1, None]})))
    {'a': [1, None]}
    >>> unpacked(b'[4]\n{"a": 1}')
    Traceback (most recent call last):
    ...
    ValueError: a frame of other sizes than it says
    """
    line, _, rest = frame.partition(b"\n")
    sizes = json.loads(line)
    if not (isinstance(sizes, list) and sizes and all(map(_is_size, sizes))):
        raise ValueError("a frame without sizes")
    ends = list(accumulate(sizes, initial=0))
    if ends[-1] != len(rest):
        raise ValueError("a frame of other sizes than it says")
    text, *arrays = (memoryview(rest)[start:end] for start, end in pairwise(ends))

    def read(found: dict[str, Any]) -> Any:
        return _array(found[ARRAY], arrays) if found.keys() == {ARRAY} else found

    return json.loads(bytes(text), object_hook=read if arrays else None)


def _array(told: Any, parts: list[memoryview]) -> Any:
    if not (isinstance(told, list) and len(told) == 3):
        raise ValueError("an array that is not described")
    number, kind, shape = told
    if not (_is_size(number) and 1 <= number <= len(parts)):
        raise ValueError("an array that is not there")
    if not (isinstance(kind, str) and kind in TYPES):
        raise ValueError("an array of another type than numbers")
    if not (isinstance(shape, list) and all(map(_is_size, shape))):
        raise ValueError("an array without a shape")
    part = parts[number - 1]
    if math.prod(shape) * int(kind[2:]) != len(part):
        raise ValueError("an array of another size than its shape's")
    import numpy

    found = numpy.frombuffer(part, numpy.uint8 if kind == "|b1" else kind)
    if kind == "|b1" and (found > 1).any():
        raise ValueError("a truth value that is neither true nor false")
    return found.astype(kind).reshape(shape)  # of too many dimensions is a ValueError as well


def _is_size(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0
