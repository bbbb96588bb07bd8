# One command under init-command: by its own name and in the place of tini,
# dumb-init and catatonit, with Debian's programs beside ours where they agree.
# shellcheck shell=bash

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/peers tini dumb-init catatonit
	mkdir "$BATS_FILE_TMPDIR/ours"
	local name
	for name in init tini docker-init dumb-init catatonit podman-init; do
		ln -s "$PWD/build/bin/init-command" "$BATS_FILE_TMPDIR/ours/$name"
	done
	whole=$PWD/build/bin/init
	export whole
	ours=$BATS_FILE_TMPDIR/ours peers=$PWD/build/peers
	early=$PWD/build/tests/bats/early
	export ours peers early
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# An event to wait on: readers of the FIFO hear who has come so far.
	mkfifo heard
}

# As exec, but INT and QUIT work: a shell ignores them for background jobs.
plainly() {
	# shellcheck disable=SC2016
	exec perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV' -- "$@"
}

# A test that failed in the middle leaves its init; the command goes with it.
teardown() {
	local left
	for left in $(jobs -p); do
		# shellcheck disable=SC2046
		kill -KILL $(cat "/proc/$left/task/$left/children") "$left" \
			2>/dev/null || :
	done
}

# Exit code of a command, its output in out and err.
code_of() {
	local status=0
	"$@" >out 2>err </dev/null || status=$?
	echo "$status"
}

# What the three have in common is checked for ours, and for theirs as well.
each_of_both() {
	local name
	for name in tini dumb-init catatonit; do
		"$@" "$ours/$name" --
		"$@" "$peers/$name/usr/bin/$name" --
	done
	"$@" "$ours/init" --
}

is() {
	[ "$1" = "$2" ] || {
		echo "is $1, not $2: ${*:3}"
		return 1
	}
}

passes_codes() {
	local code
	for code in 0 1 2 77 127 255; do
		is "$(code_of "$@" sh -c "exit $code")" "$code" "$@"
	done
	is "$(code_of "$@" sh -c 'kill -9 $$')" 137 "$@"
	is "$(code_of "$@" sh -c 'kill -15 $$')" 143 "$@"
	is "$(code_of "$@" bash -c 'kill -40 $$')" 168 "$@"
}

@test "the command's exit code is passed on, 128+n for a signal" {
	each_of_both passes_codes
}

# The table of exit codes for a command that cannot be run.
cannot_run() {
	local program=$1 missing=$2 forbidden=$3
	: >not-executable
	is "$(code_of "$program" ./nothing)" "$missing" "$program"
	is "$(code_of "$program" ./not-executable)" "$forbidden" "$program"
}

@test "a command that cannot be run: tini 127 and 126, dumb-init 2" {
	for dir in "$ours" "$peers/tini/usr/bin"; do
		cannot_run "$dir/tini" 127 126
	done
	for dir in "$ours" "$peers/dumb-init/usr/bin"; do
		cannot_run "$dir/dumb-init" 2 2
	done
}

@test "a command that cannot be run: catatonit 127 and 126, and is named" {
	cannot_run "$ours/catatonit" 127 126
	grep -q not-executable err
}

@test "a script without an interpreter line is run by the shell" {
	echo 'exit 23' >script
	chmod +x script
	is "$(code_of "$ours/tini" ./script)" 23
	is "$(code_of "$ours/init" -- ./script)" 23
}

# NAME CODE STREAM ARGUMENTS…: what a call says, and where.
says() {
	local program=$1 code=$2 stream=$3
	shift 3
	is "$(code_of "$program" "$@")" "$code" "$program" "$@"
	local other=out
	[ "$stream" = err ] || other=err
	[ -s "$stream" ] || {
		echo "nothing on $stream: $program $*"
		return 1
	}
	[ ! -s "$other" ] || {
		echo "something on $other: $program $*"
		return 1
	}
}

