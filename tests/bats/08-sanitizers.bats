# Everything that `make check` runs, under ASan and UBSan with glibc.

@test "make SAN=1 check" {
	cd "$BATS_TEST_DIRNAME/../.."
	run make -s SAN=1 check
	echo "$output" | tail -n 60
	[ "$status" = 0 ]
}
