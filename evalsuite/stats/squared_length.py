"""Interval of a squared length of which a noisy estimate is at hand, by inverting tests of every length."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, hypot, isfinite, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from evalsuite.types import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SquaredLength", "squared_length_interval", "squared_length_limits"]

_NOTHING = 1e-100
_STEPS = 100
_LEAST_STEP = 1e-15
_HALF = 0.5  # what the spectrum says of the slope weighs as much as this part of the noise
_NORMAL = 1e-6  # skewness below which a gamma distribution is a normal one


@dataclass(frozen=True, slots=True, kw_only=True)
class SquaredLength:
    """An unbiased estimate of ``|delta|**2`` from n members, each delta and noise of covariance C.

    A kernel distance is one, in the kernel's space; and so is, to second order, any smooth score that is least where
    two distributions are equal.

    Parameters
    ----------
    n : int
    value : float
        ``|mean|**2 - tr C / n``, below 0 by chance.
    along, along_twice : float
        ``delta' C delta`` and ``delta' C C delta``, estimated; their least is 0.
    square, cube : float
        ``tr C**2`` and ``tr C**3``, likewise.
    """

    n: int
    value: float
    along: float
    along_twice: float
    square: float
    cube: float

    @property
    def variance(self) -> float:
        """Of the value, ``4 delta' C delta / n + 2 tr C**2 / (n (n - 1))``."""
        return 4 * self.along / self.n + 2 * self.square / (self.n * (self.n - 1))


