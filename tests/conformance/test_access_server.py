"""tarn auth-server: users, groups and policies for a fleet of servers that share its token."""
import base64
import concurrent.futures
import hashlib
import hmac
import json
import subprocess
import sys
import time

import pytest

import access
import postgres_below
import tarn_server

SECRET = "some random secret string"


class AuthServer(tarn_server.Server):
    command = "auth-server"

    def __init__(self, directory, database=None, **environment):
        super().__init__(tarn_server.program(), directory, database=database, environment={
            "TARN_AUTH_ENCRYPT_SECRET_KEY": SECRET, "TARN_LOGGING_LEVEL": "DEBUG", **environment})

    def ask(self, method, path, body=None, token=None, **more):
        """A call by who has the secret, or a header of its own."""
        header = "Bearer " + signed() if token is None else token
        return self.call(method, "/api/v1" + path, body, auth=header, **more)

    def make(self, path, body=None):
        answer = self.ask("POST", path, body)
        assert answer.status == 201, f"POST {path}: {answer}"
        return answer

    def names(self, path, key):
        return [item[key] for item in self.ask("GET", path).json["results"]]

    def users(self):
        return self.names("/auth/users?prefix=&after=&amount=1000", "username")


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(algorithm="HS256", secret=SECRET, **changes):
    """A token as servers make it, with other claims; None takes one out."""
    now = int(time.time())
    claims = {"jti": "c8t2d3", "aud": ["auth-client"], "sub": "_lakefs-internal",
              "iat": now, "exp": now + 3600} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    text = ".".join(encoded(json.dumps(part).encode())
                    for part in ({"alg": algorithm, "typ": "JWT"}, claims))
    digest = {"HS256": "sha256", "HS512": "sha512"}.get(algorithm)
    mac = hmac.new(secret.encode(), text.encode(), digest).digest() if digest else b""
    return f"{text}.{encoded(mac)}"


@pytest.fixture(name="server")
def started(directory, request):
    with AuthServer(directory / request.node.name) as running:
        yield running


def test_recorded_conversations(shared, server):
    tool = shared / "fixtures" / "auth" / "contract.py"
    done = subprocess.run([sys.executable, tool, "serve", "--url", server.url + "/api/v1"],
                          capture_output=True, text=True, errors="replace", timeout=300)
    assert done.returncode == 0 and " 0 failed" in done.stdout, done.stdout[-6000:] + done.stderr


def test_health_needs_nothing(server):
    assert server.call("GET", "/_health", auth=None).body.startswith(b"alive!")
    assert server.call("GET", "/api/v1/healthcheck", auth=None).status == 204
    assert server.call("GET", "/", auth=None).status == 404


REFUSED = {
    "nothing": "",
    "another scheme": "Basic " + base64.b64encode(b"user:password").decode(),
    "no token": "Bearer ",
    "no token at all": "Bearer",
    "noise": "Bearer a.b.c",
    "another secret": "Bearer " + signed(secret="another"),
    "no secret": "Bearer " + signed(secret=""),
    "no signature": "Bearer " + signed(algorithm="none"),
    "no signature, by case": "Bearer " + signed(algorithm="None"),
    "another algorithm": "Bearer " + signed(algorithm="HS512"),
    "expired": "Bearer " + signed(exp=int(time.time()) - 1),
    "without end": "Bearer " + signed(exp=None),
    "not yet": "Bearer " + signed(nbf=int(time.time()) + 1000),
    "a login": "Bearer " + signed(aud="login"),
    "for others": "Bearer " + signed(aud=["login", "other"]),
    "for nobody": "Bearer " + signed(aud=None),
    "audience of another type": "Bearer " + signed(aud={"auth-client": True}),
    "of nobody": "Bearer " + signed(sub=""),
    "without subject": "Bearer " + signed(sub=None),
    "large": "Bearer " + signed(jti="x" * 40_000),
    "cut": "Bearer " + signed()[:-2],
}


