"""Installs the outside programs; a test that can't have them is skipped and says which is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BUILD = Path(__file__).resolve().parents[3] / "build" / "conformance"
GOPATH = Path("/usr/share/gocode")
SIGSTORE = "4.1.3"


def sumdb(program: Path) -> Path:
    """The Go program, built with Debian's golang.org/x/mod."""
    if not shutil.which("go") or not (GOPATH / "src" / "golang.org" / "x" / "mod").is_dir():
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            pytest.skip("needs Debian's golang-go and golang-golang-x-mod-dev")
        run("apt-get", "install", "--yes", "--quiet", "golang-go", "golang-golang-x-mod-dev")
    built = BUILD / program.stem
    BUILD.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(BUILD / "go-cache")}
    subprocess.run(["go", "build", "-o", built, program], check=True, env=environment)
    return built


def sigstore() -> Path:
    """The folder of npm's @sigstore/verify."""
    if not shutil.which("npm"):
        pytest.skip("needs Node.js and npm")
    folder = BUILD / "sigstore"
    package = folder / "node_modules" / "@sigstore" / "verify"
    if not package.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        run("npm", "install", "--no-save", "--no-package-lock", "--prefix", str(folder), f"@sigstore/verify@{SIGSTORE}")
    return package


def run(*words: str) -> str:
    """What a program printed, whether or not it succeeded."""
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout
