"""Sessions of the login: what a cookie or a token is good for, and how long."""
import pytest

import tarn_server


@pytest.fixture
def server(directory, request):
    with tarn_server.Server(tarn_server.program(), directory / request.node.name) as running:
        yield running.set_up()


def log_in(server):
    """The bearer header and the cookie of a new session."""
    answer = server.api("POST", "/auth/login", {
        "access_key_id": tarn_server.KEY, "secret_access_key": tarn_server.SECRET}, auth=None)
    return "Bearer " + answer.json["token"], answer.headers["Set-Cookie"].partition(";")[0]


def statuses(server, bearer, cookie):
    """What REST and the S3 gateway answer to the session."""
    url = "/api/v1/repositories"
    host = {"Host": "s3.local.lakefs.io"}
    return [server.call("GET", url, auth=bearer).status,
            server.call("GET", url, auth=None, headers={"Cookie": cookie}).status,
            server.call("GET", "/", auth=bearer, headers=host).status,
            server.call("GET", "/", auth=None, headers={"Cookie": cookie, **host}).status]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
@pytest.mark.parametrize("by", ["cookie", "bearer"])
def test_logout_ends_the_session_everywhere(server, method, by):
    bearer, cookie = log_in(server)
    other_bearer, other_cookie = log_in(server)
    assert statuses(server, bearer, cookie) == [200] * 4
    assert statuses(server, other_bearer, other_cookie) == [200] * 4
    if by == "cookie":
        out = server.call(method, "/logout", auth=None, headers={"Cookie": cookie})
    else:
        out = server.call(method, "/logout", auth=bearer)
    assert out.status == 307 and out.headers["Location"] == "/auth/login"
    assert statuses(server, bearer, cookie) == [401] * 4
    assert statuses(server, other_bearer, other_cookie) == [200] * 4
    cleared = out.headers["Set-Cookie"].partition(";")[0]
    assert server.call("GET", "/api/v1/user", auth=None,
                       headers={"Cookie": cleared}).json["user"]["id"] == ""
    server.stop()
    server.start()
    assert statuses(server, bearer, cookie) == [401] * 4
    assert statuses(server, other_bearer, other_cookie) == [200] * 4


def test_a_deleted_user_has_no_session(server):
    bearer, cookie = log_in(server)
    assert statuses(server, bearer, cookie) == [200] * 4
    server.api("DELETE", "/auth/users/admin")
    assert statuses(server, bearer, cookie) == [401] * 4
    server.stop()
    server.start()
    assert statuses(server, bearer, cookie) == [401] * 4


def test_logout_without_a_session(server):
    for headers in ({}, {"Cookie": "internal_auth_session=x"}, {"Authorization": "Bearer x"},
                    {"Authorization": tarn_server.BASIC}):
        assert server.call("GET", "/logout", auth=None, headers=headers).status == 307
    server.api("GET", "/repositories")


def test_sign_on_elsewhere(directory):
    """What pages are told of it is what the configuration says."""
    server = tarn_server.Server(tarn_server.program(), directory / "elsewhere", environment={
        "TARN_AUTH_UI_CONFIG_LOGIN_URL": "https://sign-on.example.com/in",
        "TARN_AUTH_UI_CONFIG_LOGOUT_URL": "https://sign-on.example.com/out",
        "TARN_AUTH_UI_CONFIG_LOGIN_COOKIE_NAMES": '["one", "two"]'})
    with server:
        told = server.api("GET", "/setup_lakefs", auth=None).json["login_config"]
    assert told["login_url"] == "https://sign-on.example.com/in"
    assert told["logout_url"] == "https://sign-on.example.com/out"
    assert told["login_cookie_names"] == ["one", "two"]
