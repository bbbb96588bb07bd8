# The life of a service: what it is born with, letters, scripts, logs.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

up() {
	enable "$1"
	tree_start
	await is_up "$1"
}

@test "a service has a session and a process group of its own" {
	sleeper a
	up a
	pid=$(pid_of a)
	read -r _ _ _ _ pgrp session tty _ <"/proc/$pid/stat"
	[ "$pgrp" = "$pid" ]
	[ "$session" = "$pid" ]
	[ "$tty" = 0 ]
}

@test "a service begins with default signals, none blocked, and umask 022" {
	make a <<<"umask >$D/umask; exec sleep 1000"
	(trap '' HUP PIPE USR1 && umask 077 && exec env) >/dev/null
	enable a
	(
		trap '' HUP PIPE USR1
		umask 077
		exec "$SVCD" -r "$D/run" "$D/scan" </dev/null >"$D/said" 2>&1 3>&-
	) &
	KEEPER=$!
	await is_up a
	pid=$(pid_of a)
	await has_line "$D/umask" '^0*22$'
	grep -q 'SigBlk:.0000000000000000' "/proc/$pid/status"
	grep -q 'SigIgn:.0000000000000000' "/proc/$pid/status"
}

@test "a service inherits no descriptor but 0, 1 and 2" {
	sleeper a
	up a
	await has_line "/proc/$(pid_of a)/cmdline" sleep
	[ "$(ls "/proc/$(pid_of a)/fd" | tr '\n' ' ')" = '0 1 2 ' ]
}

@test "run is called ./run, in its directory, with PWD the physical path" {
	make a <<<"echo \"\$0 \$# \$PWD \$(pwd -P)\" >$D/out; exec sleep 1000"
	up a
	await has_line "$D/out" "^./run 0 $D/sv/a $D/sv/a$"
}

@test "the environment of svcd is the service's" {
	make a <<<"env >$D/env; exec sleep 1000"
	enable a
	tree_start env GREETING=hello "$SVCD" -r "$D/run" "$D/scan"
	await has_line "$D/env" '^GREETING=hello$'
}

# In hundredths of a second, as the kernel has it: load changes nothing.
@test "at least a second lies between two starts" {
	make a <<<"cut -d' ' -f22 /proc/\$\$/stat >>$D/starts; exit 0"
	enable a
	tree_start
	AWAIT=30 await count_is "$D/starts" . 3
	awk 'NR > 1 && $1 - last < 99 { bad = 1 } { last = $1 }
		END { exit bad }' "$D/starts"
}

@test "a service that has run for more than a second is back at once" {
	make a <<<"date +%s%N >>$D/starts; exec sleep 1000"
	up a
	pid=$(pid_of a)
	began=$(head -n 1 "$D/starts")
	older() { [ $(($(date +%s%N) - began)) -gt 1100000000 ]; }
	await older
	"$TOP/build/bin/svc" -r "$D/run" events a >"$D/events" 3>&- &
	listener=$!
	heard() { send a p && send a c && [ -s "$D/events" ]; }
	AWAIT=30 await heard
	kill -KILL "$pid"
	AWAIT=30 await is_up_not a "$pid"
	AWAIT=30 await has_line "$D/events" "a: up (pid $(pid_of a))"
	kill "$listener"
	run ! grep backoff "$D/events"
}

@test "what is edited while it waits for its restart is in force then" {
	make a <<<"echo \$X >>$D/out"
	printf 'restart = always 5s\nenv = X=former\n' >"$D/sv/a/service"
	enable a
	tree_start
	await has_line "$D/out" former
	await is_down a
	printf 'restart = always 100ms\nenv = X=latter\n' >"$D/sv/a/service"
	await has_line "$D/out" latter
	count_is "$D/out" former 1
}

@test "finish is told the exit code" {
	make a <<<'exit 7'
	script a/finish <<<"echo \"\$0 \$1 \$2 \$3\" >>$D/out; exec sleep 1000"
	enable a
	tree_start
	await has_line "$D/out" '^./finish 7 0 a$'
	await stat_is a finish
	send a k
}

@test "finish is told -1 and the signal" {
	sleeper a
	script a/finish <<<"echo \"\$1 \$2\" >>$D/out"
	up a
	kill -TERM "$(pid_of a)"
	await has_line "$D/out" '^-1 15$'
}

