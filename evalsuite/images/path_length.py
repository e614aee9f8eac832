"""Perceptual path length: how much an image changes when its latent moves a little."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evalsuite import stats
from evalsuite.images.latents import INTERPOLATIONS, NOISES, Interpolation, Noise, draw_latents
from evalsuite.rng import derive_seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from evalsuite.types import Interval

__all__ = ["PathLength", "perceptual_path_length", "trimmed_mean"]

_SMALL_STEP: Final = 1e-2


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PathLength:
    """Perceptual path length of a generator.

    Parameters
    ----------
    value : float
        Mean over the pairs that are kept; lower is smoother.
    deviation : float
        Their standard deviation: how much pairs differ, and not how sure the value is.
    interval : Interval, optional
        How sure it is: a bootstrap over pairs. None with fewer than two.
    lengths : float64, shape (n,)
        Of each pair, before any is left out.
    signature : str
        All that the value depends on beside generator and distance.
    notes : tuple of str
        What a reader must know.
    """

    value: float
    deviation: float
    interval: Interval | None
    lengths: NDArray[np.float64]
    signature: str
    notes: tuple[str, ...]


def perceptual_path_length(
    generate: Callable[..., Tensor],
    distance: Callable[[Tensor, Tensor], Tensor],
    *,
    latent_size: int,
    n_samples: int = 10_000,
    n_classes: int = 0,
    noise: Noise = "normal",
    interpolation: Interpolation = "lerp",
    epsilon: float = 1e-4,
    lower_percentile: float | None = 1.0,
    upper_percentile: float | None = 99.0,
    batch_size: int = 64,
    seed: int = 2020,
    resize: int | None = 64,
) -> PathLength:
    """Perceptual path length of a generator that takes latents.

    Parameters
    ----------
    generate : callable
        Takes latents, float32 of shape (b, latent_size), and with classes their labels, int64 of shape (b,); returns
        images of shape (b, 3, height, width) with values of 0 to 255, floats wherever it can.
    distance : callable
        Takes two such batches as float32 and returns a distance each, shape (b,): ``Lpips("vgg").between``, as in
        published figures.
    latent_size : int
        Numbers in a latent.
    n_samples : int, default 10,000
        Pairs of latents.
    n_classes : int, default 0
        Classes of a conditional generator, whose labels are drawn evenly.
    noise : {"normal", "unit", "uniform_0_1"}, default "normal"
        What latents are drawn from; see `evalsuite.images.latents`.
    interpolation : {"lerp", "slerp_any", "slerp_unit"}, default "lerp"
        The way from one latent to the next: straight, as torch-fidelity's default is; or along the arc, as published
        figures of normal latents mostly are.
    epsilon : float, default 1e-4
        The share of it that is gone, in (0, 1).
    lower_percentile, upper_percentile : float, optional
        Lengths below and above are left out; all are kept where None.
    batch_size : int, default 64
        Pairs at a time.
    seed : int, default 2020
        Of the draws, in [0, 2**32).
    resize : int, optional
        Pixels along both edges to which images are resized first: means over areas where they are larger, else
        bilinear; None to leave them.

    Returns
    -------
    PathLength

    Raises
    ------
    ValueError
        If an argument is out of range, or the generator or the distance return something of another shape or that is
        not finite; what was expected is said.

    Warns
    -----
    UserWarning
        If the generator returns whole numbers and `epsilon` is below 0.01: rounded to them, images change by nothing or
        by a step that is divided by epsilon squared, and the value measures the rounding.

    Notes
    -----
    ``E[d(G(z1), G(z(z1, z2; epsilon))) / epsilon**2]`` [1]_. With the same latents, seed and distance the value is
    torch-fidelity's 0.4, whose options these are. The interval is over other pairs of latents of the same generator: a
    percentile bootstrap of the trimmed mean, the percentiles being taken anew in each resample.

    References
    ----------
    .. [1] Karras, Laine and Aila, "A style-based generator architecture for generative adversarial networks", CVPR
    2019,
       section 4.1.

    Examples
    --------
    >>> import torch
    >>> stretched = torch.tensor([[2.0, 0.0], [0.0, 5.0]])
    >>> generate = lambda latents: (latents @ stretched)[:, :, None, None].expand(-1, -1, 2, 2)[:, [0, 1, 1]]
    >>> distance = lambda one, other: (one - other)[:, :2, 0, 0].double().square().sum(dim=1)
    >>> found = perceptual_path_length(
    ...     generate, distance, latent_size=2, n_samples=1000, epsilon=0.1, resize=None, lower_percentile=None,
    ...     upper_percentile=None,
    ... )
    >>> found.interval.low < 2 * (2**2 + 5**2) < found.interval.high  # |A (z2 - z1)|^2, of normal z
    True
    """
    import torch

    _check(locals())
    draw = np.random.RandomState(seed)
    starts = draw_latents(draw, n_samples, latent_size, noise)
    ends = INTERPOLATIONS[interpolation](starts, draw_latents(draw, n_samples, latent_size, noise), epsilon)
    labels = torch.from_numpy(draw.randint(0, n_classes, (n_samples,))) if n_classes else None
    lengths = np.empty(n_samples)
    is_rounded = True
    with torch.no_grad():
        for start in range(0, n_samples, batch_size):
            rows = slice(start, min(start + batch_size, n_samples))
            given = [torch.cat([starts[rows], ends[rows]])]
            if labels is not None:
                given.append(labels[rows].repeat(2))
            images = _checked_images(generate(*given), 2 * (rows.stop - rows.start))
            images = images.float()
            is_rounded = is_rounded and bool((images == images.round()).all())
            one, other = (_resized(part, resize) for part in images.chunk(2))
            found = distance(one, other)
            if not isinstance(found, torch.Tensor) or found.shape != (len(one),):
                shape = tuple(found.shape) if hasattr(found, "shape") else type(found).__name__
                raise ValueError(f"`distance` must return a tensor of shape ({len(one)},), got {shape}")
            lengths[rows] = found.double().cpu().numpy() / epsilon**2
    if not np.isfinite(lengths).all():
        first = int(np.argmin(np.isfinite(lengths)))
        raise ValueError(f"`distance` must return finite numbers; that of pair {first} is {lengths[first]}")
    notes: tuple[str, ...] = ()
    if is_rounded and epsilon < _SMALL_STEP:
        said = (
            f"the generator returns whole numbers, and epsilon is {epsilon:g}: the value measures their rounding; let "
            "it return floats, or raise epsilon"
        )
        warnings.warn(said, UserWarning, stacklevel=2)
        notes = (said,)
    value, deviation = _trimmed(lengths, lower_percentile, upper_percentile)
    signature = (
        f"ppl|noise:{noise}|latent:{latent_size}|n:{n_samples}|classes:{n_classes}|interpolation:{interpolation}"
        f"|epsilon:{epsilon:g}|percentiles:{lower_percentile}-{upper_percentile}|resize:{resize}|seed:{seed}|version:1"
    )
    interval = stats.curve_interval(
        lengths[:, None],
        np.arange(n_samples, dtype=np.int64),
        lambda rows: trimmed_mean(rows[:, 0], lower_percentile, upper_percentile),
        seed=derive_seed("perceptual path length", signature),
    )
    return PathLength(
        value=value, deviation=deviation, interval=interval, lengths=lengths, signature=signature, notes=notes
    )


def trimmed_mean(
    lengths: NDArray[np.float64], lower_percentile: float | None = 1.0, upper_percentile: float | None = 99.0
) -> float:
    """Return the mean of lengths, at least one, that lie within two of their percentiles, ends included.

    Percentiles are lengths that are there: the next lower one at the lower end, the next higher at the upper end.
    """
    return _trimmed(lengths, lower_percentile, upper_percentile)[0]


def _trimmed(lengths: NDArray[np.float64], lower: float | None, upper: float | None) -> tuple[float, float]:
    ordered, last = np.sort(lengths), len(lengths) - 1
    low = 0 if lower is None else math.floor(last * (lower / 100))
    high = last if upper is None else math.ceil(last * (upper / 100))
    # All that equal the ends are kept.
    first, stop = np.searchsorted(ordered, ordered[low], "left"), np.searchsorted(ordered, ordered[high], "right")
    kept = ordered[first:stop]
    return float(kept.mean()), float(kept.std())


def _resized(images: Tensor, size: int | None) -> Tensor:
    from torch.nn import functional

    if size is None:
        return images
    if min(images.shape[2:]) > size:
        return functional.interpolate(images, (size, size), mode="area")
    return functional.interpolate(images, (size, size), mode="bilinear", align_corners=False)


def _checked_images(images: object, n: int) -> Tensor:
    import torch

    if not isinstance(images, torch.Tensor) or images.ndim != 4 or images.shape[:2] != (n, 3):
        shape = tuple(images.shape) if hasattr(images, "shape") else type(images).__name__
        raise ValueError(f"`generate` must return a tensor of shape ({n}, 3, height, width), got {shape}")
    if images.is_floating_point() and not bool(torch.isfinite(images).all()):
        raise ValueError("`generate` must return finite values, of 0 to 255")
    return images


def _check(given: dict[str, Any]) -> None:
    """Raise ValueError unless the options are in their ranges."""
    for name, least in (("latent_size", 1), ("n_samples", 1), ("batch_size", 1), ("n_classes", 0), ("seed", 0)):
        if isinstance(given[name], bool) or not isinstance(given[name], int) or given[name] < least:
            raise ValueError(f"`{name}` must be an integer of at least {least}, got {given[name]!r}")
    if given["seed"] >= 1 << 32:
        raise ValueError(f"`seed` must be below 2**32, got {given['seed']}")
    for name, allowed in (("noise", NOISES), ("interpolation", tuple(INTERPOLATIONS))):
        if given[name] not in allowed:
            raise ValueError(f"`{name}` must be one of {', '.join(allowed)}, got {given[name]!r}")
    if not (isinstance(given["epsilon"], (int, float)) and 0 < given["epsilon"] < 1):
        raise ValueError(f"`epsilon` must be above 0 and below 1, got {given['epsilon']!r}")
    ends = [given[name] for name in ("lower_percentile", "upper_percentile") if given[name] is not None]
    if not all(isinstance(end, (int, float)) and math.isfinite(end) and 0 < end < 100 for end in ends) or (
        len(ends) == 2 and ends[0] >= ends[1]
    ):
        raise ValueError(
            "`lower_percentile` and `upper_percentile` must be None or above 0 and below 100, the lower one first, got "
            f"{given['lower_percentile']!r} and {given['upper_percentile']!r}"
        )
    if given["resize"] is not None and (not isinstance(given["resize"], int) or given["resize"] < 1):
        raise ValueError(f"`resize` must be None or an integer of at least 1, got {given['resize']!r}")
