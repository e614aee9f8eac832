"""What is rated where log-probabilities are asked for: a sample's choices, a choice's tokens, a text's windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalsuite.types import Sample

__all__ = ["choices_of", "encode_pair", "rolling_windows"]


def choices_of(sample: Sample) -> tuple[str, ...]:
    """Return the choices of a sample, as they stand in its metadata.

    Raises
    ------
    ValueError
        If there are none, or one is not a string or empty; the message names the sample.
    """
    found = sample.metadata.get("choices")
    if not isinstance(found, (list, tuple)) or not found:
        raise ValueError(
            f'sample "{sample.id}": metadata.choices must be a list of at least one string, found {found!r:.80}'
        )
    choices: list[str] = []
    for i, choice in enumerate(found):
        if not isinstance(choice, str) or not choice:
            raise ValueError(
                f'sample "{sample.id}": metadata.choices[{i}] must be a string that is not empty, found {choice!r:.80}'
            )
        choices.append(choice)
    return tuple(choices)


def encode_pair(prompt: str, choice: str, encode: Callable[[str], Sequence[int]]) -> tuple[list[int], list[int]]:
    """Return the tokens of a prompt, and those that a choice adds to it.

    Parameters
    ----------
    prompt, choice : str
    encode : callable
        From text to tokens, without special ones.

    Notes
    -----
    White space at the end of the prompt belongs to the choice, as words have their space before them in most
    vocabularies. The choice's tokens are those of prompt and choice together beyond as many as the prompt has alone, as
    in lm-evaluation-harness (``_encode_pair``) [1]_: a choice's first letters may have become part of a token with the
    prompt's last.

    References
    ----------
    .. [1] Gao et al., "A framework for few-shot language model evaluation", 2021, doi:10.5281/zenodo.5371628.

    Examples
    --------
    >>> encode_pair("a b ", "c", lambda text: [ord(c) for c in text])
    ([97, 32, 98], [32, 99])
    """
    kept = prompt.rstrip()
    choice = prompt[len(kept) :] + choice
    if not kept:
        return [], list(encode(choice))
    context = list(encode(kept))
    return context, list(encode(kept + choice))[len(context) :]


def rolling_windows(
    tokens: Sequence[int], first: int, context: int, stride: int | None = None
) -> Iterator[tuple[list[int], int]]:
    """Yield the windows that rate each token of a text once: what the model reads, and for how many tokens it is asked.

    Parameters
    ----------
    tokens : sequence of int
        Of the whole text, without special ones.
    first : int
        The token that stands before the text.
    context : int
        Most tokens that the model reads at a time, at least 1.
    stride : int, optional
        Tokens rated by each window after the first, at most `context`; by default as many as that.

    Yields
    ------
    tuple of (list of int, int)
        The window's tokens less the last, of at most `context`, and n: the n tokens that end the window are rated, the
        last of them not being read.

    Notes
    -----
    The first window rates as many tokens as the context holds. Each later one reads as much of the text before as fits
    beside its new tokens: with the default stride a single token, as in lm-evaluation-harness
    (``get_rolling_token_windows`` with ``context_len=1``); a smaller stride gives more context for more computation, as
    in the guide to perplexity of transformers. The last window has fewer new tokens, and so more context.

    Examples
    --------
    >>> list(rolling_windows([1, 2, 3, 4, 5], 0, 2))
    [([0, 1], 2), ([2, 3], 2), ([3, 4], 1)]
    >>> list(rolling_windows([1, 2, 3, 4], 0, 2, stride=1))
    [([0, 1], 2), ([1, 2], 1), ([2, 3], 1)]
    """
    whole = [first, *tokens]
    step = context if stride is None else min(stride, context)
    done = 0
    while done < len(tokens):
        new = min(context if done == 0 else step, len(tokens) - done)
        done += new
        yield whole[max(0, done - context) : done], new
