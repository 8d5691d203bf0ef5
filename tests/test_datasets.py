"""The data sets: found, recognised, refused, replaced by the default."""

import dataclasses
import functools
import gzip
import hashlib
import http.server
import os
import threading
import types
import urllib.error
import warnings

import numpy as np
import pooch
import pytest

from mml import datasets
from mml.datasets import (
    galton_table,
    load_digits,
    load_faces,
    load_heights,
    load_mnist,
    load_web,
    six_page_web,
)

SMALL = b"3 4 1\n1 http://a/ \n2 http://b/ \n3 http://c/ \n1 2\n1 3\n2 3\n2 3\n"


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """No MML_DATA, an empty cache, and a small file published nowhere."""
    monkeypatch.delenv("MML_DATA", raising=False)
    monkeypatch.delenv("MML_OFFLINE", raising=False)
    monkeypatch.setattr(datasets, "_cache", lambda: tmp_path / "cache")
    publish(monkeypatch, "http://127.0.0.1:9/hollins.dat.gz")
    return tmp_path


def publish(monkeypatch, *urls, content=SMALL):
    file = dataclasses.replace(
        datasets._FILES["hollins.dat"], urls=urls, sha256=hashlib.sha256(content).hexdigest()
    )
    monkeypatch.setitem(datasets._FILES, "hollins.dat", file)


