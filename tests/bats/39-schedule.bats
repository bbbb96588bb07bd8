# every: run so often, counted from start to start.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

one() { cat >"$D/.$1" && mv "$D/.$1" "$D/scan/$1"; }
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
field() { svc status -j "$1" | grep -o "\"$2\":\(\"[^\"]*\"\|[^,}]*\)" | head -n 1 | cut -d: -f2- | tr -d '"'; }
lines_are() { [ "$(grep -c . "$D/out" 2>/dev/null)" -ge "$1" ]; }

@test "a oneshot and a process are run again and again, also by the next svcd" {
	one a <<EOF
type = oneshot
every = 100ms
up = sh -c 'echo a >>$D/out'
EOF
	one b <<EOF
every = 100ms
run = sh -c 'echo b >>$D/other; exit 3'
EOF
	tree_start
	AWAIT=30 await lines_are 3
	AWAIT=30 await has_line "$D/other" b
	kill -KILL "$(svcd_pid)"
	n=$(grep -c . "$D/out")
	AWAIT=30 await lines_are $((n + 3))
	m=$(grep -c . "$D/other")
	more() { [ "$(grep -c . "$D/other")" -gt $((m + 2)) ]; }
	AWAIT=30 await more
}

@test "a long time is waited for, a run that lasts is not joined, a stop holds" {
	one day <<EOF
type = oneshot
every = 1d
up = sh -c 'echo day >>$D/day'
EOF
	one long <<EOF
every = 20ms
run = sh -c 'echo long >>$D/long; exec sleep 1000'
EOF
	one tick <<EOF
type = oneshot
every = 50ms
up = sh -c 'echo tick >>$D/out'
EOF
	tree_start
	AWAIT=30 await lines_are 10
	count_is "$D/day" day 1
	count_is "$D/long" long 1
	svc down tick long
	n=$(grep -c . "$D/out")
	# Others run on; it does not.
	one more <<EOF
type = oneshot
every = 50ms
up = sh -c 'echo more >>$D/more'
EOF
	five() { [ "$(grep -c more "$D/more")" -ge 5 ]; }
	AWAIT=30 await five
	[ "$(grep -c . "$D/out")" = "$n" ]
	svc up tick
	AWAIT=30 await lines_are $((n + 3))
}
