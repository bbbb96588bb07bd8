# The installed programs take over from the running ones; no service notices.

load tree

@test "svc upgrade: new programs, the same services" {
	inside <<'END'
installed
service a
service b 'trap "" TERM; while :; do sleep 1; done'
tree
svc wait -t 20s ready
a=$(field a pid) b=$(field b pid) old=$(svcd_pid)
replaced init
replaced svcd
says 'svcd (pid *) is now svcd *' svc upgrade
until_true svc list
[ "$old" != "$(svcd_pid)" ]
[ "$(stat -Lc %i "/proc/$KEEPER/exe")" = "$(stat -c %i bin/init)" ]
[ "$(stat -Lc %i "/proc/$(svcd_pid)/exe")" = "$(stat -c %i bin/svcd)" ]
[ "$a" = "$(field a pid)" ] && [ "$b" = "$(field b pid)" ]
says 'a: up (pid *)' svc restart a
[ ! -s svcd.log ]
svc kill KILL b
svc wait -t 20s ready b
END
}

@test "an init that does not fit is refused, and all stays as it was" {
	inside <<'END'
installed
service a
tree
svc wait -t 20s ready
a=$(field a pid) old=$(svcd_pid)
replaced init /bin/false
answers 1 'svc: the system failed: the installed init does not know*' svc upgrade
[ "$old" = "$(svcd_pid)" ] && [ "$a" = "$(field a pid)" ]
rm bin/init
answers 1 'svc: the system failed: svcd or init is not where*' svc upgrade
[ "$old" = "$(svcd_pid)" ]
END
}

# Each knows the state, and then it is nothing: no answer but that it failed.
@test "a svcd or an init that does not come up gives way, and svc says so" {
	inside <<'END'
installed
service a
tree
svc wait -t 20s ready
a=$(field a pid) init=$(stat -Lc %i "/proc/$KEEPER/exe")
svcd=$(stat -Lc %i "/proc/$(svcd_pid)/exe")
gives_way() {
	answers 1 "svc: the installed programs did not come up*" svc upgrade
	until_true svc list
	[ "$a" = "$(field a pid)" ]
	[ "$(stat -Lc %i "/proc/$KEEPER/exe")" = "$init" ]
	[ "$(stat -Lc %i "/proc/$(svcd_pid)/exe")" = "$svcd" ]
	says 'a: up (pid *)' svc restart a
	a=$(field a pid)
}
replaced svcd "$TOP/build/mutants/svcd-not-ready/svcd"
gives_way
replaced svcd
replaced init "$TOP/build/mutants/init-falls/init"
gives_way
replaced init
says 'svcd (pid *) is now svcd *' svc upgrade
END
}

# All that a process is born with, and that may differ between one that a shell
# starts and one that a supervisor starts.
@test "a service is born the same: first, again, after a kill, after an upgrade" {
	inside <<'END'
cat >born.py <<'PY'
import os, sys, time
def file(name):
    return open('/proc/self/' + name).read()
def status(*keys):
    return [l for l in file('status').splitlines() if l.split(':')[0] in keys]
stat = file('stat').rpartition(')')[2].split()
lines = sorted(k + '=' + (v if k != 'INVOCATION_ID' else 'its own')
               for k, v in os.environ.items())
lines += status('Umask', 'Uid', 'Gid', 'Groups', 'Threads', 'SigPnd', 'ShdPnd',
                'SigBlk', 'SigIgn', 'CapInh', 'CapPrm', 'CapEff', 'CapBnd',
                'CapAmb', 'NoNewPrivs', 'Seccomp', 'Cpus_allowed')
lines += file('limits').splitlines() + file('cgroup').splitlines()
# tty, priority, nice, real-time priority, policy
lines += ['stat ' + ' '.join(stat[n - 3] for n in (7, 18, 19, 40, 41))]
lines += [name + ' ' + file(name).strip() for name in
          ('oom_score_adj', 'coredump_filter', 'personality', 'timerslack_ns')]
lines += [os.getcwd(), os.readlink('/proc/self/root'), str(sys.argv)]
lines += sorted(fd + ' ' + os.readlink('/proc/self/fd/' + fd).split(':')[0]
                for fd in os.listdir('/proc/self/fd') if fd != '3')
lines += ['own session' if os.getsid(0) == os.getpid() == os.getpgid(0) else '']
with open(sys.argv[1] + '.new', 'w') as f:
    f.write('\n'.join(lines) + '\n')
os.rename(sys.argv[1] + '.new', '%s.%d' % (sys.argv[1], os.getpid()))
time.sleep(1000)
PY
installed
settings a "run = python3 $PWD/born.py $PWD/a" 'restart = always 10ms'
service b "exec python3 $PWD/born.py $PWD/b"
tree
# same NAME: what is up now was born as the first was.
same() {
	until_true test -e "$1.$(field "$1" pid)"
	cp -n "$1.$(field "$1" pid)" "$1.first"
	diff "$1.first" "$1.$(field "$1" pid)"
}
both() {
	svc wait -t 20s up a b
	same a
	same b
}
both
grep -q 'Max open files' a.first
svc restart a b
both
old=$(svcd_pid)
kill -9 "$old"
until_true svc list
svc restart a b
both
four() { [ "$(ls a.[0-9]* | wc -l)" = 4 ]; }
svc kill KILL a
until_true four
both
replaced init
replaced svcd
svc upgrade
until_true svc list
svc restart a b
both
[ "$(ls a.[0-9]* b.[0-9]* | wc -l)" = 9 ]
END
}

