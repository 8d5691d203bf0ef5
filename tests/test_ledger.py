"""Evidence: a property that is tried on many cases, and can fail."""

import json

import numpy as np
import pytest

from mml import evidence
from mml.ledger import CounterexampleError, Evidence

BUNDLE = "application/vnd.mml.evidence+json"


def triangle(rng):
    x, y = rng.normal(size=(2, 3))
    return np.linalg.norm(x + y) <= np.linalg.norm(x) + np.linalg.norm(y)


def test_random_cases_are_counted():
    found = evidence("the triangle inequality", triangle, cases=200, seed=1)
    assert found == Evidence("the triangle inequality", 200, 1)
    assert str(found) == "tested: 200 cases (seed 1) — the triangle inequality"


def test_the_bundle_is_plain_json():
    bundle = evidence(
        "a < b & c", triangle, cases=np.int64(3), seed=np.int64(2)
    )._repr_mimebundle_()
    assert json.loads(json.dumps(bundle)) == bundle
    assert set(bundle) == {"text/plain", "text/html", BUNDLE}
    assert bundle[BUNDLE] == {"kind": "tested", "statement": "a < b & c", "cases": 3, "seed": 2}
    assert "a &lt; b &amp; c" in bundle["text/html"]
    assert bundle["text/plain"] == "tested: 3 cases (seed 2) — a < b & c"


def test_given_cases_are_passed_one_by_one():
    seen = []
    found = evidence("seen", lambda case: seen.append(case) is None, cases=iter([(1, 2), (3, 4)]))
    assert seen == [(1, 2), (3, 4)]
    assert (found.cases, found.seed) == (2, None)
    assert str(evidence("one", lambda case: True, cases=[1])) == "tested: 1 case — one"


def test_every_case_draws_its_own_numbers():
    drawn = []

    def note(rng):
        drawn.append(rng.normal())
        return True

    evidence("first", note, cases=20, seed=3)
    evidence("again", note, cases=20, seed=3)
    assert drawn[:20] == drawn[20:]
    assert len(set(drawn)) == 20
    evidence("another seed", note, cases=20, seed=4)
    assert not set(drawn[40:]) & set(drawn[:20])


def test_a_failure_can_be_drawn_again():
    def small(rng):
        return rng.normal() < 1

    with pytest.raises(CounterexampleError, match="not true: small — case") as error:
        evidence("small", small, cases=100, seed=5)
    number = error.value.case
    assert error.value.seed == 5
    assert f"SeedSequence(5).spawn({number})[-1]" in str(error.value)
    again = np.random.default_rng(np.random.SeedSequence(5).spawn(number)[-1])
    assert not small(again)


def test_a_failure_of_a_given_case_shows_it():
    with pytest.raises(CounterexampleError, match=r"case 3 of 4 fails: \(3, 2\)") as error:
        evidence("sorted", lambda c: c[0] <= c[1], cases=[(1, 2), (2, 2), (3, 2), (9, 1)])
    assert error.value.case == (3, 2)
    assert isinstance(error.value, AssertionError)


def test_a_failed_assertion_is_a_counterexample():
    def agrees(case):
        assert case < 2, f"{case} is too large"
        return True

    with pytest.raises(CounterexampleError, match=r"case 3 of 3 fails: 2 \(2 is too large\)"):
        evidence("small", agrees, cases=[0, 1, 2])


def test_other_errors_pass_through():
    with pytest.raises(ZeroDivisionError):
        evidence("divides", lambda case: 1 / case > 0, cases=[0])


@pytest.mark.parametrize("answer", [None, 1, 0, "yes", np.array([True, False]), 1.0])
def test_a_property_says_true_or_false(answer):
    with pytest.raises(TypeError, match="property must return True or False"):
        evidence("vague", lambda case: answer, cases=[1])


@pytest.mark.parametrize("answer", [np.True_, True])
def test_numpy_truth_counts(answer):
    assert evidence("true", lambda case: answer, cases=[1]).cases == 1


def test_no_cases_are_no_evidence():
    for cases in (0, -1, [], iter(())):
        with pytest.raises(ValueError, match="no cases, no evidence"):
            evidence("nothing", triangle, cases=cases, seed=1)


@pytest.mark.parametrize("seed", [None, -1, 1.5, "1", True])
def test_random_cases_need_a_seed(seed):
    with pytest.raises(ValueError, match="seed must be a whole number"):
        evidence("unrepeatable", triangle, cases=3, seed=seed)


def test_bad_arguments():
    with pytest.raises(ValueError, match="statement must be a sentence"):
        evidence("  ", triangle, cases=3, seed=1)
    with pytest.raises(ValueError, match="statement must be a sentence"):
        evidence(3, triangle, cases=3, seed=1)
    with pytest.raises(TypeError, match="property must be a function"):
        evidence("x", True, cases=3, seed=1)
    for cases in (True, "abc", 2.5, None):
        with pytest.raises(TypeError, match="cases must be a number or a list"):
            evidence("x", triangle, cases=cases, seed=1)


def test_the_result_is_frozen():
    found = evidence("x", triangle, cases=2, seed=1)
    with pytest.raises(AttributeError):
        found.cases = 1000
