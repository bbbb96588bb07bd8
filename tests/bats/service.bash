# Services for suites: real ones under a supervisor, and sham ones, whose
# supervise/ the test itself holds, so that every status can be shown and every
# letter sent be seen.
# shellcheck shell=bash

# A service directory ./NAME whose run script is the text on stdin, after a
# first line; without text it runs until it is told to end.
service_make() {
	local text
	text=$(cat)
	mkdir -p "$1"
	printf '#!/bin/sh\n%s\n' "${text:-exec tail -f /dev/null}" >"$1/run"
	chmod 755 "$1/run"
}

# `supervisor DIR` in the background: runsv, supervise, by any path.
service_start() {
	"$1" "$2" </dev/null >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	SUPERVISORS+=($!)
	until_true test -s "$2/supervise/status"
}

# In teardown: nothing stays, whatever a test has left undone.
services_end() {
	local pid child
	for pid in "${SUPERVISORS[@]}"; do
		kill -0 "$pid" 2>/dev/null || continue
		for child in $(cat "/proc/$pid/task/$pid/children"); do
			kill -KILL "$child" 2>/dev/null || :
		done
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
}

hex() {
	local i
	for ((i = 0; i < ${#1}; i += 2)); do
		printf '%b' "\\x${1:i:2}"
	done
}

# sham DIR STATE PID WANT [PAUSED [TERM [SECONDS-AGO]]]: a service as its
# status file would tell it. Begun in the future unless told, so that it has
# been 0 seconds at any time.
sham() {
	local pid since now
	mkdir -p "$1/supervise"
	[ -p "$1/supervise/ok" ] || mkfifo "$1/supervise/ok" "$1/supervise/control"
	now=$(date +%s)
	printf -v since %016x $((4611686018427387914 + now - ${7:--1000}))
	printf -v pid %08x "$3"
	{
		hex "$since"
		hex 00000001
		hex "${pid:6:2}${pid:4:2}${pid:2:2}${pid:0:2}"
		hex "0${5:-0}"
		printf '%s' "$4"
		[ -n "$4" ] || hex 00
		hex "0${6:-0}0$2"
	} >"$1/supervise/status"
}

# Holds ok and control as a supervisor would.
sham_hold() {
	exec 8<>"$1/supervise/ok" 9<>"$1/supervise/control"
}

sham_leave() {
	exec 8<&- 9<&-
}

# The letters that came since the last look, if the test holds a service.
sham_letters() {
	local all='' one
	[ -p /dev/fd/9 ] || return 0
	while read -rt 0 -u 9; do
		read -rN 1 -u 9 one
		all=$all$one
	done
	echo "$all"
}
