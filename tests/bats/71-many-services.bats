# Many services in one container: what a main command's end, an exit code, a
# stop, a log line and a probe mean there.
# shellcheck shell=bash

load container

setup() {
	container_setup
	WORDS=(--container)
}

teardown() {
	container_teardown
}

@test "the command's exit code is the container's, 128+n for a signal" {
	run_of web <<<'exec sleep 1000'
	gives 0 -- true
	gives 7 -- sh -c 'exit 7'
	gives 143 -- sh -c 'kill -TERM $$'
	gives 168 -- bash -c 'kill -40 $$'
}

@test "--services=DIR with a command needs no --container" {
	run_of web <<<'exec sleep 1000'
	WORDS=()
	gives 5 -- sh -c 'exit 5'
}

@test "a command that cannot be run: 127, 126, and its name" {
	echo 'echo by sh; exit 3' >script
	gives 127 -- no-such-program
	grep -q 'main: cannot execute: no-such-program: no such' err
	gives 126 -- "$T/script"
	chmod 755 script
	gives 3 -- "$T/script"
	has out 'by sh'
}

@test "bad input: one clear line, and 100" {
	gives 100 --bogus -- true
	grep -q 'no such option: --bogus' err
	gives 100 --
	gives 100 -- ''
	[ "$(grep -c 'no command was given' err)" = 2 ]
	gives 100 --output=loud
	gives 100 --grace=soon -- true
	grep -q -- '--grace=soon: not a value' err
	gives 100 --stop-signal=SIGNONE -- true
	gives 100 true
	grep -q 'true: no option; a command stands after --' err
	[ ! -s out ]
}

@test "help and version are answered in a container too" {
	unshare --pid --fork "$BIN/init" --version | grep -q '^trivet '
	unshare --pid --fork "$BIN/init" --help | grep -q -- '--container'
}

@test "oneshots with needs are set-up, and the command comes after them" {
	file migrate <<-'E'
		type = oneshot
		needs = database
		up = sh -c "echo migrated"
	E
	once database <<<'echo prepared'
	gives 0 -- echo the command
	printf '%s\n' 'database: prepared' 'migrate: migrated' 'the command' |
		diff - out
}

@test "a set-up that fails does not hold the command up" {
	file broken <<-'E'
		type = oneshot
		up = false
	E
	gives 4 -- sh -c 'exit 4'
}

@test "--no-wait: the command does not wait" {
	mkfifo go
	file slow <<-E
		type = oneshot
		up = sh -c "read -r x <$T/go; echo ready"
	E
	start --no-wait -- sh -c "echo >$T/go; exec sleep 1000"
	says out 'slow: ready'
	signal TERM
	ends 0
}

@test "a service's end is none of the container's: it is started again" {
	file flaky <<-E
		run = sh -c "echo run; [ -e $T/second ] && exec sleep 1000; : >$T/second"
		restart = always 10ms
	E
	start
	await test -e second
	await count_is out 'flaky: run' 2
	signal TERM
	ends 0
}

count_is() { [ "$(grep -cxF -e "$2" "$1")" = "$3" ]; }

@test "every usual stop signal, and the image's own" {
	file web <<<'run = sh -c "echo here; exec sleep 1000"'
	local sig
	for sig in TERM INT QUIT PWR 37 USR1 WINCH VTALRM 44; do
		: >out
		start
		says out 'web: here'
		signal "$sig"
		ends 0
	done
	for sig in HUP ALRM; do
		: >out
		start "--stop-signal=SIG$sig"
		says out 'web: here'
		signal "$sig"
		ends 0
	done
}

@test "what a process in the container sends is no stop signal" {
	file web <<<'run = sh -c "kill -USR1 1; kill -WINCH 1; kill -VTALRM 1; echo sent; exec sleep 1000"'
	start
	says out 'web: sent'
	signal HUP
	await svc -r run wait -t 30s up web
	signal TERM
	ends 0
}

@test "the image's own stop signal goes to the command that it was chosen for" {
	start -- sh -c 'trap "exit 17" WINCH; echo up; while :; do sleep 1000 & wait; done'
	says out up
	signal WINCH
	ends 17
}

