"""What must not be shown: the values of environment variables that hold keys."""

from __future__ import annotations

import os
import re

__all__ = ["conceal", "secret_names"]

_KEY = re.compile(r"(?i)(key|token|secret|password)$")
_MAY_BE_SECRET = re.compile(r"(?i)(key|token|secret|passw|credential|auth)")
_PASSWORD_IN_ADDRESS = re.compile(r"(://)[^/\s@]+@")
_SHORTEST = 6  # a shorter value is a setting, which texts hold by chance


def secret_names() -> list[str]:
    """Return the names of the environment variables that hold a key, sorted."""
    return sorted(name for name, value in os.environ.items() if value and _KEY.search(name))


def conceal(text: str) -> str:
    """Return `text` with dots in the place of what may be secret, and of names and passwords in addresses.

    That are the values of variables whose names sound so, paths that exist aside.
    """
    values = {value for name, value in os.environ.items() if _MAY_BE_SECRET.search(name) and len(value) >= _SHORTEST}
    for value in sorted(values, key=len, reverse=True):
        if value in text and not os.path.exists(value):  # noqa: PTH110 (which raises for some values)
            text = text.replace(value, "...")
    return _PASSWORD_IN_ADDRESS.sub(r"\1...@", text)
