# svlogd by name, beside Debian's runit: same options, same config, same files
# on disk; and what the original cannot: a full disk, a vanished directory, a
# kill at any moment.

load log

setup() {
	log_setup
}

teardown() {
	exec 9>&- 8>&-
	[ -z "${pid:-}" ] || kill -9 "$pid" 2>/dev/null || :
	[ -z "${keeper:-}" ] || kill -9 "$keeper" 2>/dev/null || :
	exec 6>&-
}

# A logger on a pipe that we hold: descriptor 9 writes into it.
start() {
	mkfifo pipe 2>/dev/null || :
	exec 8<>pipe
	exec 9>pipe
	"$svlogd" "$@" <pipe 8>&- 9>&- 6>&- 3>&- 2>err &
	pid=$!
	exec 8>&-
}

stop() {
	kill -TERM "$pid"
	ended "$pid"
}

@test "lines become a file, cleanly closed" {
	seq 1 2000 | both ''
}

@test "files end with a line within -l bytes of the size, n are kept" {
	seq 100000 112000 | both 's5000\nn3\n' -l 100
}

@test "a size below the line length ends files at the very byte" {
	seq 1 500 | both 's500\nn4\n'
}

@test "without a size files do not end" {
	seq 1 200000 | both 's0\n'
}

@test "units of the size" {
	seq 1 40000 | both 's20k\n'
}

@test "lines are selected by patterns with star and plus" {
	printf '%s\n' 'tcpsvd: info: pid 19' 'aab' b '' 'x   y' 'foo*' aac >in
	for config in '-*\n' '-*\n++ab\n' '-*: *: pid *\n' '-a*\n+*c\n' \
		'-*\n+x+ y\n' '-\n' '-*b\n' '+*\n' '-*\n+*\n-b\n'; do
		both "$config" <in
	done
}

@test "only the first -l bytes are matched, the line is written whole" {
	{ printf '%02000d\n' 0; printf '%050db\n' 0; echo b; } |
		both '-*\n+0+0*\n' -l 50
}

@test "e and E select for standard error, cut with dots" {
	{ seq 1 20; printf '%02000d\n' 0; } | both '-*\ne1*\nE15\ne0*\n' -l 80
}

@test "a prefix stands before every line" {
	seq 1 20 | both 'pweb: \ne*5\n'
}

@test "-r and -R replace bytes" {
	printf 'a\tb\303\251c\001d\177 [x] y\n\n\0z\n' >in
	both '' -r. <in
	both '' -R 'x[]' <in
	both '' -r . -R 'ab' <in
}

@test "several directories, each with its own config" {
	mkdir old2 new2
	echo '-*5' >old2/config
	echo '-*5' >new2/config
	seq 1 100 >input
	mkdir old new
	"$old_svlogd" old old2 <input
	"$svlogd" new new2 <input
	diff <(picture old) <(picture new)
	diff <(picture old2) <(picture new2)
}