# EARLY_RUNS=10000 for a night.
@test "a stop signal at any moment of the start stops it" {
	file db <<<'run = sleep 1000'
	file web <<-'E'
		run = sleep 1000
		needs = db
	E
	"$BIN/../tests/bats/early" "${EARLY_RUNS:-100}" 60000 0 \
		"$BIN/init" --container --services="$T/sv" </dev/null 3>&-
}

# A service that tells its end.
tells() {
	cat <<-E
		run = sh -c "trap 'echo stopped; exit 0' TERM; echo up; while :; do sleep 1000 & wait; done"
		$1
	E
}

@test "the stop is in reverse order along the graph" {
	tells '' | file database
	tells 'needs = database' | file app
	start -- sh -c 'trap "echo command stopped; exit 0" TERM; echo command up
		while :; do sleep 1000 & wait; done'
	says out 'command up'
	says out 'app: up'
	signal TERM
	ends 0
	grep stopped out >order
	printf '%s\n' 'command stopped' 'app: stopped' 'database: stopped' |
		diff - order
}

# A service that ignores TERM, and says that it did.
stubborn() {
	echo "run = sh -c \"trap 'echo no' TERM; echo up; while :; do sleep 1000 & wait; done\""
}

@test "the grace holds TERM, the wait and KILL; who waits behind is told too" {
	tells '' | file database
	{
		stubborn
		echo 'needs = database'
	} | file app
	start --grace=2s
	says out 'app: up'
	signal TERM
	ends 0
	has out 'app: no'
	has out 'database: stopped'
	grep -q 'KILL to what is left' err
}

@test "it ends when the last process has gone, whatever the grace" {
	tells '' | file web
	start --grace=1h
	says out 'web: up'
	signal TERM
	ends 0
}

@test "a second signal hurries, and what was said still comes out" {
	stubborn | file app
	tells '' | file web
	start --grace=1h
	says out 'app: up'
	says out 'web: up'
	signal TERM
	says out 'app: no'
	signal TERM
	ends 0
	has out 'web: stopped'
}

@test "told to stop, the code is 0, or the command's with --pass-exit" {
	local command='trap "exit 9" TERM; echo up; while :; do sleep 1000 & wait; done'
	start -- sh -c "$command"
	says out up
	signal TERM
	ends 0
	: >out
	start --pass-exit -- sh -c "$command"
	says out up
	signal TERM
	ends 9
}

@test "a code that was given is kept when a signal comes on top" {
	stubborn | file app
	start --grace=1h -- sh -c 'exit 6'
	says out 'app: no'
	signal TERM
	ends 6
}

@test "signals without a meaning of their own are the command's" {
	start -- sh -c 'trap "echo hup" HUP; trap "exit 8" USR1; echo up
		while :; do sleep 1000 & wait; done'
	says out up
	signal HUP
	says out hup
	signal USR1
	ends 8
}

@test "lines have their service's name, standard output and error stay apart" {
	file web <<<'run = sh -c "echo one; echo two >&2; printf three; exec sleep 1000"'
	run_of old <<<'echo four; exec sleep 1000'
	start
	says out 'web: one'
	says err 'web: two'
	says out 'old: four'
	signal TERM
	ends 0
	has out 'web: three'
	! grep -q two out
}

@test "JSON lines, and lines as they come" {
	once web <<<"printf 'a \"b\"\t\\\\x\\n'"
	gives 0 --output=json -- true
	python3 -c '
import json
with open("out") as f:
    for line in f:
        print(json.loads(line))' >parsed
	grep -qF "{'service': 'web', 'stream': 'stdout', 'message': 'a \"b\"" parsed
	: >out
	once web <<<'echo plain >&2'
	gives 0 --output=raw -- true
	has err plain
}

@test "nothing is lost at the end: 20,000 lines said after the stop" {
	file web <<-'E'
		run = sh -c "trap 'seq 20000; echo; seq 20000 >&2; exit 0' TERM; echo up; while :; do sleep 1000 & wait; done"
	E
	start
	says out 'web: up'
	signal TERM
	ends 0
	seq 20000 | sed 's/^/web: /' >expected
	sed -n 's/^web: [0-9]/&/p' out | diff expected -
	sed -n 's/^web: [0-9]/&/p' err | diff expected -
}

