"""The book's data sets, each with an embedded default for a machine without them.

A file is looked for in the folder that the environment variable ``MML_DATA`` names,
then in the cache of earlier downloads, then at its publisher's address; it counts
only when its SHA-256 is the recorded one. ``MML_OFFLINE=1`` skips the download.
Where nothing is found, a loader says so in one line and gives its embedded
default; ``source`` always tells which of the two the reader has.
"""

import gzip
import hashlib
import logging
import os
import sys
import warnings
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import sparse

__all__ = ["Digits", "Web", "load_digits", "load_web", "six_page_web"]


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


_FILES = {
    "hollins.dat": _File(
        title="the Hollins University web",
        paths=("graphs/hollins.dat", "hollins.dat"),
        urls=("https://www.limfinity.com/ir/data/hollins.dat.gz",),
        sha256="be0b607b3afbf02ccc86e998fc0ada0cbda076a16bf51242f676da8e3c02af31",
        credit="a crawl of Hollins University's site; no licence stated, so loaded, not shipped",
    ),
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
        return read(_fetch(name, file))
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


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
