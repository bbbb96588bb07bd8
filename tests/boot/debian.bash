# What the suites that boot boot-examples/debian share.

EXAMPLE=$TOP/build/boot-examples/debian

make_debian() {
	mkdir -p "$EXAMPLE"
	make_once "$EXAMPLE/done" "$TOP/boot-examples/debian/run" image
}
