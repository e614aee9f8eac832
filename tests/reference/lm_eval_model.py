"""A model without weights: what it writes and how it rates texts follows from the prompt, by rules anyone can apply."""

from __future__ import annotations

import re

ANSWERS = (
    "The sum.\n#### {right}",
    " {right}",
    "#### {wrong}.",
    "I would say {right}, or maybe ${wrong}",
    "no idea",
    "{wrong} then {right:,}",
    "{right}.\n#### {right:,}.",
)


def write(prompt: str, repeat: int) -> str:
    """Return what the model writes after a prompt, before any stop string."""
    asked = re.findall(r"What is (\d+) plus (\d+)\?", prompt)
    if asked:
        right = sum(map(int, asked[-1]))
        return ANSWERS[(right + 2 * repeat) % len(ANSWERS)].format(right=right, wrong=right + 1)
    words = prompt.split()
    if words[0] == "Repeat:":
        return " ".join(words[2:-1] if len(words) % 2 else [words[-1], *words[1:-1]])
    return words[-3] if len(prompt) % 2 else " ".join(words[-4:-2])


def rate(prompt: str, choice: str) -> tuple[float, bool]:
    """Return the log-probability of a choice after a prompt, and whether greedy decoding would write it."""
    number = sum(3 * ord(letter) for letter in choice) + len(prompt)
    return -(number % 101) / 8.0 - 0.5 * len(choice), number % 3 == 0


def rate_text(text: str) -> float:
    """Return the log-probability of a whole text."""
    return -1.25 * len(text) - text.count(" ")
