"""Databases on the PostgreSQL that TARN_PG_URL names (tests/stores.sh starts one). Each is gone
when the process ends."""
import atexit
import contextlib
import glob
import os
import random
import re
import shutil
import subprocess
import urllib.parse

import pytest


def tool(name):
    """A program that comes with PostgreSQL."""
    return shutil.which(name) or sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[-1]


class Server:
    """A PostgreSQL that runs."""

    def __init__(self, url):
        self.url = url
        self.port = urllib.parse.urlsplit(url).port or 5432
        self.made = set()
        atexit.register(self._drop)

    def sql(self, statement, database="postgres"):
        """What psql prints of it, unaligned."""
        done = subprocess.run([tool("psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement,
                               self.url_of(database)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def url_of(self, database, port=None):
        parts = urllib.parse.urlsplit(self.url)
        place = parts.netloc if port is None else re.sub(r"(:\d+)?$", f":{port}", parts.netloc, 1)
        return urllib.parse.urlunsplit(parts._replace(netloc=place, path="/" + database))

    def database(self, name):
        """The name of a database of this process, which is made at the first call."""
        name = f"tarn_{os.getpid()}_" + re.sub(r"\W", "_", name).lower()
        if name not in self.made:
            self.sql(f'CREATE DATABASE "{name}"')
            self.made.add(name)
        return name

    def settings(self, name, port=None):
        """`database:` of a server on a database of this process."""
        url = self.url_of(self.database(name), port)
        return f'{{type: postgres, postgres: {{connection_string: "{url}"}}}}'

    def _drop(self):
        for name in self.made:
            self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


_named = []


def named():
    """The server of TARN_PG_URL; without one the test is skipped."""
    if not os.environ.get("TARN_PG_URL"):
        pytest.skip("TARN_PG_URL names no PostgreSQL")
    if not _named:
        _named.append(Server(os.environ["TARN_PG_URL"]))
    return _named[0]


@contextlib.contextmanager
def own(shared, directory):
    """A PostgreSQL that may be stopped, and a function that runs its script."""
    script = shared / "fixtures" / "stores" / "stores.sh"
    directory.mkdir()
    for folder in (directory, directory.parent):
        folder.chmod(0o755)  # The server has a user of its own.

    def run(*arguments):
        subprocess.run(["bash", script, *arguments], check=True, capture_output=True, text=True)

    for _ in range(5):
        port = str(29000 + random.randrange(900))
        with contextlib.suppress(subprocess.CalledProcessError):
            run("start", "postgres", port, directory)
            break
    else:
        pytest.fail("PostgreSQL did not start")
    server = Server(f"postgres://postgres@127.0.0.1:{port}/postgres")
    try:
        yield server, lambda: (run("stop", directory), run("start", "postgres", port, directory))
    finally:
        run("stop", directory)
        server.made.clear()
