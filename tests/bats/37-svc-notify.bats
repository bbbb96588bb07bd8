# svc notify, and systemd's own systemd-notify as a witness that we are heard
# and spoken to alike.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup() {
	talk_setup
	ln -s "$SVC" "$D/bin/systemd-notify"
}
teardown() { tree_end; }

# script NAME COMMAND: a shell that runs it, then stays.
shell() {
	make "$1" <<<"cd $D; $2 >>$D/$1.told 2>&1; echo \"said \$?\" >>$D/$1.told; exec sleep 1000"
	lines "$1"
}

@test "a script's main process speaks by svc notify, as root" {
	shell a "$SVC notify --ready --status='all is well'" <<<'ready = notify'
	tree_start
	await state_is a up
	status_has a 'all is well'
	await has_line "$D/a.told" '^said 0$'
}

@test "systemd's systemd-notify is heard, with its barrier" {
	theirs=$(command -v systemd-notify) || {
		cd "$TOP"
		tests/peers systemd
		theirs=$TOP/build/peers/systemd/usr/bin/systemd-notify
	}
	shell a "$theirs --ready --status='they say'" <<<'ready = notify'
	shell b "$theirs --no-block --ready" <<<$'ready = notify\nnotify-access = all'
	shell c "$theirs --pid --ready --status=main" <<<'ready = notify'
	tree_start
	for name in a b c; do
		await state_is $name up
		await has_line "$D/$name.told" '^said 0$'
	done
	status_has a 'they say'
	status_has c main
	main_of c
}

@test "a helper that is dead before it is read is believed where all may speak" {
	make a <<<"cd $D; read -r x <$D/go; $SVC notify --no-block --status='last words' READY=1; : >$D/said.it; exec sleep 1000"
	lines a <<<$'ready = notify\nnotify-access = all'
	mkfifo "$D/go"
	tree_start
	await state_is a starting
	svcd_stays_away
	echo >"$D/go"
	await test -e "$D/said.it"
	svcd_may_come
	await state_is a up
	status_has a 'last words'
}

@test "a service with a root of its own notifies from inside" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	mkdir -p "$D/root/bin"
	cp "$(command -v busybox)" "$D/root/bin/sh"
	cp "$SVC" "$D/root/bin/svc"
	mkfifo "$D/root/never"
	lines a <<-END
		run = /bin/sh -c '/bin/svc notify --ready --status=inside; read x </never'
		root = $D/root
		ready = notify
	END
	tree_start
	await state_is a up
	status_has a inside
	[ "$(stat -c %a "$D/root$D/run/notify")" = 711 ]
	kill_svcd
	"$SVC" restart a
	status_has a inside
	rm "$D/scan/a"
	await is_empty "$D/root$D/run/notify"
}
is_empty() { [ -z "$(ls -A "$1")" ]; }

@test "by its other name; every option that sends" {
	python3 - "$D/socket" "$D/heard" <<-'END' 3>&- &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		while True:
		    data, fds, _, _ = socket.recv_fds(s, 4096, 16)
		    with open(sys.argv[2], 'ab') as out:
		        out.write(data + b'fds %d\n' % len(fds))
		    for fd in fds:
		        __import__('os').close(fd)
	END
	listener=$!
	await test -S "$D/socket"
	export NOTIFY_SOCKET=$D/socket
	"$D/bin/systemd-notify" --ready --pid=7 X_A=b
	"$D/bin/systemd-notify" --no-block --reloading
	"$D/bin/systemd-notify" --no-block --stopping --status='a b' --pid
	"$D/bin/systemd-notify" --no-block --fd=0 --fdname=x </dev/null
	[ "$("$D/bin/systemd-notify" --exec --ready \; echo done)" = done ]
	await has_line "$D/heard" '^FDNAME=x$'
	kill "$listener"
	head -n 6 "$D/heard" | cmp - <(printf 'READY=1\nMAINPID=7\nX_A=b\nfds 0\nBARRIER=1fds 1\nRELOADING=1\n')
	grep -A 4 '^STOPPING' "$D/heard" |
		cmp - <(printf 'STOPPING=1\nSTATUS=a b\nMAINPID=%d\nfds 0\nFDSTORE=1\n' "$$")
	has_line "$D/heard" '^MONOTONIC_USEC=[0-9]*$'
}

@test "nobody listens, nothing to say, no value: told apart" {
	unset NOTIFY_SOCKET
	run -1 "$SVC" notify --ready
	[[ $output == *'NOTIFY_SOCKET is not set'* ]]
	NOTIFY_SOCKET=$D/none run -1 "$SVC" notify --ready
	[[ $output == *"cannot notify $D/none: "* ]]
	export NOTIFY_SOCKET=$D/none
	run -100 "$SVC" notify
	run -100 "$SVC" notify --pid=x
	run -100 "$SVC" notify word
	run -100 "$SVC" notify --exec --ready
	run -100 "$SVC" notify --status $'two\nlines'
	run -1 "$SVC" notify --booted
}

@test "svcd tells its own manager: up, ending, its code; as its keeper" {
	python3 - "$D/socket" "$D/heard" <<-'END' 3>&- &
		import socket, struct, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
		s.bind(sys.argv[1])
		while True:
		    data, control, _, _ = s.recvmsg(4096, 100)
		    pid = struct.unpack('iii', control[0][2])[0]
		    with open(sys.argv[2], 'ab') as out:
		        out.write(b'%d\n' % pid + data + b'\n')
	END
	listener=$!
	await test -S "$D/socket"
	export NOTIFY_SOCKET=$D/socket
	lines a <<<'run = sleep 1000'
	lines b <<<$'run = false\nrestart = never\nready = notify'
	tree_start
	await has_line "$D/heard" '^READY=1$'
	has_line "$D/heard" '^STATUS=1 services up, 1 failed$'
	[ "$(head -n 1 "$D/heard")" = "$KEEPER" ]
	kill -TERM "$KEEPER"
	await has_line "$D/heard" '^EXIT_STATUS=0$'
	has_line "$D/heard" '^STOPPING=1$'
	kill "$listener"
}
