"""Networks: their gradients against three other ways, their training, and what is refused."""

import io
import sys

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mml.errors import ConvergenceError
from mml.multivariate_calculus import Network, TrainingHistory
from mml.multivariate_calculus.autodiff import reverse

fixed = settings(derandomize=True, deadline=None, max_examples=60)
NAMES = ["logistic", "tanh", "relu", "identity"]
COSTS = ["squared distance", "cross-entropy"]


def random_case(rng, cost="squared distance", deepest=3, widest=5):
    """Return a random network with random parameters, examples and targets."""
    sizes = rng.integers(1, widest + 1, rng.integers(2, deepest + 2)).tolist()
    depth = len(sizes) - 1
    names = [str(name) for name in rng.choice(NAMES, depth)]
    if cost == "cross-entropy":
        names[-1] = "softmax"
    net = Network(sizes, activation=names, cost=cost, seed=int(rng.integers(1e9)))
    net.biases = [0.5 * rng.standard_normal(b.shape) for b in net.biases]
    X = rng.standard_normal((int(rng.integers(1, 4)), sizes[0]))
    Y = rng.standard_normal((len(X), sizes[-1]))
    if cost == "cross-entropy":
        Y = scipy.special.softmax(Y, axis=1)
    return net, X, Y


def flat(pairs):
    return np.concatenate([part.ravel() for pair in pairs for part in pair])


def parameters(net):
    return flat(zip(net.weights, net.biases, strict=True))


def put(net, values):
    """Write a vector of parameters into the network."""
    start = 0
    for W, b in zip(net.weights, net.biases, strict=True):
        W[...] = np.reshape(values[start : start + W.size], W.shape)
        start += W.size
        b[...] = values[start : start + b.size]
        start += b.size


