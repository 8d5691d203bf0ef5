"""The check of the descent lab: ``newton(J, H)`` and ``hybrid(J, H)``, and where they lead."""

from functools import cache

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, compare, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.multivariate_calculus.sandpit import SIZE, Sandpit

__all__ = ["check_gradient_descent"]

LONGEST = 1.0  # metres: no step of the hybrid may be longer
STEPS = 40
STARTS = 400
SHARE = 0.98
TOLERANCE = 1e-9


def newton_step(J, H):
    """Return the step to the critical point of the quadratic model."""
    return -np.linalg.solve(H, J)


def hybrid_step(J, H):
    """Return Newton's step where it is short and leads to a minimum, else one downhill."""
    if np.linalg.eigvalsh(H)[0] > 0:
        step = newton_step(J, H)
        if np.linalg.norm(step) <= LONGEST:
            return step
    size = np.linalg.norm(J)
    return -J * min(1.0, LONGEST / size) if size else -J


# What the properties measure.


def step_of(functions, name, J, H):
    """Return the reader's step."""
    return as_array(getattr(functions, name)(J, H), (2,), "two numbers, how far to go in x and y")


def gives_a_step(name):
    def test(functions, J, H):
        step_of(functions, name, J, H)

    return test


def solves_the_model(functions, J, H):
    compare(
        step_of(functions, "newton", J, H),
        newton_step(J, H),
        TOLERANCE * np.abs(newton_step(J, H)).max(),
        words=("", ""),
    )


def starts_downhill(functions, J, H):
    step = step_of(functions, "hybrid", J, H)
    if J.any() and not J @ step < 0:
        raise Mismatch("a step downhill: J times it negative", f"{show(step)}: {J @ step:g}")


def is_never_long(functions, J, H):
    step = step_of(functions, "hybrid", J, H)
    if np.linalg.norm(step) > LONGEST * (1 + TOLERANCE):
        raise Mismatch(
            f"a step of at most {LONGEST:g} m", f"{show(step)}, {np.linalg.norm(step):g} m long"
        )


def is_newtons_near_a_minimum(functions, J, H):
    wanted = newton_step(J, H)
    compare(
        step_of(functions, "hybrid", J, H),
        wanted,
        TOLERANCE * np.abs(wanted).max(),
        words=("here Newton's step, short and to a minimum:\n", ""),
    )


def walk(functions, pit, start):
    """Return where forty steps of the reader's hybrid lead from a start."""
    x = np.array(start, dtype=float)
    for _ in range(STEPS):
        step = step_of(functions, "hybrid", pit.gradient(x), pit.hessian(x))
        x = np.clip(x + step, 0, SIZE)
        if np.abs(step).max() < 1e-9:
            break
    return x


def rests(pit, x):
    """Tell whether x is a minimum of the box: no way inside it leads down."""
    g = pit.gradient(x)
    held = ((x == 0) & (g > 0)) | ((x == SIZE) & (g < 0))
    if np.abs(g[~held]).max(initial=0) > 1e-6:
        return False
    H = pit.hessian(x)[np.ix_(~held, ~held)]
    return not H.size or bool(np.linalg.eigvalsh(H)[0] > 0)


@cache
def starts():
    """Return a start for each of so many pits."""
    rng = np.random.default_rng(8)
    return tuple((Sandpit(seed), rng.uniform(0.5, 5.5, 2)) for seed in range(STARTS))


def arrives(functions):
    lost = [(pit, x) for pit, x in starts() if not rests(pit, walk(functions, pit, x))]
    there = STARTS - len(lost)
    if there < SHARE * STARTS:
        pit, x = lost[0]
        raise Mismatch(
            f"a resting place after at most {STEPS} steps from {SHARE:.0%} of {STARTS} starts",
            f"one from {there} of {STARTS}, {there / STARTS:.1%}. Not in {pit} from\n"
            f"{show(x.round(2))}: the steps led to {show(walk(functions, pit, x).round(2))}",
        )


# The cases: gradients and Hessians in simple numbers.

numbers = st.integers(-6, 6).map(lambda k: k / 2)
gradients = st.tuples(numbers, numbers).map(np.array)


def _hessian(a, b, c):
    return np.array([[a, b], [b, c]])


hessians = st.builds(_hessian, numbers, numbers, numbers)


def _regular(H):
    return abs(np.linalg.det(H)) > 0.2


def _near(case):
    J, H = case
    return (
        np.linalg.eigvalsh(H)[0] > 0.2
        and J.any()
        and np.linalg.norm(newton_step(J, H)) <= 0.999 * LONGEST
    )


# Hilltops and saddles that a hasty test takes for hollows, and level ground; few are drawn.
TRAPS = [
    (np.array(J), np.array(H))
    for J, H in (
        ([0.25, -0.25], [[1.0, 1.5], [1.5, 1.0]]),
        ([0.0, 0.25], [[2.0, 0.0], [0.0, -1.0]]),
        ([0.25, 0.0], [[-1.0, 0.0], [0.0, 2.0]]),
        ([0.5, 0.25], [[-2.0, 0.0], [0.0, -1.0]]),
        ([0.5, 0.5], [[1.0, 1.0], [1.0, 1.0]]),
        ([0.0, 0.0], [[-1.0, 0.0], [0.0, 1.0]]),
    )
]
any_case = st.tuples(gradients, hessians) | st.sampled_from(TRAPS)
regular_cases = st.tuples(gradients, hessians.filter(_regular))
near_cases = st.tuples(gradients, hessians).filter(_near)

