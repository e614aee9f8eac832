"""``vllm:PATH``: a language model run by vLLM's own engine in this process, from a local folder."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.hf_folder import find_checkpoint, folder_name
from evalsuite.models.hf_kind import check_writes_texts
from evalsuite.models.openai_wire import fold_seed
from evalsuite.models.options import check_known, read_choice, read_float, read_int
from evalsuite.models.spec import ModelSpec
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.models.hf_folder import Checkpoint
    from evalsuite.types import FinishReason, GenerationConfig, Modality, Request

__all__ = ["VllmModel", "open_model"]

_OPTIONS = (
    "batch_size",
    "chat",
    "dtype",
    "gpu_memory_utilization",
    "max_model_len",
    "quantization",
    "tensor_parallel_size",
)
_METHOD = re.compile(r"[a-z0-9_-]{1,40}")
_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length", "repetition": "length"}


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> VllmModel:
    """Open the checkpoint `name`: check its files and hash them. The engine starts when it first generates.

    Parameters
    ----------
    name : str
        The path of a folder, or the id of a model that is already in the local hub cache.
    options : mapping of str to str
        ``dtype`` (``auto``: the one the weights were saved in; ``float32``, ``bfloat16``, ``float16``), ``chat``
        (``auto``: where the tokenizer has a chat template; ``true``, ``false``), ``batch_size`` (requests that the
        engine is given at a time, 256), ``max_model_len`` (tokens of prompt and answer together), ``quantization`` (as
        vLLM names methods; by default what the checkpoint says), ``gpu_memory_utilization`` (share of the device's
        memory, above 0 and at most 1) and ``tensor_parallel_size`` (devices that share the weights, 1).
    device : str, default "auto"
        ``"auto"`` or ``"cuda"``: vLLM takes the devices that it finds; name them by CUDA_VISIBLE_DEVICES.

    Raises
    ------
    ModelError
        If the folder is not there, lacks a part or holds a model that writes no texts, or an option is unknown or
        wrong.
    DependencyError
        If vllm is missing.
    """
    where = f"vllm:{name}"
    check_known(where, options, _OPTIONS)
    dtype = read_choice(where, options, "dtype", ("auto", "float32", "bfloat16", "float16"))
    chat = read_choice(where, options, "chat", ("auto", "true", "false"))
    batch_size = read_int(where, options, "batch_size", default=256)
    settings: dict[str, Any] = {
        key: read_int(where, options, key, default=1)
        for key in ("max_model_len", "tensor_parallel_size")
        if key in options
    }
    if "gpu_memory_utilization" in options:
        share = read_float(where, options, "gpu_memory_utilization", default=0.9)
        if not 0 < share <= 1:
            raise ModelError(f'{where}: option "gpu_memory_utilization" must be above 0 and at most 1; got "{share:g}"')
        settings["gpu_memory_utilization"] = share
    if "quantization" in options:
        if not _METHOD.fullmatch(options["quantization"]):
            raise ModelError(f'{where}: option "quantization" must be a method of vLLM, such as awq, gptq or fp8')
        settings["quantization"] = options["quantization"]
    if device not in ("auto", "cuda"):
        raise ModelError(
            f'{where}: vLLM takes the devices that it finds, and the device "{device}" was asked for; leave it out, '
            "and name devices in the environment: CUDA_VISIBLE_DEVICES=1"
        )
    if find_spec("vllm") is None:
        raise DependencyError(f'{where}: needs the package vllm: pip install "evalsuite[vllm]"')
    checkpoint = find_checkpoint(name, backend="vllm")
    check_writes_texts(checkpoint, where)
    if chat == "true" and not checkpoint.has_chat_template:
        raise ModelError(f"{where}: chat=true, but the tokenizer in {checkpoint.folder} has no chat template")
    return VllmModel(
        checkpoint,
        spec=str(ModelSpec(backend="vllm", name=name, options=options)),
        dtype=checkpoint.saved_dtype if dtype == "auto" else dtype,
        chat=checkpoint.has_chat_template if chat == "auto" else chat == "true",
        batch_size=batch_size,
        settings=settings,
    )


class VllmModel:
    """A language model that vLLM runs. Satisfies `evalsuite.models.base.Model`.

    Prompts become tokens here, by the checkpoint's own tokenizer and template, so that what is too long is told before
    the engine sees it. Settings come from the run's `GenerationConfig` and the spec alone.
    """

    modalities: frozenset[Modality] = frozenset({"text"})
    batch_invariant = False

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        spec: str,
        dtype: str,
        chat: bool,
        batch_size: int,
        settings: Mapping[str, int | float | str],
    ) -> None:
        self.spec = spec
        self.name = folder_name(checkpoint.folder)
        self.batch_size = batch_size
        self.dtype = dtype
        self.device = "cuda"
        self.chat = chat
        self._checkpoint = checkpoint
        self._settings = dict(settings)
        choices = [dtype, chat, settings.get("max_model_len"), settings.get("quantization")]
        parts = {"vllm": b"", "files": checkpoint.hash().encode(), "options": json.dumps(choices).encode()}
        self.fingerprint = hash_named(parts)
        self._engine: Any = None

    def load(self) -> None:
        """Start the engine now; does nothing the second time.

        Raises
        ------
        ModelError
            If vLLM cannot load the checkpoint, or finds no device.
        """
        self._load()

    def _load(self) -> Any:
        if self._engine is None:
            try:
                vllm: Any = import_module("vllm")
                self._engine = vllm.LLM(
                    model=str(self._checkpoint.folder),
                    dtype=self.dtype,
                    trust_remote_code=False,
                    seed=0,
                    disable_log_stats=False,  # without them, no output says when its first token came
                    **self._settings,
                )
            except Exception as error:  # vLLM raises many kinds, of this checkpoint or of this machine
                raise ModelError(
                    f"{self.spec}: vLLM cannot load {self._checkpoint.folder}: {type(error).__name__}: {error}"
                ) from error
        return self._engine

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, in the same order; see `evalsuite.models.base.Model.generate`.

        A prompt that does not fit into the model's context, or that the tokenizer or chat template refuses, gets an
        error output of its own. A request that stands there several times, as padding, is asked once.

        Raises
        ------
        ModelError
            If vLLM cannot load the checkpoint.
        """
        if not requests:
            return []
        engine = self._load()
        vllm: Any = import_module("vllm")
        holds = engine.llm_engine.model_config.max_model_len
        outputs: dict[tuple[str, int, int, int], Output] = {}
        prompts: dict[tuple[str, int, int, int], list[int]] = {}
        for request in requests:
            if _key(request) in outputs or _key(request) in prompts:
                continue
            try:
                tokens = self._encode(engine.get_tokenizer(), request)
            except Exception as error:  # of tokenizers and of templates, which are programs of the checkpoint's author
                outputs[_key(request)] = _failed(f"the prompt cannot be encoded: {type(error).__name__}: {error}")
                continue
            if 0 < len(tokens) < holds:
                prompts[_key(request)] = tokens
                continue
            room = f", but the context holds {holds}, at least 1 of them for the answer"
            message = f"the prompt has {len(tokens) or 'no'} tokens{room if tokens else ''}"
            outputs[_key(request)] = _failed(message, len(tokens))
        seeds = {_key(request): request.seed for request in requests}
        if prompts:
            made = engine.generate(
                [{"prompt_token_ids": tokens} for tokens in prompts.values()],
                [
                    vllm.SamplingParams(**_sampling(config, seeds[key], holds - len(tokens)))
                    for key, tokens in prompts.items()
                ],
                use_tqdm=False,
            )
            for (key, tokens), one in zip(prompts.items(), made, strict=True):
                outputs[key] = _output(one, len(tokens))
        return [outputs[_key(request)] for request in requests]

    def _encode(self, tokenizer: Any, request: Request) -> list[int]:
        text = request.prompt
        if self.chat:
            messages = [{"role": message.role, "content": message.content} for message in request.messages]
            messages = messages or [{"role": "user", "content": request.prompt}]
            unfinished = messages[-1]["role"] == "assistant"
            text = tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=not unfinished, continue_final_message=unfinished
            )
        # A template writes special tokens itself.
        return list(tokenizer.encode(text, add_special_tokens=not self.chat))


