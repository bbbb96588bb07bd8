# The shared logger: pipes that somebody else keeps, many logs in one process,
# killed at any instant. tests/bats/pipes.py plays svcd's part.

load log

# TRIVET_KILLS=1000 for the whole of it.
kills=${TRIVET_KILLS:-40}
export BATS_TEST_TIMEOUT=$((180 + 2 * kills))

setup() {
	log_setup
	mkfifo commands
	begin "$svlogd"
}

# begin PROGRAM: svcd's part is played, with this for its logger.
begin() {
	unshare -m timeout -k 1 1800 python3 "$top/tests/bats/pipes.py" "$1" \
		<commands >said 2>keeper.err 3>&- &
	keeper=$!
	exec 7>commands
	await holds said ready
}

teardown() {
	exec 7>&-
	ended "$keeper" || :
	cat err keeper.err 2>/dev/null || :
}

# A command, done.
tell() {
	local n
	n=$(grep -c "^did ${1%% *}" said || :)
	echo "$1" >&7
	await eval "[ \$(grep -c '^did ${1%% *}' said) -gt $n ]"
}

@test "bytes become a file as they are, with an index beside it" {
	tell "attach 1 web web.pipe $PWD/log yes"
	printf 'a\nb\0c\n<3>bad\n' >web.pipe
	await holds log/current bad
	printf 'no end' >web.pipe
	await holds log/current 'no end'
	[ "$(od -An -c log/current | tr -d ' \n')" = \
		'a\nb\0c\n<3>bad\nnoend' ]
	[ "$(od -An -c -N8 log/index.current | tr -d ' ')" = TLOGIDX1 ]
	[ $((($(stat -c %s log/index.current) - 32) % 16)) = 0 ]
	tell term
	[ "$(stat -c %a log/current)" = 744 ] || await holds said ready
	holds said 'exit 0'
}

@test "files end with lines, the oldest go, each with its index" {
	tell "attach 1 web web.pipe $PWD/log 100K x 3"
	seq 1000000 1100000 >web.pipe
	await holds log/current 1100000
	counts log '@*.s' 3
	counts log 'index.@*.s' 3
	for f in log/@*.s; do
		[ -e "log/index.${f#log/}" ]
		[ "$(stat -c %s "$f")" -le 102400 ]
		[ "$(stat -c %s "$f")" -gt 40000 ]
		[ "$(tail -c1 "$f" | od -An -c | tr -d ' ')" = '\n' ]
	done
	diff <(seq 1000000 1100000 | tail -n "$(cat log/@* log/current | wc -l)") \
		<(cat log/@* log/current)
}

@test "rotate ends the file at once, age by itself" {
	tell "attach 1 web web.pipe $PWD/log yes"
	tell "attach 2 db db.pipe $PWD/log2 age 1s"
	echo a >web.pipe
	echo b >db.pipe
	await holds log/current a
	tell "rotate 1"
	await counts log '@*.s' 1
	await counts log2 '@*.s' 1
	[ "$(cat log/@*.s log2/@*.s)" = "$(printf 'a\nb')" ]
}

@test "stamps in the text, on request" {
	tell "attach 1 web web.pipe $PWD/log time iso"
	tell "attach 2 db db.pipe $PWD/log2 time tai64n"
	printf 'a\nb\nhalf' >web.pipe
	echo x >db.pipe
	await holds log/current ' b$'
	await holds log2/current '^@4000000[0-9a-f]* x$'
	[ "$(grep -cE '^[0-9-]{10}T[0-9:.]{14} [ab]$' log/current)" = 2 ]
	# The half line is still in the pipe.
	[ "$(wc -l <log/current)" = 2 ]
	echo ' and half' >web.pipe
	await holds log/current 'half and half'
}

@test "endless lines are cut and marked" {
	tell "attach 1 web web.pipe $PWD/log time iso"
	{ head -c 100000 /dev/zero | tr '\0' x; echo; echo end; } >web.pipe
	await holds log/current ' end$'
	[ "$(grep -c 'xxx\.\.\.$' log/current)" = 3 ]
	[ "$(tr -dc x <log/current | wc -c)" = 100000 ]
}

@test "many logs in one process" {
	for i in $(seq 1 60); do
		echo "attach $i s$i s$i.pipe $PWD/logs/s$i yes" >&7
	done
	tell "newline"
	for i in $(seq 1 60); do
		seq $i 500 >s$i.pipe
	done
	for i in $(seq 1 60); do
		await holds logs/s$i/current '^500$'
		diff <(seq $i 500) logs/s$i/current
	done
	holds <(grep -c ended said) 0
}

