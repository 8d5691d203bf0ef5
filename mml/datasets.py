"""The book's data sets, each with an embedded default for a machine without them.

A file is looked for in the folder that the environment variable ``MML_DATA`` names,
then in the cache of earlier downloads, then at its publisher's address; it counts
only when its SHA-256 is the recorded one. ``MML_OFFLINE=1`` skips the download.
Where nothing is found, a loader says so in one line and gives its embedded
default; ``source`` always tells which of the two the reader has.
"""

import contextlib
import csv
import gzip
import hashlib
import logging
import os
import socket
import sys
import urllib.error
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import sparse

__all__ = [
    "Digits",
    "Faces",
    "Heights",
    "Mnist",
    "Web",
    "galton_table",
    "load_digits",
    "load_faces",
    "load_heights",
    "load_mnist",
    "load_web",
    "six_page_web",
]


class _Printer(logging.StreamHandler):
    """Prints warnings on the standard output of the moment, so that a page shows them."""

    def emit(self, record):
        self.stream = sys.stdout  # looked up late: a notebook replaces it
        super().emit(record)


logger = logging.getLogger(__name__)
if not logger.handlers:
    logger.addHandler(_Printer(sys.stdout))


@dataclass(frozen=True)
class _File:
    """A published file: where it may lie, where it comes from, how it is recognised."""

    title: str  # in words, for messages
    paths: tuple  # places under MML_DATA, first choice first
    urls: tuple  # addresses, first choice first
    sha256: str  # of the file as it is read: unpacked
    credit: str  # whose it is, and on which terms
    fetch: object = None  # gets the content where it is published in another form only


_FILES = {
    "hollins.dat": _File(
        title="the Hollins University web",
        paths=("graphs/hollins.dat", "hollins.dat"),
        urls=("https://www.limfinity.com/ir/data/hollins.dat.gz",),
        sha256="be0b607b3afbf02ccc86e998fc0ada0cbda076a16bf51242f676da8e3c02af31",
        credit="a crawl of Hollins University's site; no licence stated, so loaded, not shipped",
    ),
    "GaltonFamilies.csv": _File(
        title="Galton's families",
        paths=("heights/GaltonFamilies.csv", "GaltonFamilies.csv"),
        urls=("https://vincentarelbundock.github.io/Rdatasets/csv/HistData/GaltonFamilies.csv",),
        sha256="b1fc91e4d4b9604661967dcc62ff1055eaa3020c4d5c42d1f9d588f74b9b3317",
        credit="measured by Francis Galton, transcribed by J. A. Hanley; public domain",
    ),
    "olivetti_64x64.npz": _File(
        title="the Olivetti faces",
        paths=("faces/olivetti_64x64.npz", "olivetti_64x64.npz"),
        urls=(),
        sha256="f5495c59eeac98813e1d48f87a9069a1ce278acd9a453b18d7b4e500e4eed12d",
        credit="AT&T Laboratories Cambridge (Samaria and Harter 1994), free with this credit",
        fetch=lambda: _fetch_olivetti(),
    ),
    **{
        name: _File(
            title="MNIST",
            paths=(f"mnist/{name}.gz", f"mnist/{name}", f"{name}.gz", name),
            urls=(
                f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}.gz",
                f"https://storage.googleapis.com/cvdf-datasets/mnist/{name}.gz",
            ),
            sha256=sha256,
            credit="Y. LeCun, C. Cortes and C. J. C. Burges, from NIST's forms; CC BY-SA 3.0",
        )
        for name, sha256 in {
            "train-images-idx3-ubyte": (
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
            ),
            "train-labels-idx1-ubyte": (
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
            ),
            "t10k-images-idx3-ubyte": (
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
            ),
            "t10k-labels-idx1-ubyte": (
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
            ),
        }.items()
    },
}

_TIMEOUT = (5, 20)  # seconds to connect, and to wait for the next bytes


class _Unavailable(Exception):
    """A published file cannot be had; the message is the reason, in a few words."""


def _load(name, read):
    """Return ``read(path)`` of the published file `name`, or raise `_Unavailable`."""
    file = _FILES[name]
    folder = os.environ.get("MML_DATA")
    for place in file.paths if folder else ():
        path = Path(folder, place)
        if path.is_file():
            if _sha256(path) != file.sha256:
                read(path)  # names the damaged line, where there is one
                raise ValueError(
                    f"{path} is not {file.title} as published: its SHA-256 is not "
                    f"{file.sha256[:12]}…; replace the file, or take it out of MML_DATA"
                )
            return read(path)
    try:
        return file.fetch() if file.fetch else read(_fetch(name, file))
    except _Unavailable as reason:
        raise _Unavailable(f"not in MML_DATA, and {reason}" if folder else reason) from None


