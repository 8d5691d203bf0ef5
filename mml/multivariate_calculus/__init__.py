"""Multivariate calculus: chapters 6 to 11 of the book."""

from mml.multivariate_calculus.derivatives import (
    DerivativeEstimate,
    central_difference,
    complex_step,
    derivative,
    extrapolated_derivative,
    forward_difference,
)
from mml.multivariate_calculus.multivariate import (
    classify_critical_point,
    gradient,
    hessian,
    jacobian,
    symbolic_hessian,
    total_derivative,
)
from mml.multivariate_calculus.networks import Network, TrainingHistory
from mml.multivariate_calculus.optimise import (
    DescentResult,
    NewtonResult,
    StationaryPoint,
    StationaryPoints,
    gradient_descent,
    lagrange_multipliers,
    newton_raphson,
    newton_step,
)
from mml.multivariate_calculus.sandpit import Game, Sandpit, play

__all__ = [
    "DerivativeEstimate",
    "DescentResult",
    "Game",
    "Network",
    "NewtonResult",
    "Sandpit",
    "StationaryPoint",
    "StationaryPoints",
    "TrainingHistory",
    "central_difference",
    "classify_critical_point",
    "complex_step",
    "derivative",
    "extrapolated_derivative",
    "forward_difference",
    "gradient",
    "gradient_descent",
    "hessian",
    "jacobian",
    "lagrange_multipliers",
    "newton_raphson",
    "newton_step",
    "play",
    "symbolic_hessian",
    "total_derivative",
]
