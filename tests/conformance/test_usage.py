"""The usage report counts calls by month, also across restarts."""
import http.client
import json

import tarn_server

REPORT = "/usage-report/summary"


class OneConnection:
    """Calls one after the other: each is counted after its answer, so before the next call only if
    that comes on the same connection."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def get(self, path, accept="application/json"):
        headers = {"Authorization": tarn_server.BASIC, "Accept": accept}
        self.connection.request("GET", "/api/v1" + path, headers=headers)
        answer = self.connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()

    def report(self):
        return json.loads(self.get(REPORT))


def test_usage(directory):
    place = directory / "usage"
    with tarn_server.Server(tarn_server.program(), place) as server:
        server.set_up()
        calls = OneConnection(server)
        calls.get("/repositories")
        before = sum(month["count"] for month in calls.report()["reports"])
        for _ in range(10):
            calls.get("/repositories")
        report = calls.report()
        assert len(report["reports"]) == 1
        # The report itself is counted after it was answered.
        assert report["reports"][0]["count"] == before + 11
        for _ in range(5):
            calls.get("/repositories")
    with tarn_server.Server(tarn_server.program(), place) as server:
        calls = OneConnection(server)
        again = calls.report()
        assert again["installation_id"] == report["installation_id"]
        month = again["reports"][0]
        assert month["count"] == before + 17
        text = calls.get(REPORT, accept="text/plain")
        assert text.split("\n") == [
            f"Usage for installation ID: {again['installation_id']}",
            f"{month['year']:04}-{month['month']:02}: {month['count'] + 1:12}", ""]
