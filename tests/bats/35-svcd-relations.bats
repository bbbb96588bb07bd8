# Services that ask something of each other.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

lines() { mkdir -p "$D/sv/$1" && cat >"$D/sv/$1/service"; }
said() { echo "sh -c 'echo $1 >>$D/out; exec sleep 1000'"; }

@test "what a service needs is started before it" {
	lines a <<EOF
needs = b
run = $(said a)
EOF
	lines b <<EOF
needs = c
run = $(said b)
EOF
	lines c <<EOF
type = oneshot
up = sh -c 'sleep 0.3; echo c >>$D/out'
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
	enable a
	enable b
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
	svc up b
	await is_up a
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
run = sh -c 'trap "echo asked >>$D/out; read x <$D/go; exit" TERM; echo up >>$D/out; while :; do read -r x <$D/never; done'
EOF
	mkfifo "$D/never" "$D/go"
	exec 8<>"$D/go" 9<>"$D/never"
	lines b <<<"run = $(said b)"
	enable a
	enable b
	tree_start
	await has_line "$D/out" up
	await is_up b
	send b d
	await has_line "$D/out" asked
	kill -KILL "$(svcd_pid)"
	sleeper z
	enable z
	await is_up z
	is_up b
	echo >&8
	await is_down b
	await is_down a
	exec 8<&- 9<&-
}
