# The keeping side of init: exits told once, descriptors held, faults and
# upgrades survived. tests/kept stands where svcd would.

load pid1

setup() {
	pid1_setup
}

teardown() {
	pid1_teardown
}

kept_pid() {
	pgrep -P "$(pid1_pid)" -x svcd
}

# How often the kept child has been started by now.
starts() {
	grep -c ' pid .* name ' "$T/kept/log"
}

@test "exits come through the queue, with code and signal" {
	pid1
	noted start
	tell spawn 'exit 7'
	noted 'exit [0-9]* 1 7$'
	# shellcheck disable=SC2016 # for the shell there
	tell spawn 'kill -USR1 $$'
	noted 'exit [0-9]* 2 10$'
	signal1 USR2
	pid1_ends 130
}

@test "an exit while the kept child is dead is told to the next" {
	mkfifo "$T/go"
	pid1
	noted start
	tell spawn "read -r x <$T/go; exit 9"
	noted spawned
	touch "$T/kept/deaf"
	kill -KILL "$(kept_pid)"
	noted 'start 2'
	echo >"$T/go"
	# Deaf, it has not read the exit: the third does.
	rm "$T/kept/deaf"
	kill -KILL "$(kept_pid)"
	noted 'exit [0-9]* 1 9$'
	[ "$(grep -c 'exit [0-9]* 1 9$' "$T/kept/log")" = 1 ]
	signal1 USR2
	pid1_ends 130
}

