"""Whatever generates becomes a Model: an object with ``generate``, or a callable from prompt to text."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from evalsuite.errors import ModelError
from evalsuite.media import is_image
from evalsuite.models.base import Model
from evalsuite.types import Ask, GenerationConfig, Modality, Output, Request

__all__ = ["AdaptedModel", "adapt_model", "to_output"]

_EXTRAS = ("config", "seed")
_Rate: TypeAlias = Callable[[Sequence[Request], GenerationConfig], Sequence[Output]]


def adapt_model(
    obj: object,
    *,
    name: str | None = None,
    spec: str | None = None,
    fingerprint: str | None = None,
    arguments: dict[str, object] | None = None,
) -> Model:
    """Make a Model of `obj`.

    Parameters
    ----------
    obj : object
        A Model, returned as it is where nothing else is given; or an object with ``generate``; or a callable. What it
        is called with is told by the name of its first parameter: ``requests`` gets the batch and ``prompts`` the
        batch's prompts, and each returns a list as long; ``request`` gets one Request; anything else, one prompt. A
        parameter ``config`` gets the GenerationConfig, and ``seed`` (of one that answers one prompt) the seed.
        ``generate`` of an object is called with the batch and, if it has a second parameter, the config, unless its
        parameters' names say otherwise. Answers are ``str``, which is cut before the first stop string, images (see
        `evalsuite.media.as_pixels`), videos (arrays or tensors of 4 dimensions, see `evalsuite.media.as_frames`), or
        Output; a batch of images or videos may be one array or tensor. A method
        ``loglikelihood(requests, config)`` is kept, see `evalsuite.models.base.LikelihoodModel`; an object that has no
        other writes no texts.
    name, spec : str, optional
        How tables and run logs call it; by default its own attributes, or the name it is defined by.
    fingerprint : str, optional
        What identifies its outputs. By default the object's attribute ``fingerprint``; without one, a random one, so
        that a later run starts anew and never takes another model's outputs for this one's. To have runs continued,
        give a string that changes whenever the outputs could.
    arguments : dict, optional
        Keyword arguments for every call.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If `obj` is neither, is a coroutine function or a class, or needs parameters that nothing fills.
    """
    if isinstance(obj, Model) and not inspect.isclass(obj) and (name, spec, fingerprint, arguments) == (None,) * 4:
        return obj
    if inspect.isclass(obj):
        raise ModelError(f"{obj.__name__} is a class; give an instance of it: {obj.__name__}(...)")
    called = getattr(obj, "generate", None)
    is_object = callable(called)
    if not is_object and not callable(obj) and callable(getattr(obj, "loglikelihood", None)):
        called, is_object = _only_rates, True
    if is_object and callable(getattr(obj, "forward", None)):
        raise ModelError(
            f"{type(obj).__name__}.generate takes tensors, not requests. Save the model with its tokenizer and name it "
            "hf:FOLDER, or give a callable from prompt to text."
        )
    if not is_object:
        called = obj
    if not callable(called):
        raise ModelError(f"a model has a method generate, or is a callable; got {type(obj).__name__}")
    own_name = str(getattr(obj, "__name__", type(obj).__name__))
    rate = getattr(obj, "loglikelihood", None)
    made_of = AdaptedLikelihoodModel if callable(rate) else AdaptedModel
    call = _read_call(called, own_name, is_object=is_object, arguments=arguments or {})
    made = made_of(
        call,
        name=name or _attribute(obj, "name", str, own_name),
        spec=spec or _attribute(obj, "spec", str, f"python:{_module(obj)}:{own_name}"),
        fingerprint=fingerprint or _attribute(obj, "fingerprint", str, f"random:{secrets.token_hex(32)}"),
        # A callable does not say what it returns: what a task cannot use becomes an error of the sample.
        modalities=frozenset(_attribute(obj, "modalities", (frozenset, set, tuple, list), {"text", "image", "video"})),
        inputs=_inputs(obj, call.kind, own_name),
        # One prompt a call is logged call by call, so that an interruption costs one; and nobody's calls are padded.
        batch_size=_attribute(obj, "batch_size", int, 1 if call.kind in ("prompt", "request") else 16),
        batch_invariant=_attribute(obj, "batch_invariant", bool, True),
        dtype=_attribute(obj, "dtype", str, ""),
        device=_attribute(obj, "device", str, ""),
    )
    if isinstance(made, AdaptedLikelihoodModel):
        made.rate = cast("_Rate", rate)
        made.likelihoods = frozenset(_attribute(obj, "likelihoods", (frozenset, set, tuple, list), made.likelihoods))
    return made


def to_output(value: object, config: GenerationConfig) -> Output:
    """Return an Output: `value` itself, its text, cut before the first stop string, or the image or video it is.

    Raises
    ------
    TypeError
        If `value` is neither an Output, nor a ``str``, nor an array, a tensor or a Pillow image.
    """
    if isinstance(value, Output):
        return value
    if is_image(value):
        # The runner makes pixels or frames of it, or an error.
        return Output(video=value) if getattr(value, "ndim", 0) == 4 else Output(image=value)  # type: ignore[arg-type]
    if not isinstance(value, str):
        raise TypeError(f"the model must answer with str, an image, a video or Output, got {type(value).__name__}")
    text = str(value)
    stops = [at for stop in config.stop if stop and (at := text.find(stop)) >= 0]
    return Output(text=text[: min(stops)] if stops else text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """How a callable is to be called."""

    function: Callable[..., object]
    kind: Literal["requests", "prompts", "request", "prompt"]
    extras: tuple[str, ...]
    second: bool
    arguments: dict[str, object]

    def __call__(self, requests: Sequence[Request], config: GenerationConfig) -> object:
        """Call it once, for the whole batch or for a batch of one."""
        values = {"config": config, "seed": requests[0].seed}
        keywords = {**self.arguments, **{key: values[key] for key in self.extras}}
        first: object = {
            "requests": list(requests),
            "prompts": [request.prompt for request in requests],
            "request": requests[0],
            "prompt": requests[0].prompt,
        }[self.kind]
        return self.function(first, config, **keywords) if self.second else self.function(first, **keywords)


class AdaptedModel:
    """A Model around a callable; made by `adapt_model`."""

    def __init__(
        self,
        call: _Call,
        *,
        name: str,
        spec: str,
        fingerprint: str,
        modalities: frozenset[Modality],
        inputs: frozenset[Modality],
        batch_size: int,
        batch_invariant: bool,
        dtype: str,
        device: str,
    ) -> None:
        self._call = call
        self.name = name
        self.spec = spec
        self.fingerprint = fingerprint
        self.modalities = modalities
        self.inputs = inputs
        self.batch_size = batch_size
        self.batch_invariant = batch_invariant
        self.dtype = dtype
        self.device = device

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, in the same order; see `evalsuite.models.base.Model.generate`.

        Raises
        ------
        TypeError
            If an answer is neither ``str`` nor image nor video nor Output, or a batch's answers are no list.
        ValueError
            If a batch has another number of answers than requests.
        """
        if not requests:
            return []
        if self._call.kind in ("prompt", "request"):
            return [to_output(self._call([request], config), config) for request in requests]
        answers = self._call(requests, config)
        if is_image(answers) and getattr(answers, "ndim", 0) >= 3:
            answers = list(cast("Sequence[object]", answers))
        if not isinstance(answers, Sequence) or isinstance(answers, str | bytes):
            raise TypeError(
                "the model must answer a batch with a list of str, images, videos or Output, "
                f"got {type(answers).__name__}"
            )
        if len(answers) != len(requests):
            raise ValueError(f"the model must give one answer a request, expected {len(requests)}, got {len(answers)}")
        return [to_output(answer, config) for answer in answers]


