"""Chapter 1: lengths, distances, angles and projections of vectors.

A float is a number near one times a power of two, x = a · 2**i, and only the power can run
out of range. So products are summed here with their powers kept apart, and put together at
the end: entries near 1e±200 cost nothing, and a result is infinite or zero only where the
true one is too large or too small for a float.
"""

import math

import numpy as np

from mml._validation import as_vector, as_vectors

# --- helpers --------------------------------------------------------------------------


def _dot(x, y):
    """Return m, e with x · y = m · 2**e, whatever the size of the entries."""
    (a, i), (b, j) = np.frexp(x), np.frexp(y)  # x = a · 2**i, ½ ≤ |a| < 1 or a = 0
    products, powers = a * b, i + j
    top = int(powers.max(where=products != 0, initial=-3000))
    with np.errstate(under="ignore"):
        return float(np.ldexp(products, powers - top).sum()), top


def _norm(x):
    """Return m, e with ‖x‖ = m · 2**e; m is 0 for the zero vector only."""
    m, e = _dot(x, x)
    return math.sqrt(m), e // 2  # e is twice a power of x: even


def _together(m, e):
    """Return m · 2**e: infinite, or zero, where it is out of the range of floats."""
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(m, e)


def _floats(**values):
    """Return the named vectors, checked and of one length, as float64."""
    return [vector.astype(float) for vector in as_vectors(**values)]


def _direction(x, name):
    """Return the vector of length 1 that points as x does."""
    m, e = _norm(_nonzero(x, name))
    return _together(x, -e) / m


def _nonzero(x, name):
    if not x.any():
        raise ValueError(f"{name} must be a non-zero vector, got all zeros")
    return x


# --- length ---------------------------------------------------------------------------


def norm(x):
    r"""Return the length of a vector.

    .. math:: \lVert x \rVert = \sqrt{x_1^2 + x_2^2 + \dots + x_n^2}

    Parameters
    ----------
    x : array_like, shape (n,)
        A vector, in any unit.

    Returns
    -------
    float
        In the unit of x; infinite only where the length itself is too large for a float.

    Raises
    ------
    ValueError
        If x is not a finite real vector, or is empty.

    Examples
    --------
    >>> norm([3, 4])
    5.0
    >>> norm([3e-200, 4e-200])  # the squares would vanish
    5e-200
    """
    return float(_together(*_norm(as_vector(x, "x").astype(float))))


def distance(x, y):
    r"""Return the length of the difference of two vectors.

    .. math:: d(x, y) = \lVert x - y \rVert

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two vectors in one unit.

    Returns
    -------
    float
        In the unit of the vectors; infinite only where the distance itself is too large
        for a float.

    Raises
    ------
    ValueError
        If x or y is not a finite real vector, or the lengths differ.

    Examples
    --------
    >>> distance([1, 1], [4, 5])
    5.0
    """
    x, y = _floats(x=x, y=y)
    with np.errstate(over="ignore"):
        difference = x - y
    return norm(difference) if np.isfinite(difference).all() else math.inf


# --- products and angles ----------------------------------------------------------------


def dot(x, y):
    r"""Return the dot product of two vectors.

    .. math:: x \cdot y = x_1 y_1 + x_2 y_2 + \dots + x_n y_n

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two vectors.

    Returns
    -------
    float
        In the product of the two units; infinite only where it is too large for a float.

    Raises
    ------
    ValueError
        If x or y is not a finite real vector, or the lengths differ.

    Notes
    -----
    The error is a few ε times \|x₁y₁\| + … + \|xₙyₙ\|, as for every plain sum: where large
    products cancel, the digits below them are gone.

    Examples
    --------
    >>> dot([1, 2, 3], [4, 5, 6])
    32.0
    >>> dot([1e200, 1e-200], [1e-200, 1e200])
    2.0
    """
    return float(_together(*_dot(*_floats(x=x, y=y))))


