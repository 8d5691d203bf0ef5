"""NIST's problems: every file is read right, and what cannot be had is said."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mml import datasets, strd
from mml.strd import MODELS, certified_digits, load_all_strd, load_strd

SIZES = {"Misra1a": 14, "BoxBOD": 6, "DanWood": 6, "Nelson": 128, "Thurber": 37, "ENSO": 168}
FOLDER = Path(os.environ.get("MML_DATA", "/nowhere"), "nist")
real = pytest.mark.skipif(not FOLDER.is_dir(), reason="MML_DATA has no folder nist")


@pytest.fixture
def alone(monkeypatch):
    """No folder of data, no cache that holds anything, no net."""
    monkeypatch.delenv("MML_DATA", raising=False)
    monkeypatch.setenv("MML_OFFLINE", "1")
    monkeypatch.setattr(datasets, "_cache", lambda: Path("/nowhere"))


def holds(problem):
    """The certified sum of squares is the one of the certified parameters."""
    r = problem.y - problem.model(problem.x, problem.parameters)
    return r @ r / problem.residual_sum_of_squares


@real
@pytest.mark.parametrize("name", MODELS)
def test_the_model_has_the_certified_sum_at_the_certified_parameters(name):
    problem = load_strd(name)
    n = len(problem.parameters)
    assert problem.starts.shape == (2, n)
    assert problem.standard_errors.shape == (n,)
    assert problem.x.shape[-1:] == problem.y.shape
    assert len(problem.y) == SIZES.get(name, len(problem.y))
    assert problem.level in ("lower", "average", "higher")
    # Eleven digits of the parameters are too few for a sum of 1e-25.
    tolerance = 1e5 if name == "Lanczos1" else 1e-6
    assert_allclose(holds(problem), 1, rtol=tolerance)


@real
def test_all_are_loaded_in_order_and_nelson_is_in_logarithms():
    problems = load_all_strd()
    assert [problem.name for problem in problems] == list(MODELS)
    assert problems[0].source == "NIST"
    nelson = load_strd("Nelson")
    assert nelson.x.shape == (2, 128)
    assert_allclose(np.exp(nelson.y[0]), 15)


@real
@pytest.mark.parametrize("name", strd._EMBEDDED)
def test_the_embedded_ones_are_nists(name):
    ours, theirs = strd._embedded(name), load_strd(name)
    for part in ("x", "y", "starts", "parameters", "standard_errors"):
        assert (getattr(ours, part) == getattr(theirs, part)).all()
    assert ours.residual_sum_of_squares == theirs.residual_sum_of_squares
    assert ours.level == theirs.level


def test_three_come_with_the_package(alone):
    problems = load_all_strd()
    assert [problem.name for problem in problems] == ["Misra1a", "BoxBOD", "DanWood"]
    assert all("package" in problem.source for problem in problems)
    for problem in problems:
        assert_allclose(holds(problem), 1, rtol=1e-9)


def test_a_missing_problem_is_said_with_what_to_do(alone):
    with pytest.raises(FileNotFoundError, match=r"Thurber.*MML_DATA.*Misra1a.*come with"):
        load_strd("Thurber")
    with pytest.raises(ValueError, match=r"name must be one of Bennett5.*'Misra'"):
        load_strd("Misra")


def test_one_line_says_why_there_are_three_only(alone, monkeypatch, capsys):
    monkeypatch.setenv("MML_OFFLINE", "0")

    def refuse(*args, **options):
        raise datasets._Unavailable("no connection to the publisher's server")

    monkeypatch.setattr(datasets, "_fetch", refuse)
    load_all_strd()
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "3 of NIST's 27 problems" in out
    assert "no connection" in out


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("  b1 =", "  c1 ="),
        ("Residual Sum", "Sum"),
        ("Lower Level", "Level"),
        ("Data:   y", "Table: y"),
        ("10.07E0", "ten"),
        ("10.07E0", "10.07E0 3"),
    ],
)
def test_a_damaged_file_is_named(part, instead, monkeypatch, tmp_path):
    text = strd._EMBEDDED["Misra1a"]
    if part == "  b1 =":
        text = text.replace("  b2 =", "  c2 =")
    damaged = text.replace(part, instead)
    with pytest.raises(ValueError, match=r"Misra1a\.dat"):
        strd._read(damaged, "Misra1a", "")
    (tmp_path / "Misra1a.dat").write_text(text)
    monkeypatch.setenv("MML_DATA", str(tmp_path))
    if hashlib.sha256(text.encode()).hexdigest() != datasets._FILES["Misra1a.dat"].sha256:
        with pytest.raises(ValueError, match="not NIST's Misra1a as published"):
            load_strd("Misra1a")


def test_digits():
    assert_allclose(certified_digits([1.001, 2], [1, 2]), 3, atol=1e-6)
    assert certified_digits([1, -2.0], [1, -2]) == 11
    assert certified_digits([5.0], [1.0]) == 0
    with pytest.raises(ValueError, match="certified must not hold 0"):
        certified_digits([1], [0])
    with pytest.raises(ValueError, match="one length"):
        certified_digits([1, 2], [1])