def _fetch(name, file):
    """Return the path of `name` in the cache, downloaded first where it is not there."""
    cached = _cache() / name
    if cached.is_file() and _sha256(cached) == file.sha256:
        return cached
    if os.environ.get("MML_OFFLINE", "0") not in ("", "0"):
        raise _Unavailable("MML_OFFLINE is set")
    pooch = _pooch()
    pooch_log = pooch.get_logger()
    level = pooch_log.level
    pooch_log.setLevel(logging.ERROR)  # its news would go to standard error
    try:
        for url in file.urls:
            try:
                # pooch moves the file into the cache only when the checksum is right
                pooch.retrieve(
                    url,
                    known_hash=f"sha256:{file.sha256}",
                    fname=name,
                    path=cached.parent,
                    downloader=_download,
                )
                return cached
            except (OSError, EOFError, ValueError, zlib.error) as error:
                logger.info("%s: %s", url, error)
                reason = _reason(error)
    finally:
        pooch_log.setLevel(level)
    raise _Unavailable(reason)


def _pooch():
    """Import pooch when it is wanted; tqdm, under it, warns in a kernel without widgets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pooch
    return pooch


def _download(url, path, pooch_):
    """Download `url` to `path` and unpack it there, so that the checksum is of the content."""
    get = _pooch().HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=_TIMEOUT)
    get(url, path, pooch_)
    content = Path(path).read_bytes()
    if url.endswith(".gz") and content[:2] == b"\x1f\x8b":  # some servers unpack it themselves
        Path(path).write_bytes(gzip.decompress(content))


def _reason(error):
    """Say in a few words, the same on every machine, why a download failed."""
    from requests import exceptions  # slow to import, and seldom needed

    if isinstance(error, exceptions.HTTPError):
        return f"the publisher's server answered {error.response.status_code}"
    if isinstance(error, exceptions.Timeout):
        return "the publisher's server did not answer in time"
    if isinstance(error, exceptions.ConnectionError):
        return "no connection to the publisher's server"
    if isinstance(error, (EOFError, zlib.error, gzip.BadGzipFile, exceptions.RequestException)):
        return "the download broke off or is damaged"
    if isinstance(error, OSError):
        return f"the cache of downloads cannot be written ({type(error).__name__})"
    return "what the publisher's server sent has the wrong checksum"


def _cache():
    return Path(_pooch().os_cache("mml"))


def _open(path):
    """Open a file for reading, unpacked where its name ends in .gz."""
    return gzip.open(path) if Path(path).suffix == ".gz" else open(path, "rb")


def _sha256(path):
    """Return the checksum of the content, or None where it cannot be unpacked."""
    try:
        with _open(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return None


def _fall_back(name, default, reason):
    """Say that the default stands in for `name`; return the words for ``source``."""
    text = f"{default} (embedded default, instead of {_FILES[name].title}: {reason})"
    if str(reason) != "MML_OFFLINE is set":  # then it was asked for
        logger.warning("%s", text)
    return text


@dataclass(frozen=True, eq=False)
class Web:
    """Pages and the links between them.

    Attributes
    ----------
    links : scipy.sparse.csr_array, shape (n, n)
        Entry (to, from) is 1 where page `from` links to page `to`, else 0.
    pages : tuple of str
        The pages' addresses, in the order of the rows and columns.
    source : str
        Which web it is, and why.
    """

    links: sparse.csr_array = field(repr=False)
    pages: tuple = field(repr=False)
    source: str


def load_web():
    """Load a real web site's graph: Hollins University's, of 6,012 pages.

    Returns
    -------
    Web
        `links` (to, from), `pages` and `source`. Where the file is neither in the
        folder named by ``MML_DATA`` nor in the cache and cannot be downloaded, it is
        `six_page_web`, and `source` says why.

    Raises
    ------
    ValueError
        If the file in ``MML_DATA`` is damaged or is not the published one; the
        message names the file, and the line where one is at fault.

    References
    ----------
    A crawl of Hollins University's site, a standard teaching set:
    https://www.limfinity.com/ir/data/hollins.dat.gz

    Examples
    --------
    How many pages link to no other? On the Hollins web it is more than half.

    >>> web = six_page_web()  # or load_web(), which may have to download
    >>> (web.links.sum(axis=0) == 0).sum()
    np.int64(0)
    """
    try:
        links, pages = _load("hollins.dat", _read_graph)
    except _Unavailable as reason:
        default = six_page_web()
        source = _fall_back("hollins.dat", "the six-page web", reason)
        return Web(default.links, default.pages, source)
    source = f"the Hollins University web: {len(pages):,} pages, {links.nnz:,} links"
    return Web(links, pages, source)


def six_page_web():
    """Return a web of six pages, small enough to do by hand.

    Its links are those of the course's assignment. No page links to the fifth.

    Returns
    -------
    Web
        `links` (to, from), `pages` and `source`.

    Examples
    --------
    >>> six_page_web().links.toarray().astype(int)
    array([[0, 1, 1, 0, 0, 0],
           [1, 0, 0, 0, 1, 0],
           [1, 1, 0, 1, 0, 1],
           [1, 0, 1, 0, 1, 1],
           [0, 0, 0, 0, 0, 0],
           [0, 0, 1, 0, 0, 0]])
    """
    links = {
        "atlas": ["bakery", "cycling", "diary"],
        "bakery": ["atlas", "cycling"],
        "cycling": ["atlas", "diary", "ferries"],
        "diary": ["cycling"],
        "essays": ["bakery", "diary"],
        "ferries": ["cycling", "diary"],
    }
    number = {page: k for k, page in enumerate(links)}
    edges = [(number[start], number[end]) for start, ends in links.items() for end in ends]
    pages = tuple(f"https://{page}.example/" for page in links)
    return Web(_link_array(edges, len(pages)), pages, "the six-page web")


def _link_array(edges, n):
    """Return the (to, from) array of 0 and 1 of (from, to) pairs; a repeated link counts once."""
    start, end = np.array(sorted(set(edges)), dtype=np.intp).reshape(-1, 2).T
    return sparse.csr_array((np.ones(start.size), (end, start)), shape=(n, n))


def _read_graph(path):
    """Read ``pages links``, then ``number address`` a page, then ``from to`` a link."""
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()

    def fail(row, problem):
        raise ValueError(f"{path}, line {row + 1}: {problem}")

    def numbers(row, count, wanted):
        if row >= len(lines):
            fail(row, f"the file ends here, {wanted} expected")
        try:
            found = [int(word) for word in lines[row].split()[:count]]
        except ValueError:
            found = []
        if len(found) < count:
            fail(row, f"{wanted} expected, got {lines[row]!r:.60}")
        return found

    n, m = numbers(0, 2, "the numbers of pages and of links")
    if n < 1 or m < 0:
        fail(0, f"at least one page expected, got {n} pages and {m} links")
    pages, edges = [], []
    for row in range(1, n + 1):
        (number,) = numbers(row, 1, "a page's number and address")
        words = lines[row].split(maxsplit=1)
        if number != row or len(words) < 2:
            fail(row, f"page {row} of {n} and its address expected, got {lines[row]!r:.60}")
        pages.append(words[1].strip())
    for row in range(n + 1, n + 1 + m):
        start, end = numbers(row, 2, f"link {row - n} of {m}, as two page numbers,")
        for page in (start, end):
            if not 1 <= page <= n:
                fail(row, f"there is no page {page}: the pages are 1 to {n}")
        edges.append((start - 1, end - 1))
    for row in range(n + 1 + m, len(lines)):
        if lines[row].strip():
            fail(row, f"the file should end after {m} links, got {lines[row]!r:.60}")
    return _link_array(edges, n), tuple(pages)


@dataclass(frozen=True, eq=False)
class Digits:
    """Small pictures of handwritten digits.

    Attributes
    ----------
    images : ndarray, shape (1797, 8, 8)
        Grey levels from 0 (paper) to 1 (ink).
    labels : ndarray, shape (1797,)
        The digit that each picture shows.
    source : str
        Whose pictures they are.
    """

    images: np.ndarray = field(repr=False)
    labels: np.ndarray = field(repr=False)
    source: str


def load_digits():
    """Load the handwritten digits that come with scikit-learn; they need no download.

    Returns
    -------
    Digits
        `images` with values from 0 to 1, `labels` and `source`.

    References
    ----------
    E. Alpaydin, C. Kaynak. *Optical Recognition of Handwritten Digits*.
    UCI Machine Learning Repository, 1998.

    Examples
    --------
    >>> digits = load_digits()
    >>> digits.images.shape, digits.labels[:5]
    ((1797, 8, 8), array([0, 1, 2, 3, 4]))
    """
    from sklearn import datasets  # takes a second to import

    bundle = datasets.load_digits()
    return Digits(bundle.images / 16, bundle.target, "the UCI digits bundled with scikit-learn")


@dataclass(frozen=True, eq=False)
class Mnist:
    """Handwritten digits, to learn from and to be tested on.

    Attributes
    ----------
    train_images : ndarray of uint8, shape (60000, 28, 28)
        Grey levels from 0 (paper) to 255 (ink).
    train_labels : ndarray of int, shape (60000,)
        The digit that each picture shows.
    test_images : ndarray of uint8, shape (10000, 28, 28)
        Pictures by other hands than those of the training set.
    test_labels : ndarray of int, shape (10000,)
        Their digits.
    source : str
        "mnist", or "embedded digits". The embedded ones are 1,297 and 500 pictures of 8×8
        pixels, each enlarged threefold, in a margin of two.
    """

    train_images: np.ndarray = field(repr=False)
    train_labels: np.ndarray = field(repr=False)
    test_images: np.ndarray = field(repr=False)
    test_labels: np.ndarray = field(repr=False)
    source: str


def load_mnist():
    """Load MNIST: 60,000 handwritten digits to learn from, and 10,000 for the test.

    Returns
    -------
    Mnist
        The pictures, their labels and `source`. Where one of the four files is neither in
        the folder named by ``MML_DATA`` nor in the cache and cannot be downloaded, the
        digits of `load_digits` stand in, enlarged to the same shape; `source` is then
        "embedded digits", and one line says why.

    Raises
    ------
    ValueError
        If a file in ``MML_DATA`` is damaged or is not the published one; the message names
        the file and what is wrong with it.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", *Proceedings of the IEEE* 86 (1998), 2278-2324.

    Examples
    --------
    >>> digits = load_mnist()  # doctest: +SKIP
    >>> digits.train_images.shape, digits.test_labels[:5]  # doctest: +SKIP
    ((60000, 28, 28), array([7, 2, 1, 0, 4]))
    """
    parts = []
    try:
        for part in ("train", "t10k"):
            images = _load(f"{part}-images-idx3-ubyte", lambda path: _read_idx(path, 3))
            labels = _load(f"{part}-labels-idx1-ubyte", lambda path: _read_idx(path, 1))
            if len(images) != len(labels):
                raise ValueError(f"MNIST, {part}: {len(images)} pictures, but {len(labels)} labels")
            parts += [images, labels.astype(int)]
    except _Unavailable as reason:
        _fall_back("train-images-idx3-ubyte", "the digits bundled with scikit-learn", reason)
        return _digits_like_mnist()
    return Mnist(*parts, "mnist")


def _read_idx(path, ndim):
    """Read an array of bytes: magic number 2048 + ndim, the lengths of the axes, the bytes."""
    try:
        with _open(path) as file:
            content = file.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: the file is truncated or damaged: {error}") from None
    header = 4 + 4 * ndim
    magic = int.from_bytes(content[:4], "big")
    if len(content) >= 4 and magic != 2048 + ndim:
        raise ValueError(
            f"{path}: an IDX file of bytes with {ndim} axes begins with the number "
            f"{2048 + ndim}, got {magic}"
        )
    if len(content) < header:
        raise ValueError(
            f"{path}: the file is truncated: {header} bytes of header expected, got {len(content)}"
        )
    shape = tuple(int.from_bytes(content[k : k + 4], "big") for k in range(4, header, 4))
    size = int(np.prod(shape, dtype=object))
    if len(content) != header + size:
        fault = "truncated" if len(content) < header + size else "too long"
        raise ValueError(
            f"{path}: the file is {fault}: {header + size} bytes expected for "
            f"{' × '.join(map(str, shape))} values, got {len(content)}"
        )
    array = np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()
    if ndim == 1 and array.size and array.max() > 9:
        raise ValueError(f"{path}: labels are digits from 0 to 9, got {array.max()}")
    return array


_TESTED = 500  # of the embedded digits: the last ones


def _digits_like_mnist():
    """Return the embedded digits in MNIST's shape."""
    digits = load_digits()
    enlarged = np.kron(np.rint(255 * digits.images), np.ones((1, 3, 3))).astype(np.uint8)
    images = np.pad(enlarged, ((0, 0), (2, 2), (2, 2)))
    labels = digits.labels.astype(int)
    train, test = slice(None, -_TESTED), slice(-_TESTED, None)
    return Mnist(images[train], labels[train], images[test], labels[test], "embedded digits")


