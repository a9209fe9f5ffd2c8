#!/usr/bin/env python3
"""The doctor's ledger against programs that time themselves: each column within 3 % of the wall, and unknown below 5 %.

Each program spends a known time in one way, says how long it took, and does nothing else for long. PYTHON is the Python
that runs them. On a machine where others compute, waiting for a processor is taken out of both sides.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from support import doctor_runs

BEGIN = "import time, sys, os\nb = time.monotonic()\ndef queued(): return int(open('/proc/self/schedstat').read().split()[1]) / 1e9\nq = queued()\n"
END = "\nsys.stderr.write(f'{time.monotonic() - b - (queued() - q):.6f}')\n"
PROGRAMS = {
    "sleep": "time.sleep(1.5)",
    "python": "end = time.process_time() + 1.5\nwhile time.process_time() < end:\n    for i in range(1000): i * i",
    "native": "import zlib\nd = os.urandom(1 << 20)\nend = time.process_time() + 1.5\nwhile time.process_time() < end: zlib.compress(d, 6)",
    "system": "end = time.process_time() + 1.5\nf = os.open('/dev/zero', os.O_RDONLY)\nwhile time.process_time() < end: os.read(f, 1 << 16)",
    "child": "import subprocess\nsubprocess.run(['true'])\npid = os.fork()\nif pid == 0:\n    time.sleep(1.5)\n    os._exit(0)\nos.waitpid(pid, 0)",
    "lock": "import threading\nthreading.Lock()\nl = threading.Lock(); l.acquire(); l.acquire(timeout=1.5)",
    "network": "import socket\na, c = socket.socketpair()\nc.settimeout(1.5)\ntry: c.recv(1)\nexcept OSError: pass",
}
# A child that is waited for is looked into: its sleep is the program's.
COLUMNS = {"child": ("child", "sleep"), "system": ("system", "faults", "python", "native")}


def main():
    parser = doctor_runs.parser(__doc__)
    args = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, body in PROGRAMS.items():
            script, report = pathlib.Path(folder) / "p.py", pathlib.Path(folder) / "d.json"
            script.write_text(BEGIN + body + END)
            done = subprocess.run([str(args.program), "doctor", "--quiet", "--json", str(report), "--", args.python, str(script)],
                                  capture_output=True, text=True, check=True)
            told, diagnosis = float(done.stderr), json.loads(report.read_text())
            own = diagnosis["ledger"].get("own", {})
            seen = sum(own.get(column, 0) for column in COLUMNS.get(name, (name,)))
            wall = diagnosis["wall_s"]
            unknown = sum(row.get("unknown", 0) for row in diagnosis["ledger"].values())
            apart, lost = abs(seen - told) / wall, unknown / wall
            right = apart <= 0.03 and lost <= 0.05
            wrong += not right
            print(f"{'right' if right else 'WRONG'} {name:8} itself {told:.3f} s, ledger {seen:.3f} s: {100 * apart:.1f} % of the "
                  f"wall apart; unknown {100 * lost:.1f} %")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
