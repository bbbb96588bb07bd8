# fghack(8) and readproctitle(8) beside daemontools'.

bats_require_minimum_version 1.5.0
load peers
ORIGINALS=daemontools

setup() {
	sides
}

@test "fghack: wrong use 100, no program 111" {
	same_code 100 fghack
	same_code 111 fghack nosuch
	same_code 111 fghack ./nosuch
}

@test "fghack: the program's exit code, 111 if it crashed" {
	same_code 4 fghack sh -c 'exit 4'
	same_code 111 fghack sh -c 'kill -9 $$'
}

@test "fghack: stays until what the program left behind is gone" {
	cd b
	mkfifo go
	ours fghack sh -c 'exec >done; (read x <go; echo late) & exit 3' 3>&- &
	until_true test -e done
	[ ! -s done ]
	kill -0 $!
	: >go
	local status=0
	ended $! || status=$?
	[ $status = 3 ]
	[ "$(cat done)" = late ]
}

@test "readproctitle: less than five bytes of room is wrong use, 100" {
	same_code 100 readproctitle
	same_code 100 readproctitle abcd
	same_code 0 readproctitle abcde
}

# What ps shows after some input.
title() {
	mkfifo "$1.fifo"
	PATH=$2$PATH readproctitle service errors: .................... \
		<"$1.fifo" 3>&- &
	local pid=$!
	printf '%s' "$3" >"$1.fifo.text"
	exec 8>"$1.fifo"
	cat "$1.fifo.text" >&8
	until_true grep -qa 'end!' "/proc/$pid/cmdline"
	tr '\0' ' ' <"/proc/$pid/cmdline"
	exec 8>&-
	ended $pid
}

@test "readproctitle: the last bytes stand at the right, behind three dots" {
	title a "$THEIRS" 'fatal error end!' >a.title
	title b "$OURS:" 'fatal error end!' >b.title
	grep -q '\.\.\.\.fatal error end!' a.title
	cmp a.title b.title
}

@test "readproctitle: what is older leaves at the left" {
	title a "$THEIRS" 'a very long line, longer than the room end!' >a.title
	title b "$OURS:" 'a very long line, longer than the room end!' >b.title
	grep -q 'errors: \.\.\.han the room end!' a.title
	cmp a.title b.title
}
