r"""Networks of simple neurons: forward, backward, and trained.

A network is a composition: each layer multiplies by a matrix, adds a vector and applies one
function to every entry (:eq:`eq-def-layer`). Its gradient is the chain rule, read from the
output back to the input (:eq:`eq-backpropagation`). All examples of a batch go through at
once, one a row, so that matrix products do nearly all of the work.
"""

import sys
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.linalg
import scipy.special
from tqdm import tqdm

from mml._validation import as_array, as_count, as_matrix, as_number
from mml.errors import ConvergenceError

__all__ = ["Network", "TrainingHistory"]


# ------------------------------------------------------------- activations, by their own values


class Activation(NamedTuple):
    """A function for every entry of a layer, and its slope written with its own values."""

    apply: object  # apply(z): replaces the entries of z by the function of them
    pull: object  # pull(g, a): multiplies g by the slopes where the values are a; may change a


def _keep(*arrays):
    """Do nothing: the identity, with slope 1."""


def _apply_logistic(z):
    scipy.special.expit(z, out=z)


def _pull_logistic(g, a):
    g *= a
    np.subtract(1, a, out=a)
    g *= a


def _apply_tanh(z):
    np.tanh(z, out=z)


def _pull_tanh(g, a):
    np.multiply(a, a, out=a)
    np.subtract(1, a, out=a)
    g *= a


def _apply_relu(z):
    np.maximum(z, 0, out=z)


def _pull_relu(g, a):
    g *= a > 0  # at the kink the slope is taken as 0


ACTIVATIONS = {
    "logistic": Activation(_apply_logistic, _pull_logistic),
    "tanh": Activation(_apply_tanh, _pull_tanh),
    "relu": Activation(_apply_relu, _pull_relu),
    "identity": Activation(_keep, _keep),
    "softmax": Activation(_keep, _keep),  # part of the cost: see cross_entropy
}


# ------------------------------------------------------------------------------------- costs


def squared_distance(output, Y):
    """Return the mean squared distance of the rows, and its derivative by the output."""
    difference = output - Y
    n = len(output)
    return float(np.vdot(difference, difference)) / n, difference * (2 / n)


def cross_entropy(scores, Y):
    """Return the mean of -sum(Y log p), p = softmax(scores), and its derivative by the scores.

    Softmax and logarithm are taken together: no score is too large, no probability too small.
    """
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    n = len(scores)
    cost = float(np.log(total).sum() - np.vdot(Y, shifted)) / n
    p /= total
    p -= Y
    p /= n
    return cost, p


COSTS = {"squared distance": squared_distance, "cross-entropy": cross_entropy}


# ---------------------------------------------------------------------- forward and backward


def forward_pass(layers, weights, biases, activations):
    """Fill layers[1:], each from the one before it; layers[0] holds the examples as rows."""
    for k, (W, b, name) in enumerate(zip(weights, biases, activations, strict=True)):
        z = layers[k + 1]
        np.matmul(layers[k], W.T, out=z)
        z += b
        ACTIVATIONS[name].apply(z)


def backward_pass(layers, delta, weights, activations):
    """Yield (k, delta, input) for the layers from the last to the first.

    On the way in, `delta` is the derivative of the cost by the output. What is yielded with
    layer k is its derivative by the sums z of that layer, and what the layer was given: the
    gradients are then ``delta.T @ input`` and ``delta.sum(axis=0)``. The next derivative is
    ready before the yield, so the caller may change the weights of layer k at once. The
    values in `layers` are used up.
    """
    for k in reversed(range(len(weights))):
        ACTIVATIONS[activations[k]].pull(delta, layers[k + 1])
        before = delta @ weights[k] if k else None
        yield k, delta, layers[k]
        delta = before


