"""Final answers: find one in a text, compare it with the right one, and read the states of steps.

Three verdicts: what cannot be settled exactly is ``"undecided"``, never ``"wrong"``. Text is hostile: work is bounded,
nothing is evaluated, and nothing raises. ``docs/answers.md`` lists the rules.
"""

from evalsuite.answers.comparison import Verdict, compare_answers
from evalsuite.answers.extraction import Extraction, Rule, extract_answer
from evalsuite.answers.steps import parse_steps

__all__ = ["Extraction", "Rule", "Verdict", "compare_answers", "extract_answer", "parse_steps"]
