"""The report as one self-contained page, which needs no network."""

from evalsuite.report.html.page import PAGE, write_page

__all__ = ["PAGE", "write_page"]
