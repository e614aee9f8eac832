"""Stands for vLLM in tests: it takes what the recorded version takes, refuses all else, and writes made-up tokens.

What is recorded is in ``vllm_interface.json``, from vLLM's source by ``record_vllm.py``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["INTERFACE", "LLM", "Recorded", "SamplingParams"]

INTERFACE: dict[str, Any] = json.loads(Path(__file__).with_name("vllm_interface.json").read_text())
_END = 0


def check_names(where: str, given: Any, known: list[str]) -> None:
    """Refuse names that vLLM does not have."""
    strange = sorted(set(given) - set(known))
    if strange:
        raise TypeError(f"vLLM {INTERFACE['version']}: {where} has no {', '.join(strange)}")


class Recorded:
    """An object of vLLM with some of its recorded attributes; it has no others."""

    def __init__(self, kind: str, **values: Any) -> None:
        check_names(kind, values, INTERFACE[kind])
        vars(self).update(values)


class SamplingParams:
    """Settings of one request."""

    def __init__(self, **settings: Any) -> None:
        check_names("SamplingParams", settings, INTERFACE["SamplingParams"])
        self.settings = settings


class LLM:
    """An engine whose tokens are a hash of the prompt, the seed and the place."""

    n_tokens = 96

    def __init__(self, model: str, **settings: Any) -> None:
        check_names("LLM", settings, INTERFACE["LLM"]["keyword"] + INTERFACE["LLM further keywords"])
        check_names("LLM", ["llm_engine"], INTERFACE["LLM attributes"])
        check_names("LLM", ["get_tokenizer", "generate"], INTERFACE["LLM methods"])
        import transformers

        self.settings = settings
        self.asked: list[tuple[list[int], dict[str, Any]]] = []
        self.reasons: dict[int, str] = {}
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(model)
        config = Recorded("ModelConfig", max_model_len=settings.get("max_model_len", 64))
        self.llm_engine = Recorded("LLMEngine attributes", model_config=config)

    def get_tokenizer(self) -> Any:
        """Return the tokenizer."""
        return self._tokenizer

    def generate(self, prompts: Any, sampling_params: Any = None, **settings: Any) -> list[Recorded]:
        """Write to each prompt."""
        check_names("LLM.generate", settings, INTERFACE["LLM.generate"]["keyword"])
        made = []
        for prompt, params in zip(prompts, sampling_params, strict=True):
            check_names("TokensPrompt", prompt, INTERFACE["TokensPrompt"])
            tokens = prompt["prompt_token_ids"]
            self.asked.append((tokens, params.settings))
            made.append(self._write(tokens, params.settings))
        return made

    def _write(self, prompt: list[int], settings: dict[str, Any]) -> Recorded:
        if len(prompt) + settings["max_tokens"] > self.llm_engine.model_config.max_model_len:  # type: ignore[attr-defined]
            raise ValueError("the prompt and the answer are longer than the context")
        seed = settings["seed"] if settings["temperature"] > 0 else None
        written: list[int] = []
        text, reason = "", "length"
        while len(written) < settings["max_tokens"]:
            digest = hashlib.sha256(json.dumps([prompt, seed, len(written)]).encode()).digest()
            written.append(digest[0] % self.n_tokens)
            if written[-1] == _END:
                reason = "stop"
                break
            text = self._tokenizer.decode(written, skip_special_tokens=True, clean_up_tokenization_spaces=False)
            found = [text.find(stop) for stop in settings.get("stop") or () if stop in text]
            if found:
                text, reason = text[: min(found)], "stop"
                break
        reason = self.reasons.get(len(prompt), reason)
        assert reason in INTERFACE["finish reasons"]
        output = Recorded("CompletionOutput", text=text, token_ids=written, finish_reason=reason)
        stats = Recorded("RequestStateStats", first_token_latency=0.0 if self.settings["disable_log_stats"] else 0.25)
        return Recorded("RequestOutput", outputs=[output], metrics=stats)