@dataclass(frozen=True, eq=False)
class Faces:
    """Pictures of faces, a few of each person.

    Attributes
    ----------
    images : ndarray, shape (400, 64, 64)
        Grey levels from 0 (black) to 1 (white).
    people : ndarray, shape (400,)
        The number of the person that each picture shows, from 0 to 39.
    source : str
        Whose pictures they are. Of the embedded default, handwritten digits, the shapes are
        (1797, 8, 8) and (1797,), and `people` holds the digits.
    """

    images: np.ndarray = field(repr=False)
    people: np.ndarray = field(repr=False)
    source: str


def load_faces():
    """Load the Olivetti faces: ten pictures of each of 40 people, taken from 1992 to 1994.

    Where the file is not in the folder named by ``MML_DATA``, scikit-learn's
    `fetch_olivetti_faces` is asked, which has a cache of its own.

    Returns
    -------
    Faces
        `images` with values from 0 to 1, `people` and `source`. Where no faces can be had,
        they are the handwritten digits of `load_digits`, and `source` says so and why.

    Raises
    ------
    ValueError
        If the file in ``MML_DATA`` is damaged or is not the published one.

    References
    ----------
    F. S. Samaria and A. C. Harter, "Parameterisation of a stochastic model for human face
    identification", *IEEE Workshop on Applications of Computer Vision* (1994), 138-142.
    Pictures by AT&T Laboratories Cambridge.

    Examples
    --------
    >>> faces = load_faces()  # doctest: +SKIP
    >>> faces.images.shape, faces.people[:12]  # doctest: +SKIP
    ((400, 64, 64), array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]))
    """
    try:
        images, people = _load("olivetti_64x64.npz", _read_faces)
    except _Unavailable as reason:
        digits = load_digits()
        source = _fall_back("olivetti_64x64.npz", digits.source, reason)
        return Faces(digits.images, digits.labels, source)
    count = f"{len(images)} pictures of {len(np.unique(people))} people"
    return Faces(images, people, f"the Olivetti faces: {count}")


