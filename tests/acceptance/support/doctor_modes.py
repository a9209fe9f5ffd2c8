"""Two causes in one program, and remedies that are applied: the modes of ./dev acceptance doctor beside the plain one."""

import collections
import dataclasses
import math
import pathlib
import random
import statistics
import tempfile

from . import doctor_scenarios
from .doctor_runs import Log, missing, ranked, rate, undisturbed

# Programs that follow each other in one file, and programs in surroundings that are a cause of their own.
PAIRS = (
    ("pixel_by_pixel", "many_lines"), ("pixel_by_pixel", "pauses"), ("many_lines", "pauses"), ("pixel_by_pixel", "collections"),
    ("rows_one_by_one", "pixel_by_pixel"), ("operation_by_operation", "pauses"), ("numbers_as_arguments", "pauses"),
    ("loaded_each_time", "pixel_by_pixel"), ("functions_anew", "many_lines"), ("rows_one_by_one", "many_lines"),
    ("fresh_memory", "pauses"), ("pixel_by_pixel", "neighbours"), ("many_lines", "stopped"), ("collections", "neighbours"),
    ("rows_one_by_one", "neighbours"), ("collections", "stopped"), ("pixel_by_pixel", "stopped"),
    ("operation_by_operation", "stopped"), ("numbers_as_arguments", "neighbours"), ("fresh_memory", "neighbours"))
SURROUNDINGS = ("neighbours", "stopped")
START = ("launcher", "import-time", "no-bytecode", "model-loading", "first-call")  # told apart from the work


def _replaced(*pairs):
    def apply(case):
        source = case.source
        for before, after in pairs:
            if before not in source:
                raise ValueError(f"the program has no {before!r}")
            source = source.replace(before, after)
        return dataclasses.replace(case, source=source)
    return apply


# What the report tells a user to do, done.
REMEDIES = {
    "pixel_by_pixel": _replaced(("for _ in range", "p = lambda a: (a - 0.5) * 2\nfor _ in range")),
    "many_lines": _replaced(("level=logging.DEBUG", "level=logging.WARNING")),
    "pauses": _replaced(("time.sleep(0.2)", "pass")),
    "collections": _replaced(("\nfor i in range", "\ngc.collect(); gc.freeze()\nfor i in range"), ("import gc\n", "import gc\ngc.set_threshold(100_000)\n")),
    "fresh_memory": lambda case: dataclasses.replace(case, environment={
        "MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TOP_PAD_": "67108864"}),
    "held_lock": _replaced(("for t in ts: t.start()\n", "")),
    "stopped": lambda case: dataclasses.replace(case, quota=0),
    "neighbours": lambda case: dataclasses.replace(case, spinners=0),
    "last_in_line": lambda case: dataclasses.replace(case, before=()),
    "rows_one_by_one": _replaced(("r = [m.predict(d[None], verbose=0) for d in data]", "r = m.predict(data, verbose=0)")),
    "operation_by_operation": _replaced(("for _ in range", "import tensorflow as tf\nm = tf.function(m)\nfor _ in range")),
    "numbers_as_arguments": _replaced(("f(x, i)", "f(x, tf.constant(i))")),
    "functions_anew": _replaced(("    g = tf.function(lambda v: tf.nn.relu(v * 2.0 + 1.0))\n", ""),
                                ("def one(x):", "g = tf.function(lambda v: tf.nn.relu(v * 2.0 + 1.0))\ndef one(x):")),
    "loaded_each_time": _replaced(('    k = keras.models.load_model("a.keras")\n', ""),
                                  ("def answer(d):", 'k = keras.models.load_model("a.keras")\ndef answer(d):')),
    "no_byte_code": lambda case: dataclasses.replace(case, environment={}),
}


# Where the remedy is about waiting for a processor. Elsewhere such waiting is other people's load, and left out on both
# sides, with what nothing is known of: on a machine that is not ours alone it would be all that is measured.
OTHERS = ("queued", "stolen", "unknown")
ABOUT_WAITING = ("neighbours", "last_in_line", "stopped")
# Where the cause is in the start itself; elsewhere what is compared is the work behind it.
ABOUT_START = ("no_byte_code",)
BEFORE_WORK = ("start", "imports", "libraries", "devices")
# By severity: how many times as fast a remedied program is meant to be, and what its cause is meant to cost.
FASTER, COST = (1.3, 3, 10), (1.5, 3, 4)
ANOTHER_RUN = 0.1  # as in the doctor's own intervals: what is left takes so much more or less when it runs again


