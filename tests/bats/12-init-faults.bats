# Every system call that init makes, from its first to its last, fails in turn;
# and after every one of them init has a fault. Each time it boots, keeps,
# announces an exit, restarts the kept child and powers off all the same.
# `make faults` does this with every error there is. A call may also fail for a
# while, each time that it is tried: init waits, and then recovers.

load pid1
bats_require_minimum_version 1.5.0

setup() {
	pid1_setup
	[ "$(uname -m)" = x86_64 ] || skip "tests/faults knows x86-64 only"
	touch "$T/kept/script"
}

# faults WHAT FROM STEP, with FOR='for MILLISECONDS' or not
faults() {
	# shellcheck disable=SC2016,SC2086 # for the shell inside; words
	run unshare --mount sh -c '
		T=$1 KEPT=$2
		shift 2
		mount -t tmpfs tmpfs /run || exit 99
		mount --bind "$T/console" /dev/console || exit 99
		exec 7<>"$T/console"
		cat <&7 >"$T/said" &
		status=0
		"$@" --machine --svcd="$KEPT" --services="$T/kept" \
			--timeout-boot=500ms --timeout-stop=500ms \
			--timeout-term=200ms --timeout-kill=200ms || status=$?
		kill $!
		exit $status
	' sh "$T" "$KEPT" "$ROOT/build/tests/faults" ${FOR-} "$@" -- "$INIT"
	echo "$output"
	[ "$status" = 0 ]
	# A sweep that swept nothing proves nothing.
	[[ $output =~ ok\ -\ ([0-9]+)\ runs ]]
	[ "${BASH_REMATCH[1]}" -gt $((120 / $3)) ]
}

@test "each call fails for want of memory" {
	faults 12 1 1
}

@test "each call fails for want of descriptors" {
	faults 24 1 1
}

@test "each call fails as interrupted, as not permitted, as broken" {
	local error
	for error in 4 1 5 9 10 11 22 28 38; do
		faults "$error" $((error % 3 + 1)) 3
	done
}

@test "each call fails for a while, however often it is tried" {
	FOR='for 400' faults 12 1 17
}

@test "a fault after each call" {
	faults -11 1 1
}

# What init's children do between their birth and their exec: mounting, stages,
# the console's writer, swap, loops, unmounting, the reboot. /dev and /sys are
# the test's own and hold nothing that could be lost; in a cgroup namespace of
# its own the options of a cgroup2 mount are nobody else's.
children() {
	stage boot <<<'exit 0'
	stage shutdown <<<'exit 0'
	printf 'Filename\n/swapfile-that-is-none partition 1 0 -2\n' >"$T/swaps"
	echo quiet >"$T/cmdline"
	# shellcheck disable=SC2016 # for the shell inside
	run unshare --mount --cgroup sh -c '
		T=$1 KEPT=$2
		shift 2
		mount -t tmpfs tmpfs /run || exit 99
		mount -t tmpfs tmpfs /sys || exit 99
		mount -t tmpfs tmpfs /dev || exit 99
		mkdir -p /sys/block/loop9/loop /sys/fs/cgroup || exit 99
		touch /sys/block/loop9/loop/backing_file
		mknod -m 666 /dev/null c 1 3 && touch /dev/console || exit 99
		mount --bind "$T/console" /dev/console || exit 99
		"$@" --machine --svcd="$KEPT" --services="$T/kept" \
			--boot="$T/etc/boot" --shutdown="$T/etc/shutdown" \
			--timeout-boot=5s --timeout-stop=5s \
			--timeout-term=200ms --timeout-kill=200ms
	' sh "$T" "$KEPT" "$ROOT/build/tests/faults" children "$T" "$@" -- "$INIT"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output =~ ok\ -\ ([0-9]+)\ runs ]]
	[ "${BASH_REMATCH[1]}" -gt $((100 / $3)) ]
}

@test "each call of init's children fails: init says so and goes on" {
	children 12 1 "${STEP:-5}"
	# Not worth a word: setting up a session and a console (which may be
	# lacking), looking whether something is mounted, a file that ended,
	# what every kernel may lack, and what is tried in another way or again.
	local told='number (0|3|4|16|33|72|112|162|166|258|302|435)\)'
	told+='|257\) /dev/console|165\) /sys/'
	run ! grep -Ev "$told" < <(grep silent <<<"$output")
}

@test "each call fails with every error asked for by make faults" {
	[ -n "${FAULTS:-}" ] || skip "make faults"
	local what
	for what in $FAULTS; do
		faults "$what" 1 1
		[ "$what" -le 0 ] || children "$what" 1 1
		# The door to the kernel tries an interrupted call again itself.
		[ "$what" -le 0 ] || [ "$what" = 4 ] ||
			FOR='for 1000' faults "$what" 1 1
	done
}
