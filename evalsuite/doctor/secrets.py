"""What must not be shown: the values of environment variables that hold keys."""

from __future__ import annotations

import os
import re

__all__ = ["conceal", "secret_names"]

_SECRET = re.compile(r"(?i)(key|token|secret|passw|credential|auth)")
_PASSWORD_IN_ADDRESS = re.compile(r"(://)[^/\s@]+@")
_SHORTEST = 6  # a shorter value is a setting, which texts hold by chance


def secret_names() -> list[str]:
    """Return the names of the environment variables that hold something to keep secret, sorted."""
    return sorted(name for name, value in os.environ.items() if value and _SECRET.search(name))


def conceal(text: str) -> str:
    """Return `text` with dots in the place of secret values, and of names and passwords in addresses."""
    values = {os.environ[name] for name in secret_names()}
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST:
            text = text.replace(value, "...")
    return _PASSWORD_IN_ADDRESS.sub(r"\1...@", text)
