# Groups: members, strategies, and a restart limit that climbs the tree.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

one() { cat >"$D/.$1" && mv "$D/.$1" "$D/scan/$1"; }
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
state_of() { svc status -j "$1" | sed -n 's/.*"state":"\([a-z]*\)".*/\1/p' | head -n 1; }
state_is() { [ "$(state_of "$1")" = "$2" ]; }
pid() { cat "$D/run/one/$1/supervise/pid"; }
starts() { svc status -j "$1" | sed -n 's/.*"starts":\([0-9]*\).*/\1/p'; }
starts_are() { [ "$(starts "$1")" = "$2" ] && state_is "$1" up; }
# Members that say when they go, and wait to be told so.
members() {
	local name
	for name; do
		one "$name" <<EOF
run = sh -c 'trap "echo end $name >>$D/out; exit" TERM; echo $name >>$D/out; while :; do read -r x <$D/never; done'
restart = always 10ms
EOF
	done
	[ -p "$D/never" ] || mkfifo "$D/never"
	exec 9<>"$D/never"
}

@test "a group starts its members, is up with them, and takes them down" {
	members a b
	one g <<EOF
type = group
members = a b
EOF
	one x <<EOF
needs = g
run = sh -c 'echo x >>$D/out; exec sleep 1000'
EOF
	tree_start
	await has_line "$D/out" '^x$'
	await count_is "$D/out" '^[ab]$' 2
	run svc down g
	[ "$status" = 1 ]
	[[ $output == *'needed by x'* ]]
	svc down -d g
	count_is "$D/out" '^end [ab]$' 2
	state_is a down
	state_is x waiting
	svc why a | grep -q 'its group g was stopped'
	svc up g
	await state_is x up
	state_is b up
}

@test "a group that is put down by force has its members killed, without TERM" {
	one a <<<'run = sleep 1000'
	one b <<<'run = sleep 1000'
	one g <<EOF
type = group
members = a b
EOF
	tree_start
	svc wait -t 20s up g
	svc down -qf g
	svc status a | grep -q 'killed by SIGKILL'
	svc status b | grep -q 'killed by SIGKILL'
}

@test "members wait for their group, whichever is found first" {
	members a z
	one g <<EOF
type = group
members = a z
autostart = no
EOF
	one y <<<'run = sleep 1000'
	tree_start
	await state_is y up
	state_is a down
	state_is z down
	[ ! -e "$D/out" ]
	svc up g
	state_is a up
	state_is z up
}

@test "strategy one: the others stay" {
	members a b
	one g <<EOF
type = group
members = a b
EOF
	tree_start
	await state_is g up
	b=$(pid b)
	kill -KILL "$(pid a)"
	await starts_are a 2
	[ "$(pid b)" = "$b" ]
	[ "$(starts g)" = 1 ]
}

@test "strategy all: all are ended, then all are started" {
	members a b c
	one g <<EOF
type = group
members = a b c
strategy = all
restart = always 10ms
EOF
	tree_start
	await state_is g up
	: >"$D/out"
	kill -KILL "$(pid b)"
	await starts_are g 2
	await state_is c up
	[ "$(sed 's/ [ac]$//; s/^[abc]$/start/' "$D/out" | tr '\n' ' ')" = 'end end start start start ' ]
}

@test "a member that dies while svcd is dead takes its group along" {
	members a b
	one g <<EOF
type = group
members = a b
strategy = all
restart = always 10ms
EOF
	tree_start
	await state_is g up
	svcd_stays_away
	kill -KILL "$(pid a)"
	svcd_may_come
	await starts_are g 2
	await starts_are b 2
}

@test "strategy rest: those named after it are ended, and started again" {
	members a b c d
	one g <<EOF
type = group
members = a b c d
strategy = rest
EOF
	tree_start
	await state_is g up
	a=$(pid a)
	kill -KILL "$(pid b)"
	await starts_are c 2
	await starts_are d 2
	await starts_are b 2
	[ "$(pid a)" = "$a" ]
	[ "$(starts g)" = 1 ]
	state_is g up
}

