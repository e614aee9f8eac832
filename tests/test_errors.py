"""Errors: one tree, an exit code each, and close matches."""

from __future__ import annotations

import pytest

from evalsuite import errors
from evalsuite.errors import EvalsuiteError, did_you_mean

KINDS = [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, EvalsuiteError)]


def test_the_tree_is_drawn() -> None:
    assert errors.__doc__ is not None
    for kind in KINDS:
        assert kind.__name__ in errors.__doc__
        assert kind.__name__ in errors.__all__
        assert kind.__doc__


def test_exit_codes() -> None:
    codes = {kind.__name__: kind.exit_code for kind in KINDS}
    assert codes.pop("SaveError") == 4
    assert codes.pop("ThresholdError") == 5
    assert set(codes.values()) == {2}
    named = [value for name, value in vars(errors).items() if name.startswith("EXIT_")]
    assert sorted(named) == [0, 1, 2, 3, 4, 5, 6, 130]


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("blue", ["bleu", "chrf"], '; did you mean "bleu"?'),
        ("ledgr", {"ledger": 1}, '; did you mean "ledger"?'),
        ("BLEU", ["bleu", "chrf"], '; did you mean "bleu"?'),
        ("ROUGE-L", ["bleu", "rougeL"], '; did you mean "rougeL"?'),
        ("zzz", ["bleu"], ""),
        ("", ["bleu"], ""),
        ("x", [], ""),
    ],
)
def test_close_matches(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known) == hint
