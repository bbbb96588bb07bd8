# Sockets opened for a service and handed over, as socket activation has it.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup() { talk_setup; }
teardown() { tree_end; }

# A server that takes what it was given by the conventions, and answers each
# line with its pid.
server() {
	cat >"$D/server" <<-'END'
		import os, socket, sys
		assert int(os.environ['LISTEN_PID']) == os.getpid()
		if 'LISTEN_PIDFDID' in os.environ:
		    inode = os.fstat(os.pidfd_open(os.getpid())).st_ino
		    assert int(os.environ['LISTEN_PIDFDID']) == inode
		assert int(os.environ['LISTEN_FDS']) == 1
		listening = socket.socket(fileno=3)
		while True:
		    peer, _ = listening.accept()
		    text = peer.recv(100)
		    if text == b'die':
		        os._exit(1)
		    peer.sendall(b'%d %s' % (os.getpid(), text))
		    peer.close()
	END
}

# ask PORT TEXT: what the server answers; waits as long as it takes.
ask() {
	python3 - "$1" "$2" <<-'END'
		import socket, sys
		s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=60)
		s.sendall(sys.argv[2].encode())
		print(s.recv(200).decode())
	END
}

@test "a port: handed over, and its clients wait while the service restarts" {
	server
	port=$(port)
	lines a <<-END
		run = python3 $D/server
		listen = tcp 127.0.0.1:$port
		restart = always 10ms
	END
	tree_start
	await state_is a up
	pid=$(main_of a)
	[ "$(ask "$port" one)" = "$pid one" ]
	[ -z "$(ask "$port" die)" ] || :
	await up_not a "$pid"
	[ "$(ask "$port" two)" = "$(main_of a) two" ]
	# Held up by a stopped server, a client is answered by the next one.
	pid=$(main_of a)
	kill -STOP "$pid"
	ask "$port" three >"$D/answer" 3>&- &
	client=$!
	kill_svcd
	kill -KILL "$pid"
	wait "$client" || :
	await up_not a "$pid"
	[ "$(ask "$port" four)" = "$(main_of a) four" ]
}

@test "connections made while svcd and the service are dead are answered" {
	server
	port=$(port)
	lines a <<-END
		run = python3 $D/server
		listen = tcp 127.0.0.1:$port
		restart = always 10ms
	END
	tree_start
	await state_is a up
	[ "$(ask "$port" one)" = "$(main_of a) one" ]
	pid=$(main_of a)
	svcd_stays_away
	kill -KILL "$pid"
	ask "$port" waited >"$D/answer" 3>&- &
	client=$!
	await grep -q "$(printf ':%04X ' "$port")" /proc/net/tcp
	svcd_may_come
	wait "$client"
	await up_not a "$pid"
	[ "$(cat "$D/answer")" = "$(main_of a) waited" ]
}

@test "all kinds, in order, by name; nothing else stays open" {
	port=$(port)
	lines a <<-END
		run = sh -c 'env >$D/env; ls -l /proc/\$\$/fd >$D/fds; stat -Lc %a $D/unix $D/fifo >$D/modes; exec sleep 1000'
		listen = tcp 127.0.0.1:$port as web
		listen = udp 127.0.0.1:$port
		listen = unix $D/unix as local mode 600 owner 0:65534
		listen = dgram $D/dgram
		listen = seqpacket @trivet-test-$$-$BATS_TEST_NUMBER
		listen = fifo $D/fifo mode 640
	END
	tree_start
	await test -s "$D/modes"
	has_line "$D/env" '^LISTEN_FDS=6$'
	has_line "$D/env" '^LISTEN_FDNAMES=web:unknown:local:unknown:unknown:unknown$'
	has_line "$D/env" "^LISTEN_PID=$(main_of a)\$"
	[ "$(grep -c ' [3-7] -> socket:' "$D/fds")" = 5 ]
	has_line "$D/fds" " 8 -> $D/fifo"
	[ "$(tr '\n' ' ' <"$D/modes")" = '600 640 ' ]
	[ "$(stat -c %g "$D/unix")" = 65534 ]
	[ "$(grep -c 'socket:\|memfd:\|anon_inode:' "$D/fds")" = 5 ]
}