_WHITE = 242  # the largest grey level of the published pictures


def _read_faces(path):
    """Read the arrays ``images``, whole numbers up to 242, and ``subject``."""
    try:
        with open(path, "rb") as file, np.load(file) as arrays:
            return arrays["images"] / _WHITE, arrays["subject"].astype(int)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: no faces can be read from it: {error}") from None


def _fetch_olivetti():
    """Return the faces as scikit-learn has or downloads them, to the last bit those of the file."""
    from sklearn import datasets

    offline = os.environ.get("MML_OFFLINE", "0") not in ("", "0")
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(sum(_TIMEOUT))
    try:
        with contextlib.redirect_stdout(None), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns before it tries again
            bunch = datasets.fetch_olivetti_faces(
                download_if_missing=not offline, n_retries=1, delay=0.1
            )
    except urllib.error.HTTPError as error:
        raise _Unavailable(f"the publisher's server answered {error.code}") from None
    except (urllib.error.URLError, TimeoutError):
        raise _Unavailable("no connection to the publisher's server") from None
    except (OSError, EOFError, ValueError) as error:
        logger.info("fetch_olivetti_faces: %s", error)
        reason = "MML_OFFLINE is set" if offline else "the download broke off or is damaged"
        raise _Unavailable(reason) from None
    finally:
        socket.setdefaulttimeout(patience)
    return np.rint(bunch.images * np.float64(_WHITE)) / _WHITE, bunch.target.astype(int)


