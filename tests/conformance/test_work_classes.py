"""Work of one kind keeps no thread from work of another, nor that of one branch from others."""
import json
import select
import socket

from tarn_server import BASIC

CROWD = 64


def send_commit(tarn, repository, branch, number):
    """Asks for a commit and leaves the answer unread: its socket."""
    body = json.dumps({"message": f"m{number}", "allow_empty": True})
    connection = socket.create_connection(("127.0.0.1", tarn.port))
    connection.sendall(
        (f"POST /api/v1/repositories/{repository}/branches/{branch}/commits HTTP/1.1\r\n"
         f"Host: t\r\nAuthorization: {BASIC}\r\nContent-Type: application/json\r\n"
         f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}").encode())
    return connection


def answered(connections):
    return len(select.select(connections, [], [], 0)[0])


def test_a_crowd_on_one_branch_stops_no_other(tarn):
    repository = tarn.create_repository("crowd")
    for branch in ("busy", "free"):
        tarn.api("POST", f"/repositories/{repository}/branches", {"name": branch, "source": "main"})
    for round_number in range(3):
        crowd = [send_commit(tarn, repository, "busy", number) for number in range(CROWD)]
        before = answered(crowd)
        tarn.api("POST", f"/repositories/{repository}/branches/free/commits",
                 {"message": f"one {round_number}", "allow_empty": True})
        passed = answered(crowd) - before
        tarn.api("POST", f"/repositories/{repository}/branches/free/objects?path=a", "content")
        statuses = []
        for connection in crowd:
            with connection, connection.makefile("rb") as answer:
                statuses.append(int(answer.readline().split()[1]))
        assert statuses == [201] * CROWD
        if before < CROWD // 2:
            # One queue for both would let all that came before go first.
            assert passed < (CROWD - before) // 2, (before, passed)
    log = tarn.api("GET", f"/repositories/{repository}/refs/busy/commits?amount=1000").json
    assert len(log["results"]) == 3 * CROWD + 1


def test_a_full_lane_refuses_and_says_when_to_come_again(tarn):
    repository = tarn.create_repository("lane")
    connections = [send_commit(tarn, repository, "main", number) for number in range(700)]
    statuses = {}
    for connection in connections:
        with connection, connection.makefile("rb") as answer:
            lines = answer.read().decode().split("\r\n")
            status = int(lines[0].split()[1])
            statuses[status] = statuses.get(status, 0) + 1
            if status == 503:
                assert "Retry-After: 1" in lines
                message = json.loads(lines[-1])["message"]
                assert message == "Throughput exceeded. Slow down and retry"
    assert set(statuses) == {201, 503} and statuses[201] >= 256, statuses
    tarn.api("POST", f"/repositories/{repository}/branches/main/commits",
             {"message": "after", "allow_empty": True})
