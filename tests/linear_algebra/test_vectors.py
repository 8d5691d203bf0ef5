"""Vectors: theorems, exact references, scales and what must be refused."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from mml.linear_algebra import (
    angle,
    cosine_similarity,
    distance,
    dot,
    norm,
    scalar_projection,
    vector_projection,
)

EPS = np.finfo(float).eps
fixed = settings(derandomize=True, deadline=None, max_examples=100)
PAIRS = [distance, dot, cosine_similarity, angle, scalar_projection, vector_projection]
EVERY = [norm, *PAIRS]
SCALES = [1e-200, 1e-150, 1.0, 1e150, 1e200]

entries = st.floats(-1e6, 1e6).map(lambda x: 0.0 if abs(x) < 1e-6 else x)
# A mantissa and a power of ten, so that one vector holds entries of very different size.
wild = st.builds(lambda m, e: m * 10.0**e, st.integers(-99, 99), st.integers(-200, 200))


def vectors(count, elements=entries, low=1, high=8):
    """`count` vectors of one length."""
    return st.integers(low, high).flatmap(
        lambda n: st.tuples(*[arrays(float, n, elements=elements)] * count)
    )


def exact(x):
    return [Fraction(t) for t in x.tolist()]


def exact_dot(x, y):
    return sum(s * t for s, t in zip(exact(x), exact(y), strict=True))


def as_float(q):
    try:
        return float(q)
    except OverflowError:
        return math.inf if q > 0 else -math.inf


def big(x):
    return mpmath.matrix([mpmath.mpf(t) for t in x.tolist()])


def exact_angle(x, y):
    """The angle to 30 digits, however small it is."""
    with mpmath.workdps(60):
        x, y = big(x), big(y)
        u, v = x / mpmath.norm(x), y / mpmath.norm(y)
        return float(2 * mpmath.atan2(mpmath.norm(u - v), mpmath.norm(u + v)))


def call(function, *arguments):
    return function(*arguments[: 1 if function is norm else 2])


# --- all functions --------------------------------------------------------------------


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([[1, 2], [3, 4]], "must be a vector"),
        (3.0, "must be a vector"),
        ([], "must not be empty"),
        ([np.nan, 1], "must be finite"),
        ([np.inf, 1], "must be finite"),
        ([1j, 1], "must be real"),
        (["a", "b"], "real numbers"),
        ([[1, 2], [3]], "rectangular"),
    ],
)
def test_bad_vectors_are_refused_by_name(function, x, words):
    with pytest.raises(ValueError, match=r"^x .*" + words):
        call(function, x, [1, 1])
    if function is not norm:
        with pytest.raises(ValueError, match=words):
            function([1, 1], x)


@pytest.mark.parametrize("function", PAIRS)
def test_lengths_must_agree(function):
    with pytest.raises(ValueError, match=r"one length, got x \(3,\), (y|onto) \(2,\)"):
        function([1, 2, 3], [1, 2])


@pytest.mark.parametrize("function", [cosine_similarity, angle])
def test_the_zero_vector_has_no_direction(function):
    with pytest.raises(ValueError, match="x must be a non-zero vector, got all zeros"):
        function([0, 0], [1, 2])
    with pytest.raises(ValueError, match="y must be a non-zero vector"):
        function([1, 2], [0, 0.0])


@pytest.mark.parametrize("function", [scalar_projection, vector_projection])
def test_no_projection_on_the_zero_vector(function):
    with pytest.raises(ValueError, match="onto must be a non-zero vector, got all zeros"):
        function([1, 2], [0, 0])
    assert not np.any(function([0, 0], [1, -2]))


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize("dtype", [int, np.int8, np.float32, float, bool])
def test_input_is_left_alone_and_every_type_works(function, dtype):
    x, y = np.array([1, 0, 1], dtype), np.array([1, 1, 0], dtype)
    x.flags.writeable = y.flags.writeable = False
    wanted = call(function, [1.0, 0.0, 1.0], [1.0, 1.0, 0.0])
    assert_array_equal(call(function, x, y), wanted)
    assert_array_equal(call(function, x.tolist(), y.tolist()), wanted)
    rows = np.asfortranarray(np.stack([x, y]))  # a row of it is not contiguous
    assert_array_equal(call(function, rows[0], rows[1]), wanted)
    if function is vector_projection:
        assert wanted.dtype == float
    else:
        assert type(wanted) is float


def test_small_integers_do_not_wrap_round():
    assert norm(np.array([100, 100], np.int8)) == pytest.approx(math.sqrt(20000))
    assert dot(np.array([100], np.int8), np.array([100], np.int8)) == 10000
    assert distance(np.array([100], np.int8), np.array([-100], np.int8)) == 200
    assert distance(np.array([1], np.uint8), np.array([2], np.uint8)) == 1


@pytest.mark.parametrize("function", EVERY)
def test_nothing_warns_or_raises_under_strict_floats(function):
    with np.errstate(all="raise"):
        call(function, [1e300, 1e-300, 0], [1e-300, 1e300, 1])
        call(function, [1e300, -1e300], [1e300, 1e300])
        call(function, [5e-324, 0], [1, 5e-324])


# --- length -----------------------------------------------------------------------------


@given(vectors(1, wild))
@fixed
def test_norm_is_right_wherever_it_can_be_represented(pair):
    (x,) = pair
    with mpmath.workdps(40):
        wanted = float(mpmath.norm(big(x)))
    assert norm(x) == pytest.approx(wanted, rel=4 * EPS, abs=0)


@pytest.mark.parametrize("scale", SCALES)
def test_norm_at_every_scale(scale):
    assert norm([3 * scale, -4 * scale]) == pytest.approx(5 * scale, rel=4 * EPS)
    assert norm(np.full(100, scale)) == pytest.approx(10 * scale, rel=4 * EPS)


def test_norm_at_the_edges_of_the_floats():
    largest, smallest = np.finfo(float).max, 5e-324
    assert norm([largest]) == largest
    assert norm([largest, 0, smallest]) == largest
    assert norm([largest, largest]) == math.inf
    assert norm([smallest]) == smallest
    assert norm([smallest] * 9) == 3 * smallest
    assert norm([-0.0, 0]) == 0
    assert norm([-7]) == 7


@given(vectors(2))
@fixed
def test_triangle_inequality(pair):
    x, y = pair
    assert norm(x + y) <= (norm(x) + norm(y)) * (1 + 8 * EPS)
    assert distance(x, y) >= abs(norm(x) - norm(y)) - 8 * EPS * (norm(x) + norm(y))


@given(vectors(1), st.floats(-1e9, 1e9))
@fixed
def test_scaling_a_vector_scales_its_length(pair, factor):
    (x,) = pair
    assert norm(factor * x) == pytest.approx(abs(factor) * norm(x), rel=8 * EPS, abs=1e-300)


@given(vectors(1), st.integers(-900, 900))
@fixed
def test_powers_of_two_scale_exactly(pair, power):
    (x,) = pair
    assert norm(np.ldexp(x, power)) == math.ldexp(norm(x), power)


@given(vectors(3))
@fixed
def test_distance_is_a_metric(triple):
    x, y, z = triple
    assert distance(x, y) == distance(y, x)
    assert distance(x, x) == 0
    assert (distance(x, y) > 0) == (x != y).any()
    assert distance(x, z) <= (distance(x, y) + distance(y, z)) * (1 + 8 * EPS)


@pytest.mark.parametrize("scale", SCALES)
def test_distance_at_every_scale(scale):
    assert distance([scale, scale], [4 * scale, 5 * scale]) == pytest.approx(5 * scale, rel=4 * EPS)


def test_distance_beyond_the_floats():
    assert distance([1.7e308], [-1.7e308]) == math.inf
    assert distance([1e308, 0], [-0.5e308, 0]) == pytest.approx(1.5e308)


# --- products ---------------------------------------------------------------------------


@given(vectors(2, wild))
@fixed
def test_dot_at_wild_scales(pair):
    x, y = pair
    terms = sum(abs(s * t) for s, t in zip(exact(x), exact(y), strict=True))
    wanted, got = exact_dot(x, y), dot(x, y)
    if math.isinf(got):
        assert got == as_float(wanted * (1 + Fraction(1, 2**50)))
    else:
        assert abs(Fraction(got) - wanted) <= 10 * Fraction(EPS) * terms + Fraction(5e-324)


@given(vectors(3))
@fixed
def test_dot_commutes_and_distributes(triple):
    x, y, z = triple
    assert dot(x, y) == dot(y, x)
    noise = 30 * EPS * (norm(x) * (norm(y) + norm(z)))
    assert abs(dot(x, y + z) - dot(x, y) - dot(x, z)) <= noise
    assert dot(x, x) == pytest.approx(norm(x) ** 2, rel=8 * EPS)


def test_dot_overflows_only_with_its_result():
    assert dot([1e200, 1e200], [1e200, 1e200]) == math.inf
    assert dot([1e200, 1e200], [-1e200, -1e200]) == -math.inf
    assert dot([1e200, 1e200], [1e200, -1e200]) == 0  # the terms are infinite, the sum is not
    assert dot([1e200, 1e200, 1e150], [1e200, -1e200, 1e150]) == pytest.approx(1e300)
    assert dot([1e-200, 1e200], [1e200, 1e-200]) == 2
    assert dot([1e-200], [1e-200]) == 0
    assert dot([0, 0], [1, 2]) == 0


@given(vectors(2))
@fixed
def test_cauchy_schwarz_and_the_cosine(pair):
    x, y = pair
    assume(x.any() and y.any())
    c = cosine_similarity(x, y)
    assert abs(dot(x, y)) <= norm(x) * norm(y) * (1 + 8 * EPS)
    assert -1 <= c <= 1
    assert c == cosine_similarity(y, x)
    assert cosine_similarity(-x, y) == -c
    assert math.cos(angle(x, y)) == pytest.approx(c, abs=30 * EPS)


@given(vectors(1), st.sampled_from([-3.0, -1e-150, 1e-150, 0.1, 1e150]))
@fixed
def test_parallel_vectors_have_no_nan(pair, factor):
    (x,) = pair
    assume(x.any())
    sign = math.copysign(1.0, factor)
    assert cosine_similarity(x, factor * x) == pytest.approx(sign, abs=4 * EPS)
    assert angle(x, factor * x) == pytest.approx(0 if sign > 0 else math.pi, abs=8 * EPS)


def test_arccos_fails_where_angle_does_not():
    """The failure that `angle` is there to avoid: the cosine is rounded past 1, or to 1."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((1000, 5))
    cosines = [(a @ (3 * a)) / (np.linalg.norm(a) * np.linalg.norm(3 * a)) for a in x]
    assert sum(c > 1 for c in cosines) > 50
    assert max(angle(a, 3 * a) for a in x) < 4 * EPS
    assert math.acos(cosine_similarity([1, 0], [1, 1e-9])) == 0
    assert angle([1, 0], [1, 1e-9]) == 1e-9


