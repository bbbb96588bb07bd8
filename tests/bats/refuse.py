# refuse.py setsid|no-new-privs COMMAND...: where that call is not permitted, to
# it and to all that it starts; what no missing right makes fail, a filter does.
import ctypes
import os
import platform
import struct
import sys

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, EPERM = 0x7FFF0000, 0x00050001
CALLS = {
    "x86_64": {"setsid": 112, "prctl": 157},
    "aarch64": {"setsid": 157, "prctl": 167},
}[platform.machine()]
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38


def refused(call, first=None):
    steps = [(LOAD, 0, 0, 0), (EQUAL, 0, 1 if first is None else 3, CALLS[call])]
    if first is not None:
        steps += [(LOAD, 0, 0, 16), (EQUAL, 0, 1, first)]
    return steps + [(RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]


steps = {
    "setsid": refused("setsid"),
    "no-new-privs": refused("prctl", PR_SET_NO_NEW_PRIVS),
}[sys.argv[1]]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *s) for s in steps))
program = struct.pack("HP", len(steps), ctypes.addressof(code))
if ctypes.CDLL(None).prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(program)) != 0:
    sys.exit("refuse.py: no filter")
os.execvp(sys.argv[2], sys.argv[2:])
