"""A task file of lm-eval that goes through a chat template, which lm-eval uses on demand only, is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalsuite.cli.main import main
from tests.models.tiny_hf import build

FOLDER = Path(__file__).parent.parent / "task" / "lm_eval_files"


@pytest.fixture(scope="module")
def chatting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint with a chat template."""
    return build(tmp_path_factory.mktemp("chatting"), chat=True)


@pytest.mark.parametrize(
    ("options", "task", "quiet", "expected"),
    [
        ("", "sums", (), 1),
        (",chat=auto", "sums", (), 1),
        (",chat=false", "sums", (), 0),
        (",chat=true", "sums", (), 0),
        ("", "sums", ("-q",), 0),
        ("", "colours", (), 0),
    ],
)
def test_once(
    chatting: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: str,
    task: str,
    quiet: tuple[str, ...],
    expected: int,
) -> None:
    command = ["run", "-M", f"hf:{chatting}{options}", "-t", str(FOLDER / f"{task}.yaml"), "-o", str(tmp_path)]
    main([*command, "-L", "1", "--gen-kwargs", "max_gen_toks=1", "--device", "cpu", *quiet])
    assert capsys.readouterr().err.count("asked through its chat template; lm-eval does so with") == expected
