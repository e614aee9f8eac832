"""How many items adaptive depth saves: simulated solvers of constant step error, beside a fixed grid of depths.

``python docs/adaptive_depth.py [RUNS]`` prints the table of docs/horizon.md (400 runs: some two minutes). The saving is
the ratio of variances of log H50 at one number of items, which is the ratio of items at one variance.
"""

from __future__ import annotations

import sys
from typing import Literal

import numpy as np

from evalsuite.horizon import count_records
from evalsuite.horizon.adaptive import choose_depths
from evalsuite.horizon.law import fit_laws

GRID = (1, 2, 4, 8, 16, 32, 64)
AVAILABLE = tuple(sorted({round(2 ** (i / 4)) for i in range(45)}))  # 1 to 2,048
ERRORS = (0.003, 0.01, 0.03, 0.1)
N_ITEMS = 140
Law = Literal["weibull", "constant"]


def main() -> None:
    """Print the table."""
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print("| step error | law | sd on the grid | adaptive | saving |\n|---|---|---|---|---|")
    for e in ERRORS:
        for law in ("constant", "weibull"):
            grid, adaptive = spreads(e, law, n_runs=n_runs, seed=1)
            print(f"| {e} | {law} | {grid:.3f} | {adaptive:.3f} | {(grid / adaptive) ** 2:.1f} |", flush=True)


def spreads(e: float, law: Law, *, n_runs: int, seed: int) -> tuple[float, float]:
    """Return the standard deviation of log H50 on the grid, and by adaptive depth, of one number of items."""
    rng = np.random.default_rng(seed)
    on_grid = [_log_h50(_answered(rng, list(GRID) * (N_ITEMS // len(GRID)), e), law) for _ in range(n_runs)]
    adaptive = [_log_h50(_run(rng, e, law), law) for _ in range(n_runs)]
    return _spread(on_grid), _spread(adaptive)


def _run(rng: np.random.Generator, e: float, law: Law) -> list[tuple[int, bool]]:
    records: list[tuple[int, bool]] = []
    while True:
        table = count_records([depth for depth, _ in records], [right for _, right in records])
        choice = choose_depths(table, AVAILABLE, batch=10, law=law, most_items=N_ITEMS)
        if choice.is_done:
            return records
        records += _answered(rng, choice.depths, e)


def _answered(rng: np.random.Generator, depths: list[int] | tuple[int, ...], e: float) -> list[tuple[int, bool]]:
    return [(depth, bool(rng.random() < (1.0 - e) ** depth)) for depth in depths]


def _log_h50(records: list[tuple[int, bool]], law: Law) -> float:
    table = count_records([depth for depth, _ in records], [right for _, right in records])
    laws = fit_laws(table, table.totals[None])
    if law == "constant":
        return float(laws.constant_log_scale[0] + np.log(np.log(2.0)))
    return float(np.log(laws.horizon(0.5)[0]))


def _spread(logs: list[float]) -> float:
    """Return the standard deviation of those that are finite: on the grid some runs are not, which flatters it."""
    known = [log for log in logs if np.isfinite(log)]
    return float(np.std(known))


if __name__ == "__main__":
    main()
