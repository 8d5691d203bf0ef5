"""The data sets: found, recognised, refused, replaced by the default."""

import dataclasses
import functools
import gzip
import hashlib
import http.server
import os
import threading

import numpy as np
import pooch
import pytest

from mml import datasets
from mml.datasets import load_digits, load_web, six_page_web

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
