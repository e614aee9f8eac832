"""Generated pairs of model outputs and right answers, in the styles of grade-school and competition mathematics."""

from __future__ import annotations

import random
from fractions import Fraction

__all__ = ["FRAGMENTS", "grade_school_outputs", "number_styles"]

ENDINGS = (
    "#### {}",
    "A: {}",
    "The answer is {}.",
    "answer: {}",
    "**Final Answer:** {}",
    "So the answer is $\\boxed{{{}}}$.",
    "\\boxed{{{}}}",
    "Thus, the correct answer is therefore **{}**. (I checked this 3 times.)",
    "That makes {} in all.",
    "#### {}\nHope this helps! Ask me 2 more.",
    "Answer:\n\n{}",
    "Final answer: {} \u2014 done.",
)
SENTENCES = (
    "{name} has {a} marbles and buys {b} more, so {a} + {b} = {c}.",
    "First, {a} * {b} = <<{a}*{b}={c}>>{c} \u20ac.",
    "{name} pays ${a}.50 on the 2nd day (that is {b}% of it).",
    "We divide by {b}: {a}/{b}.",
    "Step 1: {c} - {a} = {b}",
    "**Step 2:** the answer to the first part is {b}, not {a}",
)
NAMES = ("Ana", "Zo\u00eb", "Mr. Li", "\u0645\u0631\u064a\u0645")
FRAGMENTS = [
    *("\\boxed{", "\\\\boxed {", "boxed{", "{", "}", "\\{", "\\}", "\\", "$", "$$", "\\$", "\\(", "\\)", "\\[", "\\]"),
    *("answer:", "ANSWER =", "answer**: ", "answer\uff1a", "An\u017fwer: ", "the answer is ", "answer was, therefore "),
    *("answer  equals: just ", "answer is", "answer", "#### ", "####", "#####", "#", "\n", "\n\n", " ", "  ", "\t"),
    *("1", "2", "18", "0", "1,234", "1,23", ",", ".", "1.50", ".5", "5.", "1e3", "E-2", "1/2", "/", "2 1/2", "3/0"),
    *("^", "10^", ":", "-", "+", "\u2212", "\u2013", "%", "\\%", " percent", "per cent ", "\\frac{1}{2}", "\\dfrac{3"),
    *("}{4}", "\\sqrt{", "sqrt(", "\\pi", "2nd", "3rd", "(", ")", "[", "]", "*", "**", "_", "__", "`", '"', "'"),
    *("\u201c", "\u201d", "\u2019", "!", "?", ";", "=", "x = ", "<=", "~", "\u20ac", "\u00a3", "\u00a5", "$5", "km/h"),
    *(
        "eggs",
        "dollars",
        "Dollar",
        "m",
        "s",
        "k",
        "\u212a",
        "dozen",
        "pi",
        "not",
        "blue",
        "well-known",
        "don't",
        "north",
    ),
    *(
        "seven",
        "twenty-one",
        "(B)",
        "Dr. ",
        "mrs. ",
        " (aside)",
        "\\text{",
        "\\textbf{a}",
        "\\left(",
        "\\right)",
        "\\,",
    ),
    *("\\;", "\\ ", "{,}", "\u0661\u0668", "\uff11\uff18", "\u066b", "\uff0e", "\uff05", "\u200f", "\u202e", "\u00e9"),
    *(
        "e\u0301",
        "\u00df",
        "\u0130",
        "\u4e2d",
        "\U0001f600",
        "\ud800",
        "\x00",
        "\x1c",
        "\x85",
        "\u00a0",
        "\u3000",
        "\u00b2",
    ),
    *(
        "\u00b0",
        "\u2014",
        "\u2026",
        "123456789012345678",
        "0.6666666666",
        "2/3",
        "0.67",
        "-0.66",
        "1e99",
        "1e-30",
        "99999999999999999/3",
    ),
    *(
        "</think>",
        " (or 19)",
        " (eggs",
        " (I checked this twice)",
        "! ",
        "? ",
        ". No, ",
        ". x",
        ". It",
        "B. ",
        "x!",
        "f'",
    ),
    *("tenths", "lakh", "mW", "MW", "L", "per ", "glass", "buses", "XVIII", "dieciocho", "-x", "x - y", "half of x = "),
    *(
        "y = ",
        "wrong",
        "brilliants",
        "fifteenths",
        "Room ",
        "F(X)",
        "...",
        "\\boxed{18}",
        "miles",
        "mile",
        " a ",
        "USD",
    ),
]


def number_styles(rng: random.Random, value: Fraction) -> str:
    """Write a number in one of the ways models do."""
    whole = value.denominator == 1
    styles = [str(value)] if whole or rng.random() < 0.5 else [f"\\frac{{{value.numerator}}}{{{value.denominator}}}"]
    if whole:
        number = value.numerator
        styles += [
            f"{number:,}",
            f"${number:,}",
            f"{number}.00",
            f"{number} eggs",
            f"${number}$",
            f"{number}\\text{{ cm}}",
        ]
        styles += [
            f"+{number}" if number >= 0 else f"\u2212{-number}",
            f"\\${number}",
            f"{number} dollars",
            f"{number}.",
        ]
        styles += [str(number).translate({48 + i: 0x660 + i for i in range(10)}), f"x = {number}", f"{number}e0"]
    elif 100 % value.denominator == 0:
        styles += [f"{float(value):.2f}", f"{float(value)}", f"${float(value):.2f}"]
    return rng.choice(styles)


