"""Takes away what a killed server had not synced, as a power cut may: see power_cut.cc."""
import os
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).with_name("power_cut.cc")


def build(directory):
    library = pathlib.Path(directory) / "power_cut.so"
    subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-O1", "-shared", "-fPIC", "-o",
                    library, SOURCE, "-ldl"], check=True)
    return library


class PowerCut:
    """The memory of what was synced below some directories, across starts of the server."""

    def __init__(self, library, log, lies=""):
        self.log = pathlib.Path(log)
        self.environment = {
            "LD_PRELOAD": str(library), "TARN_SYNC_LOG": str(log), "TARN_SYNC_LIES": lies,
            # Sanitizers want to be loaded first, which nothing here needs.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def _durable(self):
        sizes, names = {}, {}
        for line in self.log.read_bytes().splitlines() if self.log.exists() else []:
            if line.startswith(b"F "):
                _, file, size = line.split()
                sizes[file.decode()] = int(size)
            else:
                path, *fresh = line[2:].split(b"\t")
                names.setdefault(os.fsdecode(path), set()).update(map(os.fsdecode, fresh))
        return sizes, names

    def cut(self, directories):
        """Leaves of each directory and what is below it only what was synced; returns how much is
        gone. The server must not run."""
        sizes, names = self._durable()
        lost = 0

        for directory in directories:
            for path in everything_in(directory):
                if path.name not in names.get(str(path.parent), ()):
                    lost += 1
                    if path.is_dir():
                        shutil.rmtree(path)
                    else:
                        path.unlink(missing_ok=True)
            for path, identity, size in files_in(directory):
                if size > sizes.get(identity, 0):
                    lost += 1
                    os.truncate(path, sizes.get(identity, 0))
        return lost


def everything_in(directory):
    """The directory and what is below it, from the top."""
    if directory.exists():
        yield directory
    for parent, folders, files in os.walk(directory):
        for name in folders + files:
            yield pathlib.Path(parent, name)


def files_in(directory):
    """Paths, identities as power_cut.cc writes them, and sizes."""
    paths = [path for path in everything_in(directory) if path.is_file()]
    for start in range(0, len(paths), 500):
        # The time of birth, which tells files apart that had one inode after the other, is in
        # stat(1) alone.
        rows = subprocess.run(["stat", "-c", "%i %.9W %s", *paths[start:start + 500]], check=True,
                              capture_output=True, text=True).stdout.splitlines()
        for path, row in zip(paths[start:], rows):
            inode, birth, size = row.split()
            seconds, _, nanos = birth.partition(".")
            yield path, f"{inode}.{seconds}{int(nanos or 0)}", int(size)
