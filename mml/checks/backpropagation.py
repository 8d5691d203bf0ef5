"""The check of the backpropagation lab: ``gradients(weights, biases, X, Y)``."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.multivariate_calculus.networks import Network

__all__ = ["check_backpropagation"]

TOLERANCE = 1e-9  # relative to the largest derivative of the layer


def sigmoid(z):
    """Return the logistic function of every entry."""
    return 1 / (1 + np.exp(-z))


def right(weights, biases, X, Y):
    """Return what the package's own network finds."""
    net = Network([X.shape[1], *(len(b) for b in biases)])
    net.weights, net.biases = weights, biases
    return net.gradients(X, Y)


# What the properties measure.


def pairs_of(function, weights, biases, X, Y):
    """Return the reader's pairs, as arrays of the right shapes."""
    value = function(weights, biases, X, Y)
    wanted = f"a list with a pair (dW, db) for each layer, {len(weights)} in all"
    if value is None or value is ...:
        raise Mismatch(wanted, "nothing yet")
    try:
        pairs = [(np.asarray(dW, dtype=float), np.asarray(db, dtype=float)) for dW, db in value]
    except (TypeError, ValueError):
        raise Mismatch(wanted, show(value)) from None
    if len(pairs) != len(weights):
        raise Mismatch(wanted, f"{len(pairs)} of them")
    shapes = [(W.shape, b.shape) for W, b in zip(weights, biases, strict=True)]
    found = [(dW.shape, db.shape) for dW, db in pairs]
    if found != shapes:
        backwards = found == shapes[::-1]
        turned = [(s[0][::-1], s[1]) for s in shapes] == found
        name = ORDER if backwards else TRANSPOSED if turned else None
        k = next(i for i, (f, s) in enumerate(zip(found, shapes, strict=True)) if f != s)
        raise Mismatch(
            f"in layer {k + 1} dW of shape {shapes[k][0]} and db of shape {shapes[k][1]}",
            f"{found[k][0]} and {found[k][1]}",
            misconception=name,
        )
    return pairs


def agree(function, weights, biases, X, Y, layers):
    """Compare the reader's gradients of some layers with the right ones."""
    found = pairs_of(function, weights, biases, X, Y)
    wanted = right(weights, biases, X, Y)
    for k in layers:
        for word, got, good in zip(("dW", "db"), found[k], wanted[k], strict=True):
            scale = max(np.abs(wanted[k][0]).max(), np.abs(wanted[k][1]).max())
            if not np.abs(got - good).max() <= TOLERANCE * scale:
                text = show(got)
                if text == show(good):  # the difference lies behind the digits shown
                    text += f", which is off by up to {np.abs(got - good).max():.1e}"
                raise Mismatch(f"{word} of layer {k + 1}:\n{show(good)}", text)


# The properties.


def has_the_shapes(function, *case):
    pairs_of(function, *case)


def blames_one_neuron(function, *case):
    agree(function, *case, layers=(0,))


def blames_the_last_layer(function, *case):
    agree(function, *case, layers=(len(case[0]) - 1,))


def blames_every_layer(function, *case):
    agree(function, *case, layers=range(len(case[0])))


def averages(function, weights, biases, X, Y):
    """The same examples twice over have the same mean cost."""
    once = pairs_of(function, weights, biases, X, Y)
    twice = pairs_of(function, weights, biases, np.vstack([X, X]), np.vstack([Y, Y]))
    for k, (first, second) in enumerate(zip(once, twice, strict=True)):
        for word, a, b in zip(("dW", "db"), first, second, strict=True):
            if np.abs(a - b).max() > TOLERANCE * max(np.abs(a).max(), 1e-300):
                raise Mismatch(
                    f"with every example twice the same {word} of layer {k + 1} as without:\n"
                    f"{show(a)}",
                    show(b),
                    misconception=SUMMED if np.allclose(b, 2 * a, rtol=1e-6, atol=0) else None,
                )


