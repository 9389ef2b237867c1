"""Recorded installations of the reference, taken over: its table goes into the embedded store by
`kv load`, nothing else changes, and the recorded requests are answered as they were then, beside
what takeover_allow.json lists."""
import base64
import contextlib
import gzip
import hashlib
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import tarn_server

START_SECONDS = 60
DIFFERENCES_MAX = 1_000_000  # Of one answer: all are printed.
ALLOWED = json.loads(pathlib.Path(__file__).with_name("takeover_allow.json").read_text())["rules"]


def takeover(shared, *arguments):
    return subprocess.run([sys.executable, shared / "fixtures" / "takeover.py", *arguments],
                          capture_output=True, text=True, errors="replace")


def differences(output):
    """(request, lines) of every answer that differs, and the count of all answers, from what the
    tool prints. Anything else that it prints is an error."""
    # Not splitlines(): names of objects may hold what it takes for the end of a line.
    *lines, count, end = output.split("\n")
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", count)
    assert counts and not end, output[-3000:]
    failed = []
    for line in lines:
        if head := re.fullmatch(r"FAIL \d+: (.+)", line):
            failed.append((head[1], []))
        else:
            assert failed and line.startswith("     "), line
            failed[-1][1].append(line.strip())
    assert len(failed) == int(counts[2]) and all(found for _, found in failed), output[-3000:]
    return failed, int(counts[1]) + int(counts[2])


def check(shared, name, url, *arguments):
    """Every answer is as recorded, or differs only as rules for the fixture say; each of these
    rules is needed, but for what only some servers below do."""
    fixture = shared / "fixtures" / name
    done = takeover(shared, "check", fixture, "--url", url, "--show", str(DIFFERENCES_MAX),
                    *arguments)
    assert done.returncode in (0, 1) and not done.stderr, done.stdout[-3000:] + done.stderr[-3000:]
    failed, total = differences(done.stdout)
    with gzip.open(fixture / "answers.jsonl.gz") as recorded:
        assert total == sum(1 for _ in recorded)
    rules = [rule for rule in ALLOWED if name in rule["fixtures"]]
    unused = [rule for rule in rules if not rule.get("of_some_servers")]
    wrong = []
    for request, lines in failed:
        for line in lines:
            fitting = [rule for rule in rules if re.fullmatch(rule["request"], request)
                       and re.fullmatch(rule["difference"], line)]
            unused = [rule for rule in unused if rule not in fitting]
            if not fitting:
                wrong.append(f"{request}\n    {line}")
    assert not wrong, f"{len(wrong)} differences, such as\n" + "\n".join(wrong)[:6000]
    assert not unused, f"nothing differs in this way any more: {unused}"


def rows(dump):
    """(partition, key, value) of every row of a plain SQL dump of the reference's table."""
    in_rows = False
    with gzip.open(dump, "rt") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("COPY public.kv"):
                in_rows = True
            elif line == "\\.":
                in_rows = False
            elif in_rows:
                yield [bytes.fromhex(field.removeprefix("\\\\x")) for field in line.split("\t")]


def as_dump(table):
    entries = [{"partition": partition.decode(), "key": key.decode("utf-8", "replace"),
                "key_base64": base64.b64encode(key).decode(),
                "value": base64.b64encode(value).decode()} for partition, key, value in table]
    return json.dumps({"version": "1.0", "timestamp": "2026-01-01T00:00:00Z", "entries": entries})


