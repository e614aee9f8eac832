"""The templates of the pages, and what makes them safe: every text is escaped and made visible."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["asset", "csp_hash", "template"]


@cache
def asset(name: str) -> str:
    """Return the text of a template, a style sheet or a script."""
    return (files("evalsuite.report.html") / "assets" / name).read_text("utf-8")


def csp_hash(text: str) -> str:
    """Return what a content security policy calls a script or style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def template(name: str) -> Template:
    """Return a template that no text can get markup into."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    from evalsuite.report.html.safe import beginning, cut, middle_cut, script_json, visible

    # `autoescape=True` and not by file name, and every text goes through `visible`: no template can forget either.
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(asset),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters["cut"] = cut
    environment.filters["middle_cut"] = middle_cut
    # Names break at their underscores where there is no room.
    environment.filters["breakable"] = lambda text: Markup("_<wbr>").join(visible(text).split("_"))
    environment.filters["beginning"] = beginning
    environment.filters["json_text"] = lambda value: Markup(script_json(value))
    return environment.get_template(name)
