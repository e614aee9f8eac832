"""Verification and keys beside math-verify and plain Python.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_answers.py --benchmark-enable`` for one thread.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest

from evalsuite.answers import answer_keys, verify_all
from evalsuite.answers.keys import key_slowly
from evalsuite.kernels.answers import extract_answers
from tests.answers.outputs import grade_school_outputs
from tests.benchmarks.race import time_in_group

math_verify = pytest.importorskip("math_verify", reason="math-verify is not installed (extra math)")
logging.getLogger("math_verify.parser").setLevel(logging.ERROR)
logging.getLogger("math_verify.grader").setLevel(logging.ERROR)

# Solutions that end in their answer, right answers that are plain numbers: what scorers of grade-school tasks see.
_, _ANSWERS = extract_answers([text for text, _ in grade_school_outputs(20_000, seed=5)])
_PLAIN = [answer for answer in _ANSWERS if answer is not None and answer.lstrip("-").isdecimal()]
ANSWERS = [_PLAIN[i % len(_PLAIN)] for i in range(20_000)]
GOLDS = [answer if i % 3 else str(int(answer) + 1) for i, answer in enumerate(ANSWERS)]
_OUTPUTS = [text for text, _ in grade_school_outputs(20_000, seed=6) if text.isascii()]  # as nearly all of GSM8K is
_WORKED = [text[: text.index(".\n") + 1] for text in _OUTPUTS if ".\n" in text and "answer" not in text]
_WORKED = [_WORKED[i % len(_WORKED)] for i in range(20_000)]
TEXTS = [f"{text}\nThe answer is {said}." for text, said in zip(_WORKED, ANSWERS, strict=True)]
N_PEER = 300


def peer_verdicts(texts: list[str]) -> list[bool]:
    return [
        math_verify.verify(
            math_verify.parse(gold, parsing_timeout=None),
            math_verify.parse(text, parsing_timeout=None),
            timeout_seconds=None,
        )
        for text, gold in zip(texts, GOLDS, strict=False)
    ]


def our_verdicts(texts: list[str], extract: bool) -> list[bool]:
    found = verify_all(texts, GOLDS[: len(texts)], extract=extract)
    return [verdict == "right" for verdict in found.verdicts]


# math-verify sees a part of the pairs and is timed over and over: the ratio is of pairs a second.
VERIFY = {
    "evalsuite": (lambda: verify_all(ANSWERS, GOLDS, extract=False), 15, None),
    "math-verify": (lambda: peer_verdicts(ANSWERS[:N_PEER]), 3, 1000.0 * N_PEER / 20_000),
}
VERIFY_TEXTS = {
    "evalsuite": (lambda: verify_all(TEXTS, GOLDS), 15, None),
    "math-verify": (lambda: peer_verdicts(TEXTS[:N_PEER]), 3, 1000.0 * N_PEER / 20_000),
}
KEYS = {
    "evalsuite": (lambda: answer_keys(ANSWERS), 15, None),
    "plain Python": (lambda: [key_slowly(answer) for answer in ANSWERS], 3, 10.0),
}


@pytest.mark.parametrize("tool", VERIFY)
def test_answers(benchmark: Any, tool: str) -> None:
    assert our_verdicts(ANSWERS[:N_PEER], extract=False) == peer_verdicts(ANSWERS[:N_PEER])
    call, rounds, target = VERIFY[tool]
    group = f"verification of answers, 20,000 pairs; {N_PEER} for math-verify"
    time_in_group(benchmark, group, tool, call, rounds=rounds, target=target)


@pytest.mark.parametrize("tool", VERIFY_TEXTS)
def test_solutions(benchmark: Any, tool: str) -> None:
    assert our_verdicts(TEXTS[:N_PEER], extract=True) == peer_verdicts(TEXTS[:N_PEER])
    call, rounds, target = VERIFY_TEXTS[tool]
    group = f"verification of whole solutions, 20,000 pairs; {N_PEER} for math-verify"
    time_in_group(benchmark, group, tool, call, rounds=rounds, target=target)


@pytest.mark.parametrize("tool", KEYS)
def test_keys(benchmark: Any, tool: str) -> None:
    call, rounds, target = KEYS[tool]
    assert call() == KEYS["evalsuite"][0]()
    time_in_group(benchmark, "keys of 20,000 answers", tool, call, rounds=rounds, target=target)
