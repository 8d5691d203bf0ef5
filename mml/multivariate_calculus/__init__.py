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
from mml.multivariate_calculus.regression import (
    RegressionResult,
    gaussian,
    linear_regression,
    nonlinear_least_squares,
)
from mml.multivariate_calculus.sandpit import Game, Sandpit, play
from mml.multivariate_calculus.series import (
    Linearisation,
    lagrange_bound,
    linearise,
    radius_of_convergence,
    taylor_coefficients,
    taylor_polynomial,
)

__all__ = [
    "DerivativeEstimate",
    "DescentResult",
    "Game",
    "Linearisation",
    "Network",
    "NewtonResult",
    "RegressionResult",
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
    "gaussian",
    "gradient",
    "gradient_descent",
    "hessian",
    "jacobian",
    "lagrange_bound",
    "lagrange_multipliers",
    "linear_regression",
    "linearise",
    "newton_raphson",
    "newton_step",
    "nonlinear_least_squares",
    "play",
    "radius_of_convergence",
    "symbolic_hessian",
    "taylor_coefficients",
    "taylor_polynomial",
    "total_derivative",
]
