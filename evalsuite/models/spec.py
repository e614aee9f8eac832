"""The string that names a model: ``backend:name[,key=value...]``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalsuite.errors import ModelError, did_you_mean
from evalsuite.models import MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.models.base import Model

__all__ = ["ModelSpec", "open_model", "parse_spec"]

_BACKEND = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_SECRET = re.compile(
    r"(?:^|_)(?:auth|authentication|authori[sz]ation|bearer|cookies?|credentials?|passphrase|passw(?:or)?ds?|pwd|secrets?)"
    r"(?:_|$)|(?:^|_)(?:access|account|api|auth|client|encryption|private|secret|service|signing)_?(?:key|token)s?$"
    r"|^keys?$|(?<!bos_)(?<!eos_)(?<!pad_)(?<!unk_)(?<!mask_)(?<!stop_)token$"
)
_URL_WITH_USER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """What names a model.

    Parameters
    ----------
    backend : str
        Registry name of the backend: ``"hf"``.
    name : str
        What the backend calls the model: a path, an id, ``module:callable``.
    options : mapping of str to str
        The backend's options, as they were written.

    Notes
    -----
    ``str(spec)`` is canonical: options sorted by key, a comma within a name or a value doubled.

    Examples
    --------
    >>> str(ModelSpec(backend="scripted", name="constant", options={"text": "yes, sir", "batch_size": "2"}))
    'scripted:constant,batch_size=2,text=yes,, sir'
    """

    backend: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        options = (f"{key}={self.options[key]}" for key in sorted(self.options))
        return f"{self.backend}:" + ",".join(part.replace(",", ",,") for part in (self.name, *options))


def parse_spec(text: str) -> ModelSpec:
    r"""Read a model spec.

    Parameters
    ----------
    text : str
        ``backend:name[,key=value...]``. The name starts after the first colon and may hold colons and slashes of its
        own. A comma within a name or a value is written twice. Hyphens in a key are the same as underscores.

    Returns
    -------
    ModelSpec

    Raises
    ------
    ModelError
        If there is no colon, no backend or no name; if an option is not ``key=value`` or stands twice; or if one looks
        like a secret, which belongs in the environment. The message never holds a secret's value.

    Examples
    --------
    >>> parse_spec(r"files:C:\runs\a,,b.jsonl,field=answer")
    ModelSpec(backend='files', name='C:\\runs\\a,b.jsonl', options={'field': 'answer'})
    """
    backend, colon, rest = text.partition(":")
    if not colon or not _BACKEND.fullmatch(backend):
        raise ModelError(
            f'a model is named "backend:name[,key=value...]", for instance "hf:path/to/model"; found {_shown(text)}, '
            'without a backend before a colon. See "evalsuite list models".'
        )
    name, *parts = _split(rest)
    if not name.strip():
        raise ModelError(f'model spec "{backend}:": there is no name after the colon')
    _refuse_url_with_password(name, f'model spec "{backend}:..."')
    where = f"model spec {_shown(f'{backend}:{name}')}"
    options: dict[str, str] = {}
    for part in parts:
        written, equals, value = part.partition("=")
        key = written.strip().replace("-", "_")
        if equals and _is_secret(key):
            raise ModelError(
                f'{where}: the option "{key}" looks like a secret, and a spec is printed and logged. Put it in the '
                "environment, where the backend looks for it."
            )
        if not equals or not _KEY.fullmatch(key):
            raise ModelError(
                f"{where}: expected key=value after the comma, found {_shown(part)}; a comma that belongs to a name "
                "or a value is written twice"
            )
        if key in options:
            raise ModelError(f'{where}: the option "{key}" stands there twice')
        _refuse_url_with_password(value, f'{where}: option "{key}"')
        options[key] = value
    return ModelSpec(backend=backend, name=name, options=options)


def open_model(spec: str, *, device: str = "auto") -> Model:
    """Open the model that `spec` names, cheaply: weights load when it first generates.

    Parameters
    ----------
    spec : str
        ``backend:name[,key=value...]``, see `parse_spec`.
    device : str, default "auto"
        Where it computes: ``"cpu"``, ``"cuda"``, ``"cuda:1"``; ``"auto"`` takes a GPU if there is one.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If the spec is malformed, the backend unknown, or the backend cannot open the model.
    DependencyError
        If a package is missing.
    UsageError
        If the backend comes from a plugin that cannot be imported.
    """
    parsed = parse_spec(spec)
    known = MODELS.names()
    if parsed.backend not in known:
        hint = did_you_mean(parsed.backend, known) or "."
        raise ModelError(
            f'model spec {_shown(f"{parsed.backend}:{parsed.name}")}: unknown backend "{parsed.backend}"{hint} '
            f"Known: {', '.join(known)}."
        )
    return MODELS.get(parsed.backend)(parsed.name, parsed.options, device=device)


def _split(text: str) -> list[str]:
    """Cut at single commas; a double comma is a comma."""
    parts = [""]
    for piece in re.findall(r",,|,|[^,]+", text):
        if piece == ",":
            parts.append("")
        else:
            parts[-1] += "," if piece == ",," else piece
    return parts


def _is_secret(key: str) -> bool:
    """Whether a value by this name is likely a secret; ``apiKey``, ``api_key`` and ``API.key`` are alike."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower())
    return _SECRET.search("_".join(words)) is not None


def _refuse_url_with_password(value: str, where: str) -> None:
    if _URL_WITH_USER.search(value):
        raise ModelError(
            f"{where}: the address carries a user or password before its @, and a spec is printed and logged. Put "
            "them in the environment, where the backend looks for them."
        )


def _shown(text: str) -> str:
    """Quote `text` for a message, unless something in it could be a secret."""
    if _URL_WITH_USER.search(text) or any(_is_secret(part) for part in re.split(r"[^A-Za-z0-9_.-]+", text)):
        return "something that looks like it holds a secret (not repeated here)"
    return f'"{text}"' if len(text) <= 200 else f'"{text[:200]}..."'
