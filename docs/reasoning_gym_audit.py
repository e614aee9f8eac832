"""Which datasets of reasoning-gym pass our audits: ``python docs/reasoning_gym_audit.py``.

It needs the package (``pip install reasoning-gym``). Datasets are made with their default settings, as the task
``reasoning_gym:DATASET`` makes them; what passes goes into ``evalsuite/task/outside/reasoning_gym_list.py``, together
with the version.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from evalsuite.task.outside.reasoning_gym_audit import audit_dataset

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Audit all datasets, or those named, and print a line each and the list of those that pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100, help="items a seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 100_003])
    parser.add_argument("names", nargs="*", help="datasets; all where none is named")
    options = parser.parse_args(arguments)
    factory: Any = import_module("reasoning_gym.factory")
    import_module("reasoning_gym")
    passed = []
    for name in options.names or sorted(factory.DATASETS):
        findings = audit_dataset(name, n=options.n, seeds=options.seeds)
        failed = [finding for finding in findings if not finding.passed]
        told = "; ".join(f"{finding.audit}: {finding.detail}" for finding in failed)
        print(f"{name:26} {f'no   {told}'[:300] if failed else 'yes'}", flush=True)
        passed += [] if failed else [name]
    print(f"\n{len(passed)} datasets of reasoning-gym {version('reasoning-gym')} pass:\n{', '.join(passed)}")


if __name__ == "__main__":
    main()
