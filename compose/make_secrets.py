"""Make what compose.yaml needs and the repository must not hold: `python3 make_secrets.py`, standard library only.

secrets/         a random password for each user, and what is made of them: addresses, and RabbitMQ's definitions
.env             as whom the hub runs: whoever calls this, so that files put into warehouse/ can be moved
warehouse/       where the warehouse's files come

Passwords that are there stay as they are: run it again after a change to rabbitmq/definitions.json.
"""  # noqa: INP001  # a command, in no package

import base64
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SALT = 4
"""Bytes; RabbitMQ's page "Credentials and Passwords" fixes it."""
NOBODY = 10001
"""The image's own user, for callers who are root."""


def main() -> None:
    """Make what is missing beside this file."""
    template = json.loads((HERE / "rabbitmq" / "definitions.json").read_text(encoding="utf-8"))
    make_secrets(HERE / "secrets", template)
    user = caller()
    make_warehouse(HERE / "warehouse", user)
    if not (HERE / ".env").exists():
        (HERE / ".env").write_text(f"HUB_USER={user[0]}:{user[1]}\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"The secrets are in {HERE / 'secrets'}. Next: docker compose up --detach --wait\n")


def make_secrets(folder: Path, template: dict[str, Any]) -> None:
    """Make the passwords that are missing, and anew whatever is made of them."""
    # The folder keeps others of this machine out; the files are read by the containers' users, whoever they are.
    folder.mkdir(mode=0o700, exist_ok=True)
    users = {user["name"]: password(folder / f"rabbitmq_{user['name']}.txt") for user in template["users"]}
    password(folder / "postgres_password.txt")
    database = password(folder / "postgres_hub.txt")
    put(folder / "hub_database.txt", f"postgresql+psycopg://hub:{database}@postgres:5432/hub\n")
    put(folder / "hub_broker.txt", f"amqp://hub:{users['hub']}@rabbitmq:5672/hub\n")
    put(folder / "rabbitmq_definitions.json", json.dumps(definitions(template, users), indent=2) + "\n")


def definitions(template: dict[str, Any], passwords: dict[str, str]) -> dict[str, Any]:
    """Return RabbitMQ's definitions with the hashes of the users' passwords."""
    algorithm = {"hashing_algorithm": "rabbit_password_hashing_sha256"}
    return {
        **template,
        "users": [
            {**user, **algorithm, "password_hash": password_hash(passwords[user["name"]], secrets.token_bytes(SALT))}
            for user in template["users"]
        ],
    }


def password_hash(text: str, salt: bytes) -> str:
    """Return a password as RabbitMQ stores it: salt and SHA-256 of salt and password, in base64."""
    return base64.b64encode(salt + hashlib.sha256(salt + text.encode()).digest()).decode()


def password(file: Path) -> str:
    """Return the password in a file; one is made if there is none."""
    if not file.exists():
        put(file, secrets.token_urlsafe(24) + "\n")
    return file.read_text(encoding="utf-8").strip()


def put(file: Path, text: str) -> None:
    """Write a file that nobody changes by hand."""
    new = file.with_name(file.name + ".new")
    new.write_text(text, encoding="utf-8", newline="\n")
    new.chmod(0o444)
    new.replace(file)


def caller() -> tuple[int, int]:
    """Return user and group that the hub is to run as."""
    if not hasattr(os, "getuid") or os.getuid() == 0:
        return NOBODY, NOBODY
    return os.getuid(), os.getgid()


def make_warehouse(folder: Path, user: tuple[int, int]) -> None:
    """Make the folder for the warehouse's files, if it is not there."""
    if not folder.exists():
        folder.mkdir()
        if hasattr(os, "getuid") and os.getuid() == 0:
            os.chown(folder, *user)


if __name__ == "__main__":
    main()
