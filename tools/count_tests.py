# Counts the test cases in a JUnit file of ctest and closes with "N passed, N failed, N skipped".
#
# ctest knows programs; what a person wants to know are test cases. A doctest program says how many it ran, a
# unittest program too; any other program is one. A case that lacks its data prints "SKIPPED: why" on a line.
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

DOCTEST = re.compile(r"\[doctest\] test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed")
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*?\n\n(?:OK|FAILED)(?: \((.*?)\))?", re.M | re.S)
SKIPPED = re.compile(r"^SKIPPED: (.*)$", re.M)


def cases(status, output):
    """(passed, failed, reasons for skipping) of one program, by its ctest status and its output."""
    skips = SKIPPED.findall(output)
    failed_program = status == "fail"
    if match := DOCTEST.search(output):
        passed, failed = int(match[2]), int(match[3])
    elif match := UNITTEST.search(output):
        parts = dict(re.findall(r"(\w+)=(\d+)", match[2] or ""))
        failed = int(parts.get("failures", 0)) + int(parts.get("errors", 0))
        skips += ["a Python test"] * int(parts.get("skipped", 0))
        passed = int(match[1]) - failed
    elif status in ("disabled", "notrun"):
        return 0, 0, skips or ["not run"]
    else:
        passed, failed = (0, 1) if failed_program else (1, 0)
    if failed_program and failed == 0:  # it crashed, or ran out of time, after its last good case
        failed = 1
    return max(passed - len(skips), 0), failed, skips


def main(path):
    passed = failed = 0
    skipped = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        good, bad, reasons = cases(case.get("status"), case.findtext("system-out") or "")
        passed, failed = passed + good, failed + bad
        skipped += [f"{case.get('name')}: {reason}" for reason in reasons]
    for line in skipped:
        print(f"skipped {line}")
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
