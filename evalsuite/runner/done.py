"""Which outputs a run has already: a byte each, since there may be millions."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalsuite.runlog.reader import Key
    from evalsuite.types import Output, Sample

__all__ = ["Done"]

_MISSING, _ERROR, _SOUND = range(3)


class Done:
    """What became of every output that is wanted.

    Parameters
    ----------
    samples : sequence of Sample
        All that may be asked.
    repeats, turns : int
    outputs : mapping of Key to Output
        Those of the log.
    keep : bool
        Whether outputs that are added are kept, to be read as the history of a later turn or by a selection of items.
    """

    def __init__(
        self, samples: Sequence[Sample], repeats: int, turns: int, outputs: Mapping[Key, Output], *, keep: bool
    ) -> None:
        self._index = {sample.id: i for i, sample in enumerate(samples)}
        self._repeats, self._turns = repeats, turns
        self._state = bytearray(turns * repeats * len(samples))
        self._keep = keep
        self._added: dict[Key, Output] = {}
        self.outputs: Mapping[Key, Output] = ChainMap(self._added, outputs)  # type: ignore[arg-type]  # only read
        for key, output in outputs.items():
            self._note(key, output)

    def add(self, outputs: Iterable[Output]) -> int:
        """Note new outputs, as they are in the log, and return how many of them were not errors."""
        sound = 0
        for output in outputs:
            key = (output.sample_id, output.repeat, output.turn)
            self._note(key, output)
            sound += output.finish_reason != "error"
            if self._keep:
                self._added[key] = output
        return sound

    def _note(self, key: Key, output: Output) -> None:
        sample_id, repeat, turn = key
        if sample_id in self._index and repeat < self._repeats and turn < self._turns:
            self._state[self._place(key)] = _ERROR if output.finish_reason == "error" else _SOUND

    def _place(self, key: Key) -> int:
        sample_id, repeat, turn = key
        return (turn * self._repeats + repeat) * len(self._index) + self._index[sample_id]

    def has(self, key: Key) -> bool:
        """Whether there is an output that is not an error."""
        return self._state[self._place(key)] == _SOUND

    def count(self, samples: Iterable[Sample]) -> int:
        """Return how many outputs of these samples are there and not errors."""
        return sum(
            self.has((sample.id, repeat, turn))
            for sample in samples
            for repeat in range(self._repeats)
            for turn in range(self._turns)
        )

    def history(self, sample_id: str, repeat: int, turn: int) -> list[Output] | None:
        """Return the outputs of the turns before, None where one is missing or an error."""
        if not all(self.has((sample_id, repeat, before)) for before in range(turn)):
            return None
        return [self.outputs[sample_id, repeat, before] for before in range(turn)]
