"""Pickles of arrays, numbers and plain containers, read by a small machine of our own: no object of a file is called.

A pickle is a program. Of its opcodes, this carries out those that make strings, numbers, lists, tuples and
dictionaries, and recognises by name the few functions by which NumPy and torch restore arrays; each of those is done
here, with its arguments checked. Everything else is refused by name. Keys of dictionaries are strings, so that none is
costly to hash.
"""

from __future__ import annotations

import math
import pickletools
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RefusedPickleError", "Storage", "read_pickle"]

_MOST_OPCODES = 1_000_000
_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248])")
_STORAGES = {
    "DoubleStorage": "f8",
    "FloatStorage": "f4",
    "HalfStorage": "f2",
    "LongStorage": "i8",
    "IntStorage": "i4",
}
_MARK = object()


class RefusedPickleError(ValueError):
    """A pickle that is damaged, or holds what is no array, number or plain container; the message says what."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the numbers of a torch tensor are: the key of a member of the archive, and the NumPy type of them."""

    key: str
    dtype: str


@dataclass(frozen=True, slots=True)
class _Global:
    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class _Type:
    """What a pickle says of a NumPy dtype."""

    code: str
    order: str = "="

    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.code).newbyteorder("<" if self.order == "<" else ">" if self.order == ">" else "=")


@dataclass(slots=True, eq=False)
class _Array:
    """An array that its state has not been given to yet, or has."""

    value: np.ndarray[Any, Any] | None = None


@dataclass(slots=True)
class _Machine:
    load_storage: Callable[[Storage], np.ndarray[Any, Any]] | None
    bytes_left: int
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)


def read_pickle(
    data: bytes, load_storage: Callable[[Storage], np.ndarray[Any, Any]] | None = None, *, storage_bytes: int = 0
) -> Any:
    """Return what a pickle holds.

    Parameters
    ----------
    data : bytes
        Up to the first end of a pickle.
    load_storage : callable, optional
        Returns the numbers of a torch tensor, one-dimensional; tensors are refused where None.
    storage_bytes : int
        Of all tensors' numbers. Nothing that unpacks to several times the file's size is read.

    Returns
    -------
    object
        None, bool, int, float, str, bytes, NumPy array, or a list, tuple or dictionary (its keys strings) of such.

    Raises
    ------
    RefusedPickleError
        If there is anything else in it, or it is damaged.

    Examples
    --------
    >>> import pickle
    >>> read_pickle(pickle.dumps({"num_images": 2, "mu": [0.5]}))
    {'num_images': 2, 'mu': [0.5]}
    >>> read_pickle(pickle.dumps(print))
    Traceback (most recent call last):
    evalsuite.feature_stats.plain_pickle.RefusedPickleError: it holds builtins.print, which is no array or plain value
    """
    machine = _Machine(load_storage, 4 * (len(data) + storage_bytes) + 1024)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(BytesIO(data))):
            if count > _MOST_OPCODES:
                raise RefusedPickleError(f"it has more than {_MOST_OPCODES:,} opcodes")
            if opcode.name == "STOP":
                return _plain(_pop(machine), {})
            _step(machine, opcode.name, argument)
    except RefusedPickleError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise RefusedPickleError(f"it is damaged or cut off, or no pickle ({error})") from error
    raise RefusedPickleError("it is cut off")


def _step(machine: _Machine, name: str, argument: Any) -> None:
    stack, memo = machine.stack, machine.memo
    if name in ("PROTO", "FRAME"):
        return
    if name in _VALUES:
        stack.append(argument)
    elif name in _CONSTANTS:
        stack.append(_CONSTANTS[name]())
    elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
        memo[argument] = _top(machine)
    elif name == "MEMOIZE":
        memo[len(memo)] = _top(machine)
    elif name in ("BINGET", "LONG_BINGET", "GET"):
        stack.append(memo[argument])
    elif name == "MARK":
        stack.append(_MARK)
    elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        values = [_pop(machine) for _ in range(int(name[-1]))]
        stack.append(tuple(reversed(values)))
    elif name == "TUPLE":
        stack.append(tuple(_since_mark(machine)))
    elif name == "LIST":
        stack.append(_since_mark(machine))
    elif name == "DICT":
        values = _since_mark(machine)
        stack.append({})
        _set(stack[-1], values)
    elif name in ("APPEND", "APPENDS"):
        values = _since_mark(machine) if name == "APPENDS" else [_pop(machine)]
        _expect(_top(machine), list).extend(values)
    elif name in ("SETITEM", "SETITEMS"):
        values = _since_mark(machine) if name == "SETITEMS" else [_pop(machine), _pop(machine)][::-1]
        _set(_expect(_top(machine), dict), values)
    elif name in ("GLOBAL", "STACK_GLOBAL"):
        stack.append(_global(machine, argument))
    elif name == "REDUCE":
        arguments, function = _pop(machine), _pop(machine)
        stack.append(_call(machine, _expect(function, _Global), _expect(arguments, tuple)))
    elif name == "BUILD":
        state = _pop(machine)
        _build(machine, _top(machine), state)
    elif name == "BINPERSID":
        stack.append(_storage(_pop(machine)))
    elif name == "POP":
        stack.pop()
    else:
        raise RefusedPickleError(f"it holds an object of a kind that is no array or plain value (opcode {name})")


