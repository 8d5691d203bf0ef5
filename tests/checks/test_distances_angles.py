"""The distances check: right solutions pass, each misconception is called by its name."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import KNeighborsClassifier

import mml.pca
from mml.checks import check_distances_angles
from mml.checks import distances_angles as lab

COUNT = len(lab.PROPERTIES)


# The lab's worked solution.


def distance(x, y, A):
    z = np.asarray(x, float) - np.asarray(y, float)
    return np.sqrt(z @ A @ z)


def angle(x, y, A):
    x, y = np.asarray(x, float), np.asarray(y, float)
    u, v = x / np.sqrt(x @ A @ x), y / np.sqrt(y @ A @ y)
    return 2 * np.arctan2(distance(u, v, A), distance(u, -v, A))


def pairwise(X, Y):
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    middle = Y.mean(axis=0)
    X, Y = X - middle, Y - middle
    squares = np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1) - 2 * X @ Y.T
    return np.sqrt(np.maximum(squares, 0))


def predict(X, labels, Q, k):
    nearest = np.argsort(pairwise(Q, X), axis=1)[:, :k]
    return np.array([np.bincount(labels[i]).argmax() for i in nearest])


RIGHT = {"distance": distance, "angle": angle, "pairwise": pairwise, "predict": predict}


# Right solutions of other styles.


def pairwise_by_rows(X, Y):
    print("a reader's print")
    return np.array([np.linalg.norm(x.astype(float) - Y, axis=1) for x in X])


def angle_by_a_factor(x, y, A):
    U = np.linalg.cholesky(A).T
    return mml.linear_algebra.angle(U @ x.astype(float), U @ y.astype(float))


def predict_by_counting(X, labels, Q, k):
    found = []
    for row in pairwise_by_rows(Q, X):
        votes = Counter(sorted(labels[np.argsort(row)[:k]].tolist()))
        found.append(votes.most_common(1)[0][0])
    return found


def predict_by_scikit_learn(X, labels, Q, k):
    return KNeighborsClassifier(k).fit(X.astype(float), labels).predict(Q.astype(float))


def predict_by_the_package(X, labels, Q, k):
    return mml.pca.KNearestNeighbours(k).fit(X, labels).predict(Q)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"distance": mml.pca.distance, "angle": mml.pca.angle},
        {"pairwise": mml.pca.pairwise_distances, "predict": predict_by_the_package},
        {"pairwise": pairwise_by_rows, "predict": predict_by_counting},
        {"pairwise": lambda X, Y: cdist(X, Y), "predict": predict_by_scikit_learn},
        {"angle": angle_by_a_factor},
    ],
)
def test_right_solutions_pass(change, capfd):
    report = check_distances_angles(**{**RIGHT, **change})
    assert report.passed, str(report)
    assert len(report.results) == COUNT
    assert capfd.readouterr() == ("", "")


def test_nothing_written_passes_nothing():
    def stub(*arguments):
        raise NotImplementedError

    for functions in ({}, dict.fromkeys(RIGHT, stub), dict.fromkeys(RIGHT, lambda *a: None)):
        report = check_distances_angles(**functions)
        assert not any(result.outcome == "pass" for result in report.results)


def test_one_function_alone_can_be_tried():
    report = check_distances_angles(distance=distance)
    assert [r.property for r in report.results if r.outcome == "pass"] == [
        p.name for p in lab.PROPERTIES if p.name.startswith("distance")
    ]


@pytest.mark.parametrize(
    ("name", "wrong", "misconception"),
    [
        ("angle", lambda x, y, A: angle(x, y, np.eye(len(x))), "the matrix A is not used"),
        (
            "pairwise",
            lambda X, Y: np.array([np.linalg.norm(x - Y, axis=1) for x in X]),
            "whole numbers of eight bits wrap round",
        ),
    ],
)
def test_one_function_alone_gets_its_advice(name, wrong, misconception):
    report = check_distances_angles(**{name: wrong})
    assert misconception in {failure.misconception for failure in report.failures}


# Wrong solutions, each with one defect, as a learner would write them.


def squared(x, y, A):
    return distance(x, y, A) ** 2


def manhattan(x, y, A):
    return np.abs(np.linalg.cholesky(A).T @ (x.astype(float) - y)).sum()


def lengths(x, y, A):
    x, y = x.astype(float), y.astype(float)
    return abs(np.sqrt(x @ A @ x) - np.sqrt(y @ A @ y))


def ordinary(x, y, A):
    return np.linalg.norm(x.astype(float) - y)


def both_sides(x, y, A):
    return np.linalg.norm(A @ (x.astype(float) - y))


def inverse(x, y, A):
    return distance(x, y, np.linalg.inv(A))


def in_bytes(x, y, A):
    z = x - y
    return np.sqrt(z @ A @ z)


def in_bytes_by_norm(x, y, A):
    return np.linalg.norm(np.linalg.cholesky(A).T @ (x - y))


def through(arrange=lambda q: q, product=None, after=lambda t: t):
    """The angle through the arccosine, with one thing changed."""

    def by_cosine(x, y, A):
        x, y = x.astype(float), y.astype(float)
        A = A if product is None else product(A)
        return after(np.arccos(arrange(x @ A @ y / np.sqrt((x @ A @ x) * (y @ A @ y)))))

    return by_cosine


def clip(q):
    return np.clip(q, -1, 1)


def angle_in_degrees(x, y, A):
    return np.degrees(angle(x, y, A))


def angle_as_cosine(x, y, A):
    return np.cos(angle(x, y, A))


def angle_mixed(x, y, A):
    x, y = x.astype(float), y.astype(float)
    return np.arccos(clip(x @ A @ y / (np.linalg.norm(x) * np.linalg.norm(y))))


def angle_mixed_in_a_triangle(x, y, A):
    x, y = x.astype(float), y.astype(float)
    return angle_unequal(x / np.linalg.norm(x), y / np.linalg.norm(y), A)


def angle_unequal(x, y, A):
    x, y = x.astype(float), y.astype(float)
    return 2 * np.arctan2(distance(x, y, A), distance(x, -y, A))


def angle_by_squares(x, y, A):
    x, y = x.astype(float), y.astype(float)
    return np.arccos(clip(x @ A @ y / ((x @ A @ x) * (y @ A @ y))))


def angle_by_math(x, y, A):
    x, y = x.astype(float), y.astype(float)
    return math.acos(x @ A @ y / math.sqrt((x @ A @ x) * (y @ A @ y)))


def wrong_factor(x, y, A):
    return np.linalg.norm(np.linalg.cholesky(A) @ (x.astype(float) - y))


def angle_with_the_wrong_factor(x, y, A):
    L = np.linalg.cholesky(A)
    return mml.linear_algebra.angle(L @ x.astype(float), L @ y.astype(float))


def angle_in_bytes(x, y, A):
    u, v = x / np.sqrt(x @ x), y / np.sqrt(y @ y)
    if x.dtype != np.uint8:
        return angle(x, y, A)
    return 2 * np.arctan2(distance(u, v, A), distance(u, -v, A))


def plain(X, Y, *, factor=2.0, root=np.sqrt):
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    squares = np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1) - factor * X @ Y.T
    return root(squares)


def plain_clipped(X, Y):
    return plain(X, Y, root=lambda s: np.sqrt(np.maximum(s, 0)))


def pairs_squared(X, Y):
    return pairwise(X, Y) ** 2


def pairs_once(X, Y):
    return plain(X, Y, factor=1.0, root=lambda s: np.sqrt(np.maximum(s, 0)))


def pairs_own_means(X, Y):
    return pairwise(X - X.mean(axis=0), Y - Y.mean(axis=0))


def pairs_turned(X, Y):
    return pairwise(Y, X)


def pairs_cubed(X, Y):
    return np.sqrt(((X[:, None].astype(float) - Y) ** 2).sum(axis=2))


def pairs_in_bytes(X, Y):
    return np.array([np.linalg.norm(x - Y, axis=1) for x in X])


def voting(choose, count=lambda labels: np.bincount(labels).argmax()):
    def read(X, labels, Q, k):
        order = np.argsort(pairwise(Q, X), axis=1)
        return np.array([count(labels[choose(row, k)]) for row in order])

    return read


def tie_to_the_nearest(labels):
    return Counter(labels.tolist()).most_common(1)[0][0]


def tie_to_the_largest(labels):
    return 9 - np.bincount(9 - labels, minlength=10).argmax()


def reads_bytes(X, labels, Q, k):
    return (
        labels[[np.linalg.norm(X - q, axis=1).argmin() for q in Q]]
        if (X.dtype == np.uint8)
        else predict(X, labels, Q, k)
    )


def writes(X, Y):
    found = pairwise(X, Y)
    X[:] = 0
    return found


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"distance": squared}, "the root is missing"),
        ({"distance": manhattan}, "sizes of differences are added"),
        ({"distance": lengths}, "the difference of two lengths"),
        ({"distance": ordinary}, "the matrix A is not used"),
        ({"distance": both_sides}, "A is applied to both vectors"),
        ({"distance": inverse}, "the inverse of A is used"),
        ({"distance": in_bytes}, "whole numbers of eight bits wrap round"),
        ({"distance": in_bytes_by_norm}, "whole numbers of eight bits wrap round"),
        ({"angle": through()}, "the arccosine of a number beyond 1"),
        ({"angle": through(clip)}, "small angles are lost in the cosine"),
        ({"angle": through(lambda q: clip(np.abs(q)))}, "obtuse angles are folded over"),
        ({"angle": angle_in_degrees}, "degrees instead of radians"),
        ({"angle": angle_as_cosine}, "the cosine instead of the angle"),
        ({"angle": angle_mixed}, "two rulers in one angle"),
        ({"angle": through(clip, lambda A: np.eye(len(A)))}, "the matrix A is not used"),
        ({"angle": through(clip, lambda A: A @ A)}, "A is applied to both vectors"),
        ({"angle": through(clip, np.linalg.inv)}, "the inverse of A is used"),
        ({"distance": wrong_factor}, "the factor is not transposed"),
        ({"angle": angle_with_the_wrong_factor}, "the factor is not transposed"),
        ({"angle": lambda x, y, A: angle(x, y, A) / 2}, "half of the angle"),
        ({"angle": angle_unequal}, "the two vectors are not one long"),
        ({"angle": angle_mixed_in_a_triangle}, "two rulers in one angle"),
        ({"angle": angle_by_squares}, "squared lengths below the line"),
        ({"angle": angle_by_math}, "the arccosine of a number beyond 1"),
        ({"angle": angle_in_bytes}, "whole numbers of eight bits wrap round"),
        ({"pairwise": pairs_squared}, "the roots are missing"),
        ({"pairwise": pairs_once}, "the product is subtracted once"),
        ({"pairwise": pairs_own_means}, "X and Y are moved by different vectors"),
        ({"pairwise": pairs_turned}, "rows and columns exchanged"),
        ({"pairwise": plain}, "close points far from zero have lost their digits"),
        ({"pairwise": plain_clipped}, "close points far from zero have lost their digits"),
        ({"pairwise": pairs_cubed}, "a cube of differences"),
        ({"pairwise": pairs_in_bytes}, "whole numbers of eight bits wrap round"),
        ({"predict": voting(lambda o, k: o[-k:])}, "the farthest points vote"),
        (
            {"predict": lambda X, y, Q, k: predict(X, np.arange(len(X)), Q, k)},
            "places vote instead of labels",
        ),
        (
            {"predict": voting(lambda o, k: o[:k], lambda y: np.bincount(y).max())},
            "the number of votes instead of the label",
        ),
        ({"predict": voting(lambda o, k: o[1 : k + 1])}, "the nearest point is left out"),
        ({"predict": voting(lambda o, k: o[:k], np.mean)}, "labels are averaged"),
        ({"predict": voting(lambda o, k: o[:k], np.median)}, "labels are averaged"),
        ({"predict": voting(lambda o, k: o[:1])}, "only the nearest votes"),
        ({"predict": voting(lambda o, k: o[: k + 1])}, "one voter too many or too few"),
        (
            {"predict": voting(lambda o, k: o[:k], tie_to_the_nearest)},
            "ties are settled otherwise",
        ),
        (
            {"predict": voting(lambda o, k: o[:k], tie_to_the_largest)},
            "ties are settled otherwise",
        ),
        ({"predict": reads_bytes}, "whole numbers of eight bits wrap round"),
        ({"pairwise": writes}, "the arguments are changed"),
    ],
)
def test_a_misconception_is_called_by_its_name(change, name):
    report = check_distances_angles(**{**RIGHT, **change})
    assert not report.passed
    named = {failure.misconception for failure in report.failures} - {None}
    if name in {"the matrix A is not used", "A is applied to both vectors"} or (
        "inverse" in name and "angle" in change
    ):
        named -= {"small angles are lost in the cosine"}
    assert named == {name}, str(report)


def test_a_tie_settled_in_a_way_of_its_own_is_not_taken_for_an_average():
    one_more = voting(lambda o, k: o[: k + (k % 2 == 0)])
    (failure,) = check_distances_angles(**{**RIGHT, "predict": one_more}).failures
    assert (failure.property, failure.misconception) == (
        "predict settles ties for the smallest label",
        None,
    )


def test_the_smallest_case_is_shown():
    report = check_distances_angles(**{**RIGHT, "distance": in_bytes})
    (failure,) = report.failures
    assert failure.counterexample[0].tolist() == [250]
    assert "expected: 5" in failure.message


def test_points_far_from_zero_are_told_apart():
    (failure,) = check_distances_angles(**{**RIGHT, "pairwise": plain_clipped}).failures
    assert "1.00000003e+08" in failure.message


def test_nan_is_told_before_digits():
    report = check_distances_angles(**{**RIGHT, "angle": through()})
    assert [f.misconception for f in report.failures] == ["the arccosine of a number beyond 1"]
    untried = [r.property for r in report.results if r.outcome == "not tried"]
    assert untried == ["angle keeps the digits of small angles"]
