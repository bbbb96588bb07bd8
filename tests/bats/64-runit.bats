# Init as runit: PID 1 of a namespace through a link to runit-init, with
# /etc/runit/1, 2 and 3 of the test's own. Ends with 129 for a reboot, 130 for
# power off.
bats_require_minimum_version 1.5.0
load pid1

setup() {
	pid1_setup
	mkdir "$T/sbin"
	ln -s "$INIT" "$T/sbin/runit-init"
	ln -s runit-init "$T/sbin/init"
	ln -s "$INIT" "$T/sbin/runit"
	cat >"$T/inside" <<-END
		cp -a "$T/etc" /etc/runit
		exec env -i word=yes HOME=/ TERM=linux "\${BY-$T/sbin/init}" \
			--machine single
	END
	mkfifo "$T/two"
	stage 1 <<<"echo one \$# >>$T/order"
	stage 3 <<<"echo three \$# >>$T/order"
	stage 2 <<<"echo two \$# >>$T/order; read x <$T/two; echo \$x >>$T/order
		exit \${x:-0}"
}

teardown() {
	pid1_teardown
}

up() {
	pid1_with "sh $T/inside"
}

# Something in the namespace of PID 1, which sees the same /etc and /run.
inside() {
	nsenter -t "$(pid1_pid)" -m -p "$@"
}

# A command that ends the namespace, which may end it before its own end.
ending() {
	inside "$@" || [ $? -gt 128 ]
}

order() {
	[ "$(tr '\n' ' ' <"$T/order")" = "$1" ] || {
		cat "$T/order" "$T/said"
		return 1
	}
}

two_runs() {
	until_true 15 grep -q '^two' "$T/order"
}

@test "1, then 2 until it ends, then 3, then power off" {
	up
	two_runs
	echo >"$T/two"
	pid1_ends 130
	order 'one 0 two 0  three 0 '
	said '^- runit: enter stage: /etc/runit/1'
	said '^- runit: leave stage: /etc/runit/1'
	said '^- runit: enter stage: /etc/runit/2'
	said '^- runit: leave stage: /etc/runit/2'
	said '^- runit: enter stage: /etc/runit/3'
	said '^- runit: sending KILL signal to all processes\.\.\.'
	said '^- runit: power off\.\.\.'
}

@test "process 1 is called runit, and nothing else" {
	up
	two_runs
	[ "$(cat "/proc/$(pid1_pid)/comm")" = runit ]
	[ "$(tr '\0' ' ' <"/proc/$(pid1_pid)/cmdline")" = "runit " ]
	echo >"$T/two"
	pid1_ends 130
}

@test "stages get the kernel's environment, the console, and clean signals" {
	stage 1 <<<"env >$T/env; grep Sig /proc/self/status >$T/signals
		test -t 0 || test /dev/fd/0 -ef /dev/console && echo console >>$T/env"
	up
	two_runs
	echo >"$T/two"
	pid1_ends 130
	grep -qx word=yes "$T/env"
	grep -qx console "$T/env"
	[ "$(grep -c "^Sig[BI].*:.0000000000000000$" "$T/signals")" = 2 ]
}

@test "reboot if the flag is set when 3 is over" {
	stage 3 <<<"echo three >>$T/order; : >/etc/runit/reboot
		chmod 100 /etc/runit/reboot"
	up
	two_runs
	echo >"$T/two"
	pid1_ends 129
	said '^- runit: system reboot\.'
}

@test "a flag that nobody may execute is not set" {
	stage 3 <<<": >/etc/runit/reboot; chmod 666 /etc/runit/reboot"
	up
	two_runs
	echo >"$T/two"
	pid1_ends 130
}

@test "1 that exits 100 or is killed: no 2; another code: go on" {
	stage 1 <<<"echo one >>$T/order; exit 100"
	up
	pid1_ends 130
	order 'one three 0 '
	said 'skipping stage 2'
}

@test "1 killed by a signal: no 2" {
	stage 1 <<<"echo one >>$T/order; kill -9 \$\$"
	up
	pid1_ends 130
	order 'one three 0 '
	said 'child crashed: /etc/runit/1'
}

@test "1 with another code: told, and on" {
	stage 1 <<<"echo one >>$T/order; exit 7"
	up
	two_runs
	said 'child failed: /etc/runit/1'
	echo >"$T/two"
	pid1_ends 130
}

@test "2 that exits 111 runs again, what it left is killed" {
	stage 2 <<<"echo two >>$T/order
		test -e $T/again && exit 0
		touch $T/again
		(echo left >>$T/order; read x <$T/two) &
		until grep -q left $T/order; do :; done
		exit 111"
	up
	pid1_ends 130
	order 'one 0 two left two three 0 '
	said 'child failed: /etc/runit/2'
	said 'restarting'
}

