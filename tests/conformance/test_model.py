"""Random sequences of operations through the REST API, against a model in memory.

The model knows trees as maps from path to content. Which common ancestor a merge starts from is
asked of the server (several may be right) and checked to be one. A failing sequence is made short
before it is shown; TARN_SEED repeats a run.
"""
import collections
import hashlib
import http.client
import json
import os
import random
import urllib.parse

import tarn_server

OPERATIONS, OPERATIONS_FULL, SEQUENCE = 10_000, 50_000, 400
PATHS = ["a", "a/1", "a/2", "a/b/1", "a-b", "b/1", "b/2", "c d/é", "z"]
Commit = collections.namedtuple("Commit", "id tree parents")


class Branch:
    def __init__(self, head):
        self.head, self.staged = head, {}

    def changes(self):
        """What differs from the head: path to content, None for removals."""
        return {path: content for path, content in self.staged.items()
                if self.head.tree.get(path) != content}

    def tree(self):
        merged = {**self.head.tree, **self.staged}
        return {path: content for path, content in merged.items() if content is not None}


def three_way(base, source, destination, strategy=None):
    """The merged tree, or None for a conflict, but with the strategy "undecided"."""
    merged = {}
    for path in {*base, *source, *destination}:
        b, s, d = base.get(path), source.get(path), destination.get(path)
        if s == d or s == b:
            content = d
        elif d == b or strategy == "source-wins":
            content = s
        elif strategy == "dest-wins":
            content = d
        elif strategy == "undecided":
            content = strategy
        else:
            return None
        if content is not None:
            merged[path] = content
    return merged


class Wrong(Exception):
    """The server and the model disagree."""


