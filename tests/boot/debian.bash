# What the suites that boot boot-examples/debian share.

EXAMPLE=$TOP/build/boot-examples/debian

make_debian() {
	mkdir -p "$EXAMPLE"
	make_once "$EXAMPLE/done" "$TOP/boot-examples/debian/run" image
}

# Nothing to repair, and no journal to be replayed.
is_clean() {
	run e2fsck -f -n "$1"
	echo "$output"
	[ "$status" = 0 ]
	run dumpe2fs -h "$1"
	[[ $output == *"Filesystem state:         clean"* ]]
	[[ $output != *needs_recovery* ]]
}
