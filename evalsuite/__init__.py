"""Evaluate generative models: run them, score what they produced, and say how sure each number is."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.errors import EvalsuiteError
    from evalsuite.evaluation import evaluate
    from evalsuite.report.report import Report
    from evalsuite.task import Task, load_task
    from evalsuite.types import GenerationConfig, Output, Request, Sample, Score

    __version__: str

__all__ = [
    "EvalsuiteError",
    "GenerationConfig",
    "Output",
    "Report",
    "Request",
    "Sample",
    "Score",
    "Task",
    "__version__",
    "evaluate",
    "load_task",
]

_WHERE = {
    "EvalsuiteError": "evalsuite.errors",
    "GenerationConfig": "evalsuite.types",
    "Output": "evalsuite.types",
    "Report": "evalsuite.report.report",
    "Request": "evalsuite.types",
    "Sample": "evalsuite.types",
    "Score": "evalsuite.types",
    "Task": "evalsuite.task",
    "evaluate": "evalsuite.evaluation",
    "load_task": "evalsuite.task",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package stays light."""
    if name == "__version__":
        from importlib.metadata import version

        return version("evalsuite")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    if name == "_rust":  # asked for by kernels, and not there
        return _compiled()
    raise AttributeError(f"module 'evalsuite' has no attribute {name!r}")


def _compiled() -> Any:
    """Import the extension, or say why there is none: mostly the folder of a clone, which Python finds first."""
    try:
        return import_module("evalsuite._rust")
    except ModuleNotFoundError:
        from pathlib import Path

        folder = Path(__file__).parent.parent
        raise ImportError(
            f"{folder} holds evalsuite's sources, without their compiled part, and Python took them before an "
            "installed evalsuite. Run Python from another folder; or build the part here: pip install -e ."
        ) from None


def __dir__() -> list[str]:
    return __all__