@test "a hung finish can be ended by the letter k" {
	make a <<<'exit 0'
	script a/finish <<<'exec sleep 1000'
	enable a
	tree_start
	await stat_is a finish
	send a dk
	await is_down a
}

@test "what cannot be executed exits 111 and is said" {
	mkdir "$D/sv/a"
	echo 'no program' >"$D/sv/a/run"
	script a/finish <<<"echo \"\$1 \$2\" >>$D/out"
	enable a
	tree_start
	await has_line "$D/out" '^111 0$'
	await has_line "$D/said" 'a: cannot execute: permission denied'
}

@test "letters u, d and o" {
	sleeper a
	up a
	send a d
	await is_down a
	send a o
	await stat_is a 'run, want down'
	kill -TERM "$(pid_of a)"
	await is_down a
	send a u
	await is_up a
	send a o
	await stat_is a 'run, want down'
	kill -TERM "$(pid_of a)"
	await is_down a
}

@test "letters t and k end the process, which is started again" {
	sleeper a
	up a
	pid=$(pid_of a)
	send a t
	await is_up_not a "$pid"
	pid=$(pid_of a)
	send a k
	await is_up_not a "$pid"
}

@test "letters p and c stop the process and let it go on" {
	sleeper a
	up a
	state() { [ "$(cut -d' ' -f3 "/proc/$(pid_of a)/stat")" = "$1" ]; }
	send a p
	await state T
	await stat_is a 'run, paused'
	send a c
	await state S
	await stat_is a run
}

@test "letters h a i q 1 2 send their signals" {
	make a <<E
for s in HUP ALRM INT QUIT USR1 USR2; do trap "echo \$s >>$D/out" \$s; done
echo ready >>$D/out
while :; do sleep 1000 & wait; done
E
	up a
	await has_line "$D/out" ready
	for pair in h:HUP a:ALRM i:INT q:QUIT 1:USR1 2:USR2; do
		send a "${pair%:*}"
		await has_line "$D/out" "^${pair#*:}$"
	done
	end_session "$(pid_of a)"
}

@test "letter x stops the service and leaves it alone" {
	sleeper a
	up a
	pid=$(pid_of a)
	send a x
	await is_gone "$pid"
	await is_down a
	gone() { ! is_supervised a; }
	await gone
	kill -HUP "$KEEPER"
	sleeper b
	enable b
	await is_up b
	gone
	rm "$D/scan/a"
	enable a
	await is_up a
}

@test "d gives a stopped process its CONT" {
	sleeper a
	up a
	send a p
	await stat_is a 'run, paused'
	send a d
	await is_down a
}

@test "a wish that comes while it stops is not lost" {
	make a <<<"trap 'sleep 0.2; exit' TERM; echo r >$D/out; while :; do sleep 1000 & wait; done"
	up a
	await has_line "$D/out" r
	pid=$(pid_of a)
	send a d
	send a u
	await is_up_not a "$pid"
	end_session "$pid"
	end_session "$(pid_of a)"
}

@test "control/t instead of TERM, its exit 0 handles it" {
	sleeper a
	script a/control/t <<<"echo \"t \$1\" >>$D/out; exit 0"
	up a
	pid=$(pid_of a)
	send a t
	await has_line "$D/out" "^t $pid$"
	[ "$(pid_of a)" = "$pid" ]
	script a/control/t <<<"echo again >>$D/out; exit 1"
	send a t
	await is_up_not a "$pid"
}

@test "control/u runs before every start and control/d after the signal" {
	sleeper a
	script a/control/u <<<"echo u >>$D/out"
	script a/control/d <<<"echo d >>$D/out"
	up a
	count_is "$D/out" '^u$' 1
	send a d
	await is_down a
	await has_line "$D/out" '^d$'
	send a u
	await is_up a
	count_is "$D/out" '^u$' 2
}

@test "commands are taken while a control script runs" {
	sleeper a
	script a/control/t <<<"echo \$\$ >>$D/out; exec sleep 1000"
	up a
	send a t
	await has_line "$D/out" .
	pid=$(pid_of a)
	send a k
	await is_up_not a "$pid"
	kill -KILL "$(cat "$D/out")"
}

