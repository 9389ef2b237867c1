"""Hadoop's S3A filesystem (org.apache.hadoop:hadoop-aws from Maven) with its default committer,
driven by hadoop/S3aTour.java."""
import pathlib
import subprocess

import java_program
import tarn_server

TOUR = pathlib.Path(__file__).resolve().parent / "hadoop" / "S3aTour.java"
FILES = 100
STEPS = ["commit", "rename", "read", "multipart", "delete"]


def test_s3a(directory):
    classes = java_program.build(TOUR, directory)
    with tarn_server.Server(tarn_server.program(), directory / "server") as server:
        server.set_up()
        server.create_repository("hadoop")
        done = subprocess.run(
            ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classes, "S3aTour",
             server.url, tarn_server.KEY, tarn_server.SECRET, "hadoop", str(FILES)],
            capture_output=True, text=True, timeout=300)
        assert done.stdout.splitlines() == STEPS, done.stderr[-4000:]
        assert done.returncode == 0, done.stderr[-4000:]
        left = server.api("GET", "/repositories/hadoop/refs/main/objects/ls?prefix=tour").json
        assert left["results"] == []
