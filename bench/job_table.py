"""The jobs of a peers' script: one job in one process, whose last line is what it cost."""

import json
import re
import resource
import sys
import time
from importlib import metadata

JOBS = {}


def job(name, tool):
    """Puts a function into the table; its docstring says how the tool does the job."""

    def keep(function):
        JOBS.setdefault(name, {})[tool] = function
        return function

    return keep


def plain(value):
    """JSON of what the libraries give: times as ISO, their numbers as numbers."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else str(value)


def peak_bytes():
    """Linux tells the peak of this program alone; elsewhere it includes the parent's at the time of the fork."""
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"^VmHWM:\s+(\d+) kB$", status.read(), re.MULTILINE).group(1)) * 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def main(packages):
    """Runs the job that the command line names; without one, prints versions and the table of jobs."""
    if len(sys.argv) == 1:
        versions = {name: metadata.version(name) for name in packages}
        jobs = {name: {tool: how.__doc__ for tool, how in tools.items()} for name, tools in JOBS.items()}
        print(json.dumps({"python": sys.version.split()[0], "versions": versions, "jobs": jobs}))
        return
    tool, name, file, out = sys.argv[1:]
    began = time.perf_counter()
    result = JOBS[name][tool](file, out) or {}
    seconds = time.perf_counter() - began
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "peak": peak_bytes()}
    print(json.dumps({**cost, **result}, default=plain))

