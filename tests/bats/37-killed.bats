# Services that talk while svcd is killed again and again, at any instant: each
# runs as often as it was made to, is known to be up, heard, and answers.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup() { talk_setup; }
teardown() { tree_end; }

KILLS=25

# Notifies all the time, answers on the socket it was handed.
busy() {
	cat >"$D/busy.py" <<-'END'
		import os, select, socket
		out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		out.connect(os.environ['NOTIFY_SOCKET'])
		listening = socket.socket(fileno=3)
		out.send(b'READY=1')
		turn = 0
		while True:
		    turn += 1
		    out.send(b'WATCHDOG=1\nSTATUS=turn %d' % turn)
		    if select.select([listening], [], [], 0.01)[0]:
		        peer, _ = listening.accept()
		        peer.sendall(b'%d' % os.getpid())
		        peer.close()
	END
	local n
	for n in 1 2 3; do
		lines "busy$n" <<-END
			run = python3 $D/busy.py
			ready = notify
			watchdog = 2m
			listen = unix $D/busy$n
			check = true
			check-every = 30ms
			restart = always 1ms
		END
		lines "fd$n" <<-END
			run = sh -c 'echo >&4; exec sleep 1000'
			ready = fd 4
			restart = always 1ms
		END
	done
}

all_up() { [ "$("$SVC" list -s up 2>/dev/null | wc -l)" = 6 ]; }
pause() { read -rt "0.0$((RANDOM % 90 + 10))" <> <(:) || :; }
starts_of() { "$SVC" status -j "$1" | grep -o '"starts":[0-9]*' | cut -d: -f2; }
ask() {
	python3 -c "
import socket
s = socket.socket(socket.AF_UNIX)
s.settimeout(60)
s.connect('$D/$1')
print(s.recv(20).decode())"
}

@test "nothing is lost, nothing runs twice, over $KILLS kills of svcd" {
	busy
	declare -A ended
	tree_start
	AWAIT=60
	await all_up
	for n in $(seq $KILLS); do
		name=busy$((n % 3 + 1))
		[ $((n % 2)) = 0 ] || name=fd$((n % 3 + 1))
		pid=$(main_of $name) || pid=
		pause
		if [ $((n % 5)) = 0 ] && [ -n "$pid" ] && kill -KILL "$pid"; then
			ended[$name]=$((${ended[$name]:-0} + 1))
		fi
		svcd=$(svcd_pid) && kill -KILL "$svcd"
	done
	await all_up
	for n in 1 2 3; do
		for name in busy$n fd$n; do
			[ "$(starts_of $name)" = $((1 + ${ended[$name]:-0})) ]
		done
		[ "$(ask busy$n)" = "$(main_of busy$n)" ]
		before=$("$SVC" status -j busy$n | grep -o 'turn [0-9]*' | head -n 1)
		await moves_on busy$n "$before"
	done
	run ! grep -q 'cannot happen\|expired\|checks fail\|file descriptor' "$D/said"
	[ "$(find "$D/run/notify" -type s | wc -l)" = 3 ]
}
moves_on() { [ "$("$SVC" status -j "$1" | grep -o 'turn [0-9]*' | head -n 1)" != "$2" ]; }
