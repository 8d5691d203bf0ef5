r"""Automatic differentiation: exact derivatives of functions written with NumPy.

Two ways to run the chain rule through a program, on one table of partial derivatives:

* **forward mode**: a `Dual` carries a value and its Jacobian with respect to the inputs; each
  operation multiplies the Jacobian by the operation's own (:eq:`eq-chain-jacobians` read
  from the right). One pass costs in proportion to the number of inputs.
* **reverse mode**: a `Node` remembers what it was computed from; the backward pass carries
  the derivative of the one result back to every node (the same product read from the left).
  One pass gives the whole gradient, whatever the number of inputs.

Put `Dual` numbers inside the nodes and the backward pass returns the Hessian.

What can be differentiated: arithmetic, comparison, indexing, the functions in `PARTIALS` and
the array functions in `ARRAY_FUNCTIONS`. Anything else raises a `TypeError`, never a wrong
derivative. At a kink the derivative of the branch taken is returned: 0 for ``abs`` at 0, the
first argument's for ``maximum`` and ``minimum`` at a tie, the first of equals for ``max`` and
``min``. Traced values never change in place: ``y += 1`` makes a new value for the name ``y``.
"""

import itertools
import operator
from functools import reduce

import numpy as np
import scipy.special

# A number for each differentiation: where one runs inside another, the inner has the higher.
_levels = itertools.count(1)


ONE = 1.0  # the slope of a sum: nothing to multiply by

# ----------------------------------------------------------------- the table of derivatives


def _power_by_base(y, a, b):
    """Return the derivative of a**b by a, without 0·log 0 or 0·∞ at a = 0."""
    if isinstance(b, int | float):
        return 2 * a if b == 2 else b * a ** (b - 1) if b != 0 else 0 * a
    if isinstance(b, Traced):  # it may be differentiated by b as well: no case apart
        return b * a ** (b - 1)
    return b * a ** np.where(b == 0, 1, b - 1)


# ufunc -> its partial derivatives, one for each argument, from the result y and the arguments.
PARTIALS = {
    np.add: (lambda y, a, b: ONE, lambda y, a, b: ONE),
    np.subtract: (lambda y, a, b: ONE, lambda y, a, b: -1.0),
    np.multiply: (lambda y, a, b: b, lambda y, a, b: a),
    np.divide: (lambda y, a, b: 1 / b, lambda y, a, b: -y / b),
    np.power: (_power_by_base, lambda y, a, b: y * np.log(a)),
    np.float_power: (_power_by_base, lambda y, a, b: y * np.log(a)),
    np.arctan2: (lambda y, a, b: b / (a * a + b * b), lambda y, a, b: -a / (a * a + b * b)),
    np.hypot: (lambda y, a, b: a / y, lambda y, a, b: b / y),
    np.maximum: (lambda y, a, b: 1.0 * (a >= b), lambda y, a, b: 1.0 * (a < b)),
    np.minimum: (lambda y, a, b: 1.0 * (a <= b), lambda y, a, b: 1.0 * (a > b)),
    np.negative: (lambda y, x: -1.0,),
    np.positive: (lambda y, x: ONE,),
    np.absolute: (lambda y, x: np.sign(x),),
    np.sign: (lambda y, x: 0 * x,),
    np.floor: (lambda y, x: 0 * x,),
    np.ceil: (lambda y, x: 0 * x,),
    np.square: (lambda y, x: 2 * x,),
    np.sqrt: (lambda y, x: 0.5 / y,),
    np.cbrt: (lambda y, x: 1 / (3 * y * y),),
    np.reciprocal: (lambda y, x: -y * y,),
    np.exp: (lambda y, x: y,),
    np.exp2: (lambda y, x: np.log(2) * y,),
    np.expm1: (lambda y, x: y + 1,),
    np.log: (lambda y, x: 1 / x,),
    np.log2: (lambda y, x: 1 / (np.log(2) * x),),
    np.log10: (lambda y, x: 1 / (np.log(10) * x),),
    np.log1p: (lambda y, x: 1 / (1 + x),),
    np.sin: (lambda y, x: np.cos(x),),
    np.cos: (lambda y, x: -np.sin(x),),
    np.tan: (lambda y, x: 1 + y * y,),
    np.arcsin: (lambda y, x: 1 / np.sqrt(1 - x * x),),
    np.arccos: (lambda y, x: -1 / np.sqrt(1 - x * x),),
    np.arctan: (lambda y, x: 1 / (1 + x * x),),
    np.sinh: (lambda y, x: np.cosh(x),),
    np.cosh: (lambda y, x: np.sinh(x),),
    np.tanh: (lambda y, x: 1 - y * y,),
    np.arcsinh: (lambda y, x: 1 / np.sqrt(x * x + 1),),
    np.arccosh: (lambda y, x: 1 / np.sqrt(x * x - 1),),
    np.arctanh: (lambda y, x: 1 / (1 - x * x),),
    scipy.special.expit: (lambda y, x: y * (1 - y),),
    scipy.special.erf: (lambda y, x: 2 / np.sqrt(np.pi) * np.exp(-x * x),),
}


