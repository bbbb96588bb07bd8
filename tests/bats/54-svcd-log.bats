# `log = …`: one logger for all services that say so, and no line lost when
# it, svcd or both are killed.
bats_require_minimum_version 1.5.0
export BATS_TEST_TIMEOUT=180
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

one() { cat >"$D/scan/$1"; }
has() { grep -qs -- "$2" "$1"; }
logger() { pgrep -P "$KEEPER" -f -- 'svlogd --shared'; }
is_another() { [ -n "$(logger)" ] && [ "$(logger)" != "$1" ]; }

@test "a service that says log has one, stderr too" {
	one a <<EOF
log = $D/logs/a 10M x 3
run = sh -c 'echo out; echo err >&2; exec sleep 1000'
EOF
	one b <<EOF
log = $D/logs/b time iso
run = sh -c 'echo of b; exec sleep 1000'
EOF
	tree_start
	await has "$D/logs/a/current" '^out$'
	await has "$D/logs/a/current" '^err$'
	await has "$D/logs/b/current" '^20.* of b$'
	[ "$(logger | wc -l)" = 1 ]
	[ -s "$D/logs/a/index.current" ]
}

@test "without a service that says log there is no logger" {
	one a <<<'run = sleep 1000'
	tree_start
	await test -p "$D/run/one/a/supervise/ok"
	[ -z "$(logger)" ]
}

@test "what was said last is in the log when everything ends" {
	one a <<EOF
log = $D/logs/a
run = sh -c 'trap "seq 1 3000; exit" TERM; echo up; while :; do sleep 1; done'
EOF
	tree_start
	await has "$D/logs/a/current" up
	tree_end
	diff <(echo up; seq 1 3000) "$D/logs/a/current"
	[ "$(stat -c %a "$D/logs/a/current")" = 744 ]
}

@test "a service that is removed has its last lines in the log" {
	one a <<EOF
log = $D/logs/a
run = sh -c 'trap "echo bye; exit" TERM; echo up; while :; do sleep 1; done'
EOF
	tree_start
	await has "$D/logs/a/current" up
	rm "$D/scan/a"
	await has "$D/logs/a/current" bye
}

@test "a log/ that is made takes over at the next start, from the first line" {
	make a <<<'i=0; while :; do echo $$ $((i += 1)); sleep 0.02; done'
	echo "log = $D/logs/a" >"$D/sv/a/service"
	enable a
	tree_start
	await is_up a
	old=$(pid_of a)
	script a/log/run <<<"exec cat >>$D/out"
	"$TOP/build/bin/svc" -r "$D/run" rescan
	await has "$D/logs/a/current" "^$old 20$"
	[ ! -e "$D/out" ]
	send a t
	await is_up_not a "$old"
	await has "$D/out" "^$(pid_of a) 5$"
	[ "$(head -n 1 "$D/out")" = "$(pid_of a) 1" ]
	count_is "$D/logs/a/current" "^$(pid_of a) " 0
	[ "$(seq -f "$old %g" "$(wc -l <"$D/logs/a/current")")" = \
		"$(cat "$D/logs/a/current")" ]
}

@test "a log/ that is made while there is no svcd gets the lines that wait" {
	make a <<<"echo up; while ! [ -e $D/go ]; do sleep 0.05; done; echo bye \$\$"
	echo "log = $D/logs/a" >"$D/sv/a/service"
	enable a
	tree_start
	await has "$D/logs/a/current" up
	pid=$(pid_of a)
	reader=$(logger)
	svcd_stays_away
	await is_gone "$reader"
	script a/log/run <<<"exec cat >>$D/out"
	touch "$D/go"
	await is_gone "$pid"
	svcd_may_come
	await has "$D/out" "bye $pid"
}