@test "tini: help and version on output, wrong use on errors, as the original" {
	for dir in "$ours" "$peers/tini/usr/bin"; do
		says "$dir/tini" 0 out -h
		says "$dir/tini" 0 out --version
		says "$dir/tini" 1 err
		says "$dir/tini" 1 err --help
		says "$dir/tini" 1 err -Z
		says "$dir/tini" 1 err -e 256 -- true
		says "$dir/tini" 1 err -e -1 -- true
		says "$dir/tini" 1 err -e x -- true
		says "$dir/tini" 1 err -p TERM -- true
		says "$dir/tini" 1 err -p 15 -- true
		says "$dir/tini" 1 err -p SIGRTMIN -- true
	done
	says "$ours/tini" 0 out -l
}

@test "dumb-init: help and version on errors, wrong use 1, as the original" {
	for dir in "$ours" "$peers/dumb-init/usr/bin"; do
		says "$dir/dumb-init" 0 err -h
		says "$dir/dumb-init" 0 err --help
		says "$dir/dumb-init" 0 err -V
		says "$dir/dumb-init" 1 err
		says "$dir/dumb-init" 1 err -Z
		says "$dir/dumb-init" 1 err -r 15 -- true
		says "$dir/dumb-init" 1 err -r 32:1 -- true
		says "$dir/dumb-init" 1 err -r 1:32 -- true
	done
}

@test "catatonit: help on errors, version on output, as the original" {
	for dir in "$ours" "$peers/catatonit/usr/bin"; do
		says "$dir/catatonit" 0 err -h
		says "$dir/catatonit" 0 out -V
		says "$dir/catatonit" 1 err
		says "$dir/catatonit" 1 err --help
		CATATONIT_LOG=x says "$dir/catatonit" 1 err true
	done
	says "$ours/catatonit" 0 out -L
}

@test "init-command is as small as a container's init should be" {
	strip -o small "$ours/init"
	[ "$(stat -c %s small)" -le 40960 ]
	is "$(code_of ./small sh -c 'exit 9')" 9
}

@test "init itself does the same, under each of the names" {
	local name words said
	mkdir whole
	for name in init tini docker-init dumb-init catatonit podman-init; do
		ln -s "$whole" "whole/$name"
		for words in '-h --' '--version --' '-- ./nothing' \
			'-- true' '-- false' '--nonsense --'; do
			# shellcheck disable=SC2086
			said=$(code_of "$ours/$name" $words)
			mv out out.ours
			without_pid err >err.ours
			# shellcheck disable=SC2086
			is "$(code_of "whole/$name" $words)" "$said" "$name $words"
			diff out.ours out
			without_pid err | diff err.ours -
		done
	done
}

without_pid() { sed 's/[(:][0-9]*)/PID/' "$1"; }

@test "docker-init --version begins with what docker looks for" {
	[[ "$("$ours/docker-init" --version)" == "tini version "* ]]
}

@test "init: wrong use is 100, names the option, and shows the usage" {
	is "$(code_of "$ours/init" --nonsense -- true)" 100
	grep -q -- --nonsense err
	grep -q '^usage:' err
	is "$(code_of "$ours/init" --)" 100
	is "$(code_of "$ours/init" -t 5 -- true)" 100
	is "$(code_of "$ours/init" -- '')" 100
}

# PROGRAM…: prints the number of each signal it gets into ./heard, and ends
# at USR2 when everything before it has been told.
teller() {
	cat <<-'END'
		#!/bin/bash
		for s in {1..64}; do trap "echo $s >&3" $s; done 2>/dev/null
		trap 'echo end >&3; exit 0' USR2
		exec 3<>heard
		echo ready >&3
		while :; do read -r -t 1 _ <>idle; done
	END
}

# Each signal is sent when the one before has been heard: none can be merged.
forwards() {
	local sig got
	teller >tells
	chmod +x tells
	[ -p idle ] || mkfifo idle
	exec 7<>heard
	plainly "$@" ./tells 3>&- &
	pid=$!
	read -r -t 10 got <&7
	is "$got" ready
	for sig in $SIGNALS; do
		kill -"$sig" $pid
		read -r -t 10 got <&7 || got=nothing
		is "$got" "$sig" "$@"
	done
	kill -USR2 $pid
	read -r -t 10 got <&7
	is "$got" end
	wait $pid
}

@test "every signal that can be forwarded reaches the command" {
	SIGNALS="1 2 3 10 13 14 15 16 18 23 24 25 26 27 28 29 30 34 35 40 63 64"
	forwards "$ours/tini" -s --
	forwards "$ours/dumb-init" -c
	forwards "$ours/catatonit" --
	forwards "$ours/init" --
}

