# Messages to everybody who is logged in, and the shutdown that comes.

load tree

@test "wall reaches every terminal of a user, with who it is from" {
	inside <<'END'
logged_in root
logged_in daemon
record 8 pts/99 9 gone >>/run/utmp
svc wall hello there
for who in root daemon; do
	until_true grep -q 'hello there' $who.seen
	until_true grep -q 'Broadcast message from root@' $who.seen
done
END
}

@test "wall takes a file, standard input, a group, no banner" {
	inside <<'END'
logged_in root
logged_in daemon
echo from a file >text
svc wall text
until_true grep -q 'from a file' root.seen
echo from stdin | svc wall -n
until_true grep -q 'from stdin' daemon.seen
svc wall -g daemon only some
until_true grep -q 'only some' daemon.seen
[ "$(grep -c Broadcast root.seen)" = 1 ]
! grep -q 'only some' root.seen
END
}

@test "control characters do not reach a terminal" {
	inside <<'END'
logged_in root
svc wall -n "$(printf 'a\033[2Jb\a')"
until_true grep -qF 'a\x1b[2Jb\x07' root.seen
! grep -q "$(printf '\033')" root.seen
END
}

@test "a terminal that takes nothing is not waited for" {
	inside <<'END'
logged_in root
logged_in daemon
stopped=$(cat /proc/*/comm | grep -c '^script$')
[ "$stopped" -ge 2 ]
for comm in /proc/[0-9]*/comm; do
	pid=${comm#/proc/} pid=${pid%/comm}
	if [ "$(cat "$comm")" = script ] && grep -q root.seen "/proc/$pid/cmdline"; then
		kill -STOP "$pid"
	fi
done
head -c 60000 /dev/zero | tr '\0' x >long
timeout 10 svc wall long
timeout 10 svc wall long
timeout 10 svc wall -n still here
until_true grep -q 'still here' daemon.seen
END
}

@test "lines that are no plain name below /dev are not written to" {
	inside <<'END'
logged_in root
line=$(sed 's,/dev/,,' root.tty)
record 7 "pts/../$line" 1 root >/run/utmp
record 7 "../dev/$line" 1 root >>/run/utmp
svc wall crooked
record 7 "$line" 1 root >/run/utmp
svc wall straight
until_true grep -q straight root.seen
! grep -q crooked root.seen
END
}

@test "without utmp wall says so" {
	inside <<'END'
answers 111 'wall: cannot tell who is logged in: *' svc wall hello
END
}

@test "shutdown tells everybody, and that it was cancelled" {
	inside <<'END'
logged_in root
svc shutdown -r +10 new kernel
until_true grep -q 'new kernel' root.seen
until_true grep -q 'will reboot in 10 minutes, at ' root.seen
svc shutdown -c never mind
until_true grep -q 'never mind' root.seen
until_true grep -q 'shutdown has been cancelled' root.seen
END
}

@test "shutdown --no-wall tells nobody" {
	inside <<'END'
logged_in root
svc shutdown --no-wall -r +10 new kernel
svc shutdown --no-wall -c
svc wall the end
until_true grep -q 'the end' root.seen
! grep -q 'kernel\|cancelled' root.seen
END
}

@test "when it is due it is done" {
	INSIDE_SECONDS=100 inside <<'END'
logged_in root
trap 'echo 39 >heard' 39
svc shutdown -r +1 soon
until_true grep -q 'in 1 minute, at' root.seen
for ((i = 0; i < 100; i++)); do
	[ ! -e heard ] || break
	read -rt 1 <> <(:) || :
done
says 39 cat heard
until_true grep -q 'will reboot now!' root.seen
END
}
