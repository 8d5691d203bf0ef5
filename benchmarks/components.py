"""The 50 leading components: of MNIST in double and single precision, of wide data, of batches.

The distance is the largest relative error of the 50 variances, against those of the centred
data in double precision. The floor is the one product that no exact form can avoid.
"""

import numpy as np

from benchmarks.frame import Case, peer
from mml.datasets import load_mnist
from mml.pca import PCA

PACKAGES = ("mml", "numpy", "scipy", "scikit-learn")
KEPT = 50
BATCH = 1000


def cases():
    """Yield MNIST twice, the wide data and the batches."""
    digits = load_mnist()
    X = digits.train_images.reshape(len(digits.train_images), -1) / 255
    exact = variances(X)
    size = f"{X.shape[0]:,} × {X.shape[1]}, k = {KEPT}"
    for name, data, within in (("float64", X, 1e-10), ("float32", X.astype(np.float32), 1e-6)):
        yield Case(
            name=f"MNIST, {size}, {name}",
            runs={
                "mml": lambda data=data: PCA(KEPT).fit(data).explained_variance_,
                **peers(data, "covariance_eigh", "randomized"),
            },
            distance=lambda values: np.abs(values / exact - 1).max(),
            within=within,
            limit=lambda data=data: data.T @ data,
            limit_name="floor: the product XᵀX",
            skipped=missing(),
            repeats=5,
        )
    yield Case(
        name=f"batches of {BATCH:,}, {size}, float64",
        runs={"mml": lambda: ours_in_batches(X), **peers_in_batches(X)},
        distance=lambda values: np.abs(values / exact - 1).max(),
        within=1e-10,
        limit=lambda: X.T @ X,
        limit_name="floor: the product XᵀX",
        skipped=missing(),
        repeats=3,
    )

    W = np.random.default_rng(0).standard_normal((1000, 20_000))
    wide = variances(W)
    yield Case(
        name=f"1,000 × 20,000, k = {KEPT}, float64",
        runs={
            "mml": lambda: PCA(KEPT).fit(W).explained_variance_,
            **peers(W, "randomized", "arpack", "full"),
        },
        distance=lambda values: np.abs(values / wide - 1).max(),
        within=1e-10,
        limit=lambda: W @ W.T,
        limit_name="floor: the product XXᵀ",
        skipped=missing(),
        repeats=3,
    )


def variances(X):
    """Return the leading variances, from the centred data in double precision."""
    centred = X - X.mean(axis=0)
    small = centred.T @ centred if len(X) > X.shape[1] else centred @ centred.T
    return np.linalg.eigvalsh(small)[::-1][:KEPT] / (len(X) - 1)


def ours_in_batches(X):
    """Return the variances that mml finds in batches."""
    pca = PCA(KEPT, method="streaming")
    for start in range(0, len(X), BATCH):
        pca.partial_fit(X[start : start + BATCH])
    return pca.explained_variance_


def peers(X, *solvers):
    """Return {name: run} of scikit-learn's solvers."""
    sklearn, absent = peer("sklearn.decomposition")
    if absent:
        return {}
    return {
        f"scikit-learn, {solver}": lambda solver=solver: (
            sklearn.PCA(KEPT, svd_solver=solver, random_state=0).fit(X).explained_variance_
        )
        for solver in solvers
    }


def peers_in_batches(X):
    """Return {name: run} of scikit-learn's way with batches."""
    sklearn, absent = peer("sklearn.decomposition")
    if absent:
        return {}
    return {
        "scikit-learn, IncrementalPCA": lambda: (
            sklearn.IncrementalPCA(KEPT, batch_size=BATCH).fit(X).explained_variance_
        )
    }


def missing():
    """Return who is not installed."""
    absent = peer("sklearn.decomposition")[1]
    return {"scikit-learn": absent} if absent else {}
