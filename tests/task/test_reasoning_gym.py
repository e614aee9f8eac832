"""Items of reasoning-gym: what becomes of them, what is refused, and what the audits find in made-up datasets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest

from evalsuite import evaluate
from evalsuite.errors import DependencyError, TaskError
from evalsuite.task import load_task
from evalsuite.task.outside import reasoning_gym, reasoning_gym_audit
from evalsuite.task.outside.reasoning_gym import make_samples
from evalsuite.task.outside.reasoning_gym_audit import audit_dataset, audit_samples, audit_truth
from evalsuite.task.outside.reasoning_gym_list import AUDITED_VERSION, DATASETS, DEPTHS
from evalsuite.task.outside.reasoning_gym_solvers import SOLVERS

Make = Callable[[int, int, int], dict[str, Any]]


TRUTH: dict[str, str] = {}


class ProceduralDataset:
    """The documented interface: items by index, and a rule of scoring that a dataset may replace."""

    make: Make

    def __init__(self, size: int, seed: int) -> None:
        self.size, self.seed = size, seed

    def __getitem__(self, index: int) -> dict[str, Any]:
        print("made one")  # as some generators do
        item = type(self).make(self.size, self.seed, index)
        TRUTH[str(item["question"])] = str(item["answer"])
        return item

    def score_answer(self, answer: str | None, entry: dict[str, Any]) -> float:
        return float(answer == entry["answer"])


def terms(size: int, seed: int, index: int) -> dict[str, Any]:
    numbers = [(37 * (seed + index) + 11 * k) % 97 for k in range(2 + index % 3)]
    return {
        "question": f"Add {' + '.join(map(str, numbers))}",
        "answer": str(sum(numbers)),
        "metadata": {"num_terms": len(numbers)},
    }


def with_answer(answer: Callable[[int, int], Any]) -> Make:
    return lambda size, seed, index: {**terms(size, seed, index), "answer": answer(size, seed + index)}


@pytest.fixture
def gym(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that puts a dataset into a package of that name; a rule of its own where one is given."""
    package, factory, base = (ModuleType(f"reasoning_gym{part}") for part in ("", ".factory", ".dataset"))
    factory.DATASETS = {}  # type: ignore[attr-defined]
    base.ProceduralDataset = ProceduralDataset  # type: ignore[attr-defined]
    package.create_dataset = lambda name, size, seed: factory.DATASETS[name][0](size, seed)  # type: ignore[attr-defined]
    for module in (package, factory, base):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(reasoning_gym, "version", lambda name: AUDITED_VERSION)
    monkeypatch.setattr(reasoning_gym_audit, "SOLVERS", {})
    monkeypatch.setattr(reasoning_gym_audit, "audit_bytes", lambda name, *, n, seed: passed_bytes(n))

    def put(name: str, make: Make, **members: object) -> None:
        made = type(name, (ProceduralDataset,), {"make": staticmethod(make), **members})
        factory.DATASETS[name] = (made, object)  # type: ignore[attr-defined]
        reasoning_gym_audit.SOLVERS[name] = TRUTH.__getitem__

    return put


def passed_bytes(n: int) -> reasoning_gym_audit.Finding:
    return reasoning_gym_audit.Finding(audit="bytes", passed=True, n=n, detail="")


def failed(name: str) -> list[str]:
    return [finding.audit for finding in audit_dataset(name, n=40, seeds=[1, 500]) if not finding.passed]


