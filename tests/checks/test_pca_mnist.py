"""The check of the PCA lab: right solutions pass, wrong ones are called by their names."""

import numpy as np
import pytest

from mml.checks import check_pca_mnist
from mml.checks import pca_mnist as lab
from mml.pca import PCA

RIGHT = {
    "normalise": lab.standardised,
    "pca": lab.components_of,
    "reconstruct": lab.back,
    "pca_wide": lab.components_of_wide,
}


def by_svd(X, k):
    mean = X.mean(axis=0)
    _, sizes, rows = np.linalg.svd(X - mean, full_matrices=False)
    return mean, rows[:k].T, sizes[:k] ** 2 / len(X)


def by_package(X, k):
    n = len(X)
    pca = PCA(k).fit(X)
    return pca.mean_, pca.components_.T, pca.explained_variance_ * (n - 1) / n


def worked(X, k):
    """The lab's worked solution."""
    mean = X.mean(axis=0)
    deviations = X - mean
    values, vectors = np.linalg.eigh(deviations.T @ deviations / len(X))
    return mean, vectors[:, ::-1][:, :k], values[::-1][:k]


def worked_normalise(X):
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    constant = X.max(axis=0) == X.min(axis=0)
    return np.where(constant, 0, (X - mean) / np.where(constant, 1, deviation))


def negated(X, k):
    mean, B, variances = worked(X, k)
    return mean, -B, variances


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"pca": by_svd, "pca_wide": by_svd},
        {"pca": by_package, "pca_wide": by_package},
        {"pca": worked, "normalise": worked_normalise},
        {"pca": negated},
        {"pca": lambda X, k: list(worked(X, k))},
        {"reconstruct": lambda X, mean, B: [mean + B @ (B.T @ (x - mean)) for x in X]},
    ],
)
def test_right_solutions_pass(own, capfd):
    report = check_pca_mnist(**{**RIGHT, **own})
    assert report.passed, str(report)
    assert capfd.readouterr() == ("", "")


# Wrong solutions, each with one defect, as a learner would write them.


def uncentred(X, k):
    values, vectors = np.linalg.eigh(X.T @ X / len(X))
    return X.mean(axis=0), vectors[:, ::-1][:, :k], values[::-1][:k]


def np_cov(X, k):
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    return X.mean(axis=0), vectors[:, ::-1][:, :k], values[::-1][:k]


def not_divided(X, k):
    mean, B, values = worked(X, k)
    return mean, B, values * len(X)


def singular_values(X, k):
    mean = X.mean(axis=0)
    _, sizes, rows = np.linalg.svd(X - mean, full_matrices=False)
    return mean, rows[:k].T, sizes[:k]


def deviations(X, k):
    mean, B, values = worked(X, k)
    return mean, B, np.sqrt(np.maximum(values, 0))


def first_of_eigh(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, :k], values[:k]


def last_of_eigh(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, -k:], values[-k:]


def eig_as_it_comes(X, k):
    S = lab.covariance_of(X)
    values, vectors = np.linalg.eigh(S)
    order = np.roll(np.arange(len(S))[::-1], 1)  # as eig may return them
    return X.mean(axis=0), vectors[:, order[:k]], values[order[:k]]


def rows_of_v(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, ::-1][:k].T, values[::-1][:k]


