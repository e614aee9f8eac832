"""Controls of the task moving_shapes: films as asked, and films with one fault each, as if a model had made them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.types import GenerationConfig, Modality, Output, Request
from evalsuite.worlds.moving_templates import MOTIONS, Mover, read_wording
from evalsuite.worlds.picture_templates import COLOURS, SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FilmControl"]

_MARKER = "Request:"
_VERSION = 1
_NAMED = 12  # shapes in a message


class FilmControl:
    """Films of moving shapes, drawn by a program that reads the request. Satisfies `evalsuite.models.base.Model`.

    Parameters
    ----------
    name : {"films", "films_other_way", "films_shuffled", "films_still"}
        What is done to them: nothing; each shape moves in another way with a chance of one half; the frames are put in
        another order; every frame is the first one.

    Notes
    -----
    It reads what follows the last ``Request:`` of a prompt. Where shapes begin is drawn from the request's seed; where
    the prompt names no shape that moves, so is the shape. A prompt that names more than three that move, or a shape
    twice, is an error of its sample.
    """

    modalities: frozenset[Modality] = frozenset({"video"})
    batch_size = 16
    batch_invariant = True
    dtype = device = ""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spec = f"zoo:{name}"
        self.fingerprint = hashlib.sha256(f"zoo:{name}, version {_VERSION}".encode("ascii")).hexdigest()

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Return a film for every request, uint8 of shape (9, 48, 48, 3), or an error where it asks for none."""
        return [self._film(request) for request in requests]

    def _film(self, request: Request) -> Output:
        from evalsuite.worlds.moving_film import choose_starts, render_film
        from evalsuite.worlds.moving_shapes import MAX_DEPTH

        rng = CounterRng(derive_seed("zoo/films", request.seed))
        movers = read_wording(request.prompt.rpartition(_MARKER)[2]) or [
            Mover(rng.choice(SHAPES), rng.choice(COLOURS), rng.choice(list(MOTIONS)))
        ]
        if not len({mover.shape for mover in movers}) == len(movers) <= MAX_DEPTH:
            said = f"{self.name}: expected a request for 1 to {MAX_DEPTH} different shapes, found {len(movers)}"
            named = ", ".join(f"{mover.colour} {mover.shape}" for mover in movers[:_NAMED])
            return Output(finish_reason="error", error=f"{said}: {named}")
        if self.name == "films_other_way":
            movers = [_other_way(rng, mover) if rng.below(2) else mover for mover in movers]
        frames = render_film(movers, choose_starts(rng, movers))
        if self.name == "films_still":
            frames[:] = frames[0]
        elif self.name == "films_shuffled":
            # The first is the third, so that the order is neither the right one nor that backwards.
            order = rng.shuffled(range(1, len(frames)))
            frames = frames[[*order[:2], 0, *order[2:]]]
        return Output(video=frames)


def _other_way(rng: CounterRng, mover: Mover) -> Mover:
    return Mover(mover.shape, mover.colour, rng.choice([motion for motion in MOTIONS if motion != mover.motion]))
