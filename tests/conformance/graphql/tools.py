"""Installs the clients and tools from npm, exactly as locked, and runs this folder's programs with them."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BUILD = ROOT / "build" / "conformance" / "graphql"
SCHEMA = ROOT / "docs" / "reference" / "schema.graphql"
_LOCKED = ("package.json", "package-lock.json", ".npmrc")
_SECONDS = 120


@cache
def installed() -> Path:
    """The folder in which the packages and this folder's programs lie side by side."""
    stamp = BUILD / "node_modules" / ".made-from-package-lock.json"
    lock = (HERE / "package-lock.json").read_text()
    if not stamp.is_file() or stamp.read_text() != lock:
        if not shutil.which("npm"):
            pytest.skip("needs Node.js and npm")
        BUILD.mkdir(parents=True, exist_ok=True)
        for name in _LOCKED:
            shutil.copy(HERE / name, BUILD)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=BUILD, check=True, capture_output=True, text=True)
        stamp.write_text(lock)
    for folder in ("clients", "typed", "relay"):
        shutil.rmtree(BUILD / folder, ignore_errors=True)
        shutil.copytree(HERE / folder, BUILD / folder)
    for folder in ("typed", "relay"):
        shutil.copy(SCHEMA, BUILD / folder)
    return BUILD


@cache
def environment() -> Path:
    """The virtual environment in which schemathesis is installed, exactly as locked."""
    folder, lock = BUILD.parent / "schemathesis", HERE / "fuzzing" / "requirements.lock"
    stamp = folder / "made-from-requirements.lock"
    if not stamp.is_file() or stamp.read_text() != lock.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, "--require-hashes", "--requirement", lock], check=True, capture_output=True, text=True)
        shutil.copy(lock, stamp)
    return folder


async def run(
    *words: str, variables: Mapping[str, str] | None = None, inside: str = "", seconds: int = _SECONDS
) -> tuple[int, str, str]:
    """Runs one of the installed programs: its status, what it printed, and what it said on the error output."""
    folder = installed()
    # The packages bring a Node.js of their own, since some don't run on older ones.
    path = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    given = {**os.environ, **(variables or {}), "PATH": path, "NO_COLOR": "1"}
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder / inside, env=given, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(seconds):
            printed, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, printed.decode(), said.decode()


async def passes(program: str, variables: Mapping[str, str]) -> None:
    """Runs a file of tests that are written for Node's runner; each must pass."""
    options = ("--test", "--test-reporter=tap", "--test-force-exit", f"--test-timeout={_SECONDS * 1000 // 2}")
    status, printed, said = await run("node", *options, f"clients/{program}", variables=variables)
    assert status == 0, printed + said
    assert int(printed.partition("# pass ")[2].split()[0]) > 0, f"{program} has no tests"