def grade_school_outputs(n: int, seed: int) -> list[tuple[str, str]]:
    """Return outputs and the right answers, about half of which they state."""
    rng = random.Random(seed)
    pairs = []
    for _ in range(n):
        value = Fraction(rng.randrange(-200, 5000), rng.choice((1, 1, 1, 1, 2, 3, 4, 100)))
        said = value if rng.random() < 0.6 else value + rng.choice((1, -1, 10, Fraction(1, 2), value))
        lines = []
        for _ in range(rng.randrange(1, 6)):
            a, b = rng.randrange(2, 90), rng.randrange(2, 90)
            lines.append(rng.choice(SENTENCES).format(name=rng.choice(NAMES), a=a, b=b, c=a + b))
        lines.append(rng.choice(ENDINGS).format(number_styles(rng, said)))
        pairs.append(("\n".join(lines), number_styles(rng, value) if rng.random() < 0.3 else str(value)))
    return pairs


def number_pairs(n: int, seed: int) -> list[tuple[str, str, bool]]:
    """Return an answer, the right one, and whether they are equal: numbers as grade-school tasks have them."""
    rng = random.Random(seed)
    pairs = []
    for _ in range(n):
        value = Fraction(rng.randrange(-200, 5000), rng.choice((1, 1, 1, 1, 2, 4, 100)))
        said = value if rng.random() < 0.6 else value + rng.choice((1, -1, 10, Fraction(1, 2), value))
        pairs.append((number_styles(rng, said), str(value), said == value))
    return pairs


def expression_pairs(n: int, seed: int) -> list[tuple[str, str, bool]]:
    """Return an answer, the right one, and whether they are equal: expressions as competitions have them."""
    rng = random.Random(seed)
    makers = (_root, _fraction, _product, _angle, _point, _interval, _power, _set, _line, _sum)
    return [rng.choice(makers)(rng) for _ in range(n)]


def _root(rng: random.Random) -> tuple[str, str, bool]:
    k, m, n = rng.randrange(2, 7), rng.randrange(2, 6), rng.choice((2, 3, 5, 7, 11))
    off = rng.choice((0, 0, 1))
    return f"{k}\\sqrt{{{m * m * n}}}", f"{k * m + off}\\sqrt{{{n}}}", off == 0


def _fraction(rng: random.Random) -> tuple[str, str, bool]:
    a, b, k, off = rng.randrange(1, 30), rng.randrange(2, 30), rng.randrange(2, 5), rng.choice((0, 0, 1))
    return f"\\dfrac{{{k * a + off}}}{{{k * b}}}", f"\\frac{{{a}}}{{{b}}}", off == 0


def _product(rng: random.Random) -> tuple[str, str, bool]:
    a, b, off = rng.randrange(1, 9), rng.randrange(1, 9), rng.choice((0, 0, 1))
    return f"(x+{a})(x-{b})", f"x^2 + {a - b + off}x - {a * b}".replace("+ -", "- "), off == 0


def _angle(rng: random.Random) -> tuple[str, str, bool]:
    a, b, k, off = rng.randrange(1, 9), rng.randrange(2, 9), rng.randrange(2, 4), rng.choice((0, 0, 1))
    return f"\\frac{{{k * a + off}\\pi}}{{{k * b}}}", f"\\frac{{{a}\\pi}}{{{b}}}", off == 0


def _point(rng: random.Random) -> tuple[str, str, bool]:
    a, b, off = rng.randrange(-9, 9), rng.randrange(1, 9), rng.choice((0, 0, 1))
    return f"({a}, \\frac{{{2 * b + off}}}{{4}})", f"({a},\\frac{{{b}}}{{2}})", off == 0


def _interval(rng: random.Random) -> tuple[str, str, bool]:
    a, b = rng.randrange(-9, 0), rng.randrange(1, 9)
    other = rng.choice(("[", "[", "("))
    return f"{other}{a}, {b})", f"[{a},{b})", other == "["


def _power(rng: random.Random) -> tuple[str, str, bool]:
    a, b, off = rng.randrange(2, 6), rng.randrange(2, 9), rng.choice((0, 0, 1))
    return f"{a}^{{{b}}}", str(a**b + off), off == 0


def _set(rng: random.Random) -> tuple[str, str, bool]:
    values = rng.sample(range(-9, 9), 3)
    off = rng.choice((0, 0, 30))
    said = [values[2], values[0] + off, values[1]]
    return "\\{" + ", ".join(map(str, said)) + "\\}", "\\{" + ",".join(map(str, values)) + "\\}", off == 0


def _line(rng: random.Random) -> tuple[str, str, bool]:
    a, b, off = rng.randrange(2, 9), rng.randrange(1, 9), rng.choice((0, 0, 1))
    return f"y = {b} + {a}x", f"y={a + off}x+{b}", off == 0


def _sum(rng: random.Random) -> tuple[str, str, bool]:
    a, b, off = rng.randrange(1, 20), rng.choice((2, 3, 5)), rng.choice((0, 0, 1))
    return f"\\sqrt{{{b}}} + {a}", f"{a + off}+\\sqrt{{{b}}}", off == 0
