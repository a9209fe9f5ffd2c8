#!/usr/bin/env python3
"""The five questions people ask, as programs written as they write them: does the doctor's report answer each?

PYTHON (or --python) is a Python with TensorFlow and Keras. Prints each first screen with --screens; exits with 1 where a
report lacks its answer, has more than 24 lines, or the program ended otherwise than it does alone.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from support import doctor_questions, doctor_runs
from support.doctor_runs import spinning

MOST_LINES, MOST_COLUMNS = 24, 100


def ask(args, question, folder):
    """(diagnosis, first screen, exit code)."""
    script, report, evidence = folder / "app.py", folder / "d.json", folder / "e.json"
    script.write_text(doctor_questions.source_of(question, folder))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3"} | question.environment
    report.unlink(missing_ok=True)
    command = [str(args.program), "doctor", "--quiet", "--json", str(report), "--save", str(evidence), "--", str(args.python),
               "app.py"]
    with spinning(question.spinners):
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=600)
    screen = subprocess.run([str(args.program), "doctor", "--from", str(evidence)], capture_output=True, text=True, check=True)
    return json.loads(report.read_text()), screen.stdout, done.returncode


def misses(question, diagnosis, screen, code):
    """What the report lacks. Load that the question did not bring is the machine's, and is left out of the ranking."""
    ids = [cause["id"] for cause in diagnosis["causes"] + diagnosis["startup"]]
    if diagnosis["first"] in ids:
        ids.insert(0, ids.pop(ids.index(diagnosis["first"])))
    if os.nice(0) >= 5:  # then so is the program, and its rivals win by that
        ids = list(dict.fromkeys("background-load" if one == "low-priority" else one for one in ids))
    if not question.spinners:
        ids = [one for one in ids if one not in ("background-load", "low-priority")]
    faults = [fault["id"] for fault in diagnosis["faults"]]
    found = []
    if question.first and (ids or [""])[0] not in question.first:
        found.append(f"first is {(ids or ['nothing'])[0]}, not {' or '.join(question.first)}")
    if question.first == () and question.top and question.spinners == 0 and not set(question.top) & set(ids[:3]):
        found.append(f"the first three are {', '.join(ids[:3])}, none of them {' or '.join(question.top)}")
    if question.spinners and not set(question.top) <= set(ids[:3]):
        found.append(f"the first three are {', '.join(ids[:3])}, not all of {', '.join(question.top)}")
    found += [f"no {fault}, but {', '.join(faults) or 'no fault'}" for fault in question.faults if fault not in faults]
    lines = screen.splitlines()
    if len(lines) > MOST_LINES or max(map(len, lines)) > MOST_COLUMNS:
        found.append(f"a screen of {len(lines)} lines and {max(map(len, lines))} columns")
    if (code != 0) != question.fails:
        found.append(f"the program ended with {code}")
    return found


def main():
    parser = doctor_runs.parser(__doc__)
    parser.add_argument("--only", default="", help="questions whose name holds this")
    parser.add_argument("--screens", action="store_true", help="print every first screen")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for all evidence")
    args = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare = doctor_questions.PREPARE.replace("{folder}", name)
        subprocess.run([str(args.python), "-c", prepare], check=True, capture_output=True)
        for name, question in doctor_questions.QUESTIONS.items():
            if args.only not in name:
                continue
            diagnosis, screen, code = ask(args, question, folder)
            found = misses(question, diagnosis, screen, code)
            wrong += bool(found)
            print(f"{'WRONG' if found else 'right'} {name}: {question.asks} {'; '.join(found)}", flush=True)
            if args.screens or found:
                print(screen, flush=True)
            if args.keep:
                args.keep.mkdir(parents=True, exist_ok=True)
                (folder / "e.json").rename(args.keep / f"{name}.json")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
