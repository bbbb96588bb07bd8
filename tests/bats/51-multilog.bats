# multilog by name, beside daemontools: the script of actions, the files of a
# directory, and what happens to them when something goes wrong.

load log

setup() {
	log_setup
}

teardown() {
	exec 8>&-
	[ -z "${pid:-}" ] || kill -9 "$pid" 2>/dev/null || :
}

# same SCRIPT…: the directory ./dir and the file status of the original and
# ours after the same input, from a file and from a pipe.
same() {
	cat >input
	rm -rf dir status
	"$old_multilog" "$@" <input 2>old.err
	rm -rf old old.status && mv dir old
	[ ! -e status ] || mv status old.status
	"$multilog" "$@" <input 2>new.err
	compare
	cat input | "$multilog" "$@" 2>new.err
	compare
}

compare() {
	diff <(unstamped old) <(unstamped dir)
	diff <(sed "$stamp" old.err) <(sed "$stamp" new.err)
	[ ! -e old.status ] ||
		diff <(sed "$stamp" old.status) <(sed "$stamp" status)
	rm -rf dir status
}

stamp='s/^@[0-9a-f]\{24\}/@/'
unstamped() {
	stat -c '%a %s' "$1/current"
	cat "$1"/@* "$1/current" 2>/dev/null | sed "$stamp"
}

@test "lines are appended to a directory that is made" {
	seq 1 2000 | same ./dir
	"$multilog" ./dir </dev/null
	[ "$(stat -c %a dir)" = 700 ]
	[ "$(stat -c %a dir/current)" = 744 ]
	[ "$(stat -c '%a %s' dir/state)" = "644 0" ]
	[ "$(stat -c %a dir/lock)" = 600 ]
}

@test "lines are selected, with the stars of multilog" {
	printf '%s\n' fatal: 'named[1]: Cleaned cache of 3' '+a' aa '' b ab >in
	same -a '+*b' ./dir <in
	same '-*' '+named[*]: *' ./dir <in
	same '-*' '++a' ./dir <in
	same '-*' + ./dir <in
	same '-*' +aa '-*a' ./dir <in
}

@test "selections reach the actions behind them only" {
	seq 1 30 >input
	"$old_multilog" ./a '-*' '+1*' e ./b +30 ./c <input 2>old.err
	mkdir old && mv a b c old
	"$multilog" ./a '-*' '+1*' e ./b +30 ./c <input 2>new.err
	diff old.err new.err
	for d in a b c; do
		diff $d/current old/$d/current
	done
}

@test "t puts a stamp before each line, and patterns see it" {
	seq 1 30 >in
	same t ./dir <in
	same t '-*' '+* 3*' ./dir <in
	same t -3 ./dir <in
	"$multilog" t ./dir <in
	[ "$(grep -cE '^@4000000[0-9a-f]{17} [0-9]+$' dir/current)" = 30 ]
}

@test "the first 1000 bytes decide, the whole line is written" {
	{ printf '%0999d\n' 0; printf '%01000dx\n' 0; printf '%03000db\n' 0; } >in
	same '-*' '+0*0' ./dir <in
	same '-*b' ./dir <in
	same t ./dir <in
}

@test "e writes 200 bytes to standard error" {
	{ printf '%0200d\n' 0; printf '%0201d\n' 0; echo a; } >in
	same e ./dir <in
	same t e ./dir <in
}

@test "=file holds the last line, padded" {
	{ echo a; printf '%02000d\n' 0; } | same =status ./dir
	{ printf '%02000d\n' 0; echo b; } | same =status ./dir
	echo b | same t =status ./dir
	echo a | "$multilog" =status
	[ "$(wc -c <status)" = 1001 ]
}

@test "s and n: sizes and numbers of files, with their bounds" {
	seq 100000 103000 >in
	"$multilog" s5000 n3 ./dir <in
	counts dir '@*.s' 2
	# A newline in the last 2000 bytes of 5000 ends a file.
	[ "$(stat -c %s dir/@* | sort -u)" = 3003 ]
	tail -n1 dir/current | grep -q 103000
	"$multilog" s1 n1 ./dir2 <in
	counts dir2 '@*.s' 1
	[ "$(stat -c %s dir2/@*)" = 2100 ]
	"$multilog" ./dir3 <in
	counts dir3 '@*' 0
}

