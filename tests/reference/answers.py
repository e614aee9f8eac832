"""How a final answer is found: the slow, obvious twin of the kernel."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from evalsuite.answers.extraction import Extraction
from evalsuite.answers.normalisation import DIGITS, MAX_ANSWER, normalise_answer, unwrap
from evalsuite.answers.quantity import parse_quantity
from evalsuite.answers.words import SCALE_PARTS, SCALES, is_denial, is_no_unit, is_retraction
from tests.reference.neighbours import widened

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["extract_answer", "last_number_of"]

_SCALES = "|".join(sorted(SCALES, key=len, reverse=True))
_SCALE = f"(?ai:[a-z]{{0,24}}(?:{'|'.join(SCALE_PARTS)})[a-z]{{0,24}}|(?:{_SCALES})s?)"
_SEPARATOR = r"(?:[ '_\u00a0\u2009\u2019\u202f]|\\[,!; ]|\{,\})"
_RAISED = "\u00b2\u00b3\u00b9\u2070\u2074-\u207b"
_CARET = r"(?:\{[-+\u2212\u2013]?[0-9]{1,300}\}|\([-+\u2212\u2013]?[0-9]{1,300}\)|[-+\u2212\u2013][0-9]+)"
_FOUND = re.compile(
    rf"""(?<![\w.^/)\]}}])(?<!sqrt[{{(\[])
    (?>[-+\u2212\u2013]? (?:\\?[$€£¥]\ ?)? [-+\u2212\u2013]?
       (?: \\[dt]?frac\{{[0-9]{{1,300}}\}}\{{[0-9]{{1,300}}\}}
         | (?:[0-9]{{1,300}}\ (?=[0-9]{{1,300}}/[0-9]))?
           (?:[0-9]{{1,3}}(?:{_SEPARATOR}[0-9]{{3}}(?![0-9]))+(?:[.,][0-9][0-9.,/^:]*)? | \.?[0-9][0-9.,/^:]*)
           (?:(?<=\^){_CARET} | (?<!\^)[eE][-+]?[0-9]+ | (?<![.,/^:])[{_RAISED}]+)?
           (?:(?<![.,/^:])(?:\ ?[\u00bc-\u00be\u2150-\u215e\u2189]|\u2044[0-9]+))?
           (?:(?<![.,/^:])\ ?(?:[\u00d7\u00b7x*]|\\times|\\cdot)\ ?10(?:\^(?:[0-9]+|{_CARET})|[{_RAISED}]+))? )
       (?:\ ?\\?%)?)
    (?!(?:st|nd|rd|th)\b) (?!\ ?\\(?:sqrt|[dt]?frac|pi|cdot|times))
    (?:(?<![.,/^:])(?:[A-Za-z]+|[\ -]?(?:[十百千万萬亿億兆]|(?![A-Za-z]{{25}}){_SCALE}(?!\w))))?""",
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
_SENTENCE_END = re.compile(r"(?<!\.)[.!?](?=[\s*_\"')\]\u201d]|$)")
_BEHIND_SENTENCE = re.compile(r"[\s*_\"')\]\u201d]*(?:(?P<word>[A-Za-z]+)|(?P<other>.))?", re.DOTALL)
_FACTORIAL = re.compile(r"(?:.*[0-9)}\]]|(?:.*\W)?[a-zA-Z])!", re.DOTALL)
_SHORT_REMARK = re.compile(r"[A-Za-z '\".,!?:;-]+")
_BEHIND_ASIDE = re.compile(r"[\s*_.,;:!?\"'$)]*")
_BEFORE_BOX = re.compile(r"[ \t$*_`\"'\\()\[\]:,]*")
_BEHIND_BOX = re.compile(r"[ \t$*_`\"'\\()\[\]:,.;]*")
_WORD = re.compile(r"[A-Za-z]+")
_LABEL = re.compile(r"[A-Za-z]\.")
_THOUGHT = "</think>"
_TITLE = re.compile(r"(?:^|\s)(?:mr|mrs|ms|dr|st|mt|no|vs|prof)$", re.IGNORECASE)
_CLOSING_ASIDE = re.compile(r"\([^()]{0,500}\)[\s.!]{0,20}$")


def extract_answer(text: str) -> Extraction:
    """What `evalsuite.answers.extract_answer` finds."""
    text = _without_thought(text[-_MOST_READ:].translate(DIGITS))
    for found in _marked(text):
        return Extraction(text=found, rule="marker")
    box = _find_boxed(text)
    if box:
        start, end = widened(text, box[0], box[2], text.rfind("\n", 0, box[0]) + 1, is_box=True)
        boxed = _content(text, box) if (start, end) == (box[0], box[2]) else text[start:end][: MAX_ANSWER + 1]
        return Extraction(text=boxed, rule="boxed")
    for match in reversed(_last_matches(_SENTENCE, text)):
        found = _trim(_line_from(text, match.end()))
        if found:
            return Extraction(text=found, rule="sentence")
    number = _last_number(text)
    if number is not None:
        return Extraction(text=number, rule="last_number")
    return Extraction(text=None, rule="none")


def _without_thought(text: str) -> str:
    """Cut what a model thinks aloud, up to the last end of a thought; without text behind it, keep what is before."""
    before, mark, after = text.rpartition(_THOUGHT)
    if not mark:
        return text
    return after if after.strip() else before


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
    """Cut an answer's line down to the answer: its first sentence without a remark; of a box its content."""
    said = _SENTENCE.search(line)
    line = (line[said.end() :] if said else line).strip(" \t*_")
    box = _find_boxed(line)
    line = line[: _sentence_end(line, box[2] if box else 0)]
    if box and _BEFORE_BOX.fullmatch(line[: box[0]]) and _BEHIND_BOX.fullmatch(line[box[2] :]):
        return _content(line, box)
    return unwrap(line)[: MAX_ANSWER + 1]


def _sentence_end(line: str, start: int) -> int:
    """Return where the first sentence, without a remark in parentheses, ends behind `start`."""
    end = len(line)
    for match in _SENTENCE_END.finditer(line):
        at = match.start()
        if at < max(start, 1) or _TITLE.search(line[max(0, at - 6) : at]) or _goes_on(line, at):
            continue
        is_factorial = _FACTORIAL.fullmatch(line[max(0, at - 2) : at + 1])
        end = at + 1 if is_factorial else at
        break
    aside = line.find(" (", start, end)
    if aside > 0:
        close = line.find(")", aside, end)
        inner, behind = (line[aside + 2 : close], line[close + 1 : end]) if close > 0 else (line[aside + 2 : end], "")
        if _is_remark(inner) and _BEHIND_ASIDE.fullmatch(behind):
            return aside
    return end


def _goes_on(line: str, at: int) -> bool:
    """Say whether a sentence is not over at the mark at `at`, or the next one takes it back."""
    match = _BEHIND_SENTENCE.match(line, at + 1)
    if match is None or match.lastgroup is None:
        return False
    if line[at] == "?":
        return True
    is_label = _LABEL.fullmatch(line[: at + 1]) is not None  # "B. blue" is B
    if match["other"]:
        return match["other"].isascii() and not is_label
    return (match["word"][0].islower() and not is_label) or is_retraction(match["word"].lower())


def _is_remark(aside: str) -> bool:
    """Say whether words in parentheses leave the answer before them as it is."""
    words = [word.lower() for word in _WORD.findall(aside)]
    if len(words) > 3:
        return not any(map(is_denial, words))
    is_plain = _SHORT_REMARK.fullmatch(aside) is not None and max(map(len, words), default=0) > 2
    return is_plain and not any(map(is_no_unit, words))


def _content(text: str, box: tuple[int, int, int]) -> str:
    return unwrap(text[box[1] : min(box[2] - 1, box[1] + MAX_ANSWER + 1)])


def _find_boxed(text: str) -> tuple[int, int, int] | None:
    """Return where the last box starts, where its content does, and where it ends."""
    open_braces: list[tuple[int, int]] = []  # where each box and its content start; -1 for other braces
    found = None
    for match in _BRACES.finditer(text):
        token = match.group()
        if token.endswith("{") and token != "\\{":
            open_braces.append((match.start(), match.end()) if "boxed" in token else (-1, -1))
        elif token == "}" and open_braces:
            box, opened = open_braces.pop()
            if opened > (found[1] if found else -1) and text[opened : min(match.start(), opened + MAX_ANSWER)].strip():
                found = (box, opened, match.end())
    return found if found and _content(text, found) else None


def _last_number(text: str) -> str | None:
    """Return the last number, those in a closing aside only if there is no other."""
    aside = _CLOSING_ASIDE.search(text[-600:])
    body = text[: len(text) - len(aside.group())] if aside else text
    for part in (body, text):
        place = last_number_of(part)
        if place is not None:
            return part[slice(*place)][: MAX_ANSWER + 1]
    return None


def last_number_of(text: str, start: int = 0) -> tuple[int, int] | None:
    """Return where the last of what looks like a number behind `start` begins and ends, in time linear in the text.

    A run such as ``10^10^8``, ``10:30`` or ``3/4/5`` stays whole, so that no part of it passes for a number.
    """
    last = deque(_FOUND.finditer(text, start), maxlen=1)
    if not last:
        return None
    begin = last[0].start()
    end = begin + len(last[0].group().rstrip(".,/^:"))
    line = start or text.rfind("\n", 0, begin) + 1
    return widened(text, _signed_start(text, begin), end, line)


def _signed_start(text: str, start: int) -> int:
    """Return where a minus sign stands that spaces keep apart from the number at `start`, as in ``x = - 5``."""
    behind_sign = start - _n_spaces(text, start)
    if behind_sign in (0, start) or text[behind_sign - 1] not in "-\u2212\u2013" or text[start] in "-+\u2212\u2013":
        return start
    before = behind_sign - 1 - _n_spaces(text, behind_sign - 1)
    return behind_sign - 1 if before == 0 or text[before - 1] in "=:\uff1a" else start


def _n_spaces(text: str, end: int) -> int:
    window = text[max(0, end - 4) : end]
    return len(window) - len(window.rstrip(" "))
