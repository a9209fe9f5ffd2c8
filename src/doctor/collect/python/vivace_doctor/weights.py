"""What looks stand for. They are made less often where one costs more, and later as the program runs: so each counts as the
time since the one before it, and what is told are looks of the same length."""

looks = {"count": 0, "time": 0}  # nanoseconds


def note(time):
    looks["count"] += 1
    looks["time"] += time


def as_looks(times):
    """Numbers of looks in proportion to these times, rounded so that their sums are right too: the largest first."""
    count, time = looks["count"], max(1, looks["time"])
    found, so_far, given = [], 0, 0
    for each in times:
        so_far += each
        upto = (2 * so_far * count + time) // (2 * time)
        found.append(upto - given)
        given = upto
    return found
