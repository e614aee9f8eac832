"""Where the zoo's weights and configs lie."""

from __future__ import annotations

from pathlib import Path

from evalsuite.weights import check_weights, load_config, load_weights, save_model

__all__ = ["WEIGHTS", "check_weights", "load_config", "load_weights", "save_model"]

WEIGHTS = Path(__file__).parent / "weights"
