"""Log-probabilities as lm-evaluation-harness defines them, one text at a time, without batches or shared computation.

Written from the published conventions of its ``HFLM`` and ``utils`` (Gao et al., 2021, doi:10.5281/zenodo.5371628).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def token_logprobs(network: Any, ids: list[int]) -> list[float]:
    """Return the log-probability of each token but the first, by transformers' own loss of that token alone."""
    import torch

    found = []
    for i in range(1, len(ids)):
        labels = torch.full((1, i + 1), -100)
        labels[0, i] = ids[i]
        with torch.no_grad():
            found.append(-float(network(input_ids=torch.tensor([ids[: i + 1]]), labels=labels).loss))
    return found


def pair_tokens(encode: Callable[[str], list[int]], context: str, continuation: str) -> tuple[list[int], list[int]]:
    """Return the tokens of context and continuation, as ``_encode_pair`` parts them."""
    n_spaces = len(context) - len(context.rstrip())
    if n_spaces > 0:
        continuation = context[-n_spaces:] + continuation
        context = context[:-n_spaces]
    whole, left = encode(context + continuation), encode(context)
    return left, whole[len(left) :]


def windows(tokens: list[int], prefix: int, longest: int, context_len: int = 1) -> list[tuple[list[int], list[int]]]:
    """Return (input, targets) of each window, as ``get_rolling_token_windows`` and ``make_disjoint_window`` give them.

    Of the input, the positions of the last ``len(targets)`` tokens predict the targets.
    """
    rate = longest - context_len + 1
    first = min(longest, len(tokens))
    found = [([prefix, *tokens[: first - 1]], tokens[:first])]
    done = first
    while done < len(tokens):
        n = min(len(tokens) - done, rate)
        end = done + n
        found.append((tokens[max(0, end - longest - 1) : end - 1], tokens[end - n : end]))
        done += n
    return found
