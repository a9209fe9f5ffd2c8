"""The machine in a few words: what a figure has to be read with."""

import os
import pathlib
import platform

# The flags that decide which kernels an engine takes.
FLAGS = ("avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "hypervisor")


def _cpuinfo():
    text = pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def _caches():
    """{"L1d": "48K", ...} of the first processor."""
    found = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, level, size = ((index / name).read_text().strip() for name in ("type", "level", "size"))
        if kind != "Instruction":
            found[f"L{level}{'d' if kind == 'Data' else ''}"] = size
    return found


def _memory_gib():
    with open("/proc/meminfo") as file:
        return round(int(next(x for x in file if x.startswith("MemTotal")).split()[1]) / 2**20, 1)


def describe():
    cpu = _cpuinfo()
    flags = set(cpu.get("flags", "").split())
    return {"processor": cpu.get("model name", "unknown"),
            "family": "/".join(cpu.get(key, "?") for key in ("cpu family", "model", "stepping")),
            "isa": [flag for flag in FLAGS if flag in flags], "cores": len(os.sched_getaffinity(0)),
            "caches": _caches(), "memory_gib": _memory_gib(),
            "system": f"{platform.system()} {platform.release().partition('-')[0]}",
            "load_before": os.getloadavg()[0]}


def text(machine):
    caches = ", ".join(f"{level} {size}" for level, size in machine["caches"].items())
    return (f"{machine['processor']} (family/model/stepping {machine['family']}), {machine['cores']} cores, "
            f"{' '.join(machine['isa'])}; {caches}; {machine['memory_gib']} GiB; {machine['system']}; "
            f"load average before: {machine['load_before']:.2f}")
