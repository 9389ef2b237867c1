"""Java programs of the tests: libraries by Maven, compiled with what the machine has."""
import os
import shutil
import subprocess

import pytest


def build(source, directory):
    """The class path of `source`, a .java file beside its pom.xml, built in `directory`. Maven
    keeps what it fetches for the next run."""
    if not shutil.which("mvn") or not shutil.which("javac"):
        if os.environ.get("TARN_SHARED") == "required":
            pytest.fail("Maven and a JDK are required and absent: run ./dev setup")
        pytest.skip("Maven or a JDK is not here")
    libraries, classes = directory / "lib", directory / "classes"
    subprocess.run(["mvn", "-q", "-B", "-f", source.parent / "pom.xml",
                    "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                    "-DincludeScope=runtime", f"-DoutputDirectory={libraries}"],
                   check=True, timeout=600)
    subprocess.run(["javac", "-d", classes, "-cp", f"{libraries}/*", source],
                   check=True, timeout=120)
    return f"{classes}:{libraries}/*"