@test "a reader that is slow loses nothing, and holds up only who writes" {
	mkfifo slow
	file web <<<'run = sh -c "seq 30000; exec sleep 1000"'
	exec 8<>slow
	unshare --pid --fork --mount-proc "$BIN/init" --services="$T/sv" \
		--container </dev/null >slow 2>>err 3>&- 8>&- &
	CONTAINER=$!
	# The tree works though nobody reads.
	await svc -r run wait -t 30s ready web
	cat <&8 >>out 3>&- &
	READER=$!
	says out 'web: 30000'
	signal TERM
	ends 0
	kill "$READER"
	exec 8>&-
	seq 30000 | sed 's/^/web: /' | diff - out
}

@test "lines are whole though svcd is killed among them" {
	file web <<<'run = sh -c "seq 30000; exec sleep 1000"'
	local i
	start
	for i in 1 2 3; do
		await another_svcd
		kill -KILL "$KEPT"
	done
	says out 'web: 30000'
	signal TERM
	ends 0
	# A line may come twice, none is missing, none is torn.
	seq 30000 | sed 's/^/web: /' >expected
	uniq out | sort -t ' ' -k 2n -u | diff expected -
}

# KEPT is svcd, its pid out here, and not the one that it was before.
another_svcd() {
	local p init
	init=$(init_pid)
	for p in $(cat "/proc/$init/task/$init/children"); do
		[ "$p" != "${KEPT:-}" ] || continue
		[ "$(readlink "/proc/$p/exe")" = "$BIN/svcd" ] || continue
		KEPT=$p
		return
	done
	return 1
}

@test "svcd is killed: the command goes on, and its code is the container's" {
	mkfifo go
	start -- sh -c "echo up; read -r x <$T/go; exit 12"
	says out up
	another_svcd
	kill -KILL "$KEPT"
	await svc -r run list >/dev/null
	echo >go
	ends 12
	count_is out up 1
}

@test "the environment reaches services, or is shut out" {
	once web <<<'echo "[$WORD]"'
	WORD=given start -- sh -c 'echo "($WORD)"'
	ends 0
	has out 'web: [given]'
	has out '(given)'
	: >out
	WORD=given start --clear-env -- sh -c 'echo "($WORD)"'
	ends 0
	has out 'web: []'
	has out '(given)'
}

@test "an error in one service: the sound ones start; --strict refuses" {
	file bad <<<'rum = false'
	file good <<<'run = sh -c "echo good; exec sleep 1000"'
	start
	says out 'good: good'
	grep -q 'bad: .*rum' err
	signal TERM
	ends 0
	: >out
	gives 100 --strict -- echo never
	[ ! -s out ]
}

@test "svc health: ready, live, per service, stopping" {
	mkfifo go
	file app <<-E
		type = oneshot
		up = sh -c "read -r x <$T/go"
	E
	file off <<-'E'
		run = sleep 1000
		autostart = no
	E
	file web <<<'run = sleep 1000'
	start
	await svc -r run wait -t 30s ready web
	run svc -r run health
	[ "$status" = 1 ]
	[[ $output == app:\ starting* ]]
	run svc -r run health web
	[ "$status" = 0 ]
	run svc -r run health off
	[ "$status" = 1 ]
	svc -r run health --live
	echo >go
	await svc -r run health -q
	[ "$(svc -r run health -j)" = '{"ready":true,"stopping":false,"troubles":[]}' ]
	run svc -r run health no-such
	[ "$status" != 0 ]
	signal TERM
	ends 0
	run svc -r run health
	[ "$status" = 111 ]
}

@test "a service that failed for good is not live" {
	file app <<-'E'
		run = false
		restart = never
	E
	start
	await not_live
	svc -r run health --live | grep -q '^app: failed'
	signal TERM
	ends 0
}

not_live() { ! svc -r run health -lq; }