def _made(name, severity, seed):
    return doctor_scenarios.SCENARIOS[name](random.Random(f"{name} {severity} {seed}"), severity)


def _budgeted(log, args, work, name, severity, seed, seconds):
    """The scenario with as much of its cause as costs so many seconds here; None where it cannot run."""
    case = _made(name, severity, seed)
    if name in ABOUT_WAITING or name in ABOUT_START or not case.n:
        return case

    def measure():  # by the ledger, which leaves out what others took, and the host's pauses
        ledger = undisturbed(args.program, args.python, case, work)["ledger"]
        return _seconds({phase: row for phase, row in ledger.items() if phase != "end"}, name)
    cost = log.measured(f"cost {name} {severity} {seed}", measure)
    return None if cost is None else case.times(min(20, max(0.05, seconds / max(0.05, cost))))


def joined(one, other):
    """Both programs, the second after the first; or the first in the second's surroundings."""
    needs = tuple(dict.fromkeys(one.needs + other.needs))
    return dataclasses.replace(one, source=one.program + "\n" + other.program, needs=needs, root=one.root or other.root,
                               environment=one.environment | other.environment)


def surrounded(one, other):
    return dataclasses.replace(one, spinners=other.spinners, quota=other.quota, root=other.root,
                               needs=tuple(dict.fromkeys(one.needs + other.needs)))


def _pair(log, args, work, first, second, seed):
    """Both causes in one program, each with about as much time; three seconds, or six where all of it is slowed down."""
    if second in SURROUNDINGS:
        one, other = _budgeted(log, args, work, first, 1, seed, 6), _made(second, 0, seed)
        return one and (surrounded(one, other), (one, other))
    one, other = (_budgeted(log, args, work, name, 1, seed, 3) for name in (first, second))
    return one and other and (joined(one, other), (one, other))


def pairs(args):
    log, both, either, skipped = Log(args.resume, args.minutes), 0, 0, []
    rows, missed = [], collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        try:
            for seed in range(args.offset, args.offset + args.seeds):
                for first, second in PAIRS:
                    if args.only not in f"{first} {second}":
                        continue
                    reasons = [missing(_made(name, 1, seed), args.python) for name in (first, second)]
                    if any(reasons):
                        skipped.append(f"{first} + {second}: {' '.join(reasons).strip()}")
                        continue
                    found = log.measured(f"pair {first} {second} {seed}", lambda: _examined(log, args, work, first, second, seed))
                    if not found:
                        continue
                    rows.append(found)
                    both, either = both + all(found["named"]), either + any(found["named"])
                    for name, named in zip((first, second), found["named"]):
                        if not named:
                            missed[name, ", ".join(found["ids"]) or "healthy"] += 1
                    print(f"{'right' if all(found['named']) else 'WRONG'} {first} + {second} {seed} ({found['wall_s']:.1f} s): "
                          f"{', '.join(found['ids'])}", flush=True)
        except TimeoutError:
            print("broken off when the time was up; --resume goes on")
    print(f"both among the first three: {rate(both, len(rows))}; one of them: {rate(either, len(rows))}")
    for (name, ids), count in sorted(missed.items()):
        print(f"  {name} missed {count} times: {ids}")
    for words in skipped:
        print(f"skipped {words}")
    return 0 if rows and both >= 0.85 * len(rows) else 1


def _examined(log, args, work, first, second, seed):
    made = _pair(log, args, work, first, second, seed)
    if not made:
        return None
    case, parts = made
    evidence = work / "e.json"
    diagnosis = undisturbed(args.program, args.python, case, work, evidence)
    about_start = any(name in START for part in parts for name in part.expected)
    # The start has a place of its own in the report: it takes none of the three of what can be mended in the work.
    ids = [name for name in ranked(diagnosis, case) if about_start or name not in START][:3]
    named = [any(expected in ids for expected in part.expected) for part in parts]
    if not all(named) and args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        (args.keep / f"{first}-{second}-{seed}.json").write_bytes(evidence.read_bytes())
    return {"ids": ids, "named": named, "wall_s": diagnosis["wall_s"]}


