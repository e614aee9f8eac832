"""Answers that look right or wrong and are not: signs, units, asides, dates, boxes and what is said of other names."""

from __future__ import annotations

import pytest

from evalsuite.answers import answer_key, compare_answers, extract_answer, verify
from evalsuite.answers.algebra_pool import is_installed
from evalsuite.answers.words import MATHEMATICS, NOUNS, NUMBERS, SCALES, SYMBOLS, is_no_unit, is_number_word
from evalsuite.kernels.answers import FINDINGS
from evalsuite.kernels.answers import compare_answers as compare_by_kernel

needs_algebra = pytest.mark.skipif(not is_installed(), reason="math-verify is not installed (extra math)")

SIGNS = [
    *(("-x", "x"), ("-i", "i"), ("-pi", "pi"), ("-infinity", "infinity"), ("-seven", "seven"), ("A-", "A")),
    *(("O-", "O"), ("B-", "B"), ("A", "A-"), ("f'", "f"), ("x - y", "x, y"), ("n!", "n")),
    *(("\\sqrt{-1}", "i"), ("\\pi", "pi"), ("x+", "x"), ("x=", "x")),
]
NO_UNITS = [
    *("3 tenths", "5 sixths", "2 hundredths", "5 eighths", "5 lakh", "5 crore", "7 grand", "7 gross", "7 quadrillion"),
    *("7 mio", "7 mrd", "7 mln", "7 Millionen", "7 \u0442\u044b\u0441\u044f\u0447", "5\u767e\u4e07", "5\u4e07\u5186"),
    *("5\u4e07", "18M", "$18M", "$18 m", "7 pct", "7 percentage points", "7 permille", "7 bps", "7 basis points"),
    *("2xy", "6ab", "2m", "2 sin x", "2 ln x", "2 theta", "2 x eggs", "5\u00bd cups", "5 \u00bd cups", "5\u00b2\u00b3"),
    *("10\u00b2 cm", "2 wrong", "2 incorrect", "2 never", "2 negative", "7 maybe", "18ish", "18th", "101 binary"),
    *("101 in binary", "2 tens", "2 twos", "5 AM", "18 KM"),
]
UNITS = [
    *("18 eggs", "18 dollars", "$18 dollars", "18 cm", "18cm", "18 km/h", "18 m", "18 s", "18 L", "18 sq ft", "18 kg"),
    *("18 people", "18 miles per hour", "18 cups of flour", "18 red apples", "18 hours a day", "18 in total"),
    *("18 Days", "18-mile", "18 square feet", "18 USD"),
]
OTHER_UNITS = [
    *(("18 s", "18 m"), ("18 ms", "18 m"), ("18 m", "18 s"), ("5 mW", "5 MW"), ("5 Mm", "5 mm"), ("5 Pa", "5 pA")),
    *(("5 MB", "5 Mb"), ("5 mA", "5 MA"), ("18 s", "18 eggs"), ("$18m", "18000000")),
]
DROPPED = [
    *("18 (thousand)", "18 (in millions)", "18 (%)", "18 (not)", "18 (minus 3)", "18 (million)", "18 (x+1)", "18 (ab)"),
    *(
        "18. million",
        "18. Million",
        "18 (or 19)",
        "18. (or 19)",
        "18. Or 19.",
        "18? No: 19",
        "18. No, 19.",
        "18! I checked.",
        "18. Nope, 19.",
        "18. Hold on, 19.",
        "18. Never mind.",
    ),
    *("18!", "18 (it is not 18 as I said)", "18 (eggs) + 3", "18 (7)", "18...", "18.. 5", "18. 5"),
]
REMARKS = [
    *(
        "18 (eggs)",
        "18 (as before).",
        "18. (I checked this 3 times.)",
        "18 (I checked. Twice.)",
        "18. I hope it helps.",
    ),
    *("**18**. Next?", "18 (see above)", "18.", "18 eggs. They are red."),
]
BOXES = [
    *("not \\boxed{18}", "-\\boxed{18}", "\\boxed{18} million", "2\\boxed{18}", "\\boxed{18}^2", "\\boxed{18}\\%"),
    *("\\frac{1}{\\boxed{18}}", "\\boxed{18} or \\boxed{19}", "\\boxed{1}8", "\\boxed{18}!", "\\boxed{18} (or 19)"),
]
BARE_BOXES = [
    *("\\boxed{18}", "$\\boxed{18}$.", "**\\boxed{18}**", "$$\\boxed{18}$$", "\\(\\boxed{18}\\)", "`$\\boxed{18}$`"),
    *("The final answer is $\\boxed{18}$. I hope it is correct.", "\\boxed{18.} (I checked.)", "\\boxed{18 eggs}."),
]
EQUATIONS = [
    *("x not = 7", "not x = 7", "x cannot = 7", "x =/= 7", "half of x = 7", "twice x = 7", "minus x = 7"),
    *("x squared = 7", "3 += 7", "x ~= 7", "x \u2260 7", "sin(x) = 7"),
]
NAMES = [("xy=0", "x=0"), ("loss = 5", "profit = 5"), ("y = 3", "x = 3"), ("X = 3", "x = 3")]
CASES = [
    *(("\\Delta", "\\delta"), ("\\Gamma(x)", "\\gamma(x)"), ("\\pi r^2", "\\pi R^2"), ("X+2x", "x+2X")),
    *(("\\frac{1}{x}", "\\frac{1}{X}"), ("f(x)", "F(x)"), ("2x", "2X"), ("x - Y", "X - y")),
]
NUMERALS = [
    "XVIII",
    "xviii",
    "dieciocho",
    "dix-huit",
    "achtzehn",
    "gross",
    "sixth",
    "\u0432\u043e\u0441\u0435\u043c\u044c",
]


