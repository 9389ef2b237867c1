"""Trees of files to import."""
import os
import pathlib


def make_tree(root, files, per_directory=500, seed=0):
    """`files` small files in directories of `per_directory`; returns their relative names."""
    root, names = pathlib.Path(root), []
    for number in range(files):
        part = number // per_directory
        directory = f"year={2000 + part // 12 % 30}/part-{part:05}"
        if number % per_directory == 0:
            (root / directory).mkdir(parents=True, exist_ok=True)
        name = f"{directory}/file {number:07}.txt"
        descriptor = os.open(root / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(descriptor, b"%d %d\n" % (seed, number))
        os.close(descriptor)
        names.append(name)
    return names
