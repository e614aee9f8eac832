"""JSON files within a model's folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalsuite.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_folder_json"]


def read_folder_json(path: Path, where: str, *, needed: str) -> dict[str, Any]:
    """Read a JSON object.

    Parameters
    ----------
    path : Path
    where : str
        What messages begin with: the model.
    needed : str
        What its folder should hold, for the message that this file is missing.

    Raises
    ------
    ModelError
        If it is not there, cannot be read, or is no JSON object.
    """
    if not path.is_file():
        raise ModelError(f"{where}: the folder {path.parent} holds no {path.name}. {needed}")
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where}: {path} is not valid JSON: {error}") from None
    except OSError as error:
        raise ModelError(f"{where}: cannot read {path}: {error.strerror}") from None
    if not isinstance(value, dict):
        raise ModelError(f"{where}: {path} must hold a JSON object, found {type(value).__name__}")
    return value