@test "2 killed by a signal runs again" {
	up
	two_runs
	kill -KILL "$(pgrep -P "$(pid1_pid)" -f '/etc/runit/2')"
	until_true 15 bash -c "[ \$(grep -c '^two' $T/order) = 2 ]"
	said 'child crashed: /etc/runit/2'
	echo >"$T/two"
	pid1_ends 130
}

@test "CONT ends 2 with TERM if stopit is set, and takes the flag back" {
	stage 2 <<<"trap 'echo term >>$T/order; exit 0' TERM
		echo two >>$T/order; while :; do read x <$T/two; done"
	stage 3 <<<"stat -c %a /etc/runit/stopit >>$T/order"
	up
	two_runs
	signal1 CONT
	inside touch /etc/runit/stopit
	inside chmod 644 /etc/runit/stopit
	signal1 CONT
	inside chmod 744 /etc/runit/stopit
	signal1 CONT
	pid1_ends 130
	order 'one 0 two term 0 '
}

@test "2 that ignores TERM is killed after a while" {
	stage 2 <<<"trap '' TERM; echo two >>$T/order
		while :; do read x <$T/two; done"
	up
	two_runs
	inside sh -c ': >/run/runit.stopit; chmod 100 /run/runit.stopit'
	signal1 CONT
	pid1_ends 130
	order 'one 0 two three 0 '
}

@test "INT runs ctrlaltdel, then does what CONT does" {
	stage ctrlaltdel <<<"echo keys >>$T/order
		: >/etc/runit/stopit; chmod 100 /etc/runit/stopit
		: >/etc/runit/reboot; chmod 100 /etc/runit/reboot"
	up
	two_runs
	signal1 INT
	pid1_ends 129
	order 'one 0 two 0 keys three 0 '
	said 'ctrl-alt-del request'
}

@test "INT without ctrlaltdel, and HUP, TERM, ALRM: nothing" {
	up
	two_runs
	for signal in INT HUP TERM ALRM PIPE USR1; do
		signal1 $signal
	done
	said 'ctrl-alt-del request'
	kill -0 "$(pid1_pid)"
	order 'one 0 two 0 '
	echo >"$T/two"
	pid1_ends 130
}

@test "signals only work in stage 2" {
	mkfifo "$T/one"
	stage 1 <<<"echo one >>$T/order; read x <$T/one"
	up
	until_true 15 grep -q one "$T/order"
	signal1 CONT
	said 'warning: signals only work in stage 2'
	echo >"$T/one"
	two_runs
	echo >"$T/two"
	pid1_ends 130
}

@test "runit-init 0 powers off, 6 reboots" {
	up
	two_runs
	ending "$T/sbin/runit-init" 6
	pid1_ends 129
}

@test "runit-init 0 takes a reboot back; so does init, that leads to it" {
	up
	two_runs
	inside sh -c ': >/run/runit.stopit; : >/run/runit.reboot
		chmod 100 /run/runit.reboot; chmod 0 /run/runit.stopit'
	ending "$T/sbin/init" 0more
	pid1_ends 130
}

@test "not as process 1: runit says so, runit-init its usage" {
	run -111 "$T/sbin/runit"
	[ "$output" = "- runit: fatal: must be run as process no 1." ]
	run -0 "$T/sbin/runit-init"
	[ "$output" = "usage: $T/sbin/runit-init 0|6" ]
	run -0 "$T/sbin/init" 5
	[ "$output" = "usage: $T/sbin/init 0|6" ]
}

@test "a fault of runit itself: stage 2 goes on" {
	up
	two_runs
	kill -SEGV "$(pid1_pid)"
	said 'fault number 1'
	order 'one 0 two 0 '
	echo >"$T/two"
	pid1_ends 130
	order 'one 0 two 0  three 0 '
}

@test "services outlive stage 2, for stage 3 to end them, where runsvdir is ours" {
	ln -s "$ROOT/build/bin/svcd" "$T/sbin/runsvdir"
	mkdir -p "$T/scan/slow"
	cat >"$T/scan/slow/run" <<-END
		#!/bin/sh
		trap 'echo asked >>$T/order; exit' TERM
		echo up >>$T/order
		while :; do sleep 0.1; done
	END
	chmod 755 "$T/scan/slow/run"
	stage 2 <<<"exec env - PATH=\$PATH TRIVET_RUN=/run/t $T/sbin/runsvdir -P $T/scan"
	stage 3 <<<"echo three >>$T/order
		$ROOT/build/bin/svc sv -w 30 force-stop $T/scan/slow >>$T/sv
		$ROOT/build/bin/svc sv -w 30 exit $T/scan/slow >>$T/sv"
	up
	until_true 30 grep -q '^up' "$T/order"
	ending "$T/sbin/runit-init" 0
	pid1_ends 130
	order 'one 0 up three asked '
	grep -q '^ok: down: .*slow: ' "$T/sv"
	grep -q '^ok: .*slow: runsv not running' "$T/sv"
	said '^- runit: leave stage: /etc/runit/2'
	said '^- runit: enter stage: /etc/runit/3'
}