# --------------------------------------------------------------- what both modes have in common


class UnknownMethodError(AttributeError, TypeError):
    """A method of arrays without a rule here: a missing attribute, and a `TypeError`."""


class Traced:
    """A value on its way through a function: what `Dual` and `Node` share.

    A subclass says how it passes through a ufunc (``_apply``), a linear map of the entries
    (``_linear``), a matrix product (``_matmul``) and a concatenation (``_join``).
    """

    __slots__ = ()
    __hash__ = None

    def __add__(self, other):
        return _operate(np.add, self, other)

    def __radd__(self, other):
        return _operate(np.add, other, self)

    def __sub__(self, other):
        return _operate(np.subtract, self, other)

    def __rsub__(self, other):
        return _operate(np.subtract, other, self)

    def __mul__(self, other):
        return _operate(np.multiply, self, other)

    def __rmul__(self, other):
        return _operate(np.multiply, other, self)

    def __truediv__(self, other):
        return _operate(np.divide, self, other)

    def __rtruediv__(self, other):
        return _operate(np.divide, other, self)

    def __pow__(self, other):
        return _operate(np.power, self, other)

    def __rpow__(self, other):
        return _operate(np.power, other, self)

    def __matmul__(self, other):
        return _operate(np.matmul, self, other)

    def __rmatmul__(self, other):
        return _operate(np.matmul, other, self)

    def __neg__(self):
        return self._apply(np.negative, (self,))

    def __pos__(self):
        return self

    def __abs__(self):
        return self._apply(np.absolute, (self,))

    # Comparisons ask about the value alone: they choose a branch.
    def __lt__(self, other):
        return _plain(self) < _plain(other)

    def __le__(self, other):
        return _plain(self) <= _plain(other)

    def __gt__(self, other):
        return _plain(self) > _plain(other)

    def __ge__(self, other):
        return _plain(self) >= _plain(other)

    def __eq__(self, other):
        return _plain(self) == _plain(other)

    def __ne__(self, other):
        return _plain(self) != _plain(other)

    def __bool__(self):
        return bool(_plain(self))

    def __float__(self):
        raise TypeError(
            "automatic differentiation cannot pass through float(): write the function with "
            "NumPy (np.exp, not math.exp) and without converting its argument"
        )

    __int__ = __index__ = __complex__ = __float__

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: len(self.value.shape))
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)
    T = property(lambda self: self.transpose())

    def __len__(self):
        if not self.shape:
            raise TypeError("a single number has no length")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index):
        """Return the entries at `index`; backwards, what arrives is put where they were."""
        index = _full_index(index, self.ndim)
        return self._linear(lambda x: x[index], lambda g: _scatter(g, index, self.shape))

    def sum(self, axis=None, keepdims=False):
        """Return the sum along `axis`; backwards, what arrives is spread over the terms."""
        axes = range(self.ndim) if axis is None else np.atleast_1d(axis) % self.ndim
        axes = tuple(int(a) for a in axes)
        kept = tuple(1 if i in axes else k for i, k in enumerate(self.shape))
        return self._linear(
            lambda x: x.sum(axis=axes, keepdims=keepdims),
            lambda g: g.reshape(kept) + np.zeros(self.shape),
        )

    def mean(self, axis=None, keepdims=False):
        """Return the mean along `axis`."""
        total = self.sum(axis=axis, keepdims=keepdims)
        return total * (total.size / self.size)

    def prod(self):
        """Return the product of all entries."""
        return reduce(operator.mul, self.ravel())

    def max(self):
        """Return the largest entry (the first of equals)."""
        return self.ravel()[int(_plain(self).argmax())]

    def min(self):
        """Return the smallest entry (the first of equals)."""
        return self.ravel()[int(_plain(self).argmin())]

    def cumsum(self, axis=0):
        """Return the running sums of a vector."""
        if self.ndim != 1:
            raise TypeError("automatic differentiation knows cumsum for vectors only")
        return self._linear(lambda x: x.cumsum(axis=0), lambda g: g[::-1].cumsum(axis=0)[::-1])

    def reshape(self, *shape):
        """Return the same entries in another shape."""
        shape = np.empty(self.shape, dtype=bool).reshape(*shape).shape  # settles a -1
        old = self.shape
        return self._linear(
            lambda x: x.reshape(shape + x.shape[len(old) :]), lambda g: g.reshape(old)
        )

    def ravel(self):
        """Return the entries as a vector."""
        return self if self.ndim == 1 else self.reshape(-1)

    def transpose(self, *axes):
        """Return the value with its axes in this order, the opposite one where none is given."""
        axes = axes or tuple(range(self.ndim))[::-1]
        back = tuple(sorted(range(len(axes)), key=axes.__getitem__))
        return self._linear(
            lambda x: x.transpose(*axes, *range(len(axes), x.ndim)), lambda g: g.transpose(*back)
        )

    def copy(self):
        """Return itself: nothing here changes in place."""
        return self

    def dot(self, other):
        """Return the matrix product, or the multiple by a number, as NumPy does."""
        return self @ other if self.shape and np.shape(_plain(other)) else self * other

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        """Let np.exp(x), and array * x, arrive here."""
        if method != "__call__" or options:
            return NotImplemented
        return _operate(ufunc, *inputs)

    def __array_function__(self, function, types, arguments, options):
        """Let np.sum(x) and its like arrive here."""
        rule = ARRAY_FUNCTIONS.get(function)
        return NotImplemented if rule is None else rule(*arguments, **options)

    def __getattr__(self, name):
        """Offer np.exp(x) as x.exp(): so NumPy treats the entries of an object array."""
        if name not in _BY_NAME:
            raise UnknownMethodError(f"automatic differentiation does not know .{name}")
        return lambda: self._apply(_BY_NAME[name], (self,))


