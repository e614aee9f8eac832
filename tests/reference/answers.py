"""How a final answer is found: the slow, obvious twin of the kernel."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from evalsuite.answers.extraction import Extraction
from evalsuite.answers.normalisation import DIGITS, MAX_ANSWER, normalise_answer, unwrap
from evalsuite.answers.quantity import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["extract_answer"]

_FOUND = re.compile(
    r"""(?<![\w.^/)\]}])(?<!sqrt[{(\[])
    (?>[-+\u2212\u2013]? (?:\\?[$€£¥]\ ?)? [-+\u2212\u2013]?
       (?: \\[dt]?frac\{[0-9]{1,300}\}\{[0-9]{1,300}\}
         | (?:[0-9]{1,300}\ (?=[0-9]{1,300}/[0-9]))? \.?[0-9][0-9.,/^:]* (?:[eE][-+]?[0-9]+)? )
       (?:\ ?\\?%)?)
    (?!(?:st|nd|rd|th)\b) (?!\ ?\\(?:sqrt|[dt]?frac|pi|cdot|times))""",
    re.VERBOSE,
)
_MOST_READ = 1_000_000  # characters, from the end
_MOST_TRIED = 100  # occurrences of a rule, from the last
_MARKER = re.compile(r"(?<!\w)answer[*_ \t]{0,4}[:\uff1a=]|(?<!\#)\#{4}(?!\#)", re.IGNORECASE)
_SENTENCE = re.compile(
    r"(?<!\w)answer\s{1,4}(?:is|was|equals)(?!\w)(?:[\s,:]{0,4}(?:therefore|thus|then|hence|simply|just|indeed)(?!\w))?[,:]?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[ \t]*[0-9]+[.)][ \t]+\S")
_BRACES = re.compile(r"\\{1,2}boxed\s{0,4}\{|\\[\\{}]|[{}]")
_SENTENCE_END = re.compile(r"[.!?](?=[\s*_\"')\]\u201d]|$)")
_TITLE = re.compile(r"(?:^|\s)(?:mr|mrs|ms|dr|st|mt|no|vs|prof)$", re.IGNORECASE)
_CLOSING_ASIDE = re.compile(r"\([^()]{0,500}\)[\s.!]{0,20}$")


def extract_answer(text: str) -> Extraction:
    """What `evalsuite.answers.extract_answer` finds."""
    text = text[-_MOST_READ:].translate(DIGITS)
    for found in _marked(text):
        return Extraction(text=found, rule="marker")
    boxed = _last_boxed(text)
    if boxed:
        return Extraction(text=boxed, rule="boxed")
    for match in reversed(_last_matches(_SENTENCE, text)):
        found = _trim(_line_from(text, match.end()))
        if found:
            return Extraction(text=found, rule="sentence")
    number = _last_number(text)
    if number is not None:
        return Extraction(text=number, rule="last_number")
    return Extraction(text=None, rule="none")


def _marked(text: str) -> Iterator[str]:
    stop = len(text.rstrip())
    for match in reversed(_last_matches(_MARKER, text)):
        line = _line_from(text, match.end())
        found = _trim(line)
        if not found:
            continue
        if match.group().endswith("#"):  # also a heading: a number, or the last line of all
            newline = text.find("\n", match.end())
            last = newline == -1 or newline >= stop
            is_number = parse_quantity(normalise_answer(found[:MAX_ANSWER])) is not None
            if not last and (not is_number or _NUMBERED.match(line)):
                continue
        yield found


def _last_matches(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    matches: list[re.Match[str]] = []
    for match in pattern.finditer(text):
        matches.append(match)
        if len(matches) >= 2 * _MOST_TRIED:
            del matches[:_MOST_TRIED]
    return matches[-_MOST_TRIED:]


def _line_from(text: str, start: int) -> str:
    """Return the rest of the line from `start` or, if it is empty but for markup, the next line that is not."""
    window = text[start : start + 2 * MAX_ANSWER]
    for line in window.split("\n")[:4]:
        if unwrap(line.strip(" \t*_$")):
            return line
    return ""


def _trim(line: str) -> str:
    """Cut an answer's line down to the answer: what is boxed in it, or its first sentence without an aside."""
    boxed = _last_boxed(line)
    if boxed:
        return boxed
    for match in _SENTENCE.finditer(line):
        return _trim_sentence(line[match.end() :])
    return _trim_sentence(line)


def _trim_sentence(line: str) -> str:
    line = line.strip(" \t*_")
    for match in _SENTENCE_END.finditer(line):
        if match.start() and not _TITLE.search(line[max(0, match.start() - 6) : match.start()]):
            line = line[: match.start()]
            break
    aside = line.find(" (")
    if aside > 0:
        line = line[:aside]
    return unwrap(line)[: MAX_ANSWER + 1]


def _last_boxed(text: str) -> str:
    r"""Return what the last ``\boxed{...}`` that has balanced braces and is not empty holds, or an empty string."""
    open_braces: list[int] = []  # where the content of each box starts; -1 for other braces
    start = end = -1
    for match in _BRACES.finditer(text):
        token = match.group()
        if token.endswith("{") and token != "\\{":
            open_braces.append(match.end() if "boxed" in token else -1)
        elif token == "}" and open_braces:
            opened = open_braces.pop()
            if opened > start and text[opened : min(match.start(), opened + MAX_ANSWER)].strip():
                start, end = opened, match.start()
    return unwrap(text[start : min(end, start + MAX_ANSWER + 1)]) if start >= 0 else ""


def _last_number(text: str) -> str | None:
    """Return the last number, those in a closing aside only if there is no other."""
    aside = _CLOSING_ASIDE.search(text[-600:])
    body = text[: len(text) - len(aside.group())] if aside else text
    for part in (body, text):
        number = _last_number_of(part)
        if number is not None:
            return number[: MAX_ANSWER + 1]
    return None


def _find_numbers(text: str) -> Iterator[str]:
    """Yield what looks like a number in `text`, as written, from left to right, in time linear in the text.

    A run such as ``10^10^8``, ``10:30`` or ``3/4/5`` stays whole, so that no part of it passes for a number.
    """
    for match in _FOUND.finditer(text):
        yield match.group().rstrip(".,/^:")


def _last_number_of(text: str) -> str | None:
    """Return the last of `_find_numbers`, if any."""
    last = deque(_find_numbers(text), maxlen=1)
    return last[0] if last else None