def tool(root, *arguments, **more):
    done = subprocess.run([tarn_server.program(), "--config", "lakefs.yaml", "kv", *arguments],
                          cwd=root, capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def serving(root, port, **environment):
    """A server with the installation as its working directory."""
    with open(root / "log", "ab") as log:
        process = subprocess.Popen([tarn_server.program(), "--config", "lakefs.yaml", "run"],
                                   cwd=root, stdout=log, stderr=log,
                                   env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None, (root / "log").read_text()[-3000:]
            assert time.monotonic() < deadline, "no answer"
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_health", timeout=5).close()
                break
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(60) == 0


def embed(root):
    """Changes `database:` of the configuration, and nothing else."""
    path = root / "lakefs.yaml"
    text = path.read_text()
    embedded = 'database:\n  type: local\n  local:\n    path: "/proc/self/cwd/kv"\n'
    text, count = re.subn(r"(?m)^database:\n(?: .*\n)+", embedded, text)
    assert count == 1, text
    path.write_text(text)


def restore(shared, directory, name, *options):
    """A recorded installation in the embedded store: its root, its port and the rows of its
    table."""
    root, port = pathlib.Path(directory) / name, tarn_server.free_port()
    fixture = shared / "fixtures" / name
    table = list(rows(fixture / "kv.sql.gz"))
    # The tool that restores it wants a PostgreSQL; a copy without the table does without.
    copy = pathlib.Path(directory) / f"{name}-files"
    copy.mkdir()
    for file in fixture.iterdir():
        if file.name != "kv.sql.gz" and file.name != "config.yaml.template":
            os.symlink(file, copy / file.name)
    template = (fixture / "config.yaml.template").read_text().replace("@PG@", "")
    (copy / "config.yaml.template").write_text(template)
    done = takeover(shared, "restore", copy, "--dir", root, "--server-port", str(port), *options)
    assert done.returncode == 0, done.stderr
    embed(root)
    (root / "dump.json").write_text(as_dump(table))
    tool(root, "load", "--input", "dump.json")
    return root, port, table


@pytest.fixture(scope="module")
def installation(shared, directory):
    return restore(shared, directory, "takeover-a")


def test_every_record_comes_back(installation):
    root, _, table = installation
    tool(root, "dump", "--everything", "--output", "again.json")
    again = {(entry["partition"].encode(),
              base64.b64decode(entry["key_base64"]) if "key_base64" in entry
              else entry["key"].encode()): base64.b64decode(entry["value"])
             for entry in json.loads((root / "again.json").read_text())["entries"]}
    assert again == {(partition, key): value for partition, key, value in table}
    assert (root / "again.json").stat().st_mode & 0o077 == 0


def test_records_can_be_shown(installation):
    root, _, table = installation
    line = json.loads(tool(root, "get", "graveler", "repos/hooked"))
    assert line["value"]["id"] == "hooked" and line["key"] == "repos/hooked"
    listed = [json.loads(text) for text in tool(root, "scan", "graveler").splitlines()]
    assert [entry["key"].encode() for entry in listed] == sorted(
        key for partition, key, _ in table if partition == b"graveler")
    limited = tool(root, "scan", "graveler", "repos/d", "--limit", "1").splitlines()
    assert len(limited) == 1 and json.loads(limited[0])["key"] >= "repos/d"


def test_skipping_keeps_what_is_there(installation):
    root, _, _ = installation
    entry = {"partition": "of-the-test", "key": "k", "value": base64.b64encode(b"1").decode()}
    dump = {"version": "1.0", "timestamp": "2026-01-01T00:00:00Z", "entries": [entry]}
    tool(root, "load", "--input", "-", input=json.dumps(dump))
    first, entry["value"] = entry["value"], base64.b64encode(b"2").decode()
    tool(root, "load", "--input", "-", "--strategy", "skip", input=json.dumps(dump))
    assert json.loads(tool(root, "get", "of-the-test", "k"))["value"] == first


def survey(root, expect=0):
    """What doctor says of it: a table of facts, and all the text."""
    done = subprocess.run([tarn_server.program(), "doctor", "--takeover", "lakefs.yaml"],
                          cwd=root, capture_output=True, text=True)
    assert done.returncode == expect, done.stdout + done.stderr
    facts = dict(re.findall(r"(?m)^  (\S(?:.*\S)?)  +(.+)$", done.stdout))
    return facts, done.stdout + done.stderr


def test_a_look_before_it_is_taken_over(installation):
    root, _, table = installation
    before = tool(root, "dump", "--everything")
    facts, text = survey(root)

    assert facts["records"] == "version 4" and facts["unreadable records"] == "0", text
    assert facts["last program"] == "dev", text
    assert "whose key can be opened" in facts["administrator"], text
    for name, prefix in (("repositories", b"repos/"), ("branches", b"branches/"),
                         ("tags", b"tags/"), ("commits", b"commits/")):
        expected = sum(1 for partition, key, _ in table if key.startswith(prefix)
                       and (prefix != b"repos/" or partition == b"graveler"))
        assert re.match(rf"{expected}\b", facts[name]), (name, expected, text)
    assert facts["trees read"].endswith(", 0 of them could not be"), text
    assert "repository hooked has actions" in text and "Verdict: it can be taken over." in text
    entries = json.loads(tool(root, "dump", "--everything"))["entries"]
    assert entries == json.loads(before)["entries"], "nothing was changed"


def test_what_stands_in_the_way_is_said(installation):
    root, _, table = installation
    [(commit, record)] = [(key, value) for partition, key, value in table
                          if partition.startswith(b"hooked-") and key.startswith(b"commits/")
                          and b"Repository created" in value]
    partition = next(name for name, key, _ in table if key == commit).decode()

    def load(value):
        entry = {"partition": partition, "key": commit.decode(),
                 "value": base64.b64encode(value).decode()}
        tool(root, "load", "--input", "-", input=json.dumps(
            {"version": "1.0", "timestamp": "2026-01-01T00:00:00Z", "entries": [entry]}))

    load(b"\xff" + record)
    try:
        facts, text = survey(root, expect=1)
        assert facts["unreadable records"] == "1", text
        assert f'the record "{commit.decode()}" of partition {partition} cannot be read' in text
        assert "Verdict" not in text
        load(record.replace(b"created", b"Created"))
        assert "its content has the id " in survey(root, expect=1)[1]
    finally:
        load(record)
    config = root / "lakefs.yaml"
    text = config.read_text()
    try:
        config.write_text(re.sub(r"secret_key: .*", "secret_key: another one", text, count=1))
        assert "could not decrypt value" in survey(root, expect=1)[1]
        config.write_text(text + "\nno_such_key: 1\n")
        assert "not to be taken over yet: " in survey(root, expect=1)[1]
    finally:
        config.write_text(text)


def test_answers_as_the_reference_did(installation, shared):
    root, port, _ = installation
    with serving(root, port) as url:
        check(shared, "takeover-a", url)


def test_answers_on_s3_as_the_reference_did(shared, directory):
    if not os.environ.get("TARN_S3_URL"):
        pytest.skip("TARN_S3_URL names no S3 server")
    root, port, _ = restore(shared, directory, "takeover-b", "--s3-upload", "--s3-url",
                            os.environ["TARN_S3_URL"])
    with serving(root, port) as url:
        check(shared, "takeover-b", url)


def test_answers_on_azure_as_the_reference_did(shared, directory, monkeypatch):
    if not os.environ.get("TARN_AZURE_URL", "").startswith("https:"):
        pytest.skip("TARN_AZURE_URL names no Azure server with TLS")
    trusted = os.environ["TARN_AZURE_CA"]
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    root, port, _ = restore(shared, directory, "takeover-e", "--azure-url",
                            os.environ["TARN_AZURE_URL"])
    with serving(root, port, SSL_CERT_FILE=trusted) as url:
        check(shared, "takeover-e", url)


def s3(url, method, target, body=None):
    """A request to the gateway, which takes credentials of the API too."""
    request = urllib.request.Request(f"{url}/{target}", data=body, method=method, headers={
        "Host": "s3.local.lakefs.io", "Authorization": tarn_server.BASIC})
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(request) as answer:
        return answer.read()
    return None


def test_upload_in_progress_is_completed(installation, shared):
    root, port, _ = installation
    facts = json.loads((shared / "fixtures" / "takeover-a" / "facts.json").read_text())
    upload = facts["multipart_in_progress"]
    target = f"{upload['repository']}/{upload['key']}"
    named = f"{target}?uploadId={upload['upload_id']}"
    parts = "".join(f"<Part><PartNumber>{part['PartNumber']}</PartNumber>"
                    f"<ETag>{html.escape(part['ETag'])}</ETag></Part>" for part in upload["parts"])
    done = upload["when_completed_with_these_parts"]

    def stored():
        return list(root.rglob(f"{upload['upload_id']}*"))

    with serving(root, port) as url:
        assert s3(url, "GET", named.replace("upload.bin", "other.bin")) is None
        listed = s3(url, "GET", named).decode()
        assert [int(size) for size in re.findall("<Size>(.*?)</Size>", listed)] == [
            part["size"] for part in upload["parts"]]
        assert len(stored()) == 2
        document = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        answer = s3(url, "POST", named, document).decode()
        # The number of the parts stays; the reference cuts it off (docs/differences.md).
        checksum = f"{done['checksum']}-{len(upload['parts'])}"
        assert f'<ETag>"{checksum}"</ETag>' in html.unescape(answer)
        assert hashlib.sha256(s3(url, "GET", target)).hexdigest() == done["sha256"]
        assert s3(url, "POST", named, document) is None
        assert not stored()
        branch, path = upload["key"].split("/", 1)
        stat = urllib.request.Request(
            f"{url}/api/v1/repositories/{upload['repository']}/refs/{branch}/objects/stat?path="
            + path, headers={"Authorization": tarn_server.BASIC})
        with urllib.request.urlopen(stat) as answer:
            entry = json.load(answer)
    assert entry["checksum"] == checksum and entry["size_bytes"] == done["size"]
    assert entry["content_type"] == upload["content_type"]
    assert {key.lower().removeprefix("x-amz-meta-"): value
            for key, value in entry["metadata"].items()} == upload["metadata"]
    with pytest.raises(AssertionError):
        tool(root, "get", "multiparts", upload["upload_id"])


def test_refs_are_restored_from_their_dump(shared, directory):
    root, port = pathlib.Path(directory) / "refs-dump", tarn_server.free_port()
    fixture = shared / "fixtures" / "refs-dump"
    done = takeover(shared, "restore", fixture, "--dir", root, "--server-port", str(port))
    assert done.returncode == 0, done.stderr
    with serving(root, port) as url:
        check(shared, "refs-dump", url, "--prepare")
