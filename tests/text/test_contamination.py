"""Verdicts on items and the originality of outputs: the rules of the literature, one by one."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from evalsuite.errors import InputError
from evalsuite.text.contamination import find_contamination
from evalsuite.text.corpus import CorpusFiles
from evalsuite.text.ngram_index_builder import build_ngram_index
from evalsuite.text.originality import score_originality

if TYPE_CHECKING:
    from pathlib import Path

ALPHABET = "a b c d e f g h i j k l m n o p q r s t u v w x y z"
loose: Any = find_contamination


def words(first: int, last: int) -> str:
    return " ".join(ALPHABET.split()[first:last])


def test_thirteen_words_in_a_row_are_dirty_and_twelve_are_not() -> None:
    item = words(0, 20)
    for corpus, verdict in ((words(3, 16), "dirty"), (words(3, 15), "clean"), (f"zz {words(3, 16)} zz", "dirty")):
        assert find_contamination([item], [corpus]).items[0].verdict == verdict
    # Two halves in two documents are no n-gram, nor are they across a line's end.
    assert find_contamination([item], [words(0, 10), words(10, 20)]).items[0].verdict == "clean"


def test_case_punctuation_and_spaces_do_not_matter() -> None:
    item = "It's a well-known fact, that the old mill by the river was built in 1830."
    corpus = "IT\u2019S A WELL KNOWN\u00a0FACT"
    assert find_contamination([item], [corpus], ngram=5).items[0].verdict == "clean"  # "wellknown" is one word
    corpus = "...its a WELLKNOWN   fact\tthat (the) old\u3000mill, by the river was built in 1830"
    assert find_contamination([item], [corpus]).items[0].verdict == "dirty"


def test_shorter_items_are_compared_as_a_whole() -> None:
    items = [words(0, 12), words(0, 8), words(0, 7), ""]
    report = find_contamination(items, [f"x {words(0, 12)} x"])
    assert [item.verdict for item in report.items] == ["dirty", "dirty", "too_short", "too_short"]
    assert [item.verdict for item in find_contamination(items, [words(0, 11)]).items][:2] == ["clean", "dirty"]
    assert [item.verdict for item in find_contamination(items, [words(0, 26)], min_words=1).items][2] == "dirty"
    assert report.items[0].overlap == 1.0
    assert report.items[3].overlap is None


def test_a_least_number_of_words_above_n_changes_nothing() -> None:
    assert find_contamination([words(0, 6)], [words(0, 6)], ngram=5, min_words=30).items[0].verdict == "dirty"


def test_common_ngrams_may_be_passed_over() -> None:
    corpus = [words(0, 13)] * 11
    assert find_contamination([words(0, 14)], corpus).items[0].verdict == "dirty"
    assert find_contamination([words(0, 14)], corpus, max_documents=10).items[0].verdict == "clean"
    assert find_contamination([words(0, 14)], corpus[1:], max_documents=10).items[0].verdict == "dirty"


def test_palms_rule_asks_for_seven_tenths_of_the_ngrams() -> None:
    item = words(0, 17)  # ten 8-grams
    for last, verdict in ((14, "dirty"), (13, "clean")):
        found = find_contamination([item], [words(0, last)], ngram=8, min_overlap=0.7)
        assert found.items[0].verdict == verdict
    assert found.items[0].overlap == 0.6
    assert found.items[0].covered == 13 / 17
    assert found.items[0].longest_words == 13


def test_evidence_is_the_first_ngram_and_its_first_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing\n\n")
    (tmp_path / "b.jsonl").write_text('{"text": "no"}\n{"text": "' + words(2, 15) + '"}\n')
    (tmp_path / "c.txt").write_text(f"{words(0, 20)}\n")
    files = [tmp_path / name for name in ("a.txt", "b.jsonl", "c.txt")]
    report = find_contamination([words(2, 20)], CorpusFiles(files))
    assert report.n_documents == 5
    assert report.items[0].evidence == words(2, 15)
    assert (report.items[0].document, report.items[0].where) == (3, f"{tmp_path}/b.jsonl:2")
    assert find_contamination([words(2, 20)], CorpusFiles(files[2:])).items[0].where == f"{tmp_path}/c.txt:1"
    assert find_contamination([words(2, 20)], [words(0, 26)]).items[0].where == "document 1"


def test_the_split_and_its_share() -> None:
    report = find_contamination([words(0, 13), words(5, 20), "short"], [words(0, 15)])
    assert [report.split(verdict) for verdict in ("dirty", "clean", "too_short")] == [[0], [1], [2]]  # type: ignore[arg-type]
    assert report.dirty_share == 0.5
    assert math.isnan(find_contamination(["short"], ["short"]).dirty_share)
    assert find_contamination([], ["a"]).items == ()
    assert report.signature.startswith("contamination|ngram:13|min_words:8|max_documents:any|min_overlap:0|normalizer:")


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_files_documents_and_indexes_agree(tmp_path: Path, ending: str) -> None:
    documents = [words(0, 20), "", words(3, 9), "é " * 14, "中文" * 10]
    items = [words(1, 15), words(10, 26), "É, é. " * 13, "中文" * 7, "文" * 14]
    compress = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}[ending]
    path = tmp_path / f"corpus.txt{ending}"
    path.write_bytes(compress("\n".join(documents).encode()))
    index = build_ngram_index(tmp_path / "index", CorpusFiles([path]))
    verdicts = [
        [(item.verdict, item.n_found, item.overlap) for item in find_contamination(items, corpus).items]
        for corpus in (documents, CorpusFiles([path]), index, (text for text in documents))
    ]
    assert [verdict for verdict, _, _ in verdicts[0]] == ["dirty", "clean", "dirty", "dirty", "clean"]
    assert all(other == verdicts[0] for other in verdicts)


def test_a_line_of_many_megabytes_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"lorem ipsum " * 1_500_000 + words(0, 13).encode() + b"\nlast line")
    report = find_contamination([words(0, 13), words(0, 12) + " lorem"], CorpusFiles([path]))
    assert [item.verdict for item in report.items] == ["dirty", "clean"]
    assert report.n_documents == 2


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"one\ntwo \xe9\n")
    with pytest.raises(InputError, match=r"corpus\.txt:2: not UTF-8 \(byte 5 of the line\)"):
        find_contamination(["a"], CorpusFiles([path]))


def test_lines_of_each_file_are_counted_by_themselves(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_bytes(b"one\ntwo\nthree\n")
    second.write_bytes(b"one\ntwo \xe9\n")
    with pytest.raises(InputError, match=r"b\.txt:2: not UTF-8 \(byte 5 of the line\)"):
        find_contamination(["a"], CorpusFiles([first, second]))


def test_the_longest_run_of_an_item_compared_as_a_whole_is_its_length() -> None:
    (item,) = find_contamination([words(0, 9)], [words(0, 20)]).items
    assert (item.n_words, item.longest_words, item.covered) == (9, 9, 1.0)


def test_lone_surrogates_and_nul_are_dropped() -> None:
    item = words(0, 13).replace(" ", "\x00 \ud800")
    assert find_contamination([item], [words(0, 13)]).items[0].verdict == "dirty"
    assert find_contamination([words(0, 13)], [item]).items[0].evidence == words(0, 13)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda _: loose("a", ["a"]), TypeError, r"`items` must be a sequence of str"),
        (lambda _: loose(["a"], "a"), TypeError, r"`corpus` must be an iterable of documents.*CorpusFiles"),
        (lambda _: loose(["a"], [None]), TypeError, r"`corpus`: document 0 must be a str; found NoneType"),
        (lambda _: loose(["a"], [], ngram=0), ValueError, r"`ngram` must be 1 to 64; found 0"),
        (lambda _: loose(["a"], [], ngram="13"), TypeError, r"`ngram` must be an int; found str"),
        (lambda _: loose(["a"], [], min_words=0), ValueError, r"`min_words` must be 1 to 64; found 0"),
        (lambda _: loose(["a"], [], max_documents=0), ValueError, r"`max_documents` must be 1 to"),
        (lambda _: loose(["a"], [], min_overlap=1.1), ValueError, r"`min_overlap` must be 0 to 1; found 1.1"),
        (lambda _: loose(["a"], [], min_overlap=float("nan")), ValueError, r"`min_overlap` must be 0 to 1; found nan"),
        (lambda _: loose(["a"], [], min_overlap="1"), TypeError, r"`min_overlap` must be a number; found str"),
        (lambda i: loose(["a"], i, ngram=5), ValueError, r"`corpus`: .*index has n-grams of 13 words, 5 were asked"),
        (lambda i: loose(["a"], i, max_documents=255), ValueError, r"`max_documents` must be 1 to 254 with an index"),
    ],
)
def test_refusals_name_the_argument(tmp_path: Path, call: Any, error: type[Exception], message: str) -> None:
    index = build_ngram_index(tmp_path / "index", ["a"])
    with pytest.raises(error, match=message):
        call(index)


def test_the_longest_copied_span_is_found_where_it_stands() -> None:
    output = "I say — “Alpha beta, gamma DELTA; epsilon” and alpha beta gamma, no more."
    report = score_originality([output, "nothing", ""], ["alpha beta gamma delta epsilon zeta"], ngram=3)
    first = report.outputs[0]
    assert (first.n_words, first.n_ngrams, first.n_copied) == (13, 11, 4)
    assert first.longest is not None
    assert first.longest.text == output[first.longest.start : first.longest.end] == "Alpha beta, gamma DELTA; epsilon"
    assert (first.longest.first_word, first.longest.n_words) == (2, 5)
    assert first.copy_rate == 4 / 11
    assert report.outputs[1].longest is None
    assert math.isnan(report.outputs[1].copy_rate)
    assert report.copy_rate == 4 / 11
    assert math.isnan(score_originality([], []).copy_rate)
    assert report.signature == "originality|ngram:3|normalizer:lower-alnum|unicode:15.1.0|version:1"


def test_spans_may_be_patched_together_from_documents() -> None:
    report = score_originality(["a b c d e"], ["a b c d", "b c d e"], ngram=3)
    assert report.outputs[0].longest is not None
    assert report.outputs[0].longest.n_words == 5  # an upper bound, as its documentation says
