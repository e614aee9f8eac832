"""``evalsuite contamination``: which items of a benchmark a training corpus holds."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.cli.shared_options import add_include_path
from evalsuite.errors import InputError, TaskError, ThresholdError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from evalsuite.text.contamination import ContaminationReport
    from evalsuite.text.ngram_search import Corpus

__all__ = ["add_arguments", "run"]

_SHOWN = 20
_STDIN = "-"
_EVIDENCE_WIDTH = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--corpus",
        nargs="+",
        required=True,
        metavar="PATH",
        help="what a model learned from: text files (a document a line), JSON Lines, folders or patterns, .gz and .zst "
        "too; one index made by --save-index; or - for the standard input, a document a line",
    )
    parser.add_argument(
        "--items",
        metavar="FILE|TASK",
        help="what it is evaluated by: a file or folder like those, - for the standard input, or a task",
    )
    add_include_path(parser)
    parser.add_argument("--ngram", type=int, metavar="N", help="words of an n-gram; default: 13, or the index's")
    parser.add_argument(
        "--min-words", type=int, default=8, metavar="N", help="shorter items are too short to judge; default: 8"
    )
    parser.add_argument("--max-documents", type=int, metavar="N", help="pass over n-grams in more documents than this")
    parser.add_argument(
        "--min-overlap", type=float, default=0.0, metavar="X", help="least share of n-grams found, 0-1; default: any"
    )
    parser.add_argument("--field", default="text", metavar="NAME", help='field of JSON Lines; default: "text"')
    parser.add_argument("--items-field", metavar="NAME", help="the same for the items; default: as --field")
    parser.add_argument("--save-index", type=Path, metavar="FILE", help="write the corpus's n-grams to an index")
    parser.add_argument("--max-dirty", type=float, metavar="X", help="exit with 5 if a larger share of items is dirty")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if options.items is None and options.save_index is None:
        raise UsageError("contamination: --items is missing: a file of items or a task (or --save-index FILE)")
    if options.max_dirty is not None and not 0 <= options.max_dirty <= 1:
        raise UsageError(f"contamination: --max-dirty must be 0 to 1, got {options.max_dirty}")
    if options.save_index is not None and str(options.save_index) in (".", _STDIN):
        raise UsageError("contamination: --save-index takes the path of a file")
    _check_stdin(options)
    items, names = ([], []) if options.items is None else _read_items(options)
    from evalsuite.text.ngram_index import NgramIndex

    corpus, n = _open_corpus(options)
    try:
        if options.save_index is not None:
            _save_index(options, corpus, n)
        if options.items is None:
            return 0
        report = _find(options, items, corpus, n)
        least = n if isinstance(corpus, NgramIndex) else 0  # an index knows n-grams of one length only
    except (TypeError, ValueError) as error:
        raise UsageError(f"contamination: {error}") from error
    if not report.n_documents:
        raise InputError(f"contamination: the corpus, {', '.join(options.corpus)}, holds no document")
    if options.json:
        sys.stdout.write(json.dumps(_record(report, names), indent=2) + "\n")
    else:
        sys.stdout.write(_table(report, names, f"fewer than {max(options.min_words, least)} words"))
    share = report.dirty_share
    if options.max_dirty is not None and math.isnan(share):
        raise InputError("contamination: no item is long enough to be judged, so that --max-dirty says nothing")
    if options.max_dirty is not None and share > options.max_dirty:
        raise ThresholdError(f"contamination: {share:.2%} of the items are dirty, --max-dirty is {options.max_dirty:g}")
    return 0


def _open_corpus(options: argparse.Namespace) -> tuple[Corpus, int]:
    from evalsuite.text.corpus import CorpusFiles
    from evalsuite.text.ngram_index import NgramIndex, is_ngram_index

    if options.corpus == [_STDIN]:
        return _stdin_documents(), 13 if options.ngram is None else options.ngram
    indexes = [path for path in options.corpus if is_ngram_index(path)]
    if not indexes:
        files = CorpusFiles(tuple(options.corpus), options.field)
        files.files()  # what is missing is said before anything is read
        return files, 13 if options.ngram is None else options.ngram
    if len(options.corpus) > 1:
        raise UsageError(f"contamination: {indexes[0]} is an index: it is given by itself")
    if options.save_index is not None:
        raise UsageError(f"contamination: {indexes[0]} is an index already; --save-index is for texts")
    index = NgramIndex.open(indexes[0])
    if options.ngram not in (None, index.n):
        raise UsageError(f"contamination: {indexes[0]} has n-grams of {index.n} words, --ngram is {options.ngram}")
    return index, index.n


def _check_stdin(options: argparse.Namespace) -> None:
    if _STDIN not in options.corpus:
        return
    if len(options.corpus) > 1:
        raise UsageError('contamination: --corpus "-" is the standard input: it is given by itself')
    if options.items == _STDIN or (options.items is not None and options.save_index is not None):
        raise UsageError(
            'contamination: --corpus "-" can be read but once: it is either searched for items of a file or a task, or '
            "saved by --save-index"
        )


def _stdin_documents() -> Iterator[str]:
    """Yield the lines of the standard input, which are UTF-8 and end at newlines only."""
    if sys.stdin is None:
        raise InputError("standard input: cannot be read: it is closed")
    try:
        for number, line in enumerate(sys.stdin.buffer, 1):
            try:
                yield line.removesuffix(b"\n").decode("utf-8")
            except UnicodeDecodeError as error:
                raise InputError(
                    f"standard input:{number}: not UTF-8 (byte {error.start + 1} of the line); convert it to UTF-8, or "
                    "decompress it first"
                ) from error
    except OSError as error:
        raise InputError(f"standard input: cannot be read: {error.strerror or error}") from error


def _save_index(options: argparse.Namespace, corpus: Corpus, n: int) -> None:
    from evalsuite.cli.messages import say
    from evalsuite.text.ngram_index import NgramIndex
    from evalsuite.text.ngram_index_builder import build_ngram_index

    assert not isinstance(corpus, NgramIndex)
    made = build_ngram_index(options.save_index, corpus, n=n)
    say(f"evalsuite: {made.path}: {made.n_ngrams} different {n}-grams of {made.n_documents} documents")


def _find(options: argparse.Namespace, items: Sequence[str], corpus: Corpus, n: int) -> ContaminationReport:
    from evalsuite.text.contamination import find_contamination

    return find_contamination(
        items,
        corpus,
        ngram=n,
        min_words=options.min_words,
        max_documents=options.max_documents,
        min_overlap=options.min_overlap,
    )


def _read_items(options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Return the texts of the items, and what to call each."""
    given, field = str(options.items), options.items_field or options.field
    path = Path(given)
    try:
        path.stat()
    except FileNotFoundError:
        pass  # a task's name, perhaps
    except (OSError, ValueError) as error:  # a folder without permission; a name with a NUL
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if given == _STDIN:
        items = list(_stdin_documents())
        if not items:
            raise InputError("standard input: there is no item in it")
        return items, [f"line {number}" for number in range(1, len(items) + 1)]
    if path.is_file() or (path.is_dir() and not (path / "task.toml").exists()):
        from evalsuite.text.corpus import CorpusFiles

        items, names = [], []
        corpus = CorpusFiles((path,), field)
        for file in corpus.files():
            found = list(corpus.documents(file))
            name = file.name if path.is_file() else file.relative_to(path).as_posix()
            items += found
            names += [f"{name}:{number}" for number in range(1, len(found) + 1)]
        if not items:
            raise InputError(f"{path}: there is no item in it")
        return items, names
    if path.suffix not in ("", ".toml") and not path.exists():
        raise InputError(f"{path}: no such file of items")
    from evalsuite.task import load_task

    try:
        task = load_task(given, options.include_path)
    except TaskError as error:
        if path.exists():
            raise
        raise InputError(f"--items: {error} There is no file of that name either.") from error
    texts = [
        "\n".join([*(value for value in sample.input.values() if isinstance(value, str)), *sample.references[:1]])
        for sample in task.samples
    ]
    return texts, [sample.id for sample in task.samples]


