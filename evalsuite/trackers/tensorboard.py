"""TensorBoard: an event file for each run. Needs neither torch nor TensorFlow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.runlog.identity import slug
from evalsuite.trackers.base import check_options, need_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalsuite.trackers.base import TrackedRun

__all__ = ["TensorBoardTracker", "open_tracker"]

_SUFFIX = ".evalsuite"


@dataclass(frozen=True, slots=True)
class TensorBoardTracker:
    """Writes below a folder: ``<model and task>/<first digits of the run's id>/events...``."""

    folder: Path

    def log(self, run: TrackedRun) -> str:
        """Write the run's event file, in place of an earlier one of ours."""
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        place = self.folder / slug(run.name) / run.id[:16]
        earlier = list(place.glob(f"events.out.tfevents.*{_SUFFIX}"))
        writer = EventFileWriter(str(place), filename_suffix=_SUFFIX)
        try:
            for event in _events(run):
                writer.add_event(event)
        finally:
            writer.close()
        for path in earlier:
            path.unlink(missing_ok=True)
        return str(place)


def open_tracker(options: Mapping[str, str], *, root: Path) -> TensorBoardTracker:
    """Open it; option ``dir``, by default ``tensorboard`` beside the runs."""
    check_options("tensorboard", options, ("dir",))
    need_package("tensorboard", "tensorboard")
    return TensorBoardTracker(Path(options["dir"]) if "dir" in options else root / "tensorboard")


def _events(run: TrackedRun) -> Iterator[Any]:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.text import metadata
    from tensorboard.util import tensor_util

    now = time.time()

    def event(step: int, values: list[Any]) -> Any:
        return Event(wall_time=now, step=step, summary=Summary(value=values))

    rows = [("report", str(run.report)), *run.config.items()]
    table = "\n".join(["| setting | value |", "|---|---|", *(f"| {key} | {_cell(value)} |" for key, value in rows)])
    text = Summary.Value(
        tag="config",
        metadata=metadata.create_summary_metadata("config", ""),
        tensor=tensor_util.make_tensor_proto(table.encode("utf-8", "replace"), dtype="string"),
    )
    yield event(0, [text])
    yield event(0, [Summary.Value(tag=name, simple_value=value) for name, value in run.scalars.items()])
    for name, points in run.curves.items():
        for at, value in points:
            yield event(at, [Summary.Value(tag=name, simple_value=value)])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
