"""What a lab runs on the reader's own function: one check a lab, each returns a report."""

from mml.checks._report import Report
from mml.checks.backpropagation import check_backpropagation
from mml.checks.gradient_descent import check_gradient_descent
from mml.checks.gram_schmidt import check_gram_schmidt
from mml.checks.heights import check_heights
from mml.checks.pagerank import check_pagerank
from mml.checks.reflecting_bear import check_reflecting_bear
from mml.checks.sandpit import check_sandpit
from mml.checks.sandpit_part_2 import check_sandpit_part_2
from mml.checks.special_matrices import check_special_matrices

__all__ = [
    "Report",
    "check_backpropagation",
    "check_gradient_descent",
    "check_gram_schmidt",
    "check_heights",
    "check_pagerank",
    "check_reflecting_bear",
    "check_sandpit",
    "check_sandpit_part_2",
    "check_special_matrices",
]
