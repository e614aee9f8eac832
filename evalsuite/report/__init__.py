"""What a run says: report and leaderboard, as JSON with a schema and as text for people."""

from evalsuite.report.leaderboard import Leaderboard, build_leaderboard, load_leaderboard_runs
from evalsuite.report.report import Report, build_report, load_report, save_json

__all__ = [
    "Leaderboard",
    "Report",
    "build_leaderboard",
    "build_report",
    "load_leaderboard_runs",
    "load_report",
    "save_json",
]
