# Services that ask something of each other.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

lines() { mkdir -p "$D/sv/$1" && cat >"$D/sv/$1/service"; }
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
said() { echo "sh -c 'echo $1 >>$D/out; exec sleep 1000'"; }

@test "what a service needs is started before it" {
	lines a <<EOF
needs = b
run = $(said a)
EOF
	lines b <<EOF
type = oneshot
needs = c
up = sh -c 'echo b >>$D/out'
EOF
	lines c <<EOF
type = oneshot
up = sh -c 'echo c >>$D/out'
EOF
	enable a
	enable b
	enable c
	tree_start
	await count_is "$D/out" . 3
	[ "$(tr '\n' ' ' <"$D/out")" = 'c b a ' ]
}

@test "a service waits for one that does not exist, until it does" {
	lines a <<EOF
needs = b
run = $(said a)
EOF
	enable a
	sleeper z
	enable z
	tree_start
	await is_up z
	[ ! -e "$D/out" ]
	sleeper b
	enable b
	await is_up a
}

@test "a service that runs is not lost by a name that is mistyped" {
	sleeper b
	sleeper a
	sleeper c
	lines c <<EOF
needs = a
EOF
	enable a
	enable b
	enable c
	tree_start
	await is_up b
	await is_up c
	pid=$(pid_of a)
	needing=$(pid_of c)
	for setting in 'needs = typo' 'binds = typo'; do
		lines a <<<"$setting"
		svc rescan
		svc up a
		await has_line "$D/said" "a: needs typo, which does not exist: it goes on, but would not start again"
		svcd_pid >"$D/old"
		kill -KILL "$(cat "$D/old")"
		svc up b
		[ "$(pid_of a) $(pid_of c)" = "$pid $needing" ]
		lines a <<<''
		svc rescan
	done
	lines a <<<'needs = typo'
	svc rescan
	svc restart -n a
	await is_down a
	svc status a >"$D/status" || :
	has_line "$D/status" 'something it needs does not exist (typo)'
	lines a <<<'needs = b'
	svc rescan
	await is_up a
	await is_up c
}

@test "a ring that is made of what runs ends nobody, and keeps nobody from ending" {
	lines a <<<'run = sleep 1000'
	lines b <<<$'needs = a\nrun = sleep 1000'
	enable a
	enable b
	tree_start
	await is_up a
	await is_up b
	was=$(pid_of a).$(pid_of b)
	lines a <<<$'needs = b\nrun = sleep 1000'
	TRIVET_RUN=$D/run "$TOP/build/bin/svc" rescan
	await grep -q 'a ring of relations' "$D/said"
	TRIVET_RUN=$D/run "$TOP/build/bin/svc" rescan
	[ "$(pid_of a).$(pid_of b)" = "$was" ]
	kill -TERM "$KEEPER"
	await is_gone "$KEEPER"
	KEEPER=
}

@test "what needs a service stops before it, and comes back with it" {
	lines a <<EOF
needs = b
run = sh -c 'trap "echo a >>$D/out; exit" TERM; echo up >>$D/up; while :; do sleep 0.05; done'
EOF
	lines b <<EOF
run = sh -c 'trap "echo b >>$D/out; exit" TERM; echo up >>$D/up; while :; do sleep 0.05; done'
EOF
	enable a
	enable b
	tree_start
	await count_is "$D/up" up 2
	await is_up a
	send b d
	await is_down b
	[ "$(tr '\n' ' ' <"$D/out")" = 'a b ' ]
	send b u
	await is_up a
	await count_is "$D/up" up 4
	kill -TERM "$KEEPER"
	await is_gone "$KEEPER"
	wait "$KEEPER" || :
	KEEPER=
	[ "$(tr '\n' ' ' <"$D/out")" = 'a b a b ' ]
}

@test "a ring is refused by name, the others run" {
	lines a <<EOF
needs = b
run = $(said a)
EOF
	lines b <<EOF
needs = a
run = $(said b)
EOF
	enable a
	enable b
	sleeper z
	enable z
	tree_start
	await is_up z
	await has_line "$D/said" 'a ring of relations: \(a -> b -> a\|b -> a -> b\)'
	[ ! -e "$D/out" ]
}

@test "starting one of two that conflict stops the other" {
	lines a <<EOF
conflicts = b
run = $(said a)
EOF
	lines b <<EOF
autostart = no
run = $(said b)
EOF
	enable a
	enable b
	tree_start
	await is_up a
	await is_down b
	send b u
	await is_up b
	await is_down a
	run "$TOP/build/bin/svc" -r "$D/run" why a
	[[ $output == *'a is down: b conflicts with it'* ]]
	run "$TOP/build/bin/svc" -r "$D/run" up a
	[ "$status" = 0 ]
	run "$TOP/build/bin/svc" -r "$D/run" why a b
	[[ $output == *'a is up'*'b is down: a conflicts with it'* ]]
}

