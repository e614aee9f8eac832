import pytest

from evalsuite.answers import compare_answers, extract_answer

TALK = [
    "",
    " (I checked this 3 times.)",
    "\nHope this helps!",
    "\nI verified it 2 times, in 3 ways.",
    "\n\nLet me know if you have 10 more questions.",
]


@pytest.mark.parametrize("talk", TALK)
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("answer: 18", "marker"),
        ("Answer: 18.", "marker"),
        ("ANSWER : $18", "marker"),
        ("**Final Answer:** 18", "marker"),
        ("**Answer**: **18**", "marker"),
        ("Final answer: $\\boxed{18}$", "marker"),
        ("Final Answer: The final answer is $18$. I hope it is correct.", "marker"),
        ("Answer:\n\n18", "marker"),
        ("Answer:\n$$\n\\boxed{18}\n$$", "marker"),
        ("#### 18", "marker"),
        ("So it is 18. #### 18", "marker"),
        ("Answer: x = 18", "marker"),
        ("Answer: 18 eggs", "marker"),
        ("So we get $\\boxed{18}$.", "boxed"),
        ("\\boxed{ 18 }", "boxed"),
        ("\\\\boxed{18}", "boxed"),
        ("So the answer is $\\boxed{18}$.", "boxed"),
        ("The final answer is $18.", "sentence"),
        ("The answer is 18.", "sentence"),
        ("Hence the correct answer is therefore **18**.", "sentence"),
        ("the answer is: 18 eggs", "sentence"),
        ("The answer is\n$$18$$", "sentence"),
    ],
)
def test_a_stated_answer_is_found_whatever_follows(statement: str, rule: str, talk: str) -> None:
    found = extract_answer(f"First 16 - 3 = 13, then 7 more.\n{statement}{talk}")
    assert found.rule == rule
    assert compare_answers(found.text, "18") == "right", found


@pytest.mark.parametrize(
    ("text", "expected", "rule"),
    [
        # the stronger rule wins, whatever the order
        ("answer: 1\n\\boxed{2} so the answer is 3, not 4", "1", "marker"),
        ("\\boxed{2} so the answer is 3, not 4", "2", "boxed"),
        ("so the answer is 3. Not 4", "3", "sentence"),
        # within a rule, the last occurrence
        ("answer: 1\nanswer: 2", "2", "marker"),
        ("#### 1\n#### 2", "2", "marker"),
        ("answer: 1\n#### 2", "2", "marker"),
        ("#### 1\nanswer: 2", "2", "marker"),
        ("\\boxed{1} \\boxed{2}", "2", "boxed"),
        ("The answer is 1. No, the answer is 2.", "2", "sentence"),
        ("The answer is 1.\nNo, the answer is 2.", "2", "sentence"),
        # an empty statement does not hide an earlier one
        ("answer: 5\nanswer:", "5", "marker"),
        ("\\boxed{5} \\boxed{ }", "5", "boxed"),
        # braces
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}", "boxed"),
        ("\\boxed{\\boxed{5}}", "5", "boxed"),
        ("\\boxed{5} and \\boxed{6", "5", "boxed"),
        ("}}} \\boxed{5} {{{", "5", "boxed"),
        ("\\boxed{\\{1,2\\}}", "\\{1,2\\}", "boxed"),
        # headings
        ("#### Solution\nThe answer is 5.", "5", "sentence"),
        ("#### 4. Compute\n3 + 4 = 7", "7", "last_number"),
        ("some thought\n#### north\n", "north", "marker"),
        ("##### 5", "5", "last_number"),
        # words
        ("Answer: Yes, it is.", "Yes, it is", "marker"),
        ("The answer is north (as before).", "north", "sentence"),
        ("Answer: Dr. Smith. He is here.", "Dr. Smith", "marker"),
        ("the answers: 3", "3", "last_number"),
        ("myanswer: x 3", "3", "last_number"),
        # numbers
        ("It costs $1,234.50 in all.", "$1,234.50", "last_number"),
        ("from 7 to -5", "-5", "last_number"),
        ("from 7 to \u22125.", "\u22125", "last_number"),
        ("10 - 5", "10 - 5", "last_number"),
        ("10-5", "10-5", "last_number"),
        ("that is 3/4.", "3/4", "last_number"),
        ("that is 2 1/2.", "2 1/2", "last_number"),
        ("that is \\frac{3}{4}.", "\\frac{3}{4}", "last_number"),
        ("that is 12%", "12%", "last_number"),
        ("it was 10:30", "10:30", "last_number"),
        ("1e3 of them", "1e3", "last_number"),
        ("about .5", ".5", "last_number"),
        ("18 of them, the 2nd kind", "18", "last_number"),
        ("18 (I checked this 3 times.)", "18", "last_number"),
        ("(that is 3)", "3", "last_number"),
        ("10^10^8", "10^10^8", "last_number"),
        ("x2", None, "none"),
        ("4\\sqrt{2}", None, "none"),
        ("I do not know.", None, "none"),
        ("", None, "none"),
    ],
)
def test_rules(text: str, expected: str | None, rule: str) -> None:
    found = extract_answer(text)
    assert (found.text, found.rule) == (expected, rule)


def test_a_long_answer_stays_too_long_to_compare() -> None:
    for text in ("answer: " + "9" * 5000, "\\boxed{" + "9" * 5000 + "}", "the answer is " + "9" * 5000, "9" * 5000):
        found = extract_answer(text)
        assert found.text is not None
        assert len(found.text) == 1001
        assert compare_answers(found.text, "9" * 1000) == "undecided"


def test_the_end_of_a_long_text_is_read() -> None:
    assert extract_answer("answer: 1\n" + "x " * 600_000 + "\nanswer: 2").text == "2"