@pytest.mark.parametrize("power", range(-15, 1))
@pytest.mark.parametrize("sign", [1, -1])
def test_nearly_parallel_vectors(power, sign):
    rng = np.random.default_rng(power + 20)
    for n in (2, 5, 50):
        x = rng.standard_normal(n)
        y = sign * rng.uniform(0.1, 10) * (x + 10.0**power * rng.standard_normal(n))
        assert angle(x, y) == pytest.approx(exact_angle(x, y), rel=4 * EPS, abs=4 * EPS)


@given(vectors(2))
@fixed
def test_angle_against_sixty_digits(pair):
    x, y = pair
    assume(x.any() and y.any())
    assert angle(x, y) == pytest.approx(exact_angle(x, y), rel=4 * EPS, abs=8 * EPS)


@pytest.mark.parametrize("s", SCALES)
@pytest.mark.parametrize("t", SCALES)
def test_angles_do_not_know_the_scale(s, t):
    assert angle([s, s], [0, t]) == pytest.approx(math.pi / 4, rel=4 * EPS)
    assert cosine_similarity([3 * s, 4 * s], [t, 0]) == pytest.approx(0.6, rel=4 * EPS)
    assert angle([s, 0], [0, -t]) == pytest.approx(math.pi / 2, rel=2 * EPS)
    assert angle([s, 0], [-t, 0]) == math.pi


