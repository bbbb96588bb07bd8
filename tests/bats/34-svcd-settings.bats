# Services with a definition: lines in a file `service`, or one file alone.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

one() { cat >"$D/scan/$1"; }
one_stat() { cat "$D/run/one/$1/supervise/stat" 2>/dev/null; }
one_is() { [ "$(one_stat "$1")" = "$2" ]; }
one_pid() { cat "$D/run/one/$1/supervise/pid"; }
lines() { mkdir -p "$D/sv/$1" && cat >"$D/sv/$1/service"; }

@test "one file in the scan directory is a service" {
	one a <<<'run = sleep 1000'
	tree_start
	await one_is a run
	[ "$(tr '\0' ' ' <"/proc/$(one_pid a)/cmdline")" = 'sleep 1000 ' ]
	[ "$(readlink "/proc/$(one_pid a)/cwd")" = / ]
	[ "$(readlink "/proc/$(one_pid a)/fd/0")" = /dev/null ]
}

@test "one file that is put there or taken away is noticed" {
	tree_start
	await test -S "$D/run/control"
	echo 'run = sleep 1000' >"$D/later"
	mv "$D/later" "$D/scan/a"
	await one_is a run
	pid=$(one_pid a)
	rm "$D/scan/a"
	await is_gone "$pid"
}

@test "words are split as a shell would, variables expanded, no shell run" {
	one a <<EOF
env = WHO=world
run = sh -c 'printf "%s|" "\$@" >$D/out; exec sleep 1000' - "a b" 'c d' \${WHO} x
EOF
	tree_start
	await has_line "$D/out" '^a b|c d|world|x|$'
}

@test "user, group, umask, limits, nice and dir are set" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	mkdir "$D/open"
	chmod 777 "$D/open"
	lines a <<EOF
run = sh -c 'id -u; id -g; umask; ulimit -n; nice; pwd; exec sleep 1000' >&1
EOF
	lines a <<EOF
user = nobody
umask = 027
limit-nofile = 77
nice = 5
dir = /tmp
stdout = file $D/open/out
run = sh -c 'echo "\$(id -un) \$(umask) \$(ulimit -n) \$(nice) \$PWD \$USER"; exec sleep 1000'
EOF
	enable a
	tree_start
	await has_line "$D/open/out" '^nobody 0027 77 5 /tmp nobody$'
}

@test "an unknown user is never root: nothing is started" {
	lines a <<EOF
user = nobody-of-that-name
run = sh -c 'touch $D/ran'
EOF
	enable a
	sleeper b
	enable b
	tree_start
	await is_up b
	await has_line "$D/said" 'a: cannot set user: nobody-of-that-name: no such user'
	[ ! -e "$D/ran" ]
}

@test "a user by what is no number of one is never root" {
	local n=0 user
	for user in 0day 0x0 -0 +0 4294967295 4294967295:0 4294967296 18446744073709551616 \
		0:0day root:4294967295 :0; do
		lines "u$((n += 1))" <<-END
			user = $user
			run = sh -c 'touch $D/ran.$n'
		END
		enable "u$n"
	done
	sleeper b
	enable b
	tree_start
	await is_up b
	while [ "$n" -gt 0 ]; do
		await has_line "$D/said" "u$n"
		[ ! -e "$D/ran.$n" ]
		n=$((n - 1))
	done
}

@test "an unknown key is said with the nearest, and nothing is started" {
	lines a <<EOF
runn = sleep 1000
EOF
	enable a
	sleeper b
	enable b
	tree_start
	await is_up b
	await has_line "$D/said" 'a: service:1:.*runn.*run'
	await is_down a
}

@test "an error in a changed definition leaves the former one in force" {
	lines a <<<'run = sleep 1000'
	enable a
	tree_start
	await is_up a
	pid=$(pid_of a)
	lines a <<<'run = "sleep 2000'
	kill -HUP "$KEEPER"
	await has_line "$D/said" 'a: service:1:'
	[ "$(pid_of a)" = "$pid" ]
	send a t
	await is_up_not a "$pid"
	grep -q 1000 "/proc/$(pid_of a)/cmdline"
	lines a <<<'run = sleep 3000'
	pid=$(pid_of a)
	send a t
	await is_up_not a "$pid"
	await has_line "/proc/$(pid_of a)/cmdline" 3000
}