def leaves_its_arguments_alone(function, *case):
    function(*case)
    if function.changed:
        raise Mismatch(
            "weights, biases, X and Y as they were",
            "others: the function wrote into them",
            misconception=WRITES,
        )


# The cases: small nets with weights in tenths, drawn from a seed.


def _net(sizes, examples, seed):
    rng = np.random.default_rng(seed)

    def tenths(*shape):
        return rng.integers(-20, 21, shape) / 10

    weights = [tenths(m, n) for n, m in pairwise(sizes)]
    biases = [tenths(m) for m in sizes[1:]]
    X, Y = tenths(examples, sizes[0]), rng.integers(0, 11, (examples, sizes[-1])) / 10
    return weights, biases, X, Y


def nets(layers, width, examples):
    """Return a strategy of networks with examples: at most so many layers, so wide."""
    low, high = layers
    return st.builds(
        _net,
        st.lists(st.integers(1, width), min_size=low + 1, max_size=high + 1),
        st.integers(*examples),
        st.integers(0, 10**6),
    )


KNOWN = [_net([2, 2, 2], 3, 1), _net([3, 3, 3, 3], 2, 2)]  # square: every slip has fitting shapes
ONE = [_net([1, 1], 1, 3), _net([1, 1], 1, 4)]  # where a second slip may not show


# The misconceptions, each with a model of the wrong solution.


def _slope(a):
    return a * (1 - a)


def model(
    weights,
    biases,
    X,
    Y,
    *,
    factor=2.0,
    share=lambda n: 1 / n,
    last=_slope,
    hidden=_slope,
    bias=lambda d: d.sum(axis=0),
    back=lambda d, W: d @ W,
    given=0,
    turn=False,
):
    """Return gradients by the rules given: the right ones by default."""
    a = [X]
    for W, b in zip(weights, biases, strict=True):
        a.append(sigmoid(a[-1] @ W.T + b))
    delta = factor * share(len(X)) * (a[-1] - Y) * last(a[-1])
    pairs = []
    for k in reversed(range(len(weights))):
        dW = delta.T @ a[k + given]
        pairs.insert(0, (dW.T if turn else dW, bias(delta)))
        delta = back(delta, weights[k]) * hidden(a[k])
    return pairs


def _flat(pairs):
    return np.concatenate([np.ravel(part) for pair in pairs for part in pair])


def _like(*choices, after=lambda pairs: pairs, on=(KNOWN,)):
    """Return a recogniser of functions that follow one of the wrong rules on some cases."""
    recognisers = [
        behaves_like(lambda *case, c=choice: _flat(after(model(*case, **c))), cases, 1e-6)
        for choice in choices
        for cases in on
    ]
    return lambda function: any(
        tell(lambda *case: _flat(pairs_of(function, *case))) for tell in recognisers
    )


def _one(a):
    return np.ones_like(a)


def _of_the_value(a):
    return sigmoid(a) * (1 - sigmoid(a))


