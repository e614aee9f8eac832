"""Decoding a batch with transformers' generate: greedy, sampled or by beam search, causal or encoder-decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalsuite.models.hf_logprobs import TokenLogprobs
from evalsuite.models.hf_sampling import GumbelSampler
from evalsuite.models.hf_stopping import BeamStopStrings, StopStrings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.models.hf_loading import LoadedCheckpoint
    from evalsuite.types import GenerationConfig

__all__ = ["BeamSearch", "Row", "extend_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamSearch:
    r"""Settings of beam search.

    Parameters
    ----------
    num_beams : int
        At least 2.
    length_penalty : float, default 1.0
        A beam of n new tokens, the one that ends it included, is rated by its log-probability divided by
        :math:`n^{\text{length\_penalty}}`, as transformers does: more favours longer texts.
    """

    num_beams: int
    length_penalty: float = 1.0


@dataclass(slots=True)
class Row:
    """A request under way: its place in the batch, its prompt and what was written so far, in tokens."""

    index: int
    seed: int
    prompt: list[int]
    budget: int
    new: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    ended: bool = False
    at_eos: bool = False
    error: str | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more is to be written."""
        return self.ended or self.error is not None or len(self.new) >= self.budget

    @property
    def size(self) -> str:
        """Its length, for a message."""
        return f", of {len(self.prompt)} tokens and up to {self.budget} more"


def extend_rows(
    loaded: LoadedCheckpoint,
    rows: Sequence[Row],
    *,
    config: GenerationConfig,
    beams: BeamSearch | None,
    logprobs: bool = False,
) -> None:
    """Write on in all `rows` until the first has used up its budget, or all have ended.

    Rows are changed once all of it is done: whatever is raised, they are as before.

    Parameters
    ----------
    loaded : LoadedCheckpoint
    rows : sequence of Row
        Not done, and having written equally much: nothing yet where there are beams, and of equal budgets. A causal
        row whose context is full must leave the batch, as there are no positions beyond it; the others go on in the
        next round.
    config : GenerationConfig
    beams : BeamSearch, optional
        Instead of greedy decoding or sampling.
    logprobs : bool, default False
        Whether rows get the log-probabilities of their tokens; not with beams.
    """
    steps = min(row.budget - len(row.new) for row in rows)
    inputs, start = _inputs(loaded, rows)
    found = TokenLogprobs(prompt_length=start) if logprobs else None
    processors: list[Any] = [found] if found else []
    if config.temperature > 0:
        seeds = [row.seed for row in rows]
        processors += [GumbelSampler(seeds, config, prompt_length=start, first_step=len(rows[0].new))]
    settings = {} if beams is None else {"num_beams": beams.num_beams, "length_penalty": beams.length_penalty}
    stop = [text for text in config.stop if text]
    in_rows = in_beams = None
    if stop and beams is None:
        in_rows = StopStrings(stop, loaded.decode, [row.new for row in rows], prompt_length=start)
    elif stop:
        in_beams = BeamStopStrings(stop, loaded.decode, prompt_length=start)
    generation: Any = import_module("transformers.generation")
    torch: Any = import_module("torch")
    with torch.inference_mode():
        written = loaded.model.generate(
            **inputs,
            **settings,
            max_new_tokens=steps,
            logits_processor=generation.LogitsProcessorList(processors),
            stopping_criteria=generation.StoppingCriteriaList(filter(None, (in_rows, in_beams))),
        )
    values = found.rows(written) if found else [[] for _ in rows]
    for i, (row, tokens) in enumerate(zip(rows, written[:, start:].tolist(), strict=True)):
        ends = [k + 1 for k, token in enumerate(tokens) if token in loaded.eos][:1]
        row.at_eos = bool(ends)
        end = in_rows.ends[i] if in_rows else in_beams.end(tokens) if in_beams else None
        if end is not None and (not ends or end < ends[0]):
            ends, row.at_eos = [end], False
        row.ended = bool(ends)
        row.new += tokens[: ends[0]] if ends else tokens
        row.logprobs += values[i][: ends[0]] if ends else values[i]
        if beams is not None:
            row.budget = len(row.new)  # a beam is not gone on with, whatever ended it


def _inputs(loaded: LoadedCheckpoint, rows: Sequence[Row]) -> tuple[dict[str, Any], int]:
    """Return what generate reads, and how many columns of what it returns come before the first new token.

    Texts to go on with are padded on the left. Those for an encoder are padded on the right, where positions count
    from the first token; its decoder begins with one token of its own.
    """
    torch: Any = import_module("torch")
    texts = [row.prompt if loaded.is_encoder_decoder else row.prompt + row.new for row in rows]
    width = max(map(len, texts))
    ids, mask = [], []
    for text in texts:
        pads, zeros, ones = [loaded.pad] * (width - len(text)), [0] * (width - len(text)), [1] * len(text)
        ids.append(text + pads if loaded.is_encoder_decoder else pads + text)
        mask.append(ones + zeros if loaded.is_encoder_decoder else zeros + ones)
    device = loaded.input_device
    inputs = {"input_ids": torch.tensor(ids, device=device), "attention_mask": torch.tensor(mask, device=device)}
    return inputs, 1 if loaded.is_encoder_decoder else width
