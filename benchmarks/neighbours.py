"""The five nearest of 60,000 digits for each of 10,000 others, exactly.

MNIST, pixels from 0 to 1 in float32. Every run takes the 60,000 and the 10,000 pictures and
returns the indices of the neighbours, so what is prepared beforehand counts. The distance is
the largest excess, relative, of a neighbour's true distance over that of the right one of the
same rank, in float64: so that which of two pictures at equal distance is named does not
matter. The last row is one matrix product of all with all, the work of the plain formula.
"""

import numpy as np

from benchmarks.frame import Case, peer
from mml.datasets import load_mnist
from mml.pca import KNearestNeighbours

PACKAGES = ("mml", "numpy", "faiss-cpu", "scikit-learn")
K = 5


def cases():
    """Yield the one search."""
    data = load_mnist()
    if data.source != "mnist":
        print("  skipped: MNIST is not in the folder named by MML_DATA")
        return
    X, Q = (
        (images.reshape(len(images), -1) / np.float32(255)).astype(np.float32)
        for images in (data.train_images, data.test_images)
    )
    labels = np.zeros(len(X), int)
    runs = {"mml": lambda: KNearestNeighbours(K).fit(X, labels).neighbours(Q)[1]}
    skipped = {}
    for name, module, make in (
        ("FAISS, flat index", "faiss", with_faiss),
        ("scikit-learn, brute", "sklearn.neighbors", with_sklearn),
    ):
        found, why = peer(module)
        if found is None:
            skipped[name] = why
        else:
            runs[name] = make(found, X, Q)
    right = true_distances(X, Q, KNearestNeighbours(K + 5).fit(X, labels).neighbours(Q)[1])
    right = np.sort(right, axis=1)[:, :K]

    def excess(indices):
        return float((np.sort(true_distances(X, Q, indices), axis=1) / right - 1).max())

    yield Case(
        name=f"{len(Q):,} against {len(X):,} digits, k = {K}, float32",
        runs=runs,
        distance=excess,
        within=1e-5,
        limit=lambda: products(X, Q),
        limit_name="the products of all with all",
        skipped=skipped,
        repeats=3,
    )


def true_distances(X, Q, indices):
    """Return the distances of the pictures named, in float64."""
    return np.array(
        [np.linalg.norm(X[i].astype(float) - q, axis=1) for i, q in zip(indices, Q, strict=True)]
    )


def with_faiss(faiss, X, Q):
    """FAISS, the index that compares with everything."""
    faiss.omp_set_num_threads(1)

    def run():
        index = faiss.IndexFlatL2(X.shape[1])
        index.add(X)
        return index.search(Q, K)[1]

    return run


def with_sklearn(module, X, Q):
    """scikit-learn, told not to build a tree."""

    def run():
        model = module.NearestNeighbors(n_neighbors=K, algorithm="brute", n_jobs=1).fit(X)
        return model.kneighbors(Q, return_distance=False)

    return run


def products(X, Q):
    """Multiply all pictures with all, a block at a time, and do nothing else."""
    for start in range(0, len(Q), 500):
        Q[start : start + 500] @ X.T
