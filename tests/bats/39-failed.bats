# What follows when a service has failed for good or an essential one is over,
# and who may control a service.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() {
	tree_end
	[ -z "${OPEN-}" ] || rm -rf "$OPEN"
}

one() { cat >"$D/.$1" && mv "$D/.$1" "$D/scan/$1"; }
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }

# The tree ends by itself, with this code.
tree_ends() {
	local code=0
	AWAIT=30 await is_gone "$KEEPER"
	wait "$KEEPER" || code=$?
	KEEPER=
	[ "$code" = "$1" ]
}

@test "on-failed = start NAME starts it, once, and it knows who failed" {
	one a <<EOF
run = sh -c 'exit 7'
restart = on-failure 10ms, 1 in 1m
on-failed = start help
EOF
	one help <<EOF
type = oneshot
autostart = no
up = sh -c 'echo "\$MONITOR_SERVICE \$MONITOR_SERVICE_RESULT \$MONITOR_EXIT_CODE \$MONITOR_EXIT_STATUS" >>$D/out'
EOF
	tree_start
	await has_line "$D/out" '^a start-limit-hit exited 7$'
	kill -KILL "$(svcd_pid)"
	one z <<<'run = sleep 1000'
	await svc status z
	svc wait -q ready help
	count_is "$D/out" a 1
	# Another failure is another reason.
	svc up a || :
	await count_is "$D/out" a 2
}

@test "on-failed = exit ends the tree with a code" {
	one a <<EOF
run = sh -c 'exit 7'
restart = never
on-failed = exit 42
EOF
	one b <<EOF
run = sh -c 'trap "echo gone >>$D/out; exit" TERM; while :; do read -r x <$D/never; done'
EOF
	mkfifo "$D/never"
	exec 9<>"$D/never"
	tree_start
	tree_ends 42
	exec 9<&-
}

@test "on-failed = exit without a number ends with that of the service" {
	one a <<EOF
run = sh -c 'exit 7'
restart = never
on-failed = exit
EOF
	tree_start
	tree_ends 7
}

@test "the tree ends when what is essential ends, with its code" {
	one a <<EOF
run = sh -c 'kill -KILL \$\$'
essential = yes
EOF
	tree_start
	tree_ends 137
}

@test "an essential service that is to be restarted ends nothing until it fails" {
	one a <<EOF
run = sh -c 'echo run >>$D/out; exit 5'
essential = yes
restart = always 10ms, 2 in 1m
EOF
	tree_start
	tree_ends 5
	count_is "$D/out" run 3
}

@test "what is essential is not stopped by a plain wish, and by force ends nothing" {
	one a <<EOF
run = sleep 1000
essential = yes
EOF
	tree_start
	await svc wait -q up a
	run svc down a
	[ "$status" = 1 ]
	[[ $output == *'needed by the tree, as it is essential'* ]]
	svc down --force a
	one z <<<'run = sleep 1000'
	await svc wait -q up z
}

@test "control-by: those named control it, nobody else" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	one a <<EOF
run = sleep 1000
control-by = nobody @4711
EOF
	one b <<<'run = sleep 1000'
	# Where others can go: a test's own directory is closed to them.
	OPEN=$(mktemp -d /tmp/control-by.XXXXXX)
	chmod 755 "$OPEN"
	cp "$TOP/build/bin/svc" "$OPEN"
	tree_start "$SVCD" -r "$OPEN/run" "$D/scan"
	svc() { TRIVET_RUN=$OPEN/run timeout 60 "$TOP/build/bin/svc" "$@"; }
	await svc wait -q up a b
	as() { setpriv --reuid "$1" --regid "$2" "${@:3}" env TRIVET_RUN="$OPEN/run" "$OPEN/svc" down -q a; }
	run as 65534 1 --clear-groups
	[ "$status" = 0 ]
	svc up a
	run as 12345 1 --clear-groups
	[ "$status" = 1 ]
	run as 12345 4711 --clear-groups
	[ "$status" = 0 ]
	svc up a
	run as 12345 1 --groups 4711
	[ "$status" = 0 ]
	run setpriv --reuid 65534 --regid 1 --clear-groups env TRIVET_RUN="$OPEN/run" "$OPEN/svc" down b
	[ "$status" = 1 ]
	[[ $output == *'permission denied'* ]]
}
