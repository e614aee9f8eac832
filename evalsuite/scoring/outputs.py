"""A run's outputs by sample, as they are scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from evalsuite.types import Output

if TYPE_CHECKING:
    from evalsuite.runlog import RunLog
    from evalsuite.types import Sample

__all__ = ["ScoredOutputs"]


class ScoredOutputs(Sequence[tuple[Output, ...]]):
    """The outputs of each sample, by repeat and turn, with an error for each repeat that has none.

    They are taken from the log when they are looked at, which a long log reads from its file.
    """

    def __init__(self, log: RunLog, samples: Sequence[Sample], repeats: int, turns: int) -> None:
        self._log = log
        self._samples = samples
        self._repeats = repeats
        self._turns = turns

    def __len__(self) -> int:
        return len(self._samples)

    @overload
    def __getitem__(self, index: int) -> tuple[Output, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> ScoredOutputs: ...
    def __getitem__(self, index: int | slice) -> tuple[Output, ...] | ScoredOutputs:
        if isinstance(index, slice):
            return ScoredOutputs(self._log, self._samples[index], self._repeats, self._turns)
        sample_id = self._samples[index].id
        outputs = self._log.sample_outputs(sample_id, self._repeats, self._turns)
        present = {output.repeat for output in outputs}
        if len(present) == self._repeats:
            return outputs
        missing = [  # what is missing is counted, not dropped
            Output(finish_reason="error", error="not generated", sample_id=sample_id, repeat=repeat)
            for repeat in range(self._repeats)
            if repeat not in present
        ]
        return tuple(sorted([*outputs, *missing], key=lambda output: (output.repeat, output.turn)))