@test "relations outlive svcd" {
	lines a <<EOF
needs = b
run = $(said a)
EOF
	lines b <<<"run = $(said b)"
	enable a
	enable b
	tree_start
	await is_up a
	pids=$(pid_of a)-$(pid_of b)
	kill -KILL "$(svcd_pid)"
	sleeper z
	enable z
	await is_up z
	[ "$(pid_of a)-$(pid_of b)" = "$pids" ]
	send b d
	await is_down b
	is_down a
}

# svc NAME…: the client, of this tree.
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
svc_says() { svc "$@" 2>&1 | grep -q "$says"; }

@test "what others need is stopped only with them, and it is said who" {
	lines a <<EOF
needs = b
run = $(said a)
EOF
	lines b <<<"run = $(said b)"
	lines c <<EOF
needs = a
autostart = no
run = sleep 1000
EOF
	enable a
	enable b
	enable c
	tree_start
	await is_up a
	run svc down b
	[ "$status" = 1 ]
	[[ $output == *'needed by a; --with-dependents stops them too'* ]]
	is_up b
	run svc down a b
	[ "$status" = 0 ]
	svc up a b
	run svc down b a
	[ "$status" = 0 ]
	svc up a b
	run svc down --with-dependents b
	[ "$status" = 0 ]
	await is_down a
	says='a is waiting: b, which it needs, is down on purpose'
	await svc_says why a
	svc why a | grep -q 'because b is down: asked by '
	# Asked for again it still waits, and knows for what.
	run svc up a
	[ "$status" = 1 ]
	[[ $output == "a: $(sed 's/^a is //' <<<"$says")"* ]]
	svc why a | grep -q 'because b is down: asked by '
	# So does one that waits for it, and says so without waiting.
	run svc up -t 10m c
	[ "$status" = 1 ]
	[ "$output" = "c: waiting for a" ]
	svc up b
	await is_up a
	await is_up c
}

@test "by force a service is stopped whoever needs it" {
	lines a <<EOF
needs = b
run = sh -c 'trap "" TERM; echo up >>$D/up; while :; do read -r x <$D/never; done'
EOF
	mkfifo "$D/never"
	exec 9<>"$D/never"
	lines b <<<"run = $(said b)"
	enable a
	enable b
	tree_start
	await has_line "$D/up" up
	await is_up b
	run svc down --force b
	[ "$status" = 0 ]
	# It was not waited for: it has its TERM and does not go.
	grep -q '^run' <<<"$(stat_of a)"
	send a k
	await is_down a
	exec 9<&-
}

@test "an end that waits for others outlives svcd" {
	lines a <<EOF
needs = b
run = sh -c 'trap "trap : TERM; echo asked >>$D/out; until read x; do :; done <$D/go; exit" TERM; echo up >>$D/out; while :; do read -r x <$D/never; done'
EOF
	mkfifo "$D/never" "$D/go"
	exec 8<>"$D/go" 9<>"$D/never"
	lines b <<<"run = $(said b)"
	enable a
	enable b
	tree_start
	await has_line "$D/out" up
	await is_up b
	b=$(pid_of b)
	send b d
	await has_line "$D/out" asked
	kill -KILL "$(svcd_pid)"
	sleeper z
	enable z
	await is_up z
	kill -0 "$b"
	echo >&8
	await is_down b
	await is_down a
	exec 8<&- 9<&-
}

field() { svc status -j "$1" | grep -o "\"$2\":\(\"[^\"]*\"\|[^,}]*\)" | head -n 1 | cut -d: -f2- | tr -d '"'; }
state_is() { [ "$(field "$1" state)" = "$2" ]; }

@test "binds: down and up with each crash; needs: stays" {
	lines a <<<"run = $(said a)"
	lines b <<EOF
binds = a
run = $(said b)
EOF
	lines c <<EOF
needs = a
run = $(said c)
EOF
	enable a
	enable b
	enable c
	tree_start
	await is_up b
	await is_up c
	b=$(pid_of b) c=$(pid_of c)
	kill -KILL "$(pid_of a)"
	await is_up_not b "$b"
	[ "$(pid_of c)" = "$c" ]
	await is_up a
}

