"""The run log: every output, durable before it counts."""

from evalsuite.runlog.identity import RunIdentity, canonical_json, slug
from evalsuite.runlog.lock import RunLock
from evalsuite.runlog.reader import RunLog, read_log
from evalsuite.runlog.writer import RunLogWriter

__all__ = ["RunIdentity", "RunLock", "RunLog", "RunLogWriter", "canonical_json", "read_log", "slug"]
