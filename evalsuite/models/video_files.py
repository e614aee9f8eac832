"""``files:PATH`` of videos: an array of five dimensions in an npz or npy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.types import GenerationConfig, Modality, Output, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["VideoFilesModel"]


class VideoFilesModel:
    """Videos that already exist, the i-th for the task's i-th sample. Satisfies `evalsuite.models.base.Model`.

    Parameters
    ----------
    videos : uint8 array, shape (n, frames, height, width, channels)
        The log gets copies.
    spec, name, fingerprint : str

    Attributes
    ----------
    n_outputs : int
        How many there are; a run that asks for more is refused.
    """

    modalities: frozenset[Modality] = frozenset({"video"})
    batch_invariant = True
    batch_size = 4
    dtype = ""
    device = ""

    def __init__(self, videos: NDArray[np.uint8], *, spec: str, name: str, fingerprint: str) -> None:
        self.spec = spec
        self.name = name
        self.fingerprint = fingerprint
        self.n_outputs = len(videos)
        self._videos = videos
        self._position: dict[str, int] = {}

    def bind(self, task_sample_ids: Sequence[str]) -> None:
        """Say which task the videos belong to, by the ids of *all* its samples in order."""
        self._position = {sample_id: i for i, sample_id in enumerate(task_sample_ids)}

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Read the video of every request, in the same order."""
        return [self._find(request) for request in requests]

    def _find(self, request: Request) -> Output:
        index = self._position.get(request.sample_id, self.n_outputs)
        if index >= self.n_outputs or request.repeat or request.turn:
            asked = f'sample "{request.sample_id}", repeat {request.repeat}, turn {request.turn}'
            return Output(finish_reason="error", error=f"{self.name} has no video for {asked}")
        return Output(video=self._videos[index])
