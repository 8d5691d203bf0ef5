"""Gradient, Jacobian and Hessian of functions of 100 variables, and a symbolic Hessian.

The function is Rosenbrock's, f(x) = Σ 100 (x[i+1] − x[i]²)² + (1 − x[i])², written with array
operations as each library wants it; the Jacobian is that of its 198 residuals, whose squares
f adds up. jax is timed twice: compiled beforehand, as it is meant for functions that are
called often, and as it comes. The error is the largest entry of the difference to the closed
form, which is also the floor, divided by the largest entry. The symbolic Hessian is that of
the same function as an expression in 100 symbols, with an empty cache of SymPy in each turn.
"""

import numpy as np
import sympy as sp
from scipy.optimize import rosen_der, rosen_hess
from sympy.core.cache import clear_cache

from benchmarks.frame import Case, peer
from mml.multivariate_calculus import gradient, hessian, jacobian, symbolic_hessian

PACKAGES = ("mml", "numpy", "scipy", "autograd", "torch", "jax", "sympy")
SIZE = 100
TIMES = 100  # each turn is so many evaluations: one is too short for the clock
KINDS = ("gradient", "Jacobian", "Hessian")


def cases():
    """Yield gradient, Jacobian, Hessian and the symbolic Hessian."""
    x = np.random.default_rng(0).standard_normal(SIZE)
    closed = {
        "gradient": lambda: rosen_der(x),
        "Jacobian": lambda: residuals_slopes(x),
        "Hessian": lambda: rosen_hess(x),
    }
    found, skipped = peers(x)
    for kind in KINDS:
        exact = closed[kind]()
        runs = {name: repeated(ways[kind]) for name, ways in found.items()}
        yield Case(
            name=f"{kind}, n = {SIZE}, {TIMES} times",
            runs=runs,
            distance=lambda D, exact=exact: (
                np.abs(np.asarray(D) - exact).max() / np.abs(exact).max()
            ),
            within=1e-12,
            limit=repeated(closed[kind]),
            limit_name="floor: the closed form",
            skipped=skipped,
            repeats=25,
        )
    yield symbolic(x)


def repeated(run):
    """Return a function that runs `run` TIMES times and returns what the last one gave."""

    def many():
        for _ in range(TIMES - 1):
            run()
        return run()

    return many


def residuals_slopes(x):
    """Return the Jacobian of `residuals` in closed form, shape (198, 100)."""
    i = np.arange(SIZE - 1)
    J = np.zeros((2 * SIZE - 2, SIZE))
    J[i, i] = -20 * x[:-1]
    J[i, i + 1] = 10
    J[i + SIZE - 1, i] = -1
    return J


def function(np):
    """Return Rosenbrock's function and its residuals, written with the module given."""

    def residuals(x):
        return np.concatenate((10 * (x[1:] - x[:-1] ** 2), 1 - x[:-1]))

    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    return rosenbrock, residuals


def peers(x):
    """Return {name: {kind: run}} for mml and every peer that is installed, and who is not."""
    f, r = function(np)
    found = {
        "mml": {
            "gradient": lambda: gradient(f, x),
            "Jacobian": lambda: jacobian(r, x),
            "Hessian": lambda: hessian(f, x),
        }
    }
    skipped = {}
    for name, load in {"autograd": with_autograd, "torch": with_torch, "jax": with_jax}.items():
        module, missing = peer(name)
        if missing:
            skipped[name] = missing
        else:
            found.update(load(module, x))
    return found, skipped


def with_autograd(autograd, x):
    """Return the runs of autograd."""
    f, r = function(peer("autograd.numpy")[0])
    ways = autograd.grad(f), autograd.jacobian(r), autograd.hessian(f)
    return {"autograd": on(x, ways)}


def with_torch(torch, x):
    """Return the runs of PyTorch's functional interface, the Jacobian in the faster mode."""
    torch.set_num_threads(1)
    f, r = function(torch)
    functional = torch.func
    ways = functional.grad(f), functional.jacrev(r), functional.hessian(f)
    return {"torch.func": on(torch.tensor(x), ways)}


def with_jax(jax, x):
    """Return the runs of jax, in double precision, compiled and as it comes."""
    jax.config.update("jax_enable_x64", True)
    f, r = function(peer("jax.numpy")[0])
    x = jax.numpy.asarray(x)
    ways = jax.grad(f), jax.jacfwd(r), jax.hessian(f)

    def finished(way):
        return lambda v: way(v).block_until_ready()

    return {
        "jax, compiled": on(x, [finished(jax.jit(way)) for way in ways]),
        "jax, as it comes": on(x, [finished(way) for way in ways]),
    }


def on(x, ways):
    """Return {kind: run} for three functions of x."""
    return {kind: lambda way=way: way(x) for kind, way in zip(KINDS, ways, strict=True)}


def symbolic(x):
    """Return the case of the symbolic Hessian; the floor writes down its 298 entries."""
    s = sp.symbols(f"x:{SIZE}")
    f = sp.Add(*(100 * (s[i + 1] - s[i] ** 2) ** 2 + (1 - s[i]) ** 2 for i in range(SIZE - 1)))

    def fresh(hessian):
        clear_cache()
        return hessian(f, s)

    def written():
        clear_cache()
        H = sp.zeros(SIZE, SIZE)
        for i in range(SIZE - 1):
            H[i, i] += 1200 * s[i] ** 2 - 400 * s[i + 1] + 2
            H[i + 1, i + 1] += 200
            H[i, i + 1] = H[i + 1, i] = -400 * s[i]
        return H

    def distance(H):
        values = np.array(sp.lambdify([s], H, "numpy")(x), dtype=float)
        return np.abs(values - rosen_hess(x)).max() / np.abs(rosen_hess(x)).max()

    return Case(
        name=f"symbolic second derivatives, n = {SIZE}",
        runs={
            "mml": lambda: fresh(symbolic_hessian),
            "SymPy": lambda: fresh(sp.hessian),
        },
        distance=distance,
        within=1e-12,
        limit=written,
        limit_name="floor: the entries written down",
        repeats=5,
    )
