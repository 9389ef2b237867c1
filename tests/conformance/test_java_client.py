"""The Java SDK (io.lakefs:sdk from Maven), driven by java/Tour.java."""
import os
import pathlib
import shutil
import subprocess

import pytest

import tarn_server
import trees

JAVA = pathlib.Path(__file__).resolve().parent / "java"
FILES = 2500
STEPS = ["create", "upload and read", "import and list", "branch and merge", "conflict",
         "revert and tag", "presign", "delete"]


@pytest.fixture(scope="module")
def tour(directory):
    """The class path of the compiled tour; Maven keeps what it fetches for the next run."""
    if not shutil.which("mvn") or not shutil.which("javac"):
        if os.environ.get("TARN_SHARED") == "required":
            pytest.fail("Maven and a JDK are required and absent: run ./dev setup")
        pytest.skip("Maven or a JDK is not here")
    libraries, classes = directory / "lib", directory / "classes"
    subprocess.run(["mvn", "-q", "-B", "-f", JAVA / "pom.xml",
                    "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                    "-DincludeScope=runtime", f"-DoutputDirectory={libraries}"],
                   check=True, timeout=600)
    subprocess.run(["javac", "-d", classes, "-cp", f"{libraries}/*", JAVA / "Tour.java"],
                   check=True, timeout=120)
    return f"{classes}:{libraries}/*"


def test_tour(directory, tour):
    source = directory / "sources"
    trees.make_tree(source, FILES)
    with tarn_server.Server(tarn_server.program(), directory / "server", prefixes=[source],
                            extra="    pre_signed: true\n") as server:
        server.set_up()
        done = subprocess.run(
            ["java", "-cp", tour, "Tour", f"{server.url}/api/v1", tarn_server.KEY,
             tarn_server.SECRET, source, str(FILES)],
            capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines() == STEPS, done.stderr[-4000:]
    assert done.returncode == 0, done.stderr[-4000:]