@test "the status files have runit's formats and modes" {
	sleeper a
	up a
	cd "$D/sv/a/supervise"
	[ "$(stat -c %s status)" = 20 ]
	[ "$(stat -c %a . control ok lock pid stat status | tr '\n' ' ')" = \
		'700 600 600 600 644 644 644 ' ]
	[ -p control ] && [ -p ok ]
	[ "$(cat stat)" = run ]
	[ "$(od -An -tu4 -j12 -N4 --endian=little status | tr -d ' ')" = \
		"$(cat pid)" ]
	[ "$(od -An -c -j17 -N1 status | tr -d ' ')" = u ]
	[ "$(od -An -tu1 -j19 -N1 status | tr -d ' ')" = 1 ]
}

@test "while one is slow to stop the status files tell of the others" {
	make a <<<"trap : TERM; while ! [ -e $D/go ]; do sleep 0.05; done"
	sleeper b
	enable b
	up a
	await is_up b
	kill -TERM "$KEEPER"
	await is_down b
	is_up a || [ "$(stat_of a)" = 'run, got TERM, want down' ]
	touch "$D/go"
	tree_end
	is_down a
}

@test "a service is reached through its directory and the scan link" {
	sleeper a
	up a
	[ "$D/sv/a/supervise/control" -ef "$D/scan/a/supervise/control" ]
	printf d >"$D/scan/a/supervise/control"
	await is_down a
}

@test "supervise may be a link whose target is made" {
	sleeper a
	mkdir "$D/elsewhere"
	ln -s "$D/elsewhere/supervise.a" "$D/sv/a/supervise"
	up a
	[ -p "$D/elsewhere/supervise.a/ok" ]
}

# sv of ours, which finds the tree's files by TRIVET_RUN.
sv_of_ours() {
	ln -sf "$TOP/build/bin/svc" "$D/bin/sv"
	TRIVET_RUN=$D/run SVDIR=$D/scan "$D/bin/sv" "$@"
}
sv_says() { sv_of_ours status "$1" | grep -q "$2"; }

@test "where supervise cannot be made it has another place, said once" {
	make a <<<"echo run >>$D/out; exec sleep 1000"
	ln -s /proc/no/such/place "$D/sv/a/supervise"
	enable a
	tree_start
	await has_line "$D/out" run
	await sv_says a '^run: a: '
	sv_of_ours -w 30 restart a
	await count_is "$D/out" run 2
	count_is "$D/said" 'a: cannot write supervise' 1
}

@test "a tree that is read-only is supervised, and sv and svc reach it" {
	make a <<'END'
echo line
exec sleep 1000
END
	script a/log/run <<<"exec cat >>$D/logged"
	mkdir "$D/sv/a/supervise" # and files of an earlier day
	mkfifo "$D/sv/a/supervise/ok"
	enable a
	tree_start unshare -m sh -c 'mount --bind "$1" "$1" &&
	    mount -o remount,bind,ro "$1" && shift && exec "$@"' \
		- "$D/sv" "$SVCD" -r "$D/run" "$D/scan"
	await has_line "$D/logged" line
	await sv_says a '^run: a: .*; run: log: '
	sv_of_ours -w 30 down a
	sv_says a '^down: a: .*; run: log: '
	TRIVET_RUN=$D/run "$TOP/build/bin/svc" up a
	await sv_says a '^run: a: '
	[ "$(ls "$D/sv/a/supervise")" = ok ]
	count_is "$D/said" 'a: cannot write supervise.*read-only' 1
	count_is "$D/said" 'a/log: cannot write supervise.*read-only' 1
}

@test "a directory that another supervisor holds is left alone" {
	make a <<<"echo run >>$D/out; exec sleep 1000"
	sleeper b
	mkdir "$D/sv/a/supervise"
	exec 8>"$D/sv/a/supervise/lock"
	flock -n 8
	enable a
	enable b
	tree_start
	await is_up b
	await has_line "$D/said" 'a: cannot lock supervise'
	[ ! -e "$D/out" ]
	exec 8>&-
}

@test "a logger reads what its service says" {
	make a <<<'echo hello; exec sleep 1000'
	script a/log/run <<<"exec cat >>$D/out"
	up a
	await has_line "$D/out" hello
	await is_up a/log
}

