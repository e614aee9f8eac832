import pytest

from evalsuite.answers import parse_steps


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("1: 5\n2: 12\n3: -4", {1: "5", 2: "12", 3: "-4"}),
        ("Step 1: 3 + 2 = 5\nSTEP 2: 5 + 7 = 12", {1: "5", 2: "12"}),
        ("1. start with 5\n2) 5 + 7 = 12.", {1: "5", 2: "12"}),
        ("- Step 1: 5\n**Step 2:** 12\n**2** : 13\n  3: 8", {1: "5", 2: "12", 3: "8"}),
        ("1: 5\n1: 6", {1: "5"}),
        ("1: nothing yet\n1: 6", {1: "6"}),
        ("1:5", {1: "5"}),
        ("1: 1,234 and \u22123", {1: "\u22123"}),
        ("2: 1/2\n1: 7", {2: "1/2", 1: "7"}),
        ("answer: 8", {}),
        ("1: 5\nAnswer: 8\n2: answer: 9", {1: "5"}),
        ("1.5 is not a step, nor 3", {}),
        ("In step 4: 5", {}),
        ("1", {}),
        ("1:", {}),
        ("1: x2", {}),
        ("1234567: 5", {}),
        ("\u0661: 5", {}),
        ("1: 5\r\n2: 6\r\n", {1: "5", 2: "6"}),
        ("", {}),
    ],
)
def test_states(text: str, states: dict[int, str]) -> None:
    assert parse_steps(text) == states
    assert list(parse_steps(text)) == list(states)