def squared_length_limits(found: SquaredLength, *, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of ``|delta|**2``, 0 or above, that `found` agrees with.

    Parameters
    ----------
    found : SquaredLength
    level : float, default 0.95
        In (0, 1).

    Notes
    -----
    The lengths U are kept of which the value is no surprise. With normal noise its first three cumulants are

    ``U``, ``4 D + 2 tr C**2 / (n (n - 1))`` and ``24 r D + 8 tr C**3 / n**3`` with ``D = delta' C delta / n``,

    and its tails those of the gamma distribution (Pearson's type III) with these, which is close for quadratic forms
    [1]_. Of another U than that found, delta is taken to differ in the direction C delta, in which noise most likely
    moved the value: D changes by ``r = delta' C**2 delta / (n delta' C delta)`` times as much, within 0 and the
    greatest D for any delta. A value plus or minus its error would not do: near 0 it covers always, and far from it
    too rarely, as a low value comes with a low error.

    A test of U leaves ``a (1 - exp(-(U - U0) / s)) / 2`` of its error a below and the rest above, with s the noise at 0
    and U0 where D becomes 0, below which no value is too low: so the interval is never empty, and has two even sides
    far from 0. Any such division, fixed beforehand, keeps the level [2]_.

    References
    ----------
    .. [1] Imhof, "Computing the distribution of quadratic forms in normal variables", Biometrika 48, 1961.
    .. [2] Puza and O'Neill, "Generalised Clopper-Pearson confidence intervals for the binomial proportion", Journal of
       Statistical Computation and Simulation 76, 2006.
    """
    noise = sqrt(found.variance)
    unit = max(abs(found.value), noise)
    if noise <= unit * _NOTHING:
        return max(found.value, 0.0), max(found.value, 0.0)
    low, high = _limits(_Law(_over(found, unit)), level)
    return unit * low, unit * high


def _over(found: SquaredLength, unit: float) -> SquaredLength:
    """Return a length in other units, in which nothing is too small or too great."""
    return SquaredLength(
        n=found.n,
        value=found.value / unit,
        along=found.along / unit / unit,
        along_twice=found.along_twice / unit / unit / unit,
        square=found.square / unit / unit,
        cube=found.cube / unit / unit / unit,
    )


def _limits(law: _Law, level: float) -> tuple[float, float]:
    start, noise = law.start, law.noise
    error = 1.0 - level

    def too_high(length: float) -> bool:
        return law.above(length) < error - law.lower_share(length) * error

    def too_low(length: float) -> bool:
        return law.below(length) < law.lower_share(length) * error

    low = _turn(too_high, 0.0, start) if too_high(0.0) else 0.0
    step = max(noise, start * _LEAST_STEP)
    while not too_low(start + step):
        step *= 2.0
    return low, _turn(lambda length: not too_low(length), start, start + step)


def squared_length_interval(
    centre: float,
    found: SquaredLength,
    *,
    scale: float = 1.0,
    constant_error: float = 0.0,
    level: float = 0.95,
    value_range: tuple[float, float] = (-float("inf"), float("inf")),
) -> Interval | None:
    """Interval of a score that is a squared length times `scale`, plus a constant.

    Parameters
    ----------
    centre : float
        The score.
    found : SquaredLength
        Estimated from independent members.
    scale : float, default 1
        Above 0.
    constant_error : float, default 0
        Standard error of the constant, where that was estimated: added in squares to either half.
    level : float, default 0.95
    value_range : tuple of float
        The interval is cut off here.

    Returns
    -------
    Interval, optional
        See `squared_length_limits`; it reaches to the score itself where that is below all that could be expected. None
        with fewer than four members, or where the sums are beyond float64.
    """
    if found.n < 4 or not all(map(isfinite, (found.value, found.variance, found.along_twice, found.cube))):
        return None
    low, high = squared_length_limits(found, level=level)
    more = NormalDist().inv_cdf(0.5 + level / 2) * constant_error
    below, above = (hypot(scale * max(half, 0.0), more) for half in (found.value - low, high - found.value))
    return Interval(
        low=max(centre - below, value_range[0]),
        high=min(centre + above, value_range[1]),
        level=level,
        method="inverted tests of a squared length",
    )


class _Law:
    """How the value is distributed for any length."""

    def __init__(self, found: SquaredLength) -> None:
        n = found.n
        self._value, self.start = found.value, max(found.value, 0.0)
        self.noise = sqrt(found.variance)
        # No sum of cubes is above the sum of squares to the power 1.5, as estimates of the two may be.
        cube = min(found.cube, found.square**1.5)
        self._square, self._cube = found.square / (n * (n - 1)), cube / n**3
        self._noise_at_0 = sqrt(2 * self._square)
        self._greatest = sqrt(found.square) / n  # no eigenvalue of C / n is above it
        self._along = found.along / n
        # The slope r; where delta is lost in noise, that of the noise itself.
        typical = cube / found.square / n if found.square > 0 else 0.0
        weight = _HALF * self._noise_at_0 * typical
        known = self._along + weight
        slope = (found.along_twice / n**2 + typical * weight) / known if known > 0 else 0.0
        self._slope = min(slope, self._greatest)
        self._free = max(self.start - self._along / self._slope, 0.0) if self._slope > 0 else 0.0

    def lower_share(self, length: float) -> float:
        """Return how much of a test's error lies below, from 0 to a half."""
        if self._noise_at_0 == 0.0:
            return 0.5
        return 0.5 * (1.0 - exp(-max(length - self._free, 0.0) / self._noise_at_0))

    def below(self, length: float) -> float:
        """Return how probable a value as low as the one found is."""
        return self._tail(length, below=True)

    def above(self, length: float) -> float:
        """Return how probable a value as high is."""
        return self._tail(length, below=False)

    def _tail(self, length: float, *, below: bool) -> float:
        along = self._along + self._slope * (length - self.start)
        if self._greatest > 0:
            along = min(along, length * self._greatest)
        along = max(along, 0.0)
        variance = 4 * along + 2 * self._square
        if variance <= _NOTHING**2:
            return float(self._value <= length if below else self._value >= length)
        z = (self._value - length) / sqrt(variance)
        return _gamma_tail(z, (24 * self._slope * along + 8 * self._cube) / variance**1.5, below=below)


def _gamma_tail(z: float, skewness: float, *, below: bool) -> float:
    """Return a tail of the gamma distribution moved and scaled to mean 0 and variance 1."""
    if skewness < _NORMAL:
        return NormalDist().cdf(z if below else -z)
    import torch

    shape = 4 / skewness**2
    place = shape + z * sqrt(shape)
    if place <= 0.0:
        return 0.0 if below else 1.0
    tail = torch.special.gammainc if below else torch.special.gammaincc
    return float(tail(*(torch.tensor(number, dtype=torch.float64) for number in (shape, place))))


def _turn(test: Callable[[float], bool], low: float, high: float) -> float:
    """Return, by halving, where a test that is true at `low` and false at `high` turns."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if test(middle):
            low = middle
        else:
            high = middle
    return high