@test "faults sent from outside are forwarded too" {
	SIGNALS="4 5 6 7 8 31"
	forwards "$ours/dumb-init"
	forwards "$ours/init" --
}

@test "dumb-init -r and init -r rewrite a signal, or drop it" {
	# shellcheck disable=SC2016
	body='trap "echo quit >&3" QUIT; trap "exit 4" TERM; exec 3<>heard
		echo ready >&3; while :; do read -r -t 1 _ <>idle; done'
	mkfifo idle
	exec 7<>heard
	for how in "dumb-init -r 15:3 -r 1:0" "init -r 15:3 -r 1:0 --" \
		"init --rewrite TERM:QUIT --rewrite=HUP:0 --" \
		"init --stop-signal QUIT -r SIGHUP:0 --"; do
		# shellcheck disable=SC2086
		plainly "$ours"/$how bash -c "$body" 3>&- &
		pid=$!
		read -r -t 10 got <&7
		kill -HUP $pid
		kill -TERM $pid
		read -r -t 10 got <&7
		is "$got" quit "$how"
		kill -KILL "$(cat /proc/$pid/task/$pid/children)"
		status=0
		wait $pid || status=$?
		is "$status" 137 "$how"
	done
}

@test "-e makes an exit code a success, -e CODE:AS another" {
	is "$(code_of "$ours/tini" -e 143 -- sh -c 'kill $$')" 0
	is "$(code_of "$peers/tini/usr/bin/tini" -e 143 -- sh -c 'kill $$')" 0
	is "$(code_of "$ours/init" -e 143 -- sh -c 'kill $$')" 0
	is "$(code_of "$ours/init" -e 143:3 -- sh -c 'kill $$')" 3
}

@test "inherited ignored and blocked signals reach the command, not dumb-init's" {
	show='grep -E Sig(Blk|Ign) /proc/self/status'
	# shellcheck disable=SC2016
	ignoring='$SIG{HUP} = $SIG{CHLD} = "IGNORE"; exec @ARGV'
	# The originals never learn of a child's end when CHLD is ignored.
	for how in "$ours/tini -s --" "$ours/catatonit --" "$ours/init --"; do
		# shellcheck disable=SC2086
		is "$(perl -e "$ignoring" $how $show)" \
			"$(perl -e "$ignoring" $show)" "$how"
	done
	# shellcheck disable=SC2086
	is "$(perl -e "$ignoring" "$ours/dumb-init" $show | tr -d '\t\n')" \
		SigBlk:0000000000000000SigIgn:0000000000000000
}

@test "the command leads a group under tini, a session under dumb-init" {
	# shellcheck disable=SC2016
	ids='read -r pid _ _ _ group session _ </proc/self/stat
		echo "$((pid == group)) $((pid == session))"'
	is "$("$ours/tini" -s -- bash -c "$ids")" "1 0"
	is "$("$ours/dumb-init" bash -c "$ids")" "1 1"
	is "$("$ours/dumb-init" -c bash -c "$ids")" "0 0"
	is "$("$ours/init" -S -- bash -c "$ids")" "1 1"
}

@test "-g sends a signal to the whole group" {
	exec 7<>heard
	# shellcheck disable=SC2016
	body='trap : USR1; (trap "echo inner >&3; exit" USR1; echo ready >&3
		while :; do read -r -t 1 _ <>idle; done) &
		wait; wait; exit 6'
	mkfifo idle
	for how in "$ours/tini -s -g --" "$ours/catatonit -g --" \
		"$ours/init -g --" "$ours/dumb-init" \
		"$peers/tini/usr/bin/tini -s -g --" \
		"$peers/catatonit/usr/bin/catatonit -g --" \
		"$peers/dumb-init/usr/bin/dumb-init"; do
		# shellcheck disable=SC2086
		$how bash -c "$body" 3<>heard &
		pid=$!
		read -r -t 10 got <&7
		kill -USR1 $pid
		read -r -t 10 got <&7
		is "$got" inner "$how"
		status=0
		wait $pid || status=$?
		is "$status" 6 "$how"
	done
}

