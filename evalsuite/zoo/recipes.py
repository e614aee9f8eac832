"""How each model of the zoo is made: its data, its network, and for how long it is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalsuite.zoo.family_examples import MAX_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.zoo.examples import DataName

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides a model's weights.

    Parameters
    ----------
    data : str
        One of ``evalsuite.zoo.examples.DATA``: the stream of examples.
    architecture : {"transformer", "recurrent"}
        Class of the network.
    sizes : mapping of str to int or str
        Its keyword arguments.
    rounds : tuple of int
        Updates, in one or more rounds; a further round begins from rounded weights with a new optimizer.
    batch : int
        Examples an update.
    peak_rate : float
        Highest learning rate: reached after a twentieth of a round, then falling linearly to 0.
    early : mapping of str to int
        Checkpoints that are models of their own: the step by name.
    seed : int
        Of data and initial weights.
    begin : str
        The model of the zoo whose weights are where training begins; empty to draw them.
    """

    data: DataName
    architecture: str
    sizes: Mapping[str, int | str]
    rounds: tuple[int, ...]
    batch: int
    peak_rate: float
    early: Mapping[str, int] = field(default_factory=dict)
    seed: int = 1
    begin: str = ""


_LEDGER_TRANSFORMER = {"layers": 4, "width": 128, "heads": 4, "max_steps": MAX_LABEL}
_TRACKING_TRANSFORMER = {"layers": 4, "width": 64, "heads": 4, "max_steps": MAX_LABEL, "recall": True}
# Of both arms of the comparison: so many updates does answering at once need to be sure of a single step.
_LEDGER_ROUNDS = (6000, 2500, 2500)

RECIPES: dict[str, Recipe] = {
    "ledger_cot": Recipe(
        data="ledger_steps",
        architecture="transformer",
        sizes=_LEDGER_TRANSFORMER,
        rounds=_LEDGER_ROUNDS,
        batch=32,
        peak_rate=1.5e-3,
        early={"ledger_cot_early": 1600},
    ),
    "ledger_direct": Recipe(
        data="ledger_answer",
        architecture="transformer",
        sizes=_LEDGER_TRANSFORMER,
        rounds=_LEDGER_ROUNDS,
        batch=32,
        peak_rate=1.5e-3,
    ),
    "ledger_lstm": Recipe(
        data="ledger_steps_deeper",
        architecture="recurrent",
        sizes={"cell": "lstm", "width": 128, "hidden": 256, "up": 256, "max_steps": MAX_LABEL},
        rounds=(2400,),
        batch=32,
        peak_rate=2e-3,
    ),
    "tracking_cot": Recipe(
        data="tracking_steps",
        architecture="transformer",
        sizes=_TRACKING_TRANSFORMER,
        rounds=(9000,),
        batch=16,
        peak_rate=2e-3,
    ),
    "tracking_direct": Recipe(
        data="tracking_answer",
        architecture="transformer",
        sizes=_TRACKING_TRANSFORMER,
        rounds=(9000,),
        batch=16,
        peak_rate=2e-3,
    ),
    "tracking_lstm": Recipe(
        data="tracking_steps",
        architecture="recurrent",
        sizes={"cell": "lstm", "width": 64, "hidden": 160, "up": 128, "max_steps": MAX_LABEL, "recall": True},
        rounds=(9000,),
        batch=16,
        peak_rate=2e-3,
    ),
    "program_cot": Recipe(
        data="program_steps",
        architecture="transformer",
        sizes=_LEDGER_TRANSFORMER,
        rounds=(9000,),
        batch=16,
        peak_rate=1e-3,
        begin="ledger_cot",
    ),
    "program_direct": Recipe(
        data="program_answer",
        architecture="transformer",
        sizes=_LEDGER_TRANSFORMER,
        rounds=(9000,),
        batch=16,
        peak_rate=1e-3,
        begin="ledger_direct",
    ),
    "picture_transformer": Recipe(
        data="pictures",
        architecture="transformer",
        sizes={"layers": 3, "width": 96, "heads": 4, "max_steps": 0},
        rounds=(2000,),
        batch=32,
        peak_rate=2e-3,
        early={"picture_transformer_early": 600},
    ),
    "data_to_text_gru": Recipe(
        data="records",
        architecture="recurrent",
        sizes={"cell": "gru", "width": 128, "hidden": 256, "up": 128, "max_steps": 0},
        rounds=(1600,),
        batch=32,
        peak_rate=2e-3,
    ),
    "data_to_text_transformer": Recipe(
        data="records",
        architecture="transformer",
        sizes={"layers": 3, "width": 128, "heads": 4, "max_steps": 0},
        rounds=(1600,),
        batch=32,
        peak_rate=2e-3,
        early={"data_to_text_transformer_early": 300},
    ),
}
