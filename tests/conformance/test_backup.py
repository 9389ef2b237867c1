"""A backup of an installation on PostgreSQL that is in use, and its restoration, as
docs/operating/backup.md says: the database first, the objects afterwards."""
import shutil
import subprocess
import threading

import pytest

import postgres_below
import tarn_server

WRITERS, COMMIT_EVERY = 4, 7
BRANCH = "/repositories/repo/branches/main"
REFS = "/repositories/repo/refs"


@pytest.fixture(scope="module")
def below():
    return postgres_below.named()


class Writers:
    """Clients that upload and commit until they are stopped; `written` is what was acknowledged."""

    def __init__(self, server):
        self.server, self.written, self.failures = server, [], []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,))
                        for number in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        turn = 0
        while not self.over.is_set():
            path = f"{number}/{turn:05d}"
            answers = [self.server.call("POST", f"/api/v1{BRANCH}/objects?path={path}",
                                        path.encode())]
            if turn % COMMIT_EVERY == 0:
                answers.append(self.server.call(
                    "POST", f"/api/v1{BRANCH}/commits", {"message": path, "allow_empty": True}))
            self.failures += [answer for answer in answers if answer.status != 201]
            self.written.append(path)
            turn += 1

    def wait_for(self, count):
        """Until so many more are written."""
        count += len(self.written)
        while len(self.written) < count and not self.failures:
            self.over.wait(0.01)

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures


def listed(server):
    """All paths of the branch, uncommitted ones too."""
    paths, after = [], ""
    while True:
        page = server.api("GET", f"{REFS}/main/objects/ls?amount=1000&after={after}").json
        paths += [entry["path"] for entry in page["results"]]
        if not page["pagination"]["has_more"]:
            return paths
        after = page["pagination"]["next_offset"]


def run(below, name, database, *arguments):
    done = subprocess.run([postgres_below.tool(name), *arguments, "--dbname",
                           below.url_of(database)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_backup_under_load_can_be_restored(directory, below):
    used = tarn_server.Server(tarn_server.program(), directory / "used",
                              database=below.settings("backup used"))
    with used:
        used.set_up()
        used.api("POST", "/repositories", {"name": "repo", "storage_namespace": "local://repo"})
        writers = Writers(used)
        try:
            writers.wait_for(100)
            before = list(writers.written)
            run(below, "pg_dump", below.database("backup used"), "--format=custom",
                "--file", directory / "dump")
            writers.wait_for(20)
            shutil.copytree(used.directory / "objects", directory / "objects")
            writers.wait_for(20)
        finally:
            writers.stop()
    shutil.rmtree(used.directory)

    restored = tarn_server.Server(tarn_server.program(), directory / "restored",
                                  database=below.settings("backup restored"))
    run(below, "pg_restore", below.database("backup restored"), directory / "dump")
    shutil.copytree(directory / "objects", restored.directory / "objects")
    doctor = subprocess.run([restored.program, "doctor", "--takeover", restored.config],
                            capture_output=True, text=True, env=restored.environment)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    with restored:
        paths = listed(restored)
        assert set(before) <= set(paths) <= set(writers.written)
        assert len(paths) < len(writers.written), "what came later is not in it"
        for path in paths:
            read = restored.api("GET", f"{REFS}/main/objects?path={path}")
            assert read.body == path.encode()
        assert restored.api("GET", f"{REFS}/main/commits").json["results"]
        restored.api("POST", f"{BRANCH}/commits", {"message": "it goes on", "allow_empty": True})
