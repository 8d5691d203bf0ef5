"""The tested package behind *Mathematics for Machine Learning, executed*."""

from mml.errors import ConvergenceError

__all__ = ["ConvergenceError"]
__version__ = "0.1.0"
