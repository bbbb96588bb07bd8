# The other compilers and machines that the Makefile promises.

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
}

@test "make CC=clang" {
	make -s CC=clang
	for program in init init-command svcd svlogd svc; do
		[ -x build/clang/bin/$program ]
	done
	[ "$(build/clang/bin/svc --version)" = "$(build/bin/svc --version)" ]
}

@test "make ARCH=aarch64" {
	make -s ARCH=aarch64
	for program in init init-command svcd svlogd svc; do
		readelf -h build/aarch64/bin/$program | grep -q 'Machine: *AArch64'
	done
}