@test "the three forms of time stamps" {
	t='@4000000[0-9a-f]{17}'
	d='[0-9]{4}-[0-9]{2}-[0-9]{2}'
	c='[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5}'
	mkdir d
	for form in "-t $t" "-tt ${d}_$c" "-ttt ${d}T$c"; do
		rm -f d/*
		seq 1 1000 | "$svlogd" ${form% *} d
		[ "$(grep -cE "^${form#* } [0-9]+$" d/current)" = 1000 ]
		diff <(seq 1 1000) <(cut -d' ' -f2 d/current)
	done
	date -u +%Y-%m-%dT%H | grep -qf <(cut -c1-13 d/current | sort -u)
}

@test "stamps are not part of the text that patterns see" {
	mkdir d
	printf -- '-*\n+b*\n' >d/config
	printf 'a\nb\n' | "$svlogd" -tt d
	[ "$(cut -d' ' -f2 d/current)" = b ]
}

@test "wrong use is told in the original's words" {
	for args in "" "-x" "-l" "-r ab d" "-b 10 -l 100 d"; do
		run "$old_svlogd" $args
		[ "$status" = 111 ]
		old=$(echo "$output" | sed /usage:/d)
		run "$svlogd" $args
		[ "$status" = 111 ]
		[ "$old" = "$(echo "$output" | sed /usage:/d)" ]
		[[ $output == *"usage: $svlogd ["*"] dir ..."* ]]
	done
	run "$svlogd" -V
	[ "$status" = 111 ]
	[[ ${lines[0]} == '$Id: '*'$' ]]
}

@test "a directory that cannot be used is told and passed over" {
	mkdir new
	echo a >input
	run "$old_svlogd" gone new <input
	old=$output
	rm -rf new && mkdir new
	run "$svlogd" gone new <input
	[ "$status" = 0 ]
	[ "$output" = "$old" ]
	[ "$(cat new/current)" = a ]
}

@test "no directory at all ends it" {
	run "$old_svlogd" gone </dev/null
	old=$output
	run "$svlogd" gone </dev/null
	[ "$status" = 111 ]
	[ "$output" = "$old" ]
}

@test "a directory has one logger at a time" {
	mkdir d
	start d
	await [ -e d/current ]
	run "$old_svlogd" d </dev/null
	old=$output
	run "$svlogd" d </dev/null
	[ "$status" = 111 ]
	[ "$output" = "$old" ]
	[[ $output == *"unable to lock directory: d: temporary failure"* ]]
}

@test "-v tells what is done, as the original does" {
	for who in old new; do
		mkdir $who
		printf 's3000\nn1\n' >$who/config
	done
	mv old dir
	seq 1 2000 | "$old_svlogd" -v dir 2>&1 | sed 's/@[0-9a-f]*/@/g' >old.err
	mv dir old
	mv new dir
	seq 1 2000 | "$svlogd" -v dir 2>&1 | sed 's/@[0-9a-f]*/@/g' >new.err
	diff old.err new.err
}

@test "wrong lines of the config are named, the others hold" {
	mkdir d
	printf 'n2\nwhat\nsbig\nu1.2.3\npx\n' >d/config
	echo a | "$svlogd" d 2>err
	[ "$(cat d/current)" = xa ]
	holds err 'svlogd: warning: unknown directive: what (d/config, line 2)'
	holds err 'not a number: big (d/config, line 3)'
	holds err 'unable to scan ip address: 1.2.3'
}

@test "a directory of the original is continued, and the other way round" {
	mkdir d
	echo 's2000' >d/config
	seq 1 300 | "$old_svlogd" d
	seq 301 900 | "$svlogd" d
	seq 901 1000 | "$old_svlogd" d
	seq 1001 1100 | "$svlogd" d
	diff <(seq 1 1100) <(cat d/@* d/current)
}

@test "a current that nobody closed is put away as .u" {
	mkdir d
	printf 'torn' >d/current
	echo a | "$svlogd" d
	[ "$(cat d/current)" = a ]
	[ "$(cat d/@*.u)" = torn ]
	[ "$(stat -c %a d/@*.u)" = 644 ]
}

@test "the last line is kept where it lacks its newline" {
	mkdir d
	printf 'a\nb' >input
	"$svlogd" d <input
	diff <(printf 'a\nb\n') d/current
	printf 'c\nd' | "$svlogd" d
	diff <(printf 'a\nb\nc\nd\n') d/current
}

@test "HUP reads the config again" {
	mkdir d
	start d
	echo a >&9
	await holds d/current a
	echo 'pnew-' >d/config
	kill -HUP "$pid"
	await eval 'echo b >&9; holds d/current new-b'
	stop
	holds d/current '^a$'
}

@test "ALRM ends the file, if there is anything in it" {
	mkdir d
	start -v d
	await holds err new:
	kill -ALRM "$pid"
	echo a >&9
	await holds d/current a
	kill -ALRM "$pid"
	await counts d '@*.s' 1
	echo b >&9
	await holds d/current b
	stop
	counts d '@*.s' 1
	[ "$(cat d/@*.s)" = a ]
}

@test "age ends the file, if there is anything in it" {
	mkdir d
	echo t1 >d/config
	start d
	echo a >&9
	await counts d '@*.s' 1
	stop
	[ "$(cat d/@*.s)" = a ]
}

@test "TERM finishes the line and leaves the rest in the pipe" {
	mkdir d
	mkfifo pipe
	exec 8<>pipe
	"$svlogd" -t d <&8 8>&- 3>&- &
	pid=$!
	printf 'begun' >&8
	await holds d/current begun
	kill -TERM "$pid"
	printf ' ended\nnext\n' >&8
	ended "$pid"
	pid=
	[ "$(cut -d' ' -f2- d/current)" = "begun ended" ]
	[ "$(stat -c %a d/current)" = 744 ]
	read -r -t 5 line <&8
	[ "$line" = next ]
}