@test "an address in use: said, shown, and tried again" {
	port=$(port)
	python3 - "$port" "$D/held" <<-'END' 3>&- &
		import socket, sys, signal
		s = socket.create_server(('127.0.0.1', int(sys.argv[1])))
		open(sys.argv[2], 'w').close()
		signal.pause()
	END
	holder=$!
	await test -e "$D/held"
	lines a <<-END
		run = sleep 1000
		listen = tcp 127.0.0.1:$port
		restart = always 10ms..100ms
	END
	sleeper b
	enable b
	tree_start
	await has_line "$D/said" "a: cannot listen on tcp 127.0.0.1:$port: [Aa]ddress"
	await state_is b up
	run ! state_is a up
	await status_has a 'cannot listen'
	kill "$holder"
	await state_is a up
}

@test "what cannot be opened is said as it is, and leaves nothing behind" {
	port=$(port)
	lines a <<-END
		run = sleep 1000
		listen = udp 127.0.0.1:$port
		listen = udp 127.0.0.1:$port
		restart = always 1h
	END
	lines b <<-END
		run = sleep 1000
		listen = unix $D/b.sock owner nobody-at-all
		restart = always 1h
	END
	tree_start
	await has_line "$D/said" 'a: cannot listen: address already in use'
	await has_line "$D/said" 'b: cannot listen: '
	[ ! -e "$D/b.sock" ]
}

@test "a service that is down answers nobody, one that comes back does" {
	server
	lines a <<-END
		run = python3 $D/server
		listen = unix $D/socket
	END
	tree_start
	await state_is a up
	[ -S "$D/socket" ]
	"$SVC" down a
	run ! python3 -c "import socket; socket.socket(socket.AF_UNIX).connect('$D/socket')"
	"$SVC" up a
	python3 -c "import socket; socket.socket(socket.AF_UNIX).connect('$D/socket')"
}

@test "other lines of listen: other sockets at the next start" {
	lines a <<-END
		run = sh -c 'env >$D/env.new; mv $D/env.new $D/env; exec sleep 1000'
		listen = unix $D/one
	END
	tree_start
	await has_line "$D/env" LISTEN_FDS=1
	printf 'listen = unix %s as two\n' "$D/two" >>"$D/sv/a/service"
	"$SVC" restart a
	await has_line "$D/env" LISTEN_FDS=2
	has_line "$D/env" LISTEN_FDNAMES=unknown:two
	[ -S "$D/two" ]
	sed -i '/listen/d' "$D/sv/a/service"
	"$SVC" restart a
	await has_no_listen
}
has_no_listen() { [ -s "$D/env" ] && ! grep -q LISTEN "$D/env"; }

@test "what is no socket is an error of its line" {
	lines a <<<$'run = sleep 1000\nlisten = tcp example.org:80'
	lines b <<<$'run = sleep 1000\nlisten = unix relative'
	lines c <<<$'run = sleep 1000\nlisten = fifo /x mode 999'
	tree_start
	for name in a b c; do
		await has_line "$D/said" "$name: service:2:.*listen"
		state_is "$name" down
	done
}

@test "fd readiness beside sockets: both numbers are right" {
	lines a <<-END
		run = sh -c 'ls -l /proc/\$\$/fd >$D/fds; echo >&9; exec 9>&-; exec sleep 1000'
		listen = unix $D/one
		listen = unix $D/two
		ready = fd 9
	END
	tree_start
	await state_is a up
	[ "$(grep -c ' [34] -> socket:' "$D/fds")" = 2 ]
	has_line "$D/fds" ' 9 -> pipe:'
}
