"""What a process and everything below it has cost so far, from /proc (Linux)."""

import os
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def below(root: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if stat := _stat(path):
            children.setdefault(int(stat[1]), []).append(int(path.parent.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu(root: int) -> float:
    """Seconds of processor time, in user and system, of a process and its family, those that have ended included."""
    total = 0
    for pid in below(root):
        if stat := _stat(Path(f"/proc/{pid}/stat")):
            # utime and stime; then those of children that were waited for.
            total += sum(map(int, stat[11:15]))
    return total * TICK


def running(pid: int) -> float:
    """Seconds that one process without threads has been running on a processor, exactly."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def memory(root: int) -> list[float]:
    """Megabytes in memory (RSS) of each process below ``root``, the largest first."""
    sizes = []
    for pid in below(root)[1:]:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        sizes += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")]
    return sorted(sizes, reverse=True)


def _stat(path: Path) -> list[str]:
    """The fields after the name, which may hold blanks: state, parent, …; empty for one that has ended."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
