"""Run an embedded model on the first items of an embedded task, and say what came of it."""

from __future__ import annotations

import os
import sys
import time
from tempfile import TemporaryDirectory

from evalsuite.doctor.scripts.setting import describe_error, open_answer

__all__ = ["main"]


def main(model: str, task: str, limit: int) -> None:
    """Write one record: the score, how many items have which outcome, and the seconds; or what went wrong."""
    write = open_answer()
    began = time.monotonic()
    try:
        from evalsuite.evaluation import evaluate

        with TemporaryDirectory(prefix="evalsuite-doctor-") as folder:
            score = evaluate(model, task, limit=limit, device="cpu", output=folder)[0].primary
    except BaseException as error:
        write({"problem": describe_error(error)})
        return
    write(
        {
            "problem": "",
            "metric": score.metric,
            "value": score.value,
            "n": score.n,
            "outcomes": dict(score.outcomes),
            "seconds": round(time.monotonic() - began, 3),
        }
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    os._exit(0)
