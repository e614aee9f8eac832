"""Where features are kept if nobody says; known without NumPy."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["default_cache_folder"]


def default_cache_folder() -> Path:
    """Return ``$XDG_CACHE_HOME/evalsuite/features``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "evalsuite" / "features"
