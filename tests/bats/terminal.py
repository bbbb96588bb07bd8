# Runs a command on a terminal of its own and copies what it says there, up to
# the last byte: terminal.py COMMAND…. Its exit code is the command's.
#
# script(1) stops reading ten milliseconds after the command has ended, and the
# kernel hands on what was written by a thread that may come later than that.
import os
import pty
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        said = os.read(terminal, 4096)
    except OSError:
        break  # nobody has it open any more, and all of it has been read
    if not said:
        break
    sys.stdout.buffer.write(said)
sys.stdout.buffer.flush()
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
