"""A hook into the generation of transformers: how likely the model found the tokens that it wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["TokenLogprobs"]


class TokenLogprobs:
    """A logits processor that changes nothing and keeps the log-probability of each token that is written.

    It must come before those that change what is drawn from: the probabilities are the model's own, at temperature 1.
    Of each step one row of logits is kept, and only until the next.

    Parameters
    ----------
    prompt_length : int
        Columns of ``input_ids`` before the first new token.
    """

    def __init__(self, *, prompt_length: int) -> None:
        self._start = prompt_length
        self._last: torch.Tensor | None = None
        self._found: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return `scores` as they are."""
        import torch

        self._settle(input_ids)
        self._last = torch.log_softmax(scores.float(), dim=-1)
        return scores

    def rows(self, written: torch.Tensor) -> list[list[float]]:
        """Return the log-probabilities of the new tokens of each row, given all that was written."""
        import torch

        self._settle(written)
        self._last = None
        return torch.stack(self._found, dim=1).tolist() if self._found else [[] for _ in written]

    def _settle(self, input_ids: torch.Tensor) -> None:
        """Look up the token that followed the last logits."""
        if self._last is not None:
            column = self._start + len(self._found)
            self._found.append(self._last.gather(1, input_ids[:, column : column + 1])[:, 0])
