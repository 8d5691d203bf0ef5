"""What a lab runs on the reader's own function: one check a lab, each returns a report."""

from mml.checks._report import Report
from mml.checks.backpropagation import check_backpropagation
from mml.checks.distances_angles import check_distances_angles
from mml.checks.gradient_descent import check_gradient_descent
from mml.checks.gram_schmidt import check_gram_schmidt
from mml.checks.heights import check_heights
from mml.checks.mean_covariance import check_mean_covariance
from mml.checks.pagerank import check_pagerank
from mml.checks.pca_mnist import check_pca_mnist
from mml.checks.projections import check_projections
from mml.checks.reflecting_bear import check_reflecting_bear
from mml.checks.sandpit import check_sandpit
from mml.checks.sandpit_part_2 import check_sandpit_part_2
from mml.checks.special_matrices import check_special_matrices

__all__ = [
    "Report",
    "check_backpropagation",
    "check_distances_angles",
    "check_gradient_descent",
    "check_gram_schmidt",
    "check_heights",
    "check_mean_covariance",
    "check_pagerank",
    "check_pca_mnist",
    "check_projections",
    "check_reflecting_bear",
    "check_sandpit",
    "check_sandpit_part_2",
    "check_special_matrices",
]