@pytest.mark.parametrize("case", REFUSED)
def test_who_has_no_token(shared_server, case):
    before = state(shared_server)
    header = REFUSED[case]
    calls = [("GET", "/auth/users"), ("GET", "/auth/credentials/AKIAKEEP"),
             ("GET", "/config/version"), ("GET", "/no/such/path"), ("PUT", "/auth/groups"),
             ("DELETE", "/auth/users/keep"), ("DELETE", "/auth/groups/keep")]
    bodies = [("POST", "/auth/users", {"username": "intruder"}),
              ("POST", "/auth/users", "x" * 5_000_000),
              ("PUT", "/auth/users/keep/password", {"encryptedPassword": "AAAA"})]
    for method, path, *body in calls + bodies:
        try:
            answer = shared_server.ask(method, path, *body, token=header)
        except (BrokenPipeError, ConnectionResetError):
            continue  # It does not wait for a large body of a stranger.
        assert answer.status == 401 and answer.message == "unauthorized", f"{path}: {answer}"
    assert state(shared_server) == before


@pytest.fixture(name="shared_server", scope="module")
def started_once(directory):
    with AuthServer(directory / "shared") as running:
        running.make("/auth/users", {"username": "keep"})
        running.make("/auth/groups", {"id": "keep"})
        running.make("/auth/users/keep/credentials?access_key=AKIAKEEP&secret_key=kept-secret")
        yield running


def state(server):
    return [server.ask("GET", path).json for path in (
        "/auth/users?amount=1000", "/auth/groups?amount=1000", "/auth/policies?amount=1000",
        "/auth/credentials/AKIAKEEP")]


def test_agreed_token(directory):
    with AuthServer(directory / "agreed", TARN_AUTH_API_TOKEN="the agreed token") as server:
        for token, status in (("Bearer the agreed token", 200), ("bearer the agreed token", 200),
                              ("Bearer " + signed(), 200), ("Bearer the agreed", 401),
                              ("Bearer the agreed token2", 401), ("the agreed token", 401)):
            assert server.ask("GET", "/auth/users", token=token).status == status, token
        assert "the agreed token" not in server.log_file.read_text(errors="replace")


def test_secret_that_everybody_knows(directory):
    server = AuthServer(
        directory / "public", TARN_AUTH_ENCRYPT_SECRET_KEY="THIS_MUST_BE_CHANGED_IN_PRODUCTION")
    with pytest.raises(RuntimeError, match="everybody knows"):
        server.start()


STATEMENT = {"effect": "allow", "action": ["fs:*"], "resource": "*"}


def nested(depth):
    return "[" * depth + "]" * depth


