# Services that talk, for the suites 37: beside svcd.bash.
# shellcheck shell=bash

export AWAIT=30
TALKER="python3 $BATS_TEST_DIRNAME/talker.py"

talk_setup() {
	tree_setup
	export TRIVET_RUN=$D/run
	SVC=$TOP/build/bin/svc
}

# lines NAME: sv/NAME/service is stdin, and it is enabled.
lines() {
	mkdir -p "$D/sv/$1"
	cat >"$D/sv/$1/service"
	enable "$1"
}

# talker NAME: one that says what it is told; further lines on stdin.
talker() {
	mkfifo "$D/$1.say"
	{
		echo "run = $TALKER $D/$1.say $D/$1.told"
		cat
	} | lines "$1"
}

# tell NAME COMMAND: to a talker; back when it has been done.
tell() {
	local before
	before=$(grep -c '^done' "$D/$1.told" 2>/dev/null) || :
	echo "$2" >"$D/$1.say"
	await has_done "$1" "${before:-0}"
}
has_done() { [ "$(grep -c '^done' "$D/$1.told" 2>/dev/null)" -gt "$2" ]; }

# All that was sent before has been read.
barrier() { tell "$1" barrier; }

state_of() { "$SVC" status -j "$1" | grep -o '"state":"[a-z]*"' | head -n 1 | cut -d'"' -f4; }
state_is() { [ "$(state_of "$1")" = "$2" ]; }
main_of() { "$SVC" status -j "$1" | grep -o '"pid":[0-9]*' | head -n 1 | cut -d: -f2; }
main_is() { [ "$(main_of "$1")" = "$2" ]; }
# The whole text first: grep leaves at the first match, and svc is not done.
status_has() { grep -q -e "$2" <<<"$("$SVC" status "$1")"; }
# Up by a process other than this.
up_not() { state_is "$1" up && [ "$(main_of "$1")" != "$2" ]; }

# svcd dies and another takes over.
kill_svcd() {
	local pid
	pid=$(svcd_pid)
	kill -KILL "$pid"
	await other_svcd "$pid"
	await "$SVC" list >/dev/null
}
other_svcd() { local p; p=$(svcd_pid) && [ "$p" != "$1" ]; }

# port: one that nobody has just now, below those the kernel gives away.
port() {
	python3 - "$(($$ * 13 + BATS_TEST_NUMBER * 101))" <<-'END'
		import socket, sys
		for n in range(2000):
		    port = 20000 + (int(sys.argv[1]) + n * 7) % 12000
		    try:
		        socket.create_server(('127.0.0.1', port)).close()
		        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('127.0.0.1', port))
		        print(port)
		        break
		    except OSError:
		        pass
	END
}
