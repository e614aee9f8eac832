"""Audit a reasoning family: whether its items are what they say they are.

`audit_family` runs every audit over the items of a world, by their text alone, and returns a finding for each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.worlds import digest_samples, load_world
from evalsuite.worlds.audit_answers import audit_answers
from evalsuite.worlds.audit_finding import Finding, summed
from evalsuite.worlds.audit_shortcuts import audit_shortcuts
from evalsuite.worlds.audit_steps import audit_depth, audit_steps, parents_of
from evalsuite.worlds.families import family_of
from evalsuite.worlds.reading import read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample

__all__ = ["Finding", "audit_bytes", "audit_family", "audit_items", "count_tokens"]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LEAST_TEMPLATES = 40


def audit_family(
    family: str, *, seed: int, n: int, depths: tuple[int, int] | None = None, token_budget: int | None = None
) -> list[Finding]:
    """Make items of a family and run all audits over them.

    Parameters
    ----------
    family : str
        A name of `evalsuite.worlds.families.FAMILIES`.
    seed, n, depths
        Which items: the arguments of the world's ``samples``.
    token_budget : int, optional
        Most tokens that a model may write: no trace may need more.

    Returns
    -------
    list of Finding
        One for each audit, in a fixed order.

    Raises
    ------
    TaskError
        If there is no such family, or it cannot make such items.
    """
    family_of(family)
    samples = load_world(family).samples(seed=seed, n=n, depths=depths)
    findings = audit_items(family, samples, token_budget=token_budget)
    findings.append(audit_bytes(family, seed=seed, n=min(n, 200), depths=depths))
    return findings


def audit_items(family: str, samples: Sequence[Sample], *, token_budget: int | None = None) -> list[Finding]:
    """Run the audits that need items only.

    Notes
    -----
    ``form``: states, parents, tokens, template and reference agree. ``templates``: at least 40. ``distinct``: no id and
    no problem comes twice. ``text``: a second solver that reads the text finds the same states and the same answer,
    and no other. ``tables``: the tables hold the same facts. ``depth``: the longest chain of parents is the
    depth. ``steps``: every step is needed, and a slip at any changes the answer. ``oracle``, ``another's oracle``,
    ``negated``, ``padded``, ``empty``: what answers earn. Shortcuts: each is at chance. ``budget``: no trace needs
    more tokens than there are.
    """
    readings = [read_problem(family, str(sample.input["problem"])) for sample in samples]
    findings = [
        summed("form", samples, [_form(family, sample) for sample in samples]),
        _templates(samples),
        _distinct(samples),
        *audit_steps(family, samples, readings),
        audit_depth(samples),
        *audit_answers(samples),
        *audit_shortcuts(family, samples, readings),
    ]
    if token_budget is not None:
        faults = [
            None if (need := count_tokens(sample)) <= token_budget else f"needs {need} tokens of {token_budget}"
            for sample in samples
        ]
        findings.append(summed("budget", samples, faults))
    return findings


def audit_bytes(family: str, *, seed: int, n: int, depths: tuple[int, int] | None = None) -> Finding:
    """Make the items again in other interpreters with other ``PYTHONHASHSEED`` and compare their bytes."""
    here = digest_samples(load_world(family).samples(seed=seed, n=n, depths=depths))
    code = (
        "from evalsuite.worlds import digest_samples, load_world; "
        f"print(digest_samples(load_world({family!r}).samples(seed={seed}, n={n}, depths={depths})))"
    )
    root = str(Path(__file__).resolve().parents[2])
    other = []
    for hash_seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": root}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
        )
        other.append(done.stdout.strip() or done.stderr.strip()[-200:])
    passed = all(digest == here for digest in other)
    return Finding(audit="bytes", passed=passed, n=n, detail=here if passed else f"here {here}, elsewhere {other}")


def count_tokens(sample: Sample) -> int:
    """Return the tokens, words and marks, of the shortest correct trace."""
    return len(_TOKEN.findall(sample.references[0]))


def _form(family: str, sample: Sample) -> str | None:
    metadata = sample.metadata
    states = metadata["states"]
    if not isinstance(states, list) or not states:
        return "no states"
    lines = sample.references[0].split("\n")
    if lines[:-1] != [f"{k}: {state}" for k, state in enumerate(states, 1)] or not lines[-1].startswith("answer: "):
        return "the reference is not the trace of its states and an answer"
    if any(str(state) != str(state).strip() or "\n" in str(state) for state in states):
        return "a state has space around it or a line break in it"
    parents = parents_of(sample)
    if len(parents) != len(states) or any(not 0 < p < k for k, row in enumerate(parents, 1) for p in row):
        return "parents must be earlier steps, a list for each step"
    if metadata.get("family", family) != family or sample.cluster != metadata["template"]:
        return "family or template is another"
    width, n_distractors = metadata.get("width", 1), metadata.get("n_distractors", 0)
    if not isinstance(width, int) or not isinstance(n_distractors, int) or width < 1 or n_distractors < 0:
        return "width or n_distractors is missing"
    if metadata.get("trace_tokens", count_tokens(sample)) != count_tokens(sample):
        return f"trace_tokens is {metadata['trace_tokens']}, the trace has {count_tokens(sample)}"
    return None


def _templates(samples: Sequence[Sample]) -> Finding:
    found = len({sample.cluster for sample in samples})
    expected = min(_LEAST_TEMPLATES, len(samples))
    return Finding(audit="templates", passed=found >= expected, n=len(samples), detail=f"{found} templates")


def _distinct(samples: Sequence[Sample]) -> Finding:
    problems = Counter(str(sample.input["problem"]) for sample in samples)
    ids = Counter(sample.id for sample in samples)
    twice = [key for counter in (problems, ids) for key, count in counter.items() if count > 1]
    return Finding(audit="distinct", passed=not twice, n=len(samples), detail=f"{len(twice)} come twice")
