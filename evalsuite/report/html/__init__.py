"""The report as one self-contained page, which needs no network."""

from evalsuite.report.html.page import write_page

__all__ = ["write_page"]