class Run:
    """One repository and its model. Operations are tuples of a name and arguments; those that make
    no sense in the current state do nothing, so that any part of a sequence can be played."""

    def __init__(self, connection, name):
        self.connection, self.repository = connection, name
        self.api("POST", "/repositories", {"name": name, "storage_namespace": f"local://{name}"},
                 expect=201, absolute=True)
        root = Commit(self.head("main"), {}, [])
        self.commits, self.branches, self.tags = {root.id: root}, {"main": Branch(root)}, {}
        # No tree is ever empty: the one of a new repository has another id than an emptied one.
        self.root = root
        self.play([("upload", "main", "anchor", b""), ("commit", "main")])

    # Talking to the server.

    def api(self, method, path, body=None, expect=(), absolute=False):
        """The answer, which must have the status `expect`, or one of several."""
        headers = {"Authorization": tarn_server.BASIC}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        prefix = "" if absolute else f"/repositories/{self.repository}"
        self.connection.request(method, f"/api/v1{prefix}{path}", body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        self.status = answer.status
        if answer.status not in (expect if isinstance(expect, tuple) else (expect,)):
            raise Wrong(f"{method} {path}: {answer.status} {data[:300]!r}, expected {expect}")
        return json.loads(data) if data[:1] in (b"{", b"[") else data

    def head(self, branch):
        return self.api("GET", f"/branches/{branch}", expect=200)["commit_id"]

    def same(self, what, found, expected):
        if found != expected:
            raise Wrong(f"{what}: {found}, expected {expected}")

    def objects(self, branch, path):
        return f"/branches/{branch}/objects?path={urllib.parse.quote(path)}"

    def add_commit(self, branch, tree, parents):
        commit = Commit(self.head(branch), tree, parents)
        self.commits[commit.id] = commit
        self.branches[branch].head = commit

    # Operations. `branch`, `other` and `ref` are names that may not exist.

    def upload(self, branch, path, content):
        if branch not in self.branches:
            self.api("POST", self.objects(branch, path), content, expect=404)
            return
        self.api("POST", self.objects(branch, path), content, expect=201)
        self.branches[branch].staged[path] = content

    def delete(self, branch, paths):
        if branch not in self.branches:
            return
        if len(paths) == 1:
            self.api("DELETE", self.objects(branch, paths[0]), expect=204)
        else:
            self.api("POST", f"/branches/{branch}/objects/delete", {"paths": paths}, expect=200)
        for path in paths:
            self.branches[branch].staged[path] = None

    def commit(self, branch):
        if branch not in self.branches:
            return
        state = self.branches[branch]
        done = bool(state.changes())
        self.api("POST", f"/branches/{branch}/commits", {"message": "m"},
                 expect=201 if done else 400)
        if done:
            tree, state.staged = state.tree(), {}
            self.add_commit(branch, tree, [state.head.id])

    def create_branch(self, branch, source):
        known = self.branches.get(source)
        expect = 409 if branch in self.branches else 201 if known else 404
        if not known and branch in self.branches:
            return
        self.api("POST", "/branches", {"name": branch, "source": source}, expect=expect)
        if expect == 201:
            self.branches[branch] = Branch(known.head)

    def delete_branch(self, branch):
        if branch == "main":
            return
        self.api("DELETE", f"/branches/{branch}", expect=204 if branch in self.branches else 404)
        self.branches.pop(branch, None)

    def tag(self, tag, branch):
        if branch not in self.branches:
            return
        self.api("POST", "/tags", {"id": tag, "ref": branch},
                 expect=409 if tag in self.tags else 201)
        self.tags.setdefault(tag, self.branches[branch].head)

    def ancestors(self, commit):
        found, waiting = set(), [commit]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting += self.commits[at].parents
        return found

    def merge_bases(self, sources, other):
        """Common ancestors that lie behind no other, in the order of their ids."""
        common = set().union(*map(self.ancestors, sources)) & self.ancestors(other)
        behind = set().union(*(self.ancestors(id) - {id} for id in common))
        return sorted(common - behind)

    def base_tree(self, bases):
        """What a merge with these bases starts from: all of them merged."""
        tree = self.commits[bases[0]].tree
        for i, base in enumerate(bases[1:], 1):
            tree = three_way(self.base_tree(self.merge_bases(bases[:i], base)),
                             self.commits[base].tree, tree, "undecided")
        return tree

    def merge(self, branch, other, strategy):
        if branch not in self.branches or other not in self.branches:
            return
        source, state = self.branches[branch].head, self.branches[other]
        path = f"/refs/{branch}/merge/{other}"
        base = self.api("GET", path, expect=200)["base_commit_id"]
        bases = self.merge_bases([source.id], state.head.id)
        if base not in bases:
            raise Wrong(f"{base} is not among {bases}")
        base_tree = self.base_tree(bases)
        tree = three_way(base_tree, source.tree, state.head.tree, strategy)
        dirty, equal = bool(state.changes()), base_tree == source.tree
        expect = 400 if dirty or equal else 409 if tree is None else 200
        if equal and len(bases) > 1 and not dirty:
            expect = (400, 200)  # "No changes" if the trees have the same ranges, too.
        self.api("POST", path, {"strategy": strategy} if strategy else {}, expect=expect)
        if self.status == 200:
            state.staged = {}
            self.add_commit(other, tree, [state.head.id, source.id])

    def undo(self, verb, branch, other):
        """Reverts the head of `other` on `branch`, or picks it."""
        if branch not in self.branches or other not in self.branches:
            return
        state, commit = self.branches[branch], self.branches[other].head
        if commit.parents in ([], [self.root.id]):
            return
        number = 1 if len(commit.parents) > 1 else 0
        before = self.commits[commit.parents[0]].tree
        if verb == "revert":
            tree = three_way(commit.tree, before, state.head.tree)
            body, done = {"ref": commit.id, "parent_number": number}, 204
        else:
            tree = three_way(before, commit.tree, state.head.tree)
            body, done = {"ref": commit.id, **({"parent_number": 1} if number else {})}, 201
        refused = bool(state.changes()) or commit.tree == before
        expect = 409 if tree is None and not state.changes() else 400 if refused else done
        if verb == "revert" and expect == done and tree == state.head.tree:
            expect = (done, 400)  # "No changes" if the tree has the same ranges, too.
        self.api("POST", f"/branches/{branch}/{verb}", body, expect=expect)
        if self.status == done:
            state.staged = {}
            self.add_commit(branch, tree, [state.head.id])

    def reset(self, branch, kind, path):
        if branch not in self.branches:
            return
        state = self.branches[branch]
        if kind == "object" and path not in state.staged and path not in state.head.tree:
            return
        body = {"type": kind, **({} if kind == "reset" else {"path": path})}
        self.api("PUT", f"/branches/{branch}", body, expect=204)
        for staged in list(state.staged):
            if (kind == "reset" or kind == "object" and staged == path
                    or kind == "common_prefix" and staged.startswith(path)):
                del state.staged[staged]

    def hard_reset(self, branch, other, parent):
        """Sets `branch` to the head of `other`, or to the parent of that."""
        if branch not in self.branches or other not in self.branches:
            return
        state, commit = self.branches[branch], self.branches[other].head
        if parent:
            commit = self.commits[commit.parents[0]]
        if commit == self.root:
            return
        # Changes that were sealed (by a reset, for one) forbid it; others go on to the new head.
        # What is no change must not become one.
        self.api("PUT", f"/branches/{branch}/hard_reset?ref={commit.id}",
                 expect=(204, 400) if state.changes() else 204)
        if self.status == 204:
            state.staged, state.head = state.changes(), commit

    # Looking.

    def look(self, branch, prefix, delimiter):
        refs = {**{name: state.tree() for name, state in self.branches.items()},
                **{name: commit.tree for name, commit in self.tags.items()}}
        if branch not in refs:
            return
        tree, expected = refs[branch], []
        for path in sorted(tree, key=str.encode):
            if not path.startswith(prefix):
                continue
            rest = path[len(prefix):]
            if delimiter and delimiter in rest:
                common = prefix + rest[:rest.index(delimiter) + 1]
                if not expected or expected[-1] != (common, None):
                    expected.append((common, None))
            else:
                expected.append((path, hashlib.md5(tree[path]).hexdigest()))
        query = urllib.parse.urlencode({"prefix": prefix, "delimiter": delimiter, "amount": 3})
        found, after = [], ""
        while True:
            page = self.api("GET", f"/refs/{branch}/objects/ls?{query}"
                            f"&after={urllib.parse.quote(after)}", expect=200)
            found += [(item["path"], item["checksum"] or None) for item in page["results"]]
            if not page["pagination"]["has_more"]:
                break
            after = page["pagination"]["next_offset"]
        self.same(f"listing of {branch} at {prefix!r}", found, expected)

    def read(self, branch, path):
        if branch not in self.branches:
            return
        content = self.branches[branch].tree().get(path)
        found = self.api("GET", f"/refs/{branch}/objects?path={urllib.parse.quote(path)}",
                         expect=404 if content is None else 200)
        if content is not None:
            self.same(f"{path} on {branch}", found, content)

    def diff(self, branch, other):
        def kinds(before, after):
            return [(path, "added" if path not in before else
                     "removed" if path not in after else "changed")
                    for path in sorted({*before, *after}, key=str.encode)
                    if before.get(path) != after.get(path)]

        def answer(path):
            return [(item["path"], item["type"])
                    for item in self.api("GET", path, expect=200)["results"]]

        if branch not in self.branches:
            return
        state = self.branches[branch]
        self.same(f"changes of {branch}", answer(f"/branches/{branch}/diff?amount=1000"),
                  kinds(state.head.tree, state.tree()))
        if other in self.branches:
            self.same(f"{branch}..{other}",
                      answer(f"/refs/{branch}/diff/{other}?type=two_dot&amount=1000"),
                      kinds(state.head.tree, self.branches[other].head.tree))

    def play(self, operations):
        for operation in operations:
            getattr(self, operation[0])(*operation[1:])


def some_operation(chance):
    branch, other = chance.choice(["main", "dev", "dev", "old"]), chance.choice(["main", "dev"])
    path = chance.choice(PATHS)
    prefix = chance.choice(["", "a", "a/", "a/b/", "b/", "c d/", "none"])
    return chance.choices(
        # Contents are unique: equal ones in two records are equal to the model, yet they give
        # trees of different ids, and "no changes" is a matter of ids.
        [("upload", branch, path, b"%x" % chance.getrandbits(60)),
         ("delete", branch, chance.sample(PATHS, chance.choice([1, 1, 1, 4]))),
         ("commit", branch),
         ("create_branch", branch, other),
         ("delete_branch", branch),
         ("tag", chance.choice(["t1", "t2", "t3"]), branch),
         ("merge", branch, other, chance.choice([None, None, "source-wins", "dest-wins"])),
         ("undo", chance.choice(["revert", "cherry-pick"]), branch, other),
         ("reset", branch, chance.choice(["object", "common_prefix", "reset"]), path),
         ("hard_reset", branch, other, chance.random() < 0.5),
         ("look", chance.choice([branch, "t1"]), prefix, chance.choice(["", "/"])),
         ("read", branch, path),
         ("diff", branch, other)],
        weights=[30, 8, 12, 4, 1, 1, 8, 5, 6, 5, 12, 6, 10])[0]


class Player:
    """Plays sequences, each in a repository of its own."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.played = 0

    def problem(self, operations):
        """What went wrong, or None."""
        self.played += 1
        try:
            Run(self.connection, f"model-{self.played}").play(operations)
        except Wrong as wrong:
            return str(wrong)
        return None

    def shorten(self, operations):
        """Removes pieces, large ones first, as long as something still goes wrong."""
        size = len(operations) // 2
        while size > 0:
            start = 0
            while start < len(operations):
                shorter = operations[:start] + operations[start + size:]
                if self.problem(shorter) is not None:
                    operations = shorter
                else:
                    start += size
            size //= 2
        return operations


def test_random_operations(tarn, full):
    seed = int(os.environ.get("TARN_SEED", random.randrange(1 << 32)))
    print(f"TARN_SEED={seed}")
    chance, player = random.Random(seed), Player(tarn.port)
    for _ in range((OPERATIONS_FULL if full else OPERATIONS) // SEQUENCE):
        operations = [some_operation(chance) for _ in range(SEQUENCE)]
        if player.problem(operations) is not None:
            shortest = player.shorten(operations)
            raise AssertionError(f"TARN_SEED={seed}: {player.problem(shortest)}\nafter\n"
                                 + "\n".join(map(repr, shortest)))


def test_the_model_notices(tarn):
    """A model that is wrong on purpose is caught, and the sequence is made short."""

    class Forgetful(Run):
        def delete(self, branch, paths):
            super().delete(branch, paths)
            self.branches[branch].staged.pop("a", None)

    class ForgetfulPlayer(Player):
        def problem(self, operations):
            self.played += 1
            try:
                Forgetful(self.connection, f"forgetful-{self.played}").play(operations)
            except Wrong as wrong:
                return str(wrong)
            return None

    player = ForgetfulPlayer(tarn.port)
    operations = [("upload", "main", "z", b"1"), ("upload", "main", "a", b"1"), ("commit", "main"),
                  ("read", "main", "z"), ("delete", "main", ["a"]), ("look", "main", "", "/"),
                  ("commit", "main")]
    assert player.shorten(operations) in (
        [("upload", "main", "a", b"1"), ("commit", "main"), ("delete", "main", ["a"]),
         ("look", "main", "", "/")],
        [("upload", "main", "a", b"1"), ("commit", "main"), ("delete", "main", ["a"]),
         ("commit", "main")])
