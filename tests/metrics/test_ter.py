"""TER against sacrebleu 2.6.0, bit for bit."""

from __future__ import annotations

import pytest
from sacrebleu.metrics import TER

from evalsuite.errors import UsageError
from evalsuite.metrics.ter import Ter
from evalsuite.types import Output, Sample

HYPOTHESES = ["a man, the dog bit", "", "it was late"]
GROUPS = [("the dog bit a man", "dogs bite"), ("",), ("it grew late.", "late it was", "late")]


@pytest.mark.parametrize("flags", [(False,) * 4, (True,) * 4, (True, False, False, False)])
def test_equals_sacrebleu(flags: tuple[bool, bool, bool, bool]) -> None:
    metric, peer = Ter(*flags), TER(*flags)
    samples = [Sample(id=str(i), input={}, references=group) for i, group in enumerate(GROUPS)]
    rows = metric.rows(samples, [[Output(text=text)] for text in HYPOTHESES]).values
    for value, text, group in zip(metric.value(rows), HYPOTHESES, GROUPS, strict=True):
        assert value == peer.sentence_score(text, group).score
    streams = [[group[k] if k < len(group) else None for group in GROUPS] for k in range(3)]
    assert metric.value(rows.sum(axis=0)) == peer.corpus_score(HYPOTHESES, streams).score  # type: ignore[arg-type]
    assert metric.signature() == "|".join(["ter", *str(peer.get_signature()).split("|")[1:]])


def test_repeats_are_summed() -> None:
    sample = Sample(id="1", input={}, references=("a b",))
    rows = Ter().rows([sample], [[Output(text="a b"), Output(text="c", repeat=1)]])
    assert rows.values.tolist() == [[2, 2, 4]]


def test_wrong_options() -> None:
    with pytest.raises(UsageError, match="ter: `normalized` must be true or false, got 1"):
        Ter(normalized=1)  # type: ignore[arg-type]