@pytest.mark.parametrize("algebra", [False, pytest.param(True, marks=needs_algebra)])
@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        *SIGNS,
        *((answer, answer[: len(answer) - len(answer.lstrip("$0123456789"))].strip("$")) for answer in NO_UNITS),
        *OTHER_UNITS,
        *((answer, "18") for answer in (*DROPPED, *BOXES)),
        *((answer, "7") for answer in EQUATIONS),
        *NAMES,
        *CASES,
        *((answer, "18") for answer in NUMERALS),
        *(("0.3...", "0.3"), ("0.333...", "0.333"), ("\\sin 30^\\circ", "\\sin 30"), ("approx. 18", "18")),
    ],
)
def test_is_undecided(answer: str, gold: str, algebra: bool) -> None:
    found = verify(f"So it is.\nanswer: {answer}", gold, algebra=algebra, deadline_seconds=60)
    assert found.verdict == "undecided", found


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        *((answer, "18") for answer in (*UNITS, *REMARKS, *BARE_BOXES)),
        *(
            ("5 Days", "5 day"),
            ("5 usd", "$5"),
            ("(b)", "B"),
            ("B. blue", "B"),
            ("B. 18", "B"),
            ("B. -5", "B"),
            ("b", "B"),
            ("Room 3", "room 3"),
        ),
        *(("x = 7", "7"), ("x = 7", "x=7"), ("f(2) = 3 + 4 = 7", "7"), ("total cost = 7", "7"), ("= 7", "7")),
        *(
            ("Yes!", "yes"),
            ("well-known", "Well-known"),
            ("don't", "Don't"),
            ("north...", "north"),
            ("T-shirt", "t-shirt"),
        ),
    ],
)
def test_is_right(answer: str, gold: str) -> None:
    found = verify(f"So it is.\nanswer: {answer}", gold, algebra=False)
    assert found.verdict == "right", found


@pytest.mark.parametrize(("answer", "gold"), [("\u03c0", "pi"), ("\u221e", "infinity"), ("\\frac{2x}{2}", "x")])
def test_another_way_to_write_a_word_is_not_wrong(answer: str, gold: str) -> None:
    assert verify(f"answer: {answer}", gold, algebra=False).verdict == "undecided"


@pytest.mark.parametrize(
    ("answer", "gold"),
    [("-y", "x"), ("18", "19"), ("19 s", "18 s"), ("y = 4", "x = 3"), ("19. I hope it helps.", "18"), ("NaN", "18")],
)
def test_is_wrong(answer: str, gold: str) -> None:
    assert verify(f"answer: {answer}", gold, algebra=False).verdict == "wrong"


def test_a_minus_before_a_box_of_a_letter() -> None:
    assert verify(r"Therefore \boxed{-x}", r"\boxed{x}").verdict == "undecided"


