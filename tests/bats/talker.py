"""A service that says what it is told to say: commands come, one a line,
through the fifo argv[1]; what it finds is appended to the file argv[2].

send TEXT        one datagram, with Python's escapes
store N TEXT     the same with N descriptors, the write ends of pipes
barrier          waits until all before has been dealt with
flood N          N datagrams as fast as they go
child TEXT       the datagram from a child that has ended when it is read
heir TEXT        forks; the child says TEXT with %d its pid, and lives on
hear NAME...     writes down those signals from now on
user N           is another user from now on
exit N, abort    ends
"""
import array
import os
import select
import signal
import socket
import sys

address = os.environ.get('NOTIFY_SOCKET', '')
say = open(sys.argv[2], 'a', buffering=1)
commands = open(os.open(sys.argv[1], os.O_RDWR), buffering=1)


out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if address:
    out.connect(address)


def send(text, fds=()):
    rights = array.array('i', fds)
    control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if fds else []
    try:
        out.sendmsg([text.encode('latin1')], control)
    except OSError as error:
        print('not sent:', error.errno, file=say)


def closed(fd):
    watch = select.poll()
    watch.register(fd, 0)
    return bool(watch.poll(30000))


def store(count, text):
    pipes = [os.pipe() for _ in range(count)]
    send(text, [end for _, end in pipes])
    for _, end in pipes:
        os.close(end)
    print('closed' if all(closed(end) for end, _ in pipes) else 'kept',
          file=say)
    for end, _ in pipes:
        os.close(end)


def child(text):
    pid = os.fork()
    if pid == 0:
        send(text)
        os._exit(0)
    os.waitpid(pid, 0)


def heir(text):
    pid = os.fork()
    if pid == 0:
        signal.pause()
    send(text % pid)
    print('heir', pid, file=say)


print('pid', os.getpid(), file=say)
for line in commands:
    verb, _, rest = line.rstrip('\n').partition(' ')
    text = rest.encode().decode('unicode_escape')
    if verb == 'send':
        send(text)
    elif verb == 'store':
        count, _, text = text.partition(' ')
        store(int(count), text)
    elif verb == 'barrier':
        store(1, 'BARRIER=1')
        print('barrier', file=say)
    elif verb == 'flood':
        for n in range(int(rest)):
            out.send(b'STATUS=flood %d' % n)
        print('flooded', file=say)
    elif verb == 'child':
        child(text)
    elif verb == 'heir':
        heir(text)
    elif verb == 'hear':
        for name in rest.split():
            signal.signal(signal.Signals['SIG' + name],
                          lambda *_, name=name: print(name, file=say))
    elif verb == 'user':
        os.setuid(int(rest))
    elif verb == 'exit':
        os._exit(int(rest))
    elif verb == 'abort':
        os.abort()
    print('done', line.rstrip('\n'), file=say)
