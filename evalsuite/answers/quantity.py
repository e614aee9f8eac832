"""Read a number exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from evalsuite.answers.policies import DEFAULT_POLICY, AnswerPolicy
from evalsuite.answers.words import is_no_unit, is_unit, unit_name

__all__ = ["Quantity", "parse_quantity"]

_CURRENCIES = {"dollar": "$", "usd": "$", "euro": "€", "eur": "€", "pound": "£", "gbp": "£", "yen": "¥", "jpy": "¥"}

_QUANTITY = re.compile(
    r"""(?P<sign>[-+])?\ ?(?P<currency>[$€£¥])?\ ?(?P<sign_after>[-+])?
    (?: \\[dt]?frac\{(?P<top>[0-9]+)\}\{(?P<bottom>[0-9]+)\}
      | (?P<numerator>[0-9]+)\ ?/\ ?(?P<denominator>[0-9]+)
      | (?P<decimal>(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.(?P<places>[0-9]*))?|\.(?P<bare>[0-9]+))
        (?:[eE](?P<exponent>[-+]?[0-9]{1,3}))?(?![0-9]) )
    (?:\ ?(?P<percent>%|percent\b|per\ cent\b))?
    (?:(?P<gap>[ -])?(?P<unit>(?-i:[A-Za-z]+(?:[ /-][A-Za-z]+){0,3})))?""",
    re.VERBOSE | re.IGNORECASE,
)

# what a number may be said to equal: a computation without letters, or names: "3 + 4", "x", "f(2)", "total cost"; not
# "2x + 3y", which makes it an equation
_NAME = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+|_\{[A-Za-z0-9]+\})?(?:\([^()]*\))?(?: [A-Za-z]+(?:\([^()]*\))?)*")
_COMPUTATION = re.compile(r"(?:[^<>!:\\A-Za-z]*[0-9)\]}%])?")
_LETTERS = re.compile(r"[A-Za-z]+")
_MIXED = re.compile(
    _QUANTITY.pattern.replace(
        "(?: \\\\[dt]?frac",
        r"""(?: (?P<whole>[0-9]+)
            (?:\ (?P<above>[0-9]+)\ ?/\ ?(?P<below>[0-9]+)
              | \ ?\\[dt]?frac\{(?P<above_line>[0-9]+)\}\{(?P<below_line>[0-9]+)\})
        | \\[dt]?frac""",
        1,
    ),
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An exact number and what stands around it.

    Parameters
    ----------
    value : Fraction
        Without regard to percent: of "10%" it is 10 unless a policy says otherwise.
    percent : bool
        Whether it is a percentage; False where a policy makes it a plain number.
    unit : str
        Currency sign or unit, in the singular, words in lower case; empty without one.
    places : int, optional
        Decimal places as written; None for a fraction or with an exponent.
    name : str
        What the number is said to equal, as written: of "x = 3" it is x; empty without one.
    """

    value: Fraction
    percent: bool
    unit: str
    places: int | None
    name: str


def parse_quantity(text: str, policy: AnswerPolicy = DEFAULT_POLICY) -> Quantity | None:
    """Read normalised text that is one number, with a unit at most.

    Parameters
    ----------
    text : str
    policy : AnswerPolicy, optional
        How percentages, mixed numbers and scientific notation are read.

    Returns
    -------
    Quantity or None
        None where the text is anything else: an expression, a mixed number, a range, a decimal comma, a fraction over
        zero, or a number whose unit changes its size ("3 dozen", "2 pi").
    """
    text, name = _behind_equals(text)
    is_mixed = policy.mixed == "sum"
    match = (_MIXED if is_mixed else _QUANTITY).fullmatch(text)
    if match is None or (match["sign"] and match["sign_after"]):
        return None
    unit = match["unit"] or ""
    if unit and not is_unit(unit, glued=match["gap"] is None, money=match["currency"] is not None):
        return None
    places: int | None = None
    if is_mixed and match["whole"]:
        above, below = int(match["above"] or match["above_line"]), int(match["below"] or match["below_line"])
        if above >= below:
            return None
        value = int(match["whole"]) + Fraction(above, below)
    elif match["decimal"] is None:
        bottom = int(match["bottom"] or match["denominator"])
        if bottom == 0:
            return None
        value = Fraction(int(match["top"] or match["numerator"]), bottom)
    else:
        digits = match["decimal"].replace(",", "")
        value = Fraction(digits.rstrip(".") if digits.endswith(".") else digits)
        if match["exponent"]:
            if policy.scientific == "undecided":
                return None
            value *= Fraction(10) ** int(match["exponent"])
        else:
            places = len(match["places"] or match["bare"] or "")
    if "-" in (match["sign"], match["sign_after"]):
        value = -value
    percent = match["percent"] is not None
    if percent and policy.percent == "hundredths":
        value /= 100
        places = None if places is None else places + 2
    singular = unit_name(unit)
    return Quantity(
        value=value,
        percent=percent and policy.percent == "apart",
        unit=match["currency"] or _CURRENCIES.get(singular, singular),
        places=places,
        name=name,
    )


def _behind_equals(text: str) -> tuple[str, str]:
    """Return what a computation comes to, or what is said of a name, and the name; an equation stays whole."""
    before, equals, after = text.rpartition("=")
    if not equals:
        return text, ""
    parts = [part.strip() for part in before.split("=")]
    if not all(map(_is_computed, parts)):
        return text, ""
    return after.strip(), next((part for part in parts if _LETTERS.search(part)), "")


def _is_computed(part: str) -> bool:
    if _COMPUTATION.fullmatch(part):
        return True
    if not _NAME.fullmatch(part):
        return False
    return not any(is_no_unit(word.lower()) for word in _LETTERS.findall(part))
