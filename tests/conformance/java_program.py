"""Java programs of the tests: libraries by Maven, compiled with what the machine has."""
import fcntl
import os
import pathlib
import shutil
import subprocess

import pytest


def build(source, directory):
    """The class path of `source`, a .java file beside its pom.xml, built in `directory`. Maven
    keeps what it fetches for the next run, in a place that one run at a time may use."""
    if not shutil.which("mvn") or not shutil.which("javac"):
        if os.environ.get("TARN_SHARED") == "required":
            pytest.fail("Maven and a JDK are required and absent: run ./dev setup")
        pytest.skip("Maven or a JDK is not here")
    libraries, classes = directory / "lib", directory / "classes"
    kept = pathlib.Path.home() / ".m2"
    kept.mkdir(exist_ok=True)
    with open(kept / "tarn-tests.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["mvn", "-q", "-B", "-f", source.parent / "pom.xml",
                        f"-Dmaven.repo.local={kept}/repository",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                        "-DincludeScope=runtime", f"-DoutputDirectory={libraries}"],
                       check=True, timeout=600)
    subprocess.run(["javac", "-d", classes, "-cp", f"{libraries}/*", source],
                   check=True, timeout=120)
    return f"{classes}:{libraries}/*"
