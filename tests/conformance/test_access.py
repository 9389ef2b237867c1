"""Users, groups and policies through the clients of today: who may do what, and what becomes of a
server that is started in another mode."""
import subprocess
import sys

import boto3
import botocore.exceptions
import lakefs_sdk
import pytest
from lakefs_sdk import models
from lakefs_sdk.client import LakeFSClient
from lakefs_sdk.exceptions import ApiException

import access
import tarn_server

# What members of the groups of every new installation may do.
WORK = ("read", "write", "branch", "protect", "create repository", "list users", "own keys")
MAY = {
    "Admins": set(WORK),
    "SuperUsers": set(WORK) - {"protect", "list users"},
    "Developers": {"read", "write", "branch", "own keys"},
    "Viewers": {"read", "own keys"},
}


@pytest.fixture(scope="module")
def server(directory):
    with access.server(tarn_server.program(), directory / "server", "internal") as running:
        running.set_up()
        running.create_repository("lake")
        yield running


def test_every_operation(shared, server):
    """Users who lack a part of the permission that was recorded of the reference are refused, and
    who has exactly that is not."""
    tool = shared / "fixtures" / "auth" / "permissions.py"
    done = subprocess.run([sys.executable, tool, "check", "--url", server.url],
                          capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def client_of(server, key, secret):
    return LakeFSClient(configuration=lakefs_sdk.Configuration(
        host=server.url + "/api/v1", username=key, password=secret))


def s3_of(server, key):
    return boto3.client("s3", endpoint_url=server.url, region_name="us-east-1",
                        aws_access_key_id=key.access_key_id,
                        aws_secret_access_key=key.secret_access_key)


def allowed(call, *args, **more):
    """Whether a call is carried out; what is refused is refused for want of a permission."""
    try:
        call(*args, **more)
    except ApiException as refusal:
        assert refusal.status == 401 and "insufficient permissions" in refusal.body, refusal
        return False
    except botocore.exceptions.ClientError as refusal:
        assert refusal.response["Error"]["Code"] == "AccessDenied", refusal
        return False
    return True


@pytest.mark.parametrize("group", MAY)
def test_the_groups_that_are_there(server, group):
    name = group.lower()
    admin = client_of(server, tarn_server.KEY, tarn_server.SECRET)
    admin.objects_api.upload_object("lake", "main", f"{name}/old", content=b"old")
    admin.auth_api.create_user(user_creation=models.UserCreation(id=name))
    admin.auth_api.add_group_membership(group, name)
    key = admin.auth_api.create_credentials(name)
    mine = client_of(server, key.access_key_id, key.secret_access_key)
    s3 = s3_of(server, key)
    tried = {
        "read": allowed(mine.objects_api.get_object, "lake", "main", f"{name}/old"),
        "write": allowed(mine.objects_api.upload_object, "lake", "main", f"{name}/new",
                         content=b"new"),
        "branch": allowed(mine.branches_api.create_branch, "lake",
                          models.BranchCreation(name=f"of-{name}", source="main")),
        "protect": allowed(mine.repositories_api.set_branch_protection_rules, "lake", []),
        "create repository": allowed(
            mine.repositories_api.create_repository,
            models.RepositoryCreation(name=f"of-{name}", storage_namespace=f"local://of/{name}")),
        "list users": allowed(mine.auth_api.list_users),
        "own keys": allowed(mine.auth_api.create_credentials, name)}
    assert {work for work, done in tried.items() if done} == MAY[group]
    assert not allowed(mine.auth_api.create_credentials, "admin") or group == "Admins"
    assert allowed(s3.get_object, Bucket="lake", Key=f"main/{name}/old") == tried["read"]
    assert allowed(s3.put_object, Bucket="lake", Key=f"main/{name}/s3", Body=b"x") == tried["write"]
    assert "lake" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    # What is taken away is without effect at once.
    admin.auth_api.delete_group_membership(group, name)
    assert not allowed(mine.objects_api.get_object, "lake", "main", f"{name}/old")
    assert not allowed(s3.get_object, Bucket="lake", Key=f"main/{name}/old")
    admin.auth_api.delete_user(name)
    with pytest.raises(ApiException) as refusal:
        mine.objects_api.get_object("lake", "main", f"{name}/old")
    assert refusal.value.status == 401 and "error authenticating request" in refusal.value.body


def test_what_is_explained_is_what_happens(server):
    admin = client_of(server, tarn_server.KEY, tarn_server.SECRET)
    everything = "arn:lakefs:fs:::repository/lake"
    server.api("POST", "/auth/policies", {"id": "NoSecrets", "statement": [
        {"effect": "allow", "action": ["fs:ReadRepository"], "resource": everything},
        {"effect": "deny", "action": ["fs:Read*"], "resource": f"{everything}/object/secret/*",
         "condition": {"NotIpAddress": {"SourceIp": ["10.0.0.0/8"]}}}]})
    admin.auth_api.create_user(user_creation=models.UserCreation(id="sam"))
    admin.auth_api.add_group_membership("Viewers", "sam")
    admin.auth_api.attach_policy_to_user("sam", "NoSecrets")
    key = admin.auth_api.create_credentials("sam")
    sam = client_of(server, key.access_key_id, key.secret_access_key)

    def why(action, resource, **context):
        answer = server.api("POST", "/auth/simulate", {
            "user": "sam", "action": action, "resource": resource, "context": context}).json
        source = answer.get("decided_by", {})
        return (answer["allowed"], source.get("policy"), source.get("statement_index"),
                answer["missing_actions"])

    for path, expected in {"open/a": (True, "FSReadAll", 0, []),
                           "secret/a": (False, "NoSecrets", 1, [])}.items():
        admin.objects_api.upload_object("lake", "main", path, content=b"x")
        assert why("fs:ReadObject", f"{everything}/object/{path}", SourceIp="127.0.0.1") == expected
        assert allowed(sam.objects_api.get_object, "lake", "main", path) == expected[0]
    inside = server.call("GET", "/api/v1/repositories/lake/refs/main/objects?path=secret/a",
                         auth=access.basic(key), headers={"X-Forwarded-For": "10.1.2.3"})
    assert why("fs:ReadObject", f"{everything}/object/secret/a", SourceIp="10.1.2.3")[0]
    assert (inside.status, inside.body) == (200, b"x")
    missing = (False, None, None, ["fs:WriteObject"])
    assert why("fs:WriteObject", f"{everything}/object/a") == missing
    assert not allowed(sam.objects_api.upload_object, "lake", "main", "a", content=b"x")
    said = subprocess.run(server.command_line(
        "auth", "explain", "sam", "fs:ReadObject", f"{everything}/object/secret/a",
        "--context", "SourceIp=127.0.0.1"), capture_output=True, text=True)
    assert said.stdout == "refused: by statement 1 of policy NoSecrets (effect deny)\n", said

    # Who may not read the user learns nothing.
    question = {"user": "admin", "action": "fs:ReadObject", "resource": "*"}
    refused = server.api("POST", "/auth/simulate", question, expect=[401], auth=access.basic(key))
    assert "insufficient permissions" in refused.message
    unknown = server.api("POST", "/auth/simulate", {**question, "user": "nobody"}, expect=[404])
    assert unknown.message == "user not found"
    for wrong in ({"user": "sam"}, {**question, "user": ""},
                  {**question, "context": {"SourceIp": 7}}):
        server.api("POST", "/auth/simulate", wrong, expect=[400])


def test_an_installation_keeps_its_mode(directory):
    """From one user to many by the command line, with all that there is."""
    folder, program = directory / "modes", tarn_server.program()
    with tarn_server.Server(program, folder) as single:
        single.set_up()
        single.create_repository("lake")
        config = single.config
    many = access.server(program, folder, "internal")
    with pytest.raises(RuntimeError, match="was set up with auth.ui_config.rbac: none"):
        many.start()
    made = subprocess.run([program, "--config", config, "superuser", "--user-name", "alice"],
                          capture_output=True, text=True, env=many.environment)
    assert made.returncode == 0, made.stdout + made.stderr
    words = made.stdout.split()
    key = words[words.index("access_key_id:") + 1]
    secret = words[words.index("secret_access_key:") + 1]
    with many:
        alice = client_of(many, key, secret)
        assert [item.id for item in alice.repositories_api.list_repositories().results] == ["lake"]
        assert alice.auth_api.get_current_user().user.id == "alice"
