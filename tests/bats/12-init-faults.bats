# Every system call that init makes, from its first to its last, fails in turn;
# and after every one of them init has a fault. Each time it boots, keeps,
# announces an exit, restarts the kept child and powers off all the same.
# `make faults` does this with every error there is. A call may also fail for a
# while, each time that it is tried: init waits, and then recovers.

load pid1

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

@test "each call fails with every error asked for by make faults" {
	[ -n "${FAULTS:-}" ] || skip "make faults"
	local what
	for what in $FAULTS; do
		faults "$what" 1 1
		# The door to the kernel tries an interrupted call again itself.
		[ "$what" -le 0 ] || [ "$what" = 4 ] ||
			FOR='for 1000' faults "$what" 1 1
	done
}