HOSTILE = [
    ("POST", "/auth/users", ""),
    ("POST", "/auth/users", "{"),
    ("POST", "/auth/users", "[]"),
    ("POST", "/auth/users", '"text"'),
    ("POST", "/auth/users", "null"),
    ("POST", "/auth/users", '{"username": "late"} {"username": "later"}'),
    ("POST", "/auth/users", {"username": 7}),
    ("POST", "/auth/users", {"username": ["hostile"]}),
    ("POST", "/auth/users", {"username": "hostile", "email": {}}),
    ("POST", "/auth/users", {"username": "hostile", "invite": "yes"}),
    ("POST", "/auth/users", {"username": "hostile", "friendlyName": "x" * 5000}),
    ("POST", "/auth/users", {"username": "hostile", "encryptedPassword": "no base64"}),
    ("POST", "/auth/users", {"username": "h" * 300}),
    ("POST", "/auth/users", {"username": "a/b"}),
    ("POST", "/auth/users", '{"username": "hostile", "deep": ' + nested(100_000) + "}"),
    ("POST", "/auth/users", '{"username": "hostile", "wide": [' + "1," * 200_000 + "1]}"),
    ("POST", "/auth/groups", {"id": 1}),
    ("POST", "/auth/groups", {"id": "hostile", "description": True}),
    ("PUT", "/auth/users/keep/password", {}),
    ("PUT", "/auth/users/keep/password", {"encryptedPassword": 1}),
    ("PUT", "/auth/users/keep/password", {"encryptedPassword": None}),
    ("PUT", "/auth/users/keep/friendly_name", {}),
    ("PUT", "/auth/users/keep/friendly_name", {"friendly_name": []}),
    ("POST", "/auth/policies", {"name": "hostile"}),
    ("POST", "/auth/policies", {"name": "hostile", "statement": {}}),
    ("POST", "/auth/policies", {"name": "hostile", "statement": [[]]}),
    ("POST", "/auth/policies", {"name": "hostile", "statement": [{**STATEMENT, "action": "fs:*"}]}),
    ("POST", "/auth/policies", {"name": "hostile", "statement": [{**STATEMENT, "action": [1]}]}),
    ("POST", "/auth/policies", {"name": "hostile", "statement": [{**STATEMENT, "effect": None}]}),
    ("POST", "/auth/policies", {"name": "hostile", "statement": [{**STATEMENT, "resource": []}]}),
    *[("POST", "/auth/policies", {"name": "hostile", "statement": [{**STATEMENT, "condition": c}]})
      for c in ([], {"StringLike": []}, {"StringLike": {"x": "a"}}, {"StringLike": {"x": [1]}},
                {"NoSuch": {"x": ["a"]}})],
    ("POST", "/auth/policies", {"name": "hostile", "acl": 1, "statement": [STATEMENT]}),
    ("POST", "/auth/policies",
     {"name": "hostile", "creation_date": "now", "statement": [STATEMENT]}),
    ("POST", "/auth/tokenid/claim", {"token_id": "x"}),
    ("POST", "/auth/tokenid/claim", {"token_id": "x", "expires_at": "soon"}),
    ("POST", "/auth/tokenid/claim", {"token_id": "x", "expires_at": 1e300}),
    ("POST", "/auth/tokenid/claim", {"token_id": "", "expires_at": 4_000_000_000}),
    ("GET", "/auth/users?amount=1001", None),
    ("GET", "/auth/users?amount=-2", None),
    ("GET", "/auth/users?amount=ten", None),
    ("GET", "/auth/users?amount=1&email=%zz", None),
    ("GET", "/auth/users?amount=1;email=a", None),
    ("GET", "/auth/users?prefix=" + "x" * 2000, None),
    ("GET", "/auth/users/keep/policies?effective=yes", None),
    ("GET", "/auth/users/100%25", None),
    ("GET", "/auth/external/principals", None),
    ("POST", "/auth/users/keep/external/principals", None),
    ("POST", "/auth/users/keep/external/principals?principalId=" + "x" * 2000, None),
    ("POST", "/auth/users/keep/credentials?access_key=AKIAOTHER", None),
    ("POST", "/auth/users/keep/credentials?secret_key=x", None),
    ("POST", "/auth/users/keep/credentials?access_key=AKIAOTHER&secret_key=", None),
    ("POST", "/auth/users/keep/credentials?access_key=AK%2FA&secret_key=x", None),
]


@pytest.mark.parametrize("case", range(len(HOSTILE)))
def test_hostile_calls(shared_server, case):
    method, path, body = HOSTILE[case]
    before = state(shared_server)
    answer = shared_server.ask(method, path, body)
    assert answer.status == 400 and answer.message, f"{method} {path}: {answer}"
    assert state(shared_server) == before


def test_large_body(shared_server):
    before = state(shared_server)
    body = json.dumps({"username": "large", "email": "x" * 2_000_000})
    try:
        assert shared_server.ask("POST", "/auth/users", body).status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert state(shared_server) == before


def test_policy_keeps_its_name(shared_server):
    shared_server.make("/auth/policies", {"name": "one", "statement": [STATEMENT]})
    before = state(shared_server)
    for name in ("two", None):
        answer = shared_server.ask("PUT", "/auth/policies/one",
                                   {"name": name, "statement": [STATEMENT]})
        assert answer.status == 400, answer
    assert state(shared_server) == before


def test_names_are_decoded_twice(shared_server):
    for name, written in (("50% off+é", "50%2525%20off+%25C3%25A9"), ("a%2Fb", "a%25252Fb")):
        shared_server.make("/auth/users", {"username": name})
        assert shared_server.ask("GET", f"/auth/users/{written}").json["username"] == name
        assert shared_server.ask("DELETE", f"/auth/users/{written}").status == 204


def test_one_key_id_for_two_users(server):
    for name in ("first", "second"):
        server.make("/auth/users", {"username": name})
    key = "/credentials?access_key=AKIASHARED&secret_key="
    server.make(f"/auth/users/first{key}one")
    assert server.ask("POST", f"/auth/users/second{key}two").status == 409
    found = server.ask("GET", "/auth/credentials/AKIASHARED").json
    assert (found["user_name"], found["secret_access_key"]) == ("first", "one")
    assert server.ask("DELETE", "/auth/users/second/credentials/AKIASHARED").status == 404
    assert server.ask("GET", "/auth/credentials/AKIASHARED").status == 200
    # It ends with its user, also for who has the name later, and is free then.
    assert server.ask("DELETE", "/auth/users/first").status == 204
    server.make("/auth/users", {"username": "first"})
    assert server.ask("GET", "/auth/credentials/AKIASHARED").status == 404
    server.make(f"/auth/users/second{key}two")
    assert server.ask("GET", "/auth/credentials/AKIASHARED").json["user_name"] == "second"