def traced_cost(net, X, Y):
    """Return the cost as a function of the vector of parameters, written with NumPy anew."""
    apply = {
        "logistic": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "identity": lambda z: z,
        "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    }

    def cost(values):
        a, start = X, 0
        for m, n, name in zip(net.sizes, net.sizes[1:], net.activations, strict=False):
            W = values[start : start + m * n].reshape(n, m)
            b = values[start + m * n : start + m * n + n]
            a, start = apply[name](a @ W.T + b), start + m * n + n
        if net.activations[-1] == "softmax":
            return -(Y * np.log(a)).sum() / len(X)
        return ((a - Y) ** 2).sum() / len(X)

    return cost


def exact_gradient(net, X, Y):
    """Return the gradient by central differences with 50 digits, parameter by parameter."""
    apply = {
        "logistic": lambda z: 1 / (1 + mpmath.exp(-z)),
        "tanh": mpmath.tanh,
        "relu": lambda z: max(z, mpmath.mpf(0)),
        "identity": lambda z: z,
    }

    def cost(parts):
        total = mpmath.mpf(0)
        for x, y in zip(X.tolist(), Y.tolist(), strict=True):
            a = x
            for (W, b), name in zip(parts, net.activations, strict=True):
                z = [mpmath.fdot(row, a) + shift for row, shift in zip(W, b, strict=True)]
                if name == "softmax":
                    powers = [mpmath.exp(v) for v in z]
                    a = [p / mpmath.fsum(powers) for p in powers]
                else:
                    a = [apply[name](v) for v in z]
            if net.activations[-1] == "softmax":
                total -= mpmath.fsum(t * mpmath.log(p) for t, p in zip(y, a, strict=True))
            else:
                total += mpmath.fsum((p - t) ** 2 for t, p in zip(y, a, strict=True))
        return total / len(X)

    with mpmath.workdps(50):
        h = mpmath.mpf(10) ** -16
        parts = [
            (
                [[mpmath.mpf(w) for w in row] for row in W.tolist()],
                list(map(mpmath.mpf, b.tolist())),
            )
            for W, b in zip(net.weights, net.biases, strict=True)
        ]
        found = []
        for W, b in parts:
            for row in [*W, b]:
                for j, middle in enumerate(row):
                    row[j] = middle + h
                    up = cost(parts)
                    row[j] = middle - h
                    found.append(float((up - cost(parts)) / (2 * h)))
                    row[j] = middle
    return np.array(found)


# --- the gradient -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(100))
def test_gradients_agree_with_autodiff_and_with_fifty_digits(seed):
    rng = np.random.default_rng(seed)
    net, X, Y = random_case(rng, COSTS[seed % 4 == 3], deepest=2, widest=4)
    ours = flat(net.gradients(X, Y))
    scale = np.abs(ours).max()
    by_autodiff = reverse(traced_cost(net, X, Y), parameters(net))[1]
    assert_allclose(ours, by_autodiff, rtol=0, atol=1e-13 * scale)
    assert_allclose(ours, exact_gradient(net, X, Y), rtol=1e-9, atol=1e-14 * scale)


@pytest.mark.parametrize("cost", COSTS)
@given(seed=st.integers(0, 10**6))
@fixed
def test_gradients_of_deep_nets_agree_with_autodiff(cost, seed):
    net, X, Y = random_case(np.random.default_rng(seed), cost, deepest=6, widest=8)
    value, slope = reverse(traced_cost(net, X, Y), parameters(net))
    assert_allclose(net.cost(X, Y), value, rtol=1e-12)
    scale = np.abs(slope).max()
    assert_allclose(flat(net.gradients(X, Y)), slope, rtol=0, atol=1e-12 * scale)


@given(seed=st.integers(0, 10**6))
@fixed
def test_the_gradient_is_the_mean_of_the_examples_gradients(seed):
    net, X, Y = random_case(np.random.default_rng(seed))
    one_by_one = [flat(net.gradients(x[None], y[None])) for x, y in zip(X, Y, strict=True)]
    together = flat(net.gradients(X, Y))
    scale = np.abs(one_by_one).max()
    assert_allclose(together, np.mean(one_by_one, axis=0), rtol=0, atol=1e-14 * scale)


def test_the_gradient_in_single_precision():
    rng = np.random.default_rng(5)
    net, X, Y = random_case(rng, deepest=3)
    small = Network(net.sizes, activation=net.activations, dtype=np.float32)
    small.weights, small.biases = net.weights, net.biases
    parts = small.gradients(X, Y)
    assert {part.dtype for pair in parts for part in pair} == {np.dtype(np.float32)}
    exact = flat(net.gradients(X, Y))
    assert_allclose(flat(parts), exact, rtol=0, atol=2e-6 * np.abs(exact).max())


def test_one_neuron_by_hand():
    net = Network([1, 1], activation="tanh")
    net.weights, net.biases = [[[0.5]]], [[0.25]]
    a = np.tanh(0.5 * 2 + 0.25)
    ((dW, db),) = net.gradients([[2.0]], [[1.0]])
    assert_allclose(dW, [[2 * (a - 1) * (1 - a**2) * 2]])
    assert_allclose(db, [2 * (a - 1) * (1 - a**2)])


def test_the_kink_of_relu_has_slope_zero():
    net = Network([1, 1], activation="relu")
    net.weights, net.biases = [[[1.0]]], [[0.0]]
    ((dW, db),) = net.gradients([[0.0]], [[1.0]])
    assert_array_equal(dW, [[0]])
    assert_array_equal(db, [0])


# --- forward and cost ---------------------------------------------------------------


@given(seed=st.integers(0, 10**6))
@fixed
def test_a_network_is_a_composition_of_its_layers(seed):
    net, X, _ = random_case(np.random.default_rng(seed))
    a = X
    for k, name in enumerate(net.activations):
        layer = Network(net.sizes[k : k + 2], activation=name)
        layer.weights, layer.biases = [net.weights[k]], [net.biases[k]]
        a = layer.forward(a)
    assert_allclose(net.forward(X), a, rtol=1e-14)


def test_the_mean_of_squared_distances():
    net = Network([2, 2], activation="identity")
    net.weights = [np.eye(2)]
    X, Y = [[1, 2], [3, 4]], [[0, 2], [3, 1]]
    assert net.cost(X, Y) == (1 + 9) / 2


@pytest.mark.parametrize("scale", [1, 1e4, 1e150])
def test_cross_entropy_has_no_score_too_large(scale):
    net = Network([2, 3], cost="cross-entropy")
    net.weights = [scale * np.array([[1.0, 0], [0, 1], [-1, -1]])]
    cost = net.cost([[1, 0]], [1])
    assert_allclose(cost, scale + np.log(1 + np.exp(-scale) + np.exp(-2 * scale)), rtol=1e-14)
    assert np.isfinite(flat(net.gradients([[1, 0]], [1]))).all()
    assert_allclose(net.forward([[1, 0], [0, 1]]).sum(axis=1), 1)


def test_class_numbers_and_rows_of_a_one_are_the_same():
    net = Network([2, 4, 3], cost="cross-entropy", seed=0)
    X = np.random.default_rng(0).standard_normal((5, 2))
    labels = [0, 2, 1, 1, 2]
    assert net.cost(X, labels) == net.cost(X, np.eye(3)[labels])
    assert_array_equal(flat(net.gradients(X, labels)), flat(net.gradients(X, np.eye(3)[labels])))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [1e-150, 1e3, 1e150])
