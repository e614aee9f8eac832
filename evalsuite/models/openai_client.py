"""Ask a server that speaks the OpenAI API, and ask again where that may help."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from evalsuite.errors import ModelError
from evalsuite.models.openai_answers import MalformedError, StreamReader, read_answer
from evalsuite.models.openai_faults import ComplaintError, fault, gone, reason_of
from evalsuite.models.openai_images import ImageDialect, ImageError, image_body, is_blocked, read_image
from evalsuite.models.openai_likelihood import EchoError, echo_body, read_echo
from evalsuite.models.openai_retries import Retries, TransientError
from evalsuite.models.openai_settings import Settings, read_key
from evalsuite.models.openai_wire import Dialect, request_body
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from evalsuite.types import GenerationConfig, Request

__all__ = ["MOST_BYTES", "Client"]

MOST_BYTES = 64 << 20
"""An answer that is longer is cut off, and is an error."""
_MOST_ERROR_BYTES = 1 << 16
_CONNECT_SECONDS = 30.0
_CHECK_SECONDS = 10.0
_CHECKS = 3
_END_SECONDS = 0.5
_LOCAL = ("localhost", "127.0.0.1", "::1")


class _RefusedError(Exception):
    """The server will not answer this request, however often it is asked."""


class Client:
    """Connections to a server; opened and closed as an asynchronous context manager.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        is_images = settings.api == "images"
        self._dialect: Dialect | ImageDialect = (
            ImageDialect() if is_images else Dialect(stream=settings.stream != "false")
        )
        self._heard = 0.0

    async def __aenter__(self) -> Client:
        http: Any = import_module("aiohttp")
        self._http = http
        self._key = read_key(self._settings)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "evalsuite"}
        if self._key.value:
            headers["Authorization"] = f"Bearer {self._key.value}"
        self._session: Any = http.ClientSession(
            connector=http.TCPConnector(limit=0),
            cookie_jar=http.DummyCookieJar(),
            headers=headers,
            timeout=http.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            auto_decompress=False,
        )
        self._proxy = _proxy(self._settings.base_url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def check(self) -> None:
        """Find out whether the server is there, and takes the key.

        Raises
        ------
        ModelError
            If it is not, or does not. A server that answers anything else is there.
        """
        url = f"{self._settings.base_url}/models"
        retries = Retries(_CHECKS - 1)
        limit = self._http.ClientTimeout(total=_CHECK_SECONDS, sock_connect=_CHECK_SECONDS / 2)
        while True:
            try:
                get = self._session.get(url, allow_redirects=False, proxy=self._proxy, timeout=limit)
                async with get as response:
                    if response.status == 401:  # 403 may be about the list of models alone
                        raise fault(self._settings, self._key, 401, response.headers, await self._error_bytes(response))
                    return
            except (self._http.ClientConnectorError, self._http.ConnectionTimeoutError) as error:
                if not await retries.wait():
                    self._check_gone(time.monotonic(), reason_of(error))
            except (self._http.ClientError, TimeoutError, OSError):
                return  # it was there, and requests are tried more patiently

    async def answer(self, request: Request, config: GenerationConfig) -> Output:
        """Return the output of a request; what goes wrong with it alone is an error output.

        Raises
        ------
        ModelError
            If the server does not take the key, does not know the model, or cannot be reached any more.
        """
        if request.ask != "text":
            return await self._patiently(lambda: self._rated(request, config))
        return await self._patiently(lambda: self._attempt(request, config))

    async def _patiently(self, attempt: Callable[[], Awaitable[Output]]) -> Output:
        """Return the output of the first attempt that succeeds, or say why none does."""
        started = time.monotonic()
        lost: float | None = None
        retries = Retries(self._settings.max_retries)
        try:
            async with asyncio.timeout(self._settings.timeout):
                while True:
                    try:
                        return await attempt()
                    except TransientError as error:
                        lost = (lost or time.monotonic()) if error.unreachable else None
                        if error.wait is not None and time.monotonic() + error.wait > started + self._settings.timeout:
                            return self._failed(f"{error}; it asks to wait for {error.wait:.0f} s, which is too long")
                        if await retries.wait(error):
                            continue
                        self._check_gone(lost, error)
                        return self._failed(retries.summary())
        except _RefusedError as error:
            return self._failed(str(error))
        except TimeoutError:
            self._check_gone(lost, "no connection")
            return self._failed(f"no answer within {self._settings.timeout:g} s (option timeout){retries.last()}")
        except ModelError:
            raise
        except Exception as error:  # of a library, for reasons that only it knows
            return self._failed(f"{type(error).__name__}: {error}")

    async def _attempt(self, request: Request, config: GenerationConfig) -> Output:
        while True:
            dialect, settings = self._dialect, self._settings
            if isinstance(dialect, ImageDialect):
                body = image_body(request, model=settings.model, size=settings.size, dialect=dialect)
            else:
                body = request_body(
                    request,
                    config,
                    model=settings.model,
                    api=settings.api,
                    dialect=dialect,
                    logprobs=settings.logprobs,
                )
            try:
                return await self._post(body, config, partial(read_answer, api=settings.api, config=config))
            except ImageError as error:
                raise _RefusedError(str(error)) from None
            except ComplaintError as complaint:
                if settings.api == "images" and is_blocked(complaint.content):
                    return Output(finish_reason="refused")
                adapted = dialect.adapted(str(complaint), may_stop_streaming=settings.stream == "auto")
                if adapted == dialect:
                    raise _RefusedError(f"the server refuses the request ({complaint.status}): {complaint}") from None
                self._dialect = self._dialect.adapted(str(complaint), may_stop_streaming=settings.stream == "auto")

    async def _rated(self, request: Request, config: GenerationConfig) -> Output:
        """Return the log-probabilities that a request asks for."""
        try:
            body = echo_body(request, self._settings.model)
            return await self._post(body, config, lambda content: read_echo(content, request))
        except ComplaintError as complaint:
            raise _RefusedError(f"the server refuses the request ({complaint.status}): {complaint}") from None
        except EchoError as error:
            raise _RefusedError(str(error)) from None

    async def _post(self, body: bytes, config: GenerationConfig, made: Callable[[bytes], Output]) -> Output:
        started = time.perf_counter()
        http, url = self._http, self._settings.url
        try:
            async with self._session.post(url, data=body, allow_redirects=False, proxy=self._proxy) as response:
                self._heard = time.monotonic()
                if response.status != 200:
                    content = await self._error_bytes(response)
                    raise fault(self._settings, self._key, response.status, response.headers, content)
                output = await self._read(response, config, made, started)
        except (http.ClientConnectorError, http.ConnectionTimeoutError) as error:
            raise TransientError(reason_of(error), unreachable=True) from error
        except (http.ClientError, OSError, MalformedError) as error:
            raise TransientError(f"{type(error).__name__}: {error}") from error
        return replace(output, text=self._key.remove(output.text))

    async def _read(
        self, response: Any, config: GenerationConfig, made: Callable[[bytes], Output], started: float
    ) -> Output:
        """Read an answer piece by piece, so that one without an end is noticed."""
        api = self._settings.api
        is_stream = response.content_type == "text/event-stream" and api != "images"
        stream = StreamReader(api, config) if is_stream else None
        pieces: list[bytes] = []
        size, first = 0, None
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > MOST_BYTES:
                raise _RefusedError(f"the answer is longer than {MOST_BYTES >> 20} MiB")
            if stream is None:
                pieces.append(piece)
                continue
            stream.feed(piece)
            if first is None and stream.began:
                first = time.perf_counter() - started
            if stream.ended:
                break
        seconds = time.perf_counter() - started
        if api == "images":  # apart, as it takes long enough to hold up other requests
            return replace(await asyncio.to_thread(read_image, b"".join(pieces)), seconds=seconds)
        if stream is None:
            return replace(made(b"".join(pieces)), seconds=seconds)
        if stream.ended:  # the connection can be used again once it has been read to the end
            with suppress(TimeoutError, self._http.ClientError):
                async with asyncio.timeout(_END_SECONDS):
                    await response.content.read(1)
        return replace(stream.output(), seconds=seconds, first_token_seconds=first)

    async def _error_bytes(self, response: Any) -> bytes:
        content = bytearray()
        async for piece in response.content.iter_any():
            content += piece
            if len(content) >= _MOST_ERROR_BYTES:
                break
        return bytes(content[:_MOST_ERROR_BYTES])

    def _check_gone(self, lost: float | None, reason: object) -> None:
        """Raise ModelError if nobody has had an answer since a request `lost` its connection for good."""
        if lost is not None and self._heard < lost:
            raise gone(self._settings, self._key.clean(str(reason))) from None

    def _failed(self, message: str) -> Output:
        return Output(finish_reason="error", error=self._key.clean(message))


def _proxy(base_url: str) -> str | None:
    """Return the proxy that the environment names for an address; never one for this machine."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    return None if host in _LOCAL or proxy_bypass(host) else getproxies().get(parts.scheme)