# fmt: off
_VALUES = frozenset(
    {
        "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "UNICODE",
        "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES",
        "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
    }
)
# fmt: on
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": dict,
}


def _pop(machine: _Machine) -> Any:
    value = machine.stack.pop()
    if value is _MARK:
        raise RefusedPickleError("it is damaged")
    return value


def _top(machine: _Machine) -> Any:
    value = machine.stack[-1]
    if value is _MARK:
        raise RefusedPickleError("it is damaged")
    return value


def _since_mark(machine: _Machine) -> list[Any]:
    values: list[Any] = []
    while (value := machine.stack.pop()) is not _MARK:
        values.append(value)
    return values[::-1]


def _set(mapping: dict[Any, Any], values: list[Any]) -> None:
    for key, value in zip(values[::2], values[1::2], strict=True):
        mapping[_expect(key, str)] = value


def _expect(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise RefusedPickleError(f"it is damaged, or of an unknown form ({type(value).__name__.strip('_').lower()})")
    return value


def _global(machine: _Machine, argument: Any) -> _Global:
    """Return a name that is known; no module is imported."""
    if argument is None:
        name, module = _pop(machine), _pop(machine)
    else:
        module, _, name = argument.partition(" ")
    found = _Global(_expect(module, str), _expect(name, str))
    if found not in _CALLS and found not in _NAMES:
        _refuse(found)
    return found


def _refuse(found: _Global) -> NoReturn:
    raise RefusedPickleError(f"it holds {str(found)[:200]}, which is no array or plain value")


def _call(machine: _Machine, function: _Global, arguments: tuple[Any, ...]) -> Any:
    if function not in _CALLS:
        _refuse(function)
    return _CALLS[function](machine, *arguments)


def _spend(machine: _Machine, n_bytes: int) -> None:
    """Count memory that grows beyond the file's: a few opcodes can ask for one long string again and again."""
    machine.bytes_left -= n_bytes
    if machine.bytes_left < 0:
        raise RefusedPickleError("it unpacks to several times its own size")


def _encode(machine: _Machine, text: Any, encoding: Any) -> bytes:
    _spend(machine, len(text))
    if encoding != "latin1":
        raise RefusedPickleError("it is damaged")
    found: bytes = _expect(text, str).encode("latin1")
    return found


def _reconstruct(_: _Machine, kind: Any, shape: Any, code: Any) -> _Array:
    del shape, code
    if kind != _Global("numpy", "ndarray"):
        raise RefusedPickleError("it holds an array of an unknown kind")
    return _Array()


def _dtype(_: _Machine, code: Any, *more: Any) -> _Type:
    del more
    if not isinstance(code, str) or not _DTYPE.fullmatch(code):
        raise RefusedPickleError(f"it holds an array of {str(code)[:50]}, which are no numbers")
    return _Type(code)


def _scalar(machine: _Machine, kind: Any, data: Any) -> Any:
    _spend(machine, len(data))
    return _array(_as_bytes(data), _expect(kind, _Type), ()).item()


def _from_buffer(machine: _Machine, data: Any, kind: Any, shape: Any, order: Any) -> _Array:
    _spend(machine, len(data))
    if order not in ("C", "F"):
        raise RefusedPickleError("it is damaged")
    return _Array(_array(_as_bytes(data), _expect(kind, _Type), shape, fortran=order == "F"))


def _rebuild_tensor(
    machine: _Machine, storage: Any, offset: Any, shape: Any, strides: Any, *more: Any
) -> np.ndarray[Any, Any]:
    del more
    if machine.load_storage is None:
        raise RefusedPickleError("it holds a torch tensor, which only a .pt does")
    numbers = machine.load_storage(_expect(storage, Storage))
    _spend(machine, 2 * numbers.nbytes)
    sizes, steps = _lengths(shape), _lengths(strides)
    last = _expect(offset, int) + sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
    if 0 in sizes or offset < 0 or last >= len(numbers) or math.prod(sizes) > len(numbers):
        raise RefusedPickleError("it holds a tensor that is damaged")
    width = numbers.itemsize
    view = np.lib.stride_tricks.as_strided(numbers[offset:], sizes, tuple(step * width for step in steps))
    return np.array(view)


_CALLS: dict[_Global, Callable[..., Any]] = {
    _Global("_codecs", "encode"): _encode,
    _Global("numpy", "dtype"): _dtype,
    _Global("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    _Global("collections", "OrderedDict"): lambda _: {},
    **{
        _Global(f"numpy.{core}.{module}", name): call
        for core in ("core", "_core")
        for module, name, call in (
            ("multiarray", "_reconstruct", _reconstruct),
            ("multiarray", "scalar", _scalar),
            ("numeric", "_frombuffer", _from_buffer),
        )
    },
}
_NAMES = {_Global("numpy", "ndarray"), *(_Global("torch", name) for name in _STORAGES)}


def _build(machine: _Machine, target: Any, state: Any) -> None:
    if isinstance(target, _Type):
        order = state[1] if isinstance(state, tuple) and len(state) >= 2 else None
        if order not in ("<", ">", "|", "="):
            raise RefusedPickleError("it holds an array whose type is damaged")
        target.order = order
        return
    if not isinstance(target, _Array) or not isinstance(state, tuple) or len(state) != 5:
        raise RefusedPickleError("it holds an object of a kind that is no array or plain value")
    _, shape, kind, fortran, data = state
    _spend(machine, len(data))
    target.value = _array(_as_bytes(data), _expect(kind, _Type), shape, fortran=bool(fortran))


def _array(data: bytes, kind: _Type, shape: Any, *, fortran: bool = False) -> np.ndarray[Any, Any]:
    sizes, dtype = _lengths(shape), kind.dtype()
    if math.prod(sizes) * dtype.itemsize != len(data):
        raise RefusedPickleError("it holds an array that is not as long as its shape says")
    return np.frombuffer(data, dtype=dtype).reshape(sizes, order="F" if fortran else "C")


def _lengths(shape: Any) -> tuple[int, ...]:
    sizes = _expect(shape, tuple)
    if len(sizes) > 8 or any(type(size) is not int or size < 0 for size in sizes):
        raise RefusedPickleError("it holds an array whose shape is damaged")
    return tuple(sizes)


def _as_bytes(data: Any) -> bytes:
    """Return an array's bytes; Python 2 wrote them as a string."""
    if isinstance(data, str):
        return data.encode("latin1")
    if isinstance(data, bytearray):
        return bytes(data)
    found: bytes = _expect(data, bytes)
    return found


def _storage(found: Any) -> Storage:
    if not isinstance(found, tuple) or len(found) != 5 or found[0] != "storage" or not isinstance(found[1], _Global):
        raise RefusedPickleError("it refers to something outside of itself")
    if found[1].name not in _STORAGES:
        _refuse(found[1])
    return Storage(_expect(found[2], str), _STORAGES[found[1].name])


def _plain(value: Any, seen: dict[int, Any]) -> Any:
    """Return a value with the arrays in the place of what stood for them, each container once."""
    if isinstance(value, _Array):
        if value.value is None:
            raise RefusedPickleError("it holds an array without numbers")
        return value.value
    if isinstance(value, (_Global, _Type, Storage)):
        raise RefusedPickleError("it holds an object of a kind that is no array or plain value")
    if isinstance(value, (list, tuple, dict)):
        if id(value) not in seen:
            seen[id(value)] = None  # of a container within itself
            if isinstance(value, dict):
                seen[id(value)] = {key: _plain(each, seen) for key, each in value.items()}
            else:
                seen[id(value)] = type(value)(_plain(each, seen) for each in value)
        return seen[id(value)]
    return value