_BY_NAME = {ufunc.__name__: ufunc for ufunc, partials in PARTIALS.items() if len(partials) == 1}
COMPARISONS = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.isfinite, np.isnan,
}  # fmt: skip


def _operate(ufunc, *arguments):
    """Apply a ufunc: the argument of highest level decides, the others are constants to it."""
    arguments = [gather(a) if isinstance(a, SEQUENCES) else a for a in arguments]
    lead = max(arguments, key=_level) if len(arguments) > 1 else arguments[0]
    if ufunc in PARTIALS:
        return lead._apply(ufunc, arguments)
    if ufunc is np.matmul:
        return lead._matmul(*arguments)
    if ufunc in COMPARISONS:
        return ufunc(*(_plain(a) for a in arguments))
    return NotImplemented


def _level(x):
    return x.level if isinstance(x, Traced) else 0


def _plain(x):
    """Return the array of numbers at the bottom of a traced value."""
    while isinstance(x, Traced):
        x = x.value
    return x


SEQUENCES = (np.ndarray, list, tuple)


def gather(x):
    """Return what a function returned, a list or object array of traced numbers, as one."""
    if not isinstance(x, SEQUENCES):
        return x
    x = np.asarray(x)
    if x.dtype != object:
        return x
    lead = max(x.flat, key=_level, default=0.0)
    if not isinstance(lead, Traced):
        return x.astype(float)
    return lead._join(list(x.flat)).reshape(x.shape)


