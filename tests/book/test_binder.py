"""Binder's environment, made here: a chapter opens as a notebook and runs to its end.

The steps are those of repo2docker: the Python of runtime.txt, requirements.txt, postBuild.
"""

import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from building import ROOT
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.binder

CHAPTER = "book/linear_algebra/05_eigen.md"
START, RUN = 90, 240  # seconds that the server and the chapter may take
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LEFT_OUT = {".venv", ".git", "_build", "node_modules", "screenshots", "benchmarks"}


@pytest.fixture(scope="module")
def say(pytestconfig):
    """Return a function that shows progress at once: the environment takes minutes to make."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def show(text):
        with capture.global_and_fixture_disabled():
            print(f"\n[binder {time.strftime('%H:%M:%S')}] {text}", end=" ", flush=True)

    return show


def python_of_runtime():
    """Return the interpreter that runtime.txt names, or the running one, if it will do."""
    wanted = re.fullmatch(r"python-(\d+)\.(\d+)\s*", (ROOT / "runtime.txt").read_text())
    assert wanted, "runtime.txt does not read python-X.Y"
    found = shutil.which(f"python{wanted[1]}.{wanted[2]}")
    if sys.version_info[:2] == (int(wanted[1]), int(wanted[2])):
        return sys.executable
    return found or sys.executable


def run(*command, **options):
    """Run a step; its output is shown where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def binder(tmp_path_factory, say):
    """Make what Binder would: a copy of the repository and an environment; return both."""
    folder = tmp_path_factory.mktemp("binder")
    home, venv, repository = folder / "home", folder / "venv", folder / "repository"
    home.mkdir()
    skip = shutil.ignore_patterns(*LEFT_OUT, "__pycache__", "*.egg-info", ".*_cache", "kernel-ipc*")
    shutil.copytree(ROOT, repository, ignore=skip, symlinks=True)
    say(f"a fresh environment in {venv}")
    run(python_of_runtime(), "-m", "venv", venv)
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUPYTER"))}
    settings |= {
        "HOME": str(home),
        "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(venv),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    # the home is fresh for Jupyter's sake; what pip has fetched before may serve again
    kept = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"],
                          capture_output=True, text=True, check=False).stdout.strip()  # fmt: skip
    settings.setdefault("PIP_CACHE_DIR", kept or str(folder / "pip"))
    say("installing requirements.txt (a minute or two)")
    run(venv / "bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt",
        cwd=repository, env=settings)  # fmt: skip
    say("running postBuild")
    run(repository / "postBuild", cwd=repository, env=settings)
    yield repository, venv, settings
    shutil.rmtree(folder, ignore_errors=True)


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def lab(binder, say):
    """Start JupyterLab on loopback, and return its address; end it and its kernels after."""
    repository, venv, settings = binder
    port, token = free_port(), secrets.token_hex(16)
    log = open(repository.parent / "lab.log", "w+", encoding="utf8")  # noqa: SIM115
    process = subprocess.Popen(
        [venv / "bin/python", "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
         f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
         "--allow-root", "--LabApp.news_url=None", "--LabApp.check_for_updates_class="
         "jupyterlab.NeverCheckForUpdate"],
        cwd=repository, env=settings, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        say(f"JupyterLab starts on port {port}")
        deadline = time.monotonic() + START
        while True:
            assert process.poll() is None, read_log(log)
            assert time.monotonic() < deadline, f"no answer in {START} s:\n{read_log(log)}"
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=5)
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}", token
    finally:
        # the kernels are in sessions of their own: the server ends them when asked kindly
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def read_log(log):
    """Return the end of the server's log."""
    log.flush()
    log.seek(0)
    return log.read()[-4000:]


STATUS = """() => {
  const light = document.querySelector(".jp-Notebook-ExecutionIndicator");
  return [light?.dataset.status ?? "", light?.textContent ?? ""];
}"""


def sha(path):
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_requirements_hold_what_binder_needs():
    """Quick: the files that repo2docker reads are sound."""
    names = re.findall(r"^([\w-]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert {"jupyterlab", "jupytext", "ipykernel", "myst-nb"} <= set(names)
    assert os.access(ROOT / "postBuild", os.X_OK)
    run("bash", "-n", ROOT / "postBuild")


def test_a_chapter_opens_as_a_notebook_and_runs(binder, lab, say):
    repository, _, _ = binder
    address, token = lab
    path = repository / CHAPTER
    before = sha(path)
    cells = len(re.findall(r"^`{3,}\{code-cell\}", path.read_text(encoding="utf8"), re.M))
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        # a tall window: the lab draws the cells that are in view, and drops the others
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(START * 1000)
        say(f"opening {CHAPTER}")
        page.goto(f"{address}/lab/tree/{CHAPTER}?token={token}")
        page.wait_for_selector(".jp-NotebookPanel")
        assert page.locator(".jp-FileEditor").count() == 0, "the chapter opened as text"
        page.wait_for_function(f"({STATUS})()[0] === 'idle'")
        run_all(page, say)
        seen = walk(page)
        browser.close()
    assert seen["errors"] == [], "\n".join(seen["errors"])
    assert seen["count"] >= 1
    assert seen["never"] == [], f"cells never run: {seen['never']}"
    say(f"{seen['count']} code cells run without error")
    assert seen["count"] == cells
    assert sha(path) == before, "running a chapter changed its file"


def run_all(page, say):
    """Run all cells by the menu, and wait until the last has ended."""
    deadline, shown, asked = time.monotonic() + RUN, 0, 0
    while True:
        status, text = page.evaluate(STATUS)
        if re.search(r"Executed \d+ cells?", text) and status == "idle":
            return
        now = time.monotonic()
        assert now < deadline, f"not done after {RUN} s: {status} {text}"
        if "Executed" not in text and now - asked > 20:
            # a kernel that is only just there may miss the first call
            page.click('.lm-MenuBar-itemLabel:text-is("Run")')
            page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
            asked = now
        if now - shown > 10:
            say(f"running: {text.strip() or status}")
            shown = now
        time.sleep(0.5)


WALK = """async () => {
  const scroller = document.querySelector(".jp-WindowedPanel-outer");
  const seen = new Map(), errors = new Set();
  let stuck = 0;
  for (let last = -1; stuck < 3; ) {
    for (const cell of document.querySelectorAll(".jp-CodeCell")) {
      const prompt = cell.querySelector(".jp-InputPrompt")?.textContent ?? "";
      const index = cell.dataset.windowedListIndex ?? cell.id ?? seen.size;
      if (cell.querySelector(".cm-content")?.textContent.trim()) seen.set(index, prompt.trim());
      for (const e of cell.querySelectorAll(
          "[data-mime-type='application/vnd.jupyter.error'],"
          + "[data-mime-type='application/vnd.jupyter.stderr']"))
        errors.add(`${prompt} ${e.textContent.slice(0, 1500)}`);
    }
    scroller.scrollTop += 500;
    await new Promise((done) => setTimeout(done, 120));
    stuck = scroller.scrollTop === last ? stuck + 1 : 0;
    last = scroller.scrollTop;
  }
  return {
    count: seen.size,
    never: [...seen].filter(([, p]) => !/\\[\\d+\\]/.test(p)).map(([i, p]) => `${i} ${p}`),
    errors: [...errors],
  };
}"""


def walk(page):
    """Scroll through the notebook from its top, and look at every code cell."""
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    time.sleep(0.5)
    return page.evaluate(WALK)
