"""Import the modules that are named, and say of each whether that worked."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from evalsuite.doctor.scripts.setting import describe_error, open_answer

__all__ = ["main"]


def main(modules: list[str]) -> None:
    """Write a record for each module once it is imported, or is not."""
    write = open_answer()
    for module in modules:
        problem = ""
        try:
            import_module(module)
        except BaseException as error:
            problem = f"importing it raises {describe_error(error)}"
        write({"module": module, "problem": problem})


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # what packages do at the end is not asked