class AdaptedLikelihoodModel(AdaptedModel):
    """An `AdaptedModel` of an object that has ``loglikelihood`` as well."""

    rate: _Rate
    likelihoods: frozenset[Ask] = frozenset({"choices", "rolling"})

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> Sequence[Output]:
        """Rate the choices of every request; see `evalsuite.models.base.LikelihoodModel`."""
        return self.rate(list(requests), config)


def _only_rates(requests: Sequence[Request]) -> list[str]:
    raise TypeError("the model has loglikelihood and no generate: it writes no texts")


def _read_call(function: Callable[..., object], name: str, *, is_object: bool, arguments: dict[str, object]) -> _Call:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ModelError(f"{name} is a coroutine function; a model is called synchronously")
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some built-in callables do not say
        parameters = [inspect.Parameter("prompt", inspect.Parameter.POSITIONAL_ONLY)]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
    if not positional:
        raise ModelError(f"{name} takes no positional argument; a model takes the prompt or the requests")
    first = positional[0].name
    kinds = ("requests", "prompts", "request", "prompt")
    kind = first if first in kinds else "requests" if is_object else "prompt"
    others = [p for p in parameters if p is not positional[0]]
    second = (
        is_object and len(positional) > 1 and positional[1].name not in _EXTRAS and positional[1].name not in arguments
    )
    left = [p for p in others if not (second and p is positional[1])]
    extras = tuple(
        p.name
        for p in left
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        and p.name in _EXTRAS
        and p.name not in arguments
        and (p.name == "config" or kind in ("request", "prompt"))
    )
    unfilled = [
        p.name
        for p in left
        if p.default is p.empty
        and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        and p.name not in extras
        and p.name not in arguments
    ]
    if unfilled:
        raise ModelError(
            f'{name}: nothing fills its parameter "{unfilled[0]}". A model takes requests, prompts, request or a '
            "prompt first, and beside it config, and seed where it answers one prompt; others need a default."
        )
    return _Call(
        function=function,
        kind=cast("Literal['requests', 'prompts', 'request', 'prompt']", kind),
        extras=extras,
        second=second,
        arguments=arguments,
    )


def _attribute(obj: object, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
    """Return an attribute of `obj` if it is there and of the right kind."""
    value = getattr(obj, key, None)
    return value if isinstance(value, kind) else default


def _inputs(obj: object, kind: str, name: str) -> frozenset[Modality]:
    """Return what a callable says it reads: images only if it is called with requests, which hold them."""
    inputs: frozenset[Modality] = frozenset(_attribute(obj, "inputs", (frozenset, set, tuple, list), {"text"}))
    if "image" in inputs and kind in ("prompt", "prompts"):
        raise ModelError(
            f"{name}: its inputs hold image, and it takes {kind}, which has none: name its first parameter request or "
            "requests, and look at request.images"
        )
    return inputs


def _module(obj: object) -> str:
    return str(getattr(obj, "__module__", None) or type(obj).__module__)
