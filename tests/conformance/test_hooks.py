"""Hooks in a hostile world: endpoints that hang, drip, break off, lead elsewhere and never end;
servers that are killed before, while and after hooks run; many at once."""
import concurrent.futures
import contextlib
import json
import pathlib
import subprocess
import tempfile
import threading
import time

import pytest

import hook_endpoint
import tarn_server

MERGES_AT_ONCE, MANY_MERGES_AT_ONCE = 60, 500
RUN_SECONDS = 60


@pytest.fixture
def endpoint():
    with hook_endpoint.Endpoint() as made:
        yield made


@pytest.fixture
def place(directory):
    """A directory for one test."""
    with tempfile.TemporaryDirectory(dir=directory) as made:
        yield pathlib.Path(made)


@pytest.fixture
def server(place):
    with tarn_server.Server(tarn_server.program(), place / "server") as made:
        yield made.set_up()


@pytest.fixture
def lake(server):
    return Lake(server)


def action(name, event, url, **properties):
    """Text of an action file, which is YAML too."""
    return json.dumps({"name": name, "on": {event: None}, "hooks": [
        {"id": "hook", "type": "webhook", "properties": {"url": url, **properties}}]})


class Lake:
    """A repository and what tests do with it."""

    def __init__(self, server, name="lake", is_new=True):
        self.server, self.path = server, f"/repositories/{name}"
        if is_new:
            server.create_repository(name)

    def api(self, method, path, *arguments, **more):
        return self.server.api(method, self.path + path, *arguments, **more)

    def put(self, branch, path, text="x"):
        self.api("POST", f"/branches/{branch}/objects?path={path}", text,
                 headers={"Content-Type": "application/octet-stream"})

    def commit(self, branch="main", expect=(201,), **more):
        return self.api("POST", f"/branches/{branch}/commits", {"message": "m"}, expect=expect,
                        **more)

    def hook(self, event, url, branch="main", **properties):
        self.put(branch, "_lakefs_actions/a.yaml", action("an action", event, url, **properties))

    def runs(self, count=0, event=None):
        """The runs, once there are so many."""
        deadline = time.monotonic() + RUN_SECONDS
        while True:
            runs = [run for run in self.api("GET", "/actions/runs?amount=1000").json["results"]
                    if event in (None, run["event_type"])]
            if len(runs) >= count or time.monotonic() > deadline:
                return runs
            time.sleep(0.05)

    def output(self, run, hook="0000_0000"):
        return self.api("GET", f"/actions/runs/{run['run_id']}/hooks/{hook}/output").body

    def changes(self, branch="main"):
        return [row["path"] for row in self.api("GET", f"/branches/{branch}/diff").json["results"]]


@pytest.mark.parametrize("way, says", [
    ("hang", "context deadline exceeded"),
    ("drip", "context deadline exceeded"),
    ("drip_head", ""),
    ("reset", ""),
    ("cut", "unexpected EOF"),
    ("nonsense", ""),
    ("endless_head", ""),
    ("around", "stopped after 10 redirects"),
])
def test_endpoint_that_fails(lake, endpoint, way, says):
    lake.hook("pre-commit", endpoint.url(f"/{way}"), timeout="700ms")
    refused = lake.commit(expect=(412,))
    assert "action failed: Post " in refused.message and says in refused.message, refused.message
    run, = lake.runs(1)
    assert run["status"] == "failed"
    assert len(lake.output(run)) < 100_000
    assert lake.changes() == ["_lakefs_actions/a.yaml"]


def test_gigabytes(lake, endpoint):
    lake.hook("pre-commit", endpoint.url("/gigabytes"))
    lake.commit()
    run, = lake.runs(1)
    output = lake.output(run)
    assert 1 << 20 <= len(output) < 2 << 20
    assert b"was not read" in output[-100:]


@pytest.mark.parametrize("target", [
    "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/", "http://100.100.100.200/", "http://224.0.0.1/",
    "http://2852039166/",  # 169.254.169.254 as one number
])
def test_forbidden_addresses(lake, target):
    lake.hook("pre-commit", target, timeout="20s")
    assert "may not be called" in lake.commit(expect=(412,)).message