def _full_index(index, ndim):
    """Write an ellipsis out: a tangent has one axis more than its value."""
    index = index if isinstance(index, tuple) else (index,)
    where = [i for i, part in enumerate(index) if part is Ellipsis]
    if not where:
        return index
    masks = [np.ndim(part) for part in index if getattr(part, "dtype", None) == np.dtype(bool)]
    taken = len([part for part in index if part is not None]) - len(masks) + sum(masks)
    rest = (slice(None),) * (ndim - taken + 1)
    return index[: where[0]] + rest + index[where[0] + 1 :]


def _scatter(g, index, shape):
    """Return zeros of `shape` with `g` added at `index`: the adjoint of taking entries."""
    if isinstance(g, Traced):
        own = g.ndim
        return g._linear(lambda x: _scatter(x, index, shape + x.shape[own:]), lambda h: h[index])
    out = np.zeros(shape)
    if all(isinstance(part, int | np.integer | slice | None) for part in index):
        out[index] = g
    else:
        np.add.at(out, index, g)  # an entry taken twice counts twice
    return out


# ------------------------------------------------------------------------------- forward mode


class Dual(Traced):
    """A value and its Jacobian with respect to the inputs.

    Attributes
    ----------
    value : ndarray, shape s
        The value (traced itself where differentiations are nested).
    tangent : ndarray, shape s + (n,)
        Its derivatives by the n inputs, on the last axis.
    level : int
        Which differentiation it belongs to.
    """

    __slots__ = ("level", "tangent", "value")

    def __init__(self, value, tangent, level):
        self.value, self.tangent, self.level = value, tangent, level

    def _split(self, x):
        """Return the value of `x`, and its tangent or None where it is a constant here."""
        if isinstance(x, Dual) and x.level == self.level:
            return x.value, x.tangent
        return x, None

    def _apply(self, ufunc, arguments):
        """Chain rule: add up, over the arguments, partial derivative times tangent."""
        values, tangents = zip(*map(self._split, arguments), strict=True)
        y = ufunc(*values)
        total = None
        for partial, tangent in zip(PARTIALS[ufunc], tangents, strict=True):
            if tangent is not None:
                slope = partial(y, *values)
                term = tangent if slope is ONE else _multiple(slope, tangent)
                total = term if total is None else total + term
        if total.shape[:-1] != y.shape:  # a number met an array: its tangent is spread
            total = total + np.zeros((*y.shape, 1), order="F")
        return Dual(y, total, self.level)

    def _linear(self, function, adjoint):
        """Apply a linear map of the value's axes to the value and to each tangent."""
        return Dual(function(self.value), function(self.tangent), self.level)

    def _matmul(self, a, b):
        """Product rule: (AB)' = A'B + AB'."""
        (a, da), (b, db) = self._split(a), self._split(b)
        _check_product(a, b)
        y = a @ b
        total = np.zeros((*y.shape, 1))
        if da is not None and len(a.shape) == 1:
            total = total + b.T @ da
        elif da is not None:  # the tangents' axis goes before the one that is summed over
            (rows, inner), n = a.shape, da.shape[-1]
            product = da.transpose(0, 2, 1).reshape(rows * n, inner) @ b
            product = product.reshape(rows, n, *y.shape[1:])
            total = total + (product.transpose(0, 2, 1) if len(y.shape) == 2 else product)
        if db is not None:
            total = total + (a @ db.reshape(db.shape[0], -1)).reshape(y.shape + db.shape[-1:])
        return Dual(y, total, self.level)

    def _join(self, parts):
        """Return several values, one after the other, as a vector."""
        n = self.tangent.shape[-1]
        values, tangents = [], []
        for value, tangent in map(self._split, parts):
            size = np.size(_plain(value))
            values.append(value.reshape(size) if size > 1 or _level(value) else _one(value))
            tangents.append(np.zeros((size, n)) if tangent is None else tangent.reshape(size, n))
        return Dual(np.concatenate(values), np.concatenate(tangents), self.level)


