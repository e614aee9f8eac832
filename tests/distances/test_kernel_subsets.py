"""KID over random subsets: torch-fidelity's, to the last bit; and the Gaussian kernel of CMMD."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.distances import GaussianKernel, kernel_distance, kernel_subsets, mean_kernel


@pytest.mark.parametrize(("n", "m", "d", "size"), [(300, 250, 64, 200), (1100, 1200, 32, 1000), (40, 50, 5, 40)])
def test_equal_to_torch_fidelity_bit_for_bit(n: int, m: int, d: int, size: int) -> None:
    torch = pytest.importorskip("torch")
    peer = pytest.importorskip("torch_fidelity.metric_kid")
    draw = np.random.default_rng(n)
    x, y = draw.normal(size=(n, d)).astype(np.float32), (1.2 * draw.normal(size=(m, d))).astype(np.float32)
    options = {"kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None, "kid_kernel_poly_coef0": 1}
    expected = peer.kid_features_to_metric(
        torch.from_numpy(x),
        torch.from_numpy(y),
        kid_subsets=5,
        kid_subset_size=size,
        kid_kernel="poly",
        rng_seed=2020,
        verbose=False,
        **options,
    )
    found = kernel_subsets(x, y, n_subsets=5, subset_size=size)
    assert (float(np.mean(found)), float(np.std(found))) == tuple(expected.values())


def test_subsets_of_all_are_the_exact_distance() -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(60, 4)), draw.normal(size=(60, 4)) + 0.3
    found = kernel_subsets(x, y, n_subsets=3, subset_size=60)
    np.testing.assert_allclose(found, kernel_distance(x, y).value, rtol=1e-10)


def test_gaussian_kernel_is_the_definition() -> None:
    draw = np.random.default_rng(1)
    x, y = draw.normal(size=(30, 3)), draw.normal(size=(40, 3)) + 0.5

    def kernel(a: Any, b: Any) -> Any:
        return np.exp(-((a[:, None] - b[None]) ** 2).sum(axis=2) / (2 * 2.5**2))

    within, real = kernel(x, x), kernel(y, y)
    gaussian = GaussianKernel(2.5)
    assert mean_kernel(y, gaussian) == pytest.approx((real.sum() - 40) / (40 * 39), rel=1e-12)
    found = kernel_distance(x, y, kernel=gaussian)
    assert found.within == pytest.approx((within.sum() - 30) / (30 * 29), rel=1e-12)
    assert found.value == pytest.approx(found.within + mean_kernel(y, gaussian) - 2 * kernel(x, y).mean(), rel=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"subset_size": 11}, "`subset_size` must be from 2 to the size of the smaller set, 10; found 11"),
        ({"subset_size": 1}, "`subset_size`"),
        ({"subset_size": 5, "n_subsets": 0}, "`n_subsets` must be at least 1"),
    ],
)
def test_bad_options_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernel_subsets(np.zeros((10, 2)), np.zeros((12, 2)), **options)


@pytest.mark.parametrize("sigma", [0.0, -1.0, 1e-200, 1e200, float("nan"), float("inf")])
def test_bad_widths_are_refused(sigma: float) -> None:
    with pytest.raises(ValueError, match="`sigma`"):
        GaussianKernel(sigma)
