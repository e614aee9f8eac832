"""Paths between latents: draws of noise, and points a little way along from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["INTERPOLATIONS", "NOISES", "Interpolation", "Noise", "draw_latents", "lerp", "slerp_any", "slerp_unit"]

Interpolation: TypeAlias = Literal["lerp", "slerp_any", "slerp_unit"]
Noise: TypeAlias = Literal["normal", "unit", "uniform_0_1"]

_LEAST: Final = 1e-7


def draw_latents(draw: np.random.RandomState, n: int, size: int, noise: Noise) -> Tensor:
    """Draw latents: float32, shape (n, size).

    Parameters
    ----------
    draw : np.random.RandomState
    n, size : int
    noise : {"normal", "unit", "uniform_0_1"}
        Normal; uniform on [0, 1) and brought to length 1, as torch-fidelity's "unit" is; uniform on [0, 1).
    """
    import torch

    numbers: NDArray[np.float64] = draw.randn(n, size) if noise == "normal" else draw.rand(n, size)
    found = torch.from_numpy(numbers).float()
    return _normalised(found) if noise == "unit" else found


def lerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Return the points at share `t` of the straight way from `a` to `b`, shape (n, size)."""
    return a + (b - a) * t


def slerp_any(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Return the points at share `t` of the arc from `a` to `b`, shape (n, size), whatever their lengths.

    Notes
    -----
    ``sin((1 - t) w) / sin(w) a + sin(t w) / sin(w) b`` with w the angle between the two [1]_; the straight way where
    they are parallel or one is 0.

    References
    ----------
    .. [1] Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985.
    """
    import torch

    unit_a, unit_b = _normalised(a), _normalised(b)
    cosine = (unit_a * unit_b).sum(dim=-1, keepdim=True)
    is_zero = (unit_a.norm(dim=-1, keepdim=True) < _LEAST) | (unit_b.norm(dim=-1, keepdim=True) < _LEAST)
    is_straight = is_zero | (cosine.abs() > 1 - _LEAST)
    angle = cosine.acos()
    sine = angle.sin().clamp_min(_LEAST)
    curved = ((1 - t) * angle).sin() / sine * a + (t * angle).sin() / sine * b
    return torch.where(is_straight, lerp(a, b, t), curved)


def slerp_unit(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Return the points of `slerp_any`, brought to length 1."""
    return _normalised(slerp_any(a, b, t))


def _normalised(x: Tensor) -> Tensor:
    return x / x.square().sum(dim=-1, keepdim=True).sqrt().clamp_min(_LEAST)


INTERPOLATIONS: Final[Mapping[str, Callable[[Tensor, Tensor, float], Tensor]]] = {
    "lerp": lerp,
    "slerp_any": slerp_any,
    "slerp_unit": slerp_unit,
}
NOISES: Final = ("normal", "unit", "uniform_0_1")
