"""What evalsuite's own metadata says it needs, and which of it is installed in a version that will do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

__all__ = ["Requirement", "installed_version", "module_name", "own_requirements"]

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*([^;]*?)\s*(?:;(.*))?", re.DOTALL)
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
_CLAUSE = re.compile(r"\s*(>=|==|<)\s*([0-9.]+)")
# What is imported is mostly called as what is installed.
_MODULES = {
    "faiss-cpu": "faiss",
    "mecab-python3": "MeCab",
    "mlflow-skinny": "mlflow",
    "nvidia-ml-py": "pynvml",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "scikit-learn": "sklearn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A package that evalsuite asks for.

    Parameters
    ----------
    name : str
        Of the distribution.
    versions : str
        Those that will do, such as ``">=2.5,<3"``; empty for any.
    extra : str
        The extra that asks for it; empty where evalsuite itself does.
    """

    name: str
    versions: str = ""
    extra: str = ""

    def allows(self, version: str) -> bool:
        """Whether a version will do; one that is not made of numbers is not held against anybody."""
        found = _release(version)
        for operator, text in _CLAUSE.findall(self.versions):
            bound = _release(text)
            width = max(len(found), len(bound))
            ours, theirs = (part + (0,) * (width - len(part)) for part in (found, bound))
            fits = {">=": ours >= theirs, "<": ours < theirs, "==": ours == theirs}[operator]
            if found and not fits:
                return False
        return True


def own_requirements() -> list[Requirement]:
    """Return what the installed evalsuite asks for, its extras included.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If it is not installed, but only its files are there.
    """
    requirements: list[Requirement] = []
    for text in metadata.requires("evalsuite") or []:
        match = _REQUIREMENT.fullmatch(text)
        if match is None or match[1] == "evalsuite":  # extras made of others
            continue
        extra = _EXTRA.search(match[3] or "")
        requirements.append(Requirement(name=match[1], versions=match[2], extra=extra[1] if extra else ""))
    return requirements


def installed_version(name: str) -> str | None:
    """Return the version of a distribution; None where it is missing, ``"?"`` where its metadata are damaged."""
    try:
        return metadata.version(name) or "?"
    except metadata.PackageNotFoundError:
        return None
    except Exception:  # whatever a damaged file makes of it
        return "?"


def module_name(distribution: str) -> str:
    """Return what is imported of a distribution."""
    return _MODULES.get(distribution.lower(), distribution.lower().replace("-", "_"))


def _release(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()