@test "TERM does not wait for ever for the end of a line" {
	mkdir d
	start -t d
	printf 'begun' >&9
	await holds d/current begun
	kill -TERM "$pid"
	await gone "$pid"
	[ "$(cut -d' ' -f2 d/current)" = begun ]
}

@test "the processor: .u in, .s out, state from one run to the next" {
	for who in old new; do
		mkdir $who
		printf 's2000\nn0\n!read -r n <&4; n=$((n+1)); echo $n >&5; echo run $n; tr 1 x\n' \
			>$who/config
	done
	seq 1 2000 | "$old_svlogd" old
	seq 1 2000 | "$svlogd" new
	diff <(cat old/@*.s old/state) <(cat new/@*.s new/state)
	counts new '@*.[ut]' 0
	[ ! -e new/newstate ]
}

@test "a processor that fails is run again" {
	mkdir d
	printf 's2000\n!if [ -e once ]; then cat; else touch once; exit 1; fi\n' \
		>d/config
	start d
	seq 1 500 >&9
	await counts d '@*.s' 1
	exec 9>&-
	ended "$pid"
	holds err 'svlogd: warning: processor failed, restart: d'
	counts d '@*.t' 0
}

# A logger that has files to be processed, each for as long as it likes: until
# a line comes on descriptor 6.
slow() {
	mkdir d
	mkfifo d/go
	exec 6<>d/go
	printf 's2000\nn0\n!echo >began; read x <go; cat\n' >d/config
	start d
	seq 1 3000 >&9
	await holds d/current '^3000$'
	await [ -e d/began ]
}

child_is_dead() {
	local child
	child=$(cat "/proc/$pid/task/$pid/children")
	[ -n "$child" ] && holds "/proc/${child% }/stat" ') Z '
}

@test "no processor starts after a TERM, even if one ends at that moment" {
	slow
	kill -STOP "$pid"
	echo >&6
	await child_is_dead
	kill -TERM "$pid"
	kill -CONT "$pid"
	ended "$pid"
	counts d '@*.s' 1
	! counts d '@*.u' 0
}

@test "a slow processor stops neither the log nor a TERM" {
	slow
	counts d '@*.s' 0
	kill -TERM "$pid"
	echo >&6
	ended "$pid"
	counts d '@*.s' 1
	# What was left undone is done at the next start.
	exec 9>&-
	printf 's2000\nn0\n!cat\n' >d/config
	start d
	await counts d '@*.u' 0
	exec 9>&-
	ended "$pid"
	diff <(seq 1 3000) <(cat d/@*.s d/current)
}

@test "a kill in the middle of a commit is mended at the next start" {
	mkdir d
	stamp=@400000006b031a571d85ebb7
	echo '!cat' >d/config
	echo whole >d/$stamp.t && chmod 744 d/$stamp.t
	echo raw >d/$stamp.u && chmod 744 d/$stamp.u
	echo new >d/newstate
	echo old >d/state
	: | "$svlogd" d
	[ "$(cat d/$stamp.s)" = whole ]
	[ "$(cat d/state)" = new ]
	counts d '*.[ut]' 0
	# One that was not finished is done again.
	mv d/$stamp.s d/$stamp.u
	echo half >d/$stamp.t
	: | "$svlogd" d
	[ "$(cat d/$stamp.s)" = whole ]
	counts d '*.[ut]' 0
}

@test "u and U send datagrams" {
	mkdir d
	cat >listen.py <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.1", 0))
		s.settimeout(10)
		print(s.getsockname()[1], flush=True)
		for _ in range(2):
		    print(s.recv(4096).decode(), end="", flush=True)
	END
	python3 listen.py >got 3>&- &
	listener=$!
	await lines got 1
	printf "u127.0.0.1:$(head -n1 got)\nnotes\npP-\n" >d/config
	printf 'one\ntwotwotwotwo\n' | "$svlogd" -l 8 d
	ended $listener
	diff <(printf 'P-one\nP-twotwotw...\n') <(tail -n +2 got)
	diff <(printf 'P-one\nP-twotwotwotwo\n') d/current
}

@test "names of old files never go back with the clock" {
	mkdir d
	echo x >d/@4fffffff00000000000000ff.s
	{ echo a; echo b; } | "$svlogd" d
	start -v d
	await holds err append:
	kill -ALRM "$pid"
	await counts d '@*.s' 2
	stop
	[ "$(cat d/@*.s)" = "$(printf 'x\na\nb')" ]
}

