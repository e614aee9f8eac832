"""Print the tables of docs/text-metrics.md: how equal ours and the references are, and how fast.

``python docs/text_tables.py equality [--pairs N]`` compares every text metric with its reference on N generated pairs
each. ``python docs/text_tables.py speed BENCHMARKS.json`` reads what
``RAYON_NUM_THREADS=1 pytest tests/benchmarks --benchmark-enable --benchmark-timer=time.process_time
--benchmark-json=BENCHMARKS.json`` wrote. With ``--write`` the table replaces the one in the page.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "text-metrics.md"


def main() -> int:
    """Print the table asked for, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    equality = commands.add_parser("equality")
    equality.add_argument("--pairs", type=int, help="pairs for each metric; by default as many as the tests compare")
    equality.add_argument("--seed", type=int, default=1)
    speed = commands.add_parser("speed")
    speed.add_argument("json", type=Path)
    for command in (equality, speed):
        command.add_argument("--write", action="store_true", help="write the table into docs/text-metrics.md")
    options = parser.parse_args()
    if options.command == "equality":
        rows = equality_table(options.pairs, options.seed)
    else:
        rows = speed_table(json.loads(options.json.read_text("utf-8"))["benchmarks"])
    if options.write:
        mark = options.command
        text = PAGE.read_text("utf-8")
        new = re.sub(
            rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)",
            lambda found: found[1] + "\n".join(rows) + "\n" + found[2],
            text,
            flags=re.DOTALL,
        )
        PAGE.write_text(new, "utf-8")
    else:
        print("\n".join(rows))
    return 0


def equality_table(pairs: int | None, seed: int) -> list[str]:
    """Compare everything; one line a comparison and the total."""
    sys.path.insert(0, str(ROOT))
    from tests.equality.comparison import comparisons

    rows = ["| metric | reference | pairs | different | largest difference |", "|---|---|---:|---:|---:|"]
    total = 0
    for one in comparisons():
        found = one.run(pairs or one.n, seed)
        total += found.n_pairs
        rows.append(
            f"| {one.metric} | {one.reference_version} | {found.n_pairs:,} | {found.n_different:,} "
            f"| {found.largest:.2g} |"
        )
        print(rows[-1], file=sys.stderr)
    return [*rows, f"| in all | | {total:,} | | |"]


def speed_table(benchmarks: list[dict]) -> list[str]:
    """Return the ratio of every peer's median to ours, group by group."""
    groups: dict[str, dict[str, dict]] = defaultdict(dict)
    for one in benchmarks:
        if "tool" in one["extra_info"]:
            groups[one["group"]][one["extra_info"]["tool"]] = one
    rows = ["| what | peer | peer / evalsuite | aim |", "|---|---|---:|---:|"]
    for group, tools in sorted(groups.items()):
        ours = tools.get("evalsuite")
        for tool, one in sorted(tools.items()):
            if ours is not None and tool != "evalsuite":
                ratio = one["stats"]["median"] / ours["stats"]["median"]
                aim = one["extra_info"].get("target")
                name = f"{tool} {one['extra_info']['version']}"
                rows.append(f"| {group} | {name} | {shown(ratio)} | {'' if aim is None else f'{aim:g}'} |")
    return rows


def shown(ratio: float) -> str:
    """Two digits that mean something; a ratio of medians has no more."""
    return f"{ratio:.2g}" if ratio < 100 else f"{round(ratio, -1):,.0f}"


if __name__ == "__main__":
    sys.exit(main())