def test_sums_of_any_size_are_no_trouble(name, size):
    net = Network([1, 1], activation=name)
    net.weights = [[[size]]]
    expected = {
        "logistic": scipy.special.expit(size),
        "tanh": np.tanh(size),
        "relu": size,
        "identity": size,
    }
    assert_allclose(net.forward([[1.0]]), [[expected[name]]])
    assert np.isfinite(flat(net.gradients([[1.0]], [[0.0]]))).all()


# --- building -----------------------------------------------------------------------


def test_shapes_seeds_and_names():
    net = Network([3, 5, 2], activation="tanh", seed=4)
    assert [W.shape for W in net.weights] == [(5, 3), (2, 5)]
    assert [b.shape for b in net.biases] == [(5,), (2,)]
    assert net.activations == ("tanh", "tanh")
    assert repr(net) == "Network(3–5–2, tanh, float64)"
    again, other = Network([3, 5, 2], seed=4), Network([3, 5, 2], seed=5)
    assert_array_equal(net.weights[0], again.weights[0])
    assert (net.weights[0] != other.weights[0]).all()
    assert Network([3, 5, 2], cost="cross-entropy").activations == ("logistic", "softmax")


@pytest.mark.parametrize(("name", "factor"), [("relu", 2 / 400), ("tanh", 2 / 500)])
def test_first_weights_have_the_stated_variance(name, factor):
    W = Network([400, 100], activation=name, seed=0).weights[0]
    assert_allclose(W.var(), factor, rtol=0.05)


def test_parameters_are_assignable_whole_and_one_by_one():
    net = Network([2, 2, 1], activation="identity", seed=0)
    mine = [np.array([[1, 2], [3, 4]]), np.array([[1, -1]])]
    net.weights = mine
    net.weights[1] = [[2, 0]]
    net.biases[0] = [10, 0]
    assert_array_equal(net.forward([[1, 1]]), [[26]])
    net.weights[0][0, 0] = 5
    assert_array_equal(net.forward([[1, 1]]), [[34]])
    net.train([[1, 1]], [[0]], epochs=1, rate=0.001)
    assert_array_equal(mine[0], [[1, 2], [3, 4]])  # the caller's stay


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sizes": 3}, "sizes must be a list"),
        ({"sizes": [3]}, "at least input and output"),
        ({"sizes": [3, 0]}, r"sizes\[1\] must be at least 1, got 0"),
        ({"sizes": [3, 1.5]}, r"sizes\[1\] must be a whole number"),
        ({"activation": "sigmoid"}, "logistic, tanh, relu, identity, got 'sigmoid'"),
        ({"activation": "softmax"}, "got 'softmax'"),
        ({"activation": ["tanh"]}, "each of 2 layers"),
        ({"activation": ["tanh", "tanh"], "cost": "cross-entropy"}, '"softmax", got'),
        ({"cost": "hinge"}, "squared distance, cross-entropy, got 'hinge'"),
        ({"dtype": int}, "float32 or float64"),
    ],
)
def test_what_is_no_network_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Network(**{"sizes": [2, 3, 1], **options})