TWO = Misconception(
    "a factor 2 is missing",
    "The cost is a squared distance: (a - y)² has the derivative 2 (a - y).",
    _like({"factor": 1.0}, on=(KNOWN, ONE)),
)
SIGN = Misconception(
    "the sign of the error",
    "The derivative of (a - y)² by a is 2 (a - y), not 2 (y - a). Walking downhill turns it round "
    "later.",
    _like({"factor": -2.0}, on=(KNOWN, ONE)),
)
SUMMED = Misconception(
    "summed over the examples, not averaged",
    "The cost is a mean over the examples, so its gradient is one too: divide by their number.",
    _like({"share": lambda n: 1.0}),
)
TWICE = Misconception(
    "averaged twice",
    "The division by the number of examples belongs into the first derivative, 2 (a - y)/n, or to "
    "the end, but only once.",
    _like({"share": lambda n: 1 / n**2}),
)
FLAT = Misconception(
    "the slope of the activation is missing",
    "Between the sum z and the value a stands the logistic function. Its slope a (1 - a) belongs "
    "into the blame of every layer.",
    _like(
        {"last": _one},
        {"hidden": _one},
        {"last": _one, "hidden": _one},
    ),
)
VALUE = Misconception(
    "the slope is taken at the value",
    "σ'(z) = σ(z)(1 - σ(z)), and σ(z) is the value a that you have already: the slope is "
    "a (1 - a). Putting a into σ once more bends it twice.",
    _like({"last": _of_the_value, "hidden": _of_the_value}, on=(KNOWN, ONE)),
)
BIAS = Misconception(
    "the biases are forgotten",
    "A bias is a weight whose input is always 1: its gradient is the blame of its neuron, summed "
    "over the examples.",
    _like(
        {"bias": lambda d: 0 * d[0]},
        {"bias": lambda d: d[0]},
        {"bias": lambda d: d[-1]},
        {"bias": lambda d: d.mean(axis=0)},
    ),
)
UNTURNED = Misconception(
    "blame goes back through the weights untransposed",
    "Forward, neuron i collects from all j with W[i, j]; backward, neuron j collects blame from "
    "all i with the same W[i, j]. With examples as rows that is delta @ W.",
    _like({"back": lambda d, W: d @ W.T}),
)
TRANSPOSED = Misconception(
    "the Jacobian is transposed",
    "W has a row for each neuron of its own layer and a column for each of the layer before; dW "
    "has the same shape. With examples as rows it is delta.T @ a.",
    _like({"turn": True}),
)
OWN = Misconception(
    "the layer's own values instead of its inputs",
    "The slope of the sum z by a weight is what that weight multiplies: the values of the layer "
    "before.",
    _like({"given": 1}),
)
ORDER = Misconception(
    "the layers are in the opposite order",
    "Backpropagation finds the last layer first. Return the pairs in the order of the layers.",
    _like({}, after=lambda pairs: pairs[::-1]),
)
WRITES = Misconception(
    "writes into its arguments",
    "Whoever calls the function wants to use the weights again. Work on new arrays.",
)

LAST = (TWO, SIGN, SUMMED, TWICE, FLAT, VALUE, BIAS, TRANSPOSED, OWN, ORDER)
EVERY = (UNTURNED, *LAST)
ARGUMENTS = ("weights", "biases", "X", "Y")

PROPERTIES = [
    Property(
        "a pair of the right shapes comes back for every layer",
        has_the_shapes,
        nets((1, 3), 3, (1, 3)),
        basic=True,
        misconceptions=(ORDER, TRANSPOSED),
    ),
    Property(
        "one neuron, one example", blames_one_neuron, nets((1, 1), 1, (1, 1)), misconceptions=LAST
    ),
    Property(
        "the last layer's gradient is right",
        blames_the_last_layer,
        nets((1, 2), 3, (1, 3)),
        misconceptions=LAST,
    ),
    Property(
        "every layer's gradient is right, in deep nets too",
        blames_every_layer,
        nets((2, 4), 4, (1, 3)),
        misconceptions=EVERY,
    ),
    Property(
        "the gradient is a mean over the examples",
        averages,
        nets((1, 2), 2, (1, 2)),
        misconceptions=(SUMMED, TWICE, BIAS),
    ),
    Property("the arguments are left alone", leaves_its_arguments_alone, nets((1, 3), 3, (2, 3))),
]


def check_backpropagation(function):
    """Check gradients of the mean squared distance of a logistic network.

    Parameters
    ----------
    function : callable
        ``gradients(weights, biases, X, Y)``: `weights` a list of arrays (out, in), `biases` of
        arrays (out,), `X` and `Y` with an example in each row. Returns a list of pairs
        (dW, db), in the shapes of the weights and biases.

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> check_backpropagation(lambda weights, biases, X, Y: []).passed
    False
    >>> check_backpropagation(model).passed
    True
    """
    return run("gradients(weights, biases, X, Y)", function, PROPERTIES, ARGUMENTS)
