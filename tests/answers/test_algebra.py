"""Algebra in its own processes: what it settles, what it refuses, and that nothing outlives its deadline."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING

import pytest

from evalsuite.answers import algebra, verify, verify_all
from evalsuite.answers.algebra_pool import AlgebraPool, is_installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

needs_algebra = pytest.mark.skipif(not is_installed(), reason="math-verify is not installed (extra math)")


@needs_algebra
@pytest.mark.parametrize(
    ("answer", "gold", "verdict"),
    [
        ("x^2+1", "1+x^2", "right"),
        ("(x+1)^2", "x^2+2x+1", "right"),
        ("(x+1)^2", "x^2+1", "wrong"),
        ("2sqrt(3)", "\\sqrt{12}", "right"),
        ("\\frac12", "0.5", "right"),
        ("2^{10}", "1024", "right"),
        ("2^{10}", "1023", "wrong"),
        ("2x+3y=5", "4x+6y=10", "right"),
        ("2x+3y=5", "3x+2y=7", "wrong"),
        ("x = \\frac{2}{4}", "\\frac12", "right"),
        ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1\\\\\\frac{4}{2}\\end{pmatrix}", "right"),
        ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1\\\\3\\end{pmatrix}", "wrong"),
        ("(\\sqrt{4}, 1)", "(2, 1)", "right"),
        ("\\pm 3", "3, -3", "right"),
        ("90^\\circ", "90", "right"),
        ("1.5", "\\sqrt{2}", "wrong"),
        ("1.41", "\\sqrt{2}", "undecided"),
        ("\\infty - \\infty", "0", "undecided"),
        ("\\text{no such place}", "5x", "undecided"),
        ("3+", "3", "undecided"),
    ],
)
def test_expressions(answer: str, gold: str, verdict: str) -> None:
    assert verify(answer, gold, extract=False, deadline_seconds=30).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "gold", "verdict"),
    [
        ("(1, 2.0)", "(1,2)", "right"),
        ("(2,1)", "(1,2)", "wrong"),
        ("(1,2,3)", "(1,2)", "wrong"),
        ("2, 1", "1, 2", "right"),
        ("\\{1,3\\}", "\\{1,2\\}", "wrong"),
        ("(0,1]", "[0,1]", "wrong"),
        ("(0,1)", "[0,1]", "undecided"),
        ("(1%, 2)", "(1,2)", "undecided"),
    ],
)
def test_lists_need_no_algebra(answer: str, gold: str, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "is_installed", lambda: False)
    found = verify(answer, gold, extract=False)
    assert found.verdict == verdict
    assert found.settled == ("none" if verdict == "undecided" else "exact")


def test_without_the_extra_expressions_are_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "is_installed", lambda: False)
    found = verify("answer: x^2+1", "1+x^2")
    assert (found.verdict, found.settled, found.reason) == ("undecided", "none", "not installed")


@needs_algebra
@pytest.mark.parametrize("hostile", ["10^{10^8}", "(10^{100000000})!", "9^{9^{9^9}}", "1000000007!", "2^{1000000000}"])
def test_what_does_not_end_is_killed_and_the_next_is_settled(hostile: str) -> None:
    found = verify(hostile, "x+1", extract=False, deadline_seconds=1.5)
    assert found.verdict == "undecided"
    assert found.reason in {"deadline", "worker ended", "doubtful", "unreadable"}
    assert verify("2^{10}", "1024", extract=False, deadline_seconds=1.5).verdict in {"right", "undecided"}


@needs_algebra
def test_the_callers_alarm_stays() -> None:
    rang: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: rang.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        verify("x^2+1", "1+x^2", extract=False, deadline_seconds=30)
        deadline = time.monotonic() + 30
        while not rang and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rang == [signal.SIGALRM]


@needs_algebra
def test_threads_get_their_own_answers() -> None:
    found: dict[int, str] = {}

    def ask(k: int) -> None:
        found[k] = verify(f"{k}^{{2}}", str(k * k + k % 2), extract=False, deadline_seconds=60).verdict

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(2, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: "wrong" if k % 2 else "right" for k in range(2, 14)}


@needs_algebra
def test_a_batch_with_a_hostile_pair_settles_the_others() -> None:
    answers = ["2^{10}", "10^{10^8}", "3^{3}", "x+x"]
    found = verify_all(answers, ["1024", "x", "28", "2x"], extract=False, deadline_seconds=8)
    assert [found.verdicts[i] for i in (0, 2, 3)] == ["right", "wrong", "right"]
    assert found.verdicts[1] != "right"


@needs_algebra
def test_an_ended_process_is_replaced() -> None:
    pool = AlgebraPool(1)
    assert pool.settle([("2^{2}", "4")], 60.0) == ["equal by algebra"]
    (worker,) = pool._workers
    worker._process.kill()
    worker._process.wait()
    assert pool.settle([("2^{2}", "4")], 60.0) == ["worker ended"]
    assert pool.settle([("2^{2}", "4")], 60.0) == ["equal by algebra"]
    (worker,) = pool._workers
    pool.close()
    assert worker._process.returncode is not None


SCRIPT = """
    from evalsuite.answers import verify
    from evalsuite.answers.algebra_pool import shared_pool
    assert verify("x+x", "2x", extract=False, deadline_seconds=60.0).verdict == "right"
    print(*[worker._process.pid for worker in shared_pool()._workers], flush=True)
"""


def _has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def _wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@needs_algebra
@pytest.mark.parametrize("end", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_processes_end_with_the_one_that_asks(end: str) -> None:
    script = textwrap.dedent(SCRIPT) + end
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split(), done.stderr
    for process in map(int, done.stdout.split()):
        assert _wait_for(lambda process=process: _has_ended(process))  # type: ignore[misc]


# A script of its own: children by spawn import the module that a function is of, and tests are not on their path.
SPAWNING = """
    import multiprocessing
    from evalsuite.answers import verify

    def ask(answer):
        return verify(answer, "2x", extract=False, deadline_seconds=60).verdict

    if __name__ == "__main__":
        mine = ask("x+x")
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(mine, *pool.map(ask, ["x+x", "x+1"]))
"""


@needs_algebra
def test_children_by_spawn_have_processes_of_their_own(tmp_path: Path) -> None:
    script = tmp_path / "spawning.py"
    script.write_text(textwrap.dedent(SPAWNING))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["right", "right", "wrong"], done.stderr