@test "the pipe to the logger outlives both sides" {
	make a <<<"echo line; while ! [ -e $D/go ]; do sleep 0.05; done; echo more; exec sleep 1000"
	script a/log/run <<<"while read -r x; do echo \"\$x\" >>$D/out; done"
	up a
	await has_line "$D/out" line
	pid=$(pid_of a)
	kill -KILL "$(pid_of a/log)"
	touch "$D/go"
	await has_line "$D/out" more
	[ "$(pid_of a)" = "$pid" ]
	await is_up a/log
	log=$(pid_of a/log)
	kill -KILL "$pid"
	await count_is "$D/out" line 2
	[ "$(pid_of a/log)" = "$log" ]
}

@test "with its service a logger ends at the end of its input" {
	make a <<<'echo first; exec sleep 1000'
	script a/log/run <<<"cat >>$D/out; echo over >>$D/out"
	up a
	await has_line "$D/out" first
	rm "$D/scan/a"
	await has_line "$D/out" over
	await is_down a/log
}

@test "a log/ that is made is written to from the next start on" {
	make a <<<'echo run; exec sleep 1000'
	up a
	await has_line "$D/said" run
	script a/log/run <<<"exec cat >>$D/out"
	send a t
	await count_is "$D/out" run 1
	is_up a/log
}

@test "a log/ that is removed is written to no more from the next start on" {
	make a <<<'echo run; exec sleep 1000'
	script a/log/run <<<"cat >>$D/out; echo over >>$D/out"
	up a
	await has_line "$D/out" run
	rm -r "$D/sv/a/log"
	[ ! -s "$D/said" ]
	send a t
	await has_line "$D/said" run
	await has_line "$D/out" over
	count_is "$D/out" run 1
}

@test "another log/ in its place is controlled there, and runs when it is told" {
	make a <<<'while :; do echo $$; sleep 0.05; done'
	script a/log/run <<<"exec cat >>$D/out"
	up a
	await is_up a/log
	former=$(pid_of a/log)
	mv "$D/sv/a/log" "$D/log"
	script a/log/run <<<"exec cat >>$D/other"
	"$TOP/build/bin/svc" -r "$D/run" rescan
	await is_up a/log
	[ "$(pid_of a/log)" = "$former" ]
	send a/log t
	await is_up_not a/log "$former"
	await has_line "$D/other" "$(pid_of a)"
}

# A logger that does nothing in its first life and waits long for its second.
reads_later() {
	script a/log/run <<<"[ -e $D/go ] || exec sleep 1000; exec cat >>$D/out"
	echo "restart = always ${1:-1h}" >"$D/sv/a/log/service"
	make a <<<"echo last; touch $D/is_said; exec sleep 1000"
	up a
	await test -e "$D/is_said"
	await is_up a/log
	touch "$D/go"
	kill -KILL "$(pid_of a/log)"
	await is_down a/log
}

@test "at the end a killed logger comes back at once for lines that wait" {
	reads_later
	tree_end
	[ "$(cat "$D/out")" = last ]
}

@test "a logger that hangs at the end takes no lines from another" {
	make a <<<'exec sleep 1000'
	script a/log/run <<<"trap 'touch $D/is_late; exit' TERM; while :; do sleep 0.05; done"
	make b <<<"trap 'while ! [ -e $D/is_late ]; do sleep 0.05; done; echo last; exit' TERM
		echo first; while :; do sleep 0.05; done"
	script b/log/run <<<"exec cat >>$D/out"
	enable b
	up a
	await is_up a/log
	await has_line "$D/out" first
	tree_end
	[ "$(tail -n1 "$D/out")" = last ]
}

@test "a service that is removed leaves its lines to its killed logger" {
	reads_later 2s
	rm "$D/scan/a"
	await has_line "$D/out" last
	await is_forgotten a/log
}

