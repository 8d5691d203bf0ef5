"""A normal form for expressions in matrix symbols.

A product of matrices is a *word* in the letters A, Aᵀ, A⁻¹, and an expression is a sum of
words with scalar coefficients: a dictionary from words to coefficients.  Two expressions
with one normal form are equal.  The rules are few: products distribute, a transpose or an
inverse reverses a word, a letter cancels beside its inverse, a trace may be rotated, a
1x1 product is a scalar, and what the conditions say (QᵀQ = I, Sᵀ = S, A v = λ v).
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

SYMMETRIC = (sp.Q.symmetric, sp.Q.positive_definite, sp.Q.diagonal)
ORTHOGONAL = (sp.Q.orthogonal, sp.Q.unitary)
INVERTIBLE = (*ORTHOGONAL, sp.Q.invertible, sp.Q.positive_definite)


@dataclass(frozen=True)
class Letter:
    """A matrix symbol, or an expression kept whole, and what is done to it."""

    name: sp.Basic
    rows: sp.Basic
    cols: sp.Basic
    transposed: bool = False
    inverted: bool = False
    inside: tuple = ()  # for the inverse of a product: the word of that product

    @property
    def left(self):
        """The number of rows as it stands in the word."""
        return self.cols if self.transposed else self.rows

    @property
    def right(self):
        """The number of columns as it stands in the word."""
        return self.rows if self.transposed else self.cols

    @property
    def is_square(self):
        """Whether an inverse can be meant."""
        return self.rows == self.cols

    @property
    def key(self):
        """What letters are sorted by."""
        return (str(self.name), self.transposed, self.inverted)


def _key(word):
    return (len(word), [a.key for a in word])


class Algebra:
    """Work out normal forms under some facts.

    Parameters
    ----------
    facts : object
        With `assumed`, pairs of a `Q` predicate and a matrix, `equations` and `nonzero(e)`.
    """

    def __init__(self, facts):
        self.facts = facts
        self.scalars = {}
        self.rules, self.equations = [], []
        for e in facts.equations:
            if isinstance(e.lhs, sp.MatrixExpr) or isinstance(e.rhs, sp.MatrixExpr):
                form = self.subtract(self.normal(e.lhs), self.normal(e.rhs))
                for rule in (form, self.transpose(form)):
                    if rule and (lead := max(rule, key=_key)):
                        rest = {w: -c / rule[lead] for w, c in rule.items() if w != lead}
                        self.rules.append((lead, rest))
        self.equations = [  # an equation between scalars such as (v.T*v)[0, 0] = 1
            (self.scalar(e.lhs), self.scalar(e.rhs))
            for e in facts.equations
            if not getattr(e.lhs, "is_Matrix", False) and e.has(sp.MatrixSymbol)
        ]

    # -- what the class is for --------------------------------------------------

    def equal(self, a, b):
        """Tell whether two expressions, both matrices or both scalars, have one normal form."""
        if getattr(a, "is_Matrix", False):
            return not self.subtract(self.normal(a), self.normal(b))
        return self._tidy(self.scalar(a) - self.scalar(b)) == 0

    def implies(self, old, new):
        """Tell whether the equation `new` is `old` rearranged, scaled or multiplied through."""
        if not getattr(old.lhs, "is_Matrix", False):
            gaps = [self._tidy(self.scalar(e.lhs) - self.scalar(e.rhs)) for e in (old, new)]
            if 0 in gaps:
                return gaps[1] == 0
            return self._proportional({(): gaps[0]}, {(): gaps[1]})
        given, wanted = (self.subtract(self.normal(e.lhs), self.normal(e.rhs)) for e in (old, new))
        if not wanted:
            return True
        letters = {a for w in [*given, *wanted] for a in w}
        for a in list(letters):
            if a.is_square and not a.inside:
                letters |= {
                    self.letter(replace(a, inverted=i, transposed=t))
                    for i in (True, False)
                    for t in (True, False)
                }
        occurring = {a for w in given for a in w}
        usable = [
            a
            for a in sorted(letters, key=lambda a: a.key)
            if not (a.inverted or a.inside) or a in occurring or self.is_invertible(a)
        ]
        ones = [()] + [(a,) for a in usable] + [a.inside for a in usable if a.inside]
        for form in (given, self.transpose(given)):
            for left in ones:
                for right in ones if len(ones) < 14 else [()]:
                    tried = self.reduce({left + w + right: c for w, c in form.items()})
                    if self._proportional(tried, wanted):
                        return True
            if len(ones) >= 14:
                for right in ones:
                    tried = self.reduce({w + right: c for w, c in form.items()})
                    if self._proportional(tried, wanted):
                        return True
        return False

    def _proportional(self, given, wanted):
        if not given or set(given) != set(wanted):
            return False
        word = next(iter(given))
        ratio = sp.cancel(wanted[word] / given[word])
        if not self.facts.nonzero(ratio.as_numer_denom()[1]):
            return False
        return all(self._tidy(wanted[w] - ratio * c) == 0 for w, c in given.items())

    # -- letters ------------------------------------------------------------------

    def _is(self, kinds, name):
        return any(q in kinds and a == name for q, a in self.facts.assumed)

    def is_invertible(self, a):
        """Tell whether the conditions say that a letter, or what it inverts, is invertible."""
        if self._is(INVERTIBLE, a.name):
            return True
        if a.inside:
            inner = {a.inside: sp.S.One}
            return any(q in INVERTIBLE and self.normal(m) == inner for q, m in self.facts.assumed)
        return False

    def letter(self, a):
        """Use what is assumed of a letter: a symmetric one has no transpose of its own."""
        if a.transposed and (self._is(SYMMETRIC, a.name) or a.name in self.scalars.get("own", ())):
            return replace(a, transposed=False)
        if a.transposed and self._is(ORTHOGONAL, a.name):
            return replace(a, transposed=False, inverted=not a.inverted)
        return a

    # -- matrices -----------------------------------------------------------------

    def normal(self, e):
        """Return the normal form of a matrix expression."""
        one = sp.S.One
        if isinstance(e, sp.Identity):
            return {(): one}
        if isinstance(e, sp.ZeroMatrix):
            return {}
        if isinstance(e, sp.MatAdd):
            return self.reduce(self._sum([self.normal(a) for a in e.args]))
        if isinstance(e, sp.MatMul):
            form = {(): one}
            for a in e.args:
                part = self.normal(a) if getattr(a, "is_Matrix", False) else {(): self.scalar(a)}
                form = {} if not part else self._product(form, part)
            return self.reduce(form)
        if isinstance(e, sp.Transpose | sp.Adjoint):
            return self.reduce(self.transpose(self.normal(e.arg)))
        if isinstance(e, sp.Inverse):
            return self.reduce(self._inverse(self.normal(e.arg), e))
        if isinstance(e, sp.MatPow) and e.exp.is_Integer:
            form, n = self.normal(e.base), int(e.exp)
            if n < 0:
                form = self._inverse(form, sp.Inverse(e.base))
            power = {(): one}
            for _ in range(abs(n)):
                power = self.reduce(self._product(power, form))
            return power
        if isinstance(e, sp.MatrixBase) and e.is_Identity:
            return {(): one}
        if isinstance(e, sp.MatrixBase) and e.is_zero_matrix:
            return {}
        return {(self.letter(Letter(e, *e.shape)),): one}

    @staticmethod
    def _sum(forms):
        total = {}
        for form in forms:
            for w, c in form.items():
                total[w] = total.get(w, 0) + c
        return total

    def subtract(self, a, b):
        """Return a - b in normal form."""
        return self.reduce(self._sum([a, {w: -c for w, c in b.items()}]))

    def _product(self, a, b):
        return self._sum([{v + w: c * d} for v, c in a.items() for w, d in b.items()])

    def transpose(self, form):
        """Reverse every word and transpose its letters."""
        return {
            tuple(self.letter(replace(a, transposed=not a.transposed)) for a in reversed(w)): c
            for w, c in form.items()
        }

    def _inverse(self, form, e):
        if len(form) == 1:
            ((word, c),) = form.items()
            if all(a.is_square and not a.inside for a in word):
                flipped = tuple(replace(a, inverted=not a.inverted) for a in reversed(word))
                return {flipped: 1 / c}
            whole = self._whole(form, e)
            return {(replace(whole, inside=word),): 1 / c}
        return {(self._whole(form, e),): sp.S.One}

    def _whole(self, form, e):
        """Keep the inverse of a sum, or of a product of oblong matrices, as one letter."""
        items = frozenset(form.items()) if len(form) > 1 else frozenset(form)
        turned = self.reduce(self.transpose(form))
        known = self.scalars.setdefault("inverses", {})
        key = items
        if key not in known:
            known[key] = sp.Dummy(f"({e})")
        other = frozenset(turned.items()) if len(form) > 1 else frozenset(turned)
        if other == items:
            self.scalars.setdefault("own", set()).add(known[key])
        return Letter(known[key], *e.shape)

    def reduce(self, form):
        """Apply the rules to every word until none applies."""
        todo, done = dict(form), {}
        for _ in range(500):
            if not todo:
                break
            word, c = todo.popitem()
            changed = self._step(word)
            if changed is None:
                done[word] = done.get(word, 0) + c
            else:
                for w, d in changed.items():
                    todo[w] = todo.get(w, 0) + c * d
        for word, c in todo.items():
            done[word] = done.get(word, 0) + c
        tidy = {w: self._tidy(c) for w, c in done.items()}
        return {w: c for w, c in tidy.items() if c != 0}

    def _step(self, word):
        """Return what one rule makes of a word, or None."""
        for i, (a, b) in enumerate(pairwise(word)):
            if a == replace(b, inverted=not b.inverted) and a.is_square and not a.inside:
                return {word[:i] + word[i + 2 :]: sp.S.One}
        for i, a in enumerate(word):
            n = 0 if a.transposed else len(a.inside)
            if n and (word[i + 1 : i + 1 + n] == a.inside):
                return {word[:i] + word[i + 1 + n :]: sp.S.One}
            if n and i >= n and word[i - n : i] == a.inside:
                return {word[: i - n] + word[i + 1 :]: sp.S.One}
        for lead, rest in self.rules:
            for i in range(len(word) - len(lead) + 1):
                if word[i : i + len(lead)] == lead:
                    return {word[:i] + w + word[i + len(lead) :]: c for w, c in rest.items()}
        for i, a in enumerate(word):
            if a.left == 1:
                for j in range(i, len(word)):
                    if word[j].right == 1:
                        return {word[:i] + word[j + 1 :]: self._named("scalar", word[i : j + 1])}
        return None

    # -- scalars --------------------------------------------------------------------

    def _named(self, kind, word, *place):
        """Return the symbol of a scalar made of matrices; a word and its transpose share it."""
        ((turned, _),) = self.transpose({word: sp.S.One}).items()
        options = [(word, place), (turned, place[::-1])]
        word, place = min(options, key=lambda o: (_key(o[0]), str(o[1])))
        return self.scalars.setdefault((kind, word, place), sp.Dummy(kind))

    def scalar(self, e):
        """Return a scalar expression with its traces, determinants and entries named."""
        e = sp.sympify(e)
        names = {}
        for a in e.atoms(sp.Sum):  # (v.T*u)[0, 0] reaches us as a sum over the entries
            if a.has(MatrixElement):
                names[a] = sp.MatrixExpr.from_index_summation(a)
        e, names = e.xreplace(names), {}
        for a in e.atoms(sp.Trace, sp.Determinant, MatrixElement):
            if isinstance(a, sp.Trace):
                form = self.normal(a.arg)
                names[a] = sum(c * self._trace(w, a.arg.shape[0]) for w, c in form.items())
            elif isinstance(a, sp.Determinant):
                names[a] = self._determinant(a.arg)
            else:
                form = self.normal(a.parent)
                names[a] = sum(c * self._entry(w, a) for w, c in form.items())
        return e.xreplace(names)

    def _entry(self, word, a):
        if not word:
            return sp.KroneckerDelta(a.i, a.j)
        return self._named("entry", word, a.i, a.j)

    def _trace(self, word, n):
        if not word:
            return n
        turns = [word[i:] + word[:i] for i in range(len(word))]
        for turn in turns:
            form = self._step(turn)
            if form is not None:
                size = turn[0].left
                return sum(c * self._trace(w, size) for w, c in self.reduce(form).items())
        both = turns + [w for t in turns for w in self.transpose({t: sp.S.One})]
        return self._named("trace", min(both, key=_key))

    def _determinant(self, e):
        form = self.normal(e)
        n = e.shape[0]
        if not form:
            return sp.S.Zero
        if len(form) == 1:
            ((word, c),) = form.items()
            if all(a.is_square and not a.inside for a in word):
                parts = [
                    self.scalars.setdefault(("det", a.name), sp.Dummy("det", zero=None))
                    ** (-1 if a.inverted else 1)
                    for a in word
                ]
                return c**n * prod(parts)
        items = [frozenset(f.items()) for f in (form, self.reduce(self.transpose(form)))]
        key = ("det", frozenset(items))
        return self.scalars.setdefault(key, sp.Dummy("det"))

    def _tidy(self, c):
        if not c.free_symbols:
            return sp.nsimplify(c) if c.is_Float else sp.expand(c)
        for a, b in self.equations:
            c = c.subs(a, b)
        c = sp.expand(c)
        return c if c.is_Atom else sp.factor(sp.cancel(sp.trigsimp(c)))
