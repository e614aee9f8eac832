"""Images by the OpenAI API: a prompt in, one image out, in base64."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError, ModelError
from evalsuite.media import decode_file
from evalsuite.media.conversion import EXACT
from evalsuite.models.openai_answers import MalformedError, error_message
from evalsuite.models.openai_wire import fold_seed
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.types import Request

__all__ = ["ImageDialect", "ImageError", "image_body", "is_blocked", "read_image", "read_size"]

_BLOCKED = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})
_DATA = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)
_UNKNOWN = r"unknown|unrecogni[sz]ed|unsupported|unexpected|extra|invalid|not (?:permitted|allowed|supported|accepted)"
_SIZE = re.compile(r"[1-9]\d{0,4}x[1-9]\d{0,4}")
_LARGEST_COUNT = 1 << 62


class ImageError(Exception):
    """An answer without an image that can be scored, however often it is asked for."""


@dataclass(frozen=True, slots=True)
class ImageDialect:
    """What servers that draw differ in; found out from what they refuse.

    Parameters
    ----------
    response_format : bool
        Ask for base64 in so many words: some servers give addresses otherwise, some know no such setting.
    seed : bool
        Send the request's seed; OpenAI's own server knows none.
    """

    response_format: bool = True
    seed: bool = True

    def adapted(self, complaint: str, *, may_stop_streaming: bool) -> ImageDialect:
        """Return the dialect to try after a refusal; the same one where the complaint is about something else."""
        del may_stop_streaming  # there are no streams of images
        if self.response_format and "response_format" in complaint:
            return replace(self, response_format=False)
        if self.seed and re.search(rf"(?:{_UNKNOWN})\W.*\bseed\b|\bseed\b.*\W(?:{_UNKNOWN})", complaint, re.IGNORECASE):
            return replace(self, seed=False)
        return self


def read_size(where: str, options: Mapping[str, str]) -> str:
    """Return the option ``size``, ``WIDTHxHEIGHT`` or ``auto``; empty where it is absent.

    Raises
    ------
    ModelError
        If it is neither.
    """
    size = options.get("size", "")
    if size and size != "auto" and not _SIZE.fullmatch(size):
        raise ModelError(f'{where}: option "size" must be WIDTHxHEIGHT, such as 1024x1024, or auto; got "{size}"')
    return size


def image_body(request: Request, *, model: str, size: str, dialect: ImageDialect) -> bytes:
    """Return the body of a request as ASCII JSON."""
    body: dict[str, Any] = {"model": model, "prompt": request.prompt, "n": 1}
    if size:
        body["size"] = size
    if dialect.response_format:
        body["response_format"] = "b64_json"
    if dialect.seed:
        body["seed"] = fold_seed(request.seed)
    return json.dumps(body, allow_nan=False).encode("ascii")


def is_blocked(content: bytes) -> bool:
    """Whether a server's refusal says that its policy forbids the prompt, or the image that came of it."""
    return error_message(content)[1] in _BLOCKED


def read_image(content: bytes) -> Output:
    """Return the output of an answer.

    Raises
    ------
    MalformedError
        If it is not what the API says. Worth asking again.
    ImageError
        If it has an address in place of the image, or one that cannot be scored.
    """
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer is not JSON, or cut off: {type(error).__name__}") from error
    if not isinstance(record, dict):
        raise MalformedError("the answer is not a JSON object")
    if record.get("error"):
        if is_blocked(content):
            return Output(finish_reason="refused")
        raise MalformedError(f"the server says: {error_message(content)[0]}")
    images = record.get("data")
    if not isinstance(images, list) or len(images) != 1 or not isinstance(images[0], dict):
        found = len(images) if isinstance(images, list) else "no list of"
        raise MalformedError(f"the answer must have one image, it has {found}")
    usage = record.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    try:
        decoded = decode_file(_bytes(images[0]), "the image")
    except InputError as error:
        raise ImageError(str(error)) from error
    lossy = [name for name in decoded.facts.conversions if name not in EXACT]
    if lossy:
        raise ImageError(f"the image would have to be converted ({', '.join(lossy)}); expected 8-bit grey or RGB")
    return Output(
        image=decoded.pixels,
        tokens_in=_count(counts.get("input_tokens")),
        tokens_out=_count(counts.get("output_tokens")),
    )


def _bytes(image: dict[str, Any]) -> bytes:
    encoded, address = image.get("b64_json"), image.get("url")
    if not encoded and isinstance(address, str) and address:
        found = _DATA.match(address)
        if found is None:
            raise ImageError(
                "the server gives an address where the image is, and addresses are not followed; have it give the "
                "image itself (b64_json)"
            )
        encoded = address[found.end() :]
    if not isinstance(encoded, str) or not encoded:
        raise MalformedError("the answer has neither b64_json nor url")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"the image is not base64: {error}") from error


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < _LARGEST_COUNT else None
