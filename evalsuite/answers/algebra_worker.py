"""The process that does algebra: reads pairs of expressions, a line of JSON each, and answers each with a line.

Run as a script, in a process that may be killed: expressions are hostile, and computer algebra has no bounds of its
own. It imports nothing of this package. What math-verify says counts only where numbers agree: both expressions are
evaluated at a few points to 40 digits.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["judge", "main"]

_POINTS = ((3, 7), (-5, 11), (13, 4), (19, 23))  # rational values of the first variable; others follow from them
_EQUAL, _DIFFERENT = 1e-20, 1e-9  # relative differences below which and above which values are held so


def judge(answer: str, gold: str) -> str:
    """Say whether two LaTeX expressions are equal: the reason of an outcome."""
    from math_verify import verify
    from sympy import MatrixBase
    from sympy.core.relational import Equality
    from sympy.sets.sets import FiniteSet

    given, right = _parse(answer), _parse(gold)
    if given is None or right is None:
        return "unreadable"
    letters = _letters(answer) | _letters(gold)
    if letters & {letter.swapcase() for letter in letters}:
        return "doubtful"  # math-verify reads small letters only
    if not _is_whole(answer, given) or not _is_whole(gold, right):
        return "doubtful"
    if _is_rounding(answer, given, right) or _is_rounding(gold, right, given):
        return "rounding"
    if isinstance(given, MatrixBase) != isinstance(right, MatrixBase):
        return "doubtful"
    if isinstance(right, MatrixBase):
        same = given.shape == right.shape and _all([_compare(a, b) for a, b in zip(given, right, strict=True)])
    elif isinstance(right, Equality) and isinstance(given, Equality):
        same = _compare_equations(given, right)
    elif isinstance(right, FiniteSet) and isinstance(given, FiniteSet):
        same = _compare_sets(list(given), list(right))
    else:
        same = _compare(given, right)
    said = verify(right, given, timeout_seconds=None, raise_on_error=True)
    if same is None or same != said:
        return "doubtful"
    if not same and bool(given.free_symbols) != bool(right.free_symbols):
        return "doubtful"  # letters on one side alone may be a unit or a constant
    return "equal by algebra" if same else "different by algebra"


def _parse(text: str) -> Any:
    from math_verify import LatexExtractionConfig, parse

    found = parse(
        f"${text}$",
        extraction_config=[LatexExtractionConfig()],
        fallback_mode="no_fallback",
        parsing_timeout=None,
    )
    return found[0] if found and not isinstance(found[0], str) else None


def _letters(text: str) -> set[str]:
    return set(re.findall(r"[a-zA-Z]", re.sub(r"\\(?:begin|end)\{[a-z]*\}|\\[a-zA-Z]+", " ", text)))


def _is_whole(text: str, parsed: Any) -> bool:
    """Say whether every letter of `text` is in what was parsed; e and i may be constants."""
    from sympy import Symbol
    from sympy.core.function import AppliedUndef

    names = [*map(str, parsed.atoms(Symbol)), *(str(one.func) for one in parsed.atoms(AppliedUndef))]
    return {letter.lower() for letter in _letters(text)} <= set("".join(names).lower()) | set("ei")


def _is_rounding(text: str, decimal: Any, other: Any) -> bool:
    """Say whether `text` is a decimal of two places or more that rounds or cuts off the other's value."""
    from sympy import Expr, Rational

    shown = re.fullmatch(r"-?[0-9]*\.([0-9]{2,15})", text)
    if shown is None or not isinstance(other, Expr) or other.free_symbols or other.is_Rational:
        return False
    exact = other.evalf(40)
    return exact.is_finite is True and abs(Rational(text) - exact) < Rational(10) ** -len(shown.group(1))


def _all(results: Sequence[bool | None]) -> bool | None:
    if False in results:
        return False
    return None if None in results else True


def _compare(a: Any, b: Any) -> bool | None:
    """Compare two expressions at a few points; None where that settles nothing."""
    from sympy import Expr

    if not isinstance(a, Expr) or not isinstance(b, Expr):
        return None
    symbols = sorted(a.free_symbols | b.free_symbols, key=str)
    results = [_compare_values(_value(a, symbols, point), _value(b, symbols, point)) for point in _POINTS]
    # outside the domain of a root or a logarithm there is no value: two points with one are enough
    known = [result for result in results if result is not None]
    return all(known) if len(known) >= 2 else None


def _value(expression: Any, symbols: Sequence[Any], point: tuple[int, int]) -> Any:
    from sympy import Rational

    values = {symbol: Rational(point[0] + 2 * place, point[1] + place) for place, symbol in enumerate(symbols)}
    return expression.subs(values).evalf(40)


def _compare_values(a: Any, b: Any) -> bool | None:
    if not a.is_number or not b.is_number or a.is_finite is not True or b.is_finite is not True:
        return None
    size = max(abs(a), abs(b))
    if size == 0:
        return True
    difference = abs(a - b) / size
    if difference < _EQUAL:
        return True
    return False if difference > _DIFFERENT else None


def _compare_equations(a: Any, b: Any) -> bool | None:
    """Compare equations: the same but for a factor, or other lines and planes."""
    from sympy import Expr, Poly

    if not all(isinstance(side, Expr) for side in (a.lhs, a.rhs, b.lhs, b.rhs)):
        return None
    left, right = a.lhs - a.rhs, b.lhs - b.rhs
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    if not left.free_symbols or not right.free_symbols:
        return None
    values = [(_value(left, symbols, point), _value(right, symbols, point)) for point in _POINTS]
    if not all(one.is_finite and other.is_finite and one != 0 and other != 0 for one, other in values):
        return None
    ratios = [one / other for one, other in values]
    if all(_compare_values(ratio, ratios[0]) for ratio in ratios):
        return True
    if all(side.is_polynomial(*symbols) and Poly(side, *symbols).total_degree() == 1 for side in (left, right)):
        return False
    return None


def _compare_sets(a: list[Any], b: list[Any]) -> bool | None:
    if len(a) != len(b):
        return None
    table = [[_compare(one, other) for other in b] for one in a]
    if any(None in row for row in table):
        return None
    return all(any(row) for row in table) and all(any(column) for column in zip(*table, strict=True))


def _watch(parent: int) -> None:
    """End with the process that asks, whatever it died of."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> None:
    """Read pairs until the input ends; say when ready, and what became of each pair."""
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # nothing but replies is written to the pipe
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    import math_verify  # noqa: F401  (takes most of a second)

    # How much memory expressions may take, beyond what the imports have taken.
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.set_int_max_str_digits(0)
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        answer, gold = json.loads(line)
        try:
            reason = judge(answer, gold)
        except MemoryError:
            os._exit(1)  # what is left of this process is not to be trusted
        except (Exception, RecursionError):  # whatever the algebra stumbles on
            reason = "unreadable"
        print(reason, file=replies, flush=True)


if __name__ == "__main__":
    main()
