"""The house rules that no tool knows: what mirrors what, who may import whom."""

import ast
import importlib
import json
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WINGS = ("linear_algebra", "multivariate_calculus", "pca")
CHAPTERS = {
    "linear_algebra": [
        "01_vectors_and_data",
        "02_vector_spaces",
        "03_matrices",
        "04_mappings",
        "05_eigen",
    ],
    "multivariate_calculus": [
        "06_calculus",
        "07_multivariate",
        "08_chain_rule",
        "09_taylor",
        "10_optimisation",
        "11_regression",
    ],
    "pca": ["12_statistics", "13_inner_products", "14_projections", "15_pca"],
}
LABS = 13
MODULES = sorted((ROOT / "mml").rglob("*.py"))
HOSTS = re.compile(r"(?:pypi|pythonhosted|npmjs|yarnpkg|conda|anaconda)\.(?:org|com)")
PATHS = re.compile(r"(?<![\w.:/*~-])/(?:work|root|home)/[\w.]+")
ADDRESSES = re.compile(r"://(?:\d{1,3}\.){3}\d{1,3}|://[\w-]+:\d+")
OWN_WORDS = {"tests/test_house.py"}


def name(path):
    """Return a path below the repository, for messages."""
    return path.relative_to(ROOT).as_posix()


def imported(path):
    """Return the modules that a file imports, by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = path.relative_to(ROOT).parent.parts
                base = ".".join([*above[: len(above) - node.level + 1], *filter(None, [base])])
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def wing_of(path):
    """Return the part of the package that a module belongs to: a wing, checks, or nothing."""
    parts = path.relative_to(ROOT / "mml").parts
    return parts[0] if len(parts) > 1 else None


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_imports_follow_the_rule(module):
    names, wing = imported(module), wing_of(module)
    tops = {found.split(".")[0] for found in names}
    assert not tops & {"book", "extensions", "tests", "tools", "benchmarks"}
    if wing in WINGS:
        assert not any(found.startswith("mml.checks") for found in names)
        assert not any(found.startswith("mml.plotting") for found in names)
        assert "matplotlib" not in tops
        later = WINGS[WINGS.index(wing) + 1 :]
        for other in later:
            assert not any(found.startswith(f"mml.{other}") for found in names)
    elif wing == "checks":
        assert not any(found.startswith("mml.plotting") for found in names)


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_every_module_has_its_tests(module):
    """`mml/a/b.py` has `tests/a/test_b.py`; a private helper may be tested through its users."""
    if module.name.startswith("_"):
        return
    mirror = ROOT / "tests" / module.relative_to(ROOT / "mml").parent / f"test_{module.name}"
    assert mirror.exists(), f"{name(module)} has no {name(mirror)}"


def test_every_test_of_the_package_has_its_module():
    for folder in (*WINGS, "checks"):
        for test in (ROOT / "tests" / folder).glob("test_*.py"):
            stem = test.stem.removeprefix("test_")
            found = [ROOT / "mml" / folder / f"{n}.py" for n in (stem, f"_{stem}")]
            assert any(path.exists() for path in found), f"{name(test)} tests no module"


def packages():
    """Return the names of the package and of its parts."""
    import mml

    parts = pkgutil.walk_packages(mml.__path__, "mml.")
    return ["mml", *(part.name for part in parts if part.ispkg)]


@pytest.mark.parametrize("package", packages())
def test_no_module_bears_the_name_of_an_export(package):
    """Else `mml.pca.pca` would be now the module, now the function."""
    loaded = importlib.import_module(package)
    modules = {found.name for found in pkgutil.iter_modules(loaded.__path__)}
    for export in modules & set(getattr(loaded, "__all__", [])):
        module = importlib.import_module(f"{package}.{export}")
        assert getattr(loaded, export) is module, f"{package}.{export} is a module and an export"


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_what_is_exported_is_there(module):
    dotted = ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    loaded = importlib.import_module(dotted)
    for export in getattr(loaded, "__all__", []):
        assert hasattr(loaded, export), f"{dotted} does not have {export}"


def listed():
    """Return {file: whether it is written} of `_toc.yml`; what stands in a comment is not."""
    found = {}
    for line in (ROOT / "_toc.yml").read_text(encoding="utf8").splitlines():
        if match := re.match(r"\s*(#?)[\s#]*- file:\s*(\S+)", line):
            found[match[2]] = not match[1]
    return found


def test_the_contents_name_the_whole_book():
    pages = listed()
    for wing, chapters in CHAPTERS.items():
        for chapter in chapters:
            assert f"book/{wing}/{chapter}" in pages
        mine = [p for p in pages if p.startswith(f"book/{wing}/") and "/labs/" not in p]
        assert [Path(p).name for p in mine] == chapters
    assert len([p for p in pages if "/labs/" in p]) == LABS


@pytest.mark.parametrize("page", listed())
def test_the_contents_tell_what_is_written(page):
    written = (ROOT / f"{page}.md").exists()
    assert written == listed()[page], (
        f"{page} is written: take it out of the comment in _toc.yml"
        if written
        else f"{page} is not written: make it a comment in _toc.yml"
    )


def test_every_page_is_in_the_contents():
    pages = {f"{page}.md" for page in listed()} | {"book/index.md"}
    assert {name(path) for path in (ROOT / "book").rglob("*.md")} <= pages


def test_chapter_4_says_what_its_benchmark_found():
    """Mirrors win on the square matrix, panels on the long columns and against one by one."""
    path = ROOT / "benchmarks" / "results" / "orthogonalisation.json"
    square, long = (
        {row["name"].split(" (")[0]: row["median"] for row in case["rows"]}
        for case in json.loads(path.read_text(encoding="utf8"))["results"]
    )
    assert max(square["NumPy"], square["SciPy"]) < square["mml"]
    assert long["mml"] < min(long["NumPy"], long["SciPy"])
    for case in (square, long):
        assert case["mml"] < case["mml, one column at a time"]


def labs():
    """Return the lab pages that are written."""
    return sorted((ROOT / "book").glob("*/labs/*.md"))


@pytest.mark.parametrize("lab", labs(), ids=name)
def test_every_lab_has_its_check(lab):
    check = ROOT / "mml" / "checks" / f"{lab.stem}.py"
    assert check.exists(), f"{name(lab)} has no {name(check)}"
    assert (ROOT / "tests" / "checks" / f"test_{lab.stem}.py").exists()
    assert f"check_{lab.stem}" in check.read_text(encoding="utf8")
    assert f"check_{lab.stem}(" in lab.read_text(encoding="utf8"), "the lab does not call it"


@pytest.mark.parametrize("page", [p for p, written in listed().items() if written])
def test_front_matter_of_chapters_and_labs(page):
    path = ROOT / f"{page}.md"
    text = path.read_text(encoding="utf8")
    head = text.split("\n---\n")[0] if text.startswith("---\n") else ""
    if re.search(r"/\d\d_[^/]+$", page):
        wanted = [
            "kernelspec",
            "course",
            "week",
            "minutes",
            "requires",
            "introduces",
            "description",
        ]
    elif "/labs/" in page:
        wanted = ["kernelspec", "lab", "description"]
    else:
        wanted = []
    missing = [key for key in wanted if not re.search(rf"^{key}:", head, re.MULTILINE)]
    assert not missing, f"{page}.md has no {', '.join(missing)} in its front matter"


def normal(package):
    """Return a package's name as indices spell it."""
    return re.sub(r"[-_.]+", "-", package).lower()