@test "without a directory there is nothing to do" {
	run "$multilog" </dev/null
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "what is wrong at the start ends it before anything is read" {
	echo a >in
	run "$old_multilog" ./no/dir <in
	old=$output
	run "$multilog" ./no/dir <in
	[ "$status" = 111 ]
	[ "$output" = "$old" ]
	"$multilog" ./dir <in
	exec 8>>dir/lock
	flock 8
	run "$old_multilog" ./dir <in
	old=$output
	run "$multilog" ./dir <in
	[ "$status" = 111 ]
	[ "$output" = "$old" ]
}

@test "a directory of the original is continued, and the other way round" {
	seq 1 2000 | "$old_multilog" s4096 n99 ./dir
	seq 2001 4000 | "$multilog" s4096 n99 ./dir
	seq 4001 5000 | "$old_multilog" s4096 n99 ./dir
	seq 5001 6000 | "$multilog" s4096 n99 ./dir
	diff <(seq 1 6000) <(cat dir/@* dir/current)
}

@test "the processor, with its state" {
	script='read -r n <&4; n=$((n+1)); echo $n >&5; echo run $n; tr 1 x'
	seq 1 3000 | "$multilog" s4096 n99 "!$script" ./dir
	diff <(seq 1 3000 | tr 1 x) \
		<(cat dir/@* dir/current | grep -v run | tr 1 x)
	[ -z "$(cat dir/@* | grep -v run | grep 1)" ]
	n=$(cat dir/state)
	[ "$(cat dir/@* | grep -c run)" = "$n" ]
	[ "$n" -ge 2 ]
	[ ! -e dir/previous ] && [ ! -e dir/processed ] && [ ! -e dir/newstate ]
}

@test "ALRM ends the file, TERM ends the logger after the line" {
	mkfifo pipe
	exec 8<>pipe
	"$multilog" ./dir <&8 8>&- 3>&- &
	pid=$!
	echo a >&8
	await holds dir/current a
	kill -ALRM $pid
	await counts dir '@*.s' 1
	printf b >&8
	await holds dir/current b
	kill -TERM $pid
	printf 'c\nd\n' >&8
	ended $pid
	[ "$(cat dir/current)" = bc ]
	[ "$(stat -c %a dir/current)" = 744 ]
	read -r -t 5 line <&8
	[ "$line" = d ]
}

@test "a kill between the steps of a rotation is mended" {
	mkdir dir
	echo 1 >dir/previous && chmod 744 dir/previous
	echo 2 >dir/current
	echo 3 | "$multilog" ./dir
	[ "$(cat dir/@*.s)" = 1 ]
	[ "$(cat dir/@*.u)" = 2 ]
	[ "$(cat dir/current)" = 3 ]
	# The processor had done its work, and that was on disk.
	rm -r dir && mkdir dir
	echo raw >dir/previous && chmod 744 dir/previous
	echo done >dir/processed && chmod 744 dir/processed
	echo 7 >dir/newstate
	echo 4 | "$multilog" !false ./dir
	[ "$(cat dir/@*.s)" = done ]
	[ "$(cat dir/state)" = 7 ]
	[ ! -e dir/previous ]
	# It had not: it is run again.
	rm -r dir && mkdir dir
	echo raw >dir/previous && chmod 744 dir/previous
	echo half >dir/processed
	echo 5 | "$multilog" '!tr a-z A-Z' ./dir
	[ "$(cat dir/@*.s)" = RAW ]
	# It has its name already, only the old one is to go.
	rm -r dir && mkdir dir
	echo 1 >dir/previous && chmod 744 dir/previous
	ln dir/previous dir/@400000006b031a571d85ebb7.s
	echo 6 | "$multilog" ./dir
	counts dir '@*' 1
	[ ! -e dir/previous ]
}
