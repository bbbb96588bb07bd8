# Every parser with its seeds and a second of libFuzzer: that the targets build
# and their claims hold. `make fuzz SECONDS=…` is for finding things.

@test "fuzz: no parser breaks in a second" {
	cd "$BATS_TEST_DIRNAME/../.."
	run make -s fuzz SECONDS=1
	echo "$output"
	[ "$status" = 0 ]
	# Every target there is: none was forgotten in the Makefile.
	[ "$(grep -c ' [0-9]* inputs$' <<<"$output")" = \
		"$(ls tests/fuzz/*.c | wc -l)" ]
	[[ $output != *BROKEN* ]]
}
