"""``scripted:PATTERN``: a model that says what it is told to, for tests and for trying out the suite."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from evalsuite.errors import ModelError, did_you_mean
from evalsuite.models.adapt import to_output
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.options import check_known, read_float, read_int
from evalsuite.models.spec import ModelSpec
from evalsuite.rng import CounterRng
from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["Reply", "ScriptedModel", "open_model"]

Reply: TypeAlias = str | Output | BaseException
_PATTERNS = {
    "constant": ("text",),
    "echo": (),
    "empty": (),
    "error": (),
    "last_line": (),
    "random": ("words",),
    "refuse": (),
}
_COMMON = ("batch_size", "sleep")


class ScriptedModel:
    """A model whose outputs are given.

    Parameters
    ----------
    replies : mapping of str to reply, or callable
        Replies by sample id, or a function from a Request to a reply. A ``str`` is the text, an Output is returned as
        it is, and an exception is raised. A sample without a reply gets an error output.
    name : str, default "scripted"
    spec : str, optional
        By default ``scripted:`` and the name.
    fingerprint : str, optional
        By default a hash of the replies where they are a mapping of ``str``, else random for every instance.
    batch_size : int, default 8
    batch_invariant : bool, default True
    modalities : frozenset of str
    obey_config : bool, default False
        Cut a ``str`` before the first stop string and after ``max_new_tokens`` words, as if each word, with the white
        space before it, were a token. Otherwise what is told is said.
    drop : int, default 0
        Outputs to leave out at the end of each batch.
    sleep_seconds : float, default 0
        Wait so long in each call.

    Attributes
    ----------
    calls : list of tuple of Request
        What it was asked, a batch an entry.

    Examples
    --------
    >>> model = ScriptedModel({"a": "yes"})
    >>> request = Request(sample_id="a", repeat=0, turn=0, prompt="Really?", messages=(), seed=0)
    >>> model.generate([request], GenerationConfig())[0].text
    'yes'
    """

    inputs: frozenset[Modality] = frozenset({"text", "image"})
    dtype = ""
    device = ""

    def __init__(
        self,
        replies: Mapping[str, Reply] | Callable[[Request], Reply],
        *,
        name: str = "scripted",
        spec: str | None = None,
        fingerprint: str | None = None,
        batch_size: int = 8,
        batch_invariant: bool = True,
        modalities: frozenset[Modality] = frozenset({"text"}),
        obey_config: bool = False,
        drop: int = 0,
        sleep_seconds: float = 0.0,
    ) -> None:
        self._replies = replies
        self._obey_config = obey_config
        self._drop = drop
        self._sleep_seconds = sleep_seconds
        self.name = name
        self.spec = spec if spec is not None else f"scripted:{name}"
        self.fingerprint = fingerprint if fingerprint is not None else _fingerprint(replies)
        self.batch_size = batch_size
        self.batch_invariant = batch_invariant
        self.modalities = modalities
        self.calls: list[tuple[Request, ...]] = []

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request as told; raises whatever the replies hold."""
        self.calls.append(tuple(requests))
        if self._sleep_seconds:
            time.sleep(self._sleep_seconds)
        outputs = [self._answer(request, config) for request in requests]
        return outputs[: max(0, len(outputs) - self._drop)]

    def _answer(self, request: Request, config: GenerationConfig) -> Output:
        if isinstance(self._replies, Mapping):
            if request.sample_id not in self._replies:
                return Output(finish_reason="error", error=f'there is no reply for the sample "{request.sample_id}"')
            reply = self._replies[request.sample_id]
        else:
            reply = self._replies(request)
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, str) and self._obey_config:
            return _obey(reply, request, config)
        return to_output(reply, GenerationConfig())


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> ScriptedModel:
    """Open a scripted model that obeys stop strings and ``max_new_tokens``, counted in words.

    Parameters
    ----------
    name : str
        ``echo`` (says the prompt), ``last_line`` (of the prompt), ``constant`` (says its option ``text``), ``empty``,
        ``random`` (as many made-up words as its option ``words`` says, by the seed), ``refuse``, or ``error`` (fails
        each time).
    options : mapping of str to str
        Beside the pattern's own, ``batch_size`` and ``sleep`` (seconds a call).
    device : str, default "auto"
        Not used.

    Raises
    ------
    ModelError
        If there is no such pattern, or an option is unknown or wrong.
    """
    where = f"scripted:{name}"
    if name not in _PATTERNS:
        hint = did_you_mean(name, _PATTERNS) or "."
        raise ModelError(f'{where}: there is no pattern "{name}"{hint} Known: {", ".join(sorted(_PATTERNS))}.')
    check_known(where, options, (*_PATTERNS[name], *_COMMON))
    if name == "constant" and "text" not in options:
        raise ModelError(f'{where}: needs the option "text", what to say: scripted:constant,text=yes')
    text = options.get("text", "")
    n_words = read_int(where, options, "words", default=16)
    replies: dict[str, Callable[[Request], Reply]] = {
        "constant": lambda request: text,
        "echo": lambda request: request.prompt,
        "empty": lambda request: "",
        "error": lambda request: RuntimeError("this model always fails"),
        "last_line": lambda request: request.prompt.rstrip("\n").rpartition("\n")[2],
        "random": lambda request: _made_up_words(request.seed, n_words),
        "refuse": lambda request: Output(text="I cannot answer that.", finish_reason="refused"),
    }
    said = {key: value for key, value in options.items() if key not in _COMMON}
    return ScriptedModel(
        replies[name],
        name=name,
        spec=str(ModelSpec(backend="scripted", name=name, options=options)),
        fingerprint=hash_named({"scripted 1": str(ModelSpec(backend="scripted", name=name, options=said)).encode()}),
        batch_size=read_int(where, options, "batch_size", default=8),
        obey_config=True,
        sleep_seconds=read_float(where, options, "sleep", default=0.0),
    )


def _obey(text: str, request: Request, config: GenerationConfig) -> Output:
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    kept = text[: ends[config.max_new_tokens - 1]] if len(ends) > config.max_new_tokens else text
    output = to_output(kept, config)
    was_stopped = output.text != kept
    return Output(
        text=output.text,
        finish_reason="length" if kept != text and not was_stopped else "stop",
        tokens_in=len(request.prompt.split()),
        tokens_out=len(kept.split()),
    )


def _made_up_words(seed: int, n: int) -> str:
    rng = CounterRng(seed)
    return " ".join("".join(rng.choice("bdfklmnprstv") + rng.choice("aeiou") for _ in range(2)) for _ in range(n))


def _fingerprint(replies: Mapping[str, Reply] | Callable[[Request], Reply]) -> str:
    if isinstance(replies, Mapping) and all(isinstance(reply, str) for reply in replies.values()):
        return hash_named({key: str(reply).encode("utf-8", "surrogatepass") for key, reply in replies.items()})
    return f"random:{secrets.token_hex(32)}"
