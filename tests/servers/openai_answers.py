"""What the model behind the server of the OpenAI API says: made of the prompt and the seed alone."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import Any

N_WORDS = 30
IMAGE_USAGE = {"input_tokens": 7, "output_tokens": 16, "total_tokens": 23}


def words(prompt: str, seed: int) -> list[str]:
    """Return what the server's model says: words that depend on the prompt and the seed alone."""
    return [hashlib.sha256(f"{prompt} {seed} {i}".encode()).hexdigest()[:5] for i in range(N_WORDS)]


def reply(body: dict[str, Any], prompt: str) -> tuple[str, str, dict[str, int]]:
    """Return text, finish reason and usage."""
    said = words(prompt, body.get("seed", 0))
    most = body.get("max_tokens", body.get("max_completion_tokens"))
    text, reason = " ".join(said[:most]), "stop" if most >= len(said) else "length"
    for stop in body.get("stop", ()):
        if stop in text:
            text, reason = text.partition(stop)[0], "stop"
    return text, reason, {"prompt_tokens": len(prompt.split()), "completion_tokens": len(said[:most])}


def pieces(text: str) -> list[str]:
    """Return the tokens of a text in the server's vocabulary: words with the white space before them."""
    return re.findall(r"\s*\S+|\s+$", text)


def token_logprob(before: str, token: str) -> float:
    """Return what the server's model says of a token after a text: any number, as long as it is the same."""
    return -int.from_bytes(hashlib.sha256(f"{before}|{token}".encode()).digest()[:4]) / 1e9


def echo(prompts: list[str]) -> dict[str, Any]:
    """Return an answer that repeats prompts with log-probabilities, in any order, with no token of its own."""
    choices = []
    for index, prompt in enumerate(prompts):
        tokens = pieces(prompt)
        values: list[float | None] = [
            token_logprob("".join(tokens[:i]), token) if i else None for i, token in enumerate(tokens)
        ]
        tops = [
            None if value is None else {token: value} if value > -1 else {token: value, "<other>": -0.01}
            for token, value in zip(tokens, values, strict=True)
        ]
        told = {"tokens": tokens, "token_logprobs": values, "top_logprobs": tops}
        choices.append({"index": index, "text": prompt, "logprobs": told, "finish_reason": "length"})
    usage = {"prompt_tokens": sum(len(pieces(prompt)) for prompt in prompts), "completion_tokens": 0}
    return {"choices": choices[::-1], "usage": usage}


def picture(body: dict[str, Any], prompt: str) -> str:
    """Return a picture in base64 that depends on the prompt, the seed and the size alone."""
    from PIL import Image

    width, height = map(int, body.get("size", "6x5").split("x"))
    digest = hashlib.sha256(f"{prompt} {body.get('seed', 0)}".encode()).digest()
    return as_png(Image.frombytes("RGB", (width, height), (digest * (width * height))[: 3 * width * height]))


def as_png(image: Any) -> str:
    content = io.BytesIO()
    image.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()
