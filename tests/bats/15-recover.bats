# What svcd promises of its own death, and of services that take all there is.
bats_require_minimum_version 1.5.0
load svcd

setup() {
	export AWAIT=30
	tree_setup

}
teardown() { tree_end; }

one() { cat >"$D/scan/$1"; }
svc() { "$TOP/build/bin/svc" -r "$D/run" "$@"; }
can_talk() { svc list >/dev/null 2>&1; }
state_is() { [[ "$(svc status -j "$1" 2>/dev/null)" == *"\"state\":\"$2\""* ]]; }
another() { [ -n "$(svcd_pid)" ] && [ "$(svcd_pid)" != "$1" ]; }

# Kills svcd; back when another can be talked to.
kill_svcd() {
	local old
	old=$(svcd_pid)
	kill -KILL "$old"
	await another "$old"
	await can_talk
}

@test "a stop that was under way goes on to its KILL" {
	make a <<<"trap '' TERM; echo up >>$D/a; while :; do sleep 1000 & wait; done"
	echo 'stop = TERM 2s KILL' >"$D/sv/a/service"
	enable a
	tree_start
	await has_line "$D/a" up
	pid=$(pid_of a)
	send a d
	await stat_is a 'run, got TERM, want down'
	kill_svcd
	await is_gone "$pid"
	await is_down a
	end_session "$pid"
	count_is "$D/a" up 1
}

@test "a backoff that was under way ends, and not at once" {
	one a <<EOF
run = sh -c 'echo up >>$D/a; exit 1'
restart = always 3s
EOF
	tree_start
	await state_is a backoff
	count_is "$D/a" up 1
	kill_svcd
	state_is a backoff || count_is "$D/a" up 2
	await count_is "$D/a" up 2
}

@test "who waits for a service waits on while svcd is killed" {
	one a <<EOF
run = sleep 1000
autostart = no
EOF
	tree_start
	await can_talk
	timeout 60 "$TOP/build/bin/svc" -r "$D/run" wait -t 50s up a 3>&- &
	waiter=$!
	for _ in 1 2 3; do
		kill_svcd
	done
	kill -0 "$waiter"
	svc up a
	wait "$waiter"
}

@test "who reads the events hears those after a kill" {
	one a <<<'run = sleep 1000'
	tree_start
	await state_is a up
	timeout 60 "$TOP/build/bin/svc" -r "$D/run" events >"$D/events" 3>&- &
	reader=$!
	kill_svcd
	heard() { svc restart a >/dev/null 2>&1 && [ -s "$D/events" ]; }
	await heard
	kill "$reader"
	wait "$reader" || :
}

@test "a flood of lines in one service leaves the others theirs" {
	one flood <<EOF
log = $D/logs/flood 100K x 2
run = sh -c 'while :; do echo line line line line line line line; done'
EOF
	one a <<EOF
log = $D/logs/a
run = sh -c 'echo here; exec sleep 1000'
EOF
	tree_start
	await has_line "$D/logs/a/current" here
	await state_is flood up
	svc restart a
	await count_is "$D/logs/a/current" here 2
	svc down flood
	state_is flood down
	state_is a up
}

@test "one that dies all the time, and a hundred of them, leave control" {
	for n in $(seq 100); do
		one "s$n" <<EOF
run = false
restart = always 1ms..1ms
EOF
	done
	one a <<<'run = sleep 1000'
	tree_start
	await state_is a up
	svc restart a
	svc down a
	state_is a down
	kill_svcd
	state_is a down
	svc up a
	state_is a up
}

@test "descriptors run out: what runs stays, the rest comes later" {
	make a <<<"exec sleep 1000"
	enable a
	tree_start
	await is_up a
	pid=$(pid_of a)
	svcd=$(svcd_pid)
	prlimit --pid "$svcd" --nofile=70:20000
	one b <<<'run = sleep 1000'
	kill -0 "$pid"
	prlimit --pid "$svcd" --nofile=20000:20000
	svc rescan
	await state_is b up
	[ "$(pid_of a)" = "$pid" ]
	[ "$(svcd_pid)" = "$svcd" ]
}

# Neither the run directory nor the services' own can be written.
@test "where no path is writable it works, and survives a kill" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	make a <<<"exec sleep 1000"
	enable a
	# shellcheck disable=SC2016 # for the shell inside
	tree_start unshare --mount sh -c '
		mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" &&
		exec "$2" -r "$1/run" "$1/scan"' sh "$D" "$TOP/build/bin/svcd"
	svc() {
		nsenter -t "$KEEPER" -m "$TOP/build/bin/svc" -r "$D/run" "$@"
	}
	await can_talk
	await state_is a up
	pid=$(svc status -j a | sed -n 's/.*"pid":\([0-9]*\),"gen.*/\1/p')
	[ -n "$pid" ]
	svcd=$(svcd_pid)
	kill -KILL "$svcd"
	await another "$svcd"
	await can_talk
	[[ "$(svc status -j a)" == *"\"pid\":$pid,"* ]]
	svc restart a
	[[ "$(svc status -j a)" == *"\"starts\":2,"* ]]
}
