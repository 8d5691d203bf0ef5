"""Compile the result of a derivation to a function of NumPy arrays."""

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Or
from sympy.printing.numpy import SciPyPrinter

from mml._sampling import is_symbolic


def compile_numpy(line, symbols=()):
    """Return a vectorised function of `symbols`; see `Derivation.numpy`."""
    if isinstance(line, sp.Eq):
        line = line.rhs
    if isinstance(line, Relational | And | Or):
        raise ValueError(f"only an expression or an equation can be compiled, got {line}")
    line = line.doit()
    if line.has(AppliedUndef):
        raise ValueError(f"{line} has a function that is not known, and cannot be compiled")
    matrices = line.atoms(sp.MatrixSymbol)
    sizes = set().union(*[n.free_symbols for m in matrices for n in m.shape], set())
    inner = {m.args[0] for m in matrices}
    free = {
        s for s in line.free_symbols
        if s not in inner and not (s in sizes and s not in symbols)
    } | matrices  # fmt: skip
    symbols = tuple(symbols) or tuple(sorted(free, key=str))
    missing = sorted(map(str, free - set(symbols)))
    if missing:
        raise ValueError(f"the result also depends on {', '.join(missing)}: name every symbol")
    sizes = tuple(sorted(sizes - set(symbols), key=str))
    if isinstance(line, sp.MatrixBase):
        parts = [_lambdify((*symbols, *sizes), e) for e in line]
    else:
        parts = [_lambdify((*symbols, *sizes), line)]
    shape = line.shape if isinstance(line, sp.MatrixBase) else None
    is_matrix = is_symbolic(line)

    def function(*arrays):
        if len(arrays) != len(symbols):
            names = ", ".join(map(str, symbols))
            raise TypeError(f"expected {len(symbols)} arguments ({names}), got {len(arrays)}")
        values, scalars, known = [], [], {}
        for s, array in zip(symbols, arrays, strict=True):
            array = np.asarray(array)
            if array.dtype.kind in "biu":
                array = array.astype(float)
            if isinstance(s, sp.MatrixSymbol):
                array = _as_shape(array, s, known)
            else:
                scalars.append(array.shape)
            values.append(array)
        values += [known[n] for n in sizes]
        out = [np.asarray(f(*values)) for f in parts]
        if is_matrix:
            return out[0]
        broadcast = np.broadcast_shapes(*scalars, *[v.shape for v in out if matrices == set()])
        if matrices and not shape:
            return out[0] if not broadcast else np.broadcast_to(out[0], broadcast).copy()
        full = [np.broadcast_to(v, broadcast) for v in out]
        if shape is None:
            return full[0].copy() if broadcast else full[0][()]
        return np.stack(full, axis=-1).reshape(*broadcast, *shape)

    function.__doc__ = f"{line} as a function of {', '.join(map(str, symbols))}."
    return function


class _Printer(SciPyPrinter):
    """SciPy's printer, and what it lacks: traces, determinants, matrices of unknown size."""

    def _print_Trace(self, e):
        return f"{self._module_format('numpy.trace')}({self._print(e.arg)})"

    def _print_Determinant(self, e):
        return f"{self._module_format('numpy.linalg.det')}({self._print(e.arg)})"

    def _print_Identity(self, e):
        return f"{self._module_format('numpy.eye')}({self._print(e.shape[0])})"

    def _print_ZeroMatrix(self, e):
        return f"{self._module_format('numpy.zeros')}(({self._size(e)}))"

    def _print_OneMatrix(self, e):
        return f"{self._module_format('numpy.ones')}(({self._size(e)}))"

    def _size(self, e):
        return ", ".join(self._print(n) for n in e.shape)


def _lambdify(symbols, expression):
    printer = _Printer(
        {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}
    )
    return sp.lambdify(symbols, expression, modules=["scipy", "numpy"], printer=printer)


def _as_shape(array, symbol, known):
    """Check an array against the shape of its symbol; a 1-D array serves as a column."""
    if array.ndim == 1 and symbol.shape[1] == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ValueError(f"{symbol} must be a matrix (2-D), got shape {array.shape}")
    for n, size in zip(symbol.shape, array.shape, strict=True):
        wanted = known.setdefault(n, size) if n.is_Symbol else n
        if (n.is_number and int(n) != size) or (n.is_Symbol and wanted != size):
            raise ValueError(f"{symbol} must have shape {symbol.shape}, got {array.shape}")
    return array
