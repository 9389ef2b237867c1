"""Our tables against the contract of the reference: every operation, parameter, schema, answer.

/openapi.json is written from the tables that route and validate, so what it says is what is done.
"""
import fnmatch
import json
import re

import pytest

RESPONSE_HEADERS = "headers of answers are not in our tables; recorded answers are compared by them"
ONE_DOCUMENT = "answers without a document of their own in our tables: the status is declared"
NOT_USED = "no operation has it, and the reference does not declare it to clients either"
NO_RANGE = "the contract leaves out the range of what is stored"
OURS = "an operation of our own"
ANSWERED = "what the reference answers is declared, not what its contract says"

# What our document says otherwise: patterns of places, with the reason.
ACCEPTED = {
    "/operations/*/responses/*/headers": RESPONSE_HEADERS,
    "/operations/getObject/responses/206/content": ONE_DOCUMENT,
    "/operations/getObject/responses/410/content": ONE_DOCUMENT,
    "/operations/getObject/responses/416/content": ONE_DOCUMENT,
    "/operations/getUsageReportSummary/responses/200/content/application/text": ONE_DOCUMENT,
    "/operations/oauthCallback/responses/401/content": "our errors are JSON everywhere",
    "/operations/oauthCallback/responses/200": ANSWERED,
    "/operations/updateObjectUserMetadata/responses/20[14]": ANSWERED,
    "/operations/updatePullRequest/responses/20[04]": ANSWERED,
    "/operations/dryRunActions": OURS,
    "/operations/listRunningRuns": OURS,
    "/operations/simulateAccess": OURS,
    "/schemas/Access[AQS]*": OURS,
    "/schemas/ActionDryRun*": OURS,
    "/schemas/RunningHookRun": OURS,
    "/schemas/RunningRun*": OURS,
    "/operations/*/responses/default": "every operation can fail",
    "/schemas/MetaRangeCreation*": NOT_USED,
    "/schemas/RangeMetadata": NOT_USED,
    "/schemas/UpdateToken": NOT_USED,
    "/schemas/HookRun/properties/status/enum": "`skipped` is answered, and therefore declared",
    "/schemas/*/properties/securityUpdates/deprecated": "only a hint to people",
    "/schemas/ExternalPrincipal*/properties/settings/items": "an object has no items",
    "/schemas/*/properties/size_bytes/minimum": NO_RANGE,
    "/schemas/*/properties/mtime/m??imum": NO_RANGE,
    "/schemas/CommitCreation/properties/date/m??imum": NO_RANGE,
    "/schemas/CommitRecordCreation/properties/creation_date/m??imum": NO_RANGE,
    "/schemas/CommitRecordCreation/properties/generation/m??imum": NO_RANGE,
    "/schemas/GarbageCollectionRule*/properties/*retention_days/m??imum": NO_RANGE,
}
FOR_PEOPLE = ("description", "summary", "example", "externalDocs")


def resolved(value, document, names=False):
    """The value with references replaced by their targets, and without words for people; `names`:
    its keys are names of things. References to schemas stay: schemas are compared by themselves."""
    if isinstance(value, list):
        return [resolved(item, document) for item in value]
    if not isinstance(value, dict):
        return value
    target = value.get("$ref", "#/components/schemas/")
    if not target.startswith("#/components/schemas/"):
        value = document
        for step in target.removeprefix("#/").split("/"):
            value = value[step]
    return {key: resolved(item, document, not names and key == "properties")
            for key, item in value.items() if names or key not in FOR_PEOPLE}


def merged(schema, schemas):
    """One object for what is put together by allOf."""
    if "allOf" not in schema:
        return schema
    whole = {"type": "object", "properties": {}, "required": []}
    for part in schema["allOf"]:
        part = schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        whole["properties"].update(part.get("properties", {}))
        whole["required"] += part.get("required", [])
    return whole


def normal_operation(row, document):
    row = resolved(row, document)
    body = row["requestBody"]
    defaults = {"required": False, "allowEmptyValue": False, "deprecated": False}
    return {"method": row["method"], "path": row["path"], "tags": row["tags"],
            "security": row["security"],
            "body": body and {"required": False, **body},
            "parameters": {f"{p['in']} {p['name']}": {**defaults, **p}
                           for p in row["parameters"]},
            "order": [p["name"] for p in row["parameters"] if p["in"] != "path"],
            "responses": row["responses"]}


def normal(operations, document):
    schemas = resolved(document["components"]["schemas"], document, names=True)
    return {"operations": {row["operation"]: normal_operation(row, document)
                           for row in operations},
            "schemas": {name: {"properties": {}, **merged(schema, schemas)}
                        for name, schema in schemas.items()}}


def operations_of(document):
    """The operations of an OpenAPI document as rows of the contract's file."""
    for path, item in document["paths"].items():
        for method, row in item.items():
            if method == "parameters":
                continue
            yield {"operation": row["operationId"], "method": method.upper(), "path": path,
                   "tags": row["tags"], "security": row.get("security"),
                   "parameters": item.get("parameters", []) + row.get("parameters", []),
                   "requestBody": row.get("requestBody"), "responses": row["responses"]}


def differences(place, ours, theirs):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from differences(f"{place}/{key}", ours.get(key, "(absent)"),
                                   theirs.get(key, "(absent)"))
    elif ours != theirs:
        yield place, ours, theirs


