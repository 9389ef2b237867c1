"""The usage report counts calls by month, also across restarts."""
import tarn_server

REPORT = "/usage-report/summary"


def test_usage(directory):
    place = directory / "usage"
    with tarn_server.Server(tarn_server.program(), place) as server:
        server.set_up()
        before = sum(month["count"] for month in server.api("GET", REPORT).json["reports"])
        for _ in range(10):
            server.api("GET", "/repositories")
        report = server.api("GET", REPORT).json
        assert len(report["reports"]) == 1
        # The report itself is counted after it was answered.
        assert report["reports"][0]["count"] == before + 11
        for _ in range(5):
            server.api("GET", "/repositories")
    with tarn_server.Server(tarn_server.program(), place) as server:
        again = server.api("GET", REPORT).json
        assert again["installation_id"] == report["installation_id"]
        month = again["reports"][0]
        assert month["count"] == before + 17
        text = server.api("GET", REPORT, headers={"Accept": "text/plain"}).body.decode()
        assert text.split("\n") == [
            f"Usage for installation ID: {again['installation_id']}",
            f"{month['year']:04}-{month['month']:02}: {month['count'] + 1:12}", ""]