# PID 1 of a namespace; the rest of the words run in it.
as_pid1() {
	unshare --pid --fork --mount-proc "$@"
}

@test "--grace: what the command left gets TERM and is waited for, not longer" {
	mkfifo idle
	# shellcheck disable=SC2016
	as_pid1 "$ours/init" --grace 20s -- bash -c '
		bash -c "trap \"echo left >told; exit\" TERM; echo up >heard
			while :; do read -r -t 1 _ <>idle; done" &
		read -r _ <heard; exit 5' || status=$?
	is "$status" 5
	is "$(cat told)" left
	[ "$SECONDS" -lt 15 ]
}

@test "--grace: what ignores TERM is killed at the end of it" {
	# shellcheck disable=SC2016
	"$ours/init" -s --grace 100ms -- bash -c '
		bash -c "trap \"\" TERM; echo \$\$ >pid; echo up >heard
			exec sleep 1000" & read -r _ <heard; exit 5' || status=$?
	is "$status" 5
	[ ! -d "/proc/$(cat pid)" ]
}

@test "without a grace the command's end is the end" {
	# shellcheck disable=SC2016
	as_pid1 "$ours/tini" -- sh -c 'sleep 1000 & exit 3' || status=$?
	is "$status" 3
}

# EARLY_RUNS=10000 for a night.
@test "no signal after the first instruction is lost" {
	local runs=${EARLY_RUNS:-200}
	"$early" "$runs" 500 143 "$ours/tini" sleep 1000
	"$early" "$runs" 500 143 "$ours/dumb-init" sleep 1000
	"$early" "$runs" 500 143 "$ours/catatonit" sleep 1000
	"$early" "$runs" 500 143 "$ours/init" -- sleep 1000
}

@test "catatonit -P and init --pause reap, and end with 0 at TERM or INT" {
	for how in "catatonit -P" "init --pause" "podman-init -P true"; do
		for sig in TERM INT; do
			# shellcheck disable=SC2086
			plainly "$ours"/$how 3>&- &
			pid=$!
			until [ "$(tr '\0' ' ' </proc/$pid/cmdline)" != "" ] &&
				[ "$(readlink /proc/$pid/exe)" = \
				"$(readlink -f "$ours/init")" ]; do :; done
			kill -HUP $pid
			kill -$sig $pid
			wait $pid
		done
	done
}

@test "orphans are reaped and the command outlives them" {
	# shellcheck disable=SC2016
	as_pid1 "$ours/init" -- bash -c '
		for i in {1..300}; do (true & true &) ; done
		until [ "$(grep -l "^State:.Z" /proc/[0-9]*/status \
			2>/dev/null | wc -l)" = 0 ]; do :; done
		exit 8' || status=$?
	is "$status" 8
}

@test "the init keeps no descriptor and no directory of its caller" {
	exec 7<>heard
	"$ours/init" -- bash -c 'echo ready >&7; exec sleep 1000' 3>&- &
	pid=$!
	read -r -t 10 _ <&7
	until [ "$(readlink /proc/$pid/cwd)" = / ]; do :; done
	is "$(find /proc/$pid/fd -type l | wc -l)" 3
	kill $pid
	status=0
		wait $pid || status=$?
		is "$status" 143
}

@test "LISTEN_PID that named the init names the command" {
	# shellcheck disable=SC2016
	LISTEN_FDS=1 is "$(sh -c 'export LISTEN_PID=$$; exec "$@"' sh \
		"$ours/init" -- sh -c '[ $LISTEN_PID = $$ ] && echo same')" same
	# shellcheck disable=SC2016
	is "$(LISTEN_PID=1 "$ours/init" -- sh -c 'echo $LISTEN_PID')" 1
}

# A command on a terminal; the terminal's own line ends are taken off.
on_terminal() {
	python3 "$BATS_TEST_DIRNAME/terminal.py" "$@" | tr -d '\r'
}

@test "on a terminal the command is its foreground group" {
	# shellcheck disable=SC2016
	body='read -r _ _ _ _ group _ _ foreground _ </proc/self/stat
		[ $group = $foreground ] && echo front'
	for how in "$ours/tini -s --" "$ours/dumb-init" "$ours/catatonit --" \
		"$ours/init --" "$peers/tini/usr/bin/tini -s --" \
		"$peers/catatonit/usr/bin/catatonit --" \
		"$peers/dumb-init/usr/bin/dumb-init"; do
		# shellcheck disable=SC2086
		is "$(on_terminal $how bash -c "$body")" \
			front "$how"
	done
}

