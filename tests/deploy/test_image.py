"""The image, as far as it can be made without Docker: its steps repeated in a clean place."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = ROOT / "deploy" / "Dockerfile"

# How this machine reaches its package index, noted before the tests' bare environment hides it.
WAY_OUT = {
    name: value
    for name, value in os.environ.items()
    if name.startswith(("PIP_", "SSL_")) or name.upper().endswith("_PROXY")
}


def stages():
    """Return each stage of the Dockerfile as its instructions in order."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    found = []
    for instruction, _, arguments in (line.partition(" ") for line in lines):
        if instruction == "FROM":
            found.append([])
        found[-1].append((instruction, re.sub(r" {2,}", " ", arguments)))
    return found


def repeat(instructions, image):
    """Do in the folder *image* what Docker would do at its root; return the working folder."""
    folder = image
    path = f"{image / 'python' / 'bin'}:/usr/bin:/bin"
    environment = {**WAY_OUT, "PATH": path, "HOME": str(image / "root"), "LANG": "C.UTF-8"}
    for instruction, arguments in instructions:
        match instruction:
            case "WORKDIR":
                folder = image / arguments.lstrip("/")
                folder.mkdir(parents=True)
            case "COPY":
                *sources, target = arguments.split()
                for source in sources:
                    copy(ROOT / source, folder / target)
            case "RUN":
                command = re.sub(r"(?<=\s)/(?=opt/)", f"{image}/", f" {arguments}")
                done = subprocess.run(
                    command,
                    shell=True,
                    cwd=folder,
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stdout + done.stderr
            case "FROM":
                assert re.fullmatch(r"python:3\.\d+-slim AS build", arguments)
            case other:
                pytest.fail(f"The first stage has {other}, which this test cannot repeat.")
    return folder


def copy(source, target):
    """Copy as Docker does, leaving out what .dockerignore leaves out."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@pytest.mark.once
@pytest.mark.timeout(400)
def test_the_install_steps_work_in_a_clean_place(tmp_path):
    """What the first stage makes is a bot that runs, with all the files that it needs beside it."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "python"], check=True)
    repeat(stages()[0], tmp_path)
    installed = tmp_path / "opt" / "resume-bot"
    (package,) = installed.glob("lib/python3.*/site-packages/bot")
    ours = {path.relative_to(ROOT) for path in files(ROOT / "bot")}
    assert {path.relative_to(package.parent) for path in files(package)} == ours
    said = subprocess.run(
        [installed / "bin" / "resume-bot", "manifest"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert said.stdout.startswith("_metadata:"), said.stderr


def files(folder):
    """Return everything below *folder* that somebody wrote."""
    return {
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    }


def test_the_bot_runs_without_rights():
    """The second stage ends as a numbered user other than root, in the folder with the data."""
    last = dict(stages()[1])
    assert int(last["USER"]) > 0
    assert last["WORKDIR"] == last["VOLUME"] == "/data"
    assert last["ENTRYPOINT"] == '["resume-bot"]'


def test_nothing_of_the_checkout_slips_into_the_image():
    """All is ignored but what the build copies, so no .env and no database goes along."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        source
        for instruction, arguments in stages()[0]
        if instruction == "COPY"
        for source in arguments.split()[:-1]
    }
    assert "*" in ignored
    assert allowed == copied


def test_the_health_check_is_a_program_that_compiles():
    """The image has no curl: the health check is a line of Python that asks the right address."""
    (check,) = (arguments for name, arguments in stages()[1] if name == "HEALTHCHECK")
    code = re.search(r'"-c", "(.*)"\]$', check)[1].replace('\\"', '"')
    compile(code, "healthcheck", "exec")
    assert "/healthz" in code