@dataclass(frozen=True, eq=False)
class Heights:
    """Parents and their grown-up children.

    Attributes
    ----------
    parents : ndarray, shape (n,)
        For each child the mean of its father's height and 1.08 times its mother's, in cm.
    children : ndarray, shape (n,)
        The children's heights in cm, those of daughters multiplied by 1.08.
    source : str
        Whose heights they are.
    """

    parents: np.ndarray = field(repr=False)
    children: np.ndarray = field(repr=False)
    source: str


def load_heights():
    """Load the heights that Francis Galton measured: 934 children and their parents.

    Women are on average some 7 % shorter than men. To compare them, Galton multiplied
    every woman's height by 1.08, and so are daughters and mothers here.

    Returns
    -------
    Heights
        `parents` and `children` in cm, and `source`. Where the file is neither in the
        folder named by ``MML_DATA`` nor in the cache and cannot be downloaded, it is
        `galton_table`, and `source` says why.

    Raises
    ------
    ValueError
        If the file in ``MML_DATA`` is damaged or is not the published one; the
        message names the file, and the line where one is at fault.

    References
    ----------
    J. A. Hanley, "Transmuting women into men: Galton's family data on human stature",
    *The American Statistician* 58 (2004), 237-243; as in the R package HistData.

    Examples
    --------
    >>> heights = galton_table()  # or load_heights(), which may have to download
    >>> heights.children.mean().round(1)
    np.float64(172.9)
    """
    try:
        parents, children = _load("GaltonFamilies.csv", _read_families)
    except _Unavailable as reason:
        default = galton_table()
        source = _fall_back("GaltonFamilies.csv", default.source, reason)
        return Heights(default.parents, default.children, source)
    return Heights(parents, children, f"Galton's families: {len(children)} children")


