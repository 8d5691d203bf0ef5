"""Chapter 3: the matrices that turn, stretch and slant the plane."""

import numpy as np

from mml._validation import as_array, as_number


def rotation(theta):
    r"""Return the matrix that turns the plane by `theta` (:eq:`eq-rotation`).

    .. math:: R(\theta) = \begin{bmatrix} \cos\theta & -\sin\theta \\
                                          \sin\theta & \cos\theta \end{bmatrix}

    Parameters
    ----------
    theta : float
        The angle in radians, anticlockwise where the first axis points right and the
        second up.

    Returns
    -------
    ndarray, shape (2, 2)

    Raises
    ------
    ValueError
        If `theta` is not a finite real number.

    Examples
    --------
    >>> rotation(np.pi / 2).round(15) @ [1, 0]
    array([0., 1.])
    """
    theta = as_number(theta, "theta")
    cos, sin = np.cos(theta), np.sin(theta)
    return np.array([[cos, -sin], [sin, cos]])


def scaling(*factors):
    r"""Return the diagonal matrix that stretches each axis by its own factor.

    .. math:: \operatorname{diag}(s_1, \dots, s_n)

    Parameters
    ----------
    *factors : float
        One factor an axis, two for the plane. A negative one turns its axis round, and
        zero flattens it.

    Returns
    -------
    ndarray, shape (n, n)

    Raises
    ------
    ValueError
        If there is no factor, or one is not a finite real number.

    Examples
    --------
    >>> scaling(2, -1) @ [3, 4]
    array([ 6., -4.])
    """
    return np.diag(as_array(factors, "factors", ndim=1).astype(float))


def shear(k, axis=0):
    r"""Return the matrix that slides the plane along one of its axes.

    .. math:: \begin{bmatrix} 1 & k \\ 0 & 1 \end{bmatrix} \;(\text{axis 0}), \qquad
              \begin{bmatrix} 1 & 0 \\ k & 1 \end{bmatrix} \;(\text{axis 1})

    Parameters
    ----------
    k : float
        How far a point slides for each unit of its distance from the axis.
    axis : {0, 1}
        The coordinate that changes: 0 slides points sideways, by k times their height;
        1 lifts them, by k times their first coordinate.

    Returns
    -------
    ndarray, shape (2, 2)

    Raises
    ------
    ValueError
        If `k` is not a finite real number, or `axis` is neither 0 nor 1.

    Examples
    --------
    >>> shear(2) @ [0, 1]
    array([2., 1.])
    >>> shear(2, axis=1) @ [1, 0]
    array([1., 2.])
    """
    k = as_number(k, "k")
    if axis not in (0, 1):
        raise ValueError(f"axis must be 0 or 1, got {axis!r}")
    S = np.eye(2)
    S[axis, 1 - axis] = k
    return S