@test "readiness goes up by NOTIFY_SOCKET, and services do not see it" {
	mkfifo go
	python3 - "$T" >told 3>&- <<-'E' &
		import os, socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1] + "/notify")
		while True:
		    m = s.recv(4096).decode()
		    print(m.replace("\n", " "), flush=True)
		    if "STOPPING" in m: break
	E
	await test -S notify
	file app <<-E
		type = oneshot
		up = sh -c "read -r x <$T/go"
	E
	run_of web <<<'echo "[$NOTIFY_SOCKET]"; exec sleep 1000'
	NOTIFY_SOCKET=$T/notify start
	says out 'web: []'
	[ ! -s told ]
	echo >go
	says told 'READY=1 STATUS=2 services up, 0 failed'
	signal TERM
	says told 'STOPPING=1'
	ends 0
}

@test "an essential service, or on-failed = exit: the container ends with its code" {
	file web <<-'E'
		run = sh -c "exit 31"
		restart = never
		essential = yes
	E
	gives 31
	file web <<-'E'
		run = sh -c "exit 32"
		restart = on-failure 10ms, 2 in 1m
		on-failed = exit
	E
	gives 32
	file web <<-'E'
		run = sh -c "exit 33"
		restart = never
		on-failed = exit 34
	E
	gives 34 -- sleep 1000
}

@test "an essential set-up: the container goes on when it is done, or ends" {
	file setup <<-'E'
		type = oneshot
		up = sh -c "exit $CODE"
		essential = yes
	E
	CODE=0 gives 5 -- sh -c 'svc health -q && exit 5'
	CODE=35 gives 35 -- sleep 1000
}

@test "svc poweroff in it ends it with 0, in order" {
	tells '' | file db
	start
	says out 'db: up'
	svc -r run poweroff
	ends 0
	has out 'db: stopped'
}

@test "a file that changes is seen" {
	file web <<<'run = sh -c "echo one; exec sleep 1000"'
	start
	says out 'web: one'
	file web <<<'run = sh -c "echo two; exec sleep 1000"'
	file more <<<'run = sh -c "echo more; exec sleep 1000"'
	says out 'more: more'
	svc -r run restart web
	says out 'web: two'
	signal TERM
	ends 0
}

@test "secrets are files: a service that asks has them, nobody else" {
	mkdir secrets
	echo hush >secrets/PASSWORD
	once web <<<'echo "[$PASSWORD]"'
	echo "env-dir = $T/secrets" >>sv/web
	once other <<<'echo "[$PASSWORD]"'
	gives 0 -- sh -c 'echo "($PASSWORD)"'
	has out 'web: [hush]'
	has out 'other: []'
	has out '()'
}

# --- below another init

# As start, but not PID 1: its parent is this shell.
start_below() {
	"$BIN/init" --services="$T/sv" --container "$@" \
		</dev/null >>out 2>>err 3>&- &
	CONTAINER=$!
}

@test "below another init: the same, and orphans are its own" {
	once web <<<'echo up'
	start_below -- sh -c '(setsid sh -c "echo \$\$ >orphan; exec sleep 1000" &)
		while ! [ -s orphan ]; do read -r x <>/dev/null; done
		svc health -q; echo "health $?"; exit 21'
	ends 21
	has out 'web: up'
	has out 'health 0'
	# What the command left is gone with the container.
	! kill -0 "$(cat orphan)"
}

@test "below another init: nobody else's process is signalled" {
	sleep 1000 3>&- &
	local bystander=$!
	stubborn | file app
	start_below --grace=500ms
	says out 'app: up'
	kill -TERM "$CONTAINER"
	ends 0
	kill "$bystander"
	local status=0
	wait "$bystander" || status=$?
	[ "$status" = 143 ]
}

@test "below another init without a word: a container is recognized" {
	file web <<<'run = sh -c "echo up; exec sleep 1000"'
	container=some SVDIR=$T/sv "$BIN/init" </dev/null >>out 2>>err 3>&- &
	CONTAINER=$!
	says out 'web: up'
	# A second one is refused: it would start everything twice.
	run env container=some SVDIR="$T/sv" "$BIN/init"
	[ "$status" = 111 ]
	[[ $output == *another\ svcd\ runs\ here* ]]
	kill -TERM "$CONTAINER"
	ends 0
}