def race_for_a_key(servers):
    """The answers to users who are given the same key id at once."""
    users = [f"user{i}" for i in range(8)]
    for name in users:
        servers[0].make("/auth/users", {"username": name})

    def claim(i):
        path = f"/auth/users/{users[i]}/credentials?access_key=AKIARACE&secret_key={users[i]}"
        return servers[i % len(servers)].ask("POST", path).status

    with concurrent.futures.ThreadPoolExecutor(len(users)) as pool:
        statuses = list(pool.map(claim, range(len(users))))
    winner = users[statuses.index(201)]
    for server in servers:
        assert server.ask("GET", "/auth/credentials/AKIARACE").json["secret_access_key"] == winner
    return statuses


def test_one_key_id_for_two_users_at_once(server):
    assert sorted(race_for_a_key([server])) == [201] + [409] * 7


def test_users_are_found(server):
    server.make("/auth/users", {"username": "a", "email": "same@example.com", "external_id": "x1"})
    server.make("/auth/users", {"username": "b", "email": "same@example.com", "external_id": "x2"})
    server.make("/auth/users", {"username": "c", "email": "other@example.com"})
    assert server.ask("POST", "/auth/users",
                      {"username": "d", "external_id": "x1"}).status == 409
    found = {
        "email=same%40example.com": ["a", "b"], "email=same%40example.com&amount=1": ["a"],
        "email=same%40example.com&after=a": ["b"], "email=same%40example.com&external_id=x2": ["b"],
        "external_id=x1": ["a"], "external_id=": [], "email=": [], "id=1": [],
        "prefix=c": ["c"]}
    for query, names in found.items():
        assert server.names(f"/auth/users?{query}", "username") == names, query
    page = server.ask("GET", "/auth/users?email=same%40example.com&amount=1").json["pagination"]
    assert page["has_more"] and page["next_offset"] == "a", page
    assert server.ask("DELETE", "/auth/users/a").status == 204
    server.make("/auth/users", {"username": "d", "external_id": "x1"})
    assert server.names("/auth/users?external_id=x1&prefix=d", "username") == ["d"]
    assert server.names("/auth/users?external_id=x1&after=d", "username") == []


def test_pages(server):
    names = [f"user{i:03}" for i in range(25)]
    for name in names:
        server.make("/auth/users", {"username": name})
    found, after = [], ""
    while True:
        page = server.ask("GET", f"/auth/users?prefix=user&after={after}&amount=10").json
        found += [user["username"] for user in page["results"]]
        assert len(page["results"]) <= 10
        after = page["pagination"]["next_offset"]
        if not page["pagination"]["has_more"]:
            break
    assert found == names and after == ""
    assert server.names("/auth/users?amount=-1", "username") == names


def test_tokens_are_claimed_once(server):
    later = int(time.time()) + 3600
    claim = {"token_id": "a token", "expires_at": later}
    server.make("/auth/tokenid/claim", claim)
    for again in (claim, {**claim, "expires_at": later + 1}, {**claim, "expires_at": later - 1}):
        assert server.ask("POST", "/auth/tokenid/claim", again).status == 400
    assert server.ask("POST", "/auth/tokenid/claim",
                      {"token_id": "old", "expires_at": later - 7200}).status == 400
    server.make("/auth/tokenid/claim", {"token_id": "another", "expires_at": later})
    server.stop()
    server.start()
    assert server.ask("POST", "/auth/tokenid/claim", claim).status == 400

    def race(_):
        body = {"token_id": "raced", "expires_at": later}
        return server.ask("POST", "/auth/tokenid/claim", body).status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(race, range(8))) == [201] + [400] * 7


