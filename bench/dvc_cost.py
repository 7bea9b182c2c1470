"""Runs a command and prints what it cost, as the last line: python dvc_cost.py COMMAND WORD…"""

import json
import resource
import subprocess
import sys

done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
if done.returncode != 0:
    sys.exit(done.stderr.decode(errors="replace") or f"exit code {done.returncode}")
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}))