@test "a console gets the name before each line, the level is taken off" {
	tell "attach 1 web web.pipe $PWD/x console"
	tell "attach 2 db db.pipe $PWD/x console"
	echo hello >web.pipe
	await holds console '^web: hello$'
	printf '<4>careful\n' >db.pipe
	await holds console '^db: careful$'
}

@test "on a terminal each name has its colour, the same every time" {
	exec 7>&-
	ended "$keeper"
	printf '#!/bin/sh\nexec python3 "%s" "%s" "$@"\n' \
		"$top/tests/bats/terminal.py" "$svlogd" >on_terminal
	chmod 755 on_terminal
	begin "$PWD/on_terminal"
	tell "attach 1 web web.pipe none console"
	tell "attach 2 api api.pipe none console"
	printf 'a\nb\n' >web.pipe
	echo c >api.pipe
	await lines console 3
	colour=$(sed -n $'s/^\033\\[\\(3[1-6]\\)mweb:\033\\[0m [ab]\r$/\\1/p' console | sort -u)
	[[ $colour = 3? ]]
	grep -q $'^\033\\[3[1-6]mapi:\033\\[0m c\r$' console
	! grep -q "${colour}mapi" console
}

@test "a file is appended to and keeps its mode" {
	echo before >file && chmod 600 file
	tell "attach 1 web web.pipe $PWD/x file $PWD/file"
	seq 1 5000 >web.pipe
	await holds file '^5000$'
	diff <(echo before; seq 1 5000) file
	tell term
	[ "$(stat -c %a file)" = 600 ]
}

@test "the rate: lines beyond it are dropped and counted" {
	tell "attach 1 web web.pipe $PWD/log rate 10/s"
	seq 1 1000 >web.pipe
	await holds log/current '^10$'
	await eval 'echo later >web.pipe; holds log/current later'
	note=$(grep 'were dropped here' log/current)
	[ "$(grep -c '^[0-9]*$' log/current)" = 10 ]
	[[ $note == "trivet: "[0-9]*" lines were dropped here" ]]
}

@test "the count of what was dropped is said when its time is over" {
	tell "attach 1 web web.pipe $PWD/log rate 10/2s"
	seq 1 30 >web.pipe
	await holds log/current '^trivet: 20 lines were dropped here$'
	[ "$(grep -c '^[0-9]*$' log/current)" = 10 ]
}

@test "old files are compressed, and have their index" {
	tell "attach 1 web web.pipe $PWD/log 20K x 50 compress gzip"
	seq 1 20000 >web.pipe
	await holds log/current 20000
	await counts log '@*.u' 0
	diff <(seq 1 20000) <(gzip -dc <(cat log/@*.s); cat log/current)
	for f in log/@*.s; do
		[ -e "log/index.${f#log/}" ]
	done
	counts log 'index.@*.u' 0
}

@test "more logs than descriptors: the silent ones are closed meanwhile" {
	printf '#!/bin/sh\nulimit -n 130\nexec "%s" "$@"\n' "$svlogd" >few
	chmod 755 few
	exec 7>&-
	ended "$keeper"
	rm commands said
	mkfifo commands
	timeout -k 1 900 python3 "$top/tests/bats/pipes.py" ./few \
		<commands >said 2>keeper.err 3>&- &
	keeper=$!
	exec 7>commands
	await holds said ready
	local i round
	for i in $(seq 1 40); do
		tell "attach $i s$i s$i.pipe $PWD/logs/s$i $([ $((i % 2)) = 1 ] || echo time iso)"
	done
	for round in 1 2 3; do
		for i in $(seq 1 40); do
			echo "$round of $i" >s$i.pipe
		done
	done
	tell newline
	echo "end" >s7.pipe
	for i in $(seq 1 40); do
		await holds logs/s$i/current "3 of $i\$"
		[ "$(grep -o '[0-9] of .*' logs/s$i/current | tr '\n' ,)" = \
			"1 of $i,2 of $i,3 of $i," ]
	done
	await holds logs/s7/current '^end$'
	[ "$(ls /proc/$(pgrep -P "$(pgrep -P $keeper)" -f shared)/fd | wc -l)" -lt 130 ]
	tell "rotate 9"
	await counts logs/s9 '@*.s' 1
	[ ! -s err ]
}

