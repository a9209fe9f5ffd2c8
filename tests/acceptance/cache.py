#!/usr/bin/env python3
"""The cache of prepared models when things go wrong: whatever befalls it, the program's answer is right.

Processes killed at random moments of writing it (1,000), a disk without room, a folder that cannot be written, a limit
on files' sizes, a tenth of a processor. What this machine does not allow (mounts, cgroups) is skipped, and said.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SLOW_S = 60  # nothing here may take longer


class Skipped(Exception):
    """This machine does not allow the test."""


class Program:
    """vivace on one model, with a cache of its own."""

    def __init__(self, args, folder):
        self.path, self.input = str(args.program), str(args.input)
        self.folder = folder
        self.model = folder / "model.h5"
        shutil.copyfile(args.model, self.model)
        time.sleep(2.1)  # a file that changed a moment ago is not cached
        self.answer = self.predict(folder / "none", "--no-cache")

    def command(self, *options):
        return [self.path, "predict", str(self.model), self.input, "--json", *options]

    def predict(self, cache, *options, under=(), prepare=None):
        """What it computes with the cache in this folder, as text: every digit counts."""
        done = subprocess.run([*under, *self.command(*options)], capture_output=True, text=True, timeout=SLOW_S,
                              env=dict(os.environ, XDG_CACHE_HOME=str(cache)), preexec_fn=prepare)
        if done.returncode:
            raise AssertionError(f"it ended with {done.returncode}: {done.stderr.strip()[:300]}")
        return json.dumps(json.loads(done.stdout)["outputs"])

    def right(self, cache, *options, **how):
        if self.predict(cache, *options, **how) != self.answer:
            raise AssertionError("another answer")

    def entries(self, cache):
        folder = cache / "vivace"
        return sorted(folder.iterdir()) if folder.exists() else []

    def sound(self, entry):
        done = subprocess.run([self.path, "check", str(entry)], capture_output=True, text=True, timeout=SLOW_S)
        if done.returncode:
            raise AssertionError(f"an entry is believed that is not sound: {done.stderr.strip()[:300]}")


def killed(program, args):
    """kill -9 at random moments: entries are whole or not there, and the next answer is right."""
    cache, choose = program.folder / "killed", random.Random(args.seed)
    starts = []
    for _ in range(5):
        shutil.rmtree(cache, ignore_errors=True)
        start = time.perf_counter()
        program.predict(cache)
        starts.append(time.perf_counter() - start)
    whole = half = 0
    environ = dict(os.environ, XDG_CACHE_HOME=str(cache))
    for _ in range(args.kills):
        for entry in program.entries(cache):
            if entry.suffix == ".viv":
                entry.unlink()
        victim = subprocess.Popen(program.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ)
        time.sleep(choose.uniform(0, 1.1 * statistics.median(starts)))
        victim.kill()
        victim.wait()
        for entry in program.entries(cache):
            if entry.suffix == ".viv":
                whole += 1
                program.sound(entry)
            else:
                half += 1
                entry.unlink()
        program.right(cache)
    return f"{args.kills} killed: {whole} left a whole entry, {half} half a one, no answer was wrong"


def mounted(program, options, then):
    """A command prefix that runs the shell's `then` on the rest, with `mount` (its $0) mounted as `options` say."""
    mount = program.folder / "mount"
    mount.mkdir(exist_ok=True)
    prefix = ["unshare", "--mount", "sh", "-c"]
    if subprocess.run([*prefix, f'mount {options} "$0"', str(mount)], capture_output=True).returncode:
        raise Skipped("mounting is not allowed here")
    return [*prefix, f'mount {options} "$0" && {then}', str(mount)]


def full_disk(program, _):
    """A disk with room for a part of an entry, or for nothing."""
    sizes = ("4k", "64k", "256k", "512k")
    for size in sizes:
        # What is left behind makes the command fail.
        then = '"$@" && test -z "$(ls -A "$0/vivace")"'
        program.right(program.folder / "mount", under=mounted(program, f"-t tmpfs -o size={size} none", then))
    return f"tmpfs of {', '.join(sizes)}: the answer is right, nothing is left behind"


def read_only(program, _):
    """A cache that may be read, not written; and none at all."""
    program.right(program.folder / "mount", under=mounted(program, "-t tmpfs -o ro none", 'exec "$@"'))
    program.right(program.model / "below" / "a file")
    program.right("/proc")
    return "a read-only disk, a folder that cannot be made: the answer is right"


def file_limit(program, _):
    """RLIMIT_FSIZE, whose signal would kill a process that does not look."""
    cache = program.folder / "limited"
    for limit in (0, 4096, 100_000):
        program.right(cache, prepare=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        if program.entries(cache):
            raise AssertionError("half an entry was left behind")
    return "limits of 0, 4 and 100 kB on a file: the answer is right, nothing is left behind"


def tenth(program, _):
    """A cgroup with a tenth of a processor: one thread, which does not spin what it has away."""
    for base, file, words in ((pathlib.Path("/sys/fs/cgroup/cpu"), "cpu.cfs_quota_us", "10000"),
                              (pathlib.Path("/sys/fs/cgroup"), "cpu.max", "10000 100000")):
        group = base / f"vivace-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / file).write_text(words)
            return in_group(program, group)
        except OSError:
            continue
        finally:
            group.rmdir()
    raise Skipped("cgroups cannot be made here")


def in_group(program, group):
    join = lambda: (group / "cgroup.procs").write_text(str(os.getpid()))
    program.right(program.folder / "tenth", prepare=join)
    done = subprocess.run([program.path, "bench", str(program.model), "--json", "--seconds", "2"], timeout=SLOW_S,
                          capture_output=True, text=True, check=True, preexec_fn=join)
    answer = json.loads(done.stdout)
    if answer["threads"] != 1:
        raise AssertionError(f"{answer['threads']} threads on a tenth of a processor")
    latency = answer["batches"][0]["latency_s"]
    return f"one thread, median {1e3 * latency['median']:.2f} ms, most {1e3 * latency['max']:.0f} ms"


TESTS = (file_limit, full_disk, read_only, tenth, killed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "release" / "vivace")
    parser.add_argument("--model", type=pathlib.Path, default=EXAMPLES / "cifar10_resnet8.h5")
    parser.add_argument("--input", type=pathlib.Path, default=EXAMPLES / "cat.png")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        program = Program(args, pathlib.Path(folder))
        for test in TESTS:
            try:
                state, words = "passed", test(program, args)
            except Skipped as reason:
                state, words = "skipped", str(reason)
            except (AssertionError, subprocess.SubprocessError, ValueError) as error:
                state, words = "failed", str(error)
                failed += 1
            print(f"{state:8} {test.__name__:12} {words}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