def fill(server):
    """Some of everything."""
    password = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    server.make("/auth/users", {"username": "u", "email": "u@example.com", "friendlyName": "U",
                                "source": "ldap", "external_id": "x", "invite": False,
                                "encryptedPassword": password})
    server.make("/auth/groups", {"id": "g", "description": "of tests"})
    server.make("/auth/policies", {"name": "p", "acl": "", "creation_date": 1, "statement": [
        {**STATEMENT, "condition": {"StringLike": {"x": ["a*"]}}}]})
    server.make("/auth/users/u/credentials?access_key=AKIAKEEP&secret_key=a/secret%2B")
    server.make("/auth/users/u/external/principals?principalId=arn%3Aaws")
    for path in ("/auth/groups/g/members/u", "/auth/groups/g/policies/p",
                 "/auth/users/u/policies/p"):
        assert server.ask("PUT", path).status == 201, path


def test_restart_keeps_everything(server):
    fill(server)
    paths = ["/auth/users", "/auth/groups", "/auth/policies", "/auth/users/u", "/auth/groups/g",
             "/auth/policies/p", "/auth/users/u/credentials", "/auth/credentials/AKIAKEEP",
             "/auth/groups/g/members", "/auth/users/u/groups", "/auth/groups/g/policies",
             "/auth/users/u/policies?effective=true", "/auth/users/u/external/principals/ls",
             "/auth/external/principals?principalId=arn%3Aaws"]
    before = {path: server.ask("GET", path).json for path in paths}
    assert before["/auth/users/u"]["encryptedPassword"]
    assert before["/auth/credentials/AKIAKEEP"]["secret_access_key"] == "a/secret+"
    server.kill()
    server.start()
    assert {path: server.ask("GET", path).json for path in paths} == before


def test_log_has_calls_and_no_secrets(server):
    fill(server)
    server.ask("GET", "/auth/users", token="Bearer wrong-token")
    server.ask("GET", "/auth/users/u", headers={"X-Request-ID": "the-fleet-s-own"})
    server.stop()
    log = server.log_file.read_text(errors="replace")
    for told in ("operation=createUser", "operation=createCredentials", "status_code=401",
                 "request_id=the-fleet-s-own", r'path=\"/api/v1/auth/users/u/credentials\"'):
        assert told in log, told
    for secret in ("a/secret", "a%2Fsecret", "wrong-token", SECRET, signed()[:60]):
        assert secret not in log, secret


@pytest.mark.parametrize("mode,group,policy", [
    ("internal", "Developers", "FSReadWriteAll"), ("simplified", "Writers", "ACL(_-_)Writers")])
def test_store_of_a_server(server, mode, group, policy):
    """The users are those of a server that is given the store, and its are those of the fleet."""
    server.make("/auth/users", {"username": "shared", "encryptedPassword": "AAAA"})
    server.make("/auth/users/shared/credentials?access_key=AKIASHARED&secret_key=shared-secret")
    server.stop()
    own = access.server(tarn_server.program(), server.directory, mode)
    own.environment["TARN_AUTH_ENCRYPT_SECRET_KEY"] = SECRET
    basic = "Basic " + base64.b64encode(b"AKIASHARED:shared-secret").decode()
    with own:
        own.set_up()
        assert own.api("GET", "/user", auth=basic).json["user"]["id"] == "shared"
        own.api("PUT", f"/auth/groups/{group}/members/shared")
    server.config.write_text(server.config.read_text().replace(
        f"127.0.0.1:{own.port}", f"127.0.0.1:{server.port}"))
    server.start()
    assert server.users() == ["admin", "shared"]
    assert server.names("/auth/users/shared/groups", "name") == [group]
    assert server.ask("GET", "/auth/users/shared").json["encryptedPassword"] == "AAAA"
    assert policy in server.names("/auth/users/shared/policies?effective=true", "name")
    # The last administrator is protected here too.
    assert server.ask("DELETE", "/auth/users/admin").status == 409


def becomes(status, call):
    """Waits for an answer; how long is not what is tested here."""
    deadline = time.monotonic() + 60
    while (answer := call()).status != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)