@pytest.fixture(scope="module")
def documents(tarn, shared):
    contract = json.loads((shared / "spec" / "contract.json").read_text())
    ours = tarn.call("GET", "/openapi.json", auth=None).json
    theirs = {"components": {"schemas": contract["schemas"], "responses": contract["responses"]}}
    return (normal(operations_of(ours), ours), normal(contract["operations"], theirs), ours,
            contract)


def test_every_field(documents):
    ours, theirs, _, _ = documents
    assert len(theirs["operations"]) > 100
    used, wrong = set(), []
    for place, we, they in differences("", ours, theirs):
        rule = next((r for r in ACCEPTED if fnmatch.fnmatchcase(place, r)), None)
        used.add(rule)
        if rule is None:
            wrong.append(f"{place}\n  ours   {we}\n  theirs {they}")
    assert not wrong, "\n".join(wrong)
    assert used >= ACCEPTED.keys(), f"not needed any more: {ACCEPTED.keys() - used}"


def test_ways_to_sign_in(documents):
    _, _, ours, contract = documents
    assert ours["components"]["securitySchemes"] == contract["securitySchemes"]
    assert ours["security"] == contract["security"]
    assert [s["url"] for s in ours["servers"]] == [s["url"] for s in contract["servers"]]


@pytest.fixture(scope="module")
def repository(tarn):
    return tarn.create_repository("contract")


@pytest.mark.parametrize("query", [
    "after=&amount=1000&first_parent=false&limit=false&stop_at=",  # As `lakectl log` sends it.
    "since=", "since=&stop_at=&after=&limit=true"])
def test_empty_values_of_the_log(tarn, repository, query):
    page = tarn.api("GET", f"/repositories/{repository}/refs/main/commits?{query}").json
    assert [commit["message"] for commit in page["results"]] == ["Repository created"]


@pytest.mark.parametrize("query", [
    "after=&amount=100&branch=&commit=",  # As `lakectl actions runs list` sends it.
    "branch=", "commit=", "branch=main&commit=", "branch=&commit=abc"])
def test_empty_values_of_runs(tarn, repository, query):
    page = tarn.api("GET", f"/repositories/{repository}/actions/runs?{query}").json
    assert page["results"] == []


def test_what_lakectl_sends(tarn, shared):
    """No recorded request of the command line is refused for its form."""
    sent = set()
    for file in (shared / "conformance" / "cli" / "golden").glob("*.json"):
        sent |= set(re.findall(r'"GET (/api/v1/[^" \\$?]*[?][^" \\$]*)"', file.read_text()))
    assert len(sent) > 40
    tarn.create_repository("repo1")
    refused = {url: answer for url in sorted(sent)
               if (answer := tarn.call("GET", url)).status in (400, 500)}
    assert not refused


@pytest.mark.parametrize("method, path, body, name", [
    ("PUT", "branches/main/staging/backing?path=a",
     {"staging": {"physical_address": "local://elsewhere/x"}, "checksum": "c", "size_bytes": 1},
     "size_bytes"),
    ("PUT", "branches/main/staging/backing?path=a",
     {"staging": {"physical_address": "local://elsewhere/x"}, "checksum": "c", "size_bytes": 1},
     "mtime"),
    ("PUT", "branches/main/objects?path=a",
     {"physical_address": "local://elsewhere/x", "checksum": "c", "size_bytes": 1}, "size_bytes"),
    ("PUT", "branches/main/objects?path=a",
     {"physical_address": "local://elsewhere/x", "checksum": "c", "size_bytes": 1}, "mtime"),
    ("POST", "branches/main/commits", {"message": "m", "allow_empty": True}, "date"),
    ("POST", "branches/main/import", {"paths": [], "commit": {"message": "m"}}, "commit/date"),
    ("POST", "commits",
     {"commit_id": "c", "version": 1, "committer": "c", "message": "m", "metarange_id": "m",
      "creation_date": 1, "parents": [], "generation": 1}, "generation"),
    ("POST", "commits",
     {"commit_id": "c", "version": 1, "committer": "c", "message": "m", "metarange_id": "m",
      "creation_date": 1, "parents": [], "generation": 1}, "creation_date"),
    ("PUT", "settings/gc_rules", {"default_retention_days": 1, "branches": []},
     "default_retention_days"),
    ("PUT", "settings/gc_rules",
     {"default_retention_days": 1, "branches": [{"branch_id": "b", "retention_days": 1}]},
     "branches/0/retention_days"),
])
def test_numbers_outside_of_their_range(tarn, repository, method, path, body, name):
    """The message names the number, and nothing was done."""
    url = f"/repositories/{repository}/"
    before = tarn.api("GET", url + "branches/main").json
    numbers = [-2 ** 63, 2 ** 63 - 1, 2 ** 70, 1e300, 0.5]
    if name == "size_bytes":
        numbers = [-1, -5, -2 ** 63, 2 ** 63, 1e300, 0.5]
    for number in numbers:
        sent = json.loads(json.dumps(body))
        target = sent
        *above, last = name.split("/")
        for step in above:
            target = target[int(step)] if isinstance(target, list) else target[step]
        target[last] = number
        answer = tarn.call(method, "/api/v1" + url + path, sent)
        assert answer.status == 400, (number, answer)
    assert tarn.api("GET", url + "branches/main").json == before
    assert tarn.api("GET", url + "refs/main/objects/ls").json["results"] == []
    assert tarn.call("GET", "/api/v1" + url + "settings/gc_rules").status == 404
