"""The zoo: small models trained for real, shipped with their weights, cards and the scripts that trained them.

Importing this package imports neither torch nor NumPy; ``evalsuite.zoo.model.open_model`` loads what it needs.
"""

from __future__ import annotations

__all__ = ["NAMES", "describe_model"]

NAMES: dict[str, str] = {
    "data_to_text_gru": "GRU that turns trail records into sentences",
    "data_to_text_transformer": "transformer that turns trail records into sentences",
    "data_to_text_transformer_early": "the same transformer, stopped early in its training",
    "ledger_cot": "transformer that works through a ledger step by step, then answers",
    "ledger_cot_early": "the same transformer, stopped early in its training",
    "ledger_direct": "transformer that answers a ledger at once",
    "ledger_lstm": "LSTM that works through a ledger step by step, then answers",
}


def describe_model(name: str) -> str:
    """Return one line about the model called `name`, one of `NAMES`."""
    return NAMES[name]
