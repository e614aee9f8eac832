"""A model that draws an image pixel by pixel: each from a distribution over grey levels, given all before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from evalsuite.zoo.sampling import counter_uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Autoregressive", "levels_of", "negative_log_likelihood", "patches_of"]

_SIDE, _PATCH = 28, 4
_ACROSS = _SIDE // _PATCH
_OWN = _PATCH * _PATCH
_ABOVE, _LEFT, _RIGHT = 2, 2, 2  # pixels around a patch that its pixels are read with
_WINDOW = _ABOVE * (_LEFT + _PATCH + _RIGHT) + _PATCH * _LEFT


class Autoregressive(nn.Module):
    """Says how likely each grey level of each pixel is, given its class and all pixels before it.

    Parameters
    ----------
    width : int
        Of the transformer; a multiple of `heads`.
    layers, heads : int
        Of the transformer.
    hidden : int
        Units behind each pixel's distribution.
    levels : int
        Grey levels, evenly spread from black to white.
    classes : int
        Classes of images.

    Notes
    -----
    Pixels are ordered by 4x4 patches, and by rows within a patch. A causal transformer over the 49 patches says what a
    patch knows of those before it; a masked perceptron [1]_ turns that, the known pixels around the patch and the known
    pixels within it into a distribution over levels for each pixel, as in PixelRNN [2]_ a softmax.

    References
    ----------
    .. [1] Germain et al., "MADE: Masked Autoencoder for Distribution Estimation", ICML 2015.
    .. [2] van den Oord, Kalchbrenner and Kavukcuoglu, "Pixel Recurrent Neural Networks", ICML 2016.
    """

    causal: Tensor

    def __init__(self, width: int, layers: int, heads: int, hidden: int, levels: int, classes: int = 10) -> None:
        super().__init__()
        self.width, self.hidden, self.levels, self.classes = width, hidden, levels, classes
        self.read = nn.Linear(2 * _OWN, width)
        self.place = nn.Parameter(torch.randn(_ACROSS * _ACROSS, width) * 0.1)
        self.kind = nn.Embedding(classes, width)
        self.blocks = nn.ModuleList(_Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        n_known = 2 * (_WINDOW + _OWN)
        self.first = nn.Linear(width + n_known, _OWN * hidden)
        self.second = nn.Parameter(torch.randn(_OWN, hidden, hidden) * hidden**-0.5)
        self.last = nn.Parameter(torch.zeros(_OWN, hidden, levels))
        self.bias = nn.Parameter(torch.zeros(_OWN, 1, levels))
        # Of the units of a pixel, those inputs that are pixels of the patch before it.
        earlier = torch.ones(_OWN, _OWN).tril(-1)
        seen = torch.cat([torch.ones(_OWN, width + 2 * _WINDOW), earlier, earlier], dim=1)
        self.register_buffer("causal", seen.repeat_interleave(hidden, dim=0), persistent=False)

    def forward(self, levels: Tensor, kinds: Tensor) -> Tensor:
        """Return the scores of the levels of all pixels, each given those before it.

        Parameters
        ----------
        levels : Tensor
            int64, shape (n, 28, 28), 0 to ``levels - 1``.
        kinds : Tensor
            int64, shape (n,): the classes.

        Returns
        -------
        Tensor
            float32, shape (n * 49, 16, levels): logits by patch and place in it, see `patches_of`.
        """
        values = self._values(levels)
        own = patches_of(values)
        read = self.read(_features(own))
        start = torch.zeros_like(read[:, :1])
        state = torch.cat([start, read[:, :-1]], dim=1) + self.place + self.kind(kinds)[:, None]
        for block in self.blocks:
            state = block(state)
        known = torch.cat([_features(_window(values)), _features(own)], dim=-1)
        return self._scores(self.norm(state).flatten(0, 1), known.flatten(0, 1))

    def _values(self, levels: Tensor) -> Tensor:
        return levels.float() / (self.levels - 1)

    def _scores(self, state: Tensor, known: Tensor) -> Tensor:
        inputs = torch.cat([state, known], dim=-1)
        units = functional.silu(functional.linear(inputs, self.first.weight * self.causal, self.first.bias))
        by_pixel = units.view(-1, _OWN, self.hidden).transpose(0, 1)
        by_pixel = by_pixel + functional.silu(torch.bmm(by_pixel, self.second))
        return (torch.bmm(by_pixel, self.last) + self.bias).transpose(0, 1)

    @torch.inference_mode()
    def draw(self, seeds: Sequence[int], kinds: NDArray[np.int64]) -> Tensor:
        """Draw images, pixel after pixel; the keys and values of patches are computed once.

        Parameters
        ----------
        seeds : sequence of int
            In [0, 2**64): of the i-th pixel, draw ``i + 1`` decides (draw 0 is kept for the class).
        kinds : ndarray
            int64, shape (seeds,): the classes.

        Returns
        -------
        Tensor
            float32, shape (n, 1, 28, 28), in [-1, 1].
        """
        n, device = len(seeds), self.place.device
        uniform = torch.from_numpy(counter_uniform(np.array(seeds, dtype=np.uint64), 1, _SIDE * _SIDE)).to(device)
        kind = self.kind(torch.from_numpy(kinds).to(device))
        image = torch.zeros(n, _ABOVE + _SIDE, _LEFT + _SIDE + _RIGHT, device=device)
        read = torch.zeros(n, self.width, device=device)
        caches = [_Cache(n, _ACROSS * _ACROSS, self.width, device) for _ in self.blocks]
        first = self.first.weight * self.causal
        # One pixel's units are a few rows of the first layer, so that a pixel costs a sixteenth of a patch.
        weights = first.view(_OWN, self.hidden, -1).transpose(1, 2).contiguous()
        biases = self.first.bias.view(_OWN, 1, self.hidden)
        for place in range(_ACROSS * _ACROSS):
            state = read + self.place[place] + kind
            for block, cache in zip(self.blocks, caches, strict=True):
                state = block.step(state, cache, place)  # type: ignore[operator]
            row, column = (_PATCH * at for at in divmod(place, _ACROSS))
            above = image[:, row : row + _ABOVE, column : column + _LEFT + _PATCH + _RIGHT].flatten(1)
            left = image[:, row + _ABOVE : row + _ABOVE + _PATCH, column : column + _LEFT].flatten(1)
            own = torch.zeros(n, _OWN, device=device)
            fixed = torch.cat([self.norm(state), _features(torch.cat([above, left], dim=1))], dim=1)
            for i in range(_OWN):
                inputs = torch.cat([fixed, _features(own)], dim=1)
                units = functional.silu(torch.addmm(biases[i], inputs, weights[i]))
                units = units + functional.silu(units @ self.second[i])
                scores = (units @ self.last[i] + self.bias[i]).double()
                own[:, i] = self._values(_pick(scores, uniform[:, _OWN * place + i]))
            inside = slice(row + _ABOVE, row + _ABOVE + _PATCH), slice(column + _LEFT, column + _LEFT + _PATCH)
            image[:, inside[0], inside[1]] = own.view(n, _PATCH, _PATCH)
            read = self.read(_features(own))
        return image[:, None, _ABOVE:, _LEFT : _LEFT + _SIDE] * 2 - 1


class _Cache:
    """Keys and values of the patches so far."""

    def __init__(self, n: int, places: int, width: int, device: torch.device) -> None:
        self.keys = torch.zeros(n, places, width, device=device)
        self.values = torch.zeros(n, places, width, device=device)


class _Block(nn.Module):
    """One layer of the transformer: attention to oneself and what came before, then a perceptron."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_mlp = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        for layer in (self.out, self.down):
            nn.init.zeros_(layer.weight)

    def forward(self, state: Tensor) -> Tensor:
        query, key, value = (
            self._split(part) for part in self.query_key_value(self.norm_attention(state)).chunk(3, dim=-1)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self._finish(state, seen.transpose(1, 2).flatten(2))

    def step(self, state: Tensor, cache: _Cache, place: int) -> Tensor:
        query, key, value = self.query_key_value(self.norm_attention(state)).chunk(3, dim=-1)
        cache.keys[:, place], cache.values[:, place] = key, value
        so_far = slice(0, place + 1)
        seen = functional.scaled_dot_product_attention(
            self._split(query[:, None]), self._split(cache.keys[:, so_far]), self._split(cache.values[:, so_far])
        )
        return self._finish(state, seen.transpose(1, 2).flatten(1))

    def _split(self, states: Tensor) -> Tensor:
        return states.reshape(*states.shape[:-1], self.heads, -1).transpose(1, 2)

    def _finish(self, state: Tensor, seen: Tensor) -> Tensor:
        state = state + torch.as_tensor(self.out(seen))
        return state + torch.as_tensor(self.down(functional.gelu(self.up(self.norm_mlp(state)))))


def levels_of(images: Tensor, levels: int) -> Tensor:
    """Return the nearest level of each pixel: int64, shape (n, 28, 28), of images in [-1, 1]."""
    return ((images[:, 0] + 1) / 2 * (levels - 1)).round().long()


def negative_log_likelihood(network: Autoregressive, images: Tensor, kinds: Tensor) -> Tensor:
    """Return the mean negative log-likelihood of the images' levels, in nats an image.

    Parameters
    ----------
    network : Autoregressive
        Is trained.
    images : Tensor
        float32, shape (n, 1, 28, 28), in [-1, 1]; each pixel is taken as its nearest level.
    kinds : Tensor
        int64, shape (n,): the classes.
    """
    levels = levels_of(images, network.levels)
    scores = network(levels, kinds)
    total = functional.cross_entropy(scores.flatten(0, 1), patches_of(levels).flatten(), reduction="sum")
    return total / len(images)


def patches_of(image: Tensor) -> Tensor:
    """Cut images, shape (n, 28, 28), into 4x4 patches by rows: shape (n, 49, 16)."""
    blocks = image.view(-1, _ACROSS, _PATCH, _ACROSS, _PATCH).transpose(2, 3)
    return blocks.reshape(-1, _ACROSS * _ACROSS, _OWN)


def _window(values: Tensor) -> Tensor:
    """Return the pixels above and to the left of each patch, 0 beyond the edge: shape (n, 49, 24)."""
    padded = functional.pad(values, (_LEFT, _RIGHT, _ABOVE, 0))
    around = padded.unfold(1, _ABOVE + _PATCH, _PATCH).unfold(2, _LEFT + _PATCH + _RIGHT, _PATCH)
    above = around[:, :, :, :_ABOVE].flatten(3)
    left = around[:, :, :, _ABOVE:, :_LEFT].flatten(3)
    return torch.cat([above, left], dim=-1).flatten(1, 2)


def _features(values: Tensor) -> Tensor:
    """Return each value, and whether it is more than black: shape (..., 2 k) of (..., k)."""
    return torch.cat([values, (values > 0).to(values.dtype)], dim=-1)


def _pick(scores: Tensor, uniform: Tensor) -> Tensor:
    """Return the level at which the distribution function passes a uniform number: int64, shape (n,)."""
    share = scores.softmax(dim=1).cumsum(dim=1)
    return (share < uniform[:, None] * share[:, -1:]).sum(dim=1).clamp(max=scores.shape[1] - 1)
