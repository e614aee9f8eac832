import doctest
import re
from pathlib import Path

import pytest

from evalsuite.answers import compare_answers

DOCS = Path(__file__).parents[2] / "docs" / "answers.md"
EXAMPLE = re.compile(r"`([^`]+)`, ([^:|;]+): (right|wrong|undecided)")


def test_examples_run() -> None:
    failed, tried = doctest.testfile(str(DOCS), module_relative=False)
    assert tried >= 4
    assert failed == 0


@pytest.mark.parametrize(("answer", "gold", "verdict"), EXAMPLE.findall(DOCS.read_text(encoding="utf-8")))
def test_tables_tell_the_truth(answer: str, gold: str, verdict: str) -> None:
    assert compare_answers(answer, gold) == verdict


def test_tables_have_examples() -> None:
    assert len(EXAMPLE.findall(DOCS.read_text(encoding="utf-8"))) >= 25