@pytest.mark.parametrize("call", ["forward", "cost", "gradients", "train"])
@pytest.mark.parametrize(
    ("X", "words"),
    [
        ([1, 2], "X must be a matrix"),
        ([[1, 2, 3]], "of 2 entries, got shape"),
        ([[np.nan, 1]], "X must be finite"),
        ([[1j, 1]], "X must be real"),
        (np.empty((0, 2)), "X must not be empty"),
    ],
)
def test_wrong_examples_are_refused(call, X, words):
    net = Network([2, 1])
    with pytest.raises(ValueError, match=words):
        getattr(net, call)(*([X] if call == "forward" else [X, [[1]]]))


@pytest.mark.parametrize(
    ("cost", "Y", "words"),
    [
        ("squared distance", [[1, 2]], r"shape \(2, 2\), got shape \(1, 2\)"),
        ("squared distance", [0, 1], "Y must be a matrix"),
        ("squared distance", [[0, 1], [np.inf, 1]], "Y must be finite"),
        ("cross-entropy", [0, 2], "class numbers from 0 to 1"),
        ("cross-entropy", [0, 0.5], "class numbers from 0 to 1"),
        ("cross-entropy", [-1, 0], "class numbers from 0 to 1"),
        ("cross-entropy", [[1, 1], [0, 1]], "sum to 1"),
        ("cross-entropy", [[2, -1], [0, 1]], "sum to 1"),
    ],
)
def test_wrong_targets_are_refused(cost, Y, words):
    net = Network([1, 2], cost=cost)
    for call in (net.cost, net.gradients, net.train):
        with pytest.raises(ValueError, match=words):
            call([[1], [2]], Y)


def test_wrong_parameters_are_refused_wherever_they_are_put():
    net = Network([2, 1])
    with pytest.raises(ValueError, match=r"weights must hold 1 arrays, got 2"):
        net.weights = [[[1, 2]], [[1]]]
    with pytest.raises(ValueError, match=r"weights\[0\] must have shape \(1, 2\), got \(2, 1\)"):
        net.weights = [[[1], [2]]]
    net.biases[0] = [1, 2]
    with pytest.raises(ValueError, match=r"biases\[0\] must have shape \(1,\), got \(2,\)"):
        net.forward([[1, 2]])
    net.biases[0] = [np.nan]
    with pytest.raises(ValueError, match=r"biases\[0\] must be finite"):
        net.forward([[1, 2]])


# --- training -----------------------------------------------------------------------


def line(n=12):
    x = np.linspace(-1, 1, n)[:, None]
    return x, 2 * x - 1


@given(seed=st.integers(0, 10**6), momentum=st.sampled_from([0.0, 0.9]))
@fixed
def test_a_step_is_the_gradient_times_the_rate(seed, momentum):
    net, X, Y = random_case(np.random.default_rng(seed))
    rate, values = 0.01, parameters(net)
    velocity = np.zeros_like(values)
    for _ in range(3):
        velocity = momentum * velocity - rate * flat(net.gradients(X, Y))
        values = values + velocity
        put(net, values)
    other = Network(net.sizes, activation=net.activations)
    put(other, values * 0)
    net2, X, Y = random_case(np.random.default_rng(seed))
    costs = net2.train(X, Y, epochs=3, rate=rate, momentum=momentum).costs
    assert_allclose(parameters(net2), values, rtol=1e-11, atol=1e-13)
    assert len(costs) == 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch_size", [None, 1, 5, 100])
def test_a_line_is_learnt(dtype, batch_size):
    X, Y = line()
    net = Network([1, 1], activation="identity", dtype=dtype, seed=0)
    history = net.train(X, Y, epochs=150, batch_size=batch_size, rate=0.2)
    assert_allclose(net.weights[0], [[2]], rtol=1e-5)
    assert_allclose(net.biases[0], [-1], rtol=1e-5)
    assert net.forward(X).dtype == dtype
    assert history.costs[-1] < 1e-9 < history.costs[0]
    assert not history.interrupted
    assert history.epochs == 150


def test_batches_use_every_example_once():
    """With a rate too small to matter, the mean of the batches' costs is the cost."""
    rng = np.random.default_rng(2)
    net = Network([3, 4, 2], seed=0)
    X, Y = rng.standard_normal((103, 3)), rng.standard_normal((103, 2))
    history = net.train(X, Y, epochs=4, batch_size=10, rate=1e-12)
    assert_allclose(history.costs, net.cost(X, Y), rtol=1e-9)


