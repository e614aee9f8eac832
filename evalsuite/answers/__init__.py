"""Final answers: find one in a text, compare it with the right one, and read the states of steps.

Three verdicts: what cannot be settled exactly is ``"undecided"``, never ``"wrong"``. Text is hostile: work is bounded,
nothing is evaluated, and nothing raises. ``docs/answers.md`` lists the rules.
"""

from evalsuite.answers.comparison import Verdict, compare_answers
from evalsuite.answers.extraction import Extraction, Rule, extract_answer
from evalsuite.answers.keys import answer_key, answer_keys
from evalsuite.answers.policies import AnswerPolicy
from evalsuite.answers.steps import StatedStep, is_number, is_state, parse_steps, read_steps
from evalsuite.answers.verification import Verification, Verifications, verify, verify_all

__all__ = [
    "AnswerPolicy",
    "Extraction",
    "Rule",
    "StatedStep",
    "Verdict",
    "Verification",
    "Verifications",
    "answer_key",
    "answer_keys",
    "compare_answers",
    "extract_answer",
    "is_number",
    "is_state",
    "parse_steps",
    "read_steps",
    "verify",
    "verify_all",
]
