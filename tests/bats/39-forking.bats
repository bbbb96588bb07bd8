# Services that put themselves into the background, and pidfiles that lie.
bats_require_minimum_version 1.5.0
load svcd

setup() {
	tree_setup
	# daemon NAME: forks twice, in a session of its own, and leaves.
	cat >"$D/daemon" <<END
#!/bin/sh
echo start >>$D/out
setsid sh -c 'sh -c "\$0" & exit' 'echo \$\$ >$D/'"\$1"'.new; mv $D/'"\$1"'.new $D/'"\$1"'; exec sleep 1000' &
exit \${2:-0}
END
	chmod 755 "$D/daemon"
}
teardown() { tree_end; }

one() { cat >"$D/.$1" && mv "$D/.$1" "$D/scan/$1"; }
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
field() { svc status -j "$1" | grep -o "\"$2\":\(\"[^\"]*\"\|[^,}]*\)" | head -n 1 | cut -d: -f2- | tr -d '"'; }
state_is() { [ "$(field "$1" state)" = "$2" ]; }

forking() {
	one a <<EOF
type = forking
pidfile = $D/pid
run = $D/daemon pid
restart = always 10ms
${1-}
EOF
}

@test "who forks is up as the process that its pidfile names, and ends with it" {
	forking
	one b <<EOF
needs = a
run = sh -c 'cat $D/pid >$D/seen; exec sleep 1000'
EOF
	tree_start
	await state_is b up
	[ "$(field a pid)" = "$(cat "$D/pid")" ]
	[ "$(cat "$D/seen")" = "$(cat "$D/pid")" ]
	count_is "$D/out" start 1
	pid=$(cat "$D/pid")
	svc down -d a
	is_gone "$pid"
}

@test "a pidfile that is written late and kept open counts" {
	mkfifo "$D/go"
	cat >"$D/late" <<END
#!/bin/sh
setsid sh -c 'exec 9>$D/pid; read -r x <$D/go; echo \$\$ >&9; exec sleep 1000' &
END
	chmod 755 "$D/late"
	one a <<EOF
type = forking
pidfile = $D/pid
run = $D/late
EOF
	tree_start
	await state_is a starting
	await test -e "$D/pid"
	echo >"$D/go"
	await state_is a up
	[ "$(field a pid)" = "$(cat "$D/pid")" ]
}

@test "its death is seen, and it is started again" {
	forking
	tree_start
	await state_is a up
	pid=$(cat "$D/pid")
	kill -KILL "$pid"
	again() { state_is a up && [ "$(field a pid)" != "$pid" ]; }
	await again
	[ "$(field a last_exit)" = 'killed by SIGKILL' ]
	[ "$(field a pid)" = "$(cat "$D/pid")" ]
}

@test "a pidfile that lies is not believed, and it is said" {
	one other <<<'run = sleep 1000'
	tree_start
	await state_is other up
	for lie in 1 $$ "$KEEPER" "$(svcd_pid)" "$(field other pid)"; do
		echo "$lie" >"$D/lie"
		one a <<EOF
type = forking
pidfile = $D/lie
run = $D/daemon ignored
restart = never
EOF
		says() { [[ $(field a why) == *"its pidfile names process $lie, which is not its own"* ]]; }
		await says
		state_is a starting
		kill -KILL "$(cat "$D/ignored")" 2>/dev/null || :
		rm "$D/scan/a"
		gone() {
			local code=0
			svc status a || code=$?
			[ $code = 100 ]
		}
		await gone
	done 2>&1
	state_is other up
	kill -0 "$KEEPER"
	# The truth, though late, is.
	echo 1 >"$D/pid.wrong"
	one a <<EOF
type = forking
pidfile = $D/late
run = $D/daemon early
EOF
	await test -s "$D/early"
	await state_is a starting
	cp "$D/early" "$D/late"
	await state_is a up
	[ "$(field a pid)" = "$(cat "$D/late")" ]
}

@test "an old pidfile is waited over" {
	sleep 1000 3>&- &
	old=$!
	echo "$old" >"$D/pid"
	forking
	tree_start
	await state_is a up
	[ "$(field a pid)" != "$old" ]
	kill "$old"
	wait "$old" || :
}

# Where there are mounts of one's own svcd does not see that there are cgroups.
hidden() {
	if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
		printf '#!/bin/sh\nmount -t tmpfs none /sys/fs/cgroup && exec "$@"\n' >"$D/hidden"
		echo unshare -m sh "$D/hidden"
	fi
}

@test "a pidfile that never comes is a failure, in time, and nobody is left" {
	# With its session, and in one of its own; both are its own by /proc.
	cat >"$D/pair" <<END
#!/bin/sh
sleep 1000 & echo \$! >$D/same
setsid sh -c 'echo \$\$ >$D/other.new; mv $D/other.new $D/other; exec sleep 1000' &
until [ -s $D/other ]; do :; done
END
	chmod 755 "$D/pair"
	one a <<EOF
type = forking
pidfile = $D/never/there
run = $D/pair
restart = never
timeout-up = 300ms
EOF
	one b <<<'run = sleep 1000'
	# Without cgroups, where only /proc tells whose a process is.
	tree_start $(hidden) "$SVCD" -r "$D/run" "$D/scan"
	failed() { state_is a failed; }
	await failed
	[[ $(field a why) == *"no process of its own in its pidfile ($D/never/there)"* ]]
	await is_gone "$(cat "$D/same")"
	await is_gone "$(cat "$D/other")"
	state_is b up
}

@test "a parent that fails has failed" {
	one a <<EOF
type = forking
pidfile = $D/pid
run = sh -c 'exit 3'
restart = never
EOF
	tree_start
	await state_is a failed
	[ "$(field a code)" = 3 ]
}

@test "it outlives svcd, on its way and when it is up" {
	mkfifo "$D/go"
	exec 8<>"$D/go"
	one a <<EOF
type = forking
pidfile = $D/pid
run = $D/daemon early
EOF
	one z <<<'run = sleep 1000'
	tree_start
	await test -s "$D/early"
	await state_is a starting
	kill -KILL "$(svcd_pid)"
	cp "$D/early" "$D/pid"
	await state_is a up
	pid=$(cat "$D/pid")
	kill -KILL "$(svcd_pid)"
	await state_is a up
	[ "$(field a pid)" = "$pid" ]
	svc down a
	is_gone "$pid"
	exec 8<&-
}