@test "a closed standard input is no trouble" {
	for how in "tini -s --" "dumb-init" "catatonit --" "init --"; do
		# shellcheck disable=SC2086
		is "$("$ours"/$how echo here <&-)" here "$how"
	done
}

@test "tini: the variables mean the options, and the level by variable wins" {
	TINI_SUBREAPER='' TINI_VERBOSITY=3 "$ours/tini" true >out 2>err
	[ ! -s err ]
	grep -q '^\[INFO  tini ([0-9]*)\] ' out
	TINI_SUBREAPER=no TINI_VERBOSITY=none "$ours/tini" -vvv true >out 2>err
	[ ! -s out ] && [ ! -s err ]
}

# --- more of what the originals document, theirs and ours side by side

# Each of the programs named, ours and then theirs, as the first word.
both() {
	local names=$1 name
	shift
	for name in $names; do
		"$@" "$ours/$name"
		"$@" "$peers/$name/usr/bin/$name"
	done
}

ends_its_options() {
	is "$(code_of "$1" -- sh -c 'exit 3')" 3 "$1"
	is "$(POSIXLY_CORRECT=1 code_of "$1" sh -c 'exit 3')" 3 "$1"
}

@test "options end where the command begins" {
	both "tini dumb-init catatonit" ends_its_options
	# Ours never takes the command's for its own.
	is "$(code_of "$ours/tini" sh -c 'exit 3')" 3
	is "$(code_of "$ours/catatonit" sh -c 'exit 3')" 3
}

tini_words() {
	is "$(code_of "$1" --version true)" 1 "$1"
	is "$(code_of "$1" -s -e '' -- true)" 0 "$1"
	is "$(code_of "$1" -s -e 3 -e 4 -- sh -c 'exit 4')" 0 "$1"
	is "$(code_of "$1" true)" 0 "$1"
	grep -q '^\[WARN  tini ([0-9]*)\] ' err
	is "$(TINI_VERBOSITY=0 code_of "$1" true)" 0 "$1"
	[ ! -s err ]
	is "$(code_of "$1" -s true)" 0 "$1"
	[ ! -s err ]
	is "$(TINI_SUBREAPER=x TINI_KILL_PROCESS_GROUP=y TINI_VERBOSITY=1 "$1" \
		-- sh -c 'echo "$TINI_SUBREAPER$TINI_KILL_PROCESS_GROUP$TINI_VERBOSITY"')" \
		xy1 "$1"
}

@test "tini: a version alone, -e again and empty, its warning, its variables" {
	both tini tini_words
}

dumb_words() {
	local ids='read -r pid _ _ _ _ session _ </proc/self/stat
		echo $((pid == session))'
	is "$(DUMB_INIT_SETSID=no "$1" bash -c "$ids")" 1 "$1"
	is "$(DUMB_INIT_SETSID=0 "$1" bash -c "$ids")" 0 "$1"
	DUMB_INIT_DEBUG=yes "$1" true 2>err
	[ ! -s err ]
	DUMB_INIT_DEBUG=1 "$1" true 2>err
	grep -q '^\[dumb-init\] ' err
	printf '#!%s /bin/sh\necho by a line; exit 5\n' "$1" >line
	chmod 755 line
	is "$(code_of ./line)" 5 "$1"
	is "$(cat out)" 'by a line' "$1"
}

@test "dumb-init: its variables to the letter; as an interpreter" {
	both dumb-init dumb_words
}

# Until the process is in this state; its child is $CHILD then.
state_is() {
	local pid=$1 state=$2 end=$((SECONDS + 30))
	until [ "$(sed -n 's/^State:[[:blank:]]*\(.\).*/\1/p' \
		"/proc/$pid/status")" = "$state" ]; do
		[ $SECONDS -lt $end ] || return 1
	done
}

