# svc log: logs of every kind, merged by time, followed through rotations.

load log

setup() {
	log_setup
	svc=$top/build/bin/svc
	export TZ=UTC
}

teardown() {
	[ -z "${pid:-}" ] || kill "$pid" 2>/dev/null || :
}

# What a log holds, without the time in front.
said() { "$svc" log "$@" | cut -d' ' -f3-; }

@test "the last lines of a directory, old files included" {
	mkdir d
	echo s2000 >d/config
	seq 1 2000 | "$svlogd" d
	diff <(seq 1981 2000) <(said ./d)
	diff <(seq 1001 2000) <(said -n 1000 ./d)
	diff <(seq 1 2000) <(said -n 0 ./d)
}

@test "a single file" {
	seq 1 30 >file
	diff <(seq 26 30) <(said -n 5 ./file)
}

@test "times come from the stamps in the text, which are taken off" {
	mkdir d
	printf '%s\n' '2024-02-29_12:34:56.12345 a' '2024-02-29T12:34:57.00100 b' \
		'@4000000065e07a0100000000 c' >d/current
	diff <("$svc" log ./d) - <<-'END'
	2024-02-29 12:34:56.123 a
	2024-02-29 12:34:57.001 b
	2024-02-29 12:35:03.000 c
	END
}

@test "several logs are merged by time, with their names" {
	mkdir a b
	printf '2024-02-29_12:34:5%d.00000 %s\n' 1 one 3 three 5 five >a/current
	printf '2024-02-29_12:34:5%d.00000 %s\n' 2 two 4 four >b/current
	diff <(said ./a ./b) - <<-'END'
	./a: one
	./b: two
	./a: three
	./b: four
	./a: five
	END
	diff <(said -n 2 ./a ./b) <(printf './b: four\n./a: five\n')
}

@test "--grep, --since and both" {
	mkdir d
	seq 1 200 | "$svlogd" -tt d
	sed -i '1,100s/^....-../2001-01/' d/current
	diff <(seq 1 200 | grep -E '^1.?5$') <(said --grep '^1.?5$' ./d)
	diff <(seq 101 200) <(said --since 1h ./d)
	diff <(seq 101 200 | grep 5) <(said --since 1h --grep 5 ./d)
	diff <(seq 101 200) <(said --since 2001-02-01 ./d)
	[ "$(said --since '2001-01-01 00:00:00.5' ./d | wc -l)" = 200 ]
	run "$svc" log --grep nothing ./d
	[ "$status" = 1 ]
	run "$svc" log --grep '(' ./d
	[ "$status" = 100 ]
	run "$svc" log --since 10 ./d
	[ "$status" = 100 ]
}

@test "-j: an object a line, with the level and any bytes" {
	mkdir d
	printf '2024-02-29_12:34:56.12345 <3>b\303\251 "q"\t\001\n' >d/current
	[ "$("$svc" log -j ./d)" = '{"time_ns":1709210096123450000,"name":"./d","level":3,"text":"bé \"q\"\t\u0001"}' ] || {
		"$svc" log -j ./d | python3 -c '
import json, sys
o = json.loads(sys.stdin.read())
assert o["level"] == 3 and o["time_ns"] == 1709210096123450000, o
assert o["text"] == "bé \"q\"\t\x01", o'
	}
}

@test "compressed old files are read" {
	mkdir d
	printf 's2000\nn0\n!gzip -c\n' >d/config
	seq 1 2000 | "$svlogd" d
	counts d '@*.u' 0
	diff <(seq 1 2000) <(said -n 0 ./d)
}

@test "an index tells when lines of unstamped files came" {
	mkfifo commands
	timeout -k 1 60 python3 "$top/tests/bats/pipes.py" "$svlogd" \
		<commands >said 2>keeper.err 3>&- &
	keeper=$!
	exec 7>commands
	await holds said ready
	echo "attach 1 web web.pipe $PWD/log 4K x 50" >&7
	await holds said 'did attach'
	echo first >web.pipe
	await holds log/current first
	first=$(date +%s%N)
	seq 1 3000 >web.pipe
	await holds log/current '^3000$'
	exec 7>&-
	ended $keeper
	diff <(echo first; seq 1 3000) <(said -n 0 ./log)
	t=$("$svc" log -j -n 0 ./log | head -n 1 |
		sed 's/.*"time_ns":\([0-9]*\),.*/\1/')
	[ "$t" -lt "$first" ]
	t=$("$svc" log -j -n 1 ./log | sed 's/.*"time_ns":\([0-9]*\),.*/\1/')
	[ "$t" -ge "$first" ]
}

