"""PageRank with damping 0.85 to an error of 1e-10, on a random web and on a real one.

Timed is the call for the ranks alone, on a graph that is ready in each package's own form:
a link matrix for mml (its checks and the search for twins are inside the time), a graph for
igraph, an adjacency matrix for scikit-network, a DiGraph for NetworkX. The distance is the
1-norm to ranks iterated until they stand still. Peers stop by tests of their own, so their
distances differ: see the column. The floor is 20 products with the link matrix.

The real web is cnr-2000 (325,557 pages), read from the folder that MML_DATA names.
"""

import os
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from benchmarks.frame import Case, peer
from mml.linear_algebra import link_matrix, pagerank

PACKAGES = ("mml", "numpy", "scipy", "igraph", "scikit-network", "networkx")
DAMPING = 0.85


def cases():
    """Yield the webs, small to large."""
    web = _cnr2000()
    if web is None:
        print("cnr-2000 is left out: set MML_DATA to a folder with graphs/cnr2000_csr.npz\n")
    else:
        yield _case("cnr-2000", *web)
    n, links = 10**6, 10**7
    pairs = np.random.default_rng(0).integers(0, n, (links, 2), dtype=np.int32)
    yield _case("random web", pairs, n)


def _cnr2000():
    path = Path(os.environ.get("MML_DATA", ".")) / "graphs" / "cnr2000_csr.npz"
    if not path.exists():
        return None
    with np.load(path) as file:
        indptr, targets = file["indptr"], file["indices"]
    sources = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    return np.column_stack([sources, targets.astype(np.int32)]), len(indptr) - 1


def _case(name, pairs, n):
    """Return the case of a web given by its links."""
    L = link_matrix(pairs, n)
    exact = _reference(L)
    targets, sources = L.nonzero()
    runs = {
        "mml": lambda: pagerank(L, DAMPING).ranks,
        'mml, method="power"': lambda: pagerank(L, DAMPING, method="power").ranks,
    }
    skipped = {}

    igraph, why = peer("igraph")
    if igraph:
        graph = igraph.Graph(n=n, edges=np.column_stack([sources, targets]), directed=True)
        runs["igraph (PRPACK)"] = lambda: graph.pagerank(damping=DAMPING)
    else:
        skipped["igraph (PRPACK)"] = why

    sknetwork, why = peer("sknetwork.ranking")
    if sknetwork:
        adjacency = csr_matrix((L.T != 0).astype(float))  # it takes no sparse arrays
        # Its default solver is wrong where pages are dangling; this one is right.
        model = sknetwork.PageRank(DAMPING, solver="RH", n_iter=150, tol=1e-10)
        runs["scikit-network (RH)"] = lambda: model.fit_predict(adjacency)
    else:
        skipped["scikit-network (RH)"] = why

    networkx, why = peer("networkx")
    if networkx and n <= 500_000:  # a DiGraph of 10⁷ links takes several GB
        digraph = networkx.DiGraph()
        digraph.add_nodes_from(range(n))
        digraph.add_edges_from(zip(sources.tolist(), targets.tolist(), strict=True))
        runs["NetworkX"] = lambda: list(
            networkx.pagerank(digraph, DAMPING, max_iter=500, tol=1e-11 / n).values()
        )
    else:
        skipped["NetworkX"] = why or "its graph of this size takes several GB"

    return Case(
        name=f"{name}: {n:,} pages, {L.nnz:,} links",
        runs=runs,
        distance=lambda ranks: np.abs(np.asarray(ranks) - exact).sum(),
        within=1e-10,
        limit=lambda: [L @ exact for _ in range(20)],
        limit_name="floor: 20 sparse products",
        skipped=skipped,
    )


def _reference(L):
    """Return the ranks by plain steps until 250 are done: 0.85²⁵⁰ is 2e-18."""
    n = L.shape[0]
    r = np.full(n, 1 / n)
    for _ in range(250):
        r = DAMPING * (L @ r)
        r += (1 - r.sum()) / n
    return r