# ------------------------------------------------------------------------------- the network


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """What a training recorded.

    Attributes
    ----------
    costs : ndarray, shape (epochs,)
        For each epoch the mean cost of its batches, each measured before its step.
    rates : ndarray, shape (epochs,)
        The step size of each epoch.
    interrupted : bool
        Whether Ctrl-C ended it early. What was learnt until then is kept.
    """

    costs: np.ndarray
    rates: np.ndarray
    interrupted: bool

    @property
    def epochs(self):
        """How many epochs were finished."""
        return len(self.costs)

    def __repr__(self):
        end = f", cost {self.costs[-1]:.3g} in the last" if self.epochs else ""
        stop = ", interrupted" if self.interrupted else ""
        return f"TrainingHistory({self.epochs} epochs{end}{stop})"


class Network:
    r"""A network of fully connected layers.

    .. math:: a^{(k)} = \sigma\bigl(W^{(k)} a^{(k-1)} + b^{(k)}\bigr), \qquad a^{(0)} = x

    Its formula is :eq:`eq-def-layer`; its cost, unless another is asked for, is the mean over
    the examples of the squared distance of the output from the target (:eq:`eq-def-cost`).

    Parameters
    ----------
    sizes : sequence of int
        The number of entries of the input, of each hidden layer, and of the output.
    activation : str or sequence of str
        "logistic", "tanh", "relu" or "identity": the same in every layer, or a list with one
        name a layer. With ``cost="cross-entropy"`` the last layer is "softmax"; one name
        then stands for the hidden layers.
    cost : str
        "squared distance", or "cross-entropy" for classes: the output is then a probability
        for each class, and targets may be the classes' numbers.
    dtype : dtype
        float64, or float32 for about twice the speed at seven digits.
    seed : int, optional
        Fixes the first weights and the order of examples in training.

    Attributes
    ----------
    sizes, activations, dtype
        As asked for; `activations` has one name a layer.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or an option is not one of those above.

    Notes
    -----
    The first weights are normally distributed with variance 2/(in + out), or 2/in before a
    "relu", so that signals neither grow nor fade on their way (Glorot and Bengio 2010, He et
    al. 2015); the first biases are zero.

    Examples
    --------
    A neuron that says not: near 1 for input 0, near 0 for input 1.

    >>> net = Network([1, 1], activation="logistic")
    >>> net.weights, net.biases = [[[-10.0]]], [[5.0]]
    >>> net.forward([[0], [1]]).round(2)
    array([[0.99],
           [0.01]])
    """

    def __init__(
        self,
        sizes,
        *,
        activation="logistic",
        cost="squared distance",
        dtype=np.float64,
        seed=None,
    ):
        try:
            sizes = tuple(sizes)
        except TypeError:
            raise ValueError(f"sizes must be a list of whole numbers, got {sizes!r}") from None
        self.sizes = tuple(as_count(n, f"sizes[{k}]", low=1) for k, n in enumerate(sizes))
        if len(self.sizes) < 2:
            raise ValueError(f"sizes must name at least input and output, got {sizes!r}")
        if cost not in COSTS:
            raise ValueError(f"cost must be one of {', '.join(COSTS)}, got {cost!r}")
        self._cost = cost
        self.activations = self._settle_activations(activation)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64, got {dtype!r}")
        self._rng = np.random.default_rng(seed)
        self._weights, self._biases = [], []
        shapes = zip(self.sizes, self.sizes[1:], self.activations, strict=False)
        for n_in, n_out, name in shapes:
            spread = np.sqrt(2 / n_in if name == "relu" else 2 / (n_in + n_out))
            W = spread * self._rng.standard_normal((n_out, n_in))
            self._weights.append(W.astype(self.dtype, order="F"))  # the product X Wᵀ likes it
            self._biases.append(np.zeros(n_out, self.dtype))

    def _settle_activations(self, activation):
        """Return one name a layer."""
        depth, softmax = len(self.sizes) - 1, self._cost == "cross-entropy"
        if isinstance(activation, str):
            names = (activation,) * (depth - softmax) + ("softmax",) * softmax
        else:
            names = tuple(activation)
        if len(names) != depth:
            raise ValueError(
                f"activation must name one function for each of {depth} layers, got {names}"
            )
        for name in names[:-1] if softmax else names:
            if name not in ACTIVATIONS or name == "softmax":
                allowed = ", ".join(list(ACTIVATIONS)[:-1])
                raise ValueError(f"activation must be one of {allowed}, got {name!r}")
        if softmax and names[-1] != "softmax":
            raise ValueError(
                f'with cost="cross-entropy" the last activation is "softmax", got {names[-1]!r}'
            )
        return names

    def __repr__(self):
        shape = "–".join(map(str, self.sizes))
        return f"Network({shape}, {', '.join(dict.fromkeys(self.activations))}, {self.dtype})"

    @property
    def weights(self):
        """One matrix a layer, shape (out, in); assignable, whole or one by one."""
        return self._weights

    @weights.setter
    def weights(self, values):
        shapes = list(zip(self.sizes[1:], self.sizes, strict=False))
        self._weights = self._settle(values, "weights", shapes)

    @property
    def biases(self):
        """One vector a layer, shape (out,); assignable, whole or one by one."""
        return self._biases

    @biases.setter
    def biases(self, values):
        self._biases = self._settle(values, "biases", [(n,) for n in self.sizes[1:]])

    def _settle(self, values, name, shapes):
        """Return own copies of one array a layer, each of its shape."""
        if len(values) != len(shapes):
            raise ValueError(f"{name} must hold {len(shapes)} arrays, got {len(values)}")
        arrays = []
        for k, (value, shape) in enumerate(zip(values, shapes, strict=True)):
            array = as_array(value, f"{name}[{k}]")
            if array.shape != shape:
                raise ValueError(f"{name}[{k}] must have shape {shape}, got {array.shape}")
            arrays.append(np.array(array, dtype=self.dtype, order="F"))
        return arrays

    def _parameters(self):
        """Return weights and biases as they stand, checked if somebody has put others in."""
        shapes = zip(self._weights, self.sizes[1:], self.sizes, strict=False)
        right = len(self._weights) == len(self.sizes) - 1 and all(
            isinstance(W, np.ndarray) and W.dtype == self.dtype and W.shape == (n, m)
            for W, n, m in shapes
        )
        if not right:
            self.weights = self._weights
        right = len(self._biases) == len(self.sizes) - 1 and all(
            isinstance(b, np.ndarray) and b.dtype == self.dtype and b.shape == (n,)
            for b, n in zip(self._biases, self.sizes[1:], strict=False)
        )
        if not right:
            self.biases = self._biases
        return self._weights, self._biases

    def _inputs(self, X):
        X = as_matrix(X, "X")
        if X.shape[1] != self.sizes[0]:
            raise ValueError(
                f"X must have one example a row, of {self.sizes[0]} entries, got shape {X.shape}"
            )
        return X.astype(self.dtype, copy=False)

    def _targets(self, Y, n):
        """Return one target a row; class numbers become rows of zeros and a one."""
        classes = self.sizes[-1]
        if self._cost == "cross-entropy" and np.ndim(Y) == 1:
            labels = as_array(Y, "Y")
            if not ((labels == np.floor(labels)) & (labels >= 0) & (labels < classes)).all():
                raise ValueError(f"Y must hold class numbers from 0 to {classes - 1}")
            Y = np.zeros((len(labels), classes), self.dtype)
            Y[np.arange(len(labels)), labels.astype(int)] = 1
        Y = as_matrix(Y, "Y")
        if Y.shape != (n, classes):
            raise ValueError(
                f"Y must have one target a row, shape ({n}, {classes}), got shape {Y.shape}"
            )
        if self._cost == "cross-entropy":
            off = np.abs(Y.sum(axis=1) - 1).max()
            if Y.min() < 0 or off > 1e-3:
                raise ValueError("each row of Y must hold probabilities that sum to 1")
        return Y.astype(self.dtype, copy=False)

    def _run(self, X, weights, biases):
        """Return the values of all layers, the examples first."""
        layers = [X, *(np.empty((len(X), n), self.dtype) for n in self.sizes[1:])]
        forward_pass(layers, weights, biases, self.activations)
        return layers

    def forward(self, X):
        """Return the output for each example.

        Parameters
        ----------
        X : array_like, shape (n, sizes[0])
            One example a row.

        Returns
        -------
        ndarray, shape (n, sizes[-1])
            One output a row; with ``cost="cross-entropy"`` the classes' probabilities.

        Raises
        ------
        ValueError
            If `X` has another width, or an entry that is not finite.
        """
        output = self._run(self._inputs(X), *self._parameters())[-1]
        return scipy.special.softmax(output, axis=1) if self._cost == "cross-entropy" else output

    def cost(self, X, Y):
        r"""Return the mean cost of the examples.

        .. math:: C = \frac1n \sum_{i=1}^n \lVert a(x_i) - y_i \rVert^2

        Parameters
        ----------
        X : array_like, shape (n, sizes[0])
            One example a row.
        Y : array_like, shape (n, sizes[-1])
            One target a row. With ``cost="cross-entropy"``, rows of probabilities, or the
            classes' numbers, shape (n,).

        Returns
        -------
        float
            The mean squared distance, or the mean cross-entropy.

        Raises
        ------
        ValueError
            If the shapes do not fit the network, or an entry is not finite.

        Examples
        --------
        >>> net = Network([1, 2], activation="identity")
        >>> net.weights = [[[1.0], [2.0]]]
        >>> net.cost([[1.0]], [[1.0, 0.0]])  # (1 - 1)² + (2 - 0)²
        4.0
        """
        X = self._inputs(X)
        Y = self._targets(Y, len(X))
        return COSTS[self._cost](self._run(X, *self._parameters())[-1], Y)[0]

    def gradients(self, X, Y):
        """Return the gradient of the cost by every weight and bias.

        Parameters
        ----------
        X, Y : array_like
            As for `cost`.

        Returns
        -------
        list of (ndarray, ndarray)
            For each layer (dW, db), in the shapes of the layer's weights and biases.

        Raises
        ------
        ValueError
            If the shapes do not fit the network, or an entry is not finite.

        Examples
        --------
        >>> net = Network([1, 1], activation="identity")
        >>> net.weights = [[[3.0]]]
        >>> net.gradients([[2.0]], [[5.0]])  # C = (3·2 - 5)²: by w it is 2·1·2, by b 2·1
        [(array([[4.]]), array([2.]))]
        """
        X = self._inputs(X)
        Y = self._targets(Y, len(X))
        weights, biases = self._parameters()
        layers = self._run(X, weights, biases)
        delta = COSTS[self._cost](layers[-1], Y)[1]
        found = [None] * len(weights)
        for k, delta_k, inputs in backward_pass(layers, delta, weights, self.activations):
            found[k] = delta_k.T @ inputs, delta_k.sum(axis=0)
        return found

    def train(
        self,
        X,
        Y,
        *,
        epochs=100,
        batch_size=None,
        rate=1.0,
        momentum=0.0,
        after_epoch=None,
        progress=None,
    ):
        r"""Walk downhill: subtract from every parameter a multiple of its gradient.

        .. math:: v \leftarrow \mu v - \gamma\,\nabla C, \qquad w \leftarrow w + v

        Parameters
        ----------
        X, Y : array_like
            As for `cost`.
        epochs : int
            How often every example is used.
        batch_size : int, optional
            How many examples, drawn without repetition in a new order every epoch, a step
            looks at; all of them where not given.
        rate : float or callable
            The step size γ, or a function of the epoch's number (from 0) that returns it.
        momentum : float
            The share μ, from 0 (none) to below 1, of the last step that the next one keeps.
        after_epoch : callable, optional
            Called with the network after each epoch. If it returns True, training ends.
        progress : bool, optional
            Whether to show a progress bar; by default only on a terminal.

        Returns
        -------
        TrainingHistory
            The costs, epoch by epoch. Ctrl-C ends the training early; the network keeps what
            it has learnt until then.

        Raises
        ------
        ValueError
            If the shapes do not fit the network, an entry is not finite, or an option is out
            of its range.
        ConvergenceError
            If the cost ceases to be finite; its `iterates` are the costs until then.

        Examples
        --------
        >>> net = Network([1, 1], activation="identity", seed=1)
        >>> history = net.train([[0], [1], [2]], [[1], [3], [5]], epochs=200, rate=0.2)
        >>> net.weights[0].round(6), net.biases[0].round(6)
        (array([[2.]]), array([1.]))
        """
        X = self._inputs(X)
        Y = self._targets(Y, len(X))
        n = len(X)
        epochs = as_count(epochs, "epochs")
        size = n if batch_size is None else min(as_count(batch_size, "batch_size", low=1), n)
        momentum = as_number(momentum, "momentum", low=0, high=1)
        if momentum == 1:
            raise ValueError("momentum must be less than 1, got 1")
        rates = rate if callable(rate) else lambda epoch: rate
        as_number(rates(0), "rate")
        if progress is None:
            progress = sys.stderr.isatty()
        costs, used, interrupted = [], [], False
        self.weights, self.biases = self._weights, self._biases  # own arrays: changed in place
        step = _Steps(self, size, momentum)
        bar = tqdm(range(epochs), unit="epoch", disable=not progress)
        try:
            for epoch in bar:
                gamma = as_number(rates(epoch), "rate")
                with np.errstate(over="ignore", invalid="ignore"):
                    cost = step.epoch(X, Y, gamma, self._rng)
                if not np.isfinite(cost):
                    raise ConvergenceError(
                        f"in epoch {epoch} the cost became {cost}: the steps are too large, "
                        f"try a rate below {gamma:g}",
                        iterates=costs,
                    )
                costs.append(cost)
                used.append(gamma)
                bar.set_postfix(cost=f"{cost:.4g}", refresh=False)
                if after_epoch is not None and after_epoch(self) is True:
                    break
        except KeyboardInterrupt:
            interrupted = True
        finally:
            bar.close()
        return TrainingHistory(np.array(costs), np.array(used), interrupted)


