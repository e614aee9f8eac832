"""``evalsuite weights list|verify|import``: what networks need, and whether it is there; nothing is downloaded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError, UsageError

if TYPE_CHECKING:
    import argparse

    from evalsuite.extractors.weight_files import WeightsFile

__all__ = ["add_arguments", "run"]

_ACTIONS = ("list", "verify", "import")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "action", choices=_ACTIONS, help="list what is needed; verify its hashes; import a file, known by its hash"
    )
    parser.add_argument("names", nargs="*", metavar="NAME|FILE", help="weights to verify (default: all), or the file")
    parser.add_argument("--force", action="store_true", help="import: replace a file of other content")
    parser.add_argument("--json", action="store_true", help="list, verify: print JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if options.force and options.action != "import":
        raise UsageError("weights: --force is for import")
    if options.action == "import":
        _import(options)
        return 0
    from evalsuite.extractors.weight_files import find_file

    if options.action == "list":
        if options.names:
            raise UsageError(f'weights: unknown argument "{options.names[0]}": list shows all')
        records = [_record(file) for file in _all_files()]
        _print(records, as_json=options.json)
        return 0
    known = _all_files()
    files = list({file.name: file for file in (find_file(name, known) for name in options.names)}.values()) or known
    records = [{**_record(file), **_verified(file)} for file in files]
    _print(records, as_json=options.json)
    missing = sum(record["state"] == "missing" for record in records)
    if missing and not options.names and not options.json:
        sys.stdout.write(f"{missing} of {len(records)} missing; name those you need, and it is an error\n")
    wrong = [record for record in records if record["state"] == "other"]
    wrong += [record for record in records if record["state"] == "missing" and options.names]
    if wrong:
        said = ", ".join(f"{record['name']} ({_STATES[record['state']]})" for record in wrong)
        raise InputError(f"weights: not as they should be: {said}")
    return 0


_STATES = {"there": "there", "missing": "missing", "right": "right", "other": "another file"}


def _all_files() -> list[WeightsFile]:
    from evalsuite.extractors.weight_files import needed_files
    from evalsuite.images.lpips_weights import network_files

    return [*needed_files(), *network_files()]


def _record(file: WeightsFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "extractors": list(file.extractors),
        "metrics": list(file.metrics),
        "sha256": file.shown_hash,
        "bytes": file.n_bytes,
        "path": str(file.path),
        "variable": file.variable,
        "known_as": list(file.known_as),
        "embedded": file.is_embedded,
        "state": "there" if file.is_there else "missing",
    }


def _verified(file: WeightsFile) -> dict[str, Any]:
    from evalsuite.extractors.weight_files import hash_file

    if not file.is_there:
        return {"state": "missing"}
    found = hash_file(file.path)
    return {"state": "right" if found.startswith(file.sha256) else "other", "found_sha256": found}


def _print(records: list[dict[str, Any]], *, as_json: bool) -> None:
    from evalsuite.report.terminal import printable

    if as_json:
        sys.stdout.write(json.dumps(records, indent=2) + "\n")
        return
    for record in records:
        sys.stdout.write(f"{record['name']}: {_STATES[record['state']]}\n")
        lines = {
            "for": ", ".join([*record["extractors"], *record["metrics"]]),
            "path": record["path"] + ("" if record["variable"] is None else f"  (or that in {record['variable']})"),
            "sha256": record["sha256"],
            "found": record.get("found_sha256", "") if record["state"] == "other" else "",
            "bytes": "" if record["bytes"] is None else f"{record['bytes']:,}",
            "known as": " or ".join(record["known_as"]),
            "from": "comes with the package" if record["embedded"] else "",
        }
        for name, text in lines.items():
            if text:
                sys.stdout.write(f"  {name:<9} {printable(text, 1000)}\n")
    sys.stdout.write("hf:, timm:, torchscript:PATH, CLIP: yours, by their paths; their hashes are in the signatures\n")


def _import(options: argparse.Namespace) -> None:
    from evalsuite.extractors.weight_files import import_weights
    from evalsuite.report.terminal import printable

    if len(options.names) != 1:
        raise UsageError("weights: import takes the path of one file")
    if options.json:
        raise UsageError("weights: --json is for list and verify")
    found = import_weights(Path(options.names[0]), _all_files(), replace=options.force)
    sys.stdout.write(f"{found.name}: {printable(str(found.path))}  (SHA-256 {found.sha256})\n")
