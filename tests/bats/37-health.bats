# A service that runs and does not work is seen and restarted: checks that go
# on, the watchdog; and commands for reloading.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup() { talk_setup; }
teardown() { tree_end; }

@test "check-every: so many failures in a row and it is restarted" {
	lines a <<-END
		run = sleep 1000
		check = sh -c 'echo x >>$D/tried; test ! -e $D/sick'
		check-every = 100ms
		check-failures = 2
		restart = on-failure 10ms
	END
	tree_start
	await state_is a up
	pid=$(main_of a)
	await count_is "$D/tried" x 3
	main_is a "$pid"
	touch "$D/sick"
	await up_not a "$pid"
	rm "$D/sick"
	has_line "$D/said" 'a: its checks fail'
	[ "$(grep -c 'its checks fail' "$D/said")" -ge 1 ]
	status_has a 'its check failed 2 times'
}

@test "check-every: one failure among good checks is none" {
	lines a <<-END
		run = sleep 1000
		check = sh -c 'echo x >>$D/tried; test \$((\$(wc -l <$D/tried) % 2)) = 0'
		check-every = 20ms
		check-failures = 2
	END
	tree_start
	await state_is a up
	pid=$(main_of a)
	kill_svcd
	await has_tries 12
	main_is a "$pid"
	run ! grep -q 'its checks fail' "$D/said"
}
has_tries() { [ "$(wc -l <"$D/tried")" -ge "$1" ]; }

@test "check: one that hangs is killed with its children, and has failed" {
	lines a <<-END
		run = sleep 1000
		check = sh -c 'sleep 1001 & echo \$! >>$D/tried; wait'
		check-every = 50ms
		timeout-check = 100ms
		check-failures = 2
		restart = never
	END
	tree_start
	await state_is a failed
	has_line "$D/said" 'a: its check takes too long: killed'
	[ "$(wc -l <"$D/tried")" -ge 2 ]
	while read -r pid; do
		await is_gone "$pid"
	done <"$D/tried"
	status_has a 'its check failed 2 times'
}

@test "check: svcd dies while one hangs; its time is over all the same" {
	lines a <<-END
		run = sleep 1000
		check = sh -c 'echo \$\$ >>$D/tried; exec sleep 1001'
		check-every = 50ms
		timeout-check = 3s
		check-failures = 1
		restart = never
	END
	tree_start
	await test -s "$D/tried"
	kill_svcd
	await state_is a failed
	await is_gone "$(head -n 1 "$D/tried")"
}

@test "check: what it finds out of a former run does not matter" {
	mkfifo "$D/go"
	lines a <<-END
		run = sleep 1000
		check = sh -c 'echo x >>$D/tried; exec cat $D/go'
		check-every = 10ms
		timeout-check = infinity
		check-failures = 1
	END
	tree_start
	await test -s "$D/tried"
	pid=$(main_of a)
	"$SVC" restart a
	run ! main_is a "$pid"
	state_is a up
}

@test "a stop does not wait for a check that hangs" {
	lines a <<-END
		run = sleep 1000
		check = sh -c 'echo \$\$ >>$D/tried; exec sleep 1001'
		check-every = 10ms
		timeout-check = infinity
	END
	tree_start
	await test -s "$D/tried"
	"$SVC" down a
	await is_gone "$(head -n 1 "$D/tried")"
}

@test "watchdog: who is silent gets ABRT and is restarted" {
	talker a <<-'END'
		ready = notify
		watchdog = 3s
		restart = on-failure 10ms
	END
	tree_start
	await has_line "$D/a.told" '^pid'
	tr '\0' '\n' <"/proc/$(main_of a)/environ" >"$D/environ"
	has_line "$D/environ" '^WATCHDOG_USEC=3000000$'
	has_line "$D/environ" "^WATCHDOG_PID=$(main_of a)\$"
	# Its time may be over before it says that this is done.
	echo 'send READY=1' >"$D/a.say"
	await count_is "$D/a.told" '^pid' 2
	has_line "$D/said" 'a: its watchdog expired'
	status_has a 'killed by SIGABRT'
}

@test "watchdog: ABRT in place of the first signal, not before it" {
	talker a <<-'END'
		ready = notify
		watchdog = 600s
		stop = TERM 600s KILL
		restart = never
	END
	tree_start
	await has_line "$D/a.told" '^pid'
	tell a 'hear ABRT TERM'
	tell a 'send WATCHDOG_USEC=100000\nREADY=1'
	await has_line "$D/a.told" '^ABRT'
	# svcd has done what it does at once.
	state_is a stopping
	tell a 'send STATUS=here'
	run ! grep '^TERM$' "$D/a.told"
	echo 'exit 0' >"$D/a.say"
	await state_is a failed
}

@test "watchdog: runs on while svcd does not; counts what was said meanwhile" {
	talker a <<-'END'
		ready = notify
		watchdog = 2s
		restart = never
	END
	tree_start
	await has_line "$D/a.told" '^pid'
	tell a 'send WATCHDOG_USEC=600000000\nREADY=1'
	await state_is a up
	barrier a
	kill_svcd
	state_is a up
	# As long as another watchdog needs to expire, which had less time.
	talker b <<-'END'
		ready = notify
		watchdog = 2s
		restart = never
	END
	await has_line "$D/b.told" '^pid'
	tell b 'send READY=1'
	await state_is b failed
	state_is a up
}

@test "watchdog: not while it is paused" {
	talker a <<-'END'
		ready = notify
		watchdog = 300ms
		restart = never
	END
	talker b <<-'END'
		ready = notify
		watchdog = 1s
		restart = never
	END
	tree_start
	await has_line "$D/a.told" '^pid'
	await has_line "$D/b.told" '^pid'
	tell a 'send WATCHDOG_USEC=600000000\nREADY=1'
	await state_is a up
	"$SVC" pause a
	kill -CONT "$(main_of a)"
	tell a 'send WATCHDOG_USEC=300000'
	tell b 'send READY=1'
	await state_is b failed
	state_is a paused
}

@test "reload: the command, with MAINPID; its failure is said" {
	lines a <<-END
		run = sleep 1000
		reload = sh -c 'echo "\$MAINPID" >>$D/reloads; test ! -e $D/bad'
	END
	tree_start
	await state_is a up
	"$SVC" reload a
	has_line "$D/reloads" "^$(main_of a)\$"
	touch "$D/bad"
	run "$SVC" reload a
	[ "$status" = 1 ]
	[[ $output == *'its last reload command failed'* ]]
	has_line "$D/said" 'a: its reload command exited 1'
	state_is a up
	rm "$D/bad"
	"$SVC" reload a
	run ! status_has a 'reload command failed'
}
