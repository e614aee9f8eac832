"""A hook into the generation of transformers: sampling that belongs to the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.rng import CounterRng

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from evalsuite.types import GenerationConfig

__all__ = ["GumbelSampler", "gumbel_noise"]


class GumbelSampler:
    r"""A logits processor after which the likeliest token is a sample.

    Parameters
    ----------
    seeds : sequence of int
        Of each row's request, in [0, 2**64).
    config : GenerationConfig
        ``temperature`` (above 0), ``top_k`` and ``top_p``, applied in this order by transformers' own processors.
    prompt_length : int
        Columns of ``input_ids`` before the first new token.
    first_step : int, default 0
        Tokens each row had generated before.

    Notes
    -----
    With :math:`g_i` independent standard Gumbel noise, :math:`\arg\max_i(\log p_i + g_i)` is a sample of p [1]_. The
    noise of a token is a hash of (seed, step, token), so a sample does not depend on the other rows or their number.

    References
    ----------
    .. [1] Maddison, Tarlow and Minka, "A* Sampling", NeurIPS 2014, section 2.
    """

    def __init__(
        self, seeds: Sequence[int], config: GenerationConfig, *, prompt_length: int, first_step: int = 0
    ) -> None:
        from transformers.generation import logits_process

        self._seeds = seeds
        self._start = prompt_length - first_step
        self._warpers: list[Any] = [logits_process.TemperatureLogitsWarper(float(config.temperature))]
        if config.top_k is not None:
            self._warpers.append(logits_process.TopKLogitsWarper(config.top_k))
        if config.top_p is not None and config.top_p < 1:
            self._warpers.append(logits_process.TopPLogitsWarper(float(config.top_p)))

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return perturbed logits: float64, shape (n_rows, n_tokens)."""
        for warper in self._warpers:
            scores = warper(input_ids, scores)
        step = input_ids.shape[1] - self._start
        return scores.double() + gumbel_noise(self._seeds, step, scores.shape[1], device=scores.device)


def gumbel_noise(seeds: Sequence[int], step: int, n: int, *, device: Any) -> torch.Tensor:
    """Return standard Gumbel noise that is a function of each seed, the step and the column alone.

    Returns
    -------
    torch.Tensor
        float64, shape (n_seeds, n).
    """
    import torch

    gamma = -0x61C8864680B583EB  # SplitMix64's increment as int64; int64 arithmetic wraps
    keys = [_signed(CounterRng((seed + step * 0xD1342543DE82EF95) % (1 << 64)).next_u64()) for seed in seeds]
    z = torch.tensor(keys, device=device)[:, None] + torch.arange(1, n + 1, device=device) * gamma
    z = (z ^ _shift(z, 30)) * _signed(0xBF58476D1CE4E5B9)
    z = (z ^ _shift(z, 27)) * _signed(0x94D049BB133111EB)
    z = z ^ _shift(z, 31)
    uniform = (_shift(z, 11).double() + 0.5) * 2.0**-53  # in (0, 1)
    return -torch.log(-torch.log(uniform))


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _shift(z: torch.Tensor, bits: int) -> torch.Tensor:
    """Shift right, filling with zeros: int64's own shift fills with the sign."""
    return (z >> bits) & ((1 << (64 - bits)) - 1)