stops() {
	exec 7<>heard
	"$1" bash -c 'echo $$ >&7; exec sleep 1000' 3>&- &
	pid=$!
	read -r -t 30 CHILD <&7
	kill -TSTP $pid
	state_is "$CHILD" T
	state_is $pid T
	kill -CONT $pid
	state_is "$CHILD" S
	state_is $pid S
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	is "$status" 143 "$1"
}

@test "dumb-init: TSTP stops the command and dumb-init, CONT resumes both" {
	both dumb-init stops
}

says_goodbye() {
	mkfifo "told$$.${1//\//_}"
	exec 8<>"told$$.${1//\//_}"
	# shellcheck disable=SC2016
	"$1" bash -c 'bash -c "trap \"echo term >&8; exit\" TERM; echo up >&8
		while :; do read -r -t 1 _ <>heard; done" & read -r _ <&8; exit 6' \
		3>&- || status=$?
	is "$status" 6 "$1"
	read -r -t 30 got <&8
	is "$got" term "$1"
}

@test "dumb-init: the command's end is TERM to its group" {
	both dumb-init says_goodbye
}

goes_on() {
	exec 7<>heard
	"$1" -- bash -c 'echo $$ >&7; kill -STOP $$; exit 9' 3>&- &
	pid=$!
	read -r -t 30 CHILD <&7
	state_is "$CHILD" T
	state_is $pid S
	kill -CONT "$CHILD"
	status=0
	wait $pid || status=$?
	is "$status" 9 "$1"
}

@test "a command that is stopped is waited for" {
	both "tini dumb-init catatonit" goes_on
}

# The reaper of an orphan is its parent.
adopts() {
	exec 7<>heard
	local pid parent
	# shellcheck disable=SC2016
	"$@" bash -c '(bash -c "until [ \$(cut -d\  -f4 /proc/\$\$/stat) = $PPID ]
		do :; done; echo mine >&7" &); read -r x <>/dev/null; exec sleep 1000' 3>&- &
	pid=$!
	read -r -t 30 parent <&7
	is "$parent" mine "$@"
	kill -TERM $pid
	wait $pid || :
}

@test "catatonit is a subreaper, tini with -s" {
	adopts "$ours/catatonit" --
	adopts "$peers/catatonit/usr/bin/catatonit" --
	adopts "$ours/tini" -s --
	adopts "$peers/tini/usr/bin/tini" -s --
}

hears_death() {
	exec 7<>heard
	# shellcheck disable=SC2016
	bash -c '"$1" -s -p SIGUSR1 -- bash -c "trap \"echo usr1 >&7; exit\" USR1
		echo up >&7; while :; do read -r -t 1 _ <>idle; done" 3>&- &
		read -r _ <&7' sh "$1"
	read -r -t 30 got <&7
	is "$got" usr1 "$1"
}

@test "tini -p: the parent's death is a signal for the command" {
	mkfifo idle
	both tini hears_death
}

@test "catatonit: TSTP, TTIN and TTOU stay with it, and are not blocked below" {
	# shellcheck disable=SC2016
	is "$("$ours/catatonit" -- sh -c 'grep SigBlk /proc/self/status' | tr -d '\t')" \
		"$(grep SigBlk /proc/self/status | tr -d '\t')"
	exec 7<>heard
	mkfifo told
	"$ours/catatonit" -- bash -c 'trap "echo usr1 >&7; exit 4" USR1; echo up >&7
		while :; do read -r -t 1 _ <>told; done' 3>&- &
	pid=$!
	read -r -t 30 _ <&7
	kill -TSTP $pid
	kill -TTIN $pid
	kill -USR1 $pid
	read -r -t 30 got <&7
	is "$got" usr1
	status=0
	wait $pid || status=$?
	is "$status" 4
}

# A user who may have no process more.
cannot_fork() {
	exec 8<"$1"
	# shellcheck disable=SC2016
	is "$(code_of setpriv --reuid=54321 --clear-groups prlimit --nproc=0 \
		bash -c 'exec -a "$1" /proc/self/fd/8 -- true' sh "${1##*/}")" \
		1 "$1"
	[ "$(wc -l <err)" -ge 1 ]
	exec 8<&-
}

@test "no process may be made: 1, and said" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	both "tini dumb-init catatonit" cannot_fork
	cannot_fork "$ours/init"
}
