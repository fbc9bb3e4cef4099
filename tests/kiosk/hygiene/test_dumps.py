"""A terminal and its workers leave no core dump."""

import os
import signal
import subprocess
import sys

import psutil

from tests.conftest import ROOT

CRASH = """
import os, resource
from kiosk.hygiene import dumps
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
dumps.forbid_dumps()
os.abort()
"""
ASK = """
from kiosk.hygiene import dumps
before = dumps.are_forbidden()
dumps.forbid_dumps()
print(before, dumps.are_forbidden())
"""
PARENT = """
import signal, subprocess, sys
code = '''
import signal, time
from kiosk.hygiene import dumps
dumps.end_with_parent(signal.SIGKILL)
print(1, flush=True)
time.sleep(60)
'''
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_crash_leaves_no_dump_whatever_the_limit_was(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH], cwd=tmp_path, env=environment
    )
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


def test_a_process_knows_whether_it_can_leave_one():
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_a_process_ends_with_the_one_that_started_it():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    _, alive = psutil.wait_procs([child], timeout=5)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
