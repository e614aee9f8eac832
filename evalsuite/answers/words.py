"""Words that stand for numbers, change or deny one, and words that are units."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "MATHEMATICS",
    "SYMBOLS",
    "is_denial",
    "is_fraction",
    "is_no_unit",
    "is_number_word",
    "is_retraction",
    "is_scale",
    "is_unit",
    "unit_name",
]


def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


# words for a number, in the singular: English, and what is plain ASCII of Spanish, Portuguese, French, Italian, German
NUMBERS: Final = _split(
    "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy "
    "eighty ninety half halve third fourth quarter fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "couple once twice thrice double triple none nothing nil nought infinity "
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento "
    "dois quatro sete oito dez treze quatorze dezesseis dezessete dezoito dezenove vinte trinta quarenta sessenta "
    "un deux trois quatre cinq sept huit neuf dix onze douze treize seize vingt trente quarante cinquante soixante "
    "tre quattro cinque sei sette otto nove dieci undici dodici tredici sedici diciassette diciotto diciannove venti "
    "trenta quaranta cinquanta sessanta settanta ottanta novanta cento "
    "eins zwei drei vier sechs sieben acht neun zehn elf hundert tausend"
)
# words for many at a time; those with a part of SCALE_PARTS are others
SCALES: Final = _split(
    "pair dozen gross score grand googol myriad lakh lac crore mil mill mille mila mio mln mrd mld mn bn tn "
    "percent percentage pct permille permil promille prozent bp basis pp ppm ppb"
)
FRACTIONS: Final = _split("half halve third quarter fourth fifth sixth seventh eighth ninth tenth")
SCALE_PARTS: Final = ("hundred", "thousand", "illion", "illiard", "illone")
NUMBER_ENDINGS: Final = ("teen", "teenth", "tieth", "zehn", "zig")
# words that deny a statement or take it back
DENIALS: Final = _split(
    "or not no nor never wrong incorrect false maybe perhaps possibly minus negative except instead actually isn wasn "
    "cannot"
)
RETRACTIONS: Final = _split("or no wait actually correction sorry hmm but hold incorrect never nope wrong")
# words that, near a number, make it another one or a statement about it
CHANGES: Final = _split(
    "pi tau phi theta alpha beta gamma delta lambda sigma omega mu sin cos tan cot csc log ln lg exp sqrt root "
    "factorial squared cubed mod modulo plus times divided over power choose to binary octal hex hexadecimal base "
    "and is are was were but if than less more fewer least most about around roughly nearly almost approximately "
    "approx equals does has always sometimes guess estimate estimated"
)
MATHEMATICS: Final = _split("pi sqrt root log exp sin cos tan minus plus times")

# units as they are written, whose case matters; of single letters, any other may be a variable, or thousands
SYMBOLS: Final = _split(
    "m g s h l L mm cm dm km Mm nm um mg kg ug Mg ms us ns ps min hr hrs sec secs ml mL cl cL dl dL kl kL in ft yd yds "
    "mi lb lbs oz gal qt pt tsp tbsp sq cu per W mW kW MW GW kWh MWh J kJ MJ N kN kV mV MV mA kA pA Pa hPa kPa MPa mPa "
    "Hz mHz kHz MHz GHz B kB KB MB GB TB Kb Mb Gb kb mol mmol cal kcal rad deg mph kph rpm ha"
)
# besides plurals in -s: what is counted, units written out, money, and words that add nothing
NOUNS: Final = _split(
    "people men women children feet teeth geese mice fish sheep deer total altogether left each "
    "second minute hour day week month year inch foot yard mile meter metre centimeter centimetre millimeter "
    "millimetre kilometer kilometre gram kilogram milligram ton tonne ounce pound liter litre milliliter millilitre "
    "gallon quart pint cup tablespoon teaspoon degree radian acre hectare watt kilowatt joule newton volt hertz "
    "dollar usd euro eur gbp yen jpy cent"
)
_WORD = re.compile(r"[A-Za-z]+")


def is_number_word(word: str) -> bool:
    """Say whether a word in lower case, or its singular, stands for a number."""
    if any(part in word for part in SCALE_PARTS):
        return True
    forms = (word, word.removesuffix("s"))
    return any(form in NUMBERS or form in SCALES or form.endswith(NUMBER_ENDINGS) for form in forms)


def is_no_unit(word: str) -> bool:
    """Say whether a word in lower case makes another number of one, or a statement about it."""
    return word in CHANGES or word in DENIALS or is_number_word(word)


def is_denial(word: str) -> bool:
    """Say whether a word in lower case denies an answer, or multiplies it."""
    return word in DENIALS or is_scale(word)


def is_scale(word: str) -> bool:
    """Say whether a word in lower case multiplies the number before it."""
    return word in SCALES or word.removesuffix("s") in SCALES or any(part in word for part in SCALE_PARTS)


def is_fraction(word: str) -> bool:
    """Say whether a word in lower case names parts of one."""
    return word.removesuffix("s") in FRACTIONS


def is_retraction(word: str) -> bool:
    """Say whether a sentence that starts with a word in lower case takes back, or multiplies, what stands before."""
    return word in RETRACTIONS or word in SCALES or any(part in word for part in SCALE_PARTS)


def is_unit(unit: str, *, glued: bool, money: bool) -> bool:
    """Say whether words behind a number are its unit, and nothing that might change it.

    Parameters
    ----------
    unit : str
        ASCII letters, in words with one space, slash or hyphen between them.
    glued : bool
        Whether it touches the number: of ``2m``, m may be a variable.
    money : bool
        Whether a sign of currency stands before the number: of ``$2 m``, m is millions.
    """
    words = _WORD.findall(unit)
    lowered = [word.lower() for word in words]
    if any(map(is_no_unit, lowered)):
        return False
    if all(word in SYMBOLS for word in words):
        return not money and not (glued and len(unit) == 1)
    if any(len(word) == 1 and word not in SYMBOLS and word not in "aA" for word in words):
        return False
    return any(map(_is_noun, lowered))


def _is_noun(word: str) -> bool:
    return word in NOUNS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")))


def unit_name(unit: str) -> str:
    """Return a unit in the singular, symbols as they are and words in lower case."""
    name = _WORD.sub(lambda word: word[0] if word[0] in SYMBOLS else word[0].lower(), unit)
    words = _WORD.findall(unit)
    return name if words and words[-1] in SYMBOLS else name.removesuffix("s")
