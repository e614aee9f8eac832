"""Audit a dataset of reasoning-gym: whether its items can be scored by exact answers, and are the same everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.answers import answer_key, compare_answers, extract_answer
from evalsuite.task.outside.reasoning_gym import make_samples
from evalsuite.task.outside.reasoning_gym_solvers import SOLVERS
from evalsuite.worlds import digest_samples
from evalsuite.worlds.audit_answers import audit_answers
from evalsuite.worlds.audit_finding import Finding, summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample

__all__ = ["MOST_COMMON", "READ_RULES", "audit_bytes", "audit_dataset", "audit_samples", "audit_truth"]

READ_RULES = ("chain_sum", "dice", "products")
"""Datasets with a rule of their own that we read, in 0.1.25: it pays in full for the oracle's value alone."""

MOST_COMMON = 0.75
"""Largest share of items that the commonest answer may be right for."""

_DISTINCT = 0.9


def audit_dataset(name: str, *, n: int, seeds: Sequence[int]) -> list[Finding]:
    """Make items of several seeds and run the audits over them.

    Notes
    -----
    ``form``: question and answer are text, an answer is one line that is found whole behind ``answer:``. ``oracle``,
    ``another's oracle``, ``negated``, ``padded``, ``empty``: as for our own families. ``reordered``: the parts of an
    answer in another order are not right. ``as written``: no answer with letters is read as a number, as the base 16
    number 1e3 is. ``guess``: the commonest answer is right for at most 75 % of the items. ``distinct``: at least 90 %
    of the questions are. ``one answer``: the dataset keeps the package's base rule, which is for datasets with a single
    oracle, or has one that we read.
    ``prefix``: an item does not depend on how many are made, nor on their order. ``solved again``: a second solver
    finds the same answers in the text of the questions. ``bytes``, where all else passes: other interpreters with
    another ``PYTHONHASHSEED`` make the same items.
    """
    try:
        drawn = {seed: make_samples(name, n=n, seed=seed) for seed in seeds}
    except Exception as error:  # the generator is somebody else's code
        return [Finding(audit="form", passed=False, n=0, detail=f"{type(error).__name__}: {error}"[:200])]
    samples = [sample for part in drawn.values() for sample in part]
    findings = audit_samples(samples)
    if not findings[0].passed:
        return findings
    findings += [_one_answer(name, len(samples)), audit_truth(name, samples)]
    findings.append(_prefix(name, drawn[seeds[0]], seeds[0]))
    if all(finding.passed for finding in findings):
        findings.append(audit_bytes(name, n=n, seed=seeds[0]))
    return findings


def audit_samples(samples: Sequence[Sample]) -> list[Finding]:
    """Run the audits that need items only."""
    form = summed("form", samples, [_form(sample) for sample in samples])
    if not form.passed:
        return [form]
    common = Counter(answer_key(_answer(sample)) for sample in samples).most_common(1)[0][1] / len(samples)
    questions = len({sample.input["question"] for sample in samples}) / len(samples)
    n = len(samples)
    return [
        form,
        *audit_answers(samples),
        summed("reordered", samples, [_reordered(sample) for sample in samples]),
        summed("as written", samples, [_as_written(sample) for sample in samples]),
        Finding(audit="guess", passed=common <= MOST_COMMON, n=n, detail=f"the commonest is right for {common:.0%}"),
        Finding(audit="distinct", passed=questions >= _DISTINCT, n=n, detail=f"{questions:.0%} of the questions"),
    ]


def audit_truth(name: str, samples: Sequence[Sample]) -> Finding:
    """Find the answers again by a second solver, which reads the questions alone."""
    if name not in SOLVERS:
        return Finding(audit="solved again", passed=False, n=0, detail="there is no second solver")
    faults: list[str | None] = []
    for sample in samples:
        try:
            found = SOLVERS[name](str(sample.input["question"]))
        except (ValueError, LookupError, SyntaxError) as error:
            faults.append(f"the question cannot be read: {error}")
            continue
        same = compare_answers(found, _answer(sample)) == "right"
        faults.append(None if same else f"{found} is right, the oracle says {_answer(sample)}")
    return summed("solved again", samples, faults)


def audit_bytes(name: str, *, n: int, seed: int) -> Finding:
    """Make the items in other interpreters with other ``PYTHONHASHSEED`` and compare their bytes."""
    code = (
        "from evalsuite.task.outside.reasoning_gym import make_samples; from evalsuite.worlds import digest_samples; "
        f"print(digest_samples(make_samples({name!r}, n={n}, seed={seed})))"
    )
    path = os.pathsep.join([str(Path(__file__).resolve().parents[3]), *sys.path])
    found = []
    for hash_seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], capture_output=True, text=True, env=environment, check=False
        )
        found.append(done.stdout.strip().rpartition("\n")[2] or done.stderr.strip()[-200:])
    here = digest_samples(make_samples(name, n=n, seed=seed))
    passed = all(digest == here for digest in found)
    return Finding(audit="bytes", passed=passed, n=n, detail=here if passed else f"here {here}, elsewhere {found}")


def _answer(sample: Sample) -> str:
    return sample.references[0].removeprefix("answer: ")


def _form(sample: Sample) -> str | None:
    answer = _answer(sample)
    if not answer.strip() or answer != answer.strip() or len(answer.splitlines()) != 1:
        return f"the answer is not one line: {answer[:80]!r}"
    found = extract_answer(sample.references[0])
    if found.rule != "marker" or found.text is None or answer_key(found.text) != answer_key(answer):
        return f"of the answer {answer[:80]!r} is found {found.text!r:.80}"
    if compare_answers(found.text, answer) != "right":
        return f"the answer {answer[:80]!r} cannot be compared"
    return None


def _reordered(sample: Sample) -> str | None:
    answer = _answer(sample)
    parts = answer.split(", ")
    other = ", ".join(reversed(parts))
    return f"right: {other!r}" if other != answer and compare_answers(other, answer) == "right" else None


def _as_written(sample: Sample) -> str | None:
    answer = _answer(sample)
    key = answer_key(answer)
    if not re.search("[0-9][a-zA-Z]", answer) or key is None or re.search("[a-zA-Z]", key):
        return None
    return f"the answer {answer[:80]!r} is read as the number {key}"


def _one_answer(name: str, n: int) -> Finding:
    factory: Any = import_module("reasoning_gym.factory")
    base: Any = import_module("reasoning_gym.dataset").ProceduralDataset
    keeps = factory.DATASETS[name][0].score_answer is base.score_answer
    detail = "the base rule" if keeps else "a rule of its own, read" if name in READ_RULES else "a rule of its own"
    return Finding(audit="one answer", passed=keeps or name in READ_RULES, n=n, detail=detail)


def _prefix(name: str, samples: Sequence[Sample], seed: int) -> Finding:
    more = make_samples(name, n=len(samples) + 7, seed=seed)
    made: Any = import_module("reasoning_gym").create_dataset(name, size=len(samples), seed=seed)
    backwards = [made[i]["question"] for i in reversed(range(len(samples)))][::-1]
    passed = more[: len(samples)] == list(samples) and backwards == [sample.input["question"] for sample in samples]
    return Finding(audit="prefix", passed=passed, n=len(samples), detail="" if passed else "items depend on the others")
