"""Sixteen clients write, delete, read, commit and merge at once: no update is lost, nothing fails
but for documented reasons, and the history of each branch is one line."""
import collections
import hashlib
import http.client
import json
import multiprocessing
import random
import time

import pytest

import tarn_server

CLIENTS, BRANCHES = 16, [f"team-{n}" for n in range(4)]
SECONDS, SECONDS_FULL = 10, 60
KEYS_EACH = 60
REPOSITORY = "crowd"
# What may be refused, by kind of request: there is nothing to commit, or to merge.
REFUSALS = {"commit": {(400, "commit: no changes")},
            "merge": {(400, "no changes")}}


class Client:
    """One keep-alive connection that works on the keys of its own on one branch."""

    def __init__(self, port, number):
        self.number, self.branch = number, BRANCHES[number % len(BRANCHES)]
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.random = random.Random(number)
        self.state = {}  # Key to MD5 of what was acknowledged last.
        self.commits, self.merges, self.done = [], [], collections.Counter()
        self.problems = []

    def call(self, method, path, body=None):
        headers = {"Authorization": tarn_server.BASIC}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        self.connection.request(method, f"/api/v1/repositories/{REPOSITORY}{path}", body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def expect(self, kind, status, outcome):
        """True if it was done; False if it was refused for a documented reason."""
        if outcome[0] == status:
            self.done[kind] += 1
            return True
        message = json.loads(outcome[1])["message"]
        if not any(outcome[0] == code and text in message
                   for code, text in REFUSALS.get(kind, ())):
            self.problems.append((kind, outcome[0], message))
        self.done["refused " + kind] += 1
        return False

    def key(self):
        return f"client-{self.number:02}/{self.random.randrange(KEYS_EACH):03}"

    def write(self):
        key, content = self.key(), b"%d %d" % (self.number, self.random.getrandbits(60))
        outcome = self.call("POST", f"/branches/{self.branch}/objects?path={key}", content)
        if self.expect("write", 201, outcome):
            self.state[key] = hashlib.md5(content).hexdigest()

    def delete(self):
        key = self.key()
        outcome = self.call("DELETE", f"/branches/{self.branch}/objects?path={key}")
        if self.expect("delete", 204, outcome):
            self.state.pop(key, None)

    def read(self):
        key = self.key()
        status, body = self.call("GET", f"/refs/{self.branch}/objects?path={key}")
        found = hashlib.md5(body).hexdigest() if status == 200 else None
        self.done["read"] += 1
        if found != self.state.get(key) or status not in (200, 404):
            self.problems.append(("read", status, f"{key}: {found}, not {self.state.get(key)}"))

    def commit(self):
        outcome = self.call("POST", f"/branches/{self.branch}/commits",
                            {"message": f"by client {self.number}"})
        if self.expect("commit", 201, outcome):
            self.commits.append(json.loads(outcome[1])["id"])

    def merge(self):
        outcome = self.call("POST", f"/refs/{self.branch}/merge/main", {})
        if self.expect("merge", 200, outcome):
            self.merges.append(json.loads(outcome[1])["reference"])

    def work(self, seconds):
        actions = [self.write] * 60 + [self.delete] * 15 + [self.read] * 17
        actions += [self.commit] * 6 + [self.merge] * 2
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.problems:
            self.random.choice(actions)()


def work(arguments):
    port, number, seconds = arguments
    client = Client(port, number)
    client.work(seconds)
    return client.branch, client.state, client.commits, client.merges, client.done, client.problems


@pytest.fixture(scope="module")
def crowd(tarn, full):
    """A repository that all clients have worked on, and what each of them knows about it."""
    tarn.create_repository(REPOSITORY)
    for branch in BRANCHES:
        tarn.api("POST", f"/repositories/{REPOSITORY}/branches",
                 {"name": branch, "source": "main"})
    seconds = SECONDS_FULL if full else SECONDS
    with multiprocessing.get_context("fork").Pool(CLIENTS) as pool:
        results = pool.map(work, [(tarn.port, n, seconds) for n in range(CLIENTS)], chunksize=1)
    done = sum((result[4] for result in results), collections.Counter())
    acknowledged = sum(n for kind, n in done.items() if not kind.startswith("refused"))
    print(f"\n{acknowledged / seconds:.0f} acknowledged operations a second (goal 500): "
          f"{dict(done)}")
    return results


def listed(tarn, ref):
    """Path to checksum of all objects."""
    objects, after = {}, ""
    while True:
        page = tarn.api("GET", f"/repositories/{REPOSITORY}/refs/{ref}/objects/ls"
                        f"?amount=1000&after={after}").json
        objects.update((item["path"], item["checksum"]) for item in page["results"])
        if not page["pagination"]["has_more"]:
            return objects
        after = page["pagination"]["next_offset"]


def first_parents(tarn, ref):
    """Commits from the head of a branch back, by first parents."""
    ids, after = [], ""
    while True:
        page = tarn.api("GET", f"/repositories/{REPOSITORY}/refs/{ref}/commits"
                        f"?first_parent=true&amount=1000&after={after}").json
        ids += [commit["id"] for commit in page["results"]]
        if not page["pagination"]["has_more"]:
            return ids
        after = page["pagination"]["next_offset"]


def expected(crowd, branch=None):
    return {key: checksum for result in crowd if branch in (None, result[0])
            for key, checksum in result[1].items()}


def test_nothing_failed(crowd):
    assert [problem for result in crowd for problem in result[5]] == []
    assert sum(result[4]["write"] for result in crowd) > 0


@pytest.mark.parametrize("branch", BRANCHES)
def test_each_branch_has_what_was_acknowledged(tarn, crowd, branch):
    assert listed(tarn, branch) == expected(crowd, branch)


@pytest.mark.parametrize("branch", BRANCHES)
def test_each_commit_is_in_the_history(tarn, crowd, branch):
    history = first_parents(tarn, branch)
    made = [commit for result in crowd if result[0] == branch for commit in result[2]]
    assert len(set(made)) == len(made)
    # All that were acknowledged, and the root of the repository.
    assert sorted(history[:-1]) == sorted(made)


def test_merges_are_in_the_history_of_their_target(tarn, crowd):
    history = first_parents(tarn, "main")
    made = [merge for result in crowd for merge in result[3]]
    assert sorted(history[:-1]) == sorted(made)


def test_everything_meets_in_the_end(tarn, crowd):
    for branch in BRANCHES:
        tarn.api("POST", f"/repositories/{REPOSITORY}/branches/{branch}/commits",
                 {"message": "the rest"}, expect=(201, 400))
        tarn.api("POST", f"/repositories/{REPOSITORY}/refs/{branch}/merge/main", {},
                 expect=(200, 400))
    assert listed(tarn, "main") == expected(crowd)
