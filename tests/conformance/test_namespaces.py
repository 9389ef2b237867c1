"""A place in the object store belongs to one repository, whoever asks for it, and however."""
import concurrent.futures

import pytest

PAIRS = 40
IN_USE = "storage namespace already in use"


def create(server, name, place, **more):
    query = "".join(f"?{key}={value}" for key, value in more.items())
    return server.call("POST", f"/api/v1/repositories{query}",
                       {"name": name, "storage_namespace": place})


def test_pairs_at_the_same_time(tarn):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for pair in range(PAIRS):
            place = f"local://pairs/{pair}"
            names = f"first-{pair}", f"second-{pair}"
            first, second = pool.map(lambda name: create(tarn, name, place), names)
            assert {first.status, second.status} == {201, 400}, (first, second)
            refused = second if first.status == 201 else first
            assert refused.json["message"].endswith(IN_USE)


@pytest.mark.parametrize("inner", ["data", "data/", "data/x/y", "_lakefs", "_lakefs//x", "./data/x",
                                   "/data", "x/../data"])
def test_inside_of_another(tarn, inner):
    create(tarn, "outer", "local://nested/outer")
    for more in ({}, {"bare": "true"}):
        refused = create(tarn, "inner", f"local://nested/outer/{inner}", **more)
        assert refused.status == 400 and refused.json["message"].endswith(IN_USE), refused


def test_around_another(tarn):
    assert create(tarn, "deep", "local://around/data/deep").status == 201
    refused = create(tarn, "outside", "local://around")
    assert refused.status == 400 and refused.json["message"].endswith(IN_USE), refused


def test_beside_another(tarn):
    create(tarn, "middle", "local://beside/middle")
    for number, place in enumerate(["middle/database", "middle/other", "middle-2", "mid"]):
        done = create(tarn, f"beside-{number}", f"local://beside/{place}")
        assert done.status == 201, done
