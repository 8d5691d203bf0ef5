"""Statistics of data sets, inner products, projections and principal components."""

from mml.pca.components import PCA, ProbabilisticPCA
from mml.pca.inner_products import (
    AxiomCheck,
    angle,
    check_axioms,
    distance,
    inner,
    is_inner_product,
    length,
    pairwise_distances,
    unit_circle,
)
from mml.pca.neighbours import KNearestNeighbours
from mml.pca.projections import (
    project,
    projection_coordinates,
    projection_matrix,
    reconstruction_error,
)
from mml.pca.statistics import (
    RunningStatistics,
    affine_covariance,
    affine_mean,
    covariance,
    mean,
    variance,
)

__all__ = [
    "PCA",
    "AxiomCheck",
    "KNearestNeighbours",
    "ProbabilisticPCA",
    "RunningStatistics",
    "affine_covariance",
    "affine_mean",
    "angle",
    "check_axioms",
    "covariance",
    "distance",
    "inner",
    "is_inner_product",
    "length",
    "mean",
    "pairwise_distances",
    "project",
    "projection_coordinates",
    "projection_matrix",
    "reconstruction_error",
    "unit_circle",
    "variance",
]
