"""Prompt formats: the same items asked for the answer at once, for thoughts in own words, or for every step."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.fields import check_keys, optional_field, required_field, type_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.types import Sample

__all__ = [
    "NO_STEPS",
    "PROMPT_FORMATS",
    "PromptFormat",
    "choose_format",
    "read_formats",
    "show_in_format",
    "split_format",
]

PROMPT_FORMATS = ("optional", "direct", "cot", "steps")
"""Steps if the model likes; the answer at once; a chain of thought in own words; every step on a line of its own."""

NO_STEPS = {
    "direct": 'the prompt format "direct" asks for the answer at once',
    "cot": 'the prompt format "cot" lets a model think in its own words, whose steps have no agreed numbers',
}
"""Why outputs of a format state no steps that could be judged, by the formats where this is so."""

_PLACEHOLDER = "{format}"
_OPTION = re.compile(r"(.+):([A-Za-z_-]+)=([^/\\]*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFormat:
    """A way to ask: what stands for ``{format}`` in the prompt, and generation settings in place of the task's own."""

    name: str
    instruction: str
    generation: Mapping[str, Any]


def split_format(name: str) -> tuple[str, str | None]:
    """Split ``TASK:prompt=FORMAT`` into task and format; None where no format is named.

    Raises
    ------
    TaskError
        If another option than ``prompt`` is given.

    Examples
    --------
    >>> split_format("ledger:prompt=direct"), split_format("ledger")
    (('ledger', 'direct'), ('ledger', None))
    """
    match = _OPTION.fullmatch(name)
    if match is None or match[3].endswith(".toml"):
        return name, None
    if match[2] != "prompt":
        hint = did_you_mean(match[2], ["prompt"])
        raise TaskError(
            f'task "{match[1]}": unknown option "{match[2]}"{hint} (known: prompt, as in {match[1]}:prompt=cot)'
        )
    return match[1], match[3]


def read_formats(table: Mapping[str, Any], prompt: str, where: str) -> dict[str, PromptFormat]:
    """Read the formats of a task file by name, the default first; none where it has none.

    Raises
    ------
    TaskError
        If a format is unknown, asks in the words of another, or there is no place for it in the prompt.
    """
    tables = optional_field(table, "formats", dict, where, {})
    if not tables:
        if "formats" in table or "format" in table:
            raise TaskError(f"{where}: format must name one of the tables [formats.NAME], and there is none")
        return {}
    check_keys(tables, PROMPT_FORMATS, f"{where}: formats")
    default = required_field(table, "format", str, where)
    if default not in tables:
        raise TaskError(f'{where}: format "{default}" is not one of its formats, {", ".join(tables)}')
    n_places = prompt.count(_PLACEHOLDER)
    if n_places != 1:
        raise TaskError(f"{where}: prompt must say {_PLACEHOLDER} once, for the format, found it {n_places} times")
    found: dict[str, PromptFormat] = {}
    for name in (default, *(name for name in tables if name != default)):
        place = f"{where}: formats.{name}"
        if not isinstance(tables[name], dict):
            raise TaskError(f"{place} must be a table with an instruction, found {type_name(tables[name])}")
        check_keys(tables[name], ("instruction", "generation"), place)
        instruction = required_field(tables[name], "instruction", str, place)
        same = next((other.name for other in found.values() if other.instruction == instruction), None)
        if same is not None:
            raise TaskError(f"{place}: instruction is that of formats.{same}: nothing would tell their outputs apart")
        generation = optional_field(tables[name], "generation", dict, place, {})
        found[name] = PromptFormat(name=name, instruction=instruction, generation=generation)
    return found


def choose_format(formats: Mapping[str, PromptFormat], wanted: str | None, where: str) -> PromptFormat | None:
    """Return the format that is wanted, the default where none is named; None for a task without formats.

    Raises
    ------
    TaskError
        If the task has no such format.
    """
    if wanted is None:
        return next(iter(formats.values()), None)
    if not formats:
        raise TaskError(f'{where}: the task has no prompt formats, and so not "{wanted}"')
    if wanted not in formats:
        raise TaskError(
            f'{where}: unknown prompt format "{wanted}"{did_you_mean(wanted, formats)} (known: {", ".join(formats)})'
        )
    return formats[wanted]


def fill_format(prompt: str, chosen: PromptFormat | None) -> str:
    """Put the instruction of a format into a prompt."""
    return prompt if chosen is None else prompt.replace(_PLACEHOLDER, chosen.instruction)


def show_in_format(sample: Sample, name: str, where: str) -> Sample:
    """Return a worked example whose first reference is an answer in the format called `name`.

    In ``direct`` that is the last line of the reference; in ``cot`` the states in a sentence, and that line; else the
    reference itself.

    Raises
    ------
    TaskError
        If the last line does not mark an answer, or there are no states to tell.
    """
    if name not in NO_STEPS or not sample.references:
        return sample
    from evalsuite.answers import extract_answer  # with NumPy, which listing tasks does not need

    answer = sample.references[0].rstrip().rpartition("\n")[2]
    if extract_answer(answer).rule != "marker":
        raise TaskError(
            f'{where}: sample "{sample.id}": the first reference must end with a line "answer: X" to be shown in the '
            f'prompt format "{name}", found {answer[:80]!r}'
        )
    if name == "direct":
        return replace(sample, references=(answer,))
    states = sample.metadata.get("states")
    if not isinstance(states, list) or not states:
        raise TaskError(
            f'{where}: sample "{sample.id}": metadata.states must list the state after each step to be shown in the '
            f'prompt format "{name}"'
        )
    told = ", then ".join(str(state) for state in states)
    return replace(sample, references=(f"First {told}.\n{answer}",))
