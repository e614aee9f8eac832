"""Alignments and counts of errors as text, the same strings as jiwer 4 gives."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from evalsuite.kernels.arguments import check_flag, check_integer
from evalsuite.text.error_rate_outputs import CharacterOutput, WordOutput

if TYPE_CHECKING:
    from evalsuite.text.error_rate_outputs import AlignmentChunk

__all__ = ["collect_error_counts", "visualize_alignment", "visualize_error_counts"]

_MARKS = {"equal": " ", "substitute": "S", "delete": "D", "insert": "I"}


def visualize_alignment(
    output: WordOutput | CharacterOutput,
    show_measures: bool = True,
    skip_correct: bool = True,
    line_width: int | None = None,
) -> str:
    """Write reference and hypothesis above each other, with a letter under each error, and the measures below.

    Parameters
    ----------
    output : WordOutput or CharacterOutput
    show_measures : bool, default True
        Add a summary.
    skip_correct : bool, default True
        Leave out pairs without an error.
    line_width : int, optional
        Break lines that would be longer, where that is possible.

    Returns
    -------
    str
        Equal to ``jiwer.visualize_alignment`` of jiwer 4.0.

    Raises
    ------
    TypeError
        If `output` is neither, or an option has another type.
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from evalsuite.text.error_rate_outputs import process_words
    >>> print(visualize_alignment(process_words("short one here", "shoe order one"), show_measures=False))
    === SENTENCE 1 ===
    <BLANKLINE>
    REF: **** short one here
    HYP: shoe order one ****
            I     S        D
    <BLANKLINE>
    """
    _check_output(output)
    show_measures, skip_correct = check_flag(show_measures, "show_measures"), check_flag(skip_correct, "skip_correct")
    if line_width is not None:
        line_width = check_integer(line_width, "line_width", 0, sys.maxsize)
    by_character = isinstance(output, CharacterOutput)
    written = []
    pairs = zip(output.references, output.hypotheses, output.alignments, strict=False)
    for number, (reference, hypothesis, chunks) in enumerate(pairs, start=1):
        if skip_correct and all(chunk.type == "equal" for chunk in chunks[:2]) and len(chunks) < 2:
            continue
        written.append(f"=== SENTENCE {number} ===\n\n")
        written.append(_draw(reference, hypothesis, chunks, "" if by_character else " ", line_width))
        written.append("\n")
    if not show_measures:
        return "".join(written)[:-1]
    written.append(
        f"=== SUMMARY ===\nnumber of sentences: {len(output.alignments)}\n"
        f"substitutions={output.substitutions} deletions={output.deletions} "
        f"insertions={output.insertions} hits={output.hits}\n"
    )
    names = ("cer",) if by_character else ("mer", "wil", "wip", "wer")
    written.extend(f"\n{name}={getattr(output, name) * 100:.2f}%" for name in names)
    written.append("\n")
    return "".join(written)


def collect_error_counts(
    output: WordOutput | CharacterOutput,
) -> tuple[dict[tuple[str, str], int], dict[str, int], dict[str, int]]:
    """Count each error: which run was replaced by which, which was added and which is missing.

    Parameters
    ----------
    output : WordOutput or CharacterOutput

    Returns
    -------
    substitutions : dict of (str, str) to int
        By what stands in the reference and in the hypothesis.
    insertions, deletions : dict of str to int

    Raises
    ------
    TypeError
        If `output` is neither.

    Examples
    --------
    >>> from evalsuite.text.error_rate_outputs import process_words
    >>> collect_error_counts(process_words(["a b", "a c"], ["x b", "x c d"]))
    ({('a', 'x'): 2}, {'d': 1}, {})
    """
    _check_output(output)
    space = " " if isinstance(output, WordOutput) else ""
    substitutions: Counter[tuple[str, str]] = Counter()
    insertions: Counter[str] = Counter()
    deletions: Counter[str] = Counter()
    for reference, hypothesis, chunks in zip(output.references, output.hypotheses, output.alignments, strict=False):
        for chunk in chunks:
            said = space.join(reference[chunk.ref_start_idx : chunk.ref_end_idx])
            heard = space.join(hypothesis[chunk.hyp_start_idx : chunk.hyp_end_idx])
            if chunk.type == "substitute":
                substitutions[said, heard] += 1
            elif chunk.type == "insert":
                insertions[heard] += 1
            elif chunk.type == "delete":
                deletions[said] += 1
    return dict(substitutions), dict(insertions), dict(deletions)


def visualize_error_counts(
    output: WordOutput | CharacterOutput,
    show_substitutions: bool = True,
    show_insertions: bool = True,
    show_deletions: bool = True,
    top_k: int | None = None,
) -> str:
    """Write the errors and how often each was made, the most frequent first.

    Parameters
    ----------
    output : WordOutput or CharacterOutput
    show_substitutions, show_insertions, show_deletions : bool, default True
        What to list.
    top_k : int, optional
        At most so many of each, at least 1.

    Returns
    -------
    str
        Equal to ``jiwer.visualize_error_counts`` of jiwer 4.0.

    Raises
    ------
    TypeError
        If `output` is neither, or an option has another type.
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from evalsuite.text.error_rate_outputs import process_words
    >>> print(visualize_error_counts(process_words(["a b", "a c"], ["x b", "x c d"]), show_deletions=False))
    === SUBSTITUTIONS ===
    a --> x = 2x
    <BLANKLINE>
    === INSERTIONS ===
    d = 1x
    """
    substitutions, insertions, deletions = collect_error_counts(output)
    if top_k is not None:
        top_k = check_integer(top_k, "top_k", 1, sys.maxsize)
    parts = []
    if check_flag(show_substitutions, "show_substitutions"):
        parts.append("=== SUBSTITUTIONS ===\n" + _list_errors(substitutions, top_k))
    if check_flag(show_insertions, "show_insertions"):
        parts.append("=== INSERTIONS ===\n" + _list_errors({(run,): n for run, n in insertions.items()}, top_k))
    if check_flag(show_deletions, "show_deletions"):
        parts.append("=== DELETIONS ===\n" + _list_errors({(run,): n for run, n in deletions.items()}, top_k))
    return "\n".join(parts).removesuffix("\n")


def _list_errors(errors: dict[tuple[str, str], int] | dict[tuple[str], int], top_k: int | None) -> str:
    if not errors:
        return "none"
    counted = [(runs, count) for runs, count in errors.items()]
    counted = sorted(counted, key=lambda error: -error[1])[:top_k]
    width = max(len(run) for runs, _ in counted for run in runs)
    return "".join(f"{' --> '.join(run.ljust(width) for run in runs)} = {count}x\n" for runs, count in counted)


def _draw(
    reference: list[str], hypothesis: list[str], chunks: list[AlignmentChunk], space: str, line_width: int | None
) -> str:
    finished: list[str] = []
    lines = ["REF: ", "HYP: ", "     "]

    def finish() -> str:
        # Words are each followed by a space, the last of which is cut.
        return "".join((line[:-1] if space else line) + "\n" for line in lines)

    for chunk in chunks:
        said = reference[chunk.ref_start_idx : chunk.ref_end_idx]
        heard = hypothesis[chunk.hyp_start_idx : chunk.hyp_end_idx]
        said = said if chunk.type != "insert" else ["*"] * len(heard)
        heard = heard if chunk.type != "delete" else ["*"] * len(said)
        for one, other in zip(said, heard, strict=False):
            width = max(len(one), len(other), 1)
            if line_width is not None and len(lines[0]) + width > line_width:
                finished.append(finish() + "\n")
                lines = ["REF: ", "HYP: ", "     "]
            if one == "*":
                cells = ["*" * width, other]
            elif other == "*":
                cells = [one, "*" * width]
            else:
                cells = [one, other]
            cells.append(_MARKS[chunk.type])
            lines = [line + cell.rjust(width) + space for line, cell in zip(lines, cells, strict=True)]
    return "".join(finished) + finish()


def _check_output(output: object) -> None:
    if not isinstance(output, WordOutput | CharacterOutput):
        raise TypeError(f"`output` must be a WordOutput or a CharacterOutput; found {type(output).__name__}")
