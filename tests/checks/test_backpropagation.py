"""The check of the backpropagation lab: what passes, what fails, and what it is called."""

import numpy as np
import pytest

from mml.checks import backpropagation as lab
from mml.checks import check_backpropagation
from mml.multivariate_calculus.autodiff import reverse


def one_by_one(weights, biases, X, Y):
    """Go through the examples one after another, as the theorem stands."""
    total = None
    for x, y in zip(X, Y, strict=True):
        a = [x]
        for W, b in zip(weights, biases, strict=True):
            a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
        blame, pairs = 2 * (a[-1] - y), []
        for k in reversed(range(len(weights))):
            delta = blame * a[k + 1] * (1 - a[k + 1])
            pairs.insert(0, [np.outer(delta, a[k]), delta])
            blame = weights[k].T @ delta
        total = (
            pairs
            if total is None
            else [
                [p + q for p, q in zip(one, two, strict=True)]
                for one, two in zip(total, pairs, strict=True)
            ]
        )
    return [(dW / len(X), db / len(X)) for dW, db in total]


def by_autodiff(weights, biases, X, Y):
    shapes = [p.shape for pair in zip(weights, biases, strict=True) for p in pair]
    ends = np.cumsum([int(np.prod(s)) for s in shapes])[:-1]
    flat = np.concatenate([p.ravel() for pair in zip(weights, biases, strict=True) for p in pair])

    def cost(values):
        starts = [0, *ends]
        a = X
        parts = [
            values[i : i + int(np.prod(s))].reshape(s) for i, s in zip(starts, shapes, strict=True)
        ]
        for W, b in zip(parts[::2], parts[1::2], strict=True):
            a = 1 / (1 + np.exp(-(a @ W.T + b)))
        return ((a - Y) ** 2).sum() / len(X)

    slopes = np.split(reverse(cost, flat)[1], ends)
    slopes = [g.reshape(s) for g, s in zip(slopes, shapes, strict=True)]
    return list(zip(slopes[::2], slopes[1::2], strict=True))


@pytest.mark.parametrize(
    "function",
    [lab.model, lab.right, one_by_one, by_autodiff, lambda *case: tuple(lab.model(*case))],
)
def test_right_solutions_pass(function):
    report = check_backpropagation(function)
    assert report.passed, report


@pytest.mark.parametrize("stub", [lambda w, b, X, Y: None, lambda w, b, X, Y: ..., None])
def test_the_stub_fails(stub):
    assert not check_backpropagation(stub).passed


def with_rules(**rules):
    return lambda *case: lab.model(*case, **rules)


def slope_of_value(a):
    return lab.sigmoid(a) * (1 - lab.sigmoid(a))


WRONG = {
    "a factor 2 is missing": with_rules(factor=1),
    "the sign of the error": with_rules(factor=-2),
    "summed over the examples, not averaged": with_rules(share=lambda n: 1),
    "averaged twice": with_rules(share=lambda n: 1 / n**2),
    "the slope of the activation is missing": with_rules(hidden=np.ones_like),
    "the slope is taken at the value": with_rules(last=slope_of_value, hidden=slope_of_value),
    "the biases are forgotten": with_rules(bias=lambda d: np.zeros(d.shape[1])),
    "blame goes back through the weights untransposed": with_rules(
        back=lambda d, W: d @ (W.T if W.shape[0] == W.shape[1] else W)
    ),
    "the Jacobian is transposed": with_rules(turn=True),
    "the layers are in the opposite order": lambda *case: lab.model(*case)[::-1],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_solutions_are_named(name):
    report = check_backpropagation(WRONG[name])
    assert not report.passed
    assert name in {failure.misconception for failure in report.failures}, report


@pytest.mark.parametrize("rules", [{"last": np.ones_like}, {"bias": lambda d: d[0]}])
def test_other_forms_of_a_misconception_are_named_too(rules):
    report = check_backpropagation(with_rules(**rules))
    assert report.failures[0].misconception


def test_own_values_for_inputs_are_named():
    """In a chain of single neurons the shapes fit, and only the numbers are wrong."""

    def own(weights, biases, X, Y):
        square = all(W.shape[0] == W.shape[1] for W in weights)
        return lab.model(weights, biases, X, Y, given=1 if square else 0)

    names = {failure.misconception for failure in check_backpropagation(own).failures}
    assert names == {"the layer's own values instead of its inputs"}


def test_writing_into_the_weights_is_noticed():
    def writes(weights, biases, X, Y):
        pairs = lab.model(weights, biases, X, Y)
        for W, (dW, _) in zip(weights, pairs, strict=True):
            W -= dW
        return pairs

    (failure,) = check_backpropagation(writes).failures
    assert failure.misconception == "writes into its arguments"


def test_the_counterexample_is_small():
    weights, biases, X, _ = (
        check_backpropagation(WRONG["a factor 2 is missing"]).failures[0].counterexample
    )
    assert len(weights) == len(biases) == 1
    assert X.shape == (1, 1)


def test_the_first_of_two_faults_is_named_where_the_second_does_not_show():
    both = with_rules(factor=1, bias=lambda d: d.mean(axis=0))
    report = check_backpropagation(both)
    assert report.failures[0].misconception == "a factor 2 is missing"
    assert (
        check_backpropagation(with_rules(bias=lambda d: d.mean(axis=0))).failures[0].misconception
        == "the biases are forgotten"
    )