def rows_of_v_reversed(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[::-1][:k].T, values[::-1][:k]


def as_rows(X, k):
    mean, B, values = worked(X, k)
    return mean, B.T, values


def complex_eig(X, k):
    mean, B, values = worked(X, k)
    return mean, B.astype(complex), values.astype(complex)


def wrong_axis(X, k):
    values, vectors = np.linalg.eigh(np.cov(X, ddof=0))
    return X.mean(axis=0), vectors[:, ::-1][:, :k], values[::-1][:k]


def mean_of_samples(X, k):
    return X.mean(axis=1), *worked(X, k)[1:]


def scaled_data(X, k):
    _, B, values = worked(lab.standardised(X), k)
    return X.mean(axis=0), B, values


def writes(X, k):
    X -= X.mean(axis=0)
    return worked(X, k)[0] * 0 + 0, *worked(X, k)[1:]


def rows_turned(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[::-1][:, :k], values[::-1][:k]


def only_vectors_turned(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, ::-1][:, :k], values[:k]


def only_values_turned(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, :k], values[::-1][:k]


def last_columns(X, k):
    values, vectors = np.linalg.eigh(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, -k:], values[::-1][:k]


def scores_for_components(X, k):
    mean, B, values = worked(X, k)
    return mean, (X - mean) @ B, values


def plain_eig(X, k):
    values, vectors = np.linalg.eig(lab.covariance_of(X))
    return X.mean(axis=0), vectors[:, :k], values[:k]


def centred_on(centre):
    def function(X, k):
        away = X - centre(X)
        values, vectors = np.linalg.eigh(away.T @ away / len(X))
        return X.mean(axis=0), vectors[:, ::-1][:, :k], values[::-1][:k]

    return function


def words_for_components(X, k):
    return X.mean(axis=0), [["?"] * k for _ in X], np.ones(k)


def stub(X, k): ...


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (uncentred, "the data are not centred"),
        (np_cov, "divided by N - 1"),
        (not_divided, "not divided by N"),
        (singular_values, "standard deviations instead of variances"),
        (deviations, "standard deviations instead of variances"),
        (first_of_eigh, "the smallest eigenvalues instead of the largest"),
        (last_of_eigh, "ascending instead of descending order"),
        (eig_as_it_comes, "unsorted eigenvalues"),
        (rows_of_v, "eigenvectors read off the rows"),
        (rows_of_v_reversed, "eigenvectors read off the rows"),
        (as_rows, "components as rows"),
        (complex_eig, "complex numbers from eig"),
        (wrong_axis, "the covariance of the wrong axis"),
        (mean_of_samples, "the covariance of the wrong axis"),
        (scaled_data, "the features are standardised"),
        (rows_turned, "the rows turned round instead of the columns"),
        (only_vectors_turned, "values and vectors in different orders"),
        (only_values_turned, "values and vectors in different orders"),
        (last_columns, "values and vectors in different orders"),
        (scores_for_components, "the scores instead of the components"),
        (words_for_components, "the scores instead of the components"),
        (plain_eig, "unsorted eigenvalues"),
        (centred_on(np.mean), "one mean for the whole table"),
        (
            centred_on(lambda X: X.mean(axis=1, keepdims=True)),
            "the mean of each sample instead of each feature",
        ),
        (stub, None),
    ],
)
def test_wrong_components_are_named(function, name):
    report = check_pca_mnist(**{**RIGHT, "pca": function})
    assert not report.passed
    named = {failure.misconception for failure in report.failures}
    assert named - {None} == ({name} if name else set()), str(report)
    assert all("pca_wide" not in f.property for f in report.failures)


def too_long(X, k):
    D = X - X.mean(axis=0)
    values, u = np.linalg.eigh(D @ D.T / len(X))
    return X.mean(axis=0), D.T @ u[:, ::-1][:, :k], values[::-1][:k]


def small_vectors(X, k):
    D = X - X.mean(axis=0)
    values, u = np.linalg.eigh(D @ D.T / len(X))
    return X.mean(axis=0), u[:, ::-1][:, :k], values[::-1][:k]


def long_as_a_whole(X, k):
    mean, B, values = too_long(X, k)
    return mean, B / np.linalg.norm(B), values


def long_by_rows(X, k):
    mean, B, values = too_long(X, k)
    return mean, B / np.linalg.norm(B, axis=1, keepdims=True), values


def first_of_wide(X, k):
    D = X - X.mean(axis=0)
    values, u = np.linalg.eigh(D @ D.T / len(X))
    B = D.T @ u[:, :k]
    return X.mean(axis=0), B / np.linalg.norm(B, axis=0), values[:k]


def divided_by_features(X, k):
    mean, B, values = lab.components_of_wide(X, k)
    return mean, B, values * len(X) / X.shape[1]


def uncentred_wide(X, k):
    values, u = np.linalg.eigh(X @ X.T / len(X))
    B = X.T @ u[:, ::-1][:, :k]
    return X.mean(axis=0), B / np.linalg.norm(B, axis=0), values[::-1][:k]


