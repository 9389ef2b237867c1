"""Source trees of small files for the import benchmarks, made once and kept between runs."""

import os
import pathlib
import shutil

FILES_PER_FOLDER = 500


def folder_of(number):
    return f"year={number // 100_000:02d}/part-{number // FILES_PER_FOLDER:05d}"


def file_of(number):
    return f"object-{number:08d}.bin"


def names(count):
    """Names of the files of a tree, relative to its root, in order."""
    return (f"{folder_of(number)}/{file_of(number)}" for number in range(count))


def make(root, count, size=100):
    """Creates `count` files of about `size` bytes below `root`, unless they are there already."""
    root = pathlib.Path(root)
    mark = root.with_name(root.name + ".made")
    wanted = f"{count} {size}"
    if mark.exists() and mark.read_text() == wanted:
        return root
    shutil.rmtree(root, ignore_errors=True)
    for start in range(0, count, FILES_PER_FOLDER):
        folder = root / folder_of(start)
        folder.mkdir(parents=True)
        fd = os.open(folder, os.O_RDONLY)
        for i in range(start, min(start + FILES_PER_FOLDER, count)):
            name = file_of(i)
            out = os.open(name, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=fd)
            os.write(out, (f"{name}\n" * (size // 20 + 1))[: size + i % 64].encode())
            os.close(out)
        os.close(fd)
    mark.write_text(wanted)
    return root
