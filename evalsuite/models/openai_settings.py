"""What a model behind the OpenAI API is opened with, and the key, which nothing must repeat."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from evalsuite.errors import ModelError

if TYPE_CHECKING:
    from evalsuite.models.openai_wire import Api

__all__ = ["Secret", "Settings", "check_address", "read_key"]

_LONGEST_MESSAGE = 500
_REAL_KEY = 16  # characters; a shorter one is a placeholder such as "EMPTY", which a model may well say
_SHORTEST_KEY = 4  # a message would be unreadable without every "a"
_SHORTEST_PART = 6  # characters of a real key that a server may quote between asterisks
_LONGEST_SEARCHED = 8 * _LONGEST_MESSAGE
_REMOVED = "[key removed]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server is asked. None of it is secret.

    Parameters
    ----------
    spec, model, base_url : str
    api : {"chat", "completions", "images"}
    key_env : str
        The environment variable that has the key.
    must_have_key : bool
        Whether it must be set.
    concurrency, max_retries : int
    timeout : float
        Seconds a request may take, all attempts together.
    stream : {"auto", "true", "false"}
    logprobs : bool
        Whether to ask for the log-probability of each token it writes.
    size : str
        Of images, ``WIDTHxHEIGHT`` or ``auto``; empty where the server chooses.
    """

    spec: str
    model: str
    base_url: str
    api: Api
    key_env: str
    must_have_key: bool
    concurrency: int
    timeout: float
    max_retries: int
    stream: str
    logprobs: bool = False
    size: str = ""

    @property
    def url(self) -> str:
        """Where requests are sent."""
        paths = {"chat": "chat/completions", "completions": "completions", "images": "images/generations"}
        return f"{self.base_url}/{paths[self.api]}"


@dataclass(frozen=True, slots=True)
class Secret:
    """A key, empty where there is none; not shown by ``repr``."""

    value: str

    def __repr__(self) -> str:
        return "Secret(...)"

    def clean(self, message: str) -> str:
        """Return a message of a server or library for people: in one line, not too long, and without any key.

        Neither has it a part of 6 characters or more, should the server quote beginning and end of a key that it
        refuses. A key of less than 16 characters, which may be made of ordinary words, is removed as a whole only.
        """
        # Control characters go first: with some in its middle, a key would not be found.
        text = " ".join("".join(char if char.isprintable() else " " * char.isspace() for char in message).split())
        text = re.sub(r"//[^/@\s]*@", "//...@", text)
        if len(self.value) >= _REAL_KEY:
            text = self._without_parts(text[:_LONGEST_SEARCHED])
        elif len(self.value) >= _SHORTEST_KEY:
            text = text.replace(self.value, _REMOVED)
        return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}..."

    def remove(self, text: str | None) -> str | None:
        """Return a model's text without the key, should its server repeat it."""
        if text is None or len(self.value) < _REAL_KEY:
            return text
        return text.replace(self.value, _REMOVED)

    def _without_parts(self, text: str) -> str:
        """Strike out whatever is covered by pieces of the key: a longer part of it is pieces that overlap."""
        size = _SHORTEST_PART
        pieces = {self.value[i : i + size] for i in range(len(self.value) - size + 1)}
        kept, end = "", 0
        for i in range(len(text)):
            if text[i : i + size] in pieces:
                kept += _REMOVED if i > end or not end else ""
                end = i + size
            elif i >= end:
                kept += text[i]
        return kept


def read_key(settings: Settings) -> Secret:
    """Read the key from the environment.

    Raises
    ------
    ModelError
        If it must be there and is not, cannot be sent, or stands in the spec. The message never holds it.
    """
    key = os.environ.get(settings.key_env, "").strip()
    if not key:
        if settings.must_have_key:
            # An option that is no variable's name may be the key itself, put in the wrong place.
            named = f"the environment variable {settings.key_env}" if settings.key_env == _DEFAULT else _OPTION
            raise ModelError(f"openai:{settings.model}: there is no key: {named} is not set, or empty")
        return Secret("")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise ModelError(f"{settings.spec}: the key in {settings.key_env} has characters that cannot be sent")
    if len(key) >= _REAL_KEY and key in settings.spec:
        raise ModelError(
            f"openai:...: the spec holds the key, and a spec is printed and logged; {settings.key_env} has it already"
        )
    return Secret(key)


_DEFAULT = "OPENAI_API_KEY"
_OPTION = 'the environment variable that the option "key_env" names'


def check_address(where: str, text: str) -> str:
    """Return a base URL without a slash at its end.

    Raises
    ------
    ModelError
        If it is no address of a server, or holds what could be a secret, which is then not repeated.
    """
    expected = 'expected http:// or https://, a host and a path, as in "http://localhost:8000/v1"'
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ModelError(f'{where}: option "base_url" is no address: {expected}') from None
    if parts.username is not None or parts.password is not None:
        raise ModelError(
            f'{where}: option "base_url": the address carries a user or password before its @, and a spec is printed '
            "and logged. The key belongs in the environment variable that the option key_env names"
        )
    if parts.query or parts.fragment:
        raise ModelError(f'{where}: option "base_url" must have no "?" and no "#": {expected}')
    if parts.scheme not in ("http", "https") or not host or port == 0 or re.search(r"[\s\\]", text):
        raise ModelError(f'{where}: option "base_url" is no address: {expected}')
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
