"""A run whose model says all that could harm a page, and a browser without a network."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import Leaderboard, build_leaderboard, load_leaderboard_runs
from evalsuite.report.html import write_page

if TYPE_CHECKING:
    from evalsuite.types import Request

WriteTask = Callable[..., Path]

HOSTILE = {
    "s00": "<script>document.title='owned'</script>",
    "s01": "</script></style></textarea></pre><script>document.title='owned'</script>",
    "s02": "<img src=x onerror=\"document.title='owned'\"> <svg onload=\"document.title='owned'\">",
    "s03": "x" * 10_000,
    "s04": "".join(map(chr, range(32))) + "\x7f\x9b31m \u202etxt.exe\u2066 \u2028 \ufeff \ud800",
    "s05": "{{7*7}} {% for x in y %} {{ cycler.__init__.__globals__ }}",
    "s06": "javascript:alert(1) \" onmouseover=\"document.title='owned'\" '",
    "s07": "]]> <!-- <![CDATA[ --> &lt;b&gt; &#60;script&#62;",
}
NAME = "<b>bad</b></script><img src=x onerror=document.title='owned'> %{x} \u202e{{7*7}}"


@pytest.fixture
def hostile_board(write_task: WriteTask, tmp_path: Path) -> Leaderboard:
    """Return the leaderboard of two models on a task: one hostile in all it says, one plain."""

    def harmful(request: Request) -> str:
        if request.sample_id == "s08":
            raise ValueError("<script>document.title='owned'</script>")
        return HOSTILE.get(request.sample_id, "wrong")

    def plain(request: Request) -> str:
        right = request.prompt.removeprefix("Say ").removesuffix(".")
        return right if int(request.sample_id[1:]) % 3 else "wrong"

    task = str(write_task(24))
    for reply, name in ((harmful, NAME), (plain, "plain")):
        evaluate(ScriptedModel(reply, name=name, fingerprint=name), task, output=tmp_path / "runs")
    return build_leaderboard(load_leaderboard_runs([tmp_path / "runs"]))


@pytest.fixture
def hostile_page(hostile_board: Leaderboard, tmp_path: Path) -> Path:
    """Return its page."""
    path = tmp_path / "runs" / "report.html"
    assert write_page(hostile_board, path)
    return path


@pytest.fixture
def browse(tmp_path: Path) -> Callable[[Path], tuple[str, str]]:
    """Return a function from a page to its document after its scripts have run, and what the console says."""
    program = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")

    def browse(page: Path) -> tuple[str, str]:
        done = subprocess.run(
            [
                program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                f"--user-data-dir={tmp_path / 'profile'}", "--proxy-server=127.0.0.1:9", "--window-size=1280,2000",
                "--virtual-time-budget=20000", "--enable-logging=stderr", "--dump-dom", page.as_uri(),
            ],
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    return browse
