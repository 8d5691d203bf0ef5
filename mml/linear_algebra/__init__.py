"""Linear algebra: chapters 1 to 5 of the book."""

from mml.linear_algebra.eigen import (
    PowerIterationResult,
    QRAlgorithmResult,
    characteristic_polynomial,
    diagonalise,
    eigenvalues,
    eigh,
    matrix_power,
    power_iteration,
    qr_algorithm,
)
from mml.linear_algebra.ranking import (
    PageRankResult,
    google_matrix,
    link_matrix,
    pagerank,
    random_surfer,
)

__all__ = [
    "PageRankResult",
    "PowerIterationResult",
    "QRAlgorithmResult",
    "characteristic_polynomial",
    "diagonalise",
    "eigenvalues",
    "eigh",
    "google_matrix",
    "link_matrix",
    "matrix_power",
    "pagerank",
    "power_iteration",
    "qr_algorithm",
    "random_surfer",
]
