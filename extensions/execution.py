"""Run the pages that must run, several at a time, and keep what was run.

What a page shows depends on its cells, on the package, on the libraries and on
the data at hand; so the folder of kept results is named by a hash of all but the
cells, and jupyter-cache looks at the cells. A page is neither stale nor run twice.

A cell that raises, or that writes to stderr, is a warning with the page and the
cell's line, and what it left is not kept.
"""

import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from sphinx.util import logging
from traitlets.config import Config

logger = logging.getLogger(__name__)
KEPT_FOLDERS = 3


def fingerprint(root):
    """Hash the package, the versions of all libraries and the data set folder's listing."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted((root / "mml").rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    found = {(d.name.lower(), d.version) for d in importlib.metadata.distributions()}
    digest.update(repr(sorted(found)).encode())
    data = os.environ.get("MML_DATA")
    if data:
        files = sorted(p for p in Path(data).rglob("*") if p.is_file())
        digest.update(repr([(p.name, p.stat().st_size) for p in files]).encode())
    return digest.hexdigest()[:16]


def choose_folder(app, config):
    """Point myst-nb at the folder of this fingerprint and drop the oldest others."""
    base = Path(app.outdir).parent / ".executed"
    folder = base / fingerprint(Path(app.srcdir))
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    for old in sorted(base.iterdir(), key=lambda p: p.stat().st_mtime)[:-KEPT_FOLDERS]:
        shutil.rmtree(old)
    config.nb_execution_cache_path = str(folder)


class Page:
    """One page to run: its notebook, its kernel, and what went wrong."""

    def __init__(self, docname, path, notebook, timeout):
        self.docname, self.path, self.notebook = docname, path, notebook
        self.timeout, self.client, self.seconds = timeout, None, 0.0
        self.source_map = notebook.metadata.get("source_map", [])
        self.talk = ""  # what the kernel itself wrote to stderr

    def run(self):
        """Run all cells; again if the kernel complains, not a cell: its sockets may fail."""
        self.run_once()
        if "ERROR:tornado" in self.talk or (self.talk and not any(self.cell_complaints())):
            logger.info("  %s once more, since its kernel wrote: %s", self.docname, self.talk)
            self.run_once()

    def run_once(self):
        """Run all cells in a fresh kernel, in the page's folder."""
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as stderr:
            # sockets in the file system: kernels started together race for TCP ports
            config = Config()
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(Path(folder) / "kernel")
            self.client = NotebookClient(
                self.notebook,
                kernel_name="python3",
                config=config,
                timeout=self.timeout,
                record_timing=False,  # the cells' metadata is part of the cache's key
                resources={"metadata": {"path": str(self.path.parent)}},
            )
            try:
                self.client.execute(env=kernel_environment(), stderr=stderr)
            finally:
                self.seconds = time.perf_counter() - start
                stderr.seek(0)
                self.talk = stderr.read().strip()
        for cell in self.notebook.cells:
            if "outputs" in cell:
                cell.outputs = whole_lines(cell.outputs)

    def kill(self):
        """End the kernel at once (Ctrl-C)."""
        manager = getattr(self.client, "km", None)
        process = getattr(getattr(manager, "provisioner", None), "process", None)
        if process is not None:
            process.kill()

    def place(self, cell_index):
        """Return the page's name and the line of a cell, for a message."""
        if cell_index < len(self.source_map):
            return self.docname, self.source_map[cell_index] + 1
        return self.docname, None

    def complaints(self):
        """Return [(place, message)]: what cells complain of, or else the kernel."""
        kernel = [(self.place(0), f"the kernel wrote to stderr: {self.talk}")] if self.talk else []
        return list(self.cell_complaints()) or kernel

    def cell_complaints(self):
        """Yield (place, message) for each cell that raised or wrote to stderr."""
        number = 0
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            number += 1
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    yield (
                        self.place(index),
                        f"cell {number} raised {output.ename}: {output.evalue}",
                    )
                elif output.output_type == "stream" and output.name == "stderr":
                    yield self.place(index), f"cell {number} wrote to stderr: {output.text.strip()}"


def whole_lines(outputs):
    """Put together what a cell printed without a pause.

    On a busy machine a line arrives in pieces, and MyST-NB would put each on a line of its own.
    """
    kept = []
    for output in outputs:
        last = kept[-1] if kept else None
        streams = last is not None and last.output_type == output.output_type == "stream"
        if streams and last.name == output.name:
            last.text += output.text
        else:
            kept.append(output)
    return kept


def kernel_environment():
    """Return an environment in which two runs give the same bytes."""
    settings = {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return {**os.environ, **settings}


def missing_pages(app, env, docnames, cache):
    """Return the pages with cells whose results are not kept."""
    pages = []
    for docname in sorted(docnames):
        path = Path(env.doc2path(docname))
        if not path.exists():
            continue
        content = path.read_text(encoding="utf8")
        reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, content)
        if reader is None:
            continue
        notebook = reader.read(content)
        page = Page(docname, path, notebook, env.mystnb_config.execution_timeout)
        if not any(c.cell_type == "code" for c in notebook.cells):
            leave_out(env, [page])  # myst-nb would start a kernel for nothing
            continue
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            pages.append(page)
    return pages


def leave_out(env, pages):
    """Tell myst-nb not to run `pages` itself."""
    patterns = [*env.mystnb_config.execution_excludepatterns]
    patterns += [f"*/{Path(page.path).name}" for page in pages]
    env.mystnb_config = env.mystnb_config.copy(execution_excludepatterns=patterns)


def execute_missing(app, env, docnames):
    """Run what must run before Sphinx reads the pages."""
    if env.mystnb_config.execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    cache.list_cache_records()  # makes the database before the threads want it
    pages = missing_pages(app, env, docnames, cache)
    only = os.environ.get("MML_CHAPTER")
    if only:
        leave_out(env, [p for p in pages if p.path.stem != only])
        pages = [p for p in pages if p.path.stem == only]
    if not pages:
        return

    workers = min(len(pages), os.cpu_count() or 1)
    logger.info("executing %d page(s), %d at a time", len(pages), workers)
    failed = []
    pool = ThreadPoolExecutor(workers)
    try:
        running = {pool.submit(page.run): page for page in pages}
        for done, future in enumerate(as_completed(running), 1):
            page = running[future]
            problem = future.exception()
            if problem is not None and not isinstance(
                problem, (CellExecutionError, CellTimeoutError, DeadKernelError)
            ):
                raise problem
            complaints = page.complaints()
            if problem is not None and not complaints:
                complaints = [(page.place(0), str(problem).strip().splitlines()[-1])]
            for place, message in complaints:
                logger.warning("%s", message, location=place, type="execution")
            if complaints:
                failed.append(page)
            else:
                bundle = CacheBundleIn(
                    page.notebook, str(page.path), data={"execution_seconds": page.seconds}
                )
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            logger.info("  [%d/%d] %s  %.1f s", done, len(pages), page.docname, page.seconds)
    except BaseException:
        for page in pages:
            page.kill()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    leave_out(env, failed)


def setup(app):
    app.connect("config-inited", choose_folder, priority=100)
    app.connect("env-before-read-docs", execute_missing)
    return {"parallel_read_safe": True}
