"""Servers whose metadata lies in DynamoDB, on the one that TARN_DYNAMODB_URL names: a recorded
installation of the reference opened in place, several servers on one table. The recorded
conversations run on it too, with TARN_TEST_DATABASE=dynamodb (tests/run.sh)."""
import collections
import contextlib
import json
import pathlib
import re
import threading

import dynamodb_below
import tarn_server
import test_postgres
import test_takeover

SERVERS, WRITERS, STEPS = 2, 4, 6


def test_takeover_in_place(shared, directory):
    root, port = pathlib.Path(directory) / "takeover-d", tarn_server.free_port()
    done = test_takeover.takeover(
        shared, "restore", shared / "fixtures" / "takeover-d", "--dir", root, "--server-port",
        str(port), "--dynamodb-url", dynamodb_below.url(), "--table", dynamodb_below.new_table())
    assert done.returncode == 0, done.stderr
    before = test_takeover.tool(root, "dump", "--everything")
    facts, text = test_takeover.survey(root)
    records = collections.Counter(
        entry["key"].split("/")[0] for entry in json.loads(before)["entries"])
    for name in ("branches", "tags", "commits"):
        assert re.match(rf"{records[name]}\b", facts[name]), (name, records, text)
    assert facts["database"] == "dynamodb" and facts["unreadable records"] == "0", text
    assert facts["trees read"].endswith(", 0 of them could not be"), text
    assert "Verdict: it can be taken over." in text
    after = test_takeover.tool(root, "dump", "--everything")
    assert json.loads(after)["entries"] == json.loads(before)["entries"], "nothing was changed"
    with test_takeover.serving(root, port) as url:
        test_takeover.check(shared, "takeover-d", url)


CHECKS = ["connect", "table", "GetItem", "Query", "PutItem", "DeleteItem", "BatchWriteItem"]


def test_doctor(directory):
    table = dynamodb_below.new_table()
    status, checks, output = test_postgres.doctor(directory, dynamodb_below.settings(table))
    assert status == 1 and checks["table"] == "FAIL" and "the first start makes it" in output
    with server_on(table, directory, 0) as server:
        server.set_up()
        before = server.api("GET", "/user").json
        status, checks, output = test_postgres.doctor(directory, dynamodb_below.settings(table))
        assert status == 0 and {name: checks[name] for name in CHECKS} == dict.fromkeys(
            CHECKS, "ok"), output
        assert server.api("GET", "/user").json == before
    away = dynamodb_below.settings(table, endpoint="http://127.0.0.1:9",
                                   aws_secret_access_key="hunter2")
    status, checks, output = test_postgres.doctor(directory, away)
    assert status == 1 and checks["connect"] == "FAIL" and "hunter2" not in output, output


def server_on(table, directory, number):
    """One of several servers on a table, with the same objects."""
    server = tarn_server.Server(tarn_server.program(), directory / f"several-{number}",
                                database=dynamodb_below.settings(table))
    text = server.config.read_text()
    own = f'"{server.directory}/objects"'
    assert own in text
    server.config.write_text(text.replace(own, f'"{directory}/objects"'))
    return server


def test_several_servers(directory):
    """What one acknowledged the others know; nothing that several do at once is lost."""
    table = dynamodb_below.new_table()
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(server_on(table, directory, number))
                   for number in range(SERVERS)]
        servers[0].set_up()
        servers[0].create_repository("repo")
        answers = []

        def work(number):
            server = servers[number % SERVERS]
            for step in range(STEPS):
                path = f"w{number}/{step}"
                answers.append(server.call(
                    "POST", f"/api/v1/repositories/repo/branches/main/objects?path={path}",
                    path.encode()))
                answers.append(server.call(
                    "POST", "/api/v1/repositories/repo/branches/main/commits",
                    {"message": path, "allow_empty": True}))

        writers = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert {answer.status for answer in answers} == {201}, answers
        for server in servers:
            listed = server.api("GET", "/repositories/repo/refs/main/objects/ls?amount=1000").json
            assert [entry["path"] for entry in listed["results"]] == sorted(
                f"w{number}/{step}" for number in range(WRITERS) for step in range(STEPS))
            log = server.api("GET", "/repositories/repo/refs/main/commits?amount=1000").json
            assert len(log["results"]) == WRITERS * STEPS + 1


def test_what_cannot_work_is_said_at_the_start(directory):
    """Without keys, and whatever else is in the configuration."""
    for more, text in (({"aws_region": ""}, "database.dynamodb.aws_region: name a region"),
                       ({"table_name": "x"}, "database.dynamodb.table_name: "),
                       ({"scan_limit": 0}, "database.dynamodb.scan_limit: from 1 to "),
                       ({"aws_secret_access_key": ""}, "database.dynamodb.aws_access_key_id: ")):
        settings = json.loads(dynamodb_below.settings())
        settings["dynamodb"] |= more
        server = tarn_server.Server(tarn_server.program(), directory / "refused",
                                    database=json.dumps(settings))
        server.log_file.unlink(missing_ok=True)
        try:
            with server:
                raise AssertionError(f"it started with {more}")
        except RuntimeError as ended:
            assert text in str(ended), ended