def test_the_same_seed_gives_the_same_training():
    X, Y = line(50)
    runs = []
    for _ in range(2):
        net = Network([1, 8, 1], activation="tanh", seed=3)
        runs.append((net.train(X, Y, epochs=5, batch_size=7, rate=0.1).costs, parameters(net)))
    assert_array_equal(*[run[0] for run in runs])
    assert_array_equal(*[run[1] for run in runs])


def test_training_changes_neither_the_data_nor_their_kind():
    X, Y = line(9)
    before = X.copy(), Y.copy()
    Network([1, 3, 1], seed=0).train(X, Y, epochs=3, batch_size=4)
    Network([1, 3, 1], seed=0).train(X, Y, epochs=3)
    assert_array_equal(X, before[0])
    assert_array_equal(Y, before[1])
    whole = np.arange(8).reshape(4, 2)
    Network([2, 2], cost="cross-entropy", seed=0).train(whole, np.array([0, 1, 0, 1]), epochs=2)
    assert whole.dtype.kind == "i"


def test_classes_are_learnt():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    angle = 2 * np.pi * labels / 3
    X = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.2 * rng.standard_normal((300, 2))
    net = Network([2, 8, 3], activation="relu", cost="cross-entropy", seed=0)
    history = net.train(X, labels, epochs=60, batch_size=20, rate=0.1, momentum=0.9)
    assert (net.forward(X).argmax(axis=1) == labels).mean() > 0.97
    assert history.costs[-1] < 0.1


def test_the_rate_may_change_and_a_function_may_watch():
    X, Y = line()
    seen = []
    net = Network([1, 1], activation="identity", seed=0)

    def watch(network):
        seen.append(network.cost(X, Y))
        return len(seen) == 4

    history = net.train(X, Y, rate=lambda epoch: 0.2 / (1 + epoch), after_epoch=watch)
    assert_allclose(history.rates, [0.2, 0.1, 0.2 / 3, 0.05])
    assert history.epochs == 4
    assert_allclose(history.costs[1:], seen[:-1])


def test_ctrl_c_keeps_what_was_learnt():
    X, Y = line()
    net = Network([1, 1], activation="identity", seed=0)
    calls = []

    def impatient(network):
        calls.append(parameters(network).copy())
        if len(calls) == 5:
            raise KeyboardInterrupt

    history = net.train(X, Y, epochs=1000, rate=0.1, after_epoch=impatient)
    assert history.interrupted
    assert history.epochs == 5
    assert "interrupted" in repr(history)
    assert_array_equal(parameters(net), calls[-1])
    assert history.costs[-1] < history.costs[0]


def test_steps_that_are_too_large_are_an_error_with_the_costs():
    X, Y = line()
    net = Network([1, 1], activation="identity", seed=0)
    with pytest.raises(ConvergenceError, match="too large, try a rate below 50") as caught:
        net.train(X, Y, epochs=1000, rate=50)
    assert len(caught.value.iterates) > 3
    assert np.isfinite(caught.value.iterates).all()


def test_no_epochs_no_change():
    X, Y = line()
    net = Network([1, 2, 1], seed=0)
    before = parameters(net)
    history = net.train(X, Y, epochs=0)
    assert isinstance(history, TrainingHistory)
    assert repr(history) == "TrainingHistory(0 epochs)"
    assert_array_equal(parameters(net), before)


@pytest.mark.parametrize("shown", [True, False, None])
def test_the_bar_is_shown_where_it_is_wanted(monkeypatch, shown):
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    X, Y = line()
    Network([1, 1], seed=0).train(X, Y, epochs=3, progress=shown)
    assert ("cost=" in screen.getvalue()) == (shown is True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": -1}, "epochs must be at least 0"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"rate": np.nan}, "rate must be finite"),
        ({"rate": "fast"}, "rate must be a real number"),
        ({"rate": lambda epoch: None}, "rate must be a real number"),
        ({"momentum": 1}, "momentum must be less than 1"),
        ({"momentum": -0.1}, "momentum must be between 0 and 1"),
    ],
)
def test_wrong_options_are_refused(options, words):
    net = Network([1, 1])
    with pytest.raises(ValueError, match=words):
        net.train([[1]], [[1]], **options)
