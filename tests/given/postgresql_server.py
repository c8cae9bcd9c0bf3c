"""A real PostgreSQL server for tests, from the machine's own package: on a free port, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

NO_POSTGRESQL = "PostgreSQL's server is not here; install Debian's package postgresql"
PASSWORD = "p@ss:w/rd%25"
SECONDS = 30


@dataclass(frozen=True)
class Server:
    port: int

    @property
    def address(self) -> str:
        """What `--source` is given, the password aside."""
        return f"postgresql://reader:${{READER_PASSWORD}}@127.0.0.1:{self.port}/weather"

    def connected(self, user: str = "owner", database: str = "weather") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=PASSWORD, dbname=database, autocommit=True
        )


def programs() -> Path | None:
    """The folder with the server's programs."""
    named = shutil.which("initdb")
    found = [Path(named).resolve().parent] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(found) if (folder / "postgres").exists()), None)


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """A server with a database `weather`, an owner and a reader; gone at the end, with all that it held."""
    folder = programs()
    if folder is None:
        pytest.skip(NO_POSTGRESQL)
    account = _unprivileged()
    place = Path(tempfile.mkdtemp(prefix="jena-postgresql-"))
    process = None
    try:
        (place / "password").write_text(PASSWORD)
        for path in (place, place / "password"):
            os.chown(path, *(account or (-1, -1)))
        as_account = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
        options = {"cwd": place, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **as_account}
        make = [folder / "initdb", "--pgdata=data", "--username=owner", "--pwfile=password", "--auth=scram-sha-256"]
        made = subprocess.run([*make, "--no-sync", "--encoding=UTF8", "--locale=C"], **options, check=False)
        assert made.returncode == 0, made.stdout.decode()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # The session's zone is one that nothing may depend on.
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": "Asia/Tokyo",
        }
        given = ["-F", *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]
        log = place / "log"
        with log.open("wb") as told:
            options["stdout"] = told
            process = subprocess.Popen([folder / "postgres", "-D", "data", "-p", str(port), *given], **options)
        server = Server(port)
        _wait_for(server, process, log)
        with server.connected(database="postgres") as connection:
            connection.execute("CREATE DATABASE weather")
            connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
        with server.connected() as connection:
            connection.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader")
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # ends at once, whoever is connected
            process.wait(SECONDS)
        shutil.rmtree(place, ignore_errors=True)


def _unprivileged() -> tuple[int, int] | None:
    """Whose account the server runs under where this process is root, which PostgreSQL refuses."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            told = pwd.getpwnam(name)
        except KeyError:
            continue
        return told.pw_uid, told.pw_gid
    pytest.skip("PostgreSQL does not run as root, and there is no other account")


def _wait_for(server: Server, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            server.connected(database="postgres").close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.05)
        else:
            return