def test_angles_of_vectors_with_tiny_entries():
    assert angle([1, 0], [1, 1e-300]) == 1e-300
    assert angle([1e200, 1e-100], [1e200, 0]) == pytest.approx(1e-300)
    assert cosine_similarity([1, 1e-200], [1e-200, 1]) == pytest.approx(2e-200)


def test_one_dimension():
    assert angle([2], [3]) == 0
    assert angle([2], [-3]) == math.pi
    assert cosine_similarity([2], [-3]) == -1


# --- projections ------------------------------------------------------------------------


@given(vectors(2))
@fixed
def test_projection_leaves_a_right_angle(pair):
    x, b = pair
    assume(b.any())
    p = vector_projection(x, b)
    assert abs(dot(x - p, b)) <= 30 * EPS * norm(x) * norm(b)
    assert norm(p) == pytest.approx(abs(scalar_projection(x, b)), rel=8 * EPS, abs=1e-290)
    assert_allclose(vector_projection(p, b), p, rtol=30 * EPS, atol=30 * EPS * norm(x))
    assert scalar_projection(x, b) == pytest.approx(
        norm(x) * cosine_similarity(x, b) if x.any() else 0, rel=1e-13, abs=1e-290
    )


@given(vectors(2), st.floats(-3, 3))
@fixed
def test_projection_is_the_nearest_point(pair, t):
    x, b = pair
    assume(b.any())
    p = vector_projection(x, b)
    assert distance(x, p) <= distance(x, p + t * b) * (1 + 30 * EPS) + 30 * EPS * norm(x)


