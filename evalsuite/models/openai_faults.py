"""What a server's refusals mean: for one request, for the next attempt, or for the whole run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from evalsuite.errors import ModelError
from evalsuite.models.openai_answers import error_message
from evalsuite.models.openai_retries import TransientError, retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.models.openai_settings import Secret, Settings

__all__ = ["ComplaintError", "fault", "gone", "reason_of"]

_RETRIED = frozenset({408, 409, 425, 429})


class ComplaintError(Exception):
    """A request that the server finds wrong; perhaps another dialect helps.

    Parameters
    ----------
    message : str
    status : int
    content : bytes
        The server's own words.
    """

    def __init__(self, message: str, status: int, content: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.content = content


def fault(settings: Settings, key: Secret, status: int, headers: Mapping[str, str], content: bytes) -> Exception:
    """Return what an answer with a status other than 200 is to be raised as, without the key.

    Returns
    -------
    Exception
        ModelError where it concerns every request, TransientError where asking again may help, else ComplaintError.
    """
    message, code = error_message(content)
    told = key.clean(message)
    if status in (401, 403) or code == "insufficient_quota":
        variable = settings.key_env
        sent = f"the key in the environment variable {variable}" if key.value else f"no key ({variable} is empty)"
        return ModelError(f"{settings.spec}: {settings.base_url} answers {status} to {sent}: {told}")
    if status == 404:
        return ModelError(
            f'{settings.spec}: {settings.url} answers 404, so it does not know the model "{settings.model}", or '
            f"base_url is wrong (it mostly ends in /v1): {told}"
        )
    if 300 <= status < 400:
        to = key.clean(headers.get("Location", "nowhere"))
        return ModelError(f"{settings.spec}: {settings.url} redirects to {to} ({status}); give that as base_url")
    if status in _RETRIED or status >= 500:
        return TransientError(f"the server answers {status}: {told}", wait=retry_after(headers.get("Retry-After")))
    return ComplaintError(told, status, content)


def gone(settings: Settings, reason: str) -> ModelError:
    """Return the error of a server that cannot be reached."""
    return ModelError(
        f"{settings.spec}: no server answers at {settings.base_url}: {reason}. Start it, or give its address by "
        "base_url; what was finished is kept, and the same command continues."
    )


def reason_of(error: BaseException) -> str:
    """Say why there is no connection: "Connection refused", rather than how the library words it."""
    known = getattr(error, "os_error", error)
    number = getattr(known, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return getattr(known, "strerror", None) or str(known) or type(known).__name__
