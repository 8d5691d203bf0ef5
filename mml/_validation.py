"""Arguments are checked once, at the door, by these few functions.

Each takes one argument and its name, and returns a float array of its own (the
caller's data is never changed) or raises an error that names the argument, what
it got and what it wants.
"""

import operator

import numpy as np


def as_array(value, name, *, ndim=None):
    """Return `value` as a finite float64 array, of `ndim` dimensions where given.

    float32 input stays float32, so that a large data set is not doubled unasked.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array of numbers: {error}") from None
    if array.dtype.kind == "c":
        raise ValueError(f"{name} must be real, got complex numbers")
    if array.dtype.kind not in "biuf":  # Python's own numbers, or no numbers
        try:
            if array.dtype.kind != "O" or any(isinstance(e, (str, bytes)) for e in array.flat):
                raise TypeError
            array = array.astype(float)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must hold real numbers, got {value!r:.80}") from None
        except OverflowError:
            raise ValueError(f"{name} must be finite, got a number beyond 1.8e308") from None
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(float)
    if ndim is not None and array.ndim != ndim:
        kind = {1: "a vector (1-D)", 2: "a matrix (2-D)"}.get(ndim, f"{ndim}-D")
        raise ValueError(f"{name} must be {kind}, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return array


def as_vector(value, name):
    """Return `value` as a finite real vector."""
    return as_array(value, name, ndim=1)


def as_vectors(**values):
    """Return several vectors of one length, in the order given."""
    vectors = {name: as_vector(value, name) for name, value in values.items()}
    shapes = {v.shape for v in vectors.values()}
    if len(shapes) > 1:
        got = ", ".join(f"{name} {v.shape}" for name, v in vectors.items())
        raise ValueError(f"the vectors must have one length, got {got}")
    return list(vectors.values())


def as_matrix(value, name):
    """Return `value` as a finite real matrix."""
    return as_array(value, name, ndim=2)


def as_square(value, name):
    """Return `value` as a finite real square matrix."""
    matrix = as_matrix(value, name)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"{name} must be square, got shape {matrix.shape}")
    return matrix


def as_count(value, name, *, low=0):
    """Return `value` as an int that is at least `low`."""
    try:
        if isinstance(value, bool):
            raise TypeError
        count = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, got {value!r}") from None
    if count < low:
        raise ValueError(f"{name} must be at least {low}, got {count}")
    return count


def as_number(value, name, *, low=None, high=None):
    """Return `value` as a finite float between `low` and `high` (both allowed)."""
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a real number, got {value!r}") from None
    except OverflowError:
        raise ValueError(f"{name} must be finite, got a number beyond 1.8e308") from None
    if not np.isfinite(number):
        raise ValueError(f"{name} must be finite, got {number}")
    if (low is not None and number < low) or (high is not None and number > high):
        wants = (
            f"between {low} and {high}"
            if None not in (low, high)
            else f"at least {low}"
            if high is None
            else f"at most {high}"
        )
        raise ValueError(f"{name} must be {wants}, got {number:g}")
    return number