@test "-f goes on through a rotation" {
	mkdir d
	mkfifo pipe
	exec 8<>pipe
	"$svlogd" d <&8 8>&- 3>&- &
	logger=$!
	echo a >&8
	await holds d/current a
	"$svc" log -f ./d >out 3>&- 8>&- &
	pid=$!
	await holds out ' a$'
	echo b >&8
	await holds out ' b$'
	kill -ALRM $logger
	await counts d '@*.s' 1
	echo c >&8
	await holds out ' c$'
	kill -TERM $logger
	[ "$(cut -d' ' -f3 out)" = "$(printf 'a\nb\nc')" ]
}

# follows TEXT: the last line that -f has shown.
follows() { [ "$(tail -n 1 out | cut -d' ' -f3)" = "$1" ]; }

# A logger behind descriptor 8, with files of 2,000 bytes that all are kept.
rotating() {
	mkdir d
	printf 's2000\nn0\n%s' "${1:-}" >d/config
	mkfifo pipe
	exec 8<>pipe
	"$svlogd" d <&8 8>&- 3>&- &
	logger=$!
}

@test "-f misses nothing between what it prints first and what it waits for" {
	rotating
	seq 1 100 >&8
	await holds d/current '^100$'
	# A reader that is not heard stops svc within its first print.
	mkfifo narrow
	"$svc" log -n 0 -f ./d >narrow 3>&- 8>&- &
	pid=$!
	exec 6<narrow
	python3 -c 'import fcntl; fcntl.fcntl(6, 1031, 4096)'
	seq 101 5000 >&8
	await holds d/current '^5000$'
	cat <&6 >out 3>&- 8>&- &
	await follows 5000
	diff <(seq 1 5000) <(cut -d' ' -f3 out)
	kill -TERM $logger
}

# Follows, is stopped while many files are made of 5,000 lines, and goes on.
held_while_rotating() {
	echo 1 >&8
	await holds d/current 1
	"$svc" log -f ./d >out 3>&- 8>&- &
	pid=$!
	await follows 1
	kill -STOP $pid
	seq 2 5000 >&8
	await holds d/current '^5000$'
	kill -CONT $pid
	await follows 5000
	diff <(seq 1 5000) <(cut -d' ' -f3 out)
}

@test "-f goes through rotations that came too fast to be seen" {
	rotating
	held_while_rotating
	seq 5001 9000 >&8
	await follows 9000
	diff <(seq 1 9000) <(cut -d' ' -f3 out)
	kill -TERM $logger
}

@test "-f: old files that a processor made smaller are not told twice" {
	rotating '!gzip -c'
	held_while_rotating
	kill -TERM $logger
}

@test "-f waits for a directory that is not there, and for its next one" {
	mkdir d
	echo 1 >d/current
	"$svc" log -f ./d >out 3>&- &
	pid=$!
	await follows 1
	rm -r d
	mkdir d
	echo 2 >d/current
	await follows 2
}

@test "-f of a file goes on when it is moved away, and when it is emptied" {
	echo 1 >file
	"$svc" log -f ./file >out 3>&- &
	pid=$!
	await follows 1
	printf 2 >>file
	mv file file.1
	echo >>file.1
	await follows 2
	echo 3 >file
	await follows 3
	# Shorter than what was read of it.
	echo 4444 >>file
	await follows 4444
	: >file
	echo 5 >>file
	await follows 5
	diff <(printf '%s\n' 1 2 3 4444 5) <(cut -d' ' -f3 out)
}

@test "a log is found by the argument of log/run, or by custom" {
	mkdir -p scan/web/log/main scan/db/log
	printf '#!/bin/sh\nexec svlogd -tt ./main\n' >scan/web/log/run
	echo hello >scan/web/log/main/current
	printf '#!/bin/sh\nexec svlogd "%s"\n' "$PWD/dblog" >scan/db/log/run
	mkdir dblog
	echo ola >dblog/current
	export SVDIR=$PWD/scan TRIVET_RUN=$PWD/nowhere
	[ "$(said web)" = hello ]
	[ "$(said db)" = ola ]
	run "$svc" log nobody
	[ "$status" = 1 ]
	[[ $output == *"no log of nobody found"* ]]
}

@test "a log is found by the setting" {
	mkdir -p scan/web mylog
	printf 'run = true\nlog = %s 1M x 3\n' "$PWD/mylog" >scan/web/service
	echo hello >mylog/current
	export SVDIR=$PWD/scan TRIVET_RUN=$PWD/nowhere
	[ "$(said web)" = hello ]
}
