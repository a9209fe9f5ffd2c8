"""Running programs under the doctor, and reading what it says: what the acceptance programs of the doctor share."""

import argparse
import contextlib
import json
import math
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
GROUPS = pathlib.Path("/sys/fs/cgroup")


def parser(words):
    """Of what all of them are told."""
    made = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/vivace")
    made.add_argument("--python", default=os.environ.get("PYTHON", sys.executable))
    return made


def wilson(right, count, z=1.96):
    if not count:
        return 0.0, 1.0
    p, d = right / count, 1 + z * z / count
    middle = (p + z * z / (2 * count)) / d
    half = z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / d
    return max(0.0, middle - half), min(1.0, middle + half)


@contextlib.contextmanager
def spinning(count):
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@contextlib.contextmanager
def limited(quota):
    """A control group with a quota, of version 1 or 2; gives what a child does to enter it, or nothing."""
    if not quota:
        yield None
        return
    old = GROUPS / "cpu" / "cpu.cfs_quota_us"
    folder = (GROUPS / "cpu" if old.exists() or (GROUPS / "cpu").exists() else GROUPS) / f"vivace-{os.getpid()}"
    folder.mkdir()
    try:
        if (folder / "cpu.max").exists():
            (folder / "cpu.max").write_text(f"{int(quota * 100000)} 100000")
        else:
            (folder / "cpu.cfs_quota_us").write_text(str(int(quota * 100000)))
        yield lambda: (folder / "cgroup.procs").write_text(str(os.getpid()))
    finally:
        for _ in range(50):
            with contextlib.suppress(OSError):
                folder.rmdir()
                break
            time.sleep(0.1)


def run(python, case, work, watcher=()):
    """Seconds of a case's program, alone or behind the words of a watcher."""
    script = work / "s.py"
    script.write_text(case.program)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OMP_", "OPENBLAS"))}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3"} | case.environment
    command = [*case.before, *watcher, str(python), str(script)]
    begin = time.monotonic()
    with spinning(case.spinners), limited(case.quota) as enter:
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, preexec_fn=enter, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return time.monotonic() - begin


def examine(tool, python, case, work, keep=None):
    """(diagnosis, seconds) of one run."""
    report = work / "d.json"
    report.unlink(missing_ok=True)
    save = ["--save", str(keep)] if keep else []
    seconds = run(python, case, work, [str(tool), "doctor", "--quiet", "--json", str(report), *save, "--"])
    return json.loads(report.read_text()), seconds


def undisturbed(tool, python, case, work, keep=None):
    """The diagnosis of a run that the host did not stand still in; of three tries, the one where it did so least."""
    least = None
    for _ in range(3):
        diagnosis, _ = examine(tool, python, case, work, keep)
        still = sum(row.get("stolen", 0) + row.get("unknown", 0) for row in diagnosis["ledger"].values()) / diagnosis["wall_s"]
        if least is None or still < least[0]:
            least = still, diagnosis
        if still <= 0.1:
            break
    return least[1]


def ranked(diagnosis, case):
    """Ids of causes, the first first; what happens once at the start behind them. What the scenario did not put there is
    the machine's, not the program's."""
    causes = diagnosis["causes"] + diagnosis["startup"]
    ids = [cause["id"] for cause in causes if not _of_the_machine(cause, case)]
    if diagnosis["first"] in ids:
        ids.remove(diagnosis["first"])
        ids.insert(0, diagnosis["first"])
    return ids


def _of_the_machine(cause, case):
    """Load, priority and theft that are the harness's own surroundings; theft where the kernel's own counter knows it."""
    return ((cause["id"] == "background-load" and not case.spinners) or (cause["id"] == "low-priority" and "nice" not in case.before)
            or (cause["id"] == "steal" and cause["confidence"] >= 0.5))


class Log:
    """What was measured, a line of JSON each, so that a run that was broken off goes on where it was."""

    def __init__(self, path, minutes):
        self.path, self.known = path, {}
        self.until = time.monotonic() + 60 * minutes
        if path and path.exists():
            for line in path.read_text().splitlines():
                entry = json.loads(line)
                self.known[entry["key"]] = entry["value"]

    def measured(self, key, measure):
        """What is known under this key, or is measured now; an error is told, and None."""
        if key in self.known:
            return self.known[key]
        if time.monotonic() > self.until:
            raise TimeoutError
        try:
            value = measure()
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"FAILED {key}: {error}", flush=True)
            return None
        if value is None:
            return None
        self.known[key] = value
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a") as file:
                file.write(json.dumps({"key": key, "value": value}) + "\n")
        return value


def rate(right, count):
    low, high = wilson(right, count)
    return f"{right} of {count}" + (f" ({100 * right / count:.0f} %, Wilson {100 * low:.0f} to {100 * high:.0f} %)" if count else "")


def alarms(diagnosis, case):
    """Ids of causes in the work itself that claim a tenth of the wall or more."""
    return [cause["id"] for cause in diagnosis["causes"]
            if cause["share"] >= 0.10 and not _of_the_machine(cause, case)]


def missing(case, python):
    """Why this case cannot run here; empty where it can."""
    if case.root and os.geteuid() != 0:
        return "needs root"
    code = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))"
    return "" if subprocess.run([str(python), "-c", code, *case.needs]).returncode == 0 else f"needs {', '.join(case.needs)}"
