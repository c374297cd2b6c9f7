"""What passes between a job and us, and what does not."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvitur.sandbox.framing import ARRAY, TYPES, packed, unpacked


def there_and_back(value: object) -> object:
    return unpacked(b"".join(packed(value)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_what_json_can_say_comes_back(value: object) -> None:
    assert there_and_back(value) == value


@pytest.mark.parametrize("kind", sorted(TYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_an_array_comes_back_with_its_type_and_shape(kind: str, shape: tuple[int, ...]) -> None:
    array = (np.arange(np.prod(shape, dtype=int)) % 2).reshape(shape).astype(kind)
    found = there_and_back({"a": [array, "beside"], "b": array})
    assert isinstance(found, dict)
    for back in (found["a"][0], found["b"]):
        assert back.dtype == np.dtype(kind)
        assert back.shape == shape
        np.testing.assert_array_equal(back, array)
        assert back.flags.writeable
        assert back.flags.aligned


def test_arrays_in_another_order_come_back_in_that_of_c() -> None:
    array = np.arange(12.0).reshape(3, 4)
    for other in (array.T, array[::2, ::-1], np.asfortranarray(array), array.astype(">f8")):
        np.testing.assert_array_equal(there_and_back(other), other)


def test_single_numbers_of_numpy_are_plain_numbers() -> None:
    found = there_and_back([np.int64(3), np.float32(0.5), np.bool_(True)])
    assert found == [3, 0.5, True]
    assert isinstance(found, list)
    assert [type(each) for each in found] == [int, float, bool]


@pytest.mark.parametrize(
    "value",
    [
        {1},
        object(),
        np.array([object()]),
        np.array(["text"]),
        np.array([1j]),
        np.array(["2024-01-01"], dtype="datetime64[D]"),
        np.zeros(2, dtype=[("a", "f8")]),
    ],
    ids=lambda value: str(getattr(value, "dtype", type(value).__name__)),
)
def test_what_is_neither_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        packed([value])


def frame(value: object, *parts: bytes) -> bytes:
    text = json.dumps(value).encode()
    sizes = [len(part) for part in (text, *parts)]
    return b"".join((json.dumps(sizes).encode(), b"\n", text, *parts))


EIGHT = bytes(8)


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"\n",
        b"[]\n",
        b"{}\n",
        b"[1]\n",
        b"[-1, 3]\n{}",
        b"[true]\n1",
        b"[1.0]\n1",
        b"[1, 1e999]\n1",
        b"[" * 10_000,
        frame({ARRAY: [1, "<f8", [1]]}, EIGHT)[:-1],
        frame({ARRAY: [1, "<f8", [1]]}, EIGHT) + b"x",
        frame({ARRAY: [0, "<f8", [1]]}, EIGHT),
        frame({ARRAY: [2, "<f8", [1]]}, EIGHT),
        frame({ARRAY: [-1, "<f8", [1]]}, EIGHT),
        frame({ARRAY: [True, "<f8", [1]]}, EIGHT),
        frame({ARRAY: ["1", "<f8", [1]]}, EIGHT),
        frame({ARRAY: [1, "<f8", [2]]}, EIGHT),
        frame({ARRAY: [1, "<f8", [-1]]}, EIGHT),
        frame({ARRAY: [1, "<f8", [-1, -1]]}, EIGHT),
        frame({ARRAY: [1, "<f8", 1]}, EIGHT),
        frame({ARRAY: [1, "<f8", [1.0]]}, EIGHT),
        frame({ARRAY: [1, "<f8", [1] * 65]}, EIGHT),
        frame({ARRAY: [1, "<f8", [0, 2**62, 2**62]]}, b""),
        frame({ARRAY: [1, "<f8", [2**40, 2**40]]}, EIGHT),
        frame({ARRAY: [1, "|O", [1]]}, EIGHT),
        frame({ARRAY: [1, "|O8", [1]]}, EIGHT),
        frame({ARRAY: [1, "<M8[s]", [1]]}, EIGHT),
        frame({ARRAY: [1, "<U2", [1]]}, EIGHT),
        frame({ARRAY: [1, ["<f8"], [1]]}, EIGHT),
        frame({ARRAY: [1, None, [1]]}, EIGHT),
        frame({ARRAY: {"part": 1}}, EIGHT),
        frame({ARRAY: [1, "|b1", [8]]}, b"\1\0\1\0\1\0\1\2"),
    ],
)
def test_a_frame_that_is_none_is_a_value_error(forged: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        unpacked(forged)


@given(st.binary(max_size=200))
def test_noise_is_read_or_is_a_value_error(noise: bytes) -> None:
    with contextlib.suppress(ValueError, RecursionError):
        unpacked(noise)