def _check_product(a, b):
    """Return how many axes the factors have, if there is a rule for them."""
    axes = len(np.shape(_plain(a))), len(np.shape(_plain(b)))
    if max(axes) > 2:
        raise TypeError("automatic differentiation knows products of matrices and vectors only")
    return axes


def _one(value):
    return np.asarray(value, dtype=float).reshape(-1)


def _multiple(slope, tangent):
    """Return slope times tangent, each direction in one piece: entries by far outnumber them."""
    if not getattr(slope, "shape", ()):
        return slope * tangent
    if isinstance(slope, np.ndarray) and isinstance(tangent, np.ndarray):
        return np.multiply(slope[..., None], tangent, order="F")
    return slope[..., None] * tangent


# ------------------------------------------------------------------------------- reverse mode


class Node(Traced):
    """A value, and how to pass a derivative back to what it was computed from.

    Attributes
    ----------
    value : ndarray
        The value (a `Dual` for second derivatives).
    parents : list of (Node, function)
        Each node it was computed from, and the function that takes the derivative of the
        result by this value to its share of the derivative by that node.
    gradient : ndarray or None
        The derivative of the result by this value, after `backward`.
    tape : list of Node
        All nodes of this differentiation in the order in which they were computed.
    level : int
        Which differentiation it belongs to.
    """

    __slots__ = ("gradient", "level", "parents", "tape", "value")

    def __init__(self, value, parents, tape, level):
        self.value, self.parents, self.gradient = value, parents, None
        self.tape, self.level = tape, level
        tape.append(self)

    def backward(self):
        """Pass the derivative of this number back to every node, latest first."""
        self.gradient = np.ones(self.shape)
        for node in reversed(self.tape):
            if node.gradient is None:
                continue  # the result does not depend on it
            for parent, pull in node.parents:
                share = pull(node.gradient)
                if share.shape != parent.value.shape:
                    share = _sum_to(share, parent.shape)
                parent.gradient = share if parent.gradient is None else parent.gradient + share

    def _mine(self, x):
        return isinstance(x, Node) and x.level == self.level

    def _new(self, value, parents):
        return Node(value, parents, self.tape, self.level)

    def _apply(self, ufunc, arguments):
        """Remember, for each argument, the partial derivative to multiply by."""
        mine = [isinstance(a, Node) and a.level == self.level for a in arguments]
        values = [a.value if own else a for a, own in zip(arguments, mine, strict=True)]
        y = ufunc(*values)
        parents = []
        for partial, argument, own in zip(PARTIALS[ufunc], arguments, mine, strict=True):
            if own:
                slope = partial(y, *values)
                parents.append((argument, lambda g, slope=slope: g if slope is ONE else g * slope))
        return self._new(y, parents)

    def _linear(self, function, adjoint):
        """Apply a linear map of the entries; its adjoint takes derivatives back."""
        return self._new(function(self.value), [(self, adjoint)])

    def _matmul(self, a, b):
        """Y = AB gives dA = dY Bᵀ and dB = Aᵀ dY."""
        left, right = (x.value if self._mine(x) else x for x in (a, b))
        shapes = _check_product(left, right)
        parents = []
        if self._mine(a):
            pull = {
                (1, 1): lambda g: g * right,
                (1, 2): lambda g: right @ g,
                (2, 1): lambda g: g[:, None] * right,
                (2, 2): lambda g: g @ right.T,
            }
            parents.append((a, pull[shapes]))
        if self._mine(b):
            pull = {
                (1, 1): lambda g: g * left,
                (1, 2): lambda g: left[:, None] * g,
                (2, 1): lambda g: left.T @ g,
                (2, 2): lambda g: left.T @ g,
            }
            parents.append((b, pull[shapes]))
        return self._new(left @ right, parents)

    def _join(self, parts):
        """Return several values, one after the other, as a vector."""
        values, parents, start = [], [], 0
        for part in parts:
            value = part.value if self._mine(part) else part
            size = np.size(_plain(value))
            values.append(value.reshape(size) if size > 1 or _level(value) else _one(value))
            if self._mine(part):
                cut = slice(start, start + size)
                parents.append((part, lambda g, cut=cut, to=part.shape: g[cut].reshape(to)))
            start += size
        return self._new(np.concatenate(values), parents)