_INCH = 2.54  # cm

# Galton's table of 1886: the rows are classes of parents' heights, the columns of children's.
_TABLE_PARENTS = (64, 64.5, 65.5, 66.5, 67.5, 68.5, 69.5, 70.5, 71.5, 72.5, 73)  # inches
_TABLE_CHILDREN = (
    61.7, 62.2, 63.2, 64.2, 65.2, 66.2, 67.2, 68.2, 69.2, 70.2, 71.2, 72.2, 73.2, 73.7,
)  # fmt: skip
_TABLE = """
    1 0 2  4  1  2  2  1  1  0  0  0 0 0
    1 1 4  4  1  5  5  0  2  0  0  0 0 0
    1 0 9  5  7 11 11  7  7  5  2  1 0 0
    0 3 3  5  2 17 17 14 13  4  0  0 0 0
    0 3 5 14 15 36 38 28 38 19 11  4 0 0
    1 0 7 11 16 25 31 34 48 21 18  4 3 0
    0 0 1 16  4 17 27 20 33 25 20 11 4 5
    1 0 1  0  1  1  3 12 18 14  7  4 3 3
    0 0 0  0  1  3  4  3  5 10  4  9 2 2
    0 0 0  0  0  0  0  1  2  1  2  7 2 4
    0 0 0  0  0  0  0  0  0  0  0  1 3 0
"""


def galton_table():
    """Return the heights as Galton printed them in 1886: 928 children in classes of an inch.

    A height is the middle of its class. The first and the last class of the table are open:
    61.7 inches stand for every child below that, 73.7 for every child above, and likewise
    64 and 73 inches for parents.

    Returns
    -------
    Heights
        `parents` and `children` in cm, and `source`.

    References
    ----------
    F. Galton, "Regression towards mediocrity in hereditary stature", *Journal of the
    Anthropological Institute* 15 (1886), 246-263, table I.

    Examples
    --------
    >>> heights = galton_table()
    >>> heights.parents.shape, heights.children.max().round(1)
    ((928,), np.float64(187.2))
    """
    counts = np.array(_TABLE.split(), dtype=int).reshape(11, 14)
    rows, columns = np.indices(counts.shape)
    parents = _INCH * np.repeat(np.array(_TABLE_PARENTS)[rows], counts.ravel())
    children = _INCH * np.repeat(np.array(_TABLE_CHILDREN)[columns], counts.ravel())
    return Heights(parents, children, "Galton's table of 1886: 928 children")


def _read_families(path):
    """Read one child a row; return mid-parents' and children's heights in cm."""
    parents, children = [], []
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                father, mother, child = (
                    float(row[name]) for name in ("father", "mother", "childHeight")
                )
                factor = {"male": 1.0, "female": 1.08}[row["gender"]]
            except (KeyError, TypeError, ValueError):
                raise ValueError(
                    f"{path}, line {rows.line_num}: a child's gender and the heights of father, "
                    f"mother and child expected, got {','.join(map(str, row.values()))!r:.80}"
                ) from None
            parents.append((father + 1.08 * mother) / 2)
            children.append(factor * child)
    if not children:
        raise ValueError(f"{path}, line 1: at least one child expected, got none")
    return _INCH * np.array(parents), _INCH * np.array(children)