@pytest.fixture
def server(tmp_path):
    """A loopback server of the folder tmp_path/served."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            if self.path == "/short.gz":  # promises more than it sends
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(gzip.compress(SMALL)[:20])
            elif self.path == "/encoded.gz":  # as servers do that know gzip as an encoding
                body = gzip.compress(SMALL)
                self.send_response(200)
                self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            else:
                super().do_GET()

    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def put(folder, content=SMALL, place="graphs/hollins.dat"):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def is_default(web):
    return np.array_equal(web.links.toarray(), six_page_web().links.toarray())


def is_small(web):
    links = [[0, 0, 0], [1, 0, 0], [1, 1, 0]]
    return web.pages == ("http://a/", "http://b/", "http://c/") and (web.links == links).all()


def test_the_real_web_or_the_default(monkeypatch):
    if os.environ.get("MML_DATA"):
        missing = "MML_DATA is set, but has no graphs/hollins.dat"
        monkeypatch.setattr(datasets, "_fetch", lambda *_: pytest.fail(missing))
        web = load_web()
        assert web.source == "the Hollins University web: 6,012 pages, 23,875 links"
        assert web.links.shape == (6012, 6012)
        assert web.links.nnz == 23875
        assert (web.links.sum(axis=0) == 0).sum() == 3189  # dangling pages
        assert web.pages[0] == "http://www1.hollins.edu/"
        assert web.links[1, 0] == 1  # the file's first link: 1 → 2
    else:
        monkeypatch.setenv("MML_OFFLINE", "1")
        monkeypatch.setattr(datasets, "_cache", lambda: datasets.Path("no such folder"))
        assert is_default(load_web())


@pytest.mark.parametrize("place", ["graphs/hollins.dat", "hollins.dat"])
def test_a_file_in_mml_data(no_data, monkeypatch, place, capsys):
    monkeypatch.setenv("MML_DATA", str(no_data))
    put(no_data, place=place)
    web = load_web()
    assert is_small(web)
    assert web.source == "the Hollins University web: 3 pages, 3 links"
    assert capsys.readouterr() == ("", "")


def test_the_source_does_not_tell_the_way(no_data, monkeypatch):
    monkeypatch.setenv("MML_DATA", str(no_data))
    put(no_data)
    from_folder = load_web()
    monkeypatch.delenv("MML_DATA")
    put(no_data / "cache", place="hollins.dat")
    assert load_web().source == from_folder.source  # the same page on every machine


def test_a_cached_file_needs_no_network(no_data, monkeypatch):
    put(no_data / "cache", place="hollins.dat")
    monkeypatch.setattr(pooch, "retrieve", None)
    monkeypatch.setenv("MML_DATA", str(no_data / "elsewhere"))
    assert is_small(load_web())


def test_a_wrong_file_in_mml_data_is_an_error(no_data, monkeypatch):
    monkeypatch.setenv("MML_DATA", str(no_data))
    put(no_data / "cache", place="hollins.dat")  # not even a good copy replaces it
    path = put(no_data, SMALL.replace(b"2 3\n2 3", b"2 1\n2 3"))
    with pytest.raises(ValueError, match=r"graphs.hollins\.dat is not .* published.*SHA-256"):
        load_web()
    assert path.exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"2 3\n2 3\n", b"2 3\n", r"line 8: the file ends here, link 4 of 4"),
        (b"1 2\n1 3\n2 3\n2 3\n", b"", r"line 5: the file ends here, link 1 of 4"),
        (b"1 3\n", b"1 three\n", r"line 6: link 2 of 4.*got '1 three'"),
        (b"1 3\n", b"1\n", r"line 6: link 2 of 4.*got '1'"),
        (b"1 3\n", b"1 4\n", r"line 6: there is no page 4: the pages are 1 to 3"),
        (b"1 3\n", b"0 1\n", r"line 6: there is no page 0"),
        (b"2 3\n2 3\n", b"2 3\n2 3\n3 1\n", r"line 9: the file should end after 4 links"),
        (b"3 4 1", b"2 4 1", r"line 4: link 1 of 4.*http://c"),
        (b"3 4 1", b"4 4 1", r"line 5: page 4 of 4.*got '1 2'"),
        (b"3 4 1", b"three 4", r"line 1: the numbers of pages and of links"),
        (b"3 4 1", b"0 0", r"line 1: at least one page"),
        (b"2 http://b/ ", b"2", r"line 3: page 2 of 3 and its address"),
        (b"2 http://b/ ", b"7 http://b/", r"line 3: page 2 of 3 and its address"),
        (SMALL, b"", r"line 1: the file ends here"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(no_data, monkeypatch, old, new, message):
    monkeypatch.setenv("MML_DATA", str(no_data))
    assert SMALL.count(old) == 1
    put(no_data, SMALL.replace(old, new))
    with pytest.raises(ValueError, match=r"hollins\.dat, " + message):
        load_web()


@pytest.mark.parametrize("name", ["web.gz", "web", "encoded.gz"])
def test_a_download_is_kept(no_data, monkeypatch, server, name, capfd):
    folder, address = server
    put(folder, gzip.compress(SMALL), "web.gz")
    put(folder, SMALL, "web")
    publish(monkeypatch, f"{address}/{name}")
    assert is_small(load_web())
    assert files(no_data / "cache") == ["hollins.dat"]
    monkeypatch.setenv("MML_OFFLINE", "1")
    assert is_small(load_web())
    assert capfd.readouterr() == ("", "")


def test_a_second_address_is_tried(no_data, monkeypatch, server):
    folder, address = server
    put(folder, SMALL, "web")
    publish(monkeypatch, f"{address}/gone.gz", f"{address}/web")
    assert is_small(load_web())


def test_a_damaged_cache_is_replaced(no_data, monkeypatch, server):
    folder, address = server
    put(folder, SMALL, "web")
    put(no_data / "cache", SMALL[:30], "hollins.dat")
    publish(monkeypatch, f"{address}/web")
    assert is_small(load_web())
    assert (no_data / "cache" / "hollins.dat").read_bytes() == SMALL


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone.gz", "answered 404"),
        ("cut.gz", "broke off or is damaged"),
        ("short.gz", "broke off or is damaged"),
        ("noise.gz", "broke off or is damaged"),
        ("other.gz", "wrong checksum"),
    ],
)
def test_a_bad_download_gives_the_default_and_leaves_nothing(
    no_data, monkeypatch, server, name, reason, capfd
):
    folder, address = server
    put(folder, gzip.compress(SMALL)[:-12], "cut.gz")
    put(folder, b"\x1f\x8b\x08\x00" + bytes(range(60)), "noise.gz")
    put(folder, gzip.compress(b"another file"), "other.gz")
    publish(monkeypatch, f"{address}/{name}")
    web = load_web()
    assert is_default(web)
    assert "embedded default" in web.source
    assert reason in web.source
    assert files(no_data / "cache") == []
    out, err = capfd.readouterr()
    assert out == web.source + "\n"
    assert err == ""


def test_no_network_gives_the_default(no_data, monkeypatch, capfd):
    web = load_web()  # nobody listens on port 9
    assert is_default(web)
    assert web.source == (
        "the six-page web (embedded default, instead of the Hollins University web: "
        "no connection to the publisher's server)"
    )
    assert capfd.readouterr() == (web.source + "\n", "")
    monkeypatch.setenv("MML_DATA", str(no_data))
    assert "not in MML_DATA, and no connection" in load_web().source


def test_a_slow_server_is_not_waited_for(no_data, monkeypatch):
    with http.server.HTTPServer(("127.0.0.1", 0), None) as silent:  # listens, never answers
        publish(monkeypatch, f"http://127.0.0.1:{silent.server_port}/web.gz")
        monkeypatch.setattr(datasets, "_TIMEOUT", (0.2, 0.2))
        assert "did not answer in time" in load_web().source


def test_offline_on_request_is_quiet(no_data, monkeypatch, capfd):
    monkeypatch.setenv("MML_OFFLINE", "1")
    monkeypatch.setattr(pooch, "retrieve", None)
    web = load_web()
    assert is_default(web)
    assert "MML_OFFLINE is set" in web.source
    assert capfd.readouterr() == ("", "")


def test_a_cache_that_cannot_be_written(no_data, monkeypatch, server):
    folder, address = server
    put(folder, SMALL, "web")
    publish(monkeypatch, f"{address}/web")
    put(no_data, b"a file, not a folder", "cache")
    assert "cannot be written" in load_web().source


def test_an_interrupted_download_leaves_nothing(no_data, monkeypatch):
    def interrupted(self, url, path, pooch_):
        datasets.Path(path).write_bytes(SMALL[:10])
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_web()
    assert files(no_data / "cache") == []


def test_the_recorded_files_are_complete():
    for file in datasets._FILES.values():
        assert len(file.sha256) == 64
        assert all(url.startswith("https://") for url in file.urls)
        assert file.title
        assert file.credit


def test_webs_are_frozen_and_short_to_print():
    web = six_page_web()
    assert repr(web) == "Web(source='the six-page web')"
    with pytest.raises(dataclasses.FrozenInstanceError):
        web.links = None


def test_the_six_page_web_has_the_course_links():
    web = six_page_web()
    assert web.links.sum(axis=0).tolist() == [3, 2, 3, 1, 2, 2]
    assert web.links.sum(axis=1).tolist() == [2, 2, 4, 4, 0, 1]
    assert len(set(web.pages)) == 6


def test_digits():
    digits = load_digits()
    assert digits.images.shape == (1797, 8, 8)
    assert digits.images.min() == 0
    assert digits.images.max() == 1
    assert set(digits.labels) == set(range(10))
    assert "scikit-learn" in digits.source
    assert len(repr(digits)) < 100


FAMILIES = b"""rownames,family,father,mother,midparentHeight,children,childNum,gender,childHeight
1,001,78.5,67,75.43,4,1,male,73.2
2,001,78.5,67,75.43,4,2,female,69.2
"""


def publish_families(monkeypatch, content=FAMILIES):
    file = datasets._FILES["GaltonFamilies.csv"]
    sha256 = hashlib.sha256(content).hexdigest()
    file = dataclasses.replace(file, urls=("http://127.0.0.1:9/families.csv",), sha256=sha256)
    monkeypatch.setitem(datasets._FILES, "GaltonFamilies.csv", file)


def test_the_real_heights_or_the_default(monkeypatch):
    if os.environ.get("MML_DATA"):
        missing = "MML_DATA is set, but has no heights/GaltonFamilies.csv"
        monkeypatch.setattr(datasets, "_fetch", lambda *_: pytest.fail(missing))
        heights = load_heights()
        assert heights.source == "Galton's families: 934 children"
        assert heights.parents.shape == heights.children.shape == (934,)
        assert heights.children[0] == pytest.approx(73.2 * 2.54)  # the file's first child, a son
        assert heights.parents[0] == pytest.approx(75.43 * 2.54)  # as the file's own column
        assert heights.children.mean() == pytest.approx(175.852, abs=1e-3)
        assert heights.children.std() == pytest.approx(6.560, abs=1e-3)
    else:
        monkeypatch.setenv("MML_OFFLINE", "1")
        monkeypatch.setattr(datasets, "_cache", lambda: datasets.Path("no such folder"))
        assert load_heights().children.shape == (928,)


@pytest.mark.parametrize("place", ["heights/GaltonFamilies.csv", "GaltonFamilies.csv"])
def test_a_file_of_heights_in_mml_data(no_data, monkeypatch, place, capsys):
    monkeypatch.setenv("MML_DATA", str(no_data))
    publish_families(monkeypatch)
    put(no_data, FAMILIES, place)
    heights = load_heights()
    np.testing.assert_allclose(heights.parents, [75.43 * 2.54] * 2)
    np.testing.assert_allclose(heights.children, [73.2 * 2.54, 69.2 * 1.08 * 2.54])
    assert heights.source == "Galton's families: 2 children"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b"67,75.43,4,1,male,73.2", b"sixty,75.43,4,1,male,73.2", "line 2"),
        (b"female,69.2", b"female", "line 3"),
        (b"female", b"F", "line 3"),
        (b"father", b"dad", "line 2"),
        (FAMILIES[FAMILIES.index(b"1,001") :], b"", "line 1: at least one child"),
    ],
)
def test_damaged_heights_are_named_with_their_line(no_data, monkeypatch, old, new, line):
    monkeypatch.setenv("MML_DATA", str(no_data))
    assert FAMILIES.count(old) == 1
    put(no_data, FAMILIES.replace(old, new), "heights/GaltonFamilies.csv")
    with pytest.raises(ValueError, match=r"GaltonFamilies\.csv, " + line):
        load_heights()


def test_no_heights_to_be_had_gives_the_table(no_data, monkeypatch, capfd):
    publish_families(monkeypatch)
    heights = load_heights()  # nobody listens on port 9
    np.testing.assert_array_equal(heights.children, galton_table().children)
    assert heights.source == (
        "Galton's table of 1886: 928 children (embedded default, instead of Galton's families: "
        "no connection to the publisher's server)"
    )
    assert capfd.readouterr() == (heights.source + "\n", "")


def test_the_table_of_1886():
    table = galton_table()
    assert table.parents.shape == table.children.shape == (928,)
    # Published: the children's mean is 68.09 inches, the parents' 68.31; the slope is 0.646.
    assert (table.children / 2.54).mean() == pytest.approx(68.0885, abs=1e-4)
    assert (table.parents / 2.54).mean() == pytest.approx(68.3082, abs=1e-4)
    slope = np.polyfit(table.parents, table.children, 1)[0]
    assert slope == pytest.approx(0.6463, abs=1e-4)
    assert len(set(table.children)) == 14
    assert len(set(table.parents)) == 11
    assert repr(table) == 'Heights(source="Galton\'s table of 1886: 928 children")'


@pytest.mark.skipif(
    not os.path.isfile(os.path.join(os.environ.get("MML_DATA", ""), "heights/Galton.csv")),
    reason="MML_DATA has no heights/Galton.csv",
)
def test_the_embedded_table_is_the_published_one():
    path = os.path.join(os.environ["MML_DATA"], "heights/Galton.csv")
    published = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(1, 2)) * 2.54
    table = galton_table()
    ours = np.column_stack([table.parents, table.children])
    for pairs in (published, ours):
        pairs[:] = pairs[np.lexsort(pairs.T)]
    np.testing.assert_allclose(ours, published)


# --- the faces ------------------------------------------------------------------------


@pytest.fixture
def olivetti(monkeypatch, tmp_path):
    """No MML_DATA, and scikit-learn answers with what the test says: four small faces."""
    monkeypatch.delenv("MML_DATA", raising=False)
    monkeypatch.delenv("MML_OFFLINE", raising=False)
    grey = np.arange(16, dtype=np.uint8).reshape(4, 2, 2) * 16 + 2  # the largest is 242
    asked = []

    def answer(result):
        def fetch(**options):
            asked.append(options)
            print("downloading from somewhere to /a/path/of/this/machine")
            warnings.warn("retry", stacklevel=1)
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr("sklearn.datasets.fetch_olivetti_faces", fetch)
        return asked

    as_sklearn = np.float32(grey) / np.float32(242)
    answer(types.SimpleNamespace(images=as_sklearn, target=np.array([0, 0, 1, 1])))
    return types.SimpleNamespace(grey=grey, answer=answer, asked=asked, folder=tmp_path)


def is_digits(faces):
    digits = load_digits()
    same = np.array_equal(faces.images, digits.images)
    return same and np.array_equal(faces.people, digits.labels)


def test_the_real_faces(monkeypatch):
    if not os.environ.get("MML_DATA"):
        pytest.skip("the faces are not here")
    missing = "MML_DATA is set, but has no faces/olivetti_64x64.npz"
    monkeypatch.setattr(datasets, "_fetch_olivetti", lambda: pytest.fail(missing))
    faces = load_faces()
    assert faces.source == "the Olivetti faces: 400 pictures of 40 people"
    assert faces.images.shape == (400, 64, 64)
    assert (faces.images.min(), faces.images.max()) == (0, 1)
    assert faces.people.tolist() == [person for person in range(40) for _ in range(10)]
    # As scikit-learn documents them: the first row of the first picture.
    first = [0.30991736, 0.3677686, 0.41735536, 0.44214877, 0.5289256]
    np.testing.assert_allclose(faces.images[0, 0, :5], first, rtol=1e-7)


def test_faces_in_mml_data_and_from_scikit_learn_are_the_same(olivetti, monkeypatch, capfd):
    fetched = load_faces()
    assert fetched.source == "the Olivetti faces: 4 pictures of 2 people"
    place = olivetti.folder / "faces" / "olivetti_64x64.npz"
    place.parent.mkdir()
    np.savez(place, images=olivetti.grey, subject=np.uint8([0, 0, 1, 1]))
    recorded = dataclasses.replace(
        datasets._FILES["olivetti_64x64.npz"],
        sha256=hashlib.sha256(place.read_bytes()).hexdigest(),
    )
    monkeypatch.setitem(datasets._FILES, "olivetti_64x64.npz", recorded)
    monkeypatch.setenv("MML_DATA", str(olivetti.folder))
    read = load_faces()
    assert len(olivetti.asked) == 1
    assert np.array_equal(read.images, fetched.images)
    assert np.array_equal(read.people, fetched.people)
    assert read.source == fetched.source
    assert read.images.dtype == float
    assert read.images.max() == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (urllib.error.HTTPError("u", 404, "gone", {}, None), "server answered 404"),
        (urllib.error.URLError("no route"), "no connection"),
        (TimeoutError("slow"), "no connection"),
        (OSError("x has an SHA256 checksum differing from expected"), "broke off or is damaged"),
        (EOFError("short"), "broke off or is damaged"),
    ],
)
def test_without_faces_there_are_digits(olivetti, monkeypatch, error, reason, capfd):
    olivetti.answer(error)
    faces = load_faces()
    assert is_digits(faces)
    assert "embedded default, instead of the Olivetti faces" in faces.source
    assert reason in faces.source
    assert capfd.readouterr() == (faces.source + "\n", "")
    monkeypatch.setenv("MML_DATA", str(olivetti.folder))
    assert "not in MML_DATA, and" in load_faces().source


def test_faces_offline_come_from_the_cache_or_not_at_all(olivetti, monkeypatch, capfd):
    monkeypatch.setenv("MML_OFFLINE", "1")
    assert load_faces().source.startswith("the Olivetti faces")
    olivetti.answer(OSError("Data not found"))
    faces = load_faces()
    assert is_digits(faces)
    assert "MML_OFFLINE is set" in faces.source
    assert [options["download_if_missing"] for options in olivetti.asked] == [False, False]
    assert capfd.readouterr() == ("", "")


def test_a_wrong_file_of_faces_is_an_error(olivetti, monkeypatch):
    monkeypatch.setenv("MML_DATA", str(olivetti.folder))
    place = olivetti.folder / "olivetti_64x64.npz"
    np.savez(place, images=olivetti.grey, subject=[0, 0, 1, 1])
    with pytest.raises(ValueError, match="is not the Olivetti faces as published"):
        load_faces()
    np.savez(place, images=olivetti.grey)
    with pytest.raises(ValueError, match=r"no faces can be read.*subject"):
        load_faces()
    for content in (b"", b"not a zip file", b"PK\x03\x04 cut"):
        place.write_bytes(content)
        with pytest.raises(ValueError, match=r"olivetti_64x64\.npz: no faces can be read"):
            load_faces()
    assert olivetti.asked == []


def idx(array):
    """Return an array of bytes as an IDX file."""
    array = np.asarray(array, np.uint8)
    numbers = (2048 + array.ndim, *array.shape)
    return b"".join(int(n).to_bytes(4, "big") for n in numbers) + array.tobytes()


PICTURES = np.arange(3 * 4 * 2).reshape(3, 4, 2) * 10
FOUR = {
    "train-images-idx3-ubyte": idx(PICTURES),
    "train-labels-idx1-ubyte": idx([5, 0, 9]),
    "t10k-images-idx3-ubyte": idx(PICTURES[:2]),
    "t10k-labels-idx1-ubyte": idx([7, 2]),
}


@pytest.fixture
def small_mnist(no_data, monkeypatch):
    """Four small files, published nowhere, and a folder for MML_DATA."""
    publish_four(monkeypatch)
    monkeypatch.setenv("MML_DATA", str(no_data))
    return no_data


def publish_four(monkeypatch, address="http://127.0.0.1:9", **contents):
    for name, content in {**FOUR, **contents}.items():
        file = dataclasses.replace(
            datasets._FILES[name],
            urls=(f"{address}/{name}.gz",),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        monkeypatch.setitem(datasets._FILES, name, file)


def put_four(folder, place="mnist/{}.gz", **contents):
    for name, content in {**FOUR, **contents}.items():
        content = gzip.compress(content) if place.endswith(".gz") else content
        put(folder, content, place.format(name))


def test_the_real_mnist_or_the_default(monkeypatch):
    if os.environ.get("MML_DATA"):
        missing = "MML_DATA is set, but has no mnist/train-images-idx3-ubyte.gz"
        monkeypatch.setattr(datasets, "_fetch", lambda *_: pytest.fail(missing))
        digits = load_mnist()
        assert digits.source == "mnist"
        assert digits.train_images.shape == (60000, 28, 28)
        assert digits.test_images.shape == (10000, 28, 28)
        assert digits.train_images.dtype == digits.test_images.dtype == np.uint8
        assert digits.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
        assert digits.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
        assert np.bincount(digits.train_labels)[[0, 1]].tolist() == [5923, 6742]  # as published
        assert digits.train_images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    else:
        monkeypatch.setenv("MML_OFFLINE", "1")
        monkeypatch.setattr(datasets, "_cache", lambda: datasets.Path("no such folder"))
        assert load_mnist().source == "embedded digits"


@pytest.mark.parametrize("place", ["mnist/{}.gz", "mnist/{}", "{}.gz", "{}"])
def test_mnist_in_mml_data(small_mnist, place, capsys):
    put_four(small_mnist, place)
    digits = load_mnist()
    np.testing.assert_array_equal(digits.train_images, PICTURES)
    np.testing.assert_array_equal(digits.test_images, PICTURES[:2])
    assert digits.train_labels.tolist() == [5, 0, 9]
    assert digits.test_labels.tolist() == [7, 2]
    assert digits.train_labels.dtype.kind == "i"
    assert digits.train_images.flags.writeable
    assert repr(digits) == "Mnist(source='mnist')"
    assert capsys.readouterr() == ("", "")


def test_mnist_downloaded_and_kept(no_data, monkeypatch, server):
    folder, address = server
    put_four(folder, "{}.gz")
    publish_four(monkeypatch, address)
    assert load_mnist().source == "mnist"
    assert files(no_data / "cache") == sorted(FOUR)
    monkeypatch.setenv("MML_OFFLINE", "1")
    assert load_mnist().test_labels.tolist() == [7, 2]


IMAGES, LABELS = "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (IMAGES, lambda c: c[:-1], r"truncated: 40 bytes expected for 3 × 4 × 2 values, got 39"),
        (IMAGES, lambda c: c[:9], r"truncated: 16 bytes of header expected, got 9"),
        (IMAGES, lambda c: b"", r"truncated: 16 bytes of header expected, got 0"),
        (IMAGES, lambda c: c + b"x", r"too long: 40 bytes expected for 3 × 4 × 2 values, got 41"),
        (IMAGES, lambda c: FOUR[LABELS], r"3 axes begins with the number 2051, got 2049"),
        (IMAGES, lambda c: b"\0\0\x0d\x03" + c[4:], r"number 2051, got 3331"),
        (LABELS, lambda c: FOUR[IMAGES], r"1 axes begins with the number 2049, got 2051"),
        (LABELS, lambda c: c[:-1] + b"\x0a", r"labels are digits from 0 to 9, got 10"),
        (LABELS, lambda c: c[:-1] + b"\x03", r"not MNIST as published: its SHA-256"),
    ],
)
@pytest.mark.parametrize("place", ["mnist/{}.gz", "mnist/{}"])
def test_damaged_mnist_is_named(small_mnist, name, damage, message, place):
    put_four(small_mnist, place, **{name: damage(FOUR[name])})
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        load_mnist()


@pytest.mark.parametrize("damage", [lambda g: g[:-12], lambda g: g[:30] + b"??" + g[32:]])
def test_mnist_that_cannot_be_unpacked_is_named(small_mnist, damage):
    put_four(small_mnist)
    packed = gzip.compress(FOUR[IMAGES])
    put(small_mnist, damage(packed), f"mnist/{IMAGES}.gz")
    with pytest.raises(ValueError, match=rf"{IMAGES}\.gz: the file is truncated or damaged"):
        load_mnist()


def test_no_packed_file_at_all(small_mnist):
    put_four(small_mnist)
    put(small_mnist, b"<html>not found</html>", f"mnist/{IMAGES}.gz")
    with pytest.raises(ValueError, match="truncated or damaged: Not a gzipped file"):
        load_mnist()


def test_as_many_labels_as_pictures(small_mnist, monkeypatch):
    fewer = {LABELS: idx([7])}
    publish_four(monkeypatch, **fewer)
    put_four(small_mnist, **fewer)
    with pytest.raises(ValueError, match="2 pictures, but 1 labels"):
        load_mnist()


def test_no_mnist_to_be_had_gives_the_digits_in_its_shape(no_data, monkeypatch, capfd):
    publish_four(monkeypatch)
    digits = load_mnist()  # nobody listens on port 9
    assert digits.source == "embedded digits"
    assert capfd.readouterr() == (
        "the digits bundled with scikit-learn (embedded default, instead of MNIST: "
        "no connection to the publisher's server)\n",
        "",
    )
    assert digits.train_images.shape == (1297, 28, 28)
    assert digits.test_images.shape == (500, 28, 28)
    assert digits.train_images.dtype == np.uint8
    original = load_digits()
    np.testing.assert_array_equal(digits.test_labels, original.labels[-500:])
    small = digits.train_images[:, 3:-2:3, 3:-2:3]  # the middle of each enlarged pixel
    np.testing.assert_allclose(small / 255, original.images[:1297], atol=1 / 500)
    assert digits.train_images[:, :2].max() == 0
    assert digits.train_images.max() == 255


def test_one_file_of_four_is_not_enough(small_mnist):
    put_four(small_mnist)
    (small_mnist / "mnist" / f"{LABELS}.gz").unlink()
    assert load_mnist().source == "embedded digits"
