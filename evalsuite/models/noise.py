"""Normal noise that is a function of a seed and a place alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

__all__ = ["normal_noise"]


def normal_noise(seeds: Sequence[int], shape: Sequence[int], *, threshold: float = math.inf) -> torch.Tensor:
    r"""Return standard normal noise for each seed.

    Parameters
    ----------
    seeds : sequence of int
        In [0, 2**64).
    shape : sequence of int
        Of one seed's noise.
    threshold : float, default inf
        Noise is drawn from the part of the distribution within plus and minus this, as the truncation trick of BigGAN
        does by drawing again what lies beyond [1]_.

    Returns
    -------
    torch.Tensor
        float32, shape (n_seeds, \*shape), on the processor.

    Notes
    -----
    Uniform numbers u in (-1, 1) are those of `evalsuite.rng.CounterRng` by the seed, in order; noise is
    :math:`\sqrt 2\, \mathrm{erf}^{-1}(u \,\mathrm{erf}(t / \sqrt 2))` with the threshold t, computed in float64.

    References
    ----------
    .. [1] Brock, Donahue and Simonyan, "Large Scale GAN Training for High Fidelity Natural Image Synthesis", ICLR 2019,
           section 3.1.
    """
    import numpy as np
    import torch

    count = np.arange(1, math.prod(shape) + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = np.asarray(seeds, dtype=np.uint64)[:, None] + count * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    uniform = ((z >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-52 - 1
    within: Any = torch.from_numpy(uniform) * math.erf(threshold / math.sqrt(2))
    noise: torch.Tensor = (math.sqrt(2) * torch.erfinv(within)).float()
    return noise.reshape(len(seeds), *shape)
