"""Imports have threads and queues of their own: nothing else waits for them, however many run."""
import pytest

import trees

FILES, WAITING, IMPORTS_MAX = 10_000, 24, 300


@pytest.fixture(scope="module")
def source(directory, tarn):
    trees.make_tree(directory / "sources" / "many", FILES)
    return f"local://{directory}/sources/many/"


def start(tarn, repository, number, source, times=1):
    """Starts an import on a branch of its own, of the same files so many times: the answer."""
    name = f"import-{number}"
    tarn.api("POST", f"/repositories/{repository}/branches", {"name": name, "source": "main"})
    return tarn.call("POST", f"/api/v1/repositories/{repository}/branches/{name}/import", {
        "paths": [{"type": "common_prefix", "path": source, "destination": f"in-{time}/"}
                  for time in range(times)],
        "commit": {"message": name}})


def has_ended(tarn, repository, number, import_id):
    status = tarn.api("GET", f"/repositories/{repository}/branches/import-{number}/import"
                             f"?id={import_id}").json
    return status["completed"] or "error" in status


def test_commits_do_not_wait_for_imports(tarn, source):
    busy = [tarn.create_repository(f"busy-{number}") for number in range(3)]
    free = tarn.create_repository("free")
    tarn.api("POST", f"/repositories/{free}/branches/main/objects?path=a", "content")
    started, running = [], []
    for number in range(IMPORTS_MAX):
        answer = start(tarn, busy[number % 3], number, source)
        assert answer.status == 202
        started.append((busy[number % 3], number, answer.json["id"]))
        running = [each for each in [*running, started[-1]] if not has_ended(tarn, *each)]
        if len(running) == WAITING:
            break
    tarn.api("POST", f"/repositories/{free}/branches/main/commits", {"message": "one"})
    left = sum(not has_ended(tarn, *each) for each in running)
    # With eight threads for both, those behind which the commit waited would have ended.
    assert left > 8 or len(running) < WAITING
    for repository in (free, busy[0]):
        tarn.api("PUT", f"/repositories/{repository}/refs/dump")
    for repository, number, import_id in started:
        status = tarn.wait_for_import(repository, f"import-{number}", import_id)
        assert status["completed"] and status["ingested_objects"] == FILES, status


def test_the_queue_has_an_end(tarn, source):
    """Over its limit an import is refused, and nothing is left of it; others still start."""
    crowded, other = tarn.create_repository("crowded"), tarn.create_repository("other")
    running = []
    for number in range(IMPORTS_MAX):
        # So large that starting one is faster than ending one on any machine.
        answer = start(tarn, crowded, number, source, times=30)
        if answer.status != 202:
            break
        running.append((number, answer.json["id"]))
    assert answer.status == 503 and answer.message, answer
    assert len(running) >= 64
    passing = start(tarn, other, 0, source)
    assert passing.status == 202
    for number, import_id in running[4:]:
        tarn.call("DELETE", f"/api/v1/repositories/{crowded}/branches/import-{number}/import"
                            f"?id={import_id}")
    assert tarn.wait_for_import(other, "import-0", passing.json["id"])["completed"]
    for number, import_id in running:
        status = tarn.wait_for_import(crowded, f"import-{number}", import_id)
        assert status["completed"] or status["error"]["message"].endswith("Canceled"), status
