"""What users with policies cost: a decision by itself, a request on a server with them and one
without, and how long a right that was taken away still holds on another server."""
import base64
import os
import re
import statistics
import subprocess
import time

STATEMENTS = 200
ROUNDS = 5
REVOCATIONS = 5
WAIT_SECONDS = 5


def basic(key):
    text = f"{key['access_key_id']}:{key['secret_access_key']}"
    return "Basic " + base64.b64encode(text.encode()).decode()


class Access:
    def __init__(self, bench):
        self.bench = bench

    def decisions(self):
        output = subprocess.run([self.bench.build / "tests" / "decision_bench"],
                                capture_output=True, text=True, check=True).stdout
        for count, microseconds in re.findall(r"(\d+) statements: *([\d.]+) us", output):
            goal = "5 us" if int(count) == STATEMENTS else "-"
            self.bench.row(f"decision with {count} statements", f"{microseconds} us", goal, "-")

    @staticmethod
    def make_user(tarn):
        """The header of a user with policies of so many statements."""
        tarn.api("POST", "/auth/users", {"id": "jane"})
        statement = [{"effect": "allow", "action": ["fs:Read*", "fs:List*"],
                      "resource": f"arn:lakefs:fs:::repository/team-{i}/*"}
                     for i in range(STATEMENTS - 1)]
        statement.append({"effect": "allow", "action": ["fs:Read*"],
                          "resource": "arn:lakefs:fs:::repository/bench/*"})
        tarn.api("POST", "/auth/policies", {"id": "many", "statement": statement})
        tarn.api("PUT", "/auth/users/jane/policies/many")
        return basic(tarn.api("POST", "/auth/users/jane/credentials"))

    @staticmethod
    def fill(tarn):
        tarn.api("POST", "/repositories",
                 {"name": "bench", "storage_namespace": "local://bench/access"})
        tarn.api("POST", "/repositories/bench/branches/main/objects?path=small",
                 b"0123456789abcdef", headers={"Content-Type": "application/octet-stream"})

    def stat(self, with_policies, without):
        """CPU of a stat by a user with many statements, and by the one user of another server."""
        path = "/api/v1/repositories/bench/refs/main/objects/stat?path=small"
        for tarn in (with_policies, without):
            self.fill(tarn)
        jane = self.make_user(with_policies)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(self.bench.wrk(without, path))
            ours.append(self.bench.wrk(with_policies, path, auth=jane))
        a, b = statistics.median(ours), statistics.median(theirs)
        self.bench.row(f"stat by a user with {STATEMENTS} statements, CPU / by the one user",
                       f"{a / b:.2f}", "1.02", "-", f"{a * 1e6:.1f} us / {b * 1e6:.1f} us")

    def revocation(self, here, there):
        """How long a user who was taken out of a group still reads on another server."""
        here.api("POST", "/auth/users", {"id": "joe"})
        joe = basic(here.api("POST", "/auth/users/joe/credentials"))
        path = "/repositories/bench/refs/main/objects/stat?path=small"
        times = []
        for _ in range(REVOCATIONS):
            here.api("PUT", "/auth/groups/Viewers/members/joe")
            self.wait_for(there, path, joe, True)
            here.api("DELETE", "/auth/groups/Viewers/members/joe")
            begin = time.monotonic()
            self.wait_for(there, path, joe, False)
            times.append(time.monotonic() - begin)
        self.bench.row("right taken away, until it is gone on another server",
                       f"{max(times):.2f} s", "1 s", "20 s", f"the longest of {REVOCATIONS}")

    @staticmethod
    def wait_for(tarn, path, auth, wanted):
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            status = tarn.api.status("GET", path, {"Authorization": auth})
            if (status == 200) == wanted:
                return
            time.sleep(0.005)
        raise SystemExit(f"after {WAIT_SECONDS} s the answer is still {status}")

    def run(self):
        self.decisions()
        internal = {"TARN_AUTH_UI_CONFIG_RBAC": "internal"}
        with self.bench.start_tarn("many", environment=internal) as many, \
                self.bench.start_tarn("one") as one:
            self.stat(many, one)
        if "TARN_PG_URL" not in os.environ:
            print("  revocation: skipped, no PostgreSQL")
            return
        database = self.bench.postgres("access")
        with self.bench.start_tarn("here", database=database, environment=internal) as here, \
                self.bench.start_tarn("there", database=database, environment=internal) as there:
            self.fill(here)
            self.revocation(here, there)
