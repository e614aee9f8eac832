"""What ``--gen-kwargs`` makes of settings, by the names here and by lm-eval's."""

from __future__ import annotations

from typing import Any

import pytest

from evalsuite.cli.generation_settings import parse_settings
from evalsuite.errors import UsageError
from evalsuite.task.lm_eval.generation import BUDGETS, given_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("max_new_tokens=6,temperature=0.5,top_k=3,top_p=0.9", dict(zip(
            ("max_new_tokens", "temperature", "top_k", "top_p"), (6, 0.5, 3, 0.9), strict=True))),
        ("stop=a=b, stop=c", {"stop": ["a=b", "c"]}),
        ("until=Q:,until=END", {"stop": ("Q:", "END")}),
        ("max_gen_toks=40", {"max_new_tokens": 40}),
        ("do_sample=False", {"temperature": 0.0}),
        ("do_sample=false,temperature=0.7,top_p=0.5", {"temperature": 0.0}),
        ("do_sample=true,temperature=0.7,top_k=5,top_p=0.5", {"temperature": 0.7, "top_k": 5, "top_p": 0.5}),
        ("do_sample=true,temperature=0.7,top_k=0", {"temperature": 0.7, "top_k": None}),
        ("until=Q:,top_k=5", {"stop": ("Q:",), "top_k": 5}),
    ],
)  # fmt: skip
def test_settings(text: str, expected: dict[str, Any]) -> None:
    assert parse_settings(text) == expected


@pytest.mark.parametrize("name", BUDGETS)
def test_all_names_of_a_task_file_are_taken(name: str) -> None:
    assert parse_settings(f"{name}=7") == given_settings({name: 7}, "here") == {"max_new_tokens": 7}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("until=a,stop=b", "until and stop are names of one setting; give one of them"),
        ("max_new_tokens=3,max_gen_toks=3", "max_new_tokens and max_gen_toks are names of one setting"),
        ("until=", "until must not be empty"),
        ("do_sample=yes", 'do_sample must be true or false, found "yes"'),
        ("do_sample=true", "do_sample is true, which takes a temperature above 0; give one"),
        ("do_sample=true,temperature=-1", "temperature must be a number of at least 0"),
        ("max_gen_toks=many", 'max_gen_toks must be a number, found "many"'),
        ("max_gen_toks=0", "budget of tokens must be an integer of at least 1"),
        ("max_gen_tok=3", 'unknown setting "max_gen_tok"; did you mean "max_gen_toks"?'),
        ("dosample=true", 'unknown setting "dosample"; did you mean "do_sample"?'),
        ("num_beams=4", "it is an option of the model: hf:PATH,num_beams=4 .known: max_new_tokens, "),
        ("stop_sequences=a", 'did you mean "stop"?'),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"^--gen-kwargs.*{message.replace('?', '[?]')}"):
        parse_settings(text)
