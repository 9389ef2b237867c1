"""Who is vouched for by another service: cookies with claims, the remote authenticator, the
authentication service. The services are the recorded stand-in of the fixtures."""
import base64
import importlib.util
import json
import sys

import boto3
import botocore.exceptions
import pytest

import tarn_server

SECRET = "a secret of the tests"
GATEWAY = {"Host": "s3.local.lakefs.io"}


def load(path):
    """A module by its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def fixtures(shared):
    folder = shared / "fixtures" / "auth"
    sys.path.insert(0, str(folder))     # contract.py imports its neighbour
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def services(fixtures):
    """The login services and what they were asked."""
    server, service = load(fixtures / "authorization_server.py").start(tarn_server.free_port())
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def cookie(fixtures):
    """Makes a session cookie from one of the recorded payloads."""
    contract = load(fixtures / "contract.py")
    gobs = json.loads((fixtures / "authorization-contract.json").read_text())["gobs"]

    def make(name, gob, **more):
        value = contract.session_cookie(name, base64.b64decode(gobs[gob]), secret=SECRET, **more)
        return {"Cookie": f"{name}={value}"}
    return make


def server_of(directory, mode, services):
    return tarn_server.Server(
        tarn_server.program(), directory,
        extra="gateways: {s3: {domain_name: [s3.local.lakefs.io]}}",
        environment={
            "TARN_AUTH_UI_CONFIG_RBAC": mode,
            "TARN_EMAIL_SUBSCRIPTION_ENABLED": "false",
            "TARN_AUTH_AUTHENTICATION_API_ENDPOINT": services.url + "/authentication",
            "TARN_AUTH_AUTHENTICATION_API_EXTERNAL_PRINCIPALS_ENABLED": "true",
            "TARN_AUTH_REMOTE_AUTHENTICATOR_ENABLED": "true",
            "TARN_AUTH_REMOTE_AUTHENTICATOR_ENDPOINT": services.url + "/remote",
            "TARN_AUTH_REMOTE_AUTHENTICATOR_REQUEST_TIMEOUT": "2s",
            "TARN_AUTH_OIDC_VALIDATE_ID_TOKEN_CLAIMS": "tenant=t1",
            "TARN_AUTH_OIDC_DEFAULT_INITIAL_GROUPS": "Viewers",
            "TARN_AUTH_OIDC_INITIAL_GROUPS_CLAIM_NAME": "groups",
            "TARN_AUTH_OIDC_FRIENDLY_NAME_CLAIM_NAME": "name",
            "TARN_AUTH_COOKIE_AUTH_VERIFICATION_VALIDATE_ID_TOKEN_CLAIMS": "org=o1",
            "TARN_AUTH_COOKIE_AUTH_VERIFICATION_INITIAL_GROUPS_CLAIM_NAME": "memberOf",
            "TARN_AUTH_COOKIE_AUTH_VERIFICATION_FRIENDLY_NAME_CLAIM_NAME": "display",
            "TARN_AUTH_COOKIE_AUTH_VERIFICATION_EXTERNAL_USER_ID_CLAIM_NAME": "user_id",
            "TARN_AUTH_COOKIE_AUTH_VERIFICATION_AUTH_SOURCE": "saml"})


@pytest.fixture(scope="module")
def server(directory, services):
    with server_of(directory / "many", "internal", services) as running:
        running.set_up().create_repository("lake")
        yield running


@pytest.fixture(scope="module")
def alone(directory, services):
    with server_of(directory / "one", "none", services) as running:
        yield running.set_up()


@pytest.fixture(autouse=True)
def nothing_ordered(services):
    services.rules = []


def groups(server, name):
    found = server.api("GET", f"/auth/users/{name}/groups").json["results"]
    return [group["id"] for group in found]


def user(server, **credentials):
    return server.api("GET", "/user", **{"auth": None, **credentials}).json["user"]


def login(server, name, password, expect=200):
    key = {"access_key_id": name, "secret_access_key": password}
    answer = server.api("POST", "/auth/login", key, auth=None, expect=(expect,))
    return "Bearer " + answer.json["token"] if expect == 200 else answer


def test_a_cookie_with_claims_is_a_user_everywhere(server, cookie):
    jane = cookie("oidc_auth_session", "named")
    first = user(server, headers=jane)
    assert {"id": "ext-2", "friendly_name": "ext-2"}.items() <= first.items()
    assert "email" not in first, "as the reference tells of who was just made"
    assert user(server, headers=jane)["friendly_name"] == "Jane Doe"
    assert groups(server, "ext-2") == ["Developers", "Viewers"]
    # Every operation, those with a body and those of S3.
    path = "/repositories/lake/branches/main/objects?path=by-cookie"
    binary = {"Content-Type": "application/octet-stream"}
    server.api("POST", path, "text", auth=None, headers=jane | binary, expect=(201,))
    server.api("POST", "/auth/users", {"id": "eve"}, auth=None, headers=jane, expect=(401,))
    listing = server.call("GET", "/", auth=None, headers=jane | GATEWAY)
    assert listing.status == 200 and b"<Name>lake</Name>" in listing.body, listing
    read = server.call("GET", "/lake/main/by-cookie", auth=None, headers=jane | GATEWAY)
    assert (read.status, read.body) == (200, b"text")


@pytest.mark.parametrize("gob, name", [("groups-texts", "ext-3"), ("groups-empty", "ext-5"),
                                       ("groups-number", "ext-6")])
def test_what_is_no_list_of_groups_is_no_group(server, cookie, gob, name):
    """Not the default groups either, which are for claims that name none."""
    assert user(server, headers=cookie("oidc_auth_session", gob))["id"] == name
    assert groups(server, name) == []


def test_a_saml_cookie_is_a_user_at_once(server, cookie):
    sam = cookie("saml_auth_session", "saml-new")
    assert user(server, headers=sam)["id"] == "saml-1"
    assert user(server, headers=sam)["friendly_name"] == "Sam L"
    assert groups(server, "saml-1") == ["Viewers"]


@pytest.mark.parametrize("name, gob, more", [
    ("oidc_auth_session", "other-tenant", {}), ("oidc_auth_session", "no-sub", {}),
    ("oidc_auth_session", "number-sub", {}), ("oidc_auth_session", "empty-sub", {}),
    ("oidc_auth_session", "odd-sub", {}), ("oidc_auth_session", "named", {"age": 31 * 86400}),
    ("saml_auth_session", "saml-bad-org", {}), ("saml_auth_session", "saml-no-id", {})])
def test_a_wrong_cookie_is_refused_everywhere(server, cookie, name, gob, more):
    headers = cookie(name, gob, **more)
    for path, host in (("/api/v1/user", {}), ("/", GATEWAY)):
        refused = server.call("GET", path, auth=None, headers=headers | host)
        assert refused.status == 401
        assert refused.json == {"message": "error authenticating request"}
    good_key = server.call("GET", "/api/v1/user", headers=headers)
    assert good_key.json["user"]["id"] == "admin", "a key goes first"


def test_who_is_deleted_is_somebody_else_afterwards(server, cookie):
    jane = cookie("oidc_auth_session", "no-groups")
    user(server, headers=jane)
    server.api("PUT", "/auth/groups/Admins/members/ext-9", expect=(201,))
    server.api("DELETE", "/auth/users/ext-9")
    server.api("POST", "/auth/users", {"id": "ext-9"})
    refused = server.api("GET", "/user", auth=None, headers=jane, expect=(401,))
    assert refused.message == "error authenticating request", "the name is not the identity"


def test_the_remote_authenticator(server, services):
    token = login(server, "rita", "right")
    assert user(server, auth=token)["friendly_name"] == "rita"
    assert groups(server, "rita") == ["Viewers"]
    assert user(server, auth=login(server, "r.short>rita-long", "right"))["id"] == "rita-long"
    basic = "Basic " + base64.b64encode(b"rita:right").decode()
    assert user(server, auth=basic)["id"] == "rita"
    assert login(server, "rita", "wrong", expect=401).message == "error authenticating request"
    services.log = []
    assert user(server, auth=login(server, tarn_server.KEY, tarn_server.SECRET))["id"] == "admin"
    assert services.log == [], "keys of the server go first"
    s3 = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1",
                      aws_access_key_id="rita", aws_secret_access_key="right")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        s3.list_buckets()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize("rule", [{"status": 500}, {"status": 0}, {"text": "ok"}, {"delay": 4}])
def test_a_remote_authenticator_that_fails_is_an_outage(server, services, rule):
    services.rules = [{"target": "/remote"} | rule]
    assert login(server, "rita", "right", expect=503)
    basic = "Basic " + base64.b64encode(b"nobody:right").decode()
    for path, host in (("/api/v1/user", {}), ("/", GATEWAY)):
        assert server.call("GET", path, auth=basic, headers=host).status == 503
    assert user(server, auth=tarn_server.BASIC)["id"] == "admin"


def sts(server, code, expect=200, **more):
    body = {"code": code, "state": "st", "redirect_uri": "http://x/cb"} | more
    return server.api("POST", "/sts/login", body, auth=None, expect=(expect,))


def test_a_token_for_a_code(server, cookie, services):
    assert user(server, headers=cookie("saml_auth_session", "saml-known"))["id"] == "saml-2"
    known = "sub=saml-2&org=o1"
    answer = sts(server, known)
    assert "Set-Cookie" not in answer.headers
    assert user(server, auth="Bearer " + answer.json["token"])["id"] == "saml-2"
    assert sts(server, "sub=nobody&org=o1", expect=404).message == "not found"
    assert sts(server, "sub=saml-2&org=o2", expect=401).message == "Unauthorized"
    assert sts(server, known, expect=400, ttl_seconds=0)
    assert sts(server, "fail-400", expect=400)
    assert sts(server, "fail-401", expect=401).message == "Unauthorized"
    assert sts(server, "fail-500", expect=503)
    services.rules = [{"target": "/sts/login", "status": 0}]
    assert sts(server, known, expect=503)


def principal(server, identity, expect=200, **more):
    body = {"identityRequest": identity} | more
    return server.api("POST", "/auth/external/principal/login", body, auth=None, expect=(expect,))


def test_external_principals(server):
    server.api("POST", "/auth/users", {"id": "robot"})
    server.api("POST", "/auth/users/robot/external/principals?principalId=arn:x", {}, expect=(201,))
    token = "Bearer " + principal(server, {"id": "arn:x"}).json["token"]
    assert user(server, auth=token)["id"] == "robot"
    assert principal(server, {"id": "arn:y"}, expect=404).message == "not found"
    assert principal(server, {"fail": "401"}, expect=401).message == "invalid token format"
    assert principal(server, {"fail": "403"}, expect=403).message == "session expired"
    assert principal(server, {"fail": "500"}, expect=503)
    server.api("DELETE", "/auth/users/robot")
    assert principal(server, {"id": "arn:x"}, expect=404)


def test_one_user_alone(alone, cookie):
    """Who signs in is the one user, or nobody: nobody is made."""
    assert user(alone, auth=login(alone, "admin", "right"))["id"] == "admin"
    login(alone, "rita", "right", expect=401)
    refused = alone.api("GET", "/user", auth=None, headers=cookie("oidc_auth_session", "named"),
                        expect=(401,))
    assert refused.message == "error authenticating request"
    sts(alone, "sub=x&org=o1", expect=501)
    principal(alone, {"id": "arn:x"}, expect=501)


def test_the_login_page_says_what_it_wants(server):
    config = server.api("GET", "/setup_lakefs", auth=None).json["login_config"]
    assert (config["username_ui_placeholder"], config["password_ui_placeholder"]) == (
        "Username", "Password")
