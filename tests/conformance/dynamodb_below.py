"""Tables on the DynamoDB that TARN_DYNAMODB_URL names (tests/stores.sh starts one)."""
import json
import os
import uuid

import pytest


def url():
    """The server; without one the test is skipped."""
    if not os.environ.get("TARN_DYNAMODB_URL"):
        pytest.skip("TARN_DYNAMODB_URL names no DynamoDB")
    return os.environ["TARN_DYNAMODB_URL"]


def new_table():
    """A name that nobody else has; the server under test makes the table."""
    return f"tarn-{uuid.uuid4()}"


def settings(table=None, **more):
    """`database:` of a server on that table; None: on one of its own."""
    return json.dumps({"type": "dynamodb", "dynamodb": {
        "endpoint": url(), "table_name": table or new_table(), "aws_region": "us-east-1",
        "aws_access_key_id": "local", "aws_secret_access_key": "local", **more}})
