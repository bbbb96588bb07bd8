# The commands that end the machine, and what belongs to them. The machine is
# a world of its own, whose process 1 is the test.

load tree

# Process 1 writes down which of these signals it got.
heard() {
	cat <<'END'
for n in 35 37 38 39 40 41; do
	trap "echo $n >>heard" $n
done
END
}

@test "without svcd a signal to process 1 says it" {
	inside <<END
$(heard)
svc poweroff && svc reboot && svc halt && svc rescue && svc soft-reboot
says '38
39
37
35
41' cat heard
END
}

@test "what an option makes of a name" {
	inside <<END
$(heard)
svc halt -p; svc reboot --halt; svc poweroff --reboot; svc reboot -p
svc poweroff -p -h -i; svc halt -t 5; svc poweroff -d 0
says '38
37
39
39
38
37
38' cat heard
END
}

@test "telinit: levels" {
	inside <<END
$(heard)
svc telinit 0; svc telinit 6; svc telinit 1; svc telinit S
svc telinit -e INIT_HALT=HALT 0; svc telinit -t 5 6
svc telinit 3; svc telinit u; svc telinit U; svc telinit a
says '38
39
35
35
37
39' cat heard
answers 100 '*which run level?*' svc telinit
answers 100 '*not a run level: 12*' svc telinit 12
END
}

@test "through links, with no environment and no terminal" {
	inside <<END
$(heard)
ln -s "\$TOP/build/bin/svc" poweroff
env -i ./poweroff </dev/null >out 2>&1
env -i setsid -w ./poweroff <&- >&- 2>&-
says '38
38' cat heard
says '' cat out
END
}

@test "with svcd the services are stopped first, then the tree ends" {
	inside <<'END'
service a 'trap "echo stopped >ended; exit" TERM; echo >begun; while :; do sleep 0.05; done'
tree
until_true test -e sv/a/begun
svc poweroff
wait $KEEPER || :
[ -e sv/a/ended ]
END
}

@test "forced, it is the kernel at once" {
	run inside <<'END'
svc reboot -f -n
END
	[ "$status" = 129 ]
	run inside <<'END'
svc poweroff -f -n
END
	[ "$status" = 130 ]
}

@test "forced, a record of it is left unless -d" {
	run inside <<'END'
mount --bind . /var/log
: >wtmp
svc reboot -f -n
END
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/world/wtmp")" = 384 ]
	run inside <<'END'
mount --bind . /var/log
: >wtmp
svc reboot -f -n -d
END
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/world/wtmp")" = 0 ]
}

@test "halt -w and -B write records that utmp's readers read" {
	inside <<'END'
: >/run/utmp
: >/var/log/wtmp
svc runlevel || :
svc halt -B
says 'N 5' svc runlevel
says '*\[2\]*\[reboot*\[1\]*\[runlevel*' utmpdump /run/utmp
svc halt -w
says '*\[2\]*\[1\]*\[1\]*\[shutdown*' utmpdump /var/log/wtmp
says '*reboot*system boot*' last -f /var/log/wtmp
END
}

@test "without utmp and wtmp nothing is made" {
	inside <<'END'
svc halt -B && svc halt -w
[ ! -e /run/utmp ] && [ ! -e /var/log/wtmp ]
answers 1 unknown svc runlevel
END
}

@test "wrong use is 100, and nothing is done" {
	inside <<END
$(heard)
answers 100 '*what is now?*' svc poweroff now
answers 100 '*unknown option*' svc reboot --nonsense
answers 100 '*no kernel is loaded*' svc kexec
answers 100 '*not a time: soon*' svc shutdown soon
[ ! -e heard ]
END
}

@test "who is not root is refused" {
	inside <<END
$(heard)
chmod 755 . .. ../..
answers 1 '*only root may do this*' setpriv --reuid=65534 svc poweroff
answers 1 '*only root may do this*' setpriv --reuid=65534 svc reboot -f
answers 1 '*only root may do this*' setpriv --reuid=65534 svc shutdown now
[ ! -e heard ]
END
}

@test "shutdown now, in all its spellings" {
	inside <<END
$(heard)
svc shutdown now; svc shutdown -h now; svc shutdown -r now
svc shutdown -h -P +0 hypervisor initiated shutdown
svc shutdown -h -H +0; svc shutdown -H now; svc shutdown now -r
svc shutdown -g 0 -i 6 -y; svc shutdown --reboot --no-wall 0
says '38
38
39
38
37
37
39
39
39' cat heard
END
}

@test "a pending shutdown can be seen and cancelled" {
	inside <<'END'
answers 1 'no shutdown is pending' svc shutdown --show
answers 1 '*no shutdown is pending' svc shutdown -c
says 'reboot at *; shutdown -c cancels it' svc shutdown -r +10 new kernel
says 'reboot at ????-??-?? ??:??:??: new kernel' svc shutdown --show
[ -d "/proc/$(cat /run/shutdown.pid)" ]
[ ! -e /run/nologin ]
pid=$(cat /run/shutdown.pid)
svc shutdown -c
until_true test ! -d "/proc/$pid"
[ ! -e /run/shutdown ] && [ ! -e /run/shutdown.pid ]
answers 1 'no shutdown is pending' svc shutdown --show
END
}

@test "another one replaces it" {
	inside <<'END'
svc shutdown -r +10
pid=$(cat /run/shutdown.pid)
svc shutdown -h +20
until_true test ! -d "/proc/$pid"
says 'poweroff at *' svc shutdown --show
svc shutdown -c
END
}

@test "INT to the pid in the file cancels it, as sysvinit has it" {
	inside <<'END'
svc shutdown +10
kill -INT "$(cat /run/shutdown.pid)"
until_true test ! -e /run/shutdown.pid
END
}

@test "nobody can log in during the last five minutes" {
	inside <<'END'
svc shutdown +4
until_true test -e /run/nologin
says 'The system will power off at *' cat /run/nologin
svc shutdown -c
[ ! -e /run/nologin ]
END
}

@test "a pid file that nobody locks is nobody's" {
	inside <<'END'
sleep 100 &
echo $! >/run/shutdown.pid
answers 1 '*no shutdown is pending' svc shutdown -c
kill -0 $!
END
}

@test "it outlives the session and svcd" {
	inside <<'END'
service a
tree
setsid -w svc shutdown +10
pid=$(cat /run/shutdown.pid)
[ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ] ||
	[ "$(ps -o sid= -p "$pid" | tr -d ' ')" != "$(ps -o sid= -p $$ | tr -d ' ')" ]
kill -KILL "$(svcd_pid)"
until_true svc list
says 'poweroff at *' svc shutdown --show
svc shutdown -c
END
}

@test "-k only tells" {
	inside <<END
$(heard)
svc shutdown -k now
answers 1 'no shutdown is pending' svc shutdown --show
[ ! -e heard ]
END
}

@test "-a asks /etc/shutdown.allow" {
	inside <<END
$(heard)
mkdir etc && mount --bind etc /etc
echo alice >/etc/shutdown.allow
record 7 tty1 1 bob >/run/utmp
answers 1 '*nobody of /etc/shutdown.allow is logged in' svc shutdown -a now
record 7 tty2 2 alice >>/run/utmp
svc shutdown -a now
says 38 cat heard
END
}
