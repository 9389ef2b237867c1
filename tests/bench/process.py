"""Processes under measurement: start, CPU and memory accounting, stop. Linux only."""

import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(c) for c in text.split()]


def cpu_seconds(pid):
    """User and system time of a process and its living children."""
    total = 0.0
    for p in [pid, *children(pid)]:
        fields = pathlib.Path(f"/proc/{p}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def memory_mb(pid, key="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(key)


def reset_peak(pid):
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


class Server:
    """A server process; `ready` is a URL that answers when it is up."""

    def __init__(self, command, ready, env=None, cwd=None, log=None):
        self.started = time.monotonic()
        output = open(log, "ab") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(command, env=env, cwd=cwd, stdout=output, stderr=output)
        self.pid = self.process.pid
        self.ready_seconds = self.wait(ready)

    def wait(self, url):
        for _ in range(6000):
            if self.process.poll() is not None:
                raise SystemExit(
                    f"{self.process.args[0]} ended with status {self.process.returncode}"
                )
            try:
                urllib.request.urlopen(url, timeout=1).read()
                return time.monotonic() - self.started
            except OSError:
                time.sleep(0.002)
        raise SystemExit(f"no answer from {url}")

    def cpu(self):
        return cpu_seconds(self.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
