# Stands in for svcd before the shared logger: keeps pipes, hands them over,
# kills and starts again. Commands on stdin, one a line; what the logger says
# and what was done, on stdout.
#
#	attach ID NAME FIFO DIR PLAN…   makes FIFO and keeps both its ends
#	detach ID | rotate ID | drop ID (nobody writes any more)
#	kill N | term | newline (a new svcd: attaches everything again)
import os, random, signal, socket, struct, subprocess, sys, threading, time

logger = sys.argv[1]
kept = {}
child = line = None


def text(s):
    s = s.encode()
    return struct.pack("<H", len(s)) + s


def message(tag, ident, fields=b""):
    return struct.pack("<IHHI", 12 + len(fields), tag, 0, ident) + fields


# A line is one write: two threads say them.
def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def listen(sock):
    while True:
        try:
            m = sock.recv(8192)
        except OSError:
            return
        if not m:
            return
        _, tag, _, ident = struct.unpack("<IHHI", m[:12])
        if tag == 32:
            say("ready")
        elif tag == 33:
            say("ended", ident)
        elif tag == 34:
            n = struct.unpack("<H", m[12:14])[0]
            say("trouble", ident, m[14:14 + n].decode() or "over")


def attach(ident):
    name, directory, plan, read, _ = kept[ident]
    fields = text(name) + text(directory) + text(plan)
    socket.send_fds(line, [message(1, ident, fields)], [read])


def attach_all():
    for ident in kept:
        attach(ident)


def start():
    global child, line
    line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def place():
        os.dup2(theirs.fileno(), 3)

    child = subprocess.Popen([logger, "--shared"], preexec_fn=place,
                             pass_fds=[3, theirs.fileno()],
                             stdin=subprocess.DEVNULL,
                             stdout=open("console", "ab"),
                             stderr=open("err", "ab"))
    theirs.close()
    threading.Thread(target=listen, args=(line,), daemon=True).start()
    attach_all()


def end(sig):
    child.send_signal(sig)
    child.wait()
    line.close()
    return child.returncode


start()
for command in sys.stdin:
    word, *args = command.split()
    if word == "attach":
        ident, name, fifo, directory = int(args[0]), *args[1:4]
        if not os.path.exists(fifo):
            os.mkfifo(fifo)
        read = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        write = os.open(fifo, os.O_WRONLY)
        kept[ident] = (name, directory, " ".join(args[4:]), read, write)
        attach(ident)
    elif word == "plan":
        ident = int(args[0])
        old = kept[ident]
        kept[ident] = (old[0], old[1], " ".join(args[1:]), old[3], old[4])
        attach(ident)
    elif word in ("detach", "rotate"):
        line.send(message(2 if word == "detach" else 3, int(args[0])))
    elif word == "drop":
        gone = kept.pop(int(args[0]))
        os.close(gone[3])
        os.close(gone[4])
    elif word == "newline":
        attach_all()
    elif word == "kill":
        for _ in range(int(args[0])):
            time.sleep(random.random() * 0.02)
            end(signal.SIGKILL)
            start()
    elif word == "term":
        say("exit", end(signal.SIGTERM))
        start()
    say("did", word)
child.send_signal(signal.SIGTERM)
child.wait()
