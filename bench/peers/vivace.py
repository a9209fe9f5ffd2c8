"""vivace's side: the program of c/vivace.cc, measured as the peers' are, and what vivace explain tells besides."""

import json
import os
import pathlib
import subprocess

from peers.remote import Remote

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "release" / "vivace"


class Vivace(Remote):
    """The same commands as a worker: open(batch) and run(seconds), each giving a record."""

    def __init__(self, tools, folder, threads, log):
        # Prepares the model first: from the second start on it is, and packing takes memory.
        subprocess.run([tools.vivace, folder, str(threads), "once"], stdout=log, stderr=log, check=False)
        super().__init__([tools.vivace], folder, threads, log)
        self.tools, self.folder, self.threads = tools, folder, threads

    def _told(self, *words):
        done = subprocess.run([self.tools.program, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, preexec_fn=lambda: os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]))
        if done.returncode:
            raise RuntimeError((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[0])
        return done.stdout

    def open(self, batch):
        return super().open(batch) | {"work": self.work(batch)}

    def work(self, batch):
        """What an inference asks for, and what this machine can do at most: one core, and all in reading weights."""
        model = self.folder / "model.h5"
        if not model.exists():
            model = self.folder / f"batch{batch}.tflite"
        told = json.loads(self._told("explain", model, "--json", "--repeats", 1, "--batch", batch, "--threads", 1))
        sums = {key: sum(step[key] for step in told["steps"]) for key in ("flops", "weight_bytes")}
        return sums | {key: told["memory"][key] for key in ("arena", "weights")} | {
            "flops_per_s": told["ceilings"]["flops_per_s"], "read_bytes_per_s": self.reading(sums["weight_bytes"])}

    def reading(self, size):
        """How fast the threads together can read so many bytes, from wherever these lie; None where unknown."""
        if not self.tools.reader or not size:
            return None
        done = subprocess.run([self.tools.reader, str(int(size)), str(self.threads)], capture_output=True, text=True)
        return float(done.stdout) if done.returncode == 0 else None
