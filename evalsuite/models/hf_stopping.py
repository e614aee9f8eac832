"""Hooks into the generation of transformers: an end at stop strings, of rows and of beams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

__all__ = ["BeamStopStrings", "StopStrings", "first_stop"]


class StopStrings:
    """A stopping criterion: a row ends once its new text holds a stop string.

    Parameters
    ----------
    stop : sequence of str
        Not empty.
    decode : callable
        From token ids to text.
    before : sequence of list of int
        Tokens each row had generated before.
    prompt_length : int
        Columns of ``input_ids`` before the first new token.

    Attributes
    ----------
    ends : list of int or None
        Of each row, how many new tokens there were when a stop string was complete.
    """

    def __init__(
        self,
        stop: Sequence[str],
        decode: Callable[[list[int]], str],
        before: Sequence[list[int]],
        *,
        prompt_length: int,
    ) -> None:
        self._stop = stop
        self._decode = decode
        self._before = before
        self._start = prompt_length
        self._window = _window(stop)
        self.ends: list[int | None] = [None] * len(before)

    def __call__(self, input_ids: torch.Tensor, scores: Any) -> torch.Tensor:
        """Return which rows have ended: bool, shape (n_rows,)."""
        import torch

        new = input_ids[:, self._start :].tolist()
        for i, tokens in enumerate(new):
            if self.ends[i] is not None:
                continue
            written = self._before[i] + tokens
            near = self._decode(written[-self._window :])
            if first_stop(near, self._stop) is not None and first_stop(self._decode(written), self._stop) is not None:
                self.ends[i] = len(tokens)
        return torch.tensor([end is not None for end in self.ends], device=input_ids.device)


class BeamStopStrings:
    """A stopping criterion of beam search: a beam ends once its new text holds a stop string.

    Rows are candidates that come in another order at each step, so nothing is remembered of them.

    Parameters
    ----------
    stop : sequence of str
        Not empty.
    decode : callable
        From token ids to text.
    prompt_length : int
        Columns of ``input_ids`` before the first new token.
    """

    def __init__(self, stop: Sequence[str], decode: Callable[[list[int]], str], *, prompt_length: int) -> None:
        self._stop = stop
        self._decode = decode
        self._start = prompt_length
        self._window = _window(stop)

    def __call__(self, input_ids: torch.Tensor, scores: Any) -> torch.Tensor:
        """Return which candidates have ended: bool, shape (n_candidates,)."""
        import torch

        ended = [
            first_stop(self._decode(tokens[-self._window :]), self._stop) is not None
            and first_stop(self._decode(tokens), self._stop) is not None
            for tokens in input_ids[:, self._start :].tolist()
        ]
        return torch.tensor(ended, device=input_ids.device)

    def end(self, tokens: list[int]) -> int | None:
        """Return after how many of a text's tokens its first stop string was complete; None where there is none."""
        if first_stop(self._decode(tokens), self._stop) is None:
            return None
        low, high = 1, len(tokens)
        while low < high:
            middle = (low + high) // 2
            if first_stop(self._decode(tokens[:middle]), self._stop) is None:
                low = middle + 1
            else:
                high = middle
        return low


def first_stop(text: str, stop: Sequence[str]) -> int | None:
    """Return where the first stop string in `text` starts; None where there is none."""
    found = [at for item in stop if item and (at := text.find(item)) >= 0]
    return min(found) if found else None


def _window(stop: Sequence[str]) -> int:
    """Return within how many tokens a stop string lies that ends with the newest.

    Each token holds a byte or more; the few beyond are for tokens that hold none.
    """
    return max(len(text.encode("utf-8", "surrogatepass")) for text in stop) + 8
