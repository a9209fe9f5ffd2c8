"""vivace's side: the built program. vivace bench times inferences inside its own process, as the peers' programs do."""

import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "release" / "vivace"


class Vivace:
    """The same commands as a worker: open(batch) and run(seconds), each giving a record."""

    def __init__(self, program, folder, threads, python, peak):
        self.program, self.folder, self.threads, self.python, self.peak = program, folder, threads, python, peak
        self.batch = 1

    def _call(self, *arguments, before=()):
        def pin():
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: self.threads])

        done = subprocess.run([*before, self.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, preexec_fn=pin)
        if done.returncode:
            raise RuntimeError((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[0])
        return done.stdout

    def open(self, batch):
        self.batch = batch
        version = self._call("--version").split()[-1]
        with tempfile.TemporaryDirectory() as scratch:
            out = pathlib.Path(scratch) / "y.npy"
            self._call("predict", str(self.folder / "model.h5"), str(self.folder / f"batch{batch}_x.npy"),
                       "-o", str(out), "--threads", str(self.threads))
            check = "import sys, numpy as n; a, b = map(n.load, sys.argv[1:]); print(abs(a - b).max() / abs(b).max())"
            far = subprocess.run([self.python, "-c", check, out, self.folder / f"batch{batch}_y.npy"],
                                 capture_output=True, text=True, check=True).stdout
        return {"version": version, "difference": float(far), "work": self.work(), "peak_bytes": self.peak_bytes()}

    def _bench(self, seconds, before=()):
        x = self.folder / f"batch{self.batch}_x.npy"
        return self._call("bench", str(self.folder / "model.h5"), str(x), "--json", "--threads", str(self.threads),
                          "--batch", str(self.batch), "--seconds", str(seconds), before=before)

    def peak_bytes(self):
        """Of a run so short that the list of its times takes no room."""
        if not self.peak:
            return None
        with tempfile.NamedTemporaryFile() as told:
            self._bench(0.02, (self.peak, told.name))
            return int(told.read())

    def work(self):
        """What an inference asks for, and what one core of this machine can do at most, by vivace explain."""
        told = json.loads(self._call("explain", str(self.folder / "model.h5"), "--json", "--repeats", "1", "--batch",
                                     str(self.batch), "--threads", "1"))
        sums = {key: sum(step[key] for step in told["steps"]) for key in ("flops", "weight_bytes")}
        return sums | {key: told["memory"][key] for key in ("arena", "weights")} | {"ceilings": told["ceilings"]}

    def run(self, seconds):
        measured = json.loads(self._bench(seconds))["batches"][0]
        return {name: measured["latency_s"][name] for name in ("median", "min", "p90", "p99")} | {
            "runs": measured["calls"]}

    def close(self):
        pass
