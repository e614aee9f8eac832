"""Log-probabilities of given texts under a model of transformers."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from evalsuite.likelihood import encode_pair, rolling_windows
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from evalsuite.models.hf_batching import FittingBatches
    from evalsuite.models.hf_loading import LoadedCheckpoint
    from evalsuite.types import Request

__all__ = ["RatedRow", "Rater"]

_MOST_LOGITS = 1 << 28  # of a forward pass: 1 GiB in float32
_CHUNK = 256  # positions whose float32 probabilities are in memory at a time


_NO_BEGIN = "the prompt has no tokens, and the tokenizer has none to begin a text with"
_Encode: TypeAlias = "Callable[[str], list[int]]"
_Tokens: TypeAlias = tuple[int, ...]
_Part: TypeAlias = tuple[_Tokens, _Tokens, _Tokens]
"""What a causal model or a decoder reads, what an encoder reads, and what is rated."""


@dataclass(slots=True)
class RatedRow:
    """What the model reads at once, and which tokens are looked up in what it says of the positions at the end.

    Parameters
    ----------
    read : tuple of int
        What a causal model or a decoder reads.
    prompt : tuple of int
        What an encoder reads; empty without one.
    targets : list of tuple of int
        What is rated, all of one length: its i-th token from the end is asked of the row's i-th position from the end.
        Several are of choices that differ in their last token alone, as all do that have but one: one row serves them.
    totals : list of (float, bool)
        Of each, the sum of log-probabilities, and whether each token was the likeliest; empty until it was computed.
    """

    read: tuple[int, ...]
    prompt: tuple[int, ...]
    targets: list[tuple[int, ...]] = field(default_factory=list)
    totals: list[tuple[float, bool]] = field(default_factory=list)
    error: str | None = None

    @property
    def done(self) -> bool:
        """Whether there is nothing left to compute."""
        return bool(self.totals) or self.error is not None

    @property
    def size(self) -> str:
        """Its length, for a message."""
        return f", of {len(self.prompt) + len(self.read)} tokens"


_Rows: TypeAlias = dict[tuple[_Tokens, _Tokens, int], RatedRow]


@dataclass(slots=True)
class _Rated:
    """A request under way: for each choice, in which rows and at which place of their targets its parts are."""

    tokens_in: int
    parts: list[list[tuple[RatedRow, int]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """Rates requests with a loaded checkpoint.

    Parameters
    ----------
    loaded : LoadedCheckpoint
    render : callable
        From a request to its prompt's text, which may be of a chat template.
    chat : bool
        Whether it is: special tokens are then the template's, and a choice begins without white space.
    add_bos : bool or None
        As of `LoadedCheckpoint.encode`.
    before : list of int
        What stands before a text's own tokens, as `LoadedCheckpoint.prefix` returns it.
    stride : int or None
        As of `rolling_windows`.
    batch_size : int
        Most rows at a time.
    """

    loaded: LoadedCheckpoint
    render: Callable[[Request], str]
    chat: bool
    add_bos: bool | None
    before: list[int]
    stride: int | None
    batch_size: int

    def rate(self, requests: Sequence[Request], batches: FittingBatches) -> list[Output]:
        """Return the output of every request, in the same order."""
        rows: _Rows = {}
        begun: list[_Rated | Output] = []
        for request in requests:
            try:
                begun.append(self._begin(request, rows))
            except Exception as error:  # of tokenizers and of templates, which are programs of the checkpoint's author
                begun.append(_failed(f"the text cannot be encoded: {type(error).__name__}: {error}"))
        ordered = sorted(rows.values(), key=lambda row: (len(row.prompt) + len(row.read), row.read), reverse=True)
        for rows_at_once in self._parts(ordered):
            batches.finish(rows_at_once, lambda part: rate_rows(self.loaded, part))
        return [one if isinstance(one, Output) else _output(one) for one in begun]

    def _parts(self, ordered: Sequence[RatedRow]) -> Iterator[list[RatedRow]]:
        """Yield the rows in batches whose logits are no more than `_MOST_LOGITS`, unless they are of one row."""
        part: list[RatedRow] = []
        for row in ordered:
            wider = [*part, row]
            n_logits = len(wider) * _kept(self.loaded, wider) * self.loaded.vocabulary
            if part and (len(wider) > self.batch_size or n_logits > _MOST_LOGITS):
                yield part
                part = []
            part.append(row)
        if part:
            yield part

    def _begin(self, request: Request, rows: _Rows) -> _Rated | Output:
        """Add the rows of a request, shared with those that are there; or return the error output that it gets."""
        if request.ask == "rolling":
            return self._whole(request.choices[0], rows)
        prompt = self.render(request)
        choices = [choice.lstrip() if self.chat else choice for choice in request.choices]
        made = self._decoded if self.loaded.is_encoder_decoder else self._continued
        encode = cache(self.loaded.encode_plain)  # the prompt is the same for all choices
        rated = _Rated(tokens_in=0)
        for i, choice in enumerate(choices):
            read, encoder, added = made(prompt, choice, encode)
            n_in = len(encoder) or len(read) - len(added) + 1
            rated.tokens_in = max(rated.tokens_in, n_in)
            fault = self._fault(i, n_in, read, encoder, added)
            if fault:
                return _failed(fault, tokens_in=n_in)
            rated.parts.append(_placed(rows, [(read, encoder, added)]))
        return rated

    def _whole(self, text: str, rows: _Rows) -> _Rated | Output:
        tokens = self.loaded.encode_plain(text)
        begin = self.before[-1:] or self.loaded.begin
        if not begin:
            return _failed(_NO_BEGIN)
        if not tokens:
            return _failed("the tokenizer makes no tokens of the text: there is nothing to rate")
        parts: list[_Part] = []
        done = 0
        for read, new in rolling_windows(tokens, begin[0], self.loaded.context, self.stride):
            parts.append((tuple(read), (), tuple(tokens[done : done + new])))
            done += new
        return _Rated(tokens_in=0, parts=[_placed(rows, parts)])

    def _continued(self, prompt: str, choice: str, encode: _Encode) -> _Part:
        context, added = encode_pair(prompt, choice, encode)
        begin = [*self.before, *context] or self.loaded.begin
        return (*begin, *added[:-1]), (), tuple(added)

    def _decoded(self, prompt: str, choice: str, encode: _Encode) -> _Part:
        kept = prompt.rstrip()
        encoder = self.loaded.encode(kept, special_tokens=not self.chat, add_bos=self.add_bos)
        added = encode(prompt[len(kept) :] + choice)
        start = self.loaded.decoder_start
        return (*([] if start is None else [start]), *added[:-1]), tuple(encoder), tuple(added)

    def _fault(self, i: int, n_in: int, read: _Tokens, encoder: _Tokens, added: _Tokens) -> str:
        """Return what makes a choice impossible to rate; empty where nothing does."""
        loaded = self.loaded
        if not added:
            return f"choice {i + 1} adds no tokens to what stands before it: there is nothing to rate"
        if len(encoder) > loaded.prompt_context:
            return f"the prompt has {len(encoder)} tokens, but the encoder holds {loaded.prompt_context}"
        if len(read) < len(added):
            return _NO_BEGIN
        if len(read) <= loaded.context:
            return ""
        if encoder:
            return f"choice {i + 1} has {len(added)} tokens, but the decoder holds {loaded.context}"
        return (
            f"the prompt has {n_in} tokens and choice {i + 1} has {len(added)}, but the context holds {loaded.context} "
            "and one more; nothing is cut off, as it would be another question"
        )


def _placed(rows: _Rows, parts: Iterable[_Part]) -> list[tuple[RatedRow, int]]:
    """Return the row and the place of each part; what is read once for another is not read again."""
    placed = []
    for read, prompt, target in parts:
        row = rows.setdefault((read, prompt, len(target)), RatedRow(read, prompt))
        if target not in row.targets:
            row.targets.append(target)
        placed.append((row, row.targets.index(target)))
    return placed


def rate_rows(loaded: LoadedCheckpoint, rows: Sequence[RatedRow]) -> None:
    """Compute the totals of all `rows`; whatever is raised, they are as before.

    Rows are padded on the right, where positions count from the first token and nothing that is asked for sees the
    padding. Probabilities are computed in float32 from the logits of the positions that are asked for, and summed in
    float64.
    """
    torch: Any = import_module("torch")
    width = max(len(row.read) for row in rows)
    inputs: dict[str, Any] = {}
    if loaded.is_encoder_decoder:
        inputs["input_ids"], inputs["attention_mask"] = _padded(loaded, [row.prompt for row in rows])
        inputs["decoder_input_ids"], inputs["decoder_attention_mask"] = _padded(loaded, [row.read for row in rows])
    else:
        inputs["input_ids"], inputs["attention_mask"] = _padded(loaded, [row.read for row in rows])
    if _keeps(loaded):
        inputs["logits_to_keep"] = _kept(loaded, rows)
    totals = []
    with torch.inference_mode():
        logits = loaded.model(**inputs, use_cache=False, return_dict=True).logits
        skipped = width - logits.shape[1]
        for i, row in enumerate(rows):
            n = len(row.targets[0])
            at = len(row.read) - n - skipped
            targets = torch.tensor(row.targets, device=logits.device).T  # of shape (tokens, targets)
            totals.append(_totals(torch, logits[i, at : at + n], targets))
    for row, found in zip(rows, totals, strict=True):
        row.totals = found


def _keeps(loaded: LoadedCheckpoint) -> bool:
    """Whether the model can leave out the logits of the first positions."""
    return "logits_to_keep" in inspect.signature(loaded.model.forward).parameters


def _kept(loaded: LoadedCheckpoint, rows: Sequence[RatedRow]) -> int:
    """Return at how many positions, from the end of the longest row on, logits are computed."""
    width = max(len(row.read) for row in rows)
    return width - min(len(row.read) - len(row.targets[0]) for row in rows) if _keeps(loaded) else width


def _totals(torch: Any, logits: Any, targets: Any) -> list[tuple[float, bool]]:
    sums = torch.zeros(targets.shape[1], dtype=torch.float64, device="cpu")
    greedy = torch.ones(targets.shape[1], dtype=torch.bool, device="cpu")
    for start in range(0, len(logits), _CHUNK):
        part, wanted = logits[start : start + _CHUNK].float(), targets[start : start + _CHUNK]
        likely = torch.log_softmax(part, dim=-1).gather(1, wanted)
        sums += likely.double().sum(dim=0).cpu()
        greedy &= (part.argmax(dim=-1, keepdim=True) == wanted).all(dim=0).cpu()
    return list(zip(sums.tolist(), greedy.tolist(), strict=True))


def _padded(loaded: LoadedCheckpoint, texts: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    torch: Any = import_module("torch")
    width = max(map(len, texts))
    ids = [[*text, *[loaded.pad] * (width - len(text))] for text in texts]
    mask = [[1] * len(text) + [0] * (width - len(text)) for text in texts]
    device = loaded.input_device
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def _output(rated: _Rated) -> Output:
    fault = next((row.error for parts in rated.parts for row, _ in parts if row.error is not None), None)
    if fault is not None:
        return _failed(fault, tokens_in=rated.tokens_in)
    return Output(
        logprobs=tuple(math.fsum(row.totals[place][0] for row, place in parts) for parts in rated.parts),
        choice_tokens=tuple(sum(len(row.targets[place]) for row, place in parts) for parts in rated.parts),
        greedy=tuple(all(row.totals[place][1] for row, place in parts) for parts in rated.parts),
        tokens_in=rated.tokens_in,
    )


def _failed(error: str, tokens_in: int | None = None) -> Output:
    return Output(finish_reason="error", error=error, tokens_in=tokens_in)
