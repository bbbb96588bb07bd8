# utmpset(8) beside Debian's runit, on records that the test makes.

bats_require_minimum_version 1.5.0
load peers
load service
ORIGINALS=runit

# A room where /var/run/utmp and /var/log/wtmp are those of the test: only the
# two directories are covered, in a mount namespace that ends with the program.
setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir a b a/run a/log b/run b/log
	RUN=$(realpath /var/run)
}

bytes() {
	head -c "$1" /dev/zero
}

padded() {
	printf '%s' "$2"
	bytes $(($1 - ${#2}))
}

# record TYPE LINE USER HOST [REST]: 384 bytes, as glibc has them on x86.
record() {
	printf '%b' "\\x0$1\\0\\0\\0\\x7\\0\\0\\0"
	padded 32 "$2"
	padded 4 id
	padded 32 "$3"
	padded 256 "$4"
	bytes "${5:-52}"
}

on_both() {
	local status
	for side in a b; do
		local path=$THEIRS
		[ $side = a ] || path=$OURS:
		status=0
		unshare -m sh -c 'mount --bind "$0/run" "$1" &&
			mount --bind "$0/log" /var/log && shift && exec "$@"' \
			"$side" "$RUN" "$(PATH=$path command -v utmpset)" "$@" \
			>$side.out 2>&1 || status=$?
		sed -i "s#[^ ]*/utmpset#utmpset#" $side.out
		echo $status >>$side.out
	done
	cat a.out
	diff a.out b.out
}

fill() {
	local side
	for side in a b; do
		"$@" >$side/run/utmp
		: >$side/log/wtmp
	done
}

three() {
	record 2 '~' reboot kernel
	record 7 tty1 root ''
	record 7 pts/0 somebody a.host.example
}

# All but the time, which is when it was run.
without_time() {
	od -An -v -tx1 -w384 "$1" | cut -d ' ' -f 1-341,350-
}

same_files() {
	diff <(without_time a/run/utmp) <(without_time b/run/utmp)
	diff <(without_time a/log/wtmp) <(without_time b/log/wtmp)
}

@test "wrong use is 1" {
	fill three
	[ "$(on_both | tail -n 1)" = 1 ]
	[ "$(on_both -q tty1 | tail -n 1)" = 1 ]
}

@test "the user on a line is gone, nothing else changes" {
	fill three
	[ "$(on_both tty1 | tail -n 1)" = 0 ]
	same_files
	grep -qa somebody b/run/utmp
	run grep -qa root b/run/utmp
	[ "$status" = 1 ]
	[ ! -s b/log/wtmp ]
}

@test "-w puts a record of it into wtmp too" {
	fill three
	[ "$(on_both -w pts/0 | tail -n 1)" = 0 ]
	same_files
	[ "$(wc -c <b/log/wtmp)" = 384 ]
	[ "$(on_both -w tty1 | tail -n 1)" = 0 ]
	[ "$(wc -c <b/log/wtmp)" = 768 ]
	same_files
}

@test "the time is now" {
	local before after time
	fill three
	before=$(date +%s)
	on_both tty1
	after=$(date +%s)
	time=$(od -An -td4 -j $((384 + 340)) -N 4 b/run/utmp)
	[ "$time" -ge "$before" ]
	[ "$time" -le "$after" ]
}

@test "no such entry: told, 111, nothing written" {
	fill three
	[ "$(on_both -w tty9 | tail -n 1)" = 111 ]
	grep -q 'utmpset: warning: unable to logout line tty9 in utmp: no such entry' b.out
	same_files
	on_both tty1
	[ "$(on_both tty1 | tail -n 1)" = 111 ]
}

@test "no file is told, 111" {
	[ "$(on_both tty1 | tail -n 1)" = 111 ]
	grep -q 'unable to open /var/run/utmp: file does not exist' b.out
}

@test "a line that is too long is refused, 111" {
	fill three
	run on_both 123456789012345678901234567890123
	grep -q '^utmpset: fatal: unable to logout line 1.* in utmp: name too long$' b.out
	[ "$(tail -n 1 b.out)" = 111 ]
}

wide() {
	record 2 '~' reboot kernel 68
	record 7 tty1 root '' 68
}

@test "records of 400 bytes, as musl and newer machines have them" {
	fill wide
	run on_both -w tty1
	[ "$(wc -c <b/run/utmp)" = 800 ]
	[ "$(od -An -td2 -j 400 -N 2 b/run/utmp | tr -d ' ')" = 8 ]
	[ "$(od -An -td8 -j 744 -N 8 b/run/utmp)" -gt 1700000000 ]
	run grep -qa root b/run/utmp
	[ "$status" = 1 ]
}