def test_servers_of_one_store(directory):
    """Two authorization servers and a server of its own: each notices what another one changed."""
    database = postgres_below.named().settings("access")
    own = access.server(tarn_server.program(), directory / "own", "internal", database=database)
    own.environment["TARN_AUTH_ENCRYPT_SECRET_KEY"] = SECRET
    basic = "Basic " + base64.b64encode(b"AKIAFLEET:fleet-secret").decode()
    key = "/auth/credentials/AKIAFLEET"
    with own, AuthServer(directory / "one", database) as one, \
            AuthServer(directory / "two", database) as two:
        own.set_up()
        one.make("/auth/users", {"username": "u"})
        one.make("/auth/users/u/credentials?access_key=AKIAFLEET&secret_key=fleet-secret")
        assert own.api("GET", "/user", auth=basic).json["user"]["id"] == "u"
        assert two.ask("GET", key).json["secret_access_key"] == "fleet-secret"
        assert one.ask("DELETE", "/auth/users/u" + key.removeprefix("/auth")).status == 204
        becomes(401, lambda: own.call("GET", "/api/v1/user", auth=basic))
        becomes(404, lambda: two.ask("GET", key))
        made = own.api("POST", "/auth/users/u/credentials").json["access_key_id"]
        assert one.ask("GET", f"/auth/credentials/{made}").json["user_name"] == "u"
        own.api("DELETE", "/auth/users/u")
        becomes(404, lambda: one.ask("GET", f"/auth/credentials/{made}"))
        token = {"token_id": "t", "expires_at": int(time.time()) + 3600}
        one.make("/auth/tokenid/claim", token)
        assert two.ask("POST", "/auth/tokenid/claim", token).status == 400
        assert sorted(race_for_a_key([one, two])) == [201] + [409] * 7


def test_store_of_one_user(directory):
    """One user who may do everything is nobody to serve."""
    server = AuthServer(directory / "one")
    own = access.server(tarn_server.program(), server.directory, "none")
    with own:
        own.set_up()
    with pytest.raises(RuntimeError, match="set up with auth.ui_config.rbac: none"):
        server.start()


@pytest.mark.parametrize("mode,group", [("internal", "Developers"), ("simplified", "Writers")])
def test_administrator_made_beforehand(directory, mode, group):
    server = AuthServer(directory / f"made-{mode}", TARN_AUTH_UI_CONFIG_RBAC=mode)
    made = subprocess.run(
        [tarn_server.program(), "--config", server.config, "superuser", "--user-name", "alice"],
        capture_output=True, text=True, env=server.environment)
    assert made.returncode == 0, made.stderr
    key, secret = (line.split(": ")[1] for line in made.stdout.splitlines()[1:3])
    with server:
        assert server.users() == ["alice"]
        assert server.ask("GET", f"/auth/credentials/{key}").json["secret_access_key"] == secret
        assert group in server.names("/auth/groups", "name")
        assert server.names("/auth/users/alice/groups", "name") == ["Admins"]


def test_servers_that_ask(server, directory, request):
    """A server that keeps its users at the authorization server, from set-up to deletion."""
    asking = access.server(
        tarn_server.program(), directory / f"{request.node.name}-asking", "internal")
    asking.environment |= {"TARN_AUTH_ENCRYPT_SECRET_KEY": SECRET,
                           "TARN_AUTH_API_ENDPOINT": server.url + "/api/v1",
                           "TARN_AUTH_CACHE_TTL": "500ms", "TARN_AUTH_CACHE_JITTER": "0s"}
    with asking:
        asking.set_up()
        assert server.users() == ["admin"]
        assert server.names("/auth/users/admin/groups", "name") == ["Admins"]
        asking.create_repository("lake")
        asking.api("POST", "/auth/users", {"id": "bob"})
        made = asking.api("POST", "/auth/users/bob/credentials").json
        basic = "Basic " + base64.b64encode(
            f"{made['access_key_id']}:{made['secret_access_key']}".encode()).decode()
        found = server.ask("GET", f"/auth/credentials/{made['access_key_id']}").json
        assert (found["user_name"], found["secret_access_key"]) == (
            "bob", made["secret_access_key"])

        def reads():
            return asking.call("GET", "/api/v1/repositories/lake/branches/main", auth=basic)

        assert reads().status == 401
        assert server.ask("PUT", "/auth/groups/Viewers/members/bob").status == 201
        becomes(200, reads)
        assert asking.call("POST", "/api/v1/repositories/lake/branches",
                           {"name": "b", "source": "main"}, auth=basic).status == 401
        asking.api("PUT", "/auth/groups/Developers/members/bob")
        assert server.names("/auth/users/bob/groups", "name") == ["Developers", "Viewers"]
        asking.api("POST", "/repositories/lake/branches", {"name": "b", "source": "main"},
                   auth=basic)
        assert server.ask("DELETE", "/auth/users/bob").status == 204
        becomes(401, reads)
