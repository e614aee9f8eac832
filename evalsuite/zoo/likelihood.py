"""Log-probabilities of given texts under the zoo's language models, in shapes that a text decides by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from evalsuite.zoo.decoding import COLUMNS, ROWS
from evalsuite.zoo.tokenizer import END, PAD, SPECIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.zoo.networks import Network

__all__ = ["Pair", "rate_pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Tokens that are given, ``<go>`` at their end, and those that are rated after them; neither is empty."""

    given: tuple[int, ...]
    rated: tuple[int, ...]


def rate_pairs(network: Network, pairs: Sequence[Pair], *, device: str = "cpu") -> list[tuple[float, bool]]:
    """Return of each pair the log-probability, in nats, and whether each token was the likeliest.

    Notes
    -----
    Probabilities are those that texts are written by: the special tokens but ``<eos>`` are never written, so that a
    text with a word that the vocabulary lacks is impossible, ``-inf``. As in `evalsuite.zoo.decoding`, pairs are
    grouped by their own length, rounded up, and computed in blocks of equal size: other pairs make no difference.
    """
    groups: dict[int, list[int]] = {}
    for i, pair in enumerate(pairs):
        groups.setdefault(-(-(len(pair.given) + len(pair.rated) - 1) // COLUMNS) * COLUMNS, []).append(i)
    found: list[tuple[float, bool]] = [(math.nan, False)] * len(pairs)
    for columns, members in sorted(groups.items()):
        for at in range(0, len(members), ROWS):
            block = members[at : at + ROWS]
            rows = block + [block[0]] * (ROWS - len(block))
            rated = _rate_block(network, [pairs[i] for i in rows], columns, device)
            for i, one in zip(block, rated, strict=False):
                found[i] = one
    return found


@torch.inference_mode()
def _rate_block(network: Network, pairs: Sequence[Pair], columns: int, device: str) -> list[tuple[float, bool]]:
    ids = torch.full((len(pairs), columns), PAD)
    for row, pair in enumerate(pairs):
        read = [*pair.given, *pair.rated[:-1]]
        ids[row, : len(read)] = torch.tensor(read)
    hidden = network.forward(ids.to(device))
    never = [i for i in range(len(SPECIALS)) if i != END]
    found = []
    for row, pair in enumerate(pairs):
        start = len(pair.given) - 1
        logits = network.head(hidden[row, start : start + len(pair.rated)]).double().cpu()
        logits[:, never] = -math.inf
        wanted = torch.tensor(pair.rated)[:, None]
        likely = torch.log_softmax(logits, dim=-1).gather(1, wanted)
        found.append((float(likely.sum()), bool((logits.argmax(dim=-1, keepdim=True) == wanted).all())))
    return found