def _record(report: ContaminationReport, names: Sequence[str]) -> dict[str, Any]:
    fields = ("verdict", "n_words", "n_ngrams", "n_found", "overlap", "covered", "longest_words", "evidence", "where")
    share = report.dirty_share
    return {
        "signature": report.signature,
        "n_documents": report.n_documents,
        "n_items": len(report.items),
        "n_clean": len(report.split("clean")),
        "n_dirty": len(report.split("dirty")),
        "n_too_short": len(report.split("too_short")),
        "dirty_share": None if math.isnan(share) else share,
        "items": [
            {"item": name, **{field: getattr(item, field) for field in fields}}
            for name, item in zip(names, report.items, strict=True)
        ],
    }


def _table(report: ContaminationReport, names: Sequence[str], too_short: str) -> str:
    from evalsuite.report.terminal import printable

    dirty, n_clean = report.split("dirty"), len(report.split("clean"))
    n_short, share = len(report.split("too_short")), report.dirty_share
    lines = [
        f"{len(report.items)} items, {report.n_documents} documents",
        f"  dirty      {len(dirty)}" + ("" if math.isnan(share) else f"  ({share:.1%} of those judged)"),
        f"  clean      {n_clean}",
        f"  too short  {n_short}" + f"  ({too_short})" * bool(n_short),
    ]
    if dirty:
        rows = [("item", "overlap", "covered", "longest", "found in", "evidence")]
        for index in dirty[:_SHOWN]:
            item = report.items[index]
            evidence = item.evidence or ""
            cut = evidence if len(evidence) <= _EVIDENCE_WIDTH else evidence[: _EVIDENCE_WIDTH - 3] + "..."
            overlap, covered = f"{item.overlap or 0:.1%}", f"{item.covered or 0:.1%}"
            rows.append((names[index], overlap, covered, str(item.longest_words), item.where or "the index", cut))
        shown = [[printable(cell) for cell in row] for row in rows]
        widths = [max(len(row[column]) for row in shown) for column in range(len(rows[0]))]
        lines.append("")
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown
        ]
        if len(dirty) > _SHOWN:
            lines.append(f"and {len(dirty) - _SHOWN} more; --json has all")
    lines += ["", report.signature]
    return "\n".join(lines) + "\n"