def _sum_to(g, shape):
    """Undo broadcasting: a number used many times collects the sum of its derivatives."""
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(len(g.shape) - len(shape))))
    stretched = tuple(i for i, k in enumerate(shape) if k == 1 and g.shape[i] != 1)
    return g.sum(axis=stretched, keepdims=True) if stretched else g + np.zeros(shape)


# ---------------------------------------------------------------------------- array functions


def _rearrange(function):
    """Make the rule of a NumPy function that only moves entries, from one argument.

    It is applied to the entries' positions, and the entries are taken in that order.
    """

    def rule(x, *arguments, **options):
        x = gather(x)
        positions = np.arange(x.size).reshape(x.shape)
        return x.ravel()[function(positions, *arguments, **options)]

    return rule


def _assemble(function):
    """Make the rule of a NumPy function that moves entries of a sequence of arrays."""

    def rule(parts, *arguments, **options):
        parts = [gather(part) for part in parts]
        lead = max(parts, key=_level)
        shapes = [np.shape(_plain(part)) for part in parts]
        sizes = [int(np.prod(shape)) for shape in shapes]
        starts = np.cumsum([0, *sizes])
        positions = [
            np.arange(start, start + size).reshape(shape)
            for start, size, shape in zip(starts, sizes, shapes, strict=False)
        ]
        parts = [part if _level(part) else np.asarray(part, dtype=float) for part in parts]
        return lead._join(parts)[function(positions, *arguments, **options)]

    return rule


def _where(condition, a, b):
    a, b = gather(a), gather(b)
    if not max(_level(a), _level(b)):  # only the condition was traced
        return np.where(_plain(condition), a, b)
    shape = np.broadcast_shapes(*(np.shape(_plain(x)) for x in (condition, a, b)))
    spread = [x + np.zeros(shape) for x in (a, b)]
    choose = _assemble(lambda positions: np.where(_plain(condition), *positions))
    return choose(spread)


def _diagonal(x):
    return (np.arange(min(x.shape)),) * 2


def _flat(x):
    x = gather(x)
    return x.ravel() if isinstance(x, Traced) else np.ravel(x)


def _matrix_product(a, b):
    a, b = gather(a), gather(b)
    return a @ b if np.shape(_plain(a)) and np.shape(_plain(b)) else a * b


ARRAY_FUNCTIONS = {
    np.sum: lambda x, axis=None, keepdims=False: x.sum(axis=axis, keepdims=keepdims),
    np.mean: lambda x, axis=None, keepdims=False: x.mean(axis=axis, keepdims=keepdims),
    np.prod: lambda x: x.prod(),
    np.max: lambda x: x.max(),
    np.min: lambda x: x.min(),
    np.cumsum: lambda x: x.cumsum(),
    np.diff: lambda x: x[1:] - x[:-1] if x.ndim == 1 else NotImplemented,
    np.dot: _matrix_product,
    np.inner: lambda a, b: _matrix_product(a, b) if np.ndim(_plain(b)) < 2 else NotImplemented,
    np.vdot: lambda a, b: _flat(a) @ _flat(b),
    np.outer: lambda a, b: _flat(a).reshape(-1, 1) * _flat(b),
    np.trace: lambda x: x[_diagonal(x)].sum() if x.ndim == 2 else NotImplemented,
    np.linalg.norm: lambda x: np.sqrt((x * x).sum()),
    np.clip: lambda x, low, high: np.minimum(np.maximum(x, low), high),
    np.reshape: lambda x, shape: x.reshape(shape),
    np.ravel: lambda x: x.ravel(),
    np.transpose: lambda x: x.transpose(),
    np.where: _where,
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
    np.zeros_like: lambda x: np.zeros(x.shape),
    np.ones_like: lambda x: np.ones(x.shape),
    np.copy: lambda x: x,
    **{
        f: _rearrange(f)
        for f in (np.flip, np.roll, np.tile, np.repeat, np.swapaxes, np.moveaxis, np.squeeze,
                  np.expand_dims, np.broadcast_to, np.atleast_1d, np.take)
    },
    **{
        f: _assemble(f)
        for f in (np.concatenate, np.stack, np.hstack, np.vstack, np.column_stack)
    },
}  # fmt: skip


