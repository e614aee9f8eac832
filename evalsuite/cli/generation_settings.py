"""Generation settings as ``--gen-kwargs`` gives them: by their names here, or by lm-eval's."""

from __future__ import annotations

from typing import Any

from evalsuite.errors import TaskError, UsageError, did_you_mean

__all__ = ["SETTINGS", "parse_settings"]

SETTINGS = ("max_new_tokens", "temperature", "top_k", "top_p", "stop")
"""What ``--gen-kwargs`` may set, by the names here."""

_BUDGETS = ("max_gen_toks", "max_tokens", "max_completion_tokens")
_LM_EVAL = ("until", "do_sample", *_BUDGETS)
_WHOLE = ("max_new_tokens", "top_k", *_BUDGETS)
_LISTS = ("stop", "until")
_SAMPLING = ("temperature", "top_k", "top_p")
_TRUTH = {"true": True, "false": False}
_ELSEWHERE = {
    "max_length": "the budget of what is written is max_new_tokens",
    "n": "outputs of each sample are --repeats",
    "num_beams": "it is an option of the model: hf:PATH,num_beams=4",
    "num_fewshot": "worked examples are --num-fewshot",
    "num_return_sequences": "outputs of each sample are --repeats",
    "seed": "it is --seed",
    "stop_sequences": 'did you mean "stop"?',
}


def parse_settings(text: str) -> dict[str, Any]:
    """Read ``max_new_tokens=64,temperature=0.7,stop=END`` into generation settings.

    ``until``, ``do_sample`` and other names of ``max_new_tokens`` mean what they mean in task files of lm-eval.

    Raises
    ------
    UsageError
        If a part is not ``key=value``, a key is unknown, a value is wrong, or two keys are names of one setting.
    """
    from evalsuite.task.lm_eval.generation import given_settings

    given: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals:
            raise UsageError(f'--gen-kwargs: expected key=value, found "{part}"')
        if key in _LISTS:
            if not value:
                raise UsageError(f"--gen-kwargs: {key} must not be empty; a text with commas cannot be given here")
            given.setdefault(key, []).append(value)
        else:
            given[key] = _value(key, value)
    for names in (_LISTS, ("max_new_tokens", *_BUDGETS)):
        if len(both := [key for key in given if key in names]) > 1:
            raise UsageError(f"--gen-kwargs: {both[0]} and {both[1]} are names of one setting; give one of them")
    theirs = {key: given.pop(key) for key in _LM_EVAL if key in given}
    if "do_sample" in theirs:  # which decides whether these count
        theirs |= {key: given.pop(key) for key in _SAMPLING if key in given}
    try:
        return given | given_settings(theirs, "--gen-kwargs")
    except TaskError as error:
        raise UsageError(str(error)) from None


def _value(key: str, value: str) -> float | bool:
    """Return a value as what its key takes."""
    if key not in SETTINGS and key not in _LM_EVAL:
        known = ", ".join((*SETTINGS, *_LM_EVAL))
        hint = f"; {_ELSEWHERE[key]}" if key in _ELSEWHERE else did_you_mean(key, (*SETTINGS, *_LM_EVAL))
        raise UsageError(f'--gen-kwargs: unknown setting "{key}"{hint} (known: {known})')
    if key == "do_sample":
        if value.strip().lower() not in _TRUTH:
            raise UsageError(f'--gen-kwargs: do_sample must be true or false, found "{value}"')
        return _TRUTH[value.strip().lower()]
    try:
        return int(value) if key in _WHOLE else float(value)
    except ValueError:
        raise UsageError(f'--gen-kwargs: {key} must be a number, found "{value}"') from None