@given(vectors(2, wild))
@fixed
def test_projections_at_wild_scales(pair):
    x, b = pair
    assume(b.any())
    with mpmath.workdps(60):
        X, B = big(x), big(b)
        length = mpmath.norm(B)
        # What rounding in the products may do: a few ε of the sum of their sizes.
        size = sum(abs(s * t) for s, t in zip(X, B, strict=True)) / length
        along = sum(s * t for s, t in zip(X, B, strict=True)) / length
        noise = 20 * EPS * size + mpmath.mpf(5e-324)
        assert abs(scalar_projection(x, b) - along) <= noise
        got = vector_projection(x, b)
        for g, t in zip(got.tolist(), B, strict=True):
            assert abs(g - along * t / length) <= 20 * EPS * size * abs(t) / length + 5e-324


def test_projection_by_hand():
    assert scalar_projection([3, 2], [4, 0]) == 3
    assert scalar_projection([3, 2], [-4, 0]) == -3
    assert_array_equal(vector_projection([1, 2, 3], [0, 5, 0]), [0, 2, 0])
    assert_array_equal(vector_projection([0, 1], [-3, 0]), [0, 0])
    assert not np.signbit(vector_projection([0, 1], [-3, 0])).any()
    assert_allclose(vector_projection([2, 0], [1, 1]), [1, 1])
    assert vector_projection([1e200, 0], [1e-200, 1e-200]) == pytest.approx([5e199, 5e199])