@test "a wrong plan is told and hurts nobody" {
	tell "attach 1 web web.pipe $PWD/log sometimes maybe"
	await holds err 'web: log: only one place to log to: maybe'
	tell "attach 2 db db.pipe $PWD/log2 yes"
	echo b >db.pipe
	await holds log2/current b
}

@test "detach writes what is in the pipe; so does the end of the writers" {
	tell "attach 1 web web.pipe $PWD/log yes"
	tell "attach 2 db db.pipe $PWD/log2 time iso"
	seq 1 3000 >web.pipe
	tell "detach 1"
	await holds said 'ended 1'
	diff <(seq 1 3000) log/current
	[ "$(stat -c %a log/current)" = 744 ]
	printf 'last' >db.pipe
	tell "drop 2"
	await holds said 'ended 2'
	[ "$(cut -d' ' -f2 log2/current)" = last ]
}

@test "a new plan for a pipe that is attached" {
	tell "attach 1 web web.pipe $PWD/log yes"
	echo a >web.pipe
	await holds log/current a
	tell "newline"
	tell "plan 1 time iso"
	echo b >web.pipe
	await holds log/current '^20.* b$'
	holds log/current '^a$'
}

@test "a directory that is not there yet: nothing is lost, svcd is told" {
	echo 'in the way' >dir
	tell "attach 1 web web.pipe $PWD/dir/log yes"
	await holds said 'trouble 1 not a directory'
	# More than the pipe holds: nobody waits for the logger.
	seq 1 30000 >web.pipe
	rm dir
	await holds said 'trouble 1 over'
	seq 30001 30010 >web.pipe
	await holds dir/log/current 30010
	diff <(seq 1 30010) dir/log/current
}

# What the logger sees is mounted for it alone.
its() { nsenter -t "$keeper" -m -- "$@"; }

@test "early: while nothing can be written lines are kept; then they are there" {
	mkdir early
	its mount -t tmpfs -o ro none "$PWD/early"
	tell "attach 1 web web.pipe $PWD/early/log yes"
	tell "attach 2 db db.pipe $PWD/early/db time iso"
	await holds said 'trouble 1 read-only file system'
	await holds said 'trouble 2 read-only file system'
	# More than the pipes hold: nobody waits for the logger.
	seq 1 30000 >web.pipe
	# Stamps count among what can be kept.
	seq 1 10000 >db.pipe
	its mount -o remount,rw "$PWD/early"
	await its grep -qs '^30000$' "$PWD/early/log/current"
	await its grep -qs ' 10000$' "$PWD/early/db/current"
	cmp <(seq 1 30000) <(its cat "$PWD/early/log/current")
	cmp <(seq 1 10000) <(its cut -d' ' -f2 "$PWD/early/db/current")
	await holds said 'trouble 1 over'
	await holds said 'trouble 2 over'
}

@test "fsync: what was written is brought to disk, by itself" {
	tell "attach 1 web web.pipe $PWD/log fsync"
	logger=$(pgrep -P "$(pgrep -P "$keeper")")
	strace -qq -o trace -e trace=fdatasync -p "$logger" 3>&- 7>&- &
	tracer=$!
	await grep -q '^TracerPid:	[1-9]' "/proc/$logger/status"
	echo a >web.pipe
	await holds trace 'fdatasync(.*) *= 0'
	kill "$tracer"
}

@test "a directory that vanishes is made again" {
	tell "attach 1 web web.pipe $PWD/log yes"
	echo a >web.pipe
	await holds log/current a
	rm -r log
	echo b >web.pipe
	await holds log/current b
}

@test "an index that lost its file finds it" {
	tell "attach 1 web web.pipe $PWD/log yes"
	echo a >web.pipe
	await holds log/current a
	tell term
	# As if killed between the two renames of a rotation.
	exec 6<log/current
	tell "detach 1"
	await holds said 'ended 1'
	mv log/current log/@400000006b031a571d85ebb7.s
	tell "attach 1 web web.pipe $PWD/log yes"
	echo b >web.pipe
	await holds log/current b
	[ -e log/index.@400000006b031a571d85ebb7.s ]
	[ -e log/index.current ]
}