KNOWN = [
    (np.array([2.0, -3.0]), np.array([[4.0, 1.0], [1.0, 3.0]])),
    (np.array([-1.0, 2.5]), np.array([[2.0, -1.5], [-1.5, 5.0]])),
]


# The misconceptions.


def _newton_like(*models):
    def recognises(functions):
        return any(behaves_like(m, KNOWN, 1e-6)(functions.newton) for m in models)

    return recognises


SIGN = Misconception(
    "the step leads the wrong way",
    "The model's slope J + H s is to be zero, so s = -H⁻¹ J, with a minus.",
    _newton_like(lambda J, H: np.linalg.solve(H, J)),
)
UNSOLVED = Misconception(
    "multiplied by H instead of solved with it",
    "H s = -J is a system of equations for s. Its solution needs the inverse, or better "
    "np.linalg.solve(H, -J).",
    _newton_like(lambda J, H: -H @ J, lambda J, H: H @ J),
)
ENTRIES = Misconception(
    "divided entry by entry",
    "1/H turns each entry of the matrix round by itself. That is the inverse only of a diagonal "
    "matrix.",
    _newton_like(
        lambda J, H: -(1 / H) @ J,
        lambda J, H: -J / np.diag(H),
    ),
)
HALF = Misconception(
    "the ½ of the model",
    "The model is f + J s + ½ s·H s. Its slope is J + H s: the ½ is gone, as in the derivative "
    "of ½ x².",
    _newton_like(lambda J, H: newton_step(J, H) / 2, lambda J, H: 2 * newton_step(J, H)),
)
STAR = Misconception(
    "* instead of @",
    "Between arrays * multiplies entry by entry, and the result is a matrix. The product of a "
    "matrix with a vector is written with @.",
    lambda functions: np.shape(functions.newton(*KNOWN[0])) == (2, 2),
)


def _cross(a, b):
    return abs(a[0] * b[1] - a[1] * b[0]) < 1e-9 * np.linalg.norm(a)


PLAIN = Misconception(
    "the gradient alone",
    "That is a multiple of the gradient. Newton's step uses the bend as well: solve H s = -J.",
    lambda functions: all(_cross(step_of(functions, "newton", J, H), J) for J, H in KNOWN),
)


def _fails_at(J, *hessians):
    """Return a recogniser of hybrids that raise, or give no finite step, at one of these."""

    def recognises(functions):
        for H in hessians:
            try:
                step_of(functions, "hybrid", np.array(J), np.array(H))
            except Mismatch:
                return True
        return False

    return recognises


SINGULAR = Misconception(
    "no answer where H is singular",
    "Where the Hessian is singular Newton has no step. Ask for the eigenvalues before you solve, "
    "and go along the gradient there.",
    _fails_at([0.5, 1.0], [[2.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]], np.zeros((2, 2))),
)
LEVEL = Misconception(
    "no answer where the ground is level",
    "Where J is zero there is no direction to take, and its length divides by zero. Return a step "
    "of zero length there.",
    _fails_at([0.0, 0.0], [[-1.0, 0.0], [0.0, -2.0]]),
)


def _always_newton(functions):
    """Tell whether the step has Newton's direction, whatever its length, up to hill and saddle."""
    pairs = [
        (step_of(functions, "hybrid", J, H), newton_step(J, H))
        for J, H in (
            (np.array([2.0, 1.0]), np.array([[-1.0, 0.0], [0.0, 2.0]])),
            (np.array([1.0, -1.0]), np.array([[-3.0, 1.0], [1.0, -2.0]])),
        )
    ]
    return all(_cross(step, wanted) and step @ wanted > 0 for step, wanted in pairs)


def _by_determinant(functions):
    """Tell whether a maximum, where the determinant is positive too, is taken for a minimum."""
    J, H = np.array([0.5, 0.25]), np.array([[-2.0, 0.0], [0.0, -1.0]])
    saddle = np.array([[-2.0, 0.0], [0.0, 1.0]])
    up, down = (J @ step_of(functions, "hybrid", J, M) for M in (H, saddle))
    return up > 0 > down and not _never_newton(functions)


def _by_part(functions):
    """Tell whether a saddle with a positive diagonal, entry or trace is taken for a minimum."""
    climbs = [J @ step_of(functions, "hybrid", J, H) > 0 for J, H in TRAPS[:4]]
    return any(climbs) and not climbs[3] and not _never_newton(functions)


def _goes_up(functions):
    J = np.array([3.0, 4.0])
    step = step_of(functions, "hybrid", J, -np.diag([1.0, 2.0]))
    return _cross(step, J) and J @ step > 0