@test "the shared logger is replaced while lines flow: each is there once" {
	inside <<'END'
installed
settings a "log = $PWD/log 100M x 2" "run = $PWD/numbers"
cat >numbers <<'SH'
#!/bin/sh
i=0
until [ -e over ]; do echo $((i += 1)); done
echo "$i" >count
exec sleep 1000
SH
chmod 755 numbers
tree
until_true test -s log/current
replaced svlogd
replaced svcd
says 'svcd (pid *) is now svcd *' svc upgrade
logger_is_new() {
	[ "$(stat -Lc %i "/proc/$(pgrep -f 'svlogd --shared')/exe")" = \
		"$(stat -c %i bin/svlogd)" ]
}
until_true logger_is_new
touch sv/a/over
until_true test -s sv/a/count
is_written() { seq "$(cat sv/a/count)" | cmp -s - log/current; }
until_true is_written
END
}

@test "a shared logger that does not work gives way, and no line is lost" {
	INSIDE_SECONDS=60 inside <<'END'
installed
settings a "log = $PWD/log 100M x 2" "run = $PWD/numbers"
cat >numbers <<'SH'
#!/bin/sh
i=0
until [ -e over ]; do echo $((i += 1)); done
echo "$i" >count
exec sleep 1000
SH
chmod 755 numbers
tree
until_true test -s log/current
logger() { stat -Lc %i "/proc/$(pgrep -f 'svlogd --shared')/exe"; }
works=$(logger)
# What has worked for a second the keeper holds.
is_kept() { ls -l "/proc/$KEEPER/fd" | grep -q 'bin/svlogd$'; }
until_true is_kept
replaced svlogd /bin/false
replaced svcd
says 'svcd (pid *) is now svcd *' svc upgrade
former_again() { [ "$(logger)" = "$works" ]; }
until_true former_again
touch sv/a/over
until_true test -s sv/a/count
is_written() { seq "$(cat sv/a/count)" | cmp -s - log/current; }
until_true is_written
# And so after a death of svcd, and of the logger.
kill -KILL "$(svcd_pid)"
until_true svc list
until_true former_again
kill -KILL "$(pgrep -f 'svlogd --shared')"
until_true former_again
END
}

@test "the maintainer script of a package does it" {
	[ -n "$(command -v dpkg-deb)" ] || skip "needs dpkg"
	INSIDE_SECONDS=25 inside <<'END'
trap 'cat dpkg.log' EXIT
PATH=$PWD/bin:$PATH:/usr/sbin:/sbin
mkdir -p deb/DEBIAN deb/bin dpkg/info dpkg/updates
: >dpkg/status
cp "$TOP"/build/bin/* deb/bin/
cp "$TOP/boot-examples/debian/postinst" deb/DEBIAN/
# package VERSION: built, and installed here.
package() {
	printf '%s\n' 'Package: trivet' "Version: $1" 'Architecture: all' \
		'Maintainer: nobody <nobody@localhost>' \
		'Description: services' >deb/DEBIAN/control
	dpkg-deb -Znone --build deb trivet.deb
	dpkg --admindir="$PWD/dpkg" --instdir="$PWD" \
		--force-script-chrootless --force-not-root -i trivet.deb
} >>dpkg.log 2>&1 </dev/null
package 1
service a
tree
svc wait -t 20s ready
a=$(field a pid) old=$(svcd_pid)
package 2
until_true svc list
grep 'is now svcd' dpkg.log
[ "$old" != "$(svcd_pid)" ]
[ "$(stat -Lc %i "/proc/$KEEPER/exe")" = "$(stat -c %i bin/init)" ]
[ "$(stat -Lc %i "/proc/$(svcd_pid)/exe")" = "$(stat -c %i bin/svcd)" ]
[ "$a" = "$(field a pid)" ]
END
}
