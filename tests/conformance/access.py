"""Servers with users, groups and policies."""
import base64

import tarn_server

# The modes of access by the names that recordings give to their configurations.
MODES = {"rbac": "internal", "acl": "simplified"}


def basic(key):
    """The header by which who has a key of the API signs in."""
    pair = f"{key.access_key_id}:{key.secret_access_key}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def server(program, directory, mode, **options):
    """A server of a mode; external principals may be noted, and the S3 gateway has its domain."""
    return tarn_server.Server(
        program, directory,
        extra="gateways: {s3: {domain_name: [s3.local.lakefs.io]}}",
        environment={
            "TARN_AUTH_UI_CONFIG_RBAC": mode,
            "TARN_EMAIL_SUBSCRIPTION_ENABLED": "false",
            "TARN_AUTH_AUTHENTICATION_API_EXTERNAL_PRINCIPALS_ENABLED": "true"},
        **options)