@test "wants: brings it up, waits until it is ready or has failed, and starts" {
	lines a <<EOF
wants = good bad
run = $(said a)
EOF
	lines good <<EOF
type = oneshot
autostart = no
up = sh -c 'read -r x <$D/go; echo good >>$D/out'
EOF
	lines bad <<EOF
autostart = no
run = sh -c 'echo bad >>$D/out; exit 1'
restart = never
EOF
	mkfifo "$D/go"
	exec 8<>"$D/go"
	enable a
	enable good
	enable bad
	tree_start
	await state_is bad failed
	await state_is good starting
	state_is a waiting
	says='a is waiting for good'
	await svc_says why a
	echo >&8
	await is_up a
	state_is bad failed
	[ "$(tail -n 1 "$D/out")" = a ]
	says='good is done: up because a needs it'
	svc_says why good
	# Nobody wants it any more.
	svc down a
	await state_is good down
	exec 8<&-
}

@test "after orders those that are asked for in one breath, again too" {
	lines a <<EOF
after = b
run = sleep 1000
EOF
	lines b <<EOF
type = oneshot
up = sh -c 'read -r x <$D/go'
EOF
	mkfifo "$D/go"
	exec 8<>"$D/go"
	echo >&8
	enable a
	enable b
	tree_start
	await is_up a
	for order in 'b a' 'a b'; do
		svc down a b
		# shellcheck disable=SC2086
		svc up $order 8>&- &
		await state_is b starting
		await state_is a waiting
		echo >&8
		wait $!
		await is_up a
	done
	exec 8<&-
}

@test "after and before order those that start, and bring nobody up" {
	lines a <<EOF
after = b nobody
run = $(said a)
EOF
	lines b <<EOF
type = oneshot
up = sh -c 'read -r x <$D/go; echo b >>$D/out'
EOF
	lines c <<EOF
before = b
type = oneshot
up = sh -c 'read -r x <$D/go; echo c >>$D/out'
EOF
	lines idle <<EOF
autostart = no
run = sleep 1000
EOF
	lines d <<EOF
after = idle
run = sleep 1000
EOF
	mkfifo "$D/go"
	exec 8<>"$D/go"
	for name in a b c d idle; do
		enable "$name"
	done
	tree_start
	await is_up d
	state_is idle down
	await state_is c starting
	state_is b waiting
	state_is a waiting
	echo >&8
	await state_is b starting
	state_is a waiting
	echo >&8
	await is_up a
	[ "$(tr '\n' ' ' <"$D/out")" = 'c b a ' ]
	exec 8<&-
}

@test "provides: needed by another name, and by that of the role" {
	lines a <<EOF
needs = mail
run = $(said a)
EOF
	lines postfix <<EOF
provides = mail smtp
autostart = no
run = $(said postfix)
EOF
	enable a
	enable postfix
	tree_start
	await is_up a
	# Up as soon as it is executed: which of them speaks first is not said.
	await has_line "$D/out" '^postfix$'
	await has_line "$D/out" '^a$'
	run svc down postfix
	[[ $output == *'needed by a'* ]]
}

@test "why follows what changes while one waits" {
	lines a <<EOF
needs = b
run = sleep 1000
EOF
	lines b <<EOF
run = sh -c 'read -r x <$D/go; exit 4'
ready = file $D/never
restart = never
EOF
	mkfifo "$D/go"
	exec 8<>"$D/go"
	enable a
	enable b
	tree_start
	await state_is b starting
	says='a is waiting for b'
	await svc_says why a
	echo >&8
	await state_is b failed
	says='a is waiting: b, which it needs, failed'
	await svc_says why a
	svc down b
	says='a is waiting: b, which it needs, is down on purpose'
	await svc_says why a
	exec 8<&-
}

@test "a failed or slow service blocks nobody who does not need it" {
	lines slow <<EOF
type = oneshot
up = sh -c 'read -r x <$D/never'
EOF
	lines bad <<EOF
run = /missing
restart = never
EOF
	mkfifo "$D/never"
	exec 9<>"$D/never"
	enable slow
	enable bad
	for name in a b c; do
		lines "$name" <<<'run = sleep 1000'
		enable "$name"
	done
	tree_start
	await is_up a
	await is_up b
	await is_up c
	await state_is bad failed
	state_is slow starting
	exec 9<&-
}

@test "svc down outlives a rescan, a change of its file and a death of svcd" {
	for name in a b; do
		lines "$name" <<<'run = sleep 1000'
		enable "$name"
	done
	tree_start
	await is_up a
	svc down a
	state_is a down
	lines a <<<'run = sleep 2000'
	svc rescan
	kill -KILL "$(svcd_pid)"
	# What comes after it has been seen, so it has been too.
	lines z <<<'run = sleep 1000'
	enable z
	await is_up z
	svc rescan
	state_is a down
	is_up b
}