@test "a torn stamped line is cut off, and comes again whole" {
	tell "attach 1 web web.pipe $PWD/log time iso"
	echo a >web.pipe
	await holds log/current ' a$'
	tell "detach 1"
	await holds said 'ended 1'
	printf '2026-11-22T17:00:00.000' >>log/current
	chmod 644 log/current
	tell "attach 1 web web.pipe $PWD/log time iso"
	echo b >web.pipe
	await holds log/current ' b$'
	[ "$(cut -d' ' -f2 log/current)" = "$(printf 'a\nb')" ]
}

@test "neither the logger nor what it starts can do more than write logs" {
	[ "$(id -u)" = 0 ] || skip 'root has something to give up'
	cat >probe <<-'END'
	#!/usr/bin/python3
	import ctypes, errno, os, socket, sys
	sys.stdin.read()
	status = dict(l.split(":\t") for l in open("/proc/self/status"))
	for key in "NoNewPrivs", "Seccomp", "CapPrm", "CapBnd", "CapAmb":
	    print(key, int(status[key], 16))
	for family in socket.AF_INET, socket.AF_NETLINK, socket.AF_UNIX:
	    try:
	        socket.socket(family)
	        print(family.name, "had")
	    except OSError as e:
	        print(family.name, errno.errorcode[e.errno])
	libc = ctypes.CDLL(None, use_errno=True)
	print("unshare", libc.unshare(0x10000000),
	      errno.errorcode[ctypes.get_errno()])
	print("mount", libc.mount(b"none", b"/mnt", b"tmpfs", 0, None),
	      errno.errorcode[ctypes.get_errno()])
	END
	chmod 755 probe
	tell "attach 1 web web.pipe $PWD/log compress $PWD/probe"
	echo a >web.pipe
	await holds log/current a
	tell "rotate 1"
	await counts log '@*.s' 1
	# What writes into directories of others is left to root.
	diff - log/@*.s <<-END
	NoNewPrivs 1
	Seccomp 2
	CapPrm 10
	CapBnd 10
	CapAmb 0
	AF_INET EAFNOSUPPORT
	AF_NETLINK EAFNOSUPPORT
	AF_UNIX had
	unshare -1 EPERM
	mount -1 EPERM
	END
}

# Lines come all the while.

# feed FIRST FIFO: numbered lines until there is a file `stop`, then the end.
feed() {
	local n=$1
	while [ ! -e stop ]; do
		seq "$n" $((n + 299))
		n=$((n + 300))
		read -rt 0.002 <> <(:) || :
	done >"$2"
	echo "$n" >"$2.next"
}

kill_and_wait() {
	feed 1000000 web.pipe 3>&- 7>&- &
	feed 1000000 db.pipe 3>&- 7>&- &
	timeout=$((kills + 30))
	local n
	echo "kill $kills" >&7
	AWAIT=$timeout await holds said 'did kill'
	touch stop
	await [ -e web.pipe.next ]
	await [ -e db.pipe.next ]
	n=$(($(cat web.pipe.next) - 1))
	m=$(($(cat db.pipe.next) - 1))
	await grep -rqs "$n\$" log
	await grep -rqs "$m\$" log2
	web=$n db=$m
	# Hundreds of lines in each life.
	[ $((n - 1000000)) -gt $((kills * 100)) ]
	echo "# $kills kills, $((n + m - 1999998)) lines" >&3
}

@test "killed again and again: no line lost, none torn, none twice" {
	tell "attach 1 web web.pipe $PWD/log 200K x 5000"
	tell "attach 2 db db.pipe $PWD/log2 1000M"
	kill_and_wait
	diff <(seq 1000000 $web) <(cat log/@* log/current)
	diff <(seq 1000000 $db) log2/current
}

@test "killed again and again with stamps: none lost, none torn" {
	tell "attach 1 web web.pipe $PWD/log 1M x 5000 time iso"
	tell "attach 2 db db.pipe $PWD/log2 1000M time tai64n"
	kill_and_wait
	shopt -s nullglob
	[ "$(cat log/@* log/current |
		grep -cvaE '^[0-9-]{10}T[0-9:.]{14} 1[0-9]{6}$')" = 0 ]
	[ "$(grep -cvaE '^@4[0-9a-f]{23} 1[0-9]{6}$' log2/current)" = 0 ]
	diff <(seq 1000000 $web) \
		<(cat log/@* log/current | cut -d' ' -f2 | sort -nu)
	diff <(seq 1000000 $db) <(cut -d' ' -f2 log2/current | sort -nu)
}
