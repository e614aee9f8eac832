"""Batched generation with cached state, in shapes that a prompt decides by itself.

Prompts are grouped by their own length, rounded up, and every group is computed in blocks of `ROWS` rows, filled up
with copies. Whatever else is asked for at the same time, a prompt meets the same matrix shapes; padding is masked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from evalsuite.zoo.sampling import choose_tokens
from evalsuite.zoo.tokenizer import END, PAD, SPECIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import GenerationConfig
    from evalsuite.zoo.networks import Network
    from evalsuite.zoo.tokenizer import Tokenizer

__all__ = ["COLUMNS", "ROWS", "Written", "write_completions"]

ROWS = 32
COLUMNS = 32


@dataclass(slots=True)
class Written:
    """What was written after one prompt.

    Parameters
    ----------
    tokens : list of int
        Without ``<eos>``.
    text : str
        The tokens as text, cut before the first stop string.
    ended : bool
        False where the token budget ran out first.
    n_tokens : int
        Tokens written, ``<eos>`` included.
    """

    tokens: list[int]
    text: str = ""
    ended: bool = False
    n_tokens: int = 0


def write_completions(
    network: Network,
    tokenizer: Tokenizer,
    prompts: Sequence[Sequence[int]],
    seeds: Sequence[int],
    config: GenerationConfig,
    *,
    device: str = "cpu",
) -> list[Written]:
    """Continue every prompt.

    Parameters
    ----------
    network : Network
        On `device`.
    tokenizer : Tokenizer
        Of the network.
    prompts : sequence of sequence of int
        Token ids, at least one each, ``<go>`` included.
    seeds : sequence of int
        One a prompt, in [0, 2**64).
    config : GenerationConfig
        How to choose tokens, and when to stop.
    device : str
        Where to compute.

    Returns
    -------
    list of Written
        In the order of `prompts`.
    """
    groups: dict[int, list[int]] = {}
    for i, prompt in enumerate(prompts):
        groups.setdefault(-(-len(prompt) // COLUMNS) * COLUMNS, []).append(i)
    written = [Written(tokens=[]) for _ in prompts]
    for columns, members in sorted(groups.items()):
        # Within a group, neighbours in length tend to end at about the same step.
        members.sort(key=lambda i: len(prompts[i]))
        for at in range(0, len(members), ROWS):
            block = members[at : at + ROWS]
            rows = block + [block[0]] * (ROWS - len(block))
            _write_block(
                network,
                tokenizer,
                [prompts[i] for i in rows],
                np.array([seeds[i] for i in rows], dtype=np.uint64),
                config,
                [written[i] for i in block],
                columns,
                device,
            )
    return written


@torch.inference_mode()
def _write_block(
    network: Network,
    tokenizer: Tokenizer,
    prompts: Sequence[Sequence[int]],
    seeds: NDArray[np.uint64],
    config: GenerationConfig,
    written: list[Written],
    columns: int,
    device: str,
) -> None:
    ids = torch.full((ROWS, columns), PAD)
    visible = torch.zeros(ROWS, columns, dtype=torch.bool)
    for row, prompt in enumerate(prompts):
        ids[row, columns - len(prompt) :] = torch.tensor(prompt)
        visible[row, columns - len(prompt) :] = True
    logits, state = network.start(ids.to(device), visible.to(device))
    for step in range(config.max_new_tokens):
        table = logits.double().cpu().numpy()
        table[:, [i for i in range(len(SPECIALS)) if i != END]] = -np.inf
        tokens = choose_tokens(table, seeds, step, config)
        for row, one in enumerate(written):
            if not one.ended:
                _append(one, int(tokens[row]), tokenizer, config.stop)
        if all(one.ended for one in written):
            break
        if step + 1 < config.max_new_tokens:
            logits = network.step(state, torch.from_numpy(tokens).to(device))
    for one in written:
        if not one.ended:
            one.text = tokenizer.decode(one.tokens)


def _append(one: Written, token: int, tokenizer: Tokenizer, stop: Sequence[str]) -> None:
    one.n_tokens += 1
    if token == END:
        one.ended = True
        one.text = tokenizer.decode(one.tokens)
        return
    one.tokens.append(token)
    if stop:
        text = tokenizer.decode(one.tokens)
        ends = [at for at in (text.find(string) for string in stop if string) if at >= 0]
        if ends:
            one.text, one.ended = text[: min(ends)], True
