# `log = …` in all its forms, from svcd's side: to another service, to the
# console, to syslog, nowhere; at a rate; and what status says of a log that
# cannot be written.
bats_require_minimum_version 1.5.0
load svcd

export AWAIT=30 BATS_TEST_TIMEOUT=180

setup() { tree_setup; }
teardown() { tree_end; }

one() { cat >"$D/scan/$1"; }
has() { grep -qs -- "$2" "$1"; }
svc() { "$TOP/build/bin/svc" -r "$D/run" "$@"; }
shows() { svc status "$1" 2>&1 | grep -q -- "$2"; }

pid_of_one() {
	svc status -j "$1" | grep -o '"pid":[0-9]*' | head -n1 | cut -d: -f2
}
is_another_one() {
	local pid
	pid=$(pid_of_one "$1")
	[ "$pid" != 0 ] && [ "$pid" != "$2" ]
}

# A reader that can be told from the one before, and ends with its input.
reader() {
	one reader <<EOF
run = sh -c 'while read -r x; do echo "\$x" >>$D/read; done; echo over >>$D/read'
EOF
}

# A writer that says what comes through a fifo of its name, and keeps in NAME.said
# what it has said.
writer() {
	mkfifo "$D/$1.words"
	one "$1" <<EOF
log = reader
run = sh -c 'trap "echo $1 ends; exit" TERM; while :; do read -r x <>$D/$1.words && echo "$1 \$x" && echo "\$x" >>$D/$1.said; done'
EOF
}

say() { echo "$2" >"$D/$1.words"; }

@test "log = NAME: one service reads what several say" {
	reader
	writer a
	writer b
	tree_start
	say a 1
	say b 2
	await has "$D/read" '^a 1$'
	await has "$D/read" '^b 2$'
}

@test "log = NAME: lines wait for a reader that was killed, and for svcd" {
	reader
	writer a
	tree_start
	say a 1
	await has "$D/read" '^a 1$'
	svc down reader
	say a 2
	kill -KILL "$(svcd_pid)"
	say a 3
	svc up reader
	await has "$D/read" '^a 3$'
	old=$(pid_of_one reader)
	kill -KILL "$old"
	# What a reader is killed with in its hands is its own loss.
	await is_another_one reader "$old"
	say a 4
	await has "$D/read" '^a 4$'
	diff <(printf 'a %s\n' 1 2 3 4) "$D/read"
}

@test "log = NAME: at the end the reader reads to the end" {
	reader
	writer a
	writer b
	tree_start
	say a 1
	say b 1
	await has "$D/read" '^b 1$'
	await has "$D/read" '^a 1$'
	tree_end
	has "$D/read" '^a ends$'
	has "$D/read" '^b ends$'
	[ "$(tail -n1 "$D/read")" = over ]
}

@test "log = NAME: at the end a killed reader comes back for lines that wait" {
	one reader <<EOF
restart = always 1h
run = sh -c '[ -e $D/go ] || exec sleep 1000; exec cat >>$D/read'
EOF
	writer a
	tree_start
	await is_another_one reader ''
	touch "$D/go"
	kill -KILL "$(pid_of_one reader)"
	say a 1
	await has "$D/a.said" '^1$'
	tree_end
	diff <(printf 'a %s\n' 1 ends) "$D/read"
}

@test "producer-for says the same" {
	reader
	one a <<EOF
producer-for = reader
run = sh -c 'echo hello; exec sleep 1000'
EOF
	tree_start
	await has "$D/read" '^hello$'
}

@test "a reader that does not exist is told, and holds up nobody" {
	one a <<EOF
log = nobody
run = sh -c 'seq 1 30000; echo done >$D/through; exec sleep 1000'
EOF
	tree_start
	await has "$D/through" done
	has "$D/said" 'a: its log nobody is no service'
	[[ $(svc status -l 3 a) == *30000* ]]
}

@test "another log from the next start on" {
	reader
	writer a
	tree_start
	say a 1
	await has "$D/read" '^a 1$'
	one a <<EOF
log = $D/logs
run = sh -c 'echo other; exec sleep 1000'
EOF
	svc rescan
	svc restart a
	await has "$D/logs/current" '^other$'
	# Nobody writes to it any more: that was the end of its input.
	await has "$D/read" '^over$'
	diff <(printf '%s\n' 'a 1' 'a ends') <(head -n 2 "$D/read")
}

@test "a logger of runit reads to the end when everything ends" {
	make a <<'EOF'
trap 'seq 1 5000; exit' TERM
echo up
while :; do sleep 1; done
EOF
	mkdir "$D/logs"
	script a/log/run <<<"exec $TOP/build/bin/svlogd $D/logs"
	enable a
	tree_start
	await has "$D/logs/current" up
	tree_end
	diff <(echo up; seq 1 5000) "$D/logs/current"
}

@test "log-rate: more lines than that are dropped and counted" {
	one a <<EOF
log = $D/logs
log-rate = 10 in 2s
run = sh -c 'seq 1 1000; exec sleep 1000'
EOF
	tree_start
	await has "$D/logs/current" '^trivet: 990 lines were dropped here$'
	diff <(seq 1 10) <(grep -v trivet "$D/logs/current")
}

@test "status shows why a log cannot be written, and that it can again" {
	echo 'in the way' >"$D/logs"
	one a <<EOF
log = $D/logs/a
run = sh -c 'echo early; exec sleep 1000'
EOF
	tree_start
	await shows a 'its log cannot be written: '
	[[ $(svc status -j a) == *'"log_error":"'*irectory* ]]
	rm "$D/logs"
	await has "$D/logs/a/current" early
	no_trouble() { ! shows a 'cannot be written'; }
	await no_trouble
	[[ $(svc status -j a) == *'"log_error":null'* ]]
}

@test "log = none: only status knows what was said last" {
	one a <<EOF
log = none
run = sh -c 'echo secret; exec sleep 1000'
EOF
	one b <<EOF
run = sh -c 'echo public; exec sleep 1000'
EOF
	tree_start
	await has "$D/said" '^public$'
	await shows a secret
	! has "$D/said" secret
}

@test "log = console: the name before each line, and no control bytes" {
	one a <<'EOF'
log = console
run = sh -c 'printf "<3>plain\nred \033[31m\n"; exec sleep 1000'
EOF
	tree_start
	await has "$D/said" '^a: plain$'
	await has "$D/said" '^a: red \\x1b\[31m$'
}

@test "log = syslog: lines wait for a syslog that comes later" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	one a <<'EOF'
log = syslog
run = sh -c 'echo early; printf "<3>bad\n<86>auth\n"; exec sleep 1000'
EOF
	cat >"$D/syslog.py" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("/dev/log")
		s.settimeout(30)
		for _ in range(3):
		    print(s.recv(4096).decode(), flush=True)
	END
	# A /dev of its own, where log is what the test makes it.
	cat >"$D/apart" <<-END
		mkdir $D/dev && mount -t tmpfs none $D/dev
		for f in null zero urandom; do
			: >$D/dev/\$f && mount --bind /dev/\$f $D/dev/\$f || exit
		done
		mount --rbind $D/dev /dev
		exec $SVCD -r $D/run $D/scan
	END
	tree_start unshare -m sh "$D/apart"
	await shows a 'its log cannot be written: '
	timeout 60 nsenter -t "$(svcd_pid)" -m python3 "$D/syslog.py" >"$D/got" 3>&- &
	await has "$D/got" auth
	diff <(printf '<30>a: early\n<27>a: bad\n<86>a: auth\n') "$D/got"
}
