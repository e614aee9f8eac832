"""``python:module:callable``: a model written in Python."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import ModelError, did_you_mean
from evalsuite.models.adapt import adapt_model
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.options import check_known
from evalsuite.models.spec import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from evalsuite.models.base import Model

__all__ = ["open_model"]

_SOURCE = "__evalsuite_source__"


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> Model:
    """Import ``module:callable`` and make a Model of it.

    Parameters
    ----------
    name : str
        ``module:callable``. The module may lie in the current directory; the callable may be an attribute of an
        attribute (``Class.method``). A class is called with the options, once, for an instance with ``generate`` or
        ``__call__``. How it is called: see `evalsuite.models.adapt.adapt_model`.
    options : mapping of str to str
        Keyword arguments of the callable, or of the class; as ``bool``, ``int`` or ``float`` where the default of the
        parameter is one, else as ``str``.
    device : str, default "auto"
        Not used: a model in Python chooses for itself.

    Raises
    ------
    ModelError
        If it cannot be imported or is not a model, or an option is no parameter of it.
    """
    where = f"python:{name}"
    module_name, _, path = name.partition(":")
    if not module_name or not path:
        raise ModelError(f'{where}: expected python:module:callable, for instance "python:my_models:answer"')
    module = _import(module_name, where)
    spec = str(ModelSpec(backend="python", name=name, options=options))
    thing: Any = module
    for part in path.split("."):
        if not hasattr(thing, part):
            names = [known for known in dir(thing) if not known.startswith("_")]
            raise ModelError(f'{where}: {module_name} has no "{part}"{did_you_mean(part, names)}')
        thing = getattr(thing, part)
    arguments = _arguments(thing, options, where)
    if inspect.isclass(thing):
        try:
            thing, arguments = thing(**arguments), {}
        except (Exception, SystemExit) as error:  # the user's own code
            raise ModelError(f"{where}: cannot make a {path}: {type(error).__name__}: {error}") from error
    parts = {"source": _source(module), "spec": spec.encode("utf-8", "surrogatepass")}
    own = getattr(thing, "fingerprint", None)
    if isinstance(own, str):
        parts["own"] = own.encode("utf-8", "surrogatepass")
    try:
        return adapt_model(thing, name=path, spec=spec, fingerprint=hash_named(parts), arguments=arguments)
    except ModelError as error:
        raise ModelError(f"{where}: {error}") from None


def _import(name: str, where: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:  # the user's own code
        raise ModelError(
            f"{where}: cannot import {name} (from the current directory or the installed packages): "
            f"{type(error).__name__}: {error}"
        ) from error
    if not hasattr(module, _SOURCE):
        # Python imports a module once: a later change of the file must not change what this one's code is known by.
        setattr(module, _SOURCE, _read_source(module))
    return module


def _read_source(module: ModuleType) -> bytes:
    file = getattr(module, "__file__", None)
    return Path(file).read_bytes() if file else f"{module.__name__} of Python {sys.version}".encode()


def _source(module: ModuleType) -> bytes:
    source: bytes = getattr(module, _SOURCE)
    return source


def _arguments(thing: Any, options: Mapping[str, str], where: str) -> dict[str, object]:
    """Return the options as arguments of `thing`, each of the type of its parameter's default."""
    if not options:
        return {}
    if not inspect.isroutine(thing) and not inspect.isclass(thing):
        check_known(where, options, ())
    parameters = dict(inspect.signature(thing).parameters)
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    named = [p.name for p in parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    known = named if inspect.isclass(thing) else [key for key in named[1:] if key not in ("config", "seed")]
    if not takes_any:
        check_known(where, options, known)
    return {
        key: _convert(value, parameters[key].default if key in parameters else None, f'{where}: option "{key}"')
        for key, value in options.items()
    }


def _convert(value: str, default: object, where: str) -> object:
    if isinstance(default, bool):
        if value not in ("true", "false"):
            raise ModelError(f'{where} must be true or false; got "{value}"')
        return value == "true"
    if isinstance(default, int | float):
        kind = type(default)
        try:
            return kind(value)
        except ValueError:
            raise ModelError(
                f'{where} must be {"a whole number" if kind is int else "a number"}; got "{value}"'
            ) from None
    return value
