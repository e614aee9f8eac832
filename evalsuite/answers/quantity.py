"""Read a number exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from evalsuite.answers.policies import DEFAULT_POLICY, AnswerPolicy

__all__ = ["NUMBER_WORDS", "Quantity", "parse_quantity"]


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


# what a number may be said to equal: a computation without letters, or names: "3 + 4", "x", "f(2)", "total cost"; not
# "2x + 3y", which makes it an equation
_COMPUTED = re.compile(
    r"[A-Za-z]+(?:_[A-Za-z0-9]+|_\{[A-Za-z0-9]+\})?(?:\([^()]*\))?(?: [A-Za-z]+(?:\([^()]*\))?)*|[^<>!:\\A-Za-z]*"
)
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
        Currency sign or unit, case folded and in the singular; empty without one.
    places : int, optional
        Decimal places as written; None for a fraction or with an exponent.
    """

    value: Fraction
    percent: bool
    unit: str
    places: int | None


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
    before, equals, after = text.rpartition("=")
    if equals and all(_COMPUTED.fullmatch(part.strip()) for part in before.split("=")):
        text = after.strip()
    is_mixed = policy.mixed == "sum"
    match = (_MIXED if is_mixed else _QUANTITY).fullmatch(text)
    if match is None or (match["sign"] and match["sign_after"]):
        return None
    unit = (match["unit"] or "").casefold()
    words = re.split(r"[ /-]", unit)
    if not _NO_UNIT.isdisjoint(words) or (len(unit) == 1 and unit not in _LETTER_UNITS):
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
    singular = unit.removesuffix("s")
    return Quantity(
        value=value,
        percent=percent and policy.percent == "apart",
        unit=match["currency"] or _CURRENCIES.get(singular, singular),
        places=places,
    )