def test_items_become_a_task(gym: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    gym("chain_sum", terms)
    task = load_task("reasoning_gym:chain_sum?n=30&seed=5")
    assert (task.name, len(task.samples), task.primary.name, task.primary.by) == (
        "reasoning_gym-chain_sum",
        30,
        "accuracy",
        ("depth",),
    )
    first = task.samples[0]
    assert (first.input["question"], first.references, first.depth) == ("Add 88 + 2", ("answer: 90",), 1)
    assert {sample.depth for sample in task.samples} == {1, 2, 3}
    request = task.request(first, repeat=0, turn=0, history=(), run_seed=0)
    assert request is not None
    assert request.prompt.startswith('Add 88 + 2\n\nEnd with one line "answer: X"')
    assert load_task(task.source) == task
    assert load_task("reasoning_gym:chain_sum?n=31&seed=5").samples[:30] == task.samples
    assert load_task("reasoning_gym:chain_sum").source == "reasoning_gym:chain_sum?n=200&seed=1"
    assert load_task("reasoning_gym:chain_sum?seed=6&n=30").content_hash != task.content_hash
    assert capsys.readouterr().out == ""


def test_answers_are_scored_by_our_rules(gym: Callable[..., None], tmp_path: Any) -> None:
    """The package's own rule would pay for the first two in part, by length, and nothing for the last."""
    gym("gcd", terms)
    said = iter(["It is not {}.", "answer: {}7", "So the answer is **{}**.", r"\boxed{{{}}}"] * 10)

    def answer(prompt: str) -> str:
        numbers = prompt.partition("\n")[0].removeprefix("Add ").split(" + ")
        return next(said).format(sum(map(int, numbers)))

    report = evaluate(answer, "reasoning_gym:gcd?n=40", output=tmp_path)[0]
    assert report.primary.outcomes == {"right": 20, "wrong": 20}
    assert report.task["source"] == "reasoning_gym:gcd?n=40&seed=1"


def test_one_question_is_one_cluster(gym: Callable[..., None]) -> None:
    gym("gcd", lambda size, seed, index: terms(size, seed, index % 5))
    samples = make_samples("gcd", n=20, seed=1)
    assert len({sample.cluster for sample in samples}) == 5
    assert len({sample.id for sample in samples}) == 20


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("chain_sun", r'no dataset "chain_sun" among those that pass our audits; did you mean "chain_sum"\?'),
        ("word_ladder", r'no dataset "word_ladder" among'),
        ("", r'no dataset "" among'),
        ("chain_sum?n=0", r'n must be a whole number from 1 to 100000, found "0"'),
        ("chain_sum?n=100001", "n must be a whole number"),
        ("chain_sum?seed=-1", "seed must be a whole number from 0 to"),
        ("chain_sum?seed=4294967296", "seed must be a whole number"),
        ("chain_sum?n=", r'found ""'),
        ("chain_sum?n=²", "n must be a whole number"),
        ("chain_sum?sede=1", r'unknown option "sede"; did you mean "seed"\?'),
    ],
)
def test_specs_that_are_wrong(gym: Callable[..., None], spec: str, message: str) -> None:
    gym("chain_sum", terms)
    with pytest.raises(TaskError, match=rf"^reasoning_gym:.*{message}"):
        load_task(f"reasoning_gym:{spec}")


def test_items_that_are_wrong_are_named(gym: Callable[..., None]) -> None:
    gym("gcd", with_answer(lambda size, place: None))
    with pytest.raises(TaskError, match="reasoning_gym:gcd: item 0: answer must be a string, found nothing"):
        load_task("reasoning_gym:gcd?n=3")
    gym("chain_sum", lambda size, seed, index: {**terms(size, seed, index), "metadata": {"num_terms": 1}})
    with pytest.raises(TaskError, match="item 0: metadata: num_terms must be at least 2, found 1"):
        load_task("reasoning_gym:chain_sum?n=3")