@test "a current that somebody empties is continued without a hole" {
	mkdir d
	start d
	seq 1 1000 >&9
	await holds d/current '^1000$'
	: >d/current
	echo after >&9
	await holds d/current after
	[ "$(cat d/current)" = after ]
}

@test "a directory that vanishes is waited for, and nothing is lost" {
	mkdir d
	start -t d
	echo a >&9
	await holds d/current a
	rm -r d
	echo b >&9
	await holds err 'unable to open log directory: d: file does not exist'
	echo c >&9
	mkdir d
	await holds d/current c
	stop
	[ "$(cut -d' ' -f2 d/current)" = "$(printf 'b\nc')" ]
}

# A file system of 256 KiB, seen by nobody else.
small() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	timeout -k 5 120 unshare -m bash -c '
		set -e
		mount -t tmpfs -o size=256k none "$1"
		shift
		exec "$@"' small "$@"
}

@test "a full disk: old files go, down to N, and the log goes on" {
	mkdir d
	run small d bash -c '
		printf "s40000\nn20\nN2\n" >d/config
		seq 1 200000 | "$1" d
		cat d/@* d/current | tail -n 1
		ls d/@* | wc -l' - "$svlogd"
	[ "$status" = 0 ]
	[[ $output == *"out of disk space, delete: d/@"* ]]
	[[ $output == *$'\n200000\n'* ]]
}

@test "a full disk: reading goes on, drops are counted, TERM is obeyed" {
	mkdir d
	cat >full <<'END'
	. "$2"
	echo s0 >d/config
	mkfifo pipe
	exec 8<>pipe
	"$1" -t d <&8 8>&- 3>&- 2>err &
	pid=$!
	dd if=/dev/zero of=d/fill bs=1k 2>/dev/null
	# Three times as much as is kept: the writer is never held up.
	seq 1 120000 >&8
	await holds err 'pausing: unable to write to current: d: out of disk space'
	dropped() { rm -f d/fill; holds d/current 'trivet: .* were dropped'; }
	mount -o remount,size=64m d
	await dropped
	echo last >&8
	await holds d/current ' last$'
	kill -TERM $pid
	ended $pid || exit 8
	cut -d' ' -f2- d/current
END
	run small d bash full "$svlogd" "$BATS_TEST_DIRNAME/log.bash"
	[ "$status" = 0 ]
	note=$(echo "$output" | grep dropped)
	kept=$(echo "$output" | grep -c '^[0-9]*$')
	lost=$(echo "$note" | sed 's/[^0-9]*\([0-9]*\) lines.*/\1/')
	[ $((kept + lost)) = 120000 ]
	diff <(seq 1 "$kept") <(echo "$output" | grep '^[0-9]*$')
}

# kills N ARGUMENTS…: the logger is killed N times while lines come.
kills() {
	local n=$1 i
	shift
	mkfifo pipe
	exec 8<>pipe
	{ seq 1000000 1300000 >&8; : >sent; } 3>&- &
	for ((i = 0; i < n; i++)); do
		"$svlogd" "$@" d <&8 8>&- 3>&- 2>>err &
		pid=$!
		read -rt "0.0$((RANDOM % 4))$((RANDOM % 10))" <> <(:) || :
		kill -9 $pid 2>/dev/null
		ended $pid 2>/dev/null || :
	done
	"$svlogd" "$@" d <&8 8>&- 3>&- 2>>err &
	pid=$!
	await [ -e sent ]
	await grep -rqs 1300000 d
	kill -TERM $pid
	# It may have had nothing left to do, and not yet been up.
	ended $pid || [ $? = 143 ]
}

@test "40 kills: no line lost, none torn, none doubled" {
	mkdir d
	printf 's200000\nn0\n' >d/config
	kills 40
	diff <(seq 1000000 1300000) <(cat d/@* d/current)
}

@test "40 kills with stamps: no line lost" {
	mkdir d
	printf 's900000\nn0\n' >d/config
	kills 40 -tt
	# The last line of an unclosed file may be torn; it is there again whole.
	diff <(seq 1000000 1300000) \
		<(cat d/@* d/current | grep -aoE '[0-9]{5} 1[0-9]{6}$' |
			cut -d' ' -f2 | sort -nu)
}