@test "more deaths than the limit: the group fails, and whoever needs it is told" {
	members a
	one b <<EOF
run = sh -c 'echo b >>$D/out; exit 3'
restart = always 10ms
EOF
	one g <<EOF
type = group
members = a b
restart = always 10ms, 2 in 1m
EOF
	one x <<EOF
needs = g
run = sleep 1000
EOF
	tree_start
	await state_is g failed
	await state_is x waiting
	state_is a down
	count_is "$D/out" '^b$' 3
	count_is "$D/out" '^end a$' 1
	run svc why x
	[[ $output == *'g, which it needs, failed'*'its member b failed, or died too often'* ]]
	# Mended, it is up again with all that hangs on it.
	one b <<<'run = sleep 1000'
	svc up g
	await state_is x up
}

@test "a member that gives up fails its group, and that the group above" {
	one a <<EOF
run = sh -c 'until [ -s $D/out ]; do :; done; exit 3'
restart = on-failure 10ms, 1 in 1m
EOF
	members b
	one inner <<EOF
type = group
members = a
EOF
	one outer <<EOF
type = group
members = inner b
on-failed = exit
EOF
	code=0
	tree_start
	AWAIT=30 await is_gone "$KEEPER"
	wait "$KEEPER" || code=$?
	KEEPER=
	[ "$code" = 111 ]
	has_line "$D/said" 'outer is over, which ends everything: exit'
	has_line "$D/out" 'end b'
}

@test "a group outlives svcd, on its way up and down" {
	members a
	mkfifo "$D/go"
	exec 8<>"$D/go"
	one b <<EOF
type = oneshot
up = sh -c 'read -r x <$D/go'
EOF
	one g <<EOF
type = group
members = a b
EOF
	tree_start
	await state_is b starting
	state_is g starting
	kill -KILL "$(svcd_pid)"
	one z <<<'run = sleep 1000'
	await state_is z up
	state_is g starting
	echo >&8
	await state_is g up
	kill -KILL "$(svcd_pid)"
	svc down g
	state_is a down
	exec 8<&-
}

@test "a member that comes later is started, and completes its group" {
	members a
	one g <<EOF
type = group
members = a later
EOF
	tree_start
	await state_is a up
	state_is g starting
	members later
	await state_is g up
	state_is later up
	# Also where its group is up already.
	rm "$D/scan/later"
	gone() { ! svc status later; }
	await gone
	members later
	await state_is later up
}

@test "who was put down by a person stays so when svcd is killed" {
	members a b
	one g <<EOF
type = group
members = a b
strategy = rest
EOF
	tree_start
	await state_is g up
	printf d >"$D/run/one/b/supervise/control"
	await state_is b down
	kill -KILL "$(svcd_pid)"
	one z <<<'run = sleep 1000'
	await state_is z up
	# Nor does the strategy bring it back.
	kill -KILL "$(pid a)"
	await starts_are a 2
	state_is b down
	svc restart g
	await state_is b up
}

@test "a group that is not ready in time has failed" {
	one a <<EOF
run = sleep 1000
ready = file $D/never-made
EOF
	one g <<EOF
type = group
members = a
timeout-up = 200ms
restart = never
EOF
	one z <<<'run = sleep 1000'
	tree_start
	await state_is g failed
	await state_is a down
	state_is z up
}

@test "a member that needs its group is a ring" {
	one g <<EOF
type = group
members = a
EOF
	one a <<EOF
needs = g
run = sleep 1000
EOF
	one z <<<'run = sleep 1000'
	tree_start
	await state_is z up
	await has_line "$D/said" 'a ring of relations: \(a -> g -> a\|g -> a -> g\)'
}

@test "what comes between a group and its member is a ring" {
	one g <<EOF
type = group
members = a
needs = between
EOF
	one a <<<'run = sleep 1000'
	one between <<EOF
after = a
run = sleep 1000
EOF
	one z <<<'run = sleep 1000'
	tree_start
	await state_is z up
	await has_line "$D/said" 'a ring of relations: .*a -> g.*'
}

@test "a group that waits for a member that does not exist names it" {
	one a <<<'run = sleep 1000'
	one g <<EOF
type = group
members = a typo
EOF
	tree_start
	await state_is a up
	is_named() { svc why g >"$D/why" || :; has_line "$D/why" 'does not exist (typo)$'; }
	await is_named
	has_line "$D/why" 'to mend it: define or enable what it needs'
	one typo <<<'run = sleep 1000'
	await state_is g up
	[ "$(svc why g)" = 'g is up' ]
}
