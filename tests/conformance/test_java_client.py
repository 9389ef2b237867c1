"""The Java SDK (io.lakefs:sdk from Maven), driven by java/Tour.java."""
import pathlib
import subprocess

import java_program
import tarn_server
import trees

TOUR = pathlib.Path(__file__).resolve().parent / "java" / "Tour.java"
FILES = 2500
STEPS = ["create", "upload and read", "import and list", "branch and merge", "conflict",
         "revert and tag", "presign", "delete"]


def test_tour(directory):
    classes = java_program.build(TOUR, directory)
    source = directory / "sources"
    trees.make_tree(source, FILES)
    with tarn_server.Server(tarn_server.program(), directory / "server", prefixes=[source],
                            extra="    pre_signed: true\n") as server:
        server.set_up()
        done = subprocess.run(
            ["java", "-cp", classes, "Tour", f"{server.url}/api/v1", tarn_server.KEY,
             tarn_server.SECRET, f"local://{source}/", str(FILES), "local://store/"],
            capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines() == STEPS, done.stderr[-4000:]
    assert done.returncode == 0, done.stderr[-4000:]
