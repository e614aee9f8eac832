"""How many items adaptive depth saves: simulated solvers of constant step error, beside fixed grids of depths.

``python docs/adaptive_depth.py [RUNS]`` prints the table of docs/horizon.md (400 runs: some six minutes). The saving is
the ratio of variances of log H50 at one number of items, which is the ratio of items at one variance. The bound is the
most that any choice of depths could save, by Fisher's information at the true law: ``ln(2)**2`` an item where the shape
is unknown (see `evalsuite.horizon.information`), and the best depth's where it is known.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.horizon import count_records
from evalsuite.horizon.adaptive import choose_depths
from evalsuite.horizon.information import BEST_INFORMATION, horizon_information
from evalsuite.horizon.law import fit_laws

if TYPE_CHECKING:
    from collections.abc import Sequence

GRIDS = {"1 to 64": tuple(2**i for i in range(7)), "1 to 2,048": tuple(2**i for i in range(12))}
AVAILABLE = tuple(sorted({round(2 ** (i / 4)) for i in range(45)}))  # 1 to 2,048
ERRORS = (0.003, 0.01, 0.03, 0.1)
N_ITEMS = 140
Law = Literal["weibull", "constant"]


def main() -> None:
    """Print the table."""
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print("| step error | law | adaptive | grid | sd on the grid | saving | bound |\n|---|---|---|---|---|---|---|")
    for e in ERRORS:
        for law in ("constant", "weibull"):
            chosen = adaptive_spread(e, law, n_runs=n_runs, seed=1)
            for name, grid in GRIDS.items():
                spread, lost = grid_spread(e, law, grid, n_runs=n_runs, seed=2)
                saving = (spread / chosen) ** 2
                told = f"{spread:.3f}" + (f" ({lost} without)" if lost else "")
                bound = most_saved(e, law, grid)
                print(f"| {e} | {law} | {chosen:.3f} | {name} | {told} | {saving:.2f} | {bound:.2f} |", flush=True)


def adaptive_spread(e: float, law: Law, *, n_runs: int, seed: int) -> float:
    """Return the standard deviation of log H50 by adaptive depth."""
    rng = np.random.default_rng(seed)
    return _spread([_log_h50(_run(rng, e, law), law) for _ in range(n_runs)])[0]


def grid_spread(e: float, law: Law, grid: Sequence[int], *, n_runs: int, seed: int) -> tuple[float, int]:
    """Return the same on a grid, as it would be of so many items, and how many runs have no finite horizon."""
    rng = np.random.default_rng(seed)
    depths = list(grid) * (N_ITEMS // len(grid) + (N_ITEMS % len(grid) > 0))
    spread, lost = _spread([_log_h50(_answered(rng, depths, e), law) for _ in range(n_runs)])
    return spread * (len(depths) / N_ITEMS) ** 0.5, lost


def most_saved(e: float, law: Law, grid: Sequence[int]) -> float:
    """Return the largest information of one item, over that of an item of the grid."""
    h50 = float(np.log(2.0) / -np.log1p(-e))
    known = law == "constant"
    fine = h50 * np.exp(np.linspace(-3.0, 3.0, 601))
    best = (
        max(horizon_information([depth], h50, 1.0, known_shape=True) for depth in fine) if known else BEST_INFORMATION
    )
    return best * len(grid) / horizon_information(grid, h50, 1.0, known_shape=known)


def _run(rng: np.random.Generator, e: float, law: Law) -> list[tuple[int, bool]]:
    records: list[tuple[int, bool]] = []
    while True:
        table = count_records([depth for depth, _ in records], [right for _, right in records])
        choice = choose_depths(table, AVAILABLE, batch=10, law=law, most_items=N_ITEMS)
        if choice.is_done:
            return records
        records += _answered(rng, choice.depths, e)


def _answered(rng: np.random.Generator, depths: Sequence[int], e: float) -> list[tuple[int, bool]]:
    return [(depth, bool(rng.random() < (1.0 - e) ** depth)) for depth in depths]


def _log_h50(records: list[tuple[int, bool]], law: Law) -> float:
    table = count_records([depth for depth, _ in records], [right for _, right in records])
    laws = fit_laws(table, table.totals[None])
    if law == "constant":
        return float(laws.constant_log_scale[0] + np.log(np.log(2.0)))
    return float(np.log(laws.horizon(0.5)[0]))


def _spread(logs: list[float]) -> tuple[float, int]:
    """Return the standard deviation of those that are finite, and how many are not, which flatters a grid."""
    known = [log for log in logs if np.isfinite(log)]
    return float(np.std(known)), len(logs) - len(known)


if __name__ == "__main__":
    main()