# --------------------------------------------------------------------------- the differentiations


def forward(f, x):
    r"""Differentiate `f` at `x` in forward mode: all inputs in one pass.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns a number or an array; written with
        NumPy.
    x : array_like, shape s
        Where to differentiate.

    Returns
    -------
    value : ndarray, shape t
        The value f(x).
    tangent : ndarray, shape t + s
        The derivatives of the value by the entries of `x`; for vectors, the Jacobian.

    Raises
    ------
    TypeError
        If `f` uses something that has no rule here.

    Examples
    --------
    >>> value, tangent = forward(lambda x: np.array([x[0] * x[1], x[0] + x[1]]), [2.0, 3.0])
    >>> tangent
    array([[3., 2.],
           [1., 1.]])
    """
    x = _start(x)
    level = next(_levels)
    seed = Dual(x, np.eye(x.size).reshape(*x.shape, x.size), level)
    y = _call(f, seed)
    if _level(y) != level:  # f does not depend on x
        y = y if _level(y) else _constant(y)
        return y, np.zeros(y.shape + x.shape)
    return y.value, y.tangent.reshape(y.shape + x.shape)


def reverse(f, x):
    r"""Differentiate the number f(x) in reverse mode: one pass, however many inputs.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns one number; written with NumPy.
    x : array_like, shape s
        Where to differentiate.

    Returns
    -------
    value : float
        The value f(x).
    gradient : ndarray, shape s
        Its derivatives by the entries of `x`.

    Raises
    ------
    TypeError
        If `f` uses something that has no rule here.
    ValueError
        If `f` returns more than one number.

    Examples
    --------
    >>> reverse(lambda x: x[0] * x[1] ** 2, [2.0, 3.0])
    (18.0, array([ 9., 12.]))
    """
    x = _start(x)
    level = next(_levels)
    seed = Node(x, [], [], level)
    y = _call(f, seed)
    y = y if _level(y) else _constant(y)
    shape = y.shape
    if np.prod(shape) != 1:
        raise ValueError(f"f must return one number, got an array of shape {shape}")
    if _level(y) != level:
        return (y if _level(y) else float(y.squeeze())), np.zeros(x.shape)
    y = y.reshape(())
    y.backward()
    gradient = np.zeros(x.shape) if seed.gradient is None else seed.gradient
    seed.tape.clear()  # nodes and tape hold each other: without this only the collector frees them
    return (y.value if _level(y.value) else float(y.value)), gradient


def second(f, x):
    r"""Differentiate the number f(x) twice: the backward pass carries tangents along.

    Parameters
    ----------
    f : callable
        Takes a vector of shape (n,) and returns one number; written with NumPy.
    x : array_like, shape (n,)
        Where to differentiate.

    Returns
    -------
    gradient : ndarray, shape (n,)
        The first derivatives.
    hessian : ndarray, shape (n, n)
        The second derivatives, symmetric to the last bit.

    Examples
    --------
    >>> gradient, hessian = second(lambda x: x[0] * x[1] ** 2, [2.0, 3.0])
    >>> hessian
    array([[0., 6.],
           [6., 4.]])
    """
    gradient, hessian = forward(lambda v: reverse(f, v)[1], x)
    return gradient, (hessian + hessian.T) / 2  # the halves agree up to rounding


def _call(f, seed):
    """Return what `f` makes of the traced argument."""
    try:
        return gather(f(seed))
    except ValueError as error:
        if "setting an array element" not in str(error):
            raise
        raise TypeError(
            "automatic differentiation cannot follow a value into an array that is filled entry "
            "by entry (y[0] = …): make it in one piece, with np.array([…])"
        ) from error


def _constant(y):
    """Return what a function returned that did not depend on its argument."""
    if y is None:
        raise TypeError("f must return numbers, got None: is its return missing?")
    return np.asarray(y, dtype=float)


def _start(x):
    """Return the point as an array, or as it is where another differentiation runs outside."""
    x = gather(x)
    return x if _level(x) else np.array(x, dtype=float)
