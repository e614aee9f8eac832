"""``openai:MODEL``: a model behind any server that speaks the OpenAI API."""

from __future__ import annotations

from contextlib import asynccontextmanager, closing
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar, cast

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models.concurrently import answer_each, run_apart
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.openai_images import read_size
from evalsuite.models.openai_settings import Settings, check_address
from evalsuite.models.options import check_known, read_bool, read_choice, read_float, read_int
from evalsuite.models.spec import ModelSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping, Sequence

    from evalsuite.models.openai_client import Client
    from evalsuite.models.openai_wire import Api
    from evalsuite.types import Ask, GenerationConfig, Modality, Output, Request

__all__ = ["OpenAIModel", "open_model"]

T = TypeVar("T")

_OPTIONS = ("api", "base_url", "concurrency", "key_env", "logprobs", "max_retries", "size", "stream", "timeout")
_DEFAULT_URL = "https://api.openai.com/v1"
_DEFAULT_KEY = "OPENAI_API_KEY"


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> OpenAIModel:
    """Open the model `name` of a server, which is not asked before it is needed.

    Parameters
    ----------
    name : str
        As the server calls it.
    options : mapping of str to str
        ``base_url`` (by default OpenAI's), ``key_env`` (the environment variable that has the key, ``OPENAI_API_KEY``;
        a server that needs none gets none), ``api`` (``chat``, ``completions`` or ``images``), ``size`` (of images,
        ``1024x1024``; by default the server's own), ``concurrency`` (requests at a time, 64), ``timeout`` (seconds a
        request may take in all, 600), ``max_retries`` (8), ``stream`` (``auto``: where the server can; ``true``,
        ``false``) and ``logprobs`` (``true``: ask for the log-probability of each token it writes; ``false``).
    device : str, default "auto"
        Not used: the server chooses for itself.

    Raises
    ------
    ModelError
        If an option is unknown or wrong.
    DependencyError
        If aiohttp is missing.
    """
    where = f"openai:{name}"
    check_known(where, options, _OPTIONS)
    timeout = read_float(where, options, "timeout", default=600.0)
    if timeout == 0:
        raise ModelError(f'{where}: option "timeout" must be above 0: seconds that a request may take in all')
    api = _read_api(where, options)
    settings = Settings(
        spec=str(ModelSpec(backend="openai", name=name, options=options)),
        model=name,
        base_url=check_address(where, options.get("base_url", _DEFAULT_URL)),
        api=api,
        key_env=options.get("key_env", _DEFAULT_KEY),
        must_have_key="key_env" in options or "base_url" not in options,
        concurrency=read_int(where, options, "concurrency", default=64),
        timeout=timeout,
        max_retries=read_int(where, options, "max_retries", default=8, least=0),
        stream=read_choice(where, options, "stream", ("auto", "true", "false")),
        logprobs=read_bool(where, options, "logprobs", default=False),
        size=read_size(where, options) if api == "images" else "",
    )
    if find_spec("aiohttp") is None:
        raise DependencyError(f'{where}: needs the package aiohttp: pip install "evalsuite[openai]"')
    return OpenAIModel(settings)


def _read_api(where: str, options: Mapping[str, str]) -> Api:
    """Return the option ``api``, and refuse those that are of another one."""
    api = cast("Api", read_choice(where, options, "api", ("chat", "completions", "images")))
    if api != "images" and "size" in options:
        raise ModelError(f'{where}: option "size" is for api=images, and the api is {api}')
    if api == "images" and options.get("stream") == "true":
        raise ModelError(f'{where}: option "stream": there are no streams of images')
    if api == "images" and options.get("logprobs") == "true":
        raise ModelError(f'{where}: option "logprobs": there are no tokens of images')
    return api


class OpenAIModel:
    """A model behind an HTTP server. Satisfies `evalsuite.models.base.StreamingModel`.

    Parameters
    ----------
    settings : Settings

    Notes
    -----
    The key is read from the environment whenever a connection is opened, and kept by nothing else.
    """

    likelihoods: frozenset[Ask] = frozenset({"choices"})
    batch_invariant = True
    dtype = ""
    device = ""
    size_options = "size={width}x{height}"

    def __init__(self, settings: Settings) -> None:
        self.spec = settings.spec
        self.name = settings.model
        self.batch_size = settings.concurrency
        made: Modality = "image" if settings.api == "images" else "text"
        self.modalities: frozenset[Modality] = frozenset({made})
        width, _, height = settings.size.partition("x")
        self.image_size = (int(height), int(width)) if height else None
        identity = {"api": settings.api, "base_url": settings.base_url, "model": settings.model}
        if settings.size:
            identity["size"] = settings.size
        if settings.logprobs:
            identity["logprobs"] = "true"
        self.fingerprint = hash_named(
            {"openai 1": b"", **{key: text.encode("utf-8", "surrogatepass") for key, text in identity.items()}}
        )
        self._settings = settings

    def load(self) -> None:
        """Find out whether the server is there, and takes the key.

        Raises
        ------
        ModelError
            If it is not, or does not.
        """

        async def check() -> None:
            async with self._client() as client:
                await client.check()

        run_apart(check)

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, in the same order; see `evalsuite.models.base.Model.generate`.

        Raises
        ------
        ModelError
            If the server does not take the key, does not know the model, or cannot be reached any more.
        """
        with closing(self._answers(enumerate(requests), lambda item: item[1], config)) as answers:
            found = {index: output for (index, _), output in answers}
        return [found[index] for index in range(len(requests))]

    def check_likelihood(self, ask: Ask) -> None:
        """Find out whether the server can be asked for log-probabilities of this kind.

        Raises
        ------
        ModelError
            If the API is that of chats, which has none of a given text.
        """
        del ask
        if self._settings.api == "chat":
            raise ModelError(
                f"{self.spec}: the chat API gives no log-probabilities of a given text; give api=completions, where "
                "the server has it"
            )

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Rate the choices of every request; see `evalsuite.models.base.LikelihoodModel`.

        Raises
        ------
        ModelError
            As of `generate`, or where the API is that of chats.
        """
        self.check_likelihood("choices")
        return self.generate(requests, config)

    def generate_each(self, requests: Iterable[Request], config: GenerationConfig) -> Generator[tuple[Request, Output]]:
        """Yield every request with its output as they come; see `evalsuite.models.base.StreamingModel`.

        Raises
        ------
        ModelError
            As of `generate`.
        """
        return self._answers(requests, lambda request: request, config)

    def _answers(
        self, items: Iterable[T], request_of: Callable[[T], Request], config: GenerationConfig
    ) -> Generator[tuple[T, Output]]:
        @asynccontextmanager
        async def opening() -> AsyncIterator[Callable[[T], Awaitable[Output]]]:
            async with self._client() as client:
                yield lambda item: client.answer(request_of(item), config)

        return answer_each(items, opening, concurrency=self._settings.concurrency)

    def _client(self) -> Client:
        from evalsuite.models.openai_client import Client

        return Client(self._settings)