def _never_newton(functions):
    J, H = KNOWN[0]
    return _cross(step_of(functions, "hybrid", J / 10, H), J)


def _creeps(functions):
    """Tell whether the steps down a gradient are far shorter than it and than allowed."""
    J = np.array([0.6, 0.8])
    return np.linalg.norm(step_of(functions, "hybrid", J, -np.eye(2))) < 0.4


def _is_newtons_however_long(functions):
    J, H = np.array([30.0, -40.0]), 2 * np.eye(2)
    return np.allclose(step_of(functions, "hybrid", J, H), newton_step(J, H))


def _is_long(functions):
    J = np.array([30.0, -40.0])
    step = step_of(functions, "hybrid", J, -np.eye(2))
    return J @ step < 0 and np.linalg.norm(step) > LONGEST


ALWAYS = Misconception(
    "Newton's step everywhere",
    "Newton goes to the nearest critical point, a maximum or a saddle as gladly as a minimum. "
    "Take its step only where all eigenvalues of H are positive.",
    _always_newton,
)
DETERMINANT = Misconception(
    "the determinant alone",
    "At a maximum both eigenvalues are negative and their product, the determinant, is positive. "
    "Ask for the smaller eigenvalue, or for the first entry of H too.",
    _by_determinant,
)
NEVER = Misconception(
    "never Newton's step",
    "Near a minimum Newton's step is the better one by far: use it where H has positive "
    "eigenvalues only and the step is at most 1 m long.",
    _never_newton,
)
SADDLE = Misconception(
    "a saddle taken for a minimum",
    "The entries of H, and one positive eigenvalue, can be those of a saddle: [[2, 3], [3, 2]] "
    "has the eigenvalues 5 and -1. Ask for the smallest eigenvalue.",
    _by_part,
)
UPHILL = Misconception(
    "up the gradient",
    "The gradient points uphill. The way down is -J.",
    _goes_up,
)
CREEPS = Misconception(
    "too timid",
    "Far from a minimum the step may be as long as 1 m. A tenth of the gradient is downhill, and "
    "40 such steps do not arrive: let it be about as long as the gradient, up to 1 m.",
    _creeps,
)
LONG_NEWTON = Misconception(
    "Newton's step however long",
    "Where H is nearly singular Newton's step is huge, a minimum of the model or not. Take it "
    "only where it is at most 1 m long.",
    _is_newtons_however_long,
)
LONG = Misconception(
    "steps as long as the gradient",
    "The gradient is steep where the ground is steep, and says nothing about how far it is to the "
    "minimum. Cut the step down to 1 m.",
    _is_long,
)

ARGUMENTS = ("J", "H")
PROPERTIES = [
    Property(
        "newton returns a step",
        gives_a_step("newton"),
        regular_cases,
        misconceptions=(STAR, ENTRIES),
        arguments=ARGUMENTS,
    ),
    Property(
        "newton leads to the critical point of the model",
        solves_the_model,
        regular_cases,
        needs=("newton returns a step",),
        misconceptions=(SIGN, HALF, UNSOLVED, ENTRIES, PLAIN),
        arguments=ARGUMENTS,
    ),
    Property("hybrid returns a step", gives_a_step("hybrid"), regular_cases, arguments=ARGUMENTS),
    Property(
        "hybrid starts downhill",
        starts_downhill,
        any_case,
        needs=("hybrid returns a step",),
        examples=80,
        misconceptions=(LEVEL, UPHILL, ALWAYS, DETERMINANT, SADDLE, SINGULAR),
        arguments=ARGUMENTS,
    ),
    Property(
        f"hybrid is at most {LONGEST:g} m long",
        is_never_long,
        any_case,
        needs=("hybrid returns a step",),
        misconceptions=(LEVEL, SINGULAR, ALWAYS, LONG, LONG_NEWTON),
        arguments=ARGUMENTS,
    ),
    Property(
        "hybrid is Newton's step near a minimum",
        is_newtons_near_a_minimum,
        near_cases,
        needs=("hybrid returns a step",),
        misconceptions=(NEVER,),
        arguments=ARGUMENTS,
    ),
    Property(
        f"hybrid comes to rest in {SHARE:.0%} of {STARTS} walks",
        arrives,
        [()],
        needs=("hybrid returns a step", "hybrid starts downhill"),
        misconceptions=(CREEPS, NEVER, LONG),
    ),
]


def check_gradient_descent(*, newton=None, hybrid=None):
    """Check two ways to take the next step, and where walks by the second lead.

    Parameters
    ----------
    newton : callable
        ``newton(J, H)`` with the gradient J (2,) and the Hessian H (2, 2) returns the step to
        the critical point of the quadratic model, shape (2,).
    hybrid : callable
        ``hybrid(J, H)`` returns a step that starts downhill, is at most 1 m long, and is
        Newton's where that is so short and leads to a minimum; for every H and J.

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> check_gradient_descent(newton=lambda J, H: J, hybrid=lambda J, H: J).passed
    False
    """
    functions = {"newton": newton, "hybrid": hybrid}
    return run("newton(J, H), hybrid(J, H)", functions, PROPERTIES, ())