@needs_algebra
@pytest.mark.parametrize(
    ("answer", "gold", "verdict"),
    [
        # what is no arithmetic
        ("2024-05-03", "2024-03-05", "undecided"),
        ("2/4/2020", "1/2/2020", "undecided"),
        ("5-7", "6-8", "undecided"),
        ("5\u20137", "6\u20138", "undecided"),
        ("5-7", "-2", "undecided"),
        ("3-1", "4-2", "undecided"),
        ("555-1234", "556-1235", "undecided"),
        ("10:30", "20:60", "undecided"),
        ("5-7, 1", "6-8, 1", "undecided"),
        # units, constants and notations that are read as something else
        ("18\u00b0C", "18", "undecided"),
        ("18 m^2", "18", "undecided"),
        ("18m^2", "18", "undecided"),
        ("18k", "18000", "undecided"),
        ("1x10^3", "1000", "undecided"),
        ("2(3)", "6", "undecided"),
        ("5C2", "10", "undecided"),
        ("\\sin 30^\\circ", "1/2", "undecided"),
        ("90^\\circ", "\\frac{\\pi}{2}", "undecided"),
        ("90^\\circ", "90", "right"),
        ("90\u00b0", "90^{\\circ}", "right"),
        ("i", "\\sqrt{-1}", "undecided"),
        ("e^{i\\pi}", "-1", "undecided"),
        ("5!", "120", "right"),
        ("5!", "100", "wrong"),
        ("18!", "18", "undecided"),
        ("18! + 3", "18", "wrong"),
        # names and repetition
        ("-x, y", "x, -y", "wrong"),
        ("x=1, y=2", "x=2, y=1", "wrong"),
        ("a=3, b=5", "a=5, b=3", "wrong"),
        ("y=2, x=1", "x=1, y=2", "right"),
        ("y=\\sqrt{4}, x=1", "x=1, y=2", "right"),
        ("x=1, y=2", "x=1, z=2", "undecided"),
        ("y = \\sqrt{9}", "x = 3", "undecided"),
        ("1, 1, 2", "1, 2", "undecided"),
        ("1, 1, 2", "1, 2, 2", "undecided"),
        ("2, 1, 1", "1, 1, 2", "right"),
        ("\\{1,1,2\\}", "\\{1,2\\}", "right"),
        # capital letters
        ("2A+B", "B+2A", "right"),
        ("2A+B", "B+3A", "wrong"),
        ("2A+a", "2a+A", "undecided"),
    ],
)
def test_by_algebra(answer: str, gold: str, verdict: str) -> None:
    found = verify(f"answer: {answer}", gold, deadline_seconds=60)
    assert found.verdict == verdict, found


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("5 million", ("5",)),
        ("5 Millions", ("5",)),
        ("5-hundred", ("5",)),
        ("5 dozen", ("5",)),
        ("5 percent", ("5",)),
        ("5k", ("5",)),
        ("5x", ("5",)),
        ("5\u4e07", ("5",)),
        ("5\u00bd", ("5",)),
        ("5 \u00bd", ("5",)),
        ("5\u20446", ("5", "6")),
        ("10\u00b2", ("10", "2")),
        ("10\u207b\u00b3", ("10", "3")),
        ("10^-3", ("10", "3", "-3")),
        ("10^{-3}", ("10", "3", "-3")),
        ("10^{3}", ("10", "3")),
        ("5 \\times 10^3", ("5", "10", "3")),
        ("5\u00d710\u00b3", ("5", "10", "3")),
        ("5 x 10^{-3}", ("5", "10", "3", "-3")),
        ("5\\,000", ("5", "000", "0")),
        ("5{,}000", ("5", "000", "0")),
        ("5 000", ("5", "000", "0")),
        ("5\u202f000", ("5", "000", "0")),
        ("12'345'678", ("12", "678", "345")),
        ("5_000", ("5", "000", "0")),
    ],
)
def test_no_part_of_a_number_is_the_last_one(number: str, parts: tuple[str, ...]) -> None:
    for text in (f"so we get {number}", f"so {number}, as I said.", f"{number} is what 7 of them have.\nSo {number}."):
        found = extract_answer(text)
        assert (found.rule, found.text) == ("last_number", number)
        assert "right" not in [verify(text, part).verdict for part in parts]


