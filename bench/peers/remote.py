"""A peer in a process of its own, spoken to line by line."""

import json
import pathlib
import subprocess

WORKER = pathlib.Path(__file__).resolve().parent / "worker.py"


class Remote:
    """Starts at once, so that several can import their frameworks side by side; commands wait until it is ready."""

    def __init__(self, command, folder, threads, log):
        self.process = subprocess.Popen([*map(str, command), str(folder), str(threads)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=log, text=True)

    def _ask(self, command):
        try:
            print(command, file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(f"the process ended with {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def open(self, batch):
        return self._ask(f"open {batch}")

    def run(self, seconds):
        return self._ask(f"run {seconds}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