def _key(request: Request) -> tuple[str, int, int, int]:
    return request.sample_id, request.repeat, request.turn, request.seed


def _sampling(config: GenerationConfig, seed: int, room: int) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "temperature": config.temperature,
        "max_tokens": min(config.max_new_tokens, room),
        "stop": [text for text in config.stop if text] or None,
    }
    if config.temperature > 0:
        settings["seed"] = fold_seed(seed)
        if config.top_k is not None:
            settings["top_k"] = config.top_k
        if config.top_p is not None:
            settings["top_p"] = config.top_p
    return settings


def _output(made: Any, n_prompt: int) -> Output:
    (one,) = made.outputs
    n_tokens = len(one.token_ids)
    reason = _REASONS.get(one.finish_reason)
    if reason is None:
        return _failed(f'vLLM gave the answer up (finish_reason "{one.finish_reason}")', n_prompt)
    first = getattr(made.metrics, "first_token_latency", None)
    return Output(
        text=one.text,
        finish_reason=reason,
        tokens_in=n_prompt,
        tokens_out=n_tokens,
        first_token_seconds=first if isinstance(first, float) and first > 0 else None,
    )


def _failed(error: str, tokens_in: int | None = None) -> Output:
    return Output(finish_reason="error", error=error, tokens_in=tokens_in)
