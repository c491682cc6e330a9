"""The house's own rules, which no linter knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bot").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
LONGEST = 300
ATTICS = {"base", "common", "constants", "helper", "helpers", "misc", "types", "util", "utils"}
VAGUE = ("Manager", "Handler", "Service", "Impl", "Helper", "Util")

# Written in pieces, so that this file does not find itself.
NOT_OURS_TO_SAY = {
    "a package index's address": "|".join(
        (r"pypi\." + "org", "python" + "hosted", "--index" + "-url", "--find" + "-links")
    ),
    "somebody's own folder": "|".join(
        ("/ro" + "ot/", "/ho" + "me/[a-z]", "/Us" + "ers/", "/wo" + "rk/", "/opt/" + "venv")
    ),
    "a token that may be real": r"xox[abp]-\d{10,}-\d{10,}-\w{24}|xapp-1-A[A-Z0-9]{9,}-\d{12,}",
}


def name(path):
    return str(path.relative_to(ROOT))


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def tracked():
    """Return the files that a clone has; a downloaded archive has no others anyway."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return [path for line in listed.stdout.split("\0") if (path := ROOT / line).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file()]


def fenced(document):
    """Return the lines of a document's fenced blocks, without prompts."""
    blocks = re.findall(
        r"^```[a-z]*\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]


def test_a_file_is_one_story():
    """No file of the bot is longer than a reader's patience."""
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_a_file_opens_with_a_sentence():
    """The first words of each module say in a whole sentence what it is for."""
    said = {name(path): ast.get_docstring(tree(path)) or "" for path in MODULES}
    sentence = re.compile(r"[A-Z`\"].{8,}?[.:?!](\s|$)", re.DOTALL)
    assert [file for file, text in said.items() if not sentence.match(text)] == []


def test_a_name_says_what_is_inside():
    """There is no attic, neither a module's nor a class's."""
    classes = [
        (name(path), node.name)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE)
    ]
    assert classes == []
    assert [name(path) for path in MODULES if path.stem in ATTICS] == []


def test_nothing_happens_at_import():
    """A module's top level defines, and does nothing (but alembic runs its own files)."""
    acts = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        if path.name != "__main__.py" and "migrations" not in path.parts
        for node in tree(path).body
        if isinstance(node, ast.With | ast.For | ast.While)
        or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
    ]
    assert acts == []


def test_rendering_knows_of_slack_only_its_models():
    """Import contracts see whole packages, so the part that may be used is checked here."""
    imports = re.compile(r"^\s*(?:from|import) (slack_sdk\S*)", re.MULTILINE)
    found = [
        (name(path), module)
        for path in (ROOT / "bot" / "render").rglob("*.py")
        for module in imports.findall(path.read_text("utf-8"))
    ]
    assert [each for each in found if not each[1].startswith("slack_sdk.models")] == []


def test_each_test_is_a_specification():
    """Every test says in a sentence what it holds the bot to, and none is skipped."""
    silent = [
        f"{name(path)}:{node.lineno}"
        for path in TESTS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    skips = re.compile(r"pytest\.(mark\.)?(skip|xfail|import" + r"orskip)")
    assert silent == []
    assert [name(path) for path in TESTS if skips.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("what", NOT_OURS_TO_SAY)
def test_no_file_tells_where_it_was_written(what):
    """No tracked file holds an index's address, a private folder or a token."""
    pattern = re.compile(NOT_OURS_TO_SAY[what])
    found = [
        f"{name(path)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text("utf-8", errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_what_the_documents_tell_to_type_exists(document):
    """Each `make` in a fenced block names a target, each script is there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    typed = [line.split() for line in fenced(ROOT / document)]
    asked = {words[1] for words in typed if words[:1] == ["make"] and len(words) > 1}
    scripts = {words[0] for words in typed if words and words[0].startswith(("tools/", ".ci/"))}
    assert asked
    assert asked <= targets
    assert all((ROOT / script).is_file() for script in scripts)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_within_the_repository_lead_somewhere(document):
    """A link to a file names one that is there."""
    text = (ROOT / document).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_has_a_place_for_the_next_change():
    """Changes are written down as they are made, below Unreleased and the usual headings."""
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    headings = [line for line in lines if line.startswith("## ")]
    kinds = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    assert headings[0] == "## [Unreleased]"
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_make_target_is_explained():
    """`make` alone lists all targets, each with what it does."""
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)[1].split()
    explained = {line.split()[0]: line.split()[1:] for line in listed.splitlines()}
    assert set(explained) == set(phony)
    assert all(explained.values())
