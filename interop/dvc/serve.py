"""Runs `dvc` or `gto` for whoever asks at a socket: `python serve.py dvc SOCKET`, until standard input ends.

Most of such a process is imports. Here they are done once; each call then has a process of its own, forked from the one that
has imported and done nothing else, with the working directory, the environment and the words that it asks for, and the end
that a program has. A call is a line of JSON, `{"cwd", "env", "words"}`, and its answer is `{"code", "stdout", "stderr"}`.
"""

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile

import dvc.api
import dvc.cli
import dvc.cli.parser
import dvc.fs
import dvc.repo
import dvc.ui

# What else DVC imports where it needs it; not pygit2, which looks at the environment as it is imported.
MODULES = [
    "aiohttp_retry",
    "configobj",
    "dulwich.ignore",
    "dulwich.index",
    "dulwich.porcelain",
    "dulwich.worktree",
    "dvc._debug",
    "dvc.cachemgr",
    "dvc.data_cloud",
    "dvc.dependency.repo",
    "dvc.dirs",
    "dvc.output",
    "dvc.repo.index",
    "dvc.repo.open_repo",
    "dvc.stage.serialize",
    "dvc.ui.table",
    "dvc.utils.strictyaml",
    "dvc_data.fs",
    "dvc_data.hashfile._progress",
    "dvc_data.hashfile.db.local",
    "dvc_data.hashfile.gc",
    "dvc_data.hashfile.status",
    "dvc_data.hashfile.transfer",
    "dvc_data.index.build",
    "dvc_data.index.checkout",
    "dvc_data.index.diff",
    "dvc_data.index.fetch",
    "dvc_data.index.push",
    "dvc_http",
    "dvc_s3",
    "fractions",
    "fsspec.implementations.http",
    "fsspec.implementations.memory",
    "git",
    "networkx",
    "platformdirs.unix",
    "rich.console",
    "rich.json",
    "rich.live",
    "rich.status",
    "rich.table",
    "ruamel.yaml",
    "s3fs",
    "scmrepo.git",
    "scmrepo.git.lfs",
    "tabulate",
    "wcwidth",
]


def imported(program):
    """The main function of a program, with what it needs."""
    for name in MODULES:
        importlib.import_module(name)
    if program == "gto":
        return importlib.import_module("gto.cli").app
    for package in (dvc.commands, dvc.repo):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    dvc.cli.parser.get_main_parser()
    return dvc.cli.main


def called(path):
    """Returns in a process for each call, with its words; never in the first one."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        gc.collect()
        gc.freeze()
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if listener not in ready:
                os._exit(0)
            line, _ = listener.accept()
            if os.fork() != 0:
                line.close()
                continue
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with line.makefile() as asked:
                call = json.loads(asked.readline())
            files = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]
            pid = os.fork()
            if pid == 0:
                break
            _, status = os.waitpid(pid, 0)
            texts = [read(file) for file in files]
            answer = {"code": os.waitstatus_to_exitcode(status), "stdout": texts[0], "stderr": texts[1]}
            line.sendall(json.dumps(answer).encode())
            os._exit(0)
    line.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for at, file in enumerate([nothing, files[0].fileno(), files[1].fileno()]):
        os.dup2(file, at)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(call["env"])
    os.chdir(call["cwd"])
    return call["words"]


def read(file):
    file.seek(0)
    return file.read().decode(errors="replace")


_, PROGRAM, PATH = sys.argv
main = imported(PROGRAM)
sys.argv[:] = [PROGRAM, *called(PATH)]
sys.exit(main())
