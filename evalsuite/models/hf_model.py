"""A language model of transformers as a Model: prompts to tokens, tokens to outputs."""

from __future__ import annotations

import json
from functools import partial
from importlib import import_module
from itertools import groupby
from typing import TYPE_CHECKING, Any

from evalsuite.errors import ModelError
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.hf_batching import FittingBatches
from evalsuite.models.hf_decoding import Row, extend_rows
from evalsuite.models.hf_folder import folder_name
from evalsuite.models.hf_likelihood import Rater
from evalsuite.models.hf_loading import LoadedCheckpoint, load_checkpoint
from evalsuite.models.hf_stopping import first_stop
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.models.hf_decoding import BeamSearch
    from evalsuite.models.hf_folder import Checkpoint
    from evalsuite.types import Ask, GenerationConfig, Modality, Request

__all__ = ["HfModel"]


class HfModel:
    """A language model of transformers. Satisfies `evalsuite.models.base.Model`.

    Settings come from the run's `GenerationConfig` and the spec alone: of a checkpoint's ``generation_config.json``
    only special tokens are used, never its temperature, beams or penalties.
    """

    modalities: frozenset[Modality] = frozenset({"text"})
    batch_invariant = False
    pads_to_longest = True
    deterministic = True

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        spec: str,
        dtype: str,
        device: str,
        device_map: str | None,
        chat: bool,
        add_bos: bool | None,
        batch_size: int,
        max_length: int,
        beams: BeamSearch | None,
        rates_chat: bool = False,
        stride: int | None = None,
        logprobs: bool = False,
    ) -> None:
        self.spec = spec
        self.name = folder_name(checkpoint.folder)
        self.batch_size = batch_size
        self.dtype = dtype
        self.device = device
        self.chat = chat
        self._checkpoint = checkpoint
        self._device_map = device_map
        self._add_bos = add_bos
        self._max_length = max_length
        self._beams = beams
        self._rates_chat = rates_chat
        self._stride = stride
        self._logprobs = logprobs
        choices = [dtype, chat, add_bos, max_length]
        if beams is not None:
            choices += ["beams", beams.num_beams, beams.length_penalty]
        if rates_chat:
            choices.append("rates chat")
        if stride is not None:
            choices += ["stride", stride]
        if logprobs:
            choices.append("logprobs")
        self.fingerprint = hash_named({"files": checkpoint.hash().encode(), "options": json.dumps(choices).encode()})
        self._batches = FittingBatches()
        self._loaded: LoadedCheckpoint | None = None

    def load(self) -> None:
        """Load the weights now; does nothing the second time.

        Raises
        ------
        ModelError
            If transformers cannot load them, some are missing, or the model writes no texts.
        """
        self._load()

    def _load(self) -> LoadedCheckpoint:
        if self._loaded is None:
            self._loaded = load_checkpoint(
                self._checkpoint,
                where=self.spec,
                dtype=self.dtype,
                device=self.device,
                device_map=self._device_map,
                max_length=self._max_length,
            )
            self.device = self._loaded.device
        return self._loaded

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, in the same order; see `evalsuite.models.base.Model.generate`.

        A prompt that does not fit into the model's context, or that the tokenizer or chat template refuses, or that
        takes more memory than there is even alone, gets an error output of its own. An answer that fills the context
        ends there, with ``finish_reason`` ``"length"``.

        Raises
        ------
        ModelError
            If the weights cannot be loaded, or beam search is to sample.
        """
        if not requests:
            return []
        beams = self._beams
        if beams is not None and config.temperature > 0:
            raise ModelError(
                f"{self.spec}: beam search looks for the likeliest text and does not sample: num_beams="
                f"{beams.num_beams} needs temperature 0, got {config.temperature}. Leave num_beams out to sample."
            )
        loaded = self._load()
        outputs: dict[int, Output] = {}
        rows: list[Row] = []
        for index, request in enumerate(requests):
            row = self._begin(loaded, index, request, config)
            if isinstance(row, Row):
                rows.append(row)
            else:
                outputs[index] = row
        torch: Any = import_module("torch")
        devices = [name for name in self.device.split(",") if name.startswith("cuda")]
        for device in devices:
            torch.cuda.reset_peak_memory_stats(device)
        # A beam cannot be gone on with in a next round, so all beams of a batch have the same length.
        rounds = [rows] if beams is None else _by_budget(rows)
        extend = partial(extend_rows, loaded, config=config, beams=beams, logprobs=self._logprobs)
        for part in rounds:
            self._batches.finish(part, extend)
        peak = sum(torch.cuda.max_memory_allocated(device) for device in devices) if devices else None
        outputs.update((row.index, _output(loaded, row, config, peak)) for row in rows)
        return [outputs[index] for index in range(len(requests))]

    def check_likelihood(self, ask: Ask) -> None:
        """Find out whether the model can be asked for log-probabilities of this kind.

        Raises
        ------
        ModelError
            If it is an encoder-decoder, and asked for whole texts.
        """
        if ask == "rolling" and self._checkpoint.config.get("is_encoder_decoder"):
            raise ModelError(
                f"{self.spec}: an encoder-decoder reads a prompt and rates what follows it: it has no likelihood of a "
                'whole text (ask = "rolling"). Give a causal model.'
            )

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Rate the choices of every request; see `evalsuite.models.base.LikelihoodModel`.

        What does not fit into the model's context, or cannot be encoded, or takes more memory than there is even alone,
        gets an error output of its own: nothing is cut off.

        Raises
        ------
        ModelError
            If the weights cannot be loaded, or the model has no likelihood of whole texts and is asked for it.
        """
        del config  # nothing is generated
        if not requests:
            return []
        loaded = self._load()
        if loaded.is_encoder_decoder:
            for ask in {request.ask for request in requests}:
                self.check_likelihood(ask)
        rater = Rater(
            loaded=loaded,
            render=self._rendered,
            chat=self._rates_chat,
            add_bos=self._add_bos,
            before=loaded.prefix(special_tokens=not self._rates_chat, add_bos=self._add_bos),
            stride=self._stride,
            batch_size=max(1, len(requests)),
        )
        return rater.rate(requests, self._batches)

    def _rendered(self, request: Request) -> str:
        return self._in_template(self._load(), request) if self._rates_chat else request.prompt

    def _begin(self, loaded: LoadedCheckpoint, index: int, request: Request, config: GenerationConfig) -> Row | Output:
        """Return the row of a request, or the error output that it gets."""
        try:
            prompt = self._encode(loaded, request)
        except Exception as error:  # of tokenizers and of templates, which are programs of the checkpoint's author
            return _failed(f"the prompt cannot be encoded: {type(error).__name__}: {error}")
        if not prompt:
            return _failed("the prompt has no tokens, and the tokenizer has none to begin a text with")
        room = loaded.room(len(prompt))
        if room >= 1:
            return Row(index, request.seed, prompt, min(config.max_new_tokens, room))
        if not loaded.is_encoder_decoder:
            holds = f"the context holds {loaded.context}, at least 1 of them for the answer"
        elif len(prompt) > loaded.prompt_context:
            holds = f"the encoder holds {loaded.prompt_context}"
        else:
            holds = f"the decoder holds {loaded.context}, 1 to begin with and at least 1 for the answer"
        return _failed(f"the prompt has {len(prompt)} tokens, but {holds}", tokens_in=len(prompt))

    def _encode(self, loaded: LoadedCheckpoint, request: Request) -> list[int]:
        text = self._in_template(loaded, request) if self.chat else request.prompt
        # A template writes special tokens itself.
        return loaded.encode(text, special_tokens=not self.chat, add_bos=self._add_bos)

    @staticmethod
    def _in_template(loaded: LoadedCheckpoint, request: Request) -> str:
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        messages = messages or [{"role": "user", "content": request.prompt}]
        unfinished = messages[-1]["role"] == "assistant"
        text: str = loaded.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=not unfinished, continue_final_message=unfinished
        )
        return text


def _by_budget(rows: Sequence[Row]) -> list[list[Row]]:
    ordered = sorted(rows, key=lambda row: row.budget)
    return [list(group) for _, group in groupby(ordered, key=lambda row: row.budget)]


def _output(loaded: LoadedCheckpoint, row: Row, config: GenerationConfig, peak: int | None) -> Output:
    if row.error is not None:
        return _failed(row.error, tokens_in=len(row.prompt))
    text = loaded.decode(row.new[:-1] if row.at_eos else row.new)
    cut = first_stop(text, config.stop)
    return Output(
        text=text[:cut],
        finish_reason="stop" if row.ended or cut is not None else "length",
        tokens_in=len(row.prompt),
        tokens_out=len(row.new),
        peak_memory_bytes=peak,
        token_logprobs=tuple(row.logprobs),
    )


def _failed(error: str, tokens_in: int | None = None) -> Output:
    return Output(finish_reason="error", error=error, tokens_in=tokens_in)
