"""One gradient and one epoch of training: a 784-128-10 network on MNIST's 60,000 pictures.

The gradient is that of one batch in double precision; the distance is the largest difference
from mml's own, relative to its largest entry: do two programs agree on it?

Batches of 64 in a new random order, float32, one hidden layer of rectified linear units, plain
descent with step 0.1 on the cross-entropy, all from the same first weights but scikit-learn,
which draws its own. Every run goes on with its network from epoch to epoch; the distance is
the share of the 10,000 test pictures misread after the first. JAX is timed twice: with one
compiled step called for each batch, as the others are written, and with the whole epoch
compiled into one call, where nothing is left to Python. The last row is the epoch's matrix
products alone, in NumPy.
"""

import os
from itertools import pairwise

import numpy as np

from benchmarks.frame import Case, peer
from mml.datasets import load_mnist
from mml.multivariate_calculus import Network

os.environ["XLA_FLAGS"] = (  # JAX too on one thread; read when it is imported
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
PACKAGES = ("mml", "numpy", "scipy", "torch", "scikit-learn", "jax")
SIZES, BATCH, RATE = (784, 128, 10), 64, 0.1


def cases():
    """Yield the one epoch."""
    data = load_mnist()
    if data.source != "mnist":
        print("  skipped: MNIST is not in the folder named by MML_DATA")
        return
    X = data.train_images.reshape(len(data.train_images), -1) / np.float32(255)
    T = data.test_images.reshape(len(data.test_images), -1) / np.float32(255)
    y = data.train_labels
    runs, skipped = {"mml": ours(X, y, T)}, {}
    for name, module, make in (
        ("PyTorch", "torch", with_torch),
        ("scikit-learn MLPClassifier", "sklearn.neural_network", with_sklearn),
        ("JAX, a compiled step", "jax", with_jax_steps),
        ("JAX, a compiled epoch", "jax", with_jax_epochs),
    ):
        found, why = peer(module)
        if found is None:
            skipped[name] = why
        else:
            runs[name] = make(found, X, y, T)
    torch, why = peer("torch")
    gradient, floor = our_gradient(X, y)
    reference = gradient()
    yield Case(
        name=f"the gradient of one batch of {4 * BATCH}, 784-128-10, float64",
        runs={"mml": gradient} | ({"PyTorch": torch_gradient(torch, X, y)} if torch else {}),
        distance=lambda found: (
            max(np.abs(a - b).max() for a, b in zip(found, reference, strict=True))
            / max(np.abs(a).max() for a in reference)
        ),
        within=1e-12,
        limit=floor,
        limit_name="the matrix products alone, in NumPy",
        skipped={} if torch else {"PyTorch": why},
        repeats=25,
    )
    yield Case(
        name=f"one epoch, 784-128-10, batch {BATCH}, float32, {len(X):,} pictures",
        runs=runs,
        distance=lambda read: (read() != data.test_labels).mean(),
        within=0.08,
        limit=lambda: products(X),
        limit_name="the matrix products alone, in NumPy",
        skipped=skipped,
        repeats=9,
    )


def first_network(dtype=np.float32):
    """Return the network from which all runs start."""
    return Network(SIZES, activation="relu", cost="cross-entropy", dtype=dtype, seed=0)


def our_gradient(X, y):
    """Return a function that takes the gradient of one batch, and one that only multiplies."""
    net, x, labels = first_network(np.float64), X[: 4 * BATCH].astype(float), y[: 4 * BATCH]
    W, V = net.weights

    def run():
        return [part for pair in net.gradients(x, labels) for part in pair]

    def multiply():
        hidden = x @ W.T
        scores = hidden @ V.T
        return (scores.T @ hidden, (scores @ V).T @ x)

    return run, multiply


def torch_gradient(torch, X, y):
    """The same gradient by PyTorch's automatic differentiation."""
    torch.set_num_threads(1)
    first = first_network(np.float64)
    layers = [torch.nn.Linear(m, n, dtype=torch.float64) for m, n in pairwise(SIZES)]
    with torch.no_grad():
        for layer, W, b in zip(layers, first.weights, first.biases, strict=True):
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(b))
    net, cost = (
        torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1]),
        torch.nn.CrossEntropyLoss(),
    )
    x = torch.from_numpy(X[: 4 * BATCH].astype(float))
    labels = torch.from_numpy(y[: 4 * BATCH]).long()
    parameters = list(net.parameters())

    def run():
        return [slope.numpy() for slope in torch.autograd.grad(cost(net(x), labels), parameters)]

    return run