@test "a log/ that is removed leaves the lines it has not read to log = …" {
	make a <<<"echo up \$\$; exec sleep 1000"
	echo "log = $D/logs/a" >"$D/sv/a/service"
	script a/log/run <<<"exec cat >>$D/out"
	touch "$D/sv/a/log/down"
	enable a
	tree_start
	await is_up a
	first=$(pid_of a)
	rm -r "$D/sv/a/log"
	send a t
	await is_up_not a "$first"
	await has "$D/logs/a/current" "up $first"
	await has "$D/logs/a/current" "up $(pid_of a)"
	[ ! -e "$D/out" ]
}

@test "a log/ that is removed between two runs takes no line of the next" {
	make a <<<"echo >>$D/runs; echo run \$(wc -l <$D/runs)"
	printf 'log = %s\nrestart = always 3s\n' "$D/logs/a" >"$D/sv/a/service"
	script a/log/run <<<"exec cat >>$D/out"
	enable a
	tree_start
	await has "$D/out" 'run 1'
	await is_down a
	rm -r "$D/sv/a/log"
	await has "$D/logs/a/current" 'run 2'
	[ "$(cat "$D/out")" = 'run 1' ]
}

@test "a log/ that is back before its logger has left reads the next run" {
	make a <<<"echo up \$\$; exec sleep 1000"
	echo "log = $D/logs/a" >"$D/sv/a/service"
	script a/log/run <<<"cat >>$D/out; [ -e $D/go ] || exec sleep 1000"
	enable a
	tree_start
	await is_up a
	first=$(pid_of a)
	await has "$D/out" "up $first"
	mv "$D/sv/a/log" "$D/log"
	send a t
	await is_up_not a "$first"
	second=$(pid_of a)
	await has "$D/logs/a/current" "up $second"
	mv "$D/log" "$D/sv/a/log"
	touch "$D/go"
	send a t
	await is_up_not a "$second"
	send a/log t
	await has "$D/out" "up $(pid_of a)"
	[ "$(grep -c . "$D/out")" = 2 ]
	[ "$(cat "$D/logs/a/current")" = "up $second" ]
}

@test "the logger and svcd are killed: every line is there, once" {
	cat >"$D/writer" <<EOF
n=1000000
while [ ! -e $D/stop ]; do
	seq \$n \$((n+99))
	n=\$((n+100))
	sleep 0.005
done
echo \$n >$D/next
exec sleep 1000
EOF
	one a <<EOF
log = $D/logs/a 1M x 99
run = sh $D/writer
EOF
	tree_start
	await has "$D/logs/a/current" 1000000
	for round in 1 2 3 4 5 6; do
		old=$(logger)
		if [ $((round % 3)) = 0 ]; then
			kill -KILL "$(svcd_pid)"
		else
			kill -KILL "$old"
		fi
		await is_another "$old"
	done
	touch "$D/stop"
	await test -s "$D/next"
	n=$(($(cat "$D/next") - 1))
	await grep -rqs "^$n\$" "$D/logs/a"
	shopt -s nullglob
	diff <(seq 1000000 $n) <(cat "$D"/logs/a/@* "$D/logs/a/current")
}

@test "svc log finds what a service of the tree has said" {
	one a <<EOF
log = $D/logs/a
run = sh -c 'echo hello; exec sleep 1000'
EOF
	tree_start
	await has "$D/logs/a/current" hello
	run "$TOP/build/bin/svc" -r "$D/run" log a
	[ "$status" = 0 ] || echo "$output"
	[[ $output == *" hello" ]]
}

@test "svc log says why there is none" {
	mkdir "$D/scan/quiet" "$D/scan/none"
	echo 'run = sleep 1000' >"$D/scan/quiet/service"
	printf 'run = sleep 1000\nlog = none\n' >"$D/scan/none/service"
	tree_start
	await test -p "$D/scan/quiet/supervise/ok"
	await test -p "$D/scan/none/supervise/ok"
	run -1 "$TOP/build/bin/svc" -r "$D/run" log quiet
	[ "$output" = "svc log: no log of quiet found: log = yes makes one" ]
	run -1 "$TOP/build/bin/svc" -r "$D/run" log none
	[ "$output" = "svc log: no log of none found: log = none" ]
}
