"""Numbers in text: find them, and read one exactly."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NUMBER_WORDS", "Quantity", "find_numbers", "last_number", "parse_quantity"]


def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBER_WORDS = _split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
    "thousands million millions billion billions trillion trillions dozen dozens half halves third thirds quarter "
    "quarters fifth fifths pair pairs couple once twice thrice double triple none nothing nil nought infinity"
)
# words that, behind a number, make it another one or a statement about it
_NO_UNIT = NUMBER_WORDS | _split(
    "pi sqrt root factorial squared cubed mod modulo plus minus times divided over power to "
    "and or not is isn't are was but if than less more fewer nor except mn bn tn"
)
_LETTER_UNITS = frozenset("mgshl")  # any other letter may be a variable, or thousands
_CURRENCIES = {"dollar": "$", "usd": "$", "euro": "€", "eur": "€", "pound": "£", "gbp": "£", "yen": "¥"}

_FOUND = re.compile(
    r"""(?<![\w.^/)\]}])(?<!sqrt[{(\[])
    (?>[-+\u2212\u2013]? (?:\\?[$€£¥]\ ?)? [-+\u2212\u2013]?
       (?: \\[dt]?frac\{[0-9]{1,300}\}\{[0-9]{1,300}\}
         | (?:[0-9]{1,300}\ (?=[0-9]{1,300}/[0-9]))? \.?[0-9][0-9.,/^:]* (?:[eE][-+]?[0-9]+)? )
       (?:\ ?\\?%)?)
    (?!(?:st|nd|rd|th)\b) (?!\ ?\\(?:sqrt|[dt]?frac|pi|cdot|times))""",
    re.VERBOSE,
)
_QUANTITY = re.compile(
    r"""(?P<sign>[-+])?\ ?(?P<currency>[$€£¥])?\ ?(?P<sign_after>[-+])?
    (?: \\[dt]?frac\{(?P<top>[0-9]+)\}\{(?P<bottom>[0-9]+)\}
      | (?P<numerator>[0-9]+)\ ?/\ ?(?P<denominator>[0-9]+)
      | (?P<decimal>(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.(?P<places>[0-9]*))?|\.(?P<bare>[0-9]+))
        (?:[eE](?P<exponent>[-+]?[0-9]{1,3}))?(?![0-9]) )
    (?:\ ?(?P<percent>%|percent\b|per\ cent\b))?
    (?:[ -]?(?P<unit>[^\W\d_]+(?:[ /-][^\W\d_]+){0,3}))?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An exact number and what stands around it.

    Parameters
    ----------
    value : Fraction
        Without regard to percent: of "10%" it is 10.
    percent : bool
        Whether it is a percentage.
    unit : str
        Currency sign or unit, case folded and in the singular; empty without one.
    places : int, optional
        Decimal places as written; None for a fraction or with an exponent.
    """

    value: Fraction
    percent: bool
    unit: str
    places: int | None


def find_numbers(text: str) -> Iterator[str]:
    """Yield what looks like a number in `text`, as written, from left to right, in time linear in the text.

    A run such as ``10^10^8``, ``10:30`` or ``3/4/5`` stays whole, so that no part of it passes for a number.
    """
    for match in _FOUND.finditer(text):
        yield match.group().rstrip(".,/^:")


def last_number(text: str) -> str | None:
    """Return the last of `find_numbers`, if any."""
    last = deque(find_numbers(text), maxlen=1)
    return last[0] if last else None


def parse_quantity(text: str) -> Quantity | None:
    """Read normalised text that is one number, with a unit at most.

    Returns
    -------
    Quantity or None
        None where the text is anything else: an expression, a mixed number, a range, a decimal comma, a fraction over
        zero, or a number whose unit changes its size ("3 dozen", "2 pi").
    """
    before, equals, after = text.rpartition("=")
    if equals and not before.endswith(("<", ">", "!", "=", ":", "\\")):
        text = after.strip()
    match = _QUANTITY.fullmatch(text)
    if match is None or (match["sign"] and match["sign_after"]):
        return None
    unit = (match["unit"] or "").casefold()
    words = re.split(r"[ /-]", unit)
    if not _NO_UNIT.isdisjoint(words) or (len(unit) == 1 and unit not in _LETTER_UNITS):
        return None
    places: int | None = None
    if match["decimal"] is None:
        bottom = int(match["bottom"] or match["denominator"])
        if bottom == 0:
            return None
        value = Fraction(int(match["top"] or match["numerator"]), bottom)
    else:
        digits = match["decimal"].replace(",", "")
        value = Fraction(digits.rstrip(".") if digits.endswith(".") else digits)
        if match["exponent"]:
            value *= Fraction(10) ** int(match["exponent"])
        else:
            places = len(match["places"] or match["bare"] or "")
    if "-" in (match["sign"], match["sign_after"]):
        value = -value
    singular = unit.removesuffix("s")
    return Quantity(
        value=value,
        percent=match["percent"] is not None,
        unit=match["currency"] or _CURRENCIES.get(singular, singular),
        places=places,
    )
