# svcd under its keeper, in a directory of the test's own: sv/ holds services,
# scan/ is scanned, run/ has the control socket, said is what it says.
# shellcheck shell=bash

# await COMMAND…: until it says yes, 30 seconds at most.
await() {
	local end=$((SECONDS + ${AWAIT:-30}))
	until "$@"; do
		[ $SECONDS -lt $end ] || {
			echo "waited in vain for: $*"
			[ ! -f "$D/said" ] || cat "$D/said"
			return 1
		}
		read -rt 0.02 <> <(:) || :
	done
}

tree_setup() {
	TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	D=$(mktemp -d "$BATS_TEST_TMPDIR/tree.XXXXXX")
	mkdir "$D/sv" "$D/scan" "$D/run" "$D/bin"
	chmod 755 "$BATS_TEST_TMPDIR" "$D"
	local name
	for name in runsvdir runsv svscan supervise; do
		ln -s "$TOP/build/bin/svcd" "$D/bin/$name"
	done
	ln -s "$TOP/build/bin/svcd" "$TOP/build/bin/init" "$D/bin/"
	SVCD=$TOP/build/bin/svcd
	KEEPER=
}

# tree_start [COMMAND…]: svcd on scan/, or what is given.
tree_start() {
	[ $# -gt 0 ] || set -- "$SVCD" -r "$D/run" "$D/scan"
	"$@" </dev/null >"$D/said" 2>&1 3>&- &
	KEEPER=$!
}

# Ends everything, whatever a test has left undone.
tree_end() {
	local child
	[ -n "$KEEPER" ] || return 0
	kill -TERM "$KEEPER" 2>/dev/null || :
	AWAIT=5 await is_gone "$KEEPER" || {
		for child in $(children "$KEEPER"); do
			kill -KILL "$child" 2>/dev/null || :
		done
		kill -KILL "$KEEPER" 2>/dev/null || :
		for child in $(children "$KEEPER"); do
			kill -KILL "$child" 2>/dev/null || :
		done
	}
	wait "$KEEPER" 2>/dev/null || :
	KEEPER=
}

# make NAME: a service sv/NAME whose run is stdin after a first line.
make() {
	mkdir -p "$D/sv/$1"
	{
		echo '#!/bin/sh'
		cat
	} >"$D/sv/$1/run"
	chmod 755 "$D/sv/$1/run"
}

script() {
	mkdir -p "$(dirname "$D/sv/$1")"
	{
		echo '#!/bin/sh'
		cat
	} >"$D/sv/$1"
	chmod 755 "$D/sv/$1"
}

sleeper() { make "$1" <<<'exec sleep 1000'; }
enable() { ln -s "$D/sv/$1" "$D/scan/$1"; }

children() { cat "/proc/$1/task/$1/children" 2>/dev/null; }
# The kept svcd: the keeper's child whose program is svcd.
# Kills svcd; its keeper, stopped, starts no other before svcd_may_come. (A svcd
# that is only stopped is continued at once.)
svcd_stays_away() {
	kill -STOP "$KEEPER"
	kill -KILL "$(svcd_pid)"
}
svcd_may_come() { kill -CONT "$KEEPER"; }

svcd_pid() {
	local p
	for p in $(children "$KEEPER"); do
		case $(readlink "/proc/$p/exe") in
		*/svcd) echo "$p" && return ;;
		esac
	done
	return 1
}
is_gone() { ! kill -0 "$1" 2>/dev/null || [ "$(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null)" = Z ]; }
stat_of() { cat "$D/sv/$1/supervise/stat" 2>/dev/null; }
pid_of() { cat "$D/sv/$1/supervise/pid" 2>/dev/null; }
stat_is() { [ "$(stat_of "$1")" = "$2" ]; }
is_up() { stat_is "$1" run && [ -n "$(pid_of "$1")" ]; }
is_down() { stat_is "$1" down; }
# Up by a process other than this.
is_up_not() { is_up "$1" && [ "$(pid_of "$1")" != "$2" ]; }
has_line() { grep -q -e "$2" "$1" 2>/dev/null; }
count_is() { [ "$(grep -c -e "$2" "$1" 2>/dev/null)" = "$3" ]; }
send() { printf '%s' "$2" >"$D/sv/$1/supervise/control"; }
is_supervised() { timeout 2 sh -c 'exec 3>"$1"' - "$D/sv/$1/supervise/ok" 2>/dev/null; }
# What is left of a session whose leader has gone.
end_session() {
	local p
	for p in $(ps -o pid= -s "$1"); do
		kill -KILL "$p" 2>/dev/null || :
	done
}
