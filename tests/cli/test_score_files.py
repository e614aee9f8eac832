"""``evalsuite score --hyp``: many systems, compressed input, sacrebleu's numbers, and what is wrong with files."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard

from evalsuite.cli import main
from evalsuite.cli.text_files import read_lines
from tests.reference.systems import make_systems

Capture = pytest.CaptureFixture[str]
REFERENCES = [
    ["The dog bit the man.", "It was not unexpected.", "The man bit him first.", "Žluťoučký kůň.", "今天天气不错。"],
    ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog.", "Kůň.", "今天很好。"],
]
SYSTEMS = {
    "a.txt": ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.", "Kůň", "今天天气很好。"],
    "b.txt": ["The dog bit a man.  ", "It was not a surprise.", "The man bit.", "", "今天"],
    "c.txt": ["A dog bit the man.", "It was not unexpected", "Him the man bit.", "Žluťoučký kůň.", "天气不错。"],
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, lines in {**SYSTEMS, "ref1": REFERENCES[0], "ref2": REFERENCES[1]}.items():
        Path(name).write_text("\n".join(lines) + "\n", "utf-8")


def call(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["score", *map(str, arguments)])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def records(capsys: Capture, *arguments: object) -> list[dict[str, Any]]:
    code, out, err = call(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


def sacrebleu(*arguments: object) -> Any:
    command = [sys.executable, "-m", "sacrebleu", *map(str, arguments), "-f", "json", "-w", "17", "-q"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def test_one_system_has_all_that_sacrebleus_json_has(capsys: Capture) -> None:
    theirs = sacrebleu("ref1", "ref2", "-i", "a.txt", "-m", "bleu", "chrf", "ter", "--confidence")
    files = ("--hyp", "a.txt", "--ref", "ref1", "ref2")
    ours = records(capsys, *files, "--metric", "bleu", "chrf", "ter", "--confidence")
    assert len(theirs) == len(ours) == 3
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.pop("confidence").startswith("μ = ")
        assert other.pop("confidence").startswith("μ = ")
        assert {key: mine[key] for key in other} == other
        assert mine["value"] == mine["score"]
        assert mine["metric_signature"].startswith(mine["metric"])


def test_confidence_takes_as_many_samples_as_asked_for(capsys: Capture) -> None:
    theirs = sacrebleu("ref1", "-i", "a.txt", "-m", "bleu", "chrf", "--confidence", "--confidence-n", 37)
    arguments = ("--hyp", "a.txt", "--ref", "ref1", "--metric", "bleu", "chrf", "--confidence", "--n-samples", 37)
    for mine, other in zip(records(capsys, *arguments), theirs, strict=True):
        assert [mine[key] for key in ("confidence_mean", "confidence_var", "signature")] == [
            other[key] for key in ("confidence_mean", "confidence_var", "signature")
        ]
        assert "|bs:37|" in mine["signature"]


def test_options_are_sacrebleus(capsys: Capture) -> None:
    theirs = sacrebleu("ref1", "-i", "c.txt", "-m", "bleu", "chrf", "ter", "-tok", "intl", "-lc", "-s", "add-k", "-cw",
                       "2", "--ter-normalized")  # fmt: skip
    options = ("bleu.tokenize=intl", "bleu.lowercase=true", "bleu.smooth-method=add-k", "ter.normalized=true")
    ours = records(capsys, "--hyp", "c.txt", "--ref", "ref1", "--metric", "bleu", "chrf++", "ter", "--option", *options)
    for mine, other in zip(ours, theirs, strict=True):
        assert {key: mine[key] for key in other} == other


@pytest.mark.parametrize("test", ["bs", "ar"])
def test_paired_tests_are_sacrebleus(capsys: Capture, test: str) -> None:
    # By the bootstrap sacrebleu cannot print chrF and TER under numpy 2: their means are no Python numbers.
    metrics = ("bleu",) if test == "bs" else ("bleu", "chrf", "ter")
    theirs = sacrebleu("ref1", "ref2", "-i", *SYSTEMS, "-m", *metrics, f"--paired-{test}", f"--paired-{test}-n", 500)
    ours = records(
        capsys, "--hyp", *SYSTEMS, "--ref", "ref1", "--ref", "ref2", "--metric", *metrics, f"--paired-{test}",
        "--n-samples", 500,
    )  # fmt: skip
    assert [record["system"] for record in ours] == [name for name in SYSTEMS for _ in metrics]
    found = iter(ours)
    for system in theirs:
        for name, result in list(system.items())[1:]:
            mine = next(found)
            assert mine["name"] == name
            assert {key: mine[key] for key in result} == result
            assert f"{test}:500|seed:12345" in mine["signature"]


def test_other_metrics_are_tested_by_rows(capsys: Capture) -> None:
    arguments = ("--hyp", *SYSTEMS, "--ref", "ref1", "--metric", "rougeL", "distinct_2", "--paired-ar", "--seed", 3)
    ours = records(capsys, *arguments)
    assert ours == records(capsys, *arguments)
    by = {(record["system"], record["metric"]): record for record in ours}
    assert "p_value" not in by["a.txt", "rougeL"]
    assert 0 < by["b.txt", "rougeL"]["p_value"] <= 1
    assert by["b.txt", "rougeL"]["difference"]["value"] == pytest.approx(
        by["b.txt", "rougeL"]["value"] - by["a.txt", "rougeL"]["value"]
    )
    assert "p_value" not in by["b.txt", "distinct_2"]
    code, out, _ = call(capsys, *arguments)
    assert code == 0
    assert "No p for distinct_2" in out
    assert [line.split()[0] for line in out.splitlines()[:2]] == ["system", "a.txt"]
    assert "Δ" in out
    same = records(capsys, "--hyp", "a.txt", "a.txt", "--ref", "ref1", "--metric", "rougeL", "--paired-bs")
    assert (same[1]["p_value"], same[1]["difference"]["value"]) == (1.0, 0.0)


def test_metrics_of_the_texts_alone_need_no_references(capsys: Capture) -> None:
    (score,) = records(capsys, "--hyp", "a.txt", "--metric", "distinct_2")
    assert 0 < score["value"] <= 1
    for more in ((), ("--sentence-level",)):
        code, out, err = call(capsys, "--hyp", "a.txt", "--metric", "bleu", *more)
        assert (code, out) == (2, "")
        assert 'metric "bleu" compares with references: --ref is missing' in err


def test_no_star_stands_beside_equal_scores(capsys: Capture) -> None:
    arguments = ("--ref", "ref1", "--metric", "bleu", "ter", "--paired-ar")
    _, out, _ = call(capsys, "--hyp", "a.txt", "a.txt", *arguments)
    assert "p = 0.0001" in out
    assert "0.0001 *" not in out
    assert "Lower is better: ter.\nΔ is the difference from a.txt" in out


def test_differences_show_two_digits_of_their_own(capsys: Capture) -> None:
    words = [f"w{i}" for i in range(1000)]
    for name, n in (("r", 1000), ("x", 500), ("y", 503)):
        Path(name).write_text(6 * (" ".join(words[:n]) + "\n"))
    _, out, _ = call(capsys, "--hyp", "x", "y", "--ref", "r", "--metric", "wer")
    assert "Δ -0.0030 [-0.0030, -0.0030]" in out


def test_a_terminal_gets_a_wide_table_in_parts(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--hyp", *SYSTEMS, "--ref", "ref1", "--metric", "bleu", "chrf", "ter", "wer")
    _, whole, _ = call(capsys, *arguments)
    assert whole.splitlines()[0].split() == ["system", "bleu", "chrf", "ter", "wer"]
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    _, parts, _ = call(capsys, *arguments)
    table = parts.split("\nbleu ")[0].splitlines()
    assert max(map(len, table)) <= 30
    titles = [line.split() for line in table if line.startswith("system")]
    assert [title for line in titles for title in line[1:]] == ["bleu", "chrf", "ter", "wer"]
    assert len(titles) > 1


def test_lines_on_their_own_are_sacrebleus_sentences(capsys: Capture) -> None:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    arguments = (
        "--hyp",
        "a.txt",
        "b.txt",
        "--ref",
        "ref1",
        "ref2",
        "--metric",
        "bleu",
        "chrf",
        "ter",
        "--sentence-level",
    )
    found = iter(records(capsys, *arguments))
    for lines in (SYSTEMS["a.txt"], SYSTEMS["b.txt"]):
        for metric in (BLEU(effective_order=True), CHRF(), TER()):
            expected = [
                metric.sentence_score(line, list(references)).score
                for line, references in zip(lines, zip(*REFERENCES, strict=True), strict=True)
            ]
            assert next(found)["scores"] == expected
    code, out, _ = call(capsys, *arguments)
    table = [line.split("\t") for line in out.splitlines()]
    assert (code, table[0][:3], len(table)) == (0, ["line", "a.txt:bleu", "a.txt:chrf"], 6)
    assert table[1][0] == "1"
    assert float(table[1][1]) == pytest.approx(100)


def test_compressed_files_and_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = records(capsys, "--hyp", "a.txt", "b.txt", "--ref", "ref1", "--metric", "bleu")
    text = Path("a.txt").read_bytes()
    half = len(text) // 2
    compressors = {
        "zipped": gzip.compress,
        "zst.txt": zstandard.ZstdCompressor().compress,
        "streams.gz": lambda content: gzip.compress(content[:half]) + gzip.compress(content[half:]) + b"\0\0",
        "frames.zst": lambda content: b"".join(
            map(zstandard.ZstdCompressor().compress, (content[:half], content[half:]))
        ),
        "bom": lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"),
        "named.gz": lambda content: content,
    }
    for name, compress in compressors.items():
        Path(name).write_bytes(compress(text))
        found = records(capsys, "--hyp", name, "b.txt", "--ref", "ref1", "--metric", "bleu")
        assert [record["score"] for record in found] == [record["score"] for record in plain]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(text))))
    found = records(capsys, "--hyp", "-", "b.txt", "--ref", "ref1", "--metric", "bleu")
    assert (found[0]["system"], found[0]["score"]) == ("standard input", plain[0]["score"])


FILES: dict[str, bytes] = {
    "empty": b"",
    "empty.gz": gzip.compress(b""),
    "not-utf-8": b"a\nb\nc\xff\nd\ne\n",
    "utf-16": "a\nb\nc\nd\ne\n".encode("utf-16"),
    "short": b"a\nb\n",
    "cut.gz": gzip.compress(b"hello world, this is text\n" * 5)[:-9],
    "cut.zst": zstandard.ZstdCompressor().compress(b"hello world, this is text\n" * 5)[:-3],
    "damaged.gz": b"\x1f\x8b\x08\x00" + b"\x07" * 40,
    "damaged.zst": b"\x28\xb5\x2f\xfd" + b"\xff" * 40,
    "garbage-behind.gz": gzip.compress(b"a\nb\nc\nd\ne\n") + b"garbage",
    "five": b"a\nb\nc\nd\ne\n",
}


@pytest.mark.parametrize(
    ("hyp", "message"),
    [
        (["empty"], "empty: the file is empty"),
        (["empty.gz"], "empty.gz: the file is empty"),
        (["not-utf-8"], "not-utf-8:3: not UTF-8 (byte 5 of the file)"),
        (["utf-16"], "utf-16:1: not UTF-8 (byte 0 of the file)"),
        (["short"], "ref1: has 5 lines, short has 2; they must pair up"),
        (["five", "short"], "short: has 2 lines, five has 5; they must pair up"),
        (["cut.gz"], "cut.gz: the gzip data end too early"),
        (["cut.zst"], "cut.zst: the zstandard data end too early"),
        (["damaged.gz"], "damaged.gz: damaged gzip data"),
        (["damaged.zst"], "damaged.zst: damaged zstandard data"),
        (["garbage-behind.gz"], "garbage-behind.gz: damaged gzip data"),
        (["."], ".: cannot be read: Is a directory"),
        (["missing"], "missing: cannot be read: No such file"),
        (["-", "-"], '"-" is given twice'),
        (["five", "--ref", "-", "-"], '"-" is given twice'),
        (["five", "--option", "bleu"], 'expected METRIC.OPTION=VALUE, such as bleu.tokenize=intl; found "bleu"'),
        (["five", "--option", "chrf.beta=3"], 'is for "chrf", which is not among the metrics asked for'),
        (["five", "--option", "bleu.tokenise=intl"], 'has no option "tokenise"; did you mean "tokenize"?'),
        (["five", "--option", "bleu.tokenize=5"], "tokenize"),
        (["five", "--option", "bleu.lowercase=" + "[" * 5000], "lowercase"),
        (["five", "--paired-bs"], "give two or more files to --hyp"),
        (["five", "five", "--paired-bs", "--paired-ar"], "not allowed with argument"),
        (["five", "--n-samples", "5"], "--n-samples and --seed are for"),
        (["five", "--confidence", "--n-samples", "0"], "--n-samples: expected 1 to 10,000,000, found 0"),
        (["five", "--confidence", "--seed", "-1"], "--seed: expected 0 or more"),
        (["five", "--sentence-level", "--confidence"], "--sentence-level has no intervals"),
    ],
)
def test_what_is_wrong_is_named(capsys: Capture, hyp: list[str], message: str) -> None:
    for name, content in FILES.items():
        Path(name).write_bytes(content)
    code, out, err = call(capsys, "--hyp", *hyp, "--ref", "ref1", "--metric", "bleu")
    assert (code, out) == (2, "")
    assert message in err


def test_options_that_go_with_nothing(capsys: Capture) -> None:
    files = ("--hyp", "a.txt", "--ref", "ref1", "--metric")
    code, _, err = call(capsys, *files, "rougeL", "--confidence")
    assert code == 2
    assert "--confidence adds sacrebleu's interval to bleu, chrf, chrf++, ter" in err
    code, _, err = call(capsys, *files, "distinct_2", "--sentence-level")
    assert code == 2
    assert '"distinct_2" is a score of all lines together' in err
    code, _, err = call(capsys, "run.jsonl", "--paired-bs")
    assert code == 2
    assert "--paired-bs is for --hyp and --ref" in err


def test_empty_lines_at_the_end_are_lines() -> None:
    for data, lines in ((b"a\n\n\n", ["a", "", ""]), (b"\n", [""]), (b"a", ["a"]), (b"a\nb\n", ["a", "b"])):
        Path("lines").write_bytes(data)
        assert read_lines(Path("lines")) == lines


def test_a_bomb_is_not_set_off(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("evalsuite.cli.text_files._FREE_BYTES", 1 << 20)
    for name, content in {
        "bomb.gz": gzip.compress(bytes(8 << 20)),
        "bomb.zst": zstandard.ZstdCompressor().compress(bytes(64 << 20)),
    }.items():
        Path(name).write_bytes(content)
        code, _, err = call(capsys, "--hyp", name, "--ref", "ref1", "--metric", "bleu")
        assert code == 2
        assert "far more than text does" in err
    monkeypatch.undo()


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    code, _, err = call(capsys, "--hyp", "-", "--ref", "ref1", "--metric", "bleu")
    assert code == 2
    assert "standard input: cannot be read" in err


def test_nasty_lines_score_as_sacrebleus(capsys: Capture) -> None:
    systems, streams = make_systems(60, 2, seed=11, nasty=True)

    def write(name: str, lines: list[str]) -> None:
        text = "\n".join(line.replace("\n", " ").replace("\0", "") for line in lines)
        Path(name).write_bytes(text.encode("utf-8", "replace") + b"\n")

    write("nasty", systems[0][1])
    write("nasty-ref", [text or "" for text in streams[0]])
    theirs = sacrebleu("nasty-ref", "-i", "nasty", "-m", "bleu", "chrf", "ter")
    ours = records(capsys, "--hyp", "nasty", "--ref", "nasty-ref", "--metric", "bleu", "chrf", "ter")
    for mine, other in zip(ours, theirs, strict=True):
        assert {key: mine[key] for key in other} == other
    assert len(read_lines(Path("nasty"))) == 60


def test_a_table_of_one_system_says_which_way_is_better_and_what_the_brackets_are(capsys: Capture) -> None:
    for name in ("a.txt", "ref1"):
        Path(name).write_text(2 * Path(name).read_text("utf-8"), "utf-8")
    _, out, _ = call(capsys, "--hyp", "a.txt", "--ref", "ref1", "--metric", "ter", "chrf")
    lines = out.splitlines()
    assert lines[0].startswith("ter ")
    assert lines[0].endswith("]  (n = 10; lower is better)")
    assert lines[2].endswith("]  (n = 10)")
    assert lines[-1] == "[low, high] is a 95 % interval."


def test_five_lines_make_no_interval_by_resamples(capsys: Capture) -> None:
    _, out, _ = call(capsys, "--hyp", "a.txt", "--ref", "ref1", "--metric", "chrf")
    why = "a 95 % interval takes at least 6 that do not depend on one another."
    assert out.splitlines()[0].endswith("  (n = 5)")
    assert out.splitlines()[-1] == f"There is no interval: {why}"
    _, out, _ = call(capsys, "--hyp", "a.txt", "b.txt", "--ref", "ref1", "--metric", "chrf")
    assert f"5 lines; {why}" in out
    assert "[" not in out.partition("5 lines")[0]
    _, out, _ = call(capsys, "--hyp", "a.txt", "b.txt", "--ref", "ref1", "--metric", "chrf", "exact_match")
    assert "5 lines; [low, high] is a 95 % interval." in out  # exact_match has Wilson's


def test_scores_have_the_decimals_in_which_their_difference_is_seen(capsys: Capture) -> None:
    n = 5000
    for name, n_wrong in (("ref", 0), ("base", 100), ("near", 101)):
        lines = (f"line {i}" if i >= n_wrong else "wrong" for i in range(n))
        Path(name).write_text("\n".join(lines) + "\n")
    _, out, _ = call(capsys, "--hyp", "base", "near", "--ref", "ref", "--metric", "exact_match", "wer")
    shares = [line for line in out.splitlines() if line.startswith(("base", "near"))]
    assert shares[0].split()[1:3] == ["98.00", "%"]
    assert shares[1].split()[1:3] == ["97.98", "%"]
    assert "Δ -0.02 %" in out


def test_metrics_of_answers_say_why_plain_lines_have_none(capsys: Capture) -> None:
    _, out, _ = call(capsys, "--hyp", "a.txt", "--ref", "ref1", "--metric", "accuracy")
    assert (
        'of 5 lines 5 hold no answer that could be found: accuracy compares final answers, marked by "answer: X"' in out
    )
    assert "for whole lines use --metric exact_match" in out
    found = records(capsys, "--hyp", "a.txt", "--ref", "ref1", "--metric", "accuracy")
    assert "hold no answer" in found[0]["notes"][0]
    _, out, _ = call(capsys, "--hyp", "a.txt", "b.txt", "--ref", "ref1", "--metric", "accuracy")
    assert "b.txt: accuracy: of 5 lines" in out
    Path("answers").write_text("answer: 3\n" * 5)
    assert "hold no answer" not in call(capsys, "--hyp", "answers", "--ref", "answers", "--metric", "accuracy")[1]


@pytest.mark.parametrize("name", ["copy_rate", "contamination_13gram"])
def test_a_metric_that_lacks_its_corpus_says_how_to_give_it(capsys: Capture, name: str) -> None:
    code, _, err = call(capsys, "--hyp", "a.txt", "--metric", name)
    assert code == 2
    assert f"--option {name}.corpus=PATH" in err


def test_metrics_may_be_given_one_by_one(capsys: Capture) -> None:
    once = call(capsys, "--hyp", "a.txt", "--ref", "ref1", "--metric", "bleu", "chrf")
    assert call(capsys, "--hyp", "a.txt", "--ref", "ref1", "--metric", "bleu", "--metric", "chrf") == once


def test_many_members_of_gzip_with_padding() -> None:
    lines = [f"line {n}" for n in range(3_000)]
    Path("many.gz").write_bytes(b"".join(gzip.compress(f"{line}\n".encode(), 1) for line in lines) + b"\0" * 1024)
    assert read_lines(Path("many.gz")) == lines
