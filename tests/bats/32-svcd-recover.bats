# svcd is killed: nothing is lost, nothing is started twice.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

# Kills svcd; returns when another is in control.
kill_svcd() {
	local old
	old=$(svcd_pid)
	kill -KILL "$old"
	other() { [ -n "$(svcd_pid)" ] && [ "$(svcd_pid)" != "$old" ]; }
	await other
	sleeper "probe$old"
	enable "probe$old"
	await is_up "probe$old"
}

@test "after kill -9 of svcd the same processes run, none twice" {
	make a <<<"echo run >>$D/a; exec sleep 1000"
	make b <<<"echo run >>$D/b; echo line; exec sleep 1000"
	script b/log/run <<<"echo run >>$D/log; exec cat >>$D/out"
	enable a
	enable b
	tree_start
	await is_up a
	await is_up b
	await is_up b/log
	await has_line "$D/out" line
	before=$(pid_of a)-$(pid_of b)-$(pid_of b/log)
	for _ in 1 2 3; do
		kill_svcd
		[ "$(pid_of a)-$(pid_of b)-$(pid_of b/log)" = "$before" ]
	done
	count_is "$D/a" run 1
	count_is "$D/b" run 1
	count_is "$D/log" run 1
}

@test "told to exit, and linked anew while there is no svcd: it is started" {
	sleeper a
	enable a
	tree_start
	await is_up a
	pid=$(pid_of a)
	send a x
	await is_gone "$pid"
	gone() { ! is_supervised a; }
	await gone
	kill_svcd
	gone
	svcd_stays_away
	rm "$D/scan/a"
	enable a
	svcd_may_come
	await is_up a
}

@test "an exit while there is no svcd is told to the next" {
	make a <<<"trap 'exit 42' TERM; echo run >>$D/a; while :; do sleep 1000 & wait; done"
	script a/finish <<<"echo \"\$1 \$2\" >>$D/out"
	enable a
	tree_start
	await is_up a
	await has_line "$D/a" run
	pid=$(pid_of a)
	svcd_stays_away
	kill -TERM "$pid"
	await is_gone "$pid"
	svcd_may_come
	await has_line "$D/out" '^42 0$'
	await count_is "$D/a" run 2
	count_is "$D/out" . 1
	end_session "$pid"
	await is_up a
	session=$(pid_of a)
	tree_end
	end_session "$session"
}

@test "a wish given before the crash is fulfilled after it" {
	make a <<<"trap 'sleep 0.5; exit 0' TERM; echo run >>$D/a; while :; do sleep 1000 & wait; done"
	enable a
	tree_start
	await is_up a
	await has_line "$D/a" run
	pid=$(pid_of a)
	send a d
	await stat_is a 'run, got TERM, want down'
	kill_svcd
	await is_down a
	is_gone "$pid"
	count_is "$D/a" run 1
	end_session "$pid"
}

@test "commands and files work as before after a crash" {
	sleeper a
	enable a
	tree_start
	await is_up a
	kill_svcd
	pid=$(pid_of a)
	send a t
	await is_up_not a "$pid"
	rm "$D/scan/a"
	await is_down a
}

@test "a service taken away while there is no svcd is stopped by the next" {
	sleeper a
	sleeper b
	enable a
	tree_start
	await is_up a
	svcd_stays_away
	rm "$D/scan/a"
	enable b
	svcd_may_come
	await is_up b
	await is_down a
}

@test "a hundred services survive a storm of kills of svcd" {
	for n in $(seq 100); do
		make "s$n" <<<"echo run >>$D/s$n.starts; exec sleep 1000"
		enable "s$n"
	done
	tree_start
	for _ in $(seq 20); do
		pid=$(svcd_pid) && kill -KILL "$pid"
		read -rt 0.03 <> <(:) || :
	done
	all() {
		local n
		for n in $(seq 100); do
			is_up "s$n" || return 1
		done
	}
	AWAIT=20 await all
	for n in $(seq 100); do
		count_is "$D/s$n.starts" run 1
	done
	[ "$(children "$KEEPER" | wc -w)" = 101 ]
}

@test "a turn that does not end ends svcd, and no service" {
	make a <<<'exec sleep 1000'
	enable a
	SVCD=$TOP/build/mutants/svcd-loops/svcd
	cd "$D"
	tree_start
	await is_up a
	before=$(pid_of a) old=$(svcd_pid)
	touch loop
	sleeper b
	enable b
	AWAIT=60 await has_line "$D/said" 'no end of a turn in 30 s of processor time: ending'
	rm loop
	await is_up b
	[ "$(svcd_pid)" != "$old" ]
	[ "$(pid_of a)" = "$before" ]
}