def test_another_version_and_none_are_refused(gym: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    gym("gcd", terms)
    monkeypatch.setattr(reasoning_gym, "version", lambda name: "9.9")
    with pytest.raises(
        DependencyError, match=rf"audited as reasoning-gym {AUDITED_VERSION} makes them, found 9\.9: pip"
    ):
        load_task("reasoning_gym:gcd")

    def none(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(reasoning_gym, "version", none)
    with pytest.raises(DependencyError, match=f"needs the package reasoning-gym: pip install .*=={AUDITED_VERSION}"):
        load_task("reasoning_gym:gcd")


def test_audits_find_what_is_wrong(gym: Callable[..., None]) -> None:
    gym("sound", terms)
    assert failed("sound") == []
    gym("lines", with_answer(lambda size, place: f"{place}\n{place + 1}"))
    gym("nothing", with_answer(lambda size, place: None))
    gym("asides", with_answer(lambda size, place: f"{place} (I checked this twice.)"))
    assert failed("lines") == failed("nothing") == failed("asides") == ["form"]
    gym("mostly yes", with_answer(lambda size, place: "no" if place % 5 == 0 else "yes"))
    assert failed("mostly yes") == ["guess"]
    gym("base 16", with_answer(lambda size, place: f"{place}e0" if place % 7 == 0 else f"{place}f"))
    assert failed("base 16") == ["as written"]
    gym("few questions", lambda size, seed, index: terms(size, 1, index % 20))
    assert failed("few questions") == ["distinct"]
    gym("size", lambda size, seed, index: terms(size, seed + size, index))
    assert failed("size") == ["prefix"]
    gym("many ways", terms, score_answer=lambda self, answer, entry: 1.0)
    assert failed("many ways") == ["one answer"]
    gym("floored", terms)
    reasoning_gym_audit.SOLVERS["floored"] = lambda question: str(int(TRUTH[question]) // 2)
    assert failed("floored") == ["solved again"]
    reasoning_gym_audit.SOLVERS["floored"] = lambda question: str(int("no number"))
    assert failed("floored") == ["solved again"]
    del reasoning_gym_audit.SOLVERS["floored"]
    assert failed("floored") == ["solved again"]
    gym("products", terms, score_answer=lambda self, answer, entry: float(answer == entry["answer"]))
    assert failed("products") == []


def test_an_audit_of_lists_in_another_order(gym: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    gym("lists", with_answer(lambda size, place: f"pear {place}, plum, fig"))
    assert failed("lists") == []
    monkeypatch.setattr(reasoning_gym_audit, "compare_answers", lambda answer, gold: "right")
    assert "reordered" in failed("lists")


def test_a_list_in_another_order_is_wrong(gym: Callable[..., None], tmp_path: Any) -> None:
    gym("word_sequence_reversal", with_answer(lambda size, place: f"pear {place}, plum, fig"))
    report = evaluate(
        lambda prompt: "answer: fig, plum, pear", "reasoning_gym:word_sequence_reversal?n=10", output=tmp_path
    )[0]
    assert (report.primary.value, report.primary.n_unscored) == (0.0, 0)


@pytest.mark.parametrize(
    ("name", "question", "answer"),
    [
        ("base_conversion", "Now, convert the base-12 number 277 to base-11", "315"),
        ("base_conversion", "Now, convert the binary number 11110001 to hexadecimal", "f1"),
        ("basic_arithmetic", "Calculate -686 / -( -611 + -394 + -1004 ).", "-14/41"),
        ("binary_alternation", "make the following binary string alternating: 11000011110", "3"),
        ("binary_alternation", "make the following binary string alternating: 1110", "-1"),
        ("chain_sum", "the following arithmetic problem: 7 - 0 + 5 + 3 + 1 - 5 =", "11"),
        ("count_bits", "How many 1 bits are there in the binary representation of the number 255?", "8"),
        ("count_primes", "Count how many prime numbers there are between 8997 and 9051 (inclusive) ?", "9"),
        ("course_schedule", "where prerequisites[i] = (a_i, b_i):\n[(0, 4), (4, 1), (1, 3)]", "True"),
        ("course_schedule", "where prerequisites[i] = (a_i, b_i):\n[(0, 4), (4, 1), (1, 0), (2, 3)]", "False"),
        ("dice", "I have these dice: 2d6, 1d2. What are the odds of rolling 14 or higher? ('1d6' is one roll)", "1/72"),
        ("gcd", "Find the Greatest Common Divisor (GCD) of these numbers: 306, 579. Give only the GCD", "3"),
        ("largest_island", "You are given the following 3 x 3 grid:\n1 0 1\n1 0 1\n0 1 1\n\nAn island is", "4"),
        ("lcm", "Find the Least Common Multiple (LCM) of these numbers: 42, 84", "84"),
        ("letter_counting", 'How many times does the letter "t" appear in the text: "They commenced it"?', "2"),
        ("products", "Solve the following multiplication: 857 * 100. Give only the result", "85700"),
        ("word_sequence_reversal", "Reverse this list of words: of, 2889, end\n", "end, 2889, of"),
    ],
)
def test_second_solvers(name: str, question: str, answer: str) -> None:
    assert SOLVERS[name](question) == answer


@pytest.mark.skipif(find_spec("reasoning_gym") is None, reason="the package reasoning-gym is not installed")
@pytest.mark.parametrize("name", DATASETS)
def test_the_list_passes_the_audits(name: str) -> None:
    samples = make_samples(name, n=60, seed=77)
    findings = [*audit_samples(samples), audit_truth(name, samples)]
    assert [finding for finding in findings if not finding.passed] == []
    assert load_task(f"reasoning_gym:{name}?n=60&seed=77").samples == tuple(samples)


def test_the_list_holds_what_declares_steps_and_what_is_solved_again() -> None:
    assert set(DEPTHS) <= set(DATASETS) <= set(SOLVERS)
    assert list(DATASETS) == sorted(set(DATASETS))
