"""What tests of the OpenAI backend ask a server, and what they expect of it."""

from __future__ import annotations

from typing import Any

from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Message, Request
from tests.servers.openai_answers import reply
from tests.servers.openai_server import OpenAIServer

CONFIG = GenerationConfig(max_new_tokens=6)
KEY = "sk-Very-Secret-0123456789abcdef"
LOCAL = "openai:tiny,base_url=http://127.0.0.1:9/v1"


def request(i: int = 0, **changes: Any) -> Request:
    prompt = f"question {i}"
    values = {
        "sample_id": f"s{i}",
        "repeat": 0,
        "turn": 0,
        "prompt": prompt,
        "messages": (Message(role="user", content=prompt),),
        "seed": 3 * i,
    }
    return Request(**{**values, **changes})


def expected(one: Request, config: GenerationConfig = CONFIG) -> str:
    return reply({"seed": one.seed, "max_tokens": config.max_new_tokens}, one.prompt)[0]


def ask(fault: Any = None, *, n: int = 1, config: GenerationConfig = CONFIG, options: str = "", **server: Any) -> Any:
    """Return the outputs of `n` requests, and the server, which had `fault` each first time a request came."""
    with OpenAIServer(fault=lambda one: fault if one.attempt == 1 else None, **server) as running:
        model = open_model(f"openai:tiny,base_url={running.url}{options}")
        return list(model.generate([request(i) for i in range(n)], config)), running
