"""``evalsuite weights``: what is needed, whether it is right, and a file that is known by its hash."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.cli import main
from evalsuite.errors import InputError
from evalsuite.extractors import EXTRACTORS, inception_weights, weight_files
from evalsuite.extractors.inception_weights import FILE_NAME, SHA256, SHA256_START, VARIABLE, find_weights
from evalsuite.extractors.weight_files import WeightsFile, import_weights, needed_files

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
CONTENT = b"weights of Inception"


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No weights yet; those that are wanted are a few bytes."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(inception_weights, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(inception_weights, "N_BYTES", len(CONTENT))
    (tmp_path / "given.pth").write_bytes(CONTENT)
    (tmp_path / "other.pth").write_bytes(b"other weights")
    monkeypatch.chdir(tmp_path)


def call(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["weights", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def states(capsys: Capture, action: str = "verify") -> dict[str, str]:
    _, out, _ = call(capsys, action, "--json")
    return {record["name"]: record["state"] for record in json.loads(out)}


def test_the_hash_is_the_one_that_the_file_is_named_after() -> None:
    assert SHA256.startswith(SHA256_START)
    assert len(SHA256) == 64
    assert f"pt_inception-2015-12-05-{SHA256[:8]}.pth" == FILE_NAME


def test_all_extractors_by_name_are_listed(capsys: Capture) -> None:
    code, out, err = call(capsys, "list", "--json")
    assert (code, err) == (0, "")
    listed = [name for record in json.loads(out) for name in record["extractors"]]
    assert sorted(listed) == sorted(EXTRACTORS.names())


def test_list_says_what_where_and_whether(capsys: Capture, tmp_path: Path) -> None:
    code, out, err = call(capsys, "list")
    assert (code, err) == (0, "")
    assert "inception: missing\n  for       inception_fid, inception_logits\n" in out
    assert f"  path      {tmp_path / 'torch/hub/checkpoints' / FILE_NAME}  (or that in {VARIABLE})\n" in out
    assert f"  sha256    {hashlib.sha256(CONTENT).hexdigest()}\n" in out
    assert f"  known as  {FILE_NAME} or weights-inception-2015-12-05-6726825d.pth\n" in out
    assert "fashion_convnet: there\n" in out
    assert states(capsys, "list") == {
        "fashion_convnet": "there",
        "inception": "missing",
        "alexnet": "missing",
        "vgg16": "missing",
    }
    assert "alexnet: missing\n  for       lpips, lpips_diversity\n" in out
    assert "  sha256    7be5be79...\n" in out


def test_a_file_of_which_only_the_first_digits_are_known(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"other weights").hexdigest()
    there = tmp_path / "there" / "file.pth"
    file = WeightsFile(name="a", extractors=(), sha256=digest[:8], n_bytes=None, path=there)
    assert import_weights(tmp_path / "other.pth", [file]) == file
    assert there.read_bytes() == b"other weights"
    with pytest.raises(InputError, match=rf"has {digest[:8]}\.\.\.$"):
        import_weights(tmp_path / "given.pth", [file])


def test_verify_counts_what_is_missing(capsys: Capture) -> None:
    code, out, err = call(capsys, "verify")
    assert (code, err) == (0, "")
    assert out.endswith("3 of 4 missing; name those you need, and it is an error\n")
    assert call(capsys, "verify", "vgg16")[0] == 2


def test_an_imported_file_is_found(capsys: Capture, tmp_path: Path) -> None:
    for name in ("given.pth", "weights-inception-2015-12-05-6726825d.pth"):
        (tmp_path / name).write_bytes(CONTENT)
        code, out, err = call(capsys, "import", name)
        assert (code, err) == (0, "")
        assert out.startswith(f"inception: {inception_weights.cached_path()}  (SHA-256 ")
        assert find_weights().read_bytes() == CONTENT
        assert [path.name for path in find_weights().parent.iterdir()] == [FILE_NAME]
    assert states(capsys) == {
        "fashion_convnet": "right",
        "inception": "right",
        "alexnet": "missing",
        "vgg16": "missing",
    }
    assert call(capsys, "verify", "inception_logits")[0] == 0


def test_it_goes_where_the_variable_says(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "deep" / "mine.pth"))
    assert call(capsys, "import", "given.pth")[0] == 0
    assert find_weights() == tmp_path / "deep" / "mine.pth"
    assert not inception_weights.cached_path().exists()


def test_another_file_in_its_place(capsys: Capture) -> None:
    path = inception_weights.cached_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"truncated")
    code, out, err = call(capsys, "verify")
    assert code == 2
    assert "inception: another file\n" in out
    assert f"  found     {hashlib.sha256(b'truncated').hexdigest()}\n" in out
    assert err == "evalsuite: error: weights: not as they should be: inception (another file)\n"
    code, _, err = call(capsys, "import", "given.pth")
    assert (code, path.read_bytes()) == (2, b"truncated")
    assert f"{path}: has another file in it" in err
    assert err.endswith("; --force replaces it\n")
    assert call(capsys, "import", "given.pth", "--force")[0] == 0
    assert path.read_bytes() == CONTENT


def test_missing_ones_are_wrong_only_where_they_are_asked_for(capsys: Capture) -> None:
    assert call(capsys, "verify")[0] == 0
    code, _, err = call(capsys, "verify", "inception_fid")
    assert (code, "inception (missing)" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("import", "other.pth"),
            "other.pth: is none of the weights that are needed, or was damaged on the way: its",
        ),
        (("import", "gone.pth"), "gone.pth: there is no such file"),
        (("import", "."), ".: there is no such file"),
        (("import",), "weights: import takes the path of one file"),
        (("import", "given.pth", "other.pth"), "weights: import takes the path of one file"),
        (("import", "given.pth", "--json"), "weights: --json is for list and verify"),
        (("verify", "inceptoin"), 'weights: nothing is called "inceptoin"; did you mean "inception"? Known: fashion_'),
        (("list", "inception"), 'weights: unknown argument "inception": list shows all'),
        (("list", "--force"), "weights: --force is for import"),
        (("lits",), 'unknown: "lits"; did you mean "list"?'),
    ],
)
def test_mistakes_are_explained(capsys: Capture, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_where_it_cannot_be_written(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "torch").write_bytes(b"")
    code, _, err = call(capsys, "import", "given.pth")
    assert code == 4
    assert "cannot be written: Not a directory" in err


def test_a_file_that_changes_on_the_way_does_not_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = weight_files.hash_file(tmp_path / "given.pth")
    monkeypatch.setattr(weight_files, "hash_file", lambda path: digest)
    with pytest.raises(InputError, match="was changed while it was copied"):
        import_weights(tmp_path / "other.pth", needed_files())
    assert not inception_weights.cached_path().exists()
    assert list(inception_weights.cached_path().parent.iterdir()) == []


def test_several_at_once(tmp_path: Path) -> None:
    failures: list[Any] = []

    def work() -> None:
        try:
            import_weights(tmp_path / "given.pth", needed_files())
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert next(file for file in needed_files() if file.name == "inception").path.read_bytes() == CONTENT