def _seconds(ledger, name):
    """Of a ledger, measured or predicted: the work alone, without what others' load took."""
    return sum(time for phase, row in ledger.items() if name in ABOUT_START or phase not in BEFORE_WORK
               for column, time in row.items() if name in ABOUT_WAITING or column not in OTHERS)


def _gain(diagnosis, case, name):
    """(predicted speed-up, least, most) of the first cause that is expected: in the same scope as what is measured."""
    for cause in diagnosis["causes"] + diagnosis["startup"]:
        if cause["id"] in case.expected:
            before, after = (_seconds(ledger, name) for ledger in (diagnosis["ledger"], cause["after_ledger"]))
            saved = cause["saved_s"]
            left = {key: max(0.02 * before, before - (before - after) * saved[key] / max(1e-9, saved["expected"])) for key in saved}
            return (before / max(0.02 * before, after), max(1, before / left["least"] / (1 + ANOTHER_RUN)),
                    before / left["most"] / (1 - ANOTHER_RUN))
    return None


def _remedied(log, args, work, name, severity, seed):
    case = _budgeted(log, args, work, name, severity, seed, COST[severity])
    if case is None:
        return None
    if case.n:  # the work that is to remain, beside what of the program itself does
        case = dataclasses.replace(case, source=case.source + doctor_scenarios.matrices(
            random.Random(seed), round(COST[severity] / (FASTER[severity] - 1), 2)))
    mended = REMEDIES[name](case)
    keep = args.keep and args.keep / f"{name}-{severity}-{seed}"
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    runs = [undisturbed(args.program, args.python, each, work, keep and keep / f"{i}.json")
            for i, each in enumerate((case, mended) * 2)]
    seconds = [_seconds(one["ledger"], name) for one in runs]
    walls = [one["wall_s"] for one in runs]
    predicted = [_gain(one, case, name) for one in runs[::2]]
    return {"seconds": seconds, "walls": walls, "predicted": predicted[0],
            "actual": statistics.median(before / after for before, after in zip(seconds[::2], seconds[1::2])),
            "actual_run": statistics.median(before / after for before, after in zip(walls[::2], walls[1::2]))}


def remedies(args):
    log, rows, unnamed, skipped = Log(args.resume, args.minutes), [], [], []
    print("scenario                  severity seed  predicted (least to most)   actual  |ln|  held  of the whole run")
    with tempfile.TemporaryDirectory() as folder:
        try:
            for seed in range(args.offset, args.offset + args.seeds):
                for severity in (int(one) for one in args.severities.split(",")):
                    for name in REMEDIES:
                        if args.only not in name:
                            continue
                        if reason := missing(_made(name, severity, seed), args.python):
                            skipped.append(f"{name}: {reason}")
                            continue
                        found = log.measured(f"remedy {name} {severity} {seed}", lambda: _remedied(
                            log, args, pathlib.Path(folder), name, severity, seed))
                        if found:
                            _tell(found, name, severity, seed, rows, unnamed)
        except TimeoutError:
            print("broken off when the time was up; --resume goes on")
    for words in skipped:
        print(f"skipped {words}")
    return _judged(rows, unnamed)


def _tell(found, name, severity, seed, rows, unnamed):
    words = f"{name:25} {severity:8} {seed:4}  "
    if not found["predicted"]:
        unnamed.append(name)
        print(f"{words}not named                 {found['actual']:8.2f}", flush=True)
        return
    expected, least, most = found["predicted"]
    error, inside = abs(math.log(expected / found["actual"])), least <= found["actual"] <= most
    rows.append((error, inside))
    print(f"{words}{expected:6.2f} ({least:.2f} to {most:.2f})".ljust(68) + f"{found['actual']:8.2f} {error:5.2f}  "
          f"{'yes ' if inside else 'NO  '} {found['actual_run']:8.2f}", flush=True)


def _judged(rows, unnamed):
    if not rows:
        return 1
    errors, held = sorted(error for error, _ in rows), sum(inside for _, inside in rows)
    median, ninth = statistics.median(errors), errors[min(len(errors) - 1, math.ceil(0.9 * len(errors)) - 1)]
    print(f"|ln(predicted / actual)| of the work: median {median:.2f}, 90th percentile {ninth:.2f}, of {len(errors)}")
    print(f"the interval held the actual gain: {rate(held, len(rows))}; not named: {', '.join(unnamed) or 'none'}")
    return 0 if median <= 0.10 and ninth <= 0.35 and held >= 0.85 * len(rows) and not unnamed else 1
