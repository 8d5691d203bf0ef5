"""Chapter 4: change of basis, orthonormal bases, QR and reflections."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.linalg import LinAlgError
from numpy.testing import assert_allclose, assert_array_equal

from mml.linear_algebra.mappings import (
    change_of_basis,
    gram_schmidt,
    is_orthogonal,
    qr,
    reflection,
)

steady = settings(derandomize=True, deadline=None, max_examples=60)
whole = st.integers(-5, 5).map(float)


def matrices(rows, columns):
    return arrays(float, (rows, columns), elements=whole)


def departure(Q):
    """Return ‖QᵀQ − I‖ in the 2-norm, for the columns that are not zero."""
    Q = Q[:, Q.any(axis=0)]
    return np.linalg.norm(Q.T @ Q - np.eye(Q.shape[1]), 2)


def of_condition(kappa, shape=(200, 100), seed=0):
    """Return a random matrix with singular values from 1 down to 1/kappa."""
    rng = np.random.default_rng(seed)
    m, n = shape
    U = np.linalg.qr(rng.standard_normal((m, n)))[0]
    V = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return U @ np.diag(np.geomspace(1, 1 / kappa, n)) @ V.T


# --- change of basis ----------------------------------------------------------------------


def test_the_courses_rotation_in_bears_basis():
    turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    B = np.array([[3, 1], [1, 1]])
    found = change_of_basis(turn, B)
    assert_allclose(found, np.array([[-2, -2], [10, 6]]) / (2 * np.sqrt(2)), atol=1e-14)
    assert_allclose(B @ found, turn @ B, atol=1e-14)


@steady
@given(matrices(3, 3), matrices(3, 3))
def test_trace_determinant_and_products_do_not_depend_on_the_basis(T, B):
    assume(abs(np.linalg.det(B)) > 0.5)
    found = change_of_basis(T, B)
    scale = np.linalg.cond(B) * max(1, np.abs(T).max())
    assert abs(np.trace(found) - np.trace(T)) < 1e-12 * scale
    assert abs(np.linalg.det(found) - np.linalg.det(T)) < 1e-11 * scale**3
    assert_allclose(found @ found, change_of_basis(T @ T, B), atol=1e-11 * scale**2)


def test_change_of_basis_refuses_what_is_no_basis():
    with pytest.raises(LinAlgError, match="basis must have independent columns"):
        change_of_basis(np.eye(2), [[1, 2], [2, 4]])
    with pytest.raises(ValueError, match="T and basis must have one shape"):
        change_of_basis(np.eye(2), np.eye(3))
    with pytest.raises(ValueError, match="T must be square"):
        change_of_basis([[1, 2]], np.eye(2))
    with pytest.raises(ValueError, match="basis must be finite"):
        change_of_basis(np.eye(2), [[1, np.nan], [0, 1]])


# --- orthogonal matrices ------------------------------------------------------------------


def test_orthogonal_matrices_are_told():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert is_orthogonal(turn)
    assert is_orthogonal(turn.round(10))
    assert is_orthogonal([[1]])
    assert not is_orthogonal(2 * turn)
    assert not is_orthogonal([[1, 1], [0, 1]])
    assert not is_orthogonal([[1], [0]])
    assert not is_orthogonal([[1e200, 0], [0, 1]])


@steady
@given(matrices(4, 4))
def test_products_of_orthogonal_matrices_are_orthogonal(A):
    assume(abs(np.linalg.det(A)) > 0.5)
    Q = gram_schmidt(A)
    assert is_orthogonal(Q)
    assert is_orthogonal(Q @ Q)
    assert is_orthogonal(Q.T)
    assert abs(abs(np.linalg.det(Q)) - 1) < 1e-12


# --- Gram–Schmidt -------------------------------------------------------------------------


def test_a_case_by_hand():
    found = gram_schmidt([[1, 2, 3], [1, 0, 1], [1, 1, -1]])
    third = np.array([1, -2, 1]) / np.sqrt(6)
    assert_allclose(found[:, 0], np.ones(3) / np.sqrt(3), atol=1e-15)
    assert_allclose(found[:, 1], np.array([1, -1, 0]) / np.sqrt(2), atol=1e-15)
    assert abs(abs(found[:, 2] @ np.array([1, 1, -2]) / np.sqrt(6)) - 1) < 1e-15
    assert abs(third @ np.ones(3)) < 1e-15


@steady
@given(matrices(5, 3))
def test_columns_are_orthonormal_span_the_same_and_overlap_positively(A):
    Q = gram_schmidt(A)
    rank = np.linalg.matrix_rank(A)
    kept = Q.any(axis=0)
    assert kept.sum() == rank
    assert departure(Q) < 1e-14
    assert_allclose(Q @ (Q.T @ A), A, atol=1e-13 * max(1, np.abs(A).max()))
    overlaps = np.sum(Q * A, axis=0)[kept]
    assert (overlaps > 0).all()
    for j in range(3):  # in order: the first columns alone have the same basis
        assert_allclose(gram_schmidt(A[:, : j + 1]), Q[:, : j + 1], atol=1e-13)


@pytest.mark.parametrize("scale", [1e-16, 1.0, 1e16])
def test_ranks_of_a_thousand_deficient_matrices(scale):
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        n, m = int(rng.integers(2, 8)), int(rng.integers(2, 9))
        rank = int(rng.integers(1, min(n, m) + 1))
        A = rng.standard_normal((m, rank)) @ rng.standard_normal((rank, n)) * scale
        Q = gram_schmidt(A)
        assert Q.any(axis=0).sum() == rank, seed
        assert departure(Q) < 1e-13, seed


def test_the_scale_of_each_column_does_not_matter():
    rng = np.random.default_rng(3)
    A = rng.standard_normal((6, 4))
    plain = gram_schmidt(A)
    assert_allclose(gram_schmidt(A * [1e-150, 1, 1e150, 1e-300]), plain, atol=1e-14)
    A[:, 2] = 3 * A[:, 0] - A[:, 1]
    assert_array_equal(gram_schmidt(A * [1e150, 1, 1e150, 1])[:, 2], 0)


@pytest.mark.parametrize("kappa", [1e2, 1e4, 1e6, 1e8, 1e12])
def test_the_sound_method_is_orthogonal_whatever_the_condition(kappa):
    assert departure(gram_schmidt(of_condition(kappa), rtol=0)) < 1e-14


def test_panels_and_columns_agree():
    A = of_condition(1e3, shape=(400, 300))
    Q = gram_schmidt(A)
    assert departure(Q) < 1e-14
    R = Q.T @ A
    assert np.abs(np.tril(R, -1)).max() < 1e-14
    assert (R.diagonal() > 0).all()
    A[:, 200] = A[:, :5].sum(axis=1)  # in the second panel, from the first
    Q = gram_schmidt(A)
    assert Q.any(axis=0).sum() == 299
    assert not Q[:, 200].any()
    assert departure(Q) < 1e-14


def test_the_teaching_variants_lose_orthogonality_as_they_should():
    losses = {}
    for method in ("classical", "modified", "reorthogonalised"):
        losses[method] = [
            departure(gram_schmidt(of_condition(kappa), method=method, rtol=0))
            for kappa in (1e3, 1e6)
        ]
    growth = {method: np.log10(b / a) for method, (a, b) in losses.items()}
    assert 5 < growth["classical"] < 7.5  # like the square of the condition number
    assert 2 < growth["modified"] < 4  # like the condition number
    assert max(losses["reorthogonalised"]) < 1e-14


@pytest.mark.parametrize("method", ["classical", "modified", "reorthogonalised"])
def test_all_methods_agree_on_easy_matrices_and_find_dependence(method):
    A = np.array([[1, 2, 3, 1], [0, 1, 1, 4], [2, 0, 2, 1]])
    found = gram_schmidt(A, method=method)
    assert_allclose(found, gram_schmidt(A), atol=1e-14)
    assert not found[:, 2].any()


def test_hilbert_and_laeuchli():
    assert departure(gram_schmidt(scipy.linalg.hilbert(12), rtol=0)) < 1e-14
    laeuchli = np.vstack([np.ones((1, 5)), 1e-8 * np.eye(5)])
    assert departure(gram_schmidt(laeuchli)) < 1e-14
    assert departure(gram_schmidt(laeuchli, method="classical")) > 0.1


def test_input_of_any_kind_and_untouched():
    A = np.asfortranarray([[3.0, 1.0], [4.0, 7.0]])
    before = A.copy()
    assert_allclose(gram_schmidt(A), [[0.6, -0.8], [0.8, 0.6]], atol=1e-15)
    assert_array_equal(A, before)
    assert_allclose(gram_schmidt(((3, 1), (4, 7))), gram_schmidt(A), atol=1e-15)
    assert gram_schmidt(np.float32([[3, 1], [4, 7]])).dtype == float
    assert_array_equal(gram_schmidt(np.zeros((3, 2))), 0)
    assert_array_equal(gram_schmidt([[1, 0, 5]]), [[1, 0, 0]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gram_schmidt([1, 2]), "A must be a matrix"),
        (lambda: gram_schmidt([[1, np.inf]]), "A must be finite"),
        (lambda: gram_schmidt([[]]), "A must not be empty"),
        (lambda: gram_schmidt(np.eye(2), method="householder"), "method must be"),
        (lambda: gram_schmidt(np.eye(2), rtol=-1), "rtol must be between 0 and 1"),
        (lambda: gram_schmidt([[1j]]), "A must be real"),
        (lambda: reflection([[1, 2], [2, 4]]), "basis must have independent columns"),
        (lambda: reflection([[0], [0]]), "basis must have independent columns"),
        (lambda: qr("no"), "A must hold real numbers"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- QR -----------------------------------------------------------------------------------


@steady
@given(matrices(5, 4))
def test_qr_gives_the_matrix_back(A):
    Q, R = qr(A)
    assert_allclose(Q @ R, A, atol=1e-13 * max(1, np.abs(A).max()))
    assert_array_equal(R, np.triu(R))
    assert (R.diagonal() >= 0).all()


def test_qr_agrees_with_lapack_up_to_signs():
    A = of_condition(1e3, shape=(40, 20))
    Q, R = qr(A)
    Q_lapack, R_lapack = np.linalg.qr(A)
    signs = np.sign(R_lapack.diagonal())
    assert_allclose(Q, Q_lapack * signs, atol=1e-12)
    assert_allclose(R, R_lapack * signs[:, None], atol=1e-12)


# --- reflections --------------------------------------------------------------------------


def test_the_courses_plane():
    found = reflection([[1, 2], [1, 0], [1, 1]])
    assert_allclose(found @ [2, 3, 5], np.array([11, 14, 5]) / 3, atol=1e-14)


@steady
@given(matrices(3, 2))
def test_a_reflection_is_an_isometry_that_undoes_itself(B):
    assume(np.linalg.matrix_rank(B) == 2)
    M = reflection(B)
    assert is_orthogonal(M)
    assert_allclose(M @ M, np.eye(3), atol=1e-13)
    assert_allclose(M, M.T, atol=1e-15)
    assert_allclose(M @ B, B, atol=1e-12)
    assert abs(np.linalg.det(M) + 1) < 1e-12
    normal = np.cross(B[:, 0], B[:, 1])
    assert_allclose(M @ normal, -normal, atol=1e-11)


def test_the_mirror_not_its_basis_decides():
    one = reflection([[1, 2], [1, 0], [1, 1]])
    other = reflection(np.array([[1, 2], [1, 0], [1, 1]]) @ [[2, 1], [-1, 3]])
    assert_allclose(one, other, atol=1e-14)
    assert_allclose(reflection([[1e-200], [2e-200]]), reflection([[1], [2]]), atol=1e-15)
