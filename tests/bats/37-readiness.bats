# When a service counts as up: what it says, and what is looked for.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup() { talk_setup; }
teardown() { tree_end; }

# Starting, and not up although svcd has looked at it.
starts() {
	await state_is "$1" starting
	[ -n "$(main_of "$1")" ]
}

@test "notify: up at READY=1 and not before; what needs it waits" {
	talker a <<<'ready = notify'
	lines b <<<$'run = sleep 1000\nneeds = a'
	tree_start
	await has_line "$D/a.told" '^pid'
	tell a 'send STATUS=loading'
	barrier a
	state_is a starting
	state_is b waiting
	await status_has a 'not ready yet; loading'
	tell a 'send READY=1'
	await state_is b up
	state_is a up
}

@test "notify: what it said while svcd was dead is heard" {
	talker a <<<'ready = notify'
	tree_start
	await has_line "$D/a.told" '^pid'
	pid=$(main_of a)
	svcd_stays_away
	echo 'send READY=1\nSTATUS=said to nobody' >"$D/a.say"
	await has_line "$D/a.told" '^done send'
	svcd_may_come
	await state_is a up
	main_is a "$pid"
	status_has a 'said to nobody'
	kill_svcd
	state_is a up
	status_has a 'said to nobody'
	tell a 'send STATUS=and again'
	await status_has a 'and again'
}

@test "notify: a run that has ended does not make the next one ready" {
	talker a <<<'ready = notify'
	tree_start
	await has_line "$D/a.told" '^pid'
	pid=$(main_of a)
	tell a 'send READY=1'
	await state_is a up
	echo 'exit 1' >"$D/a.say"
	await count_is "$D/a.told" '^pid' 2
	barrier a
	state_is a starting
	run ! main_is a "$pid"
}

@test "fd: up at the first newline; bytes before it mean nothing" {
	mkfifo "$D/in"
	lines a <<<"run = sh -c 'exec cat <>$D/in >&7'
ready = fd 7"
	tree_start
	starts a
	printf 'almost' >"$D/in"
	kill_svcd
	state_is a starting
	printf ' there\n' >"$D/in"
	await state_is a up
}

@test "fd: s6's file notification-fd; closing it says nothing" {
	make a <<<'exec 3>&-; exec sleep 1000'
	echo 3 >"$D/sv/a/notification-fd"
	make b <<<'echo >&4; exec 4>&-; exec sleep 1000'
	echo 4 >"$D/sv/b/notification-fd"
	enable a
	enable b
	tree_start
	await state_is b up
	await has_line "$D/said" 'a: closed its readiness descriptor'
	state_is a starting
}

@test "check: up when it exits 0, run again until then" {
	lines a <<<"run = sleep 1000
check = sh -c 'echo x >>$D/tried; test -e $D/go'
ready = check"
	tree_start
	await count_is "$D/tried" x 2
	state_is a starting
	touch "$D/go"
	await state_is a up
}

@test "check: a script that hangs is killed, the next may say yes" {
	make a <<<'exec sleep 1000'
	script a/check <<<"echo x >>$D/tried; test -e $D/go || sleep 1000"
	lines a <<<$'ready = check\ntimeout-check = 200ms'
	tree_start
	await has_line "$D/said" 'a: its check takes too long: killed'
	touch "$D/go"
	await state_is a up
}

@test "tcp: up when the port takes connections" {
	port=$(port)
	lines a <<<"run = sh -c 'read -r x <$D/go; exec python3 $D/server'
ready = tcp 127.0.0.1:$port"
	mkfifo "$D/go"
	cat >"$D/server" <<-END
		import socket, signal
		s = socket.create_server(('127.0.0.1', $port))
		signal.pause()
	END
	tree_start
	starts a
	echo >"$D/go"
	await state_is a up
}

@test "unix: up when the socket takes connections" {
	lines a <<<"run = sh -c 'read -r x <$D/go; exec python3 $D/server'
ready = unix $D/socket"
	mkfifo "$D/go"
	cat >"$D/server" <<-END
		import socket, signal
		s = socket.socket(socket.AF_UNIX)
		s.bind('$D/socket')
		s.listen()
		signal.pause()
	END
	tree_start
	starts a
	echo >"$D/go"
	await state_is a up
}

@test "unix: a socket for datagrams takes no connections, and is up" {
	lines a <<<"run = sh -c 'read -r x <$D/go; exec python3 $D/server'
ready = unix $D/socket"
	mkfifo "$D/go"
	cat >"$D/server" <<-END
		import socket, signal
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind('$D/socket')
		signal.pause()
	END
	tree_start
	starts a
	echo >"$D/go"
	await state_is a up
}

@test "file: up when it is there, in a directory that was not" {
	lines a <<<"run = sleep 1000
ready = file $D/one/two/up"
	tree_start
	starts a
	mkdir -p "$D/one/two"
	kill_svcd
	state_is a starting
	touch "$D/one/two/up"
	await state_is a up
}

@test "pidfile: one that lies is shown, and waited for" {
	sleep 1000 3>&- &
	other=$!
	echo "$other" >"$D/pid"
	lines a <<<"run = sleep 1000
pidfile = $D/pid
ready = pidfile"
	tree_start
	await status_has a "its pidfile names process $other, which is not its own"
	state_is a starting
	main_of a >"$D/pid"
	await state_is a up
	run ! status_has a pidfile
	kill "$other"
}

@test "pidfile: rubbish and nothing are no process" {
	lines a <<<"run = sleep 1000
pidfile = $D/pid
ready = pidfile"
	printf 'x\n' >"$D/pid"
	tree_start
	starts a
	printf -- '-1\n' >"$D/pid"
	echo 1 >"$D/pid"
	await status_has a 'names process 1, which'
	: >"$D/pid"
	state_is a starting
	main_of a >"$D/new"
	mv "$D/new" "$D/pid"
	await state_is a up
}

@test "timeout-up: who is not ready by then is ended, and has failed" {
	talker a <<<$'ready = notify\ntimeout-up = 500ms\nrestart = never'
	tree_start
	await state_is a failed
	has_line "$D/said" 'a: not ready in time'
	status_has a 'not ready in time'
}

@test "timeout-up: EXTEND_TIMEOUT_USEC moves it" {
	talker a <<<$'ready = notify\ntimeout-up = 20s\nrestart = never'
	tree_start
	await has_line "$D/a.told" '^pid'
	tell a 'send EXTEND_TIMEOUT_USEC=600000000'
	barrier a
	status_has a 'given up in 9 m'
	kill_svcd
	status_has a 'given up in 9 m'
	state_is a starting
}