def smallest_wide(X, k):
    D = X - X.mean(axis=0)
    values, u = np.linalg.eigh(D @ D.T / len(X))
    B = D.T @ u[:, 1 : k + 1]
    B /= np.linalg.norm(B, axis=0)
    return X.mean(axis=0), B, values[1 : k + 1]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (too_long, "components that are not of length 1"),
        (long_as_a_whole, "components that are not of length 1"),
        (long_by_rows, "components that are not of length 1"),
        (first_of_wide, "the smallest eigenvalues instead of the largest"),
        (small_vectors, "the small eigenvectors instead of the components"),
        (divided_by_features, "divided by the number of features"),
        (uncentred_wide, "the data are not centred"),
        (worked, "a D by D matrix for wide data"),
    ],
)
def test_wrong_wide_components_are_named(function, name):
    report = check_pca_mnist(**{**RIGHT, "pca_wide": function})
    assert not report.passed
    assert {f.misconception for f in report.failures} == {name}, str(report)
    assert all("pca_wide" in f.property for f in report.failures)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (
            lambda X: (X - X.mean(axis=0)) / X.std(axis=0),
            "division by a standard deviation of zero",
        ),
        (
            lambda X: (X - X.mean(axis=0)) / np.where(X.std(axis=0) == 0, 1, X.std(axis=0)),
            "a constant feature whose standard deviation is rounding error",
        ),
        (
            lambda X: (X.T - X.mean(axis=1)).T / X.std(axis=1)[:, None],
            "the mean of each sample instead of each feature",
        ),
        (lambda X: (X - X.mean()) / X.std(), "one mean for the whole table"),
        (
            lambda X: (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8),
            "a small number added to the standard deviation",
        ),
        (lambda X: (X - X.mean(axis=0)) / X.std(axis=0, ddof=1), "divided by N - 1"),
        (lambda X: (X - X.mean(axis=0)) / X.var(axis=0), "divided by the variance"),
    ],
)
def test_wrong_normalisations_are_named(function, name):
    report = check_pca_mnist(**{**RIGHT, "normalise": function})
    assert {f.misconception for f in report.failures} == {name}, str(report)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (
            lambda X, m, B: X.mean(axis=0) + (X - X.mean(axis=0)) @ B @ B.T,
            "the mean of the new data",
        ),
        (lambda X, m, B: X.mean(axis=0) + (X - m) @ B @ B.T, "the mean of the new data"),
        (lambda X, m, B: m + B @ B.T @ (X - m), "the product for one sample as a column"),
        (lambda X, m, B: (X - m) @ B @ B.T, "the mean is not added back"),
        (lambda X, m, B: X @ B @ B.T, "the mean is not subtracted"),
        (lambda X, m, B: (X - m) @ B, "the scores instead of the guesses"),
    ],
)
def test_wrong_guesses_are_named(function, name):
    report = check_pca_mnist(**{**RIGHT, "reconstruct": function})
    assert {f.misconception for f in report.failures} == {name}, str(report)


def test_writing_into_the_argument_is_seen():
    report = check_pca_mnist(**{**RIGHT, "pca": writes})
    assert any("leaves its argument alone" in f.property for f in report.failures)


def writing_normalise(X):
    X -= X.mean(axis=0)
    return lab.standardised(X)


def writing_reconstruct(X, mean, B):
    X -= mean
    return mean + X @ B @ B.T


@pytest.mark.parametrize(
    ("name", "function"),
    [("normalise", writing_normalise), ("reconstruct", writing_reconstruct)],
)
def test_the_other_two_leave_their_arguments_alone(name, function):
    report = check_pca_mnist(**{**RIGHT, name: function})
    (failure,) = report.failures
    assert failure.property.startswith(f"{name} leaves its argument")


def test_nothing_given_fails():
    report = check_pca_mnist()
    assert not report.passed
    assert {f.misconception for f in report.failures} == {None}


def test_a_counterexample_is_small():
    report = check_pca_mnist(**{**RIGHT, "pca": uncentred})
    X, k = report.failures[0].counterexample
    assert X.size <= 6
    assert k == 1