BESIDE = [
    *("x = \u20115", "x = \uff0d5", "x = -**5**", "so -(5)", "-{5}", "x = (- 5)", "x \\approx - 5", "\u2192 -`5`"),
    *("is minus 5", "negative 5", "**5** million", "5 **million**", "$5$ million", "5 \\text{ million}", "5\\text{k}"),
    *("5\u00a0million", "5  million", "5 M", "5 k", "**5**%", "$5$%", "5$\\%$", "5\uff05", "5 \u2030", "5 per cent"),
    *(
        "5\u03c0",
        "5 pi",
        "5\\,\\pi",
        "5\\,\\sqrt{2}",
        "5 tenths",
        "5 halves",
        "5 squared",
        "5 factorial",
        "5^n",
        "5^{n}",
    ),
    *("5 mod 7", "e^{5}", "\\frac{x}{5}", "\\frac{5}{x}", "1 / 5", "\u221a5", "\\sqrt 5", "\\ln 5"),
    *(
        "12 - 5",
        "12-5",
        "12 + 5",
        "12 mod 5",
        "x > 5",
        "x \u2260 5",
        "not 5",
        "4 or 5",
        "0.5...",
        "0.3(5)",
        "101_5",
        "5_2",
    ),
    *("\\log(5)", "12 \\times 5", "x \\neq 5"),
]
BOXES = [
    *("-\\boxed{5}", "So the answer is -\\boxed{5}", "Thus $x = -\\boxed{5}$.", "\\boxed{5} million", "\\boxed{5}\\%"),
    *(
        "\\boxed{5}\\pi",
        "2\\boxed{5}",
        "\\boxed{5}^2",
        "10^{\\boxed{5}}",
        "\\sqrt{\\boxed{5}}",
        "\\frac{1}{\\boxed{5}}",
    ),
    *("x \\neq \\boxed{5}", "x > \\boxed{5}", "\\boxed{6} or \\boxed{5}", "x\\boxed{5}", "not \\boxed{5}"),
]


@pytest.mark.parametrize("text", [*BESIDE, *BOXES])
def test_what_stands_beside_it_may_make_another_number(text: str) -> None:
    found = verify(text, "5", algebra=False)
    assert found.verdict != "right", found


@pytest.mark.parametrize(
    "text",
    [
        *(
            "so it is **5**.",
            "x = $5$",
            "=> 5 of them",
            "<answer>5</answer>",
            "Total - 5",
            "of them:\n- 5",
            "(5)",
            "5 m long",
        ),
        *("5^\\circ", "5$^{\\circ}$ C", "5 per hour", "It is 5!", '"5"', "5, or so", "Yes, 5."),
        *(
            "$$\\boxed{5}$$",
            "\\[ x = \\boxed{5} \\]",
            "\\implies\\boxed{5}",
            "\\boxed{5}!",
            "**\\boxed{5}**",
            "\\boxed{5} eggs",
        ),
        *("\\boxed{5}^\\circ", "\\therefore \\boxed{5}", "4 \\cdot 2 - 3 = \\boxed{5}", "\\boxed{5}\\text{ cm}"),
    ],
)
def test_what_stands_beside_it_may_say_nothing(text: str) -> None:
    assert verify(text, "5", algebra=False).verdict == "right"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so x = - 5", "- 5"),
        ("so it is: \u2212 5.", "\u2212 5"),
        ("- 5", "- 5"),
        ("so = -5", "-5"),
        ("7 - 5", "7 - 5"),
        ("Total - 5", "5"),
        ("of them:\n- 5", "5"),
        ("5 pears, of which", "5"),
        ("5kg of it", "5kg"),
        ("5.Then", "5"),
        ("5 x 10", "10"),
    ],
)
def test_what_else_stands_at_the_last_number(text: str, answer: str) -> None:
    assert extract_answer(text).text == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>answer: 17</think>\n18", "18"),
        ("<think>answer: 17</think>\nanswer: 18", "18"),
        ("<think>It is 17, no:\nanswer: 18</think>", "18"),
        ("</think></think> so 18", "18"),
        ("<think>answer: 17</think> I do not know.", None),
    ],
)
def test_what_is_thought_is_not_said(text: str, answer: str | None) -> None:
    assert extract_answer(text).text == answer


def test_the_kernel_knows_every_word() -> None:
    words = sorted(NUMBERS | SCALES | MATHEMATICS)
    found = compare_by_kernel(words, ["18"] * len(words))
    assert {FINDINGS[one] for one in found} == {"expression"}
    assert all(is_number_word(word) or word in MATHEMATICS for word in words)
    units = sorted(SYMBOLS | NOUNS)
    taken = [unit for unit in units if compare_answers(f"18 {unit}", "18") != "right"]
    assert taken == []
    assert not [unit for unit in units if is_no_unit(unit.lower())]


def test_keys_keep_the_case_of_mathematics() -> None:
    assert [answer_key(text) for text in ("\\Delta", "2X", "North Gate", "Room 3")] == [
        *("\\Delta", "2X", "north gate", "room 3"),
    ]