def cosine_similarity(x, y):
    r"""Return the cosine of the angle between two vectors.

    .. math:: \cos\theta = \frac{x \cdot y}{\lVert x \rVert\, \lVert y \rVert}

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two non-zero vectors; their units do not matter.

    Returns
    -------
    float
        Between −1 (opposite) and 1 (same direction), bounds included; 0 at right angles.

    Raises
    ------
    ValueError
        If x or y is not a finite real vector or is zero, or the lengths differ.

    Examples
    --------
    >>> cosine_similarity([1, 0], [3, 4])
    0.6
    """
    x, y = _floats(x=x, y=y)
    (p, i), (q, j) = _norm(_nonzero(x, "x")), _norm(_nonzero(y, "y"))
    m, e = _dot(x, y)
    # Rounding may carry the quotient past 1 by a few ε.
    return float(np.clip(_together(m / (p * q), e - i - j), -1.0, 1.0))


def angle(x, y):
    r"""Return the angle between two vectors, in radians.

    .. math:: \theta = 2 \arctan \frac{\lVert u - v \rVert}{\lVert u + v \rVert}, \qquad
              u = \frac{x}{\lVert x \rVert}, \quad v = \frac{y}{\lVert y \rVert}

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two non-zero vectors; their units do not matter.

    Returns
    -------
    float
        From 0 (same direction) to π (opposite), with an error of a few ε.

    Raises
    ------
    ValueError
        If x or y is not a finite real vector or is zero, or the lengths differ.

    Notes
    -----
    The cosine of a small angle θ is 1 − θ²/2, which a float cannot tell from 1 when θ is
    below 1e-8; and rounding can make the computed cosine larger than 1, which has no
    arccosine. So the angle is taken from the triangle of the two unit vectors instead: half
    of it has the opposite side ‖u − v‖/2 and the adjacent side ‖u + v‖/2.

    References
    ----------
    W. Kahan, "How futile are mindless assessments of roundoff in floating-point
    computation?", section 12 (2006).

    Examples
    --------
    >>> angle([1, 0], [0, 2]) == math.pi / 2
    True
    >>> angle([1, 0], [1, 1e-9])
    1e-09
    """
    x, y = _floats(x=x, y=y)
    u, v = _direction(x, "x"), _direction(y, "y")
    return 2 * math.atan2(norm(u - v), norm(u + v))


# --- projections ------------------------------------------------------------------------


def scalar_projection(x, onto):
    r"""Return how far `x` reaches in the direction of `onto`.

    .. math:: \frac{x \cdot b}{\lVert b \rVert} = \lVert x \rVert \cos\theta

    Parameters
    ----------
    x : array_like, shape (n,)
        The vector to project.
    onto : array_like, shape (n,)
        A non-zero vector b; its length does not matter.

    Returns
    -------
    float
        In the unit of x; negative where x points backwards.

    Raises
    ------
    ValueError
        If x or onto is not a finite real vector, the lengths differ, or `onto` is zero.

    Examples
    --------
    >>> scalar_projection([2, 1], onto=[-3, 0])
    -2.0
    """
    x, b = _floats(x=x, onto=onto)
    p, i = _norm(_nonzero(b, "onto"))
    m, e = _dot(x, b)
    return float(_together(m / p, e - i))


def vector_projection(x, onto):
    r"""Project `x` on the line along `onto`.

    .. math:: \operatorname{proj}_b(x) = \frac{x \cdot b}{b \cdot b}\, b

    Parameters
    ----------
    x : array_like, shape (n,)
        The vector to project.
    onto : array_like, shape (n,)
        A non-zero vector b along the line; its length does not matter.

    Returns
    -------
    ndarray, shape (n,)
        The point of the line nearest to `x`, in the unit of `x`.

    Raises
    ------
    ValueError
        If x or onto is not a finite real vector, the lengths differ, or `onto` is zero.

    Examples
    --------
    >>> vector_projection([2, 1], onto=[3, 0])
    array([2., 0.])
    """
    x, b = _floats(x=x, onto=onto)
    (m, e), (p, i) = _dot(x, b), _dot(_nonzero(b, "onto"), b)
    a, j = np.frexp(b)
    return _together(m / p * a, e - i + j) + 0.0  # adding zero turns −0 into 0
