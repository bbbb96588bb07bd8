# svc seed: what the kernel is told that it may count.

setup() {
	PATH=$BATS_TEST_DIRNAME/../../build/bin:$PATH
	dir=$BATS_TEST_TMPDIR/seeds
	# What of the calls matters: how much is counted of how much.
	trace() {
		strace -f -s 0 -e trace=ioctl,unlinkat,openat -o "$BATS_TEST_TMPDIR/trace" "$@"
		grep -o 'RNDADDENTROPY, {entropy_count=[0-9]*, buf_size=[0-9]*' \
			"$BATS_TEST_TMPDIR/trace"
	}
}

@test "seed: saved by a ready generator, it counts; and is another one at once" {
	svc seed save "$dir"
	[ "$(stat -c '%s %a' "$dir/seed.credit")" = '512 600' ]
	cp "$dir/seed.credit" "$BATS_TEST_TMPDIR/before"
	run trace svc seed load "$dir"
	[ "$output" = 'RNDADDENTROPY, {entropy_count=4096, buf_size=512' ]
	run cmp -s "$dir/seed.credit" "$BATS_TEST_TMPDIR/before"
	[ "$status" = 1 ]
	[ "$(ls "$dir")" = seed.credit ]
	# Gone from the disk before the kernel has it.
	grep -n 'unlinkat.*seed.credit\|RNDADDENTROPY' "$BATS_TEST_TMPDIR/trace" |
		head -n 1 | grep -q unlinkat
}

@test "seed: what was saved too early, is another's or may be a copy counts for nothing" {
	svc seed save "$dir"
	mv "$dir/seed.credit" "$dir/seed.no-credit"
	run trace svc seed load "$dir"
	[ "$output" = 'RNDADDENTROPY, {entropy_count=0, buf_size=512' ]
	chmod 644 "$dir/seed.credit"
	run trace svc seed load "$dir"
	[ "$output" = 'RNDADDENTROPY, {entropy_count=0, buf_size=512' ]
	run trace svc seed load -n "$dir"
	[ "$output" = 'RNDADDENTROPY, {entropy_count=0, buf_size=512' ]
}

@test "seed: a link is not followed, half a file is what it is" {
	mkdir "$dir"
	ln -s /etc/passwd "$dir/seed.credit"
	run svc seed load "$dir"
	[ "$status" = 111 ]
	rm "$dir/seed.credit"
	(umask 077 && printf 'sixteen bytes...' >"$dir/seed.credit")
	run trace svc seed load "$dir"
	[ "$output" = 'RNDADDENTROPY, {entropy_count=128, buf_size=16' ]
	run svc seed
	[ "$status" = 100 ]
}
