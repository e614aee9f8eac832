"""Check a report or leaderboard against the JSON Schema that comes with the package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError, did_you_mean
from evalsuite.report.report import load_json

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SCHEMAS", "load_schema", "validate_file"]

SCHEMAS = {"leaderboard": "leaderboard-1.json", "report": "report-1.json"}


def load_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``"report"`` or ``"leaderboard"``."""
    text = (files("evalsuite") / "schemas" / SCHEMAS[kind]).read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def validate_file(path: Path) -> str:
    """Check a JSON file against the schema of its kind.

    Returns
    -------
    str
        What it is: ``"report"`` or ``"leaderboard"``.

    Raises
    ------
    InputError
        If it is neither, or differs from the schema; every difference is named, up to ten.
    """
    from jsonschema import Draft202012Validator

    record = load_json(path)
    kind = record.get("kind")
    if not isinstance(kind, str) or kind not in SCHEMAS:
        hint = did_you_mean(kind, SCHEMAS) if isinstance(kind, str) else ""
        raise InputError(f'{path}: kind must be "report" or "leaderboard", found {kind!r}{hint}')
    try:
        errors = sorted(Draft202012Validator(load_schema(kind)).iter_errors(record), key=lambda error: list(error.path))
    except RecursionError:
        raise InputError(f"{path}: nested too deeply to be a {kind}") from None
    if errors:
        lines = [f"{path}: {error.json_path}: {error.message[:200]}" for error in errors[:10]]
        more = f"\n... and {len(errors) - 10} more" if len(errors) > 10 else ""
        raise InputError("\n".join(lines) + more)
    return kind
