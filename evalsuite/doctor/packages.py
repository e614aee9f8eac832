"""Python, evalsuite, and the packages it needs or could use."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

from evalsuite.doctor.check import Check
from evalsuite.doctor.child import try_imports
from evalsuite.doctor.extras import ADDITIONS, EXTRAS, Addition
from evalsuite.doctor.requirements import Requirement, installed_version, module_name, own_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["check_packages"]

_KERNELS = "evalsuite.kernels.edit"  # a module of those that import the extension
_REINSTALL = "pip install --force-reinstall evalsuite"


def check_packages(*, seconds: float) -> list[Check]:
    """Return what is installed of what evalsuite needs, and of what it could use; each was imported in a process.

    Parameters
    ----------
    seconds : float
        After which a process that imports is killed.
    """
    try:
        requirements = own_requirements()
    except PackageNotFoundError:
        requirements = []
    needed = [one for one in requirements if not one.extra]
    optional = [
        (name, addition, [one for one in requirements if one.extra == name]) for name, addition in EXTRAS.items()
    ] + [
        (name, addition, [Requirement(name=package) for package in addition.packages])
        for name, addition in ADDITIONS.items()
    ]
    versions = {one.name: installed_version(one.name) for one in requirements}
    versions |= {one.name: installed_version(one.name) for _, _, parts in optional for one in parts}
    wanted = [*needed, *(one for _, addition, parts in optional if addition.imported for one in parts)]
    modules = list(dict.fromkeys(module_name(one.name) for one in wanted if versions[one.name] is not None))
    problems = try_imports([*modules, _KERNELS], seconds=seconds)
    return [
        _check_python(),
        _check_evalsuite(),
        _check_extension(problems[_KERNELS]),
        *(_check_needed(one, versions[one.name], problems.get(module_name(one.name), "")) for one in needed),
        *(_check_addition(name, addition, parts, versions, problems) for name, addition, parts in optional),
    ]


def _check_python() -> Check:
    return Check(
        section="installation",
        name="Python",
        state="ok",  # an older one does not come so far
        found=f"{platform.python_version()}, {sys.executable}, {platform.platform()}",
        needed=True,
        details={
            "version": platform.python_version(),
            "executable": sys.executable,
            "platform": platform.platform(),
            "machine": platform.machine(),
        },
    )


def _check_evalsuite() -> Check:
    from pathlib import Path

    import evalsuite

    version, folder = installed_version("evalsuite"), str(Path(evalsuite.__file__).parent)
    return Check(
        section="installation",
        name="evalsuite",
        state="broken" if version is None else "ok",
        found=f"its files are in {folder}, but it is not installed" if version is None else f"{version}, {folder}",
        needed=True,
        remedy="pip install evalsuite; or pip install -e . in a clone" if version is None else "",
        details={"version": version, "folder": folder},
    )


def _check_extension(problem: str) -> Check:
    return Check(
        section="installation",
        name="Rust extension",
        state="broken" if problem else "ok",
        found=problem or "loads",
        needed=True,
        remedy=f"{_REINSTALL}; or pip install -e . in a clone, which takes Rust" if problem else "",
        details={"problem": problem},
    )


def _check_needed(requirement: Requirement, version: str | None, problem: str) -> Check:
    found, remedy = version or "", f"pip install '{requirement.name}{requirement.versions}'"
    if version is None:
        found = "is not installed"
    elif not requirement.allows(version):
        found = f"{version}, but {requirement.versions} is needed"
    elif problem:
        found, remedy = f"{version}, but {problem}", f"pip install --force-reinstall {requirement.name}"
    is_right = found == version
    return Check(
        section="installation",
        name=requirement.name,
        state="ok" if is_right else "broken",
        found=found,
        needed=True,
        remedy="" if is_right else remedy,
        details={"version": version, "wanted": requirement.versions, "problem": problem},
    )


def _check_addition(
    name: str,
    addition: Addition,
    parts: Sequence[Requirement],
    versions: Mapping[str, str | None],
    problems: Mapping[str, str],
) -> Check:
    missing, wrong = [], []
    for part in parts:
        version = versions[part.name]
        problem = problems.get(module_name(part.name), "") if addition.imported else ""
        if version is None:
            missing.append(part.name)
        elif not part.allows(version):
            wrong.append(f"{part.name} {version}, but {part.versions} is needed")
        elif problem:
            wrong.append(f"{part.name} {version}: {problem}")
    there = [f"{part.name} {versions[part.name]}" for part in parts if versions[part.name] is not None]
    adds = ", ".join(addition.adds)
    install = f"pip install '{addition.install}'"
    if wrong:
        found, remedy = f"{'; '.join(wrong)}. Without it: no {adds}", f"{install} --force-reinstall"
    elif missing or not parts:
        found, remedy = f"would add {adds}", install
    else:
        found, remedy = f"{', '.join(there)}: {adds}", ""
    return Check(
        section="extras",
        name=name,
        state="broken" if wrong else "missing" if remedy else "ok",
        found=found,
        remedy=remedy,
        details={
            "adds": list(addition.adds),
            "packages": {part.name: versions[part.name] for part in parts},
            "problems": list(wrong),
        },
    )
