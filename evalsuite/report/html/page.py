"""Write the page, unless the one that is there was made from the same inputs."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from evalsuite.environment import release
from evalsuite.errors import SaveError
from evalsuite.runlog.identity import canonical_json

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.report.leaderboard import Leaderboard

__all__ = ["render_page", "write_page", "write_whole"]

_ASSETS = ("page.html", "blocks.html", "page.css", "page.js")
_HEAD = 4096
# Where an element has this id, the part of plotly that draws maps leaves out a style that the policy would refuse.
_OWN_STYLES = re.compile(r'getElementById\("([0-9a-f]{64})"\)\)\{var \w+=document\.createElement\("style"\)')
_INPUTS = re.compile(rb'<meta name="evalsuite-inputs" content="([0-9a-f]{64})">')


def write_page(leaderboard: Leaderboard, path: Path) -> bool:
    """Write the page of a leaderboard, under a temporary name that is then changed.

    Parameters
    ----------
    leaderboard : Leaderboard
    path : Path

    Returns
    -------
    bool
        False where the page that is there was made from the same reports by the same release, and was left.

    Raises
    ------
    SaveError
        If it cannot be written.
    """
    inputs = _inputs_digest(leaderboard, path.parent)
    if _digest_there(path) == inputs:
        return False
    text = render_page(leaderboard, path.parent, inputs)
    write_whole(path, text)
    return True


def write_whole(path: Path, text: str) -> None:
    """Write a page under a temporary name that is then changed; SaveError if that fails."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode("utf-8"))
        part.replace(path)
    except OSError as error:
        raise SaveError(f"{path}: cannot be written: {error.strerror}") from error
    finally:  # after an interrupt too
        with suppress(OSError):
            part.unlink(missing_ok=True)


def render_page(leaderboard: Leaderboard, root: Path, inputs: str) -> str:
    """Return the page as HTML: the same text for the same reports, logs and release.

    Parameters
    ----------
    leaderboard : Leaderboard
    root : Path
        The folder it will stand in, from which the runs' folders are named.
    inputs : str
        Digest of what it is made from, written into it.
    """
    from markupsafe import Markup

    from evalsuite.report.html.provenance import provenance
    from evalsuite.report.html.templates import asset, csp_hash, template
    from evalsuite.report.html.view import task_view

    views = [task_view(name, i, leaderboard) for i, name in enumerate(leaderboard.tasks, 1)]
    has_plots = any(block.kind in ("plot", "plots") for view in views for block in view.blocks)
    script, style = asset("page.js"), asset("page.css")
    plotly = _plotly() if has_plots else ""
    return template("page.html").render(
        views=views,
        made=[provenance(view, root) for view in views],
        inputs=inputs,
        release=release(),
        n_runs=sum(len(view.runs) for view in views),
        script=Markup(script),
        style=Markup(style),
        plotly=Markup(plotly),
        ids_in_use=_OWN_STYLES.findall(plotly),
        script_hashes=" ".join(csp_hash(text) for text in (plotly, script) if text),
        # plotly begins with an empty style element, to which it adds rules by way of the document's object model.
        style_hashes=" ".join(csp_hash(text) for text in (style, "")),
    )


def _inputs_digest(leaderboard: Leaderboard, root: Path) -> str:
    from evalsuite.report.html.templates import asset

    digest = hashlib.sha256()
    for part in (release(), version("plotly"), version("jinja2"), *map(asset, _ASSETS)):
        digest.update(part.encode("utf-8") + b"\0")
    for name, runs in leaderboard.tasks.items():
        for run in runs:
            record = [name, os.path.relpath(run.folder, root), dict(run.report.record)]
            digest.update(canonical_json(record).encode("ascii") + b"\n")
    return digest.hexdigest()


def _digest_there(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            found = _INPUTS.search(file.read(_HEAD))
    except OSError:
        return None
    return found[1].decode("ascii") if found else None


def _plotly() -> str:
    """Return plotly.js as the plotly package ships it; of its Python nothing is used, which would take a second."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