# A logger that has read everything, and then takes its time to go.
ends_late() {
	mkfifo "$D/$1.go"
	script "$1/log/run" <<-EOF
		cat >>$D/of-$1
		touch $D/$1.ends
		[ -e $D/free ] || read -r x <>$D/$1.go
	EOF
	make "$1" <<<"echo \$\$; exec sleep 1000"
	enable "$1"
}
# away NAME: it runs, and then it is removed; its logger has not left yet. `old`
# was its process.
away() {
	tree_start
	await has_line "$D/of-$1" .
	old=$(pid_of "$1")
	rm "$D/scan/$1"
	await test -e "$D/$1.ends"
}
comes_back() {
	ln -s "$D/sv/$1" "$D/scan/$1"
	await is_up_not "$1" "$old"
}
is_forgotten() { ! "$TOP/build/bin/svc" -r "$D/run" status "$1" >/dev/null 2>&1; }
is_another() {
	local svcd
	svcd=$(svcd_pid) && [ "$svcd" != "$1" ] && is_up a
}
same() { [ "$(cat "$1")" = "$2" ]; }
goes() {
	touch "$D/free"
	echo >"$D/$1.go"
}

@test "a service that comes back finds the logger that had not yet left" {
	local old
	ends_late a
	away a
	comes_back a
	goes a
	await has_line "$D/of-a" "^$(pid_of a)$"
	[ ! -s "$D/said" ]
}

@test "a service that comes and goes while its logger is late loses no line" {
	local old pids
	ends_late a
	away a
	pids=$old
	for _ in 1 2 3; do
		comes_back a
		old=$(pid_of a)
		pids="$pids $old"
		rm "$D/scan/a"
		await is_gone "$old"
		await is_forgotten a
	done
	goes a
	# shellcheck disable=SC2086 # one on each line
	await same "$D/of-a" "$(printf '%s\n' $pids)"
}

@test "so does one that goes after svcd was killed" {
	local first old
	ends_late a
	away a
	first=$old
	comes_back a
	old=$(svcd_pid)
	kill -KILL "$old"
	await is_another "$old"
	old=$(pid_of a)
	rm "$D/scan/a"
	await is_forgotten a
	goes a
	await same "$D/of-a" "$(printf '%s\n' "$first" "$old")"
}

@test "exit, then up: the same" {
	local old
	ends_late a
	tree_start
	await has_line "$D/of-a" .
	old=$(pid_of a)
	send a x
	await test -e "$D/a.ends"
	"$TOP/build/bin/svc" -r "$D/run" up a
	await is_up_not a "$old"
	goes a
	await has_line "$D/of-a" "^$(pid_of a)$"
}

@test "at the end a logger that had not yet left reads on" {
	local old
	ends_late a
	make a <<-EOF
		trap '[ ! -e $D/last ] || { touch $D/free; echo >$D/a.go; }; exit' TERM
		echo \$\$
		while :; do read -r x; done <>$D/never
	EOF
	mkfifo "$D/never"
	away a
	comes_back a
	old=$(pid_of a)
	touch "$D/last"
	tree_end
	has_line "$D/of-a" "^$old$"
}

@test "two links that change places: each logger has the lines of its own" {
	ends_late a
	ends_late b
	tree_start
	await has_line "$D/of-a" .
	await has_line "$D/of-b" .
	mv "$D/scan/a" "$D/scan/.a"
	mv "$D/scan/b" "$D/scan/a"
	mv "$D/scan/.a" "$D/scan/b"
	await test -e "$D/a.ends"
	await test -e "$D/b.ends"
	goes a
	goes b
	await count_is "$D/of-a" . 2
	await count_is "$D/of-b" . 2
	[ "$(tail -n1 "$D/of-a")" = "$(pid_of a)" ]
	[ "$(tail -n1 "$D/of-b")" = "$(pid_of b)" ]
}

@test "the log may be controlled by itself, and ignores x" {
	sleeper a
	script a/log/run <<<"exec cat >>$D/out"
	up a
	await is_up a/log
	send a/log x
	send a/log d
	await is_down a/log
	send a/log u
	await is_up a/log
}

@test "what a service without a logger says is passed on and kept" {
	make a <<<'echo "to stdout"; echo "to stderr" >&2; exec sleep 1000'
	up a
	await has_line "$D/said" 'to stdout'
	await has_line "$D/said" 'to stderr'
	last() { TRIVET_RUN=$D/run "$TOP/build/bin/svc" status a | grep -q 'to stderr'; }
	await last
	kill -KILL "$(svcd_pid)"
	sleeper b
	enable b
	await is_up b
	await last
}
