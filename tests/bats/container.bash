# Containers of many services: init as PID 1 of a namespace, or below another.
# sv holds the services (files and directories), out and err what came out.
# shellcheck shell=bash

# In setup.
container_setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	BIN=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/bin
	PATH=$BIN:$PATH
	cd "$BATS_TEST_TMPDIR" || return
	mkdir sv run
	: >out
	: >err
	unset XDG_RUNTIME_DIR SVDIR NOTIFY_SOCKET container
	export TRIVET_RUN=$PWD/run
	T=$PWD
	export T
	CONTAINER=
}

# In teardown: whatever a test has left ends with its namespace.
container_teardown() {
	local pid
	[ -n "${CONTAINER:-}" ] || return 0
	for pid in $(cat "/proc/$CONTAINER/task/$CONTAINER/children"); do
		kill -KILL "$pid" 2>/dev/null || :
	done
	kill -KILL "$CONTAINER" 2>/dev/null || :
	wait "$CONTAINER" 2>/dev/null || :
}

# A service of one file, its text on stdin; or of a directory, its run.
file() { cat >"sv/$1"; }
run_of() {
	mkdir -p "sv/$1"
	{
		echo '#!/bin/sh'
		cat
	} >"sv/$1/run"
	chmod 755 "sv/$1/run"
}

# A oneshot: what it says has been said when it is done.
once() {
	{
		echo '#!/bin/sh'
		cat
	} >"$1.sh"
	chmod 755 "$1.sh"
	printf '%s\n' 'type = oneshot' "up = $T/$1.sh" >"sv/$1"
}

# init WORDS in a namespace of its own, in the background.
start() {
	unshare --pid --fork --mount-proc \
		"$BIN/init" --services="$T/sv" "${WORDS[@]}" "$@" \
		</dev/null >>out 2>>err 3>&- &
	CONTAINER=$!
}

# Its pid out here, once it is init.
init_pid() {
	local pid
	pid=$(cat "/proc/$CONTAINER/task/$CONTAINER/children") || return
	pid=${pid%% }
	[ -n "$pid" ] && [ "$(readlink "/proc/$pid/exe")" = "$BIN/init" ] &&
		echo "$pid"
}

signal() {
	await init_pid >/dev/null
	kill "-$1" "$(init_pid)"
}

# ends CODE: within 30 seconds, with this exit code.
ends() {
	local status=0
	await is_over || return
	wait "$CONTAINER" || status=$?
	CONTAINER=
	[ "$status" = "$1" ] || {
		echo "ended with $status, not $1"
		cat out err
		return 1
	}
}

is_over() { ! kill -0 "$CONTAINER" 2>/dev/null; }

# gives CODE WORD...: started, and ended by itself.
gives() {
	local code=$1
	shift
	start "$@"
	ends "$code"
}

# Until the command says yes, 30 seconds at most.
await() {
	local end=$((SECONDS + 30))
	until "$@"; do
		[ $SECONDS -lt $end ] || {
			echo "waited in vain for: $*"
			cat out err
			return 1
		}
		read -rt 0.02 <> <(:) || :
	done
}

has() { grep -qxF -e "$2" "$1"; }
says() { await has "$@"; }