class _Steps:
    """The arrays that training uses again and again, and the steps taken with them."""

    def __init__(self, network, size, momentum):
        self.network, self.size, self.momentum = network, size, momentum
        # where a plain step goes: into the weights; with momentum: into the velocities
        self.moved = network.weights, network.biases
        if momentum:
            self.moved = tuple([np.zeros_like(a) for a in arrays] for arrays in self.moved)
        self.gemm = scipy.linalg.get_blas_funcs("gemm", dtype=network.dtype)
        self.layers = [np.empty((size, m), network.dtype) for m in network.sizes]
        self.targets = np.empty((size, network.sizes[-1]), network.dtype)

    def epoch(self, X, Y, rate, rng):
        """Use every example once; return the mean cost."""
        n, total = len(X), 0.0
        if self.size == n:  # one batch, in the order given
            return self.batch([X, *self.layers[1:]], Y, rate)
        order = rng.permutation(n)
        for start in range(0, n, self.size):
            chosen = order[start : start + self.size]
            layers = [layer[: len(chosen)] for layer in self.layers]
            targets = self.targets[: len(chosen)]
            np.take(X, chosen, axis=0, out=layers[0], mode="clip")  # "clip" writes at once
            np.take(Y, chosen, axis=0, out=targets, mode="clip")
            total += len(chosen) * self.batch(layers, targets, rate)
        return total / n

    def batch(self, layers, Y, rate):
        """Take one step; return the cost before it."""
        network = self.network
        weights, biases, names = network.weights, network.biases, network.activations
        forward_pass(layers, weights, biases, names)
        cost, delta = COSTS[network._cost](layers[-1], Y)
        keep = self.momentum or 1.0
        for k, delta_k, inputs in backward_pass(layers, delta, weights, names):
            V, v = self.moved[0][k], self.moved[1][k]
            # V ← keep V - rate deltaᵀ inputs, in one call and in place: the gradient itself
            # is never written down
            self.gemm(-rate, delta_k.T, inputs.T, trans_b=True, beta=keep, c=V, overwrite_c=True)
            v *= keep
            v -= rate * delta_k.sum(axis=0)
            if self.momentum:
                weights[k] += V
                biases[k] += v
        return cost