@test "descriptors are held by slot through the death of the kept child" {
	pid1
	noted start
	tell put 5 3
	noted 'did put'
	tell drop 6 1
	kill -KILL "$(kept_pid)"
	noted 'start 2'
	tell get 4 5
	noted 'slot 8 0'
	grep 'slot' "$T/kept/log" | grep -v did >"$T/slots"
	[ "$(cat "$T/slots")" = "slot 4 0
slot 5 1
slot 6 0
slot 7 1
slot 8 0" ]
	signal1 USR2
	pid1_ends 130
}

@test "a thousand slots are sent back, whatever the line takes at once" {
	ulimit -n 20000
	pid1
	noted start
	for ((i = 0; i < 1000; i += 25)); do
		tell put "$i" 25
	done
	noted 'did put 975 25'
	tell get 0 1000
	noted 'slot 999 1'
	[ "$(grep -c '^slot [0-9]* 1$' "$T/kept/log")" = 1000 ]
	signal1 USR2
	pid1_ends 130
}

@test "junk on the line is dropped, with what came along" {
	pid1
	noted start
	tell junk
	noted 'did junk'
	tell spawn 'exit 5'
	noted 'exit [0-9]* 1 5$'
	[ "$(starts)" = 1 ]
	signal1 USR2
	pid1_ends 130
}

@test "a hundred thousand orphans are reaped and told of once each" {
	touch "$T/kept/terse" "$T/kept/count"
	pid1
	noted start
	tell spawn "$ROOT/build/tests/orphans 100000"
	until_true 120 grep -q 'exits 100001 repeats 0 gaps 0' "$T/kept/log"
	# Nobody dead is left.
	run ps -o stat= --ppid "$(pid1_pid)"
	[[ $output != *Z* ]]
	signal1 USR2
	pid1_ends 130
}

@test "a full queue keeps zombies, and none is lost" {
	touch "$T/kept/terse" "$T/kept/deaf"
	pid1
	noted start
	tell spawn "$ROOT/build/tests/orphans 66000"
	until_true 60 eval "[ \$(ps -o stat= --ppid \$(pid1_pid) | grep -c Z) -gt 400 ]"
	touch "$T/kept/count"
	rm "$T/kept/deaf"
	kill -KILL "$(kept_pid)"
	until_true 60 grep -q 'exits 66001 repeats 0 gaps 0' "$T/kept/log"
	signal1 USR2
	pid1_ends 130
}

@test "each kind of fault executes init again, with all in place" {
	local sig n=0
	pid1
	noted start
	tell put 5 1
	noted 'did put'
	for sig in SEGV BUS ILL FPE ABRT TRAP SYS; do
		n=$((n + 1))
		signal1 "$sig"
		said "fault number $n: carrying on"
	done
	[ "$(starts)" = 1 ]
	tell get 5 1
	noted 'slot 5 1'
	tell spawn 'exit 4'
	noted 'exit [0-9]* 1 4$'
	signal1 USR2
	pid1_ends 130
}

# The kernel ends PID 1 for a fault whose signal is blocked.
@test "with the first handler there, no fault is blocked for a moment" {
	pid1
	noted start
	strace -qq -p "$(pid1_pid)" -o "$T/calls" 3>&- 7>&- \
		-e trace=execveat,rt_sigaction,rt_sigprocmask,rt_sigtimedwait,signalfd4 &
	traced
	signal1 BUS
	said 'fault number 1: carrying on'
	signal1 USR2
	pid1_ends 130
	cat "$T/calls"
	sed '1,/^execveat/d; /^signalfd4/q' "$T/calls" >"$T/begin"
	grep -q '^rt_sigaction(SIGSEGV, {sa_handler=0x' "$T/begin"
	! sed '1,/^rt_sigaction(SIGSEGV, {sa_handler=0x/d' "$T/begin" |
		grep -E '^rt_sigprocmask\(SIG_(BLOCK|SETMASK), (~\[\]|\[[^]]*SEGV)'
}

traced() {
	until_true 15 grep -q '^TracerPid:.[1-9]' "/proc/$(pid1_pid)/status"
}

@test "faults without end: a shell, then a reboot" {
	printf '#!/bin/sh\necho the last shell >/dev/console\n' >"$T/shell"
	chmod 755 "$T/shell"
	printf '#!/bin/sh\nmount --bind %s/shell /sbin/sulogin && exec "$@"\n' \
		"$T" >"$T/before"
	chmod 755 "$T/before"
	pid1_with "$T/before"
	noted start
	strace -qq -p "$(pid1_pid)" -e trace=waitid \
		-e inject=waitid:signal=SEGV -o "$T/calls" 3>&- 7>&- &
	traced
	tell spawn 'exit 7'
	said 'the last shell'
	wait $!
	pid1_ends 129
}

@test "after boot: few kinds of system calls, none with a path, no terminal" {
	pid1
	noted start
	strace -qq -p "$(pid1_pid)" -o "$T/calls" 3>&- 7>&- &
	traced
	tell spawn "$ROOT/build/tests/orphans 2000"
	tell put 5 3
	tell get 5 3
	noted 'slot 7 1'
	kill -KILL "$(kept_pid)"
	noted 'start 2'
	signal1 HUP
	noted 'signal 1'
	signal1 55 # unknown to it: it writes to the console
	tell spawn 'exit 7'
	noted 'exit [0-9]* 1 7$'
	signal1 USR2
	pid1_ends 130
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$T/calls" | sort -u >"$T/kinds"
	cat "$T/kinds"
	[ "$(wc -l <"$T/kinds")" -gt 5 ]
	[ "$(wc -l <"$T/kinds")" -le 20 ]
	! grep -E '^(open|openat|stat|lstat|newfstatat|access|execve|mount|chdir)$' "$T/kinds"
}

@test "a fault in the boot stage forgets neither stage nor time limit" {
	stage boot <<<"echo boot >>$T/order; trap '' TERM; echo ready; read -r x <>$T/kept/ctl"
	pid1 --timeout-boot=1s
	said ready
	signal1 SEGV
	said 'fault number 1'
	noted start
	said 'KILL to /etc/trivet/boot'
	[ "$(cat "$T/order")" = boot ]
	signal1 USR2
	pid1_ends 130
}

@test "two thousand faults under load lose no exit" {
	touch "$T/kept/terse" "$T/kept/count"
	pid1
	noted start
	tell spawn "$ROOT/build/tests/orphans 20000"
	"$ROOT/build/tests/faulter" "$(pid1_pid)" 2000
	until_true 120 grep -q 'exits 20001 repeats [0-9]* gaps 0' "$T/kept/log"
	[ "$(starts)" = 1 ]
	signal1 USR2
	pid1_ends 130
}

@test "the same with 400 pids, each used again and again" {
	# A bound for one namespace is younger than 6.14; before, it is everybody's.
	[ "$(printf '%s\n' 6.14 "$(uname -r)" | sort -V | head -n 1)" = 6.14 ] ||
		skip "this kernel has no pid_max of a namespace"
	export PID1_PIDS=400
	touch "$T/kept/terse" "$T/kept/count"
	pid1
	noted start
	tell spawn "$ROOT/build/tests/orphans 20000"
	"$ROOT/build/tests/faulter" "$(pid1_pid)" 1000
	until_true 120 grep -q 'exits 20001 repeats [0-9]* gaps 0' "$T/kept/log"
	signal1 USR2
	pid1_ends 130
}

@test "faults while it goes down do not stop it" {
	stage shutdown <<<"echo down; read -r x <$T/go"
	mkfifo "$T/go"
	pid1
	noted start
	signal1 USR2
	said down
	signal1 SEGV
	said 'fault number 1'
	echo >"$T/go"
	pid1_ends 130
}

@test "systemctl's daemon-reexec and an upgrade of svcd alone" {
	pid1
	noted start
	signal1 59
	cp "$KEPT" "$T/new"
	tell exec "$T/new"
	noted 'start 2 '
	said 'taking the new programs'
	[ "$(readlink "/proc/$(kept_pid)/exe")" = "$T/new" ]
	signal1 USR2
	pid1_ends 130
}

@test "an upgrade of both, with everything in place" {
	pid1
	noted start
	tell put 5 1
	cp "$KEPT" "$T/new"
	cp "$INIT" "$T/newinit"
	tell exec "$T/new" "$T/newinit"
	noted 'start 2'
	[ "$(readlink "/proc/$(pid1_pid)/exe")" = "$T/newinit" ]
	tell get 5 1
	noted 'slot 5 1'
	signal1 USR2
	pid1_ends 130
}

@test "a new init that does not know this state is refused" {
	pid1
	noted start
	tell exec "$KEPT" /bin/true
	noted 'refused 0'
	said 'the new init does not know this state'
	[ "$(starts)" = 1 ]
	tell exec "$KEPT" /etc/passwd
	noted 'refused 13'
	signal1 USR2
	pid1_ends 130
}

@test "a new svcd that dies is taken back" {
	pid1
	noted start
	tell exec /bin/false
	said 'the new svcd did not come up: taking the old one again'
	noted 'start 2'
	[ "$(readlink "/proc/$(kept_pid)/exe")" = "$KEPT" ]
	signal1 USR2
	pid1_ends 130
}

@test "an init of the next version carries on from this one's state" {
	pid1
	noted start
	tell put 5 1
	tell exec "$KEPT" "$ROOT/build/tests/init-after"
	noted 'start 2'
	tell get 5 1
	noted 'slot 5 1'
	[ "$(readlink "/proc/$(pid1_pid)/exe")" = "$ROOT/build/tests/init-after" ]
	# The state is its own now: a fault finds it, this init does not know it.
	said 'the new programs stay'
	signal1 SEGV
	said 'fault number 1: carrying on'
	tell exec "$KEPT" "$INIT"
	noted 'refused 0'
	[ "$(starts)" = 2 ]
	signal1 USR2
	pid1_ends 130
}

@test "the next version whose svcd does not come up gives the state back" {
	pid1
	noted start
	tell put 5 1
	tell exec /bin/false "$ROOT/build/tests/init-after"
	said 'the new svcd did not come up: taking the old one again'
	noted 'start 2'
	tell get 5 1
	noted 'slot 5 1'
	[ "$(readlink "/proc/$(pid1_pid)/exe")" = "$INIT" ]
	signal1 USR2
	pid1_ends 130
}

# With what the tree held, and a fault of its own is one of the old program.
old_init_carries_on() {
	said 'the new init had a fault: taking the old one again'
	noted 'start 2'
	tell get 5 1
	noted 'slot 5 1'
	[ "$(readlink "/proc/$(pid1_pid)/exe")" = "$INIT" ]
	signal1 SEGV
	said 'fault number 2: carrying on'
	tell get 5 1
	until_true 30 eval '[ "$(grep -c "slot 5 1" "$T/kept/log")" = 2 ]'
	[ "$(readlink "/proc/$(pid1_pid)/exe")" = "$INIT" ]
}

@test "a new init that faults as soon as it takes over is taken back" {
	pid1
	noted start
	tell put 5 1
	tell exec "$KEPT" "$ROOT/build/mutants/init-falls/init"
	old_init_carries_on
	signal1 USR2
	pid1_ends 130
}

@test "a new init that faults when svcd is there again is taken back" {
	cp "$KEPT" "$T/new"
	pid1
	noted start
	tell put 5 1
	tell exec "$T/new" "$ROOT/build/mutants/init-falls-later/init"
	old_init_carries_on
	# That svcd may have made the state its own.
	[ "$(readlink "/proc/$(kept_pid)/exe")" = "$T/new" ]
	signal1 USR2
	pid1_ends 130
}

@test "svcd that runs but reads no exit is ended, after half a minute" {
	touch "$T/kept/deaf"
	pid1
	noted start
	tell spawn 'exit 7'
	until_true 120 grep -q 'svcd has read nothing for 30 s: ending it' "$T/said"
	noted 'start 2'
	rm "$T/kept/deaf"
	tell junk # it looks at that file when something happens
	noted 'exit [0-9]* 1 7$'
	signal1 USR2
	pid1_ends 130
}

@test "svcd that reads no message is ended, and not one that does" {
	pid1
	noted start
	signal1 HUP
	noted 'signal 1'
	touch "$T/kept/numb"
	tell spawn 'exit 7' # it looks at that file when something happens
	noted 'exit [0-9]* 1 7$'
	signal1 HUP
	until_true 120 grep -q 'svcd has read nothing for 30 s: ending it' "$T/said"
	noted 'start 2'
	rm "$T/kept/numb"
	tell junk
	[ "$(grep -c 'has read nothing' "$T/said")" = 1 ]
	signal1 USR2
	pid1_ends 130
}

@test "a console that is stopped holds up nobody" {
	# Nobody reads it, and soon it is full.
	stage boot <<<"exit 3"
	pid1
	kill "$PID1_READER"
	dd if=/dev/zero of="$T/console" bs=4096 count=64 oflag=nonblock 2>/dev/null || :
	noted start
	signal1 35
	noted 'stop 6'
	signal1 USR2
	pid1_ends 130
}
