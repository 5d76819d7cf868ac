"""Make sure that PostgreSQL, MariaDB, Firebird and RabbitMQ, or Python's venv, are on this machine: `install.py servers` or `install.py venv`.

As root on Debian or Ubuntu it installs their packages, without starting a service. Otherwise it says what to install.
Standard library only: it runs before anything is installed.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")
FIREBIRD = "firebird-server"
"""Debian's packages have the version in this name."""
REFUSE_TO_START = "#!/bin/sh\nexit 101\n"


def main() -> None:
    """Do what the command line asks for."""
    wanted = {"servers": missing_servers, "venv": missing_venv}
    if len(sys.argv) != 2 or sys.argv[1] not in wanted:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(wanted)}")
    packages = wanted[sys.argv[1]]()
    if packages:
        install(packages)
        if wanted[sys.argv[1]]():
            sys.exit(f"{' and '.join(packages)}: installed, but what the tests need is still not there.")


def missing_servers() -> list[str]:
    """Return the packages of the servers that are not there; the tests look in the same places."""
    missing: list[str] = []
    if not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb"):
        missing.append("postgresql")
    if not Path("/usr/sbin/mariadbd").exists() and not shutil.which("mariadbd"):
        missing.append("mariadb-server-core")
    if not shutil.which("my_print_defaults"):  # mariadb-install-db asks for it
        missing.append("mariadb-client-core")
    if not Path("/usr/sbin/firebird").exists() or not shutil.which("isql-fb"):
        missing.append(FIREBIRD)
    own_rabbit = Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists() or shutil.which("rabbitmq-server")
    if not own_rabbit and "HUB_TEST_RABBITMQ_URL" not in os.environ:
        missing.append("rabbitmq-server")
    return missing


def missing_venv() -> list[str]:
    """Return the package that makes virtual environments, if Debian left it out of this Python."""
    importlib.invalidate_caches()
    complete = importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv")
    return [] if complete else [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def install(packages: list[str]) -> None:
    """Install Debian packages, or end with what to do instead."""
    if not shutil.which("apt-get"):
        sys.exit(
            f"Not found on this machine: {' '.join(packages)} (Debian's names). Please install them.{by_container()}"
        )
    if os.geteuid() != 0:
        command = f"sudo apt-get install --no-install-recommends {' '.join(called(packages))}"
        sys.exit(f"Not found on this machine: {' '.join(packages)}. Install with\n  {command}{by_container()}")
    sys.stderr.write(f"Installing from Debian's packages, without starting a service: {' '.join(packages)}\n")
    with services_left_alone():
        apt_get("update")
        apt_get("install", "--no-install-recommends", *called(packages))


def called(packages: list[str]) -> list[str]:
    """Return the packages as this Debian calls them: of Firebird, the newest that it has."""
    told = subprocess.run(["apt-cache", "pkgnames", "firebird"], capture_output=True, encoding="utf-8", check=False)
    newest = max(re.findall(r"^firebird\d+\.\d+-server$", told.stdout, re.MULTILINE), default=FIREBIRD)
    return [newest if each == FIREBIRD else each for each in packages]


def by_container() -> str:
    """Return how to go on with a container engine, if there is one."""
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        return ""
    command = 'docker run --rm -v "$PWD":/src -w /src python:3.13 make test'
    return f"\nor run everything in a container, which installs them for itself:\n  {command}"


def apt_get(*arguments: str) -> None:
    """Run apt-get, which asks nothing; ends with its output if it fails."""
    done = subprocess.run(
        ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\napt-get {arguments[0]} failed; its own words are above.")


@contextlib.contextmanager
def services_left_alone() -> Generator[None]:
    """Keep packages from starting their services; what said so before is put back."""
    before = POLICY.with_name("policy-rc.d.before-hub-tests")
    if POLICY.exists():
        POLICY.rename(before)
    try:
        POLICY.write_text(REFUSE_TO_START, encoding="utf-8")
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)
        if before.exists():
            before.rename(POLICY)


if __name__ == "__main__":
    main()
