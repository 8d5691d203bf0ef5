"""The tested package behind *Mathematics for Machine Learning, executed*."""

from mml.derivation import Derivation, DerivationError
from mml.errors import ConvergenceError
from mml.ledger import evidence

__all__ = ["ConvergenceError", "Derivation", "DerivationError", "evidence"]
__version__ = "0.1.0"