def test_every_requirement_is_held_at_one_version():
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf8")
    held = re.findall(r"^([\w.-]+)==([\w.+!]+)$", constraints, re.MULTILINE)
    versions = {normal(package): version for package, version in held}
    assert len(versions) == len(held), "a package is held twice"
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf8")
    asked = re.findall(r"^([\w.-]+)", re.sub(r"^-.*", "", requirements, flags=re.M), re.M)
    assert len(asked) > 10
    assert [a for a in asked if normal(a) not in versions] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf8")
    dependencies = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)[1]
    own = re.findall(r'"([\w.-]+?)(?:[<>=!~\[].*)?"', dependencies)
    assert own
    assert {normal(o) for o in own} <= {normal(a) for a in asked}, "not in requirements.txt"


def tracked():
    """Return the text files that git keeps, or would keep."""
    options = ["-z", "--cached", "--others", "--exclude-standard"]
    command = ["git", "-C", str(ROOT), "ls-files", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    for entry in sorted(set(done.stdout.split("\0")) - {""}):
        path = ROOT / entry
        try:
            yield entry, path.read_text(encoding="utf8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError, OSError):
            continue


def test_no_file_holds_a_place_of_this_machine_or_a_registry():
    """Where packages come from is the reader's own setting, and so is where the book lies."""
    found = []
    for entry, text in tracked():
        if entry in OWN_WORDS:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for pattern in (HOSTS, PATHS):
                if match := pattern.search(line):
                    found.append(f"{entry}:{number}: {match[0]}")
    assert found == []


def test_the_lock_file_names_no_host():
    text = (ROOT / "package-lock.json").read_text(encoding="utf8")
    assert '"resolved"' not in text
    assert ADDRESSES.search(text) is None


@pytest.mark.parametrize("script", ["postBuild", ".ci/run"])
def test_scripts_can_be_run(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o111, f"{script} is not executable"
    assert path.read_text(encoding="utf8").splitlines()[0] == "#!/usr/bin/env bash"
    subprocess.run(["bash", "-n", str(path)], check=True)


def workflows():
    """Return the workflows."""
    return sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", workflows(), ids=name)
def test_workflows_call_targets_that_exist(workflow):
    """A workflow does nothing of its own: what it runs, a reader can run."""
    import yaml

    text = workflow.read_text(encoding="utf8")
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    called = re.findall(r"\bmake ((?:[\w-]+ ?)+)", "\n".join(s.get("run", "") for s in steps))
    assert called
    assert {target for line in called for target in line.split()} <= targets
    for step in steps:
        if "uses" in step:
            assert re.search(r"@v\d+$", step["uses"]), f"{step['uses']} is not held at a version"
    assert re.search(r"^permissions:", text, re.MULTILINE), "say what it may do"
