"""What the author of a task may have missed: facts of its samples and prompts, and warnings."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.likelihood import choices_of
from evalsuite.task.task import render_prompt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalsuite.task.task import Task
    from evalsuite.types import Request, Sample

__all__ = ["TaskFacts", "estimate_tokens", "first_requests", "task_facts", "task_warnings"]

# Digits in threes, words in pieces of six letters, other letters, marks and line ends one by one.
_PIECE = re.compile(r"\d{1,3}|[A-Za-z]{1,6}|[^\sA-Za-z\d]|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """How large a task is.

    Parameters
    ----------
    n_samples, n_clusters, n_fewshot : int
    depths : mapping of int to int
        How many samples have each depth, in order; empty where none has one.
    prompt_characters : tuple of int
        Least, median, 95th percentile and most characters of the prompts, worked examples included.
    longest_prompt : str
        The id of the sample with the longest one.
    n_references : tuple of int
        Least and most references of a sample.
    longest_reference : int, optional
        Tokens of the longest reference, by `estimate_tokens`; None where there are no references.
    """

    n_samples: int
    n_clusters: int
    n_fewshot: int
    depths: Mapping[int, int]
    prompt_characters: tuple[int, int, int, int]
    longest_prompt: str
    n_references: tuple[int, int]
    longest_reference: int | None


def first_requests(task: Task) -> list[Request]:
    """Render the first request of every sample, with as many worked examples as the task shows.

    Raises
    ------
    TaskError
        If one cannot be rendered.
    """
    shots = task.generation.num_fewshot
    made = (task.request(one, repeat=0, turn=0, history=(), run_seed=0, num_fewshot=shots) for one in task.samples)
    return [request for request in made if request is not None]


def task_facts(task: Task, requests: Sequence[Request]) -> TaskFacts:
    """Count what is in a task; `requests` are its first ones."""
    lengths = sorted((len(request.prompt), request.sample_id) for request in requests)
    characters = [length for length, _ in lengths]
    depths = Counter(sample.depth for sample in task.samples if sample.depth is not None)
    references = [len(sample.references) for sample in task.samples]
    longest = max((estimate_tokens(text) for sample in task.samples for text in sample.references), default=None)
    return TaskFacts(
        n_samples=len(task.samples),
        n_clusters=len({sample.cluster or f"\0{sample.id}" for sample in task.samples}),
        n_fewshot=len(task.fewshot),
        depths=dict(sorted(depths.items())),
        prompt_characters=(
            characters[0],
            int(statistics.median_low(characters)),
            characters[(len(characters) * 95 - 1) // 100],
            characters[-1],
        ),
        longest_prompt=lengths[-1][1],
        n_references=(min(references), max(references)),
        longest_reference=longest,
    )


def task_warnings(task: Task, requests: Sequence[Request]) -> list[str]:
    """Return what is most likely not meant, a sentence each; `requests` are the task's first ones.

    Looked for are samples that ask the same, worked examples that ask what a sample asks, references that a stop string
    would cut off, and a budget of tokens that the longest reference may exceed; of a task that asks for likelihoods,
    texts and choices that come twice.
    """
    if task.modality != "text":
        return _leaks(task)
    if task.ask == "rolling":
        return _same_texts(task)
    if task.ask == "choices":
        return [*_duplicates(task, requests), *_leaks(task), *_same_choices(task)]
    return [*_duplicates(task, requests), *_leaks(task), *_cut_references(task), *_short_budget(task)]


def estimate_tokens(text: str) -> int:
    r"""Return about how many tokens of a model's vocabulary a text takes, without one: words, and marks, and lines.

    Examples
    --------
    >>> estimate_tokens("12: 48\nanswer: forty-eight")
    9
    """
    return len(_PIECE.findall(text))


def _duplicates(task: Task, requests: Sequence[Request]) -> list[str]:
    samples = {sample.id: sample for sample in task.samples}
    alike: dict[tuple[str, ...], list[Sample]] = {}
    for request in requests:
        sample = samples[request.sample_id]
        if sample.references:  # where nothing is right or wrong, asking again is asking for another output
            drawn = str(sample.input.get(task.draw, "")) if task.draw else ""
            alike.setdefault((request.prompt, drawn, *request.choices), []).append(sample)
    groups = [group for group in alike.values() if len(group) > 1]
    if not groups:
        return []
    n_more = sum(len(group) - 1 for group in groups)
    found = [f"{_number(n_more, 'sample asks', 'samples ask')} what one before asks, {_such_as(groups[0][:2])}"]
    opposed = [group for group in groups if len({frozenset(one.references) for one in group}) > 1]
    if opposed:
        found.append(
            f"{_number(len(opposed), 'prompt is', 'prompts are')} asked again with other references, "
            f"{_such_as(opposed[0][:2])}"
        )
    return found


def _same_texts(task: Task) -> list[str]:
    alike: dict[str, list[Sample]] = {}
    for sample in task.samples:
        alike.setdefault(sample.references[0], []).append(sample)
    groups = [group for group in alike.values() if len(group) > 1]
    if not groups:
        return []
    n_more = sum(len(group) - 1 for group in groups)
    return [f"{_number(n_more, 'text is', 'texts are')} that of a sample before, {_such_as(groups[0][:2])}"]


def _same_choices(task: Task) -> list[str]:
    doubled = [sample for sample in task.samples if len(set(choices_of(sample))) < len(choices_of(sample))]
    if not doubled:
        return []
    return [f"{_number(len(doubled), 'sample has', 'samples have')} a choice twice, {_such_as(doubled[:1])}"]


def _leaks(task: Task) -> list[str]:
    asked = {_folded(render_prompt(task.prompt, sample)): sample for sample in reversed(task.samples)}
    shown = [(shot, _folded(render_prompt(task.prompt, shot))) for shot in task.fewshot]
    leaks = [(shot, asked[text]) for shot, text in shown if text in asked]
    if not leaks or len(asked) == 1:  # one prompt for all says nothing
        return []
    shot, sample = leaks[0]
    return [
        f"{_number(len(leaks), 'worked example asks', 'worked examples ask')} what a sample asks, such as "
        f'"{shot.id}" and "{sample.id}": with --num-fewshot the prompt shows the answer'
    ]


def _cut_references(task: Task) -> list[str]:
    found = []
    for stop in task.generation.stop:
        cut = [sample for sample in task.samples if any(_is_cut(text, stop) for text in sample.references)]
        if cut:
            found.append(
                f"the stop string {stop!r} is in references of {_number(len(cut), 'sample', 'samples')}, "
                f"{_such_as(cut[:1])}: an output that says as much would be cut off"
            )
    return found


def _is_cut(text: str, stop: str) -> bool:
    kept, at, _ = text.partition(stop)
    return bool(at) and kept.strip() != text.strip()


def _short_budget(task: Task) -> list[str]:
    budget = task.generation.max_new_tokens
    lengths = [(sample, max(map(estimate_tokens, sample.references), default=0)) for sample in task.samples]
    over = [(sample, length) for sample, length in lengths if length > budget]
    if not over:
        return []
    sample, length = max(over, key=lambda one: one[1])
    return [
        f"max_new_tokens is {budget}, and references of {_number(len(over), 'sample', 'samples')} take more by a crude "
        f'estimate, "{sample.id}" about {length}'
    ]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _number(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}"


def _such_as(samples: Iterable[Sample]) -> str:
    return "such as " + " and ".join(f'"{sample.id}"' for sample in samples)
