"""A long log's outputs, read again from its file whenever they are wanted: some 21 bytes of memory each."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evalsuite.errors import RunLogError
from evalsuite.runlog.line import line_data, output_from_record

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.types import Output

__all__ = ["IndexedOutputs", "Key", "OutputIndex"]

Key = tuple[str, int, int]
_MASK = (1 << 64) - 1


class OutputIndex:
    """Where the outputs of a log stand, gathered while it is read."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._offsets = array("Q")
        self._lengths = array("L")
        self._errors = bytearray()

    def add(self, output: Output, offset: int, length: int) -> None:
        """Note an output, and its line's place without the newline."""
        self._hashes.append(_hash((output.sample_id, output.repeat, output.turn)))
        self._offsets.append(offset)
        self._lengths.append(length)
        self._errors.append(output.finish_reason == "error")

    def outputs(self, path: Path, *, files: bool) -> IndexedOutputs:
        """Return one output a key: the first that is not an error, or else the last, each at its key's first place."""
        import numpy as np

        hashes = np.frombuffer(self._hashes, dtype=np.uint64)
        offsets = np.frombuffer(self._offsets, dtype=np.uint64).astype(np.int64)
        lengths = np.frombuffer(self._lengths, dtype=np.dtype("L")).astype(np.int64)
        errors = np.frombuffer(self._errors, dtype=np.uint8).astype(np.bool_)
        chosen = np.arange(len(hashes))  # which line speaks for the place
        order = np.argsort(hashes, kind="stable")
        repeated = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
        dropped: list[int] = []
        reader = _Lines(path, files=files)
        for group in _groups(order, repeated):  # few: what failed and was asked again
            by_key: dict[Key, list[int]] = {}
            for at in group:
                one = reader.read(int(offsets[at]), int(lengths[at]))
                by_key.setdefault((one.sample_id, one.repeat, one.turn), []).append(at)
            for lines in by_key.values():
                sound = next((at for at in lines if not errors[at]), lines[-1])
                chosen[lines[0]] = sound
                dropped.extend(lines[1:])
        kept = np.delete(np.arange(len(hashes)), dropped)
        return IndexedOutputs(reader, hashes[kept], offsets[chosen[kept]], lengths[chosen[kept]])


class IndexedOutputs(Mapping[Key, "Output"]):
    """The outputs of a log by key, in the order of the log. Each look at one reads its line."""

    def __init__(self, lines: _Lines, hashes: Any, offsets: Any, lengths: Any) -> None:
        self._lines = lines
        self._order = hashes.argsort(kind="stable")
        self._sorted = hashes[self._order]
        self._offsets = offsets
        self._lengths = lengths

    def __getitem__(self, key: Key) -> Output:
        wanted = self._sorted.dtype.type(_hash(key))
        at = int(self._sorted.searchsorted(wanted))
        while at < len(self._sorted) and self._sorted[at] == wanted:
            output = self._read(int(self._order[at]))
            if (output.sample_id, output.repeat, output.turn) == key:
                return output
            at += 1
        raise KeyError(key)

    def __iter__(self) -> Iterator[Key]:
        for at in range(len(self)):
            output = self._read(at)
            yield (output.sample_id, output.repeat, output.turn)

    def __len__(self) -> int:
        return len(self._offsets)

    def _read(self, at: int) -> Output:
        return self._lines.read(int(self._offsets[at]), int(self._lengths[at]))


class _Lines:
    """The lines of a log that has been checked."""

    def __init__(self, path: Path, *, files: bool) -> None:
        self._path = path
        self._files = files
        self._fd = -1
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def read(self, offset: int, length: int) -> Output:
        where = f"{self._path}, byte {offset}"
        try:
            data = line_data(os.pread(self._fd, length, offset))
        except ValueError as error:
            raise RunLogError(f"{where}: the log has been changed since it was opened: {error}") from error
        return output_from_record(data, where, self._path.parent, files=self._files)

    def __del__(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)


def _groups(order: Any, repeated: Any) -> Iterator[list[int]]:
    """Yield the lines of each hash that stands more than once, in the order of the log."""
    group: list[int] = []
    before = -2
    for at in repeated.tolist():
        if at != before + 1:
            if group:
                yield group
            group = [int(order[at])]
        group.append(int(order[at + 1]))
        before = at
    if group:
        yield group


def _hash(key: Key) -> int:
    return hash(key) & _MASK