def test_redirects_stay_with_their_server(lake, endpoint):
    with hook_endpoint.Endpoint() as other:
        for number, location in enumerate((other.url("/ok"), "http://169.254.169.254/",
                                           endpoint.url("/ok", host="localhost"))):
            endpoint.answers["/away"] = (
                f"HTTP/1.1 302 Away\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
            lake.hook("pre-commit", endpoint.url("/away"), headers={"X-Number": str(number)})
            message = lake.commit(expect=(412,)).message
            assert "redirect to another server is not followed" in message
        assert other.paths == []
    endpoint.answers["/away"] = (
        b"HTTP/1.1 302 Near\r\nLocation: ok?a=b\r\nContent-Length: 0\r\n\r\n")
    lake.commit()
    assert endpoint.paths[-1] == "/ok?a=b"


def test_private_addresses_can_be_refused(place, endpoint):
    extra = "actions: {webhook: {allow_private: false}}"
    with tarn_server.Server(tarn_server.program(), place / "server", extra=extra) as server:
        lake = Lake(server.set_up())
        lake.hook("pre-commit", endpoint.url("/ok"))
        assert "may not be called" in lake.commit(expect=(412,)).message
        assert endpoint.paths == []


def test_addresses_can_be_allowed(place, endpoint):
    extra = "actions: {webhook: {allow_private: false, allowed_addresses: [127.0.0.0/8]}}"
    with tarn_server.Server(tarn_server.program(), place / "server", extra=extra) as server:
        lake = Lake(server.set_up())
        lake.hook("pre-commit", endpoint.url("/ok"))
        lake.commit()
        assert endpoint.paths == ["/ok"]


def test_no_address(place):
    extra = "actions: {webhook: {allowed_addresses: [localhost]}}"
    server = tarn_server.Server(tarn_server.program(), place / "server", extra=extra)
    with pytest.raises(RuntimeError, match="actions.webhook.allowed_addresses: no address"):
        server.start()


# Servers that are killed. --------------------------------------------------------------------

def call_in_background(function, *arguments, **more):
    """Runs a call whose server may be gone before the answer."""
    def call():
        with contextlib.suppress(Exception):
            function(*arguments, **more)
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


def test_killed_before_a_change(server, lake, endpoint):
    lake.hook("pre-commit", endpoint.url("/hang"))
    call_in_background(lake.commit)
    assert endpoint.calls("/hang") == 1
    server.kill()
    server.start()
    assert lake.runs() == []
    assert lake.changes() == ["_lakefs_actions/a.yaml"]
    endpoint.released.set()
    lake.commit()
    assert [run["status"] for run in lake.runs(1)] == ["completed"]


def test_killed_while_hooks_run_after_a_change(server, lake, endpoint):
    lake.hook("post-commit", endpoint.url("/hang"))
    commit = lake.commit().json["id"]
    assert endpoint.calls("/hang") == 1
    server.kill()
    server.start()
    # It has run once, as far as anybody knows: once more, and not a third time.
    assert endpoint.calls("/hang", 2) == 2
    server.kill()
    server.start()
    run, = lake.runs(1)
    assert (run["status"], run["commit_id"], run["event_type"]) == ("failed", commit, "post-commit")
    assert endpoint.paths == ["/hang"] * 2


def test_killed_once_while_hooks_run(server, lake, endpoint):
    lake.hook("post-commit", endpoint.url("/hang"))
    commit = lake.commit().json["id"]
    assert endpoint.calls("/hang") == 1
    server.kill()
    endpoint.released.set()
    server.start()
    run, = lake.runs(1)
    assert (run["status"], run["commit_id"]) == ("completed", commit)
    server.kill()
    server.start()
    assert [one["run_id"] for one in lake.runs()] == [run["run_id"]]
    assert endpoint.paths == ["/hang"] * 2


def test_killed_when_hooks_have_run(server, lake, endpoint):
    lake.hook("post-commit", endpoint.url("/ok"))
    lake.commit()
    lake.runs(1)
    server.kill()
    server.start()
    lake.put("main", "b")
    lake.commit()
    assert len(lake.runs(2)) == 2
    assert endpoint.paths == ["/ok"] * 2


def test_stopped_while_hooks_run(server, lake, endpoint):
    lake.hook("post-commit", endpoint.url("/hang"))
    lake.commit()
    assert endpoint.calls("/hang") == 1
    server.stop()
    endpoint.released.set()
    server.start()
    run, = lake.runs(1)
    assert run["status"] == "completed"


def test_stopped_while_a_change_waits(server, lake, endpoint):
    lake.hook("pre-commit", endpoint.url("/hang"))
    waiting = call_in_background(lake.commit, expect=(201, 412, 500))
    assert endpoint.calls("/hang") == 1
    server.stop()
    waiting.join()
    server.start()
    assert lake.changes() == ["_lakefs_actions/a.yaml"]


# Many at once. --------------------------------------------------------------------------------

@pytest.mark.parametrize("count", [MERGES_AT_ONCE, MANY_MERGES_AT_ONCE])
def test_many_merges_with_slow_hooks(lake, endpoint, count):
    """Others go on meanwhile; merges that are too many are told so, and nothing else happens."""
    lake.hook("pre-merge", endpoint.url("/slow"))
    lake.commit()
    names = [f"work-{number}" for number in range(count)]
    lake.api("POST", "/branches", {"name": "busy", "source": "main"})
    for name in names:
        lake.api("POST", "/branches", {"name": name, "source": "main"})
        lake.put(name, f"data/{name}")
        lake.commit(name)
    with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        merges = [pool.submit(lake.api, "POST", f"/refs/{name}/merge/main", {}, (200, 503),
                              timeout=600) for name in names]
        while not all(merge.done() for merge in merges):
            lake.api("GET", "/branches/main")
            lake.put("busy", "x", str(time.monotonic()))
            lake.commit("busy")
        answers = [merge.result() for merge in merges]
    done = [name for name, answer in zip(names, answers) if answer.status == 200]
    assert done
    for answer in answers:
        assert answer.status == 200 or "Slow down and retry" in answer.message, answer
    listed = lake.api("GET", "/refs/main@/objects/ls?prefix=data/&amount=1000").json["results"]
    assert {row["path"] for row in listed} == {f"data/{name}" for name in done}
    assert len(lake.runs(len(done), "pre-merge")) >= len(done)


# Seeing it. -----------------------------------------------------------------------------------

def test_output_of_a_hook_that_runs(lake, endpoint):
    lake.hook("pre-commit", endpoint.url("/hang"))
    commit = call_in_background(lake.commit)
    assert endpoint.calls("/hang") == 1
    run, = lake.api("GET", "/actions/running").json["results"]
    assert (run["status"], run["event_type"], run["branch"]) == ("running", "pre-commit", "main")
    hook, = run["hooks"]
    assert (hook["status"], hook["hook_id"], hook["action"]) == ("running", "hook", "an action")
    assert "end_time" not in hook
    begun = lake.output(run)
    assert begun.startswith(b"Request:\nPOST ") and b"Request duration" not in begun
    assert lake.runs() == []
    endpoint.released.set()
    commit.join()
    ended, = lake.runs(1)
    assert ended["run_id"] == run["run_id"]
    assert lake.output(run).startswith(begun) and b"Request duration" in lake.output(run)
    assert lake.api("GET", "/actions/running").json["results"] == []


def test_runs_are_followed(lake, endpoint):
    lake.hook("pre-commit", endpoint.url("/ok"))
    lake.commit()
    before, = lake.runs(1)
    following = subprocess.Popen(
        lake.server.command_line("actions", "runs", "lakefs://lake", "--follow", "--output"),
        stdout=subprocess.PIPE, text=True)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(following.stdout), daemon=True)
    reader.start()

    def await_line(*words):
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            found = [line for line in lines if all(word in line for word in words)]
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no line with {words}: {lines}")

    try:
        lake.hook("pre-commit", endpoint.url("/hang"))
        time.sleep(2)  # What ended before is not told.
        commit = call_in_background(lake.commit)
        assert endpoint.calls("/hang") == 1
        run, = lake.api("GET", "/actions/running").json["results"]
        await_line(run["run_id"], "running", "pre-commit", "main")
        await_line(run["run_id"], "running", "0000_0000", "hook of an action")
        await_line("Request Body:")
        endpoint.released.set()
        commit.join()
        await_line(run["run_id"], "completed", "pre-commit")
        await_line(run["run_id"], "completed", "0000_0000")
        assert not any(before["run_id"] in line for line in lines)
    finally:
        following.kill()
        following.wait()
    listed = subprocess.run(lake.server.command_line("actions", "runs", "lakefs://lake"),
                            capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(listed) == 2 and all(" completed " in line for line in listed)


@pytest.fixture
def dry_run(lake, place):
    def run(text, *arguments, ref="work"):
        (place / "file.yaml").write_text(text)
        return subprocess.run(
            lake.server.command_line("actions", "run", str(place / "file.yaml"),
                                     "--ref", f"lakefs://lake/{ref}", *arguments),
            capture_output=True, text=True)
    lake.api("POST", "/branches", {"name": "work", "source": "main"})
    lake.put("work", "data/a", "what is in it")
    lake.commit("work")
    return run


def test_dry_run(lake, dry_run, endpoint):
    text = """
        local lakefs = require("lakefs")
        local _, object = lakefs.get_object(action.repository_id, action.source_ref, "data/a")
        print(action.event_type, action.branch_id, action.merge_source, username, object)
    """
    passed = dry_run(script("pre-merge", text), "--event", "pre-merge")
    assert (passed.returncode, passed.stdout) == (
        0, "Hook script of action a script: completed\n"
           "pre-merge\tmain\twork\tadmin\twhat is in it\n"), passed
    failed = dry_run(script("pre-commit", "print('looking') error('not today')"),
                     "--event", "pre-commit")
    assert failed.returncode == 1 and "not today" in failed.stderr
    assert failed.stdout.startswith("Hook script of action a script: failed\nlooking\nError: ")
    called = dry_run(action("an action", "post-create-tag", endpoint.url("/ok")),
                     "--event", "post-create-tag", "--tag", "v1")
    assert called.returncode == 0 and '"tag_id":"v1"' in called.stdout
    assert endpoint.paths == ["/ok"]
    assert lake.runs() == [] and lake.changes("work") == []
    assert lake.api("GET", "/tags").json["results"] == []


@pytest.mark.parametrize("on, arguments, code, says", [
    ("pre-commit", ["--event", "pre-merge"], 1, "does not listen to pre-merge on branch 'main'"),
    ("pre-commit", ["--event", "nonsense"], 1, "event 'nonsense' is not supported"),
    ("nonsense", ["--event", "pre-commit"], 1, "event 'nonsense' is not supported: invalid action"),
    ("pre-create-tag", ["--event", "pre-create-tag"], 1, "needs the name of a tag"),
    ("pre-create-branch", ["--event", "pre-create-branch"], 1, "needs the name of a branch"),
    ("pre-commit", [], 2, "--event is required"),
])
def test_dry_run_of_nothing(dry_run, on, arguments, code, says):
    refused = dry_run(script(on, "print()"), *arguments)
    assert refused.returncode == code and says in refused.stderr, refused
    assert refused.stdout == ""


def test_dry_run_where_there_is_no_ref(dry_run):
    refused = dry_run(script("pre-commit", ""), "--event", "pre-commit", ref="nowhere")
    assert refused.returncode == 1 and "404" in refused.stderr, refused


# Scripts. -------------------------------------------------------------------------------------

def script(event, text, **args):
    """Text of an action file."""
    return json.dumps({"name": "a script", "on": {event: None}, "hooks": [
        {"id": "script", "type": "lua", "properties": {"script": text, "args": args}}]})


def test_script_reads_and_writes_by_the_api(lake):
    lake.put("main", "data/a", "what is in it")
    lake.put("main", "_lakefs_actions/a.yaml", script("post-commit", """
        local lakefs = require("lakefs")
        local status, object = lakefs.get_object(action.repository_id, action.commit_id, "data/a")
        print(status, object)
        local created = lakefs.create_tag(action.repository_id, action.commit_id, args.tag)
        print(created, username)
    """, tag="made-by-a-script"))
    commit = lake.commit().json["id"]
    run, = lake.runs(1)
    assert run["status"] == "completed", lake.output(run)
    assert lake.output(run).split() == b"200 what is in it 201 admin".split()
    assert lake.api("GET", "/tags/made-by-a-script").json["commit_id"] == commit


def test_script_that_refuses(lake):
    lake.put("main", "_lakefs_actions/a.yaml", script("pre-commit", """
        print("looking")
        error("not today")
    """))
    refused = lake.commit(expect=(412,))
    assert "not today" in refused.message
    run, = lake.runs(1)
    assert run["status"] == "failed" and b"looking" in lake.output(run)
    assert lake.changes() == ["_lakefs_actions/a.yaml"]


@pytest.mark.parametrize("text", [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "local t = {} while true do t[#t + 1] = string.rep('x', 1000000) end",
    "while true do print(string.rep('x', 1000)) end",
    "local function f() return f() + 1 end f()",
])
def test_script_without_an_end(place, text):
    limits = "{cpu: 500ms, wall: 2s, memory_bytes: 16777216, output_bytes: 100000}"
    with tarn_server.Server(tarn_server.program(), place / "server",
                            extra=f"actions: {{lua: {{limits: {limits}}}}}") as server:
        lake = Lake(server.set_up())
        lake.put("main", "_lakefs_actions/a.yaml", script("pre-commit", text))
        lake.commit(expect=(412,))
        run, = lake.runs(1)
        assert run["status"] == "failed" and len(lake.output(run)) < 200_000


def test_scripts_that_set_off_each_other(lake):
    lake.put("main", "_lakefs_actions/a.yaml", script("pre-create-tag", """
        local lakefs = require("lakefs")
        local status = lakefs.create_tag(action.repository_id, "main", action.tag_id .. "x")
        print(action.tag_id, status)
    """))
    lake.commit()
    lake.api("POST", "/tags", {"id": "t", "ref": "main"})
    tags = [tag["id"] for tag in lake.api("GET", "/tags").json["results"]]
    assert 2 < len(tags) < 10 and tags[0] == "t", tags
    assert any(b"429" in lake.output(run) for run in lake.runs(len(tags)))


def test_scripts_after_changes_do_not_grow_without_end(lake):
    lake.put("main", "_lakefs_actions/a.yaml", script("post-create-tag", """
        local lakefs = require("lakefs")
        for _, more in ipairs({"x", "y"}) do
            lakefs.create_tag(action.repository_id, "main", action.tag_id .. more)
        end
    """))
    lake.commit()
    lake.api("POST", "/tags", {"id": "t", "ref": "main"})
    lake.runs(15, "post-create-tag")
    time.sleep(0.5)
    tags = [tag["id"] for tag in lake.api("GET", "/tags?amount=1000").json["results"]]
    assert len(tags) == 15, tags  # One, and three times two for each.


def test_validate(place):
    def validate(text):
        (place / "file.yaml").write_text(text)
        return subprocess.run(
            [tarn_server.program(), "actions", "validate", place / "file.yaml"],
            capture_output=True, text=True)
    good = validate(action("fine", "pre-commit", "http://h/"))
    assert (good.returncode, good.stdout) == (
        0, f"File validated successfully: '{place}/file.yaml'\n")
    bad = validate(action("x", "pre-commit", "http://h/"))
    assert bad.returncode == 1 and "'name' is invalid: invalid action" in bad.stderr
