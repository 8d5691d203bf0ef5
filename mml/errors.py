"""The errors that every wing shares."""


class ConvergenceError(ArithmeticError):
    """An iteration stopped before it met its tolerance.

    Parameters
    ----------
    message : str
        What was iterated, how far it came and what to try.
    iterates : sequence, optional
        The iterates kept, oldest first; empty where a method keeps none.
    residual : float, optional
        The last measured residual.

    Examples
    --------
    >>> error = ConvergenceError("no convergence in 2 steps", iterates=[0.0, 1.0])
    >>> error.iterates
    [0.0, 1.0]
    """

    def __init__(self, message, iterates=(), residual=None):
        super().__init__(message)
        self.iterates = list(iterates)
        self.residual = residual
