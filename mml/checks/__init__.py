"""What a lab runs on the reader's own function: one check a lab, each returns a report."""

from mml.checks._report import Report
from mml.checks.pagerank import check_pagerank

__all__ = ["Report", "check_pagerank"]
