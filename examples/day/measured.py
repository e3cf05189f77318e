# SPDX-License-Identifier: MIT
"""Runs a program; says how long it took and how much memory it had at most, all of it and what belongs to no file. What
it prints is shown in a few lines, or whole if it fails. More memory of its own than LIMIT MiB is a failure, too.

    python3 measured.py LIMIT LOG PROGRAM ARGUMENT...      LOG: a line is added to it for each program
"""
import os
import resource
import subprocess
import sys
import threading
import time

SHOWN, WIDTH = 7, 140  # lines, characters

limit, log, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
own = 0  # KiB


def watch(status):
    """Looks at the memory now and then; a peak of less than two milliseconds may be missed."""
    global own
    while True:
        try:
            with open(status) as lines:
                own = max([own, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))])
        except OSError:
            return
        time.sleep(0.002)


name = os.path.basename(command[0])
print("$", name, *command[1:], flush=True)
begun = time.monotonic()
program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
watcher = threading.Thread(target=watch, args=[f"/proc/{program.pid}/status"], daemon=True)
watcher.start()
said, complaint = program.communicate()
seconds = time.monotonic() - begun
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # KiB; not less than this interpreter's own few MiB
failed = program.returncode != 0

lines = (said + complaint if failed else said).splitlines()
for line in lines if failed else [line[:WIDTH] for line in lines[:SHOWN]]:
    print("   ", line)
if len(lines) > SHOWN and not failed:
    print(f"    ... {len(lines) - SHOWN} lines more")
print(f"    {seconds:.1f} s, {most / 1024:.0f} MiB of memory at most, {own / 1024:.0f} MiB of it no file's", flush=True)
with open(log, "a") as file:
    print(seconds, own, f"stet {command[1]}" if name == "stet" else name, sep="\t", file=file)
if failed:
    sys.exit(f"{command[0]}: exit status {program.returncode}")
if own > limit * 1024:
    sys.exit(f"{command[0]}: {own / 1024:.0f} MiB of memory of its own; {limit} were to do")
