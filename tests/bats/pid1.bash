# Init as PID 1 of a namespace: its own /proc, /run, /etc/trivet and a fifo for
# a console, so that nothing of the host is touched and reboot(2) ends the
# namespace with 129 (reboot) or 130 (power off, halt).
# shellcheck shell=bash

# In setup. T is the test's own directory; $T/etc becomes /etc/trivet, $T/kept
# the directory of tests/kept (log, ctl).
pid1_setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	INIT=$ROOT/build/bin/init
	KEPT=$ROOT/build/tests/kept
	T=$BATS_TEST_TMPDIR
	mkdir -p "$T/etc" "$T/over" "$T/kept"
	mkfifo "$T/console" "$T/kept/ctl"
	: >"$T/said"
	: >"$T/kept/log"
	PID1_PARENT=
}

# A stage from the text on stdin: `stage boot <<<'exit 3'`.
stage() {
	{
		echo '#!/bin/sh'
		cat
	} >"$T/etc/$1"
	chmod 755 "$T/etc/$1"
}

# pid1 WORD…: starts it. What it says on its console comes to $T/said.
pid1() {
	pid1_with "" "$@"
}

# PID1_PIDS (exported) bounds the pids of the namespace, which older kernels
# cannot; PID1_ROLE= leaves it to init to find out what it is.
# The same with a command before init in the namespace (env, strace, …).
pid1_with() {
	local before=$1
	shift
	# Held open for reading and writing: no open of it ever waits.
	exec 7<>"$T/console"
	cat <&7 >>"$T/said" 3>&- &
	PID1_READER=$!
	# shellcheck disable=SC2016 # for the shell inside
	unshare --pid --fork --mount-proc sh -c '
		T=$1 before=$2
		shift 2
		mount -t tmpfs tmpfs /run || exit 99
		mount -t tmpfs tmpfs "$T/over" || exit 99
		mkdir "$T/over/up" "$T/over/work"
		mount -t overlay overlay -o "lowerdir=/etc,upperdir=$T/over/up,workdir=$T/over/work" /etc || exit 99
		cp -a "$T/etc" /etc/trivet
		mount --bind "$T/console" /dev/console || exit 99
		[ -z "$PID1_PIDS" ] || echo "$PID1_PIDS" >/proc/sys/kernel/pid_max
		cd / && exec $before "$@"
	' sh "$T" "$before" "$INIT" ${PID1_ROLE---machine} --svcd="$KEPT" --services="$T/kept" "$@" \
		</dev/null >"$T/out" 2>&1 3>&- 7>&- &
	PID1_PARENT=$!
}

# Its pid out here, once it is init.
pid1_pid() {
	cat "/proc/$PID1_PARENT/task/$PID1_PARENT/children" | tr -d ' '
}

# The exit status of the namespace, within 20 seconds.
pid1_ends() {
	local parent=$PID1_PARENT
	until_true 20 pid1_is_gone || {
		echo "it goes on; it said:"
		cat "$T/said" "$T/out"
		return 1
	}
	PID1_PARENT=
	status=0
	wait "$parent" || status=$?
	[ $# = 0 ] || [ "$status" = "$1" ] || {
		echo "ended with $status, not $1; it said:"
		cat "$T/said" "$T/out"
		return 1
	}
}

pid1_is_gone() {
	! kill -0 "$PID1_PARENT" 2>/dev/null
}

# In teardown: whatever a test has left, no process stays.
pid1_teardown() {
	local pid
	if [ -n "${PID1_PARENT:-}" ]; then
		pid=$(pid1_pid 2>/dev/null) && kill -KILL "$pid" 2>/dev/null
		wait "$PID1_PARENT" 2>/dev/null || :
	fi
	[ -z "${PID1_READER:-}" ] || kill "$PID1_READER" 2>/dev/null
	exec 7>&-
	return 0
}

# until_true SECONDS COMMAND…: looks again and again.
until_true() {
	local end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		read -r -t 0.02 <> <(:) || :
	done
}

# What was said on the console; what the kept child wrote down.
said() {
	until_true 15 grep -q -- "$1" "$T/said" || {
		echo "not said: $1"
		cat "$T/said" "$T/out"
		return 1
	}
}

noted() {
	until_true 15 grep -q -- "$1" "$T/kept/log" || {
		echo "not noted: $1"
		cat "$T/kept/log" "$T/said" "$T/out"
		return 1
	}
}

# A command to the kept child.
tell() {
	echo "$*" >>"$T/kept/ctl"
}

signal1() {
	kill "-$1" "$(pid1_pid)"
}