def ours(X, y, T):
    """Return a function that trains one epoch and returns a reader of the test pictures."""
    net = first_network()

    def run():
        net.train(X, y, epochs=1, batch_size=BATCH, rate=RATE)
        return lambda: net.forward(T).argmax(axis=1)

    return run


def with_torch(torch, X, y, T):
    """PyTorch, as its tutorials write the loop."""
    torch.set_num_threads(1)
    rng = torch.Generator().manual_seed(0)
    layers = [torch.nn.Linear(m, n) for m, n in pairwise(SIZES)]
    with torch.no_grad():
        for layer, W in zip(layers, first_network().weights, strict=True):
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.zero_()
    net = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1])
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE)
    cost = torch.nn.CrossEntropyLoss()
    X, y, T = torch.from_numpy(X), torch.from_numpy(y), torch.from_numpy(T)

    def run():
        order = torch.randperm(len(X), generator=rng)
        for start in range(0, len(X), BATCH):
            chosen = order[start : start + BATCH]
            optimiser.zero_grad()
            cost(net(X[chosen]), y[chosen]).backward()
            optimiser.step()
        return lambda: net(T).argmax(dim=1).numpy()

    return run


def with_sklearn(module, X, y, T):
    """scikit-learn; its pass over all classes and its cost are the same."""
    net = module.MLPClassifier(
        SIZES[1:-1],
        solver="sgd",
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=RATE,
        momentum=0.0,
        random_state=0,
    )

    def run():
        net.partial_fit(X, y, classes=np.arange(10))
        return lambda: net.predict(T)

    return run


def jax_parts(jax, X, y):
    """Return the first parameters, the scores of pictures, and the step of one batch."""
    jnp = jax.numpy
    first = first_network()
    net = [
        (jnp.asarray(W.T), jnp.asarray(b)) for W, b in zip(first.weights, first.biases, strict=True)
    ]

    def scores(net, x):
        (W1, b1), (W2, b2) = net
        return jnp.maximum(x @ W1 + b1, 0) @ W2 + b2

    def cost(net, x, label):
        logs = jax.nn.log_softmax(scores(net, x))
        return -jnp.take_along_axis(logs, label[:, None], axis=1).mean()

    def step(net, chosen):
        slope = jax.grad(cost)(net, X[chosen], y[chosen])
        return jax.tree.map(lambda w, g: w - RATE * g, net, slope)

    return net, scores, step


def with_jax_steps(jax, X, y, T):
    """JAX: one compiled function, called for every batch."""
    X, y = jax.numpy.asarray(X), jax.numpy.asarray(y)
    net, scores, step = jax_parts(jax, X, y)
    step, state, rng = jax.jit(step), {"net": net}, np.random.default_rng(0)

    def run():
        order = rng.permutation(len(X))
        for start in range(0, len(X), BATCH):
            state["net"] = step(state["net"], order[start : start + BATCH])
        jax.block_until_ready(state["net"])
        return lambda: np.asarray(scores(state["net"], T).argmax(axis=1))

    return run


def with_jax_epochs(jax, X, y, T):
    """JAX: the whole epoch in one compiled loop, without the last, shorter batch."""
    X, y = jax.numpy.asarray(X), jax.numpy.asarray(y)
    net, scores, step = jax_parts(jax, X, y)
    epoch = jax.jit(
        lambda net, order: jax.lax.scan(lambda n, chosen: (step(n, chosen), None), net, order)[0]
    )
    state, rng, whole = {"net": net}, np.random.default_rng(0), len(X) // BATCH * BATCH

    def run():
        order = rng.permutation(len(X))[:whole].reshape(-1, BATCH)
        state["net"] = jax.block_until_ready(epoch(state["net"], order))
        return lambda: np.asarray(scores(state["net"], T).argmax(axis=1))

    return run


def products(X):
    """Multiply the matrices of an epoch, and do nothing else."""
    W, V = np.ones((128, 784), np.float32), np.ones((10, 128), np.float32)
    hidden, scores = np.empty((BATCH, 128), np.float32), np.empty((BATCH, 10), np.float32)
    dW, dV = np.empty_like(W), np.empty_like(V)
    for start in range(0, len(X) - BATCH + 1, BATCH):
        x = X[start : start + BATCH]
        np.matmul(x, W.T, out=hidden)
        np.matmul(hidden, V.T, out=scores)
        np.matmul(scores.T, hidden, out=dV)
        np.matmul(scores, V, out=hidden)
        np.matmul(hidden.T, x, out=dW)