@test "what has never been sound is not started, whoever wants it" {
	make a <<<"touch $D/ran; exec sleep 1000"
	printf '%s\n' 'env = WHO=me' 'nice = 100' >"$D/sv/a/service"
	enable a
	one b <<<$'run = sleep 1000\nneeds = a'
	one c <<<$'run = sleep 1000\nwants = a'
	tree_start
	await one_is c run
	run -1 timeout 20 "$TOP/build/bin/svc" -r "$D/run" up a
	[[ $output == "a: waiting: its settings have errors (service:2: nice: "* ]]
	send a u
	run -1 timeout 20 "$TOP/build/bin/svc" -r "$D/run" restart a
	[ ! -e "$D/ran" ]
	one_is b down
	printf '%s\n' 'env = WHO=me' 'nice = 1' >"$D/sv/a/service"
	"$TOP/build/bin/svc" -r "$D/run" rescan
	await one_is b run
	tr '\0' '\n' <"/proc/$(pid_of a)/environ" | grep -qx 'WHO=me'
}

@test "an error that is gone is told no more" {
	sleeper a
	enable a
	tree_start
	await is_up a
	echo 'bogus = 1' >"$D/sv/a/service"
	"$TOP/build/bin/svc" -r "$D/run" rescan
	"$TOP/build/bin/svc" -r "$D/run" status a | grep -q bogus
	rm "$D/sv/a/service"
	"$TOP/build/bin/svc" -r "$D/run" rescan
	[ "$("$TOP/build/bin/svc" -r "$D/run" status a | grep -c why)" = 0 ]
}

# becomes LINES: the service a, restarted under its new settings.
becomes() {
	one a <<<"$1"
	"$TOP/build/bin/svc" -r "$D/run" rescan
	"$TOP/build/bin/svc" -r "$D/run" restart -t 20s a
}

@test "what changes its type while it runs is started as another" {
	local process='run = sleep 1000' oneshot=$'type = oneshot\nup = true'
	local forking group=$'type = group\nmembers = b'
	forking=$(printf '%s\n' 'type = forking' "pidfile = $D/pid" \
		"run = sh -c 'sleep 1000 & echo \$! >$D/pid'")
	one a <<<"$process"
	one b <<<"$process"
	one c <<<$'run = sleep 1000\nneeds = a'
	tree_start
	await one_is c run
	[ "$(becomes "$oneshot")" = 'a: done' ]
	[[ $(becomes "$process") == 'a: up (pid '* ]]
	[ "$(becomes "$oneshot")" = 'a: done' ]
	[[ $(becomes "$forking") == 'a: up (pid '* ]]
	[ "$(becomes "$group")" = 'a: up' ]
	[ "$(becomes "$oneshot")" = 'a: done' ]
	[ "$(becomes "$group")" = 'a: up' ]
	[[ $(becomes "$process") == 'a: up (pid '* ]]
	await one_is c run
}

@test "a oneshot runs once and is done, its down takes it back" {
	lines a <<EOF
type = oneshot
up = sh -c 'echo up >>$D/out'
down = sh -c 'echo down >>$D/out'
EOF
	enable a
	tree_start
	await has_line "$D/out" up
	is_over() { [ -f "$D/sv/a/supervise/pid" ] && [ -z "$(pid_of a)" ]; }
	await is_over
	rm "$D/scan/a"
	await has_line "$D/out" down
	count_is "$D/out" up 1
}

@test "restart = never and on-failure are kept to" {
	lines a <<EOF
run = sh -c 'echo a >>$D/out'
restart = never
EOF
	lines b <<EOF
run = sh -c 'echo b >>$D/out; exit 1'
restart = on-failure 50ms..100ms, 2 in 1m
EOF
	enable a
	enable b
	tree_start
	await count_is "$D/out" b 3
	await is_down b
	sleeper c
	enable c
	await is_up c
	count_is "$D/out" a 1
	count_is "$D/out" b 3
}

@test "the stop schedule sends its signals in turn" {
	lines a <<EOF
run = sh -c 'trap "echo int >>$D/out" INT; trap "echo term >>$D/out" TERM; echo up >>$D/out; while :; do sleep 0.05; done'
stop = INT 200ms TERM 200ms KILL
EOF
	enable a
	tree_start
	await has_line "$D/out" up
	send a d
	await is_down a
	[ "$(tr '\n' ' ' <"$D/out")" = 'up int term ' ]
}

@test "kill = all ends what the main process left behind" {
	lines a <<EOF
run = sh -c 'sleep 1000 & echo \$! >$D/left; exec sleep 1000'
EOF
	enable a
	tree_start
	await is_up a
	await has_line "$D/left" .
	left=$(cat "$D/left")
	kill -0 "$left"
	send a d
	await is_down a
	is_gone "$left"
}

@test "settings outlive svcd" {
	lines a <<EOF
run = sh -c 'trap "" TERM; echo up >>$D/out; while :; do sleep 0.05; done'
stop = TERM 300ms KILL
EOF
	enable a
	tree_start
	await has_line "$D/out" up
	await is_up a
	pid=$(pid_of a)
	kill -KILL "$(svcd_pid)"
	sleeper b
	enable b
	await is_up b
	[ "$(pid_of a)" = "$pid" ]
	send a d
	await is_down a
	is_gone "$pid"
}
