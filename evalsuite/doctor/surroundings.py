"""Environment variables that change what evalsuite does. Values of keys are never shown."""

from __future__ import annotations

import os

from evalsuite.doctor.check import Check
from evalsuite.doctor.secrets import secret_names

__all__ = ["VARIABLES", "check_surroundings"]

VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "EVALSUITE_ALEXNET_WEIGHTS",
    "EVALSUITE_CLIP",
    "EVALSUITE_INCEPTION_WEIGHTS",
    "EVALSUITE_LPIPS_WEIGHTS",
    "EVALSUITE_VGG16_WEIGHTS",
    "HF_HOME",
    "HF_HUB_OFFLINE",
    "OMP_NUM_THREADS",
    "PYTHONHASHSEED",
    "SACREBLEU",
    "SACREBLEU_SEED",
    "TORCH_HOME",
    "XDG_CACHE_HOME",
)


def check_surroundings() -> list[Check]:
    """Return the variables that are set, and the names of those that hold keys."""
    keys = secret_names()
    checks = [
        Check(section="environment", name=name, state="ok", found=os.environ[name], details={"value": os.environ[name]})
        for name in VARIABLES
        if os.environ.get(name)
    ]
    if keys:
        checks.append(
            Check(
                section="environment",
                name="keys",
                state="ok",
                found=f"set, and not shown: {', '.join(keys)}",
                details={"names": list(keys)},
            )
        )
    return checks
