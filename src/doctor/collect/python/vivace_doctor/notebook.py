"""Watches an interpreter that runs already, a notebook's kernel say: from inside, and from outside by vivace doctor."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from . import watch

_run = {}  # process, folder


def _program():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.txt"), encoding="utf-8") as file:
        return file.read()


def _end_of(process, folder):
    with open(os.path.join(folder, "stderr"), encoding="utf-8", errors="replace") as file:
        said = file.read().strip()
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return RuntimeError(said or "vivace doctor did not answer")


def start():
    if _run:
        raise RuntimeError("vivace_doctor watches already; vivace_doctor.report() ends it")
    called = time.monotonic_ns()
    folder = tempfile.mkdtemp(prefix="vivace-doctor-")
    meet, evidence = os.path.join(folder, "meet"), os.path.join(folder, "evidence.json")
    with open(os.path.join(folder, "stderr"), "wb") as said:
        # In a session of its own: what interrupts a cell does not reach it.
        process = subprocess.Popen([_program(), "doctor", "--quiet", "--pid", str(os.getpid()), "--save", evidence],
                                   env={**os.environ, "VIVACE_DOCTOR_MEET": meet}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
    for _ in range(500):
        if os.path.exists(meet) or process.poll() is not None:
            break
        time.sleep(0.02)
    try:
        with open(meet, encoding="utf-8") as file:
            place, origin = file.read().split("\n")[:2]
        watch.begin(place, int(origin), called, late=True)
    except (OSError, ValueError):
        raise _end_of(process, folder) from None
    _run.update(process=process, folder=folder)


def report(html=None, json=None, save=None):
    if not _run:
        raise RuntimeError("vivace_doctor does not watch; vivace_doctor.start() begins it")
    process, folder = _run["process"], _run["folder"]
    _run.clear()
    watch.pause()
    process.send_signal(signal.SIGINT)
    evidence = os.path.join(folder, "evidence.json")
    try:
        process.wait(60)
        if process.returncode or not os.path.exists(evidence):
            raise _end_of(process, folder)
        files = [word for name, path in (("--html", html), ("--json", json)) if path for word in (name, str(path))]
        done = subprocess.run([_program(), "doctor", "--from", evidence, *files], capture_output=True, text=True)
        if save:
            shutil.copy(evidence, save)
        (sys.stdout if done.returncode == 0 else sys.stderr).write(done.stdout + done.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
