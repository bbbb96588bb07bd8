#!/usr/bin/env python3
"""Does what a person at a terminal does: typed.py SECONDS COMMAND [PATTERN TEXT]…

Runs the command on a terminal of its own; waits for each pattern and types the
text that follows it (\\n and the like are understood). Everything that is said
is copied; the exit code is the command's, or 1 when a pattern did not come.
"""
import os
import pty
import re
import select
import signal
import sys
import time

end = time.monotonic() + float(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", sys.argv[2]])
unread = ""


def more():
    """Some more of what is said; False at its end, and at that of our time."""
    global unread
    left = end - time.monotonic()
    if left <= 0 or not select.select([terminal], [], [], left)[0]:
        return False
    try:
        said = os.read(terminal, 4096).decode("utf-8", "replace")
    except OSError:
        return False  # nobody has it open any more
    sys.stdout.write(said)
    sys.stdout.flush()
    unread += said
    return bool(said)


def leave(why):
    print(f"\ntyped.py: {why}")
    os.kill(pid, signal.SIGKILL)
    sys.exit(1)


for pattern, text in zip(sys.argv[3::2], sys.argv[4::2]):
    while not (match := re.search(pattern, unread)):
        if not more():
            leave(f"no /{pattern}/")
    unread = unread[match.end():]
    os.write(terminal, text.encode().decode("unicode_escape").encode())
while more():
    pass
if time.monotonic() >= end:
    leave("it does not end")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
