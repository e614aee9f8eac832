"""What the zoo's language models learn from, and which items are kept from them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TEST_ITEMS", "TEST_SEED", "Example"]

TEST_SEED = 20261121  # of the embedded tasks that are made of a world
TEST_ITEMS = {"ledger": 1152, "tracking": 1152, "program": 1152, "pictures": 1152, "records": 400}


@dataclass(frozen=True, slots=True)
class Example:
    """What a model learns from.

    Parameters
    ----------
    prompt, completion : str
        What it reads, and what it should write.
    operations : str
        The kind of each numbered line of the prompt, one of ``+-*`` each: learned on the side, see
        ``evalsuite.zoo.train.batches``. Empty where lines have no kinds.
    signs : str
        The same of each number in numbered lines, where a line has several operations.
    """

    prompt: str
    completion: str
    operations: str = ""
    signs: str = ""
