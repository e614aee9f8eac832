"""``hf:PATH``: a causal language model of transformers, from a local folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from evalsuite.environment import check_device
from evalsuite.errors import DependencyError, ModelError
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.hf_folder import Checkpoint, find_checkpoint
from evalsuite.models.hf_sampling import GumbelSampler, StopStrings, first_stop
from evalsuite.models.options import check_known, read_choice, read_int
from evalsuite.models.spec import ModelSpec
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.types import GenerationConfig, Modality, Request

__all__ = ["HfModel", "open_model"]

_OPTIONS = ("add_bos", "batch_size", "chat", "dtype", "max_length")
_NO_LIMIT = 1 << 62


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> HfModel:
    """Open the checkpoint `name`: check its files and hash them. Weights load when it first generates.

    Parameters
    ----------
    name : str
        The path of a folder, or the id of a model that is already in the local hub cache.
    options : mapping of str to str
        ``dtype`` (``float32``, ``bfloat16``, ``float16``, or ``auto`` for the saved one), ``chat`` (``auto``: where
        the tokenizer has a chat template; ``true``, ``false``), ``add_bos`` (``auto``: as the tokenizer does), and
        ``batch_size`` and ``max_length`` (prompt and answer together, in tokens).
    device : str, default "auto"
        As torch names it; ``"auto"`` is ``"cuda"`` where there is a GPU, else ``"cpu"``.

    Raises
    ------
    ModelError
        If the folder is not there or lacks a part, or an option is unknown or wrong.
    DependencyError
        If transformers is missing.
    """
    where = f"hf:{name}"
    check_known(where, options, _OPTIONS)
    dtype = read_choice(where, options, "dtype", ("float32", "bfloat16", "float16", "auto"))
    chat = read_choice(where, options, "chat", ("auto", "true", "false"))
    add_bos = read_choice(where, options, "add_bos", ("auto", "true", "false"))
    batch_size = read_int(where, options, "batch_size", default=8)
    max_length = read_int(where, options, "max_length", default=_NO_LIMIT)
    if find_spec("transformers") is None:
        raise DependencyError(f'{where}: needs the package transformers: pip install "evalsuite[hf]"')
    checkpoint = find_checkpoint(name)
    if chat == "true" and not checkpoint.has_chat_template:
        raise ModelError(f"{where}: chat=true, but the tokenizer in {checkpoint.folder} has no chat template")
    return HfModel(
        checkpoint,
        spec=str(ModelSpec(backend="hf", name=name, options=options)),
        dtype=checkpoint.saved_dtype if dtype == "auto" else dtype,
        device=device,
        chat=checkpoint.has_chat_template if chat == "auto" else chat == "true",
        add_bos=None if add_bos == "auto" else add_bos == "true",
        batch_size=batch_size,
        max_length=max_length,
    )


@dataclass(slots=True)
class _Row:
    """A request under way: its place in the batch, its prompt and what was written so far, in tokens."""

    index: int
    seed: int
    prompt: list[int]
    budget: int
    new: list[int] = field(default_factory=list)
    ended: bool = False
    at_eos: bool = False


class HfModel:
    """A causal language model of transformers. Satisfies `evalsuite.models.base.Model`.

    Settings come from the run's `GenerationConfig` alone: of a checkpoint's ``generation_config.json`` only the tokens
    that end a text are used, never its temperature or penalties.
    """

    modalities: frozenset[Modality] = frozenset({"text"})
    batch_invariant = False

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        spec: str,
        dtype: str,
        device: str,
        chat: bool,
        add_bos: bool | None,
        batch_size: int,
        max_length: int,
    ) -> None:
        self.spec = spec
        self.name = checkpoint.folder.resolve().name if checkpoint.folder.name in ("", "..") else checkpoint.folder.name
        self.batch_size = batch_size
        self.dtype = dtype
        self.device = device
        self.chat = chat
        self._checkpoint = checkpoint
        self._add_bos = add_bos
        self._context = max_length
        choices = json.dumps([dtype, chat, add_bos, max_length])
        self.fingerprint = hash_named({"files": checkpoint.hash().encode(), "options": choices.encode()})
        self._model: Any = None
        self._tokenizer: Any = None

    def load(self) -> None:
        """Load the weights now; does nothing the second time.

        Raises
        ------
        ModelError
            If transformers cannot load them, or some are missing.
        """
        if self._model is not None:
            return
        torch: Any = import_module("torch")
        transformers: Any = import_module("transformers")
        bars: Any = import_module("transformers.utils.logging")
        device = self.device if self.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        check_device(device, self.spec)
        local = {"local_files_only": True, "trust_remote_code": False}
        named = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
        had_bars = bars.is_progress_bar_enabled()
        bars.disable_progress_bar()
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self._checkpoint.folder, **local)
            model, report = transformers.AutoModelForCausalLM.from_pretrained(
                self._checkpoint.folder,
                **local,
                **{named: getattr(torch, self.dtype)},
                use_safetensors=True,
                output_loading_info=True,
            )
            model = model.to(device).eval()
        except Exception as error:  # transformers raises many kinds, all of them about this checkpoint
            raise ModelError(
                f"{self.spec}: transformers {transformers.__version__} cannot load {self._checkpoint.folder}: "
                f"{type(error).__name__}: {error}"
            ) from error
        finally:
            if had_bars:
                bars.enable_progress_bar()
        lost = sorted(map(str, [*report["missing_keys"], *report.get("mismatched_keys", ())]))
        if lost:
            raise ModelError(
                f"{self.spec}: {self._checkpoint.folder} lacks {len(lost)} of the model's weights, or has them in "
                f"another shape; transformers would make them up at random: {', '.join(lost[:3])}"
            )
        eos = model.generation_config.eos_token_id
        ends = set(eos if isinstance(eos, list) else [eos]) | {tokenizer.eos_token_id}
        self._eos: list[int] = sorted(ends - {None})
        pads = [tokenizer.pad_token_id, tokenizer.eos_token_id, *self._eos, 0]
        self._pad: int = next(pad for pad in pads if pad is not None)
        model.generation_config = transformers.GenerationConfig(
            eos_token_id=self._eos or None, pad_token_id=self._pad, do_sample=False
        )
        positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self._context = min(self._context, positions or _NO_LIMIT)
        self._model, self._tokenizer, self.device = model, tokenizer, device

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, in the same order; see `evalsuite.models.base.Model.generate`.

        A prompt that does not fit into the model's context, or that the tokenizer or chat template refuses, gets an
        error output of its own. An answer that fills the context ends there, with ``finish_reason`` ``"length"``.

        Raises
        ------
        ModelError
            If the weights cannot be loaded.
        """
        if not requests:
            return []
        self.load()
        outputs: dict[int, Output] = {}
        rows: list[_Row] = []
        for index, request in enumerate(requests):
            try:
                prompt = self._encode(request)
            except Exception as error:  # of tokenizers and of templates, which are programs of the checkpoint's author
                outputs[index] = _failed(f"the prompt cannot be encoded: {type(error).__name__}: {error}")
                continue
            room = self._context - len(prompt)
            if not prompt:
                outputs[index] = _failed("the prompt has no tokens, and the tokenizer has none to begin a text with")
            elif room < 1:
                outputs[index] = _failed(
                    f"the prompt has {len(prompt)} tokens, but the context holds {self._context}, at least 1 of "
                    "them for the answer",
                    tokens_in=len(prompt),
                )
            else:
                rows.append(_Row(index, request.seed, prompt, min(config.max_new_tokens, room)))
        device = self._model.device
        cuda: Any = import_module("torch").cuda if device.type == "cuda" else None
        if cuda:
            cuda.reset_peak_memory_stats(device)
        while active := [row for row in rows if not row.ended and len(row.new) < row.budget]:
            self._extend(active, config)
        peak = cuda.max_memory_allocated(device) if cuda else None
        outputs.update((row.index, self._output(row, config, peak)) for row in rows)
        return [outputs[index] for index in range(len(requests))]

    def _encode(self, request: Request) -> list[int]:
        text, special = request.prompt, True
        if self.chat:
            messages = [{"role": message.role, "content": message.content} for message in request.messages]
            messages = messages or [{"role": "user", "content": request.prompt}]
            unfinished = messages[-1]["role"] == "assistant"
            text = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=not unfinished, continue_final_message=unfinished
            )
            special = False  # the template writes its own
        ids: list[int] = self._tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"]
        bos = self._tokenizer.bos_token_id
        if self._add_bos is True and bos is not None and ids[:1] != [bos]:
            ids = [bos, *ids]
        elif self._add_bos is False and bos is not None and ids[:1] == [bos]:
            ids = ids[1:]
        if not ids:
            ids = [bos] if bos is not None else self._eos[:1]
        return ids

    def _extend(self, rows: list[_Row], config: GenerationConfig) -> None:
        """Write on in all `rows` until the first has used up its budget, or all have ended.

        All rows have written equally much. A row whose context is full must leave the batch, as there are no
        positions beyond it; the others go on in the next round.
        """
        torch: Any = import_module("torch")
        steps = min(row.budget - len(row.new) for row in rows)
        texts = [row.prompt + row.new for row in rows]
        width = max(map(len, texts))
        ids = torch.tensor([[self._pad] * (width - len(text)) + text for text in texts], device=self._model.device)
        mask = torch.tensor([[0] * (width - len(text)) + [1] * len(text) for text in texts], device=ids.device)
        processors: list[Any] = []
        if config.temperature > 0:
            seeds = [row.seed for row in rows]
            processors = [GumbelSampler(seeds, config, prompt_length=width, first_step=len(rows[0].new))]
        stop = [text for text in config.stop if text]
        criteria: list[Any] = []
        if stop:
            criteria = [StopStrings(stop, self._decode, [row.new for row in rows], prompt_length=width)]
        generation: Any = import_module("transformers.generation")
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=steps,
                logits_processor=generation.LogitsProcessorList(processors),
                stopping_criteria=generation.StoppingCriteriaList(criteria),
            )
        for i, (row, tokens) in enumerate(zip(rows, written[:, width:].tolist(), strict=True)):
            ends = [k + 1 for k, token in enumerate(tokens) if token in self._eos][:1]
            row.at_eos = bool(ends)
            if stop and (end := criteria[0].ends[i]) is not None and (not ends or end < ends[0]):
                ends, row.at_eos = [end], False
            row.ended = bool(ends)
            row.new += tokens[: ends[0]] if ends else tokens

    def _decode(self, tokens: list[int]) -> str:
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def _output(self, row: _Row, config: GenerationConfig, peak: int | None) -> Output:
        text = self._decode(row.new[:-1] if row.at_eos else row.new)
        cut = first_stop(text, config.stop)
        return Output(
            text=text[:cut],
            finish_reason="stop" if row.ended or cut is not None else "length",
            tokens_in=len(row.prompt),
            tokens_out=len(row.new),
            peak_memory_bytes=peak,
        )


def _failed(error: str, tokens_in: int | None = None) -> Output:
    return Output(finish_reason="error", error=error, tokens_in=tokens_in)
