"""On generated pairs, verdicts are those of math-verify wherever it is right."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from evalsuite.answers import verify_all
from tests.answers.outputs import expression_pairs, number_pairs

math_verify = pytest.importorskip("math_verify", reason="math-verify is not installed (extra math)")


def peer_says(answer: str, gold: str) -> bool:
    parsed = [math_verify.parse(f"${text}$", parsing_timeout=None) for text in (gold, answer)]
    return bool(math_verify.verify(*parsed, timeout_seconds=None))


@pytest.fixture(autouse=True)
def _quiet() -> None:
    for name in ("math_verify.parser", "math_verify.grader"):
        logging.getLogger(name).setLevel(logging.ERROR)


@pytest.mark.parametrize(
    ("pairs", "most_undecided"),
    [(number_pairs(4200, seed=11), 0), (expression_pairs(1000, seed=12), 0)],
    ids=["grade school", "competitions"],
)
def test_verdicts_equal_math_verifys_wherever_it_is_right(
    pairs: list[tuple[str, str, bool]], most_undecided: int
) -> None:
    answers, golds, truths = zip(*pairs, strict=True)
    verdicts = verify_all(answers, golds, extract=False, deadline_seconds=60).verdicts
    false = [
        (pair, verdict)
        for pair, verdict in zip(pairs, verdicts, strict=True)
        if verdict != "undecided" and (verdict == "right") != pair[2]
    ]
    assert not false
    peer = [peer_says(answer, gold) for answer, gold in zip(answers, golds, strict=True)]
    missed = Counter(
        pair
        for pair, verdict, said in zip(pairs, verdicts, peer, strict=True)
        if verdict == "undecided" and said == pair[2]
    )
    assert sum(missed.values()) <= most_undecided, missed.most_common(10)
    assert sum(said == truth for said, truth in zip(peer, truths, strict=True)) > 0.5 * len(pairs)
