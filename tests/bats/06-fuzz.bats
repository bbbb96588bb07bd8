# Every parser with its seeds and a second of libFuzzer: that the targets build
# and their claims hold. `make fuzz SECONDS=…` is for finding things.

@test "fuzz: no parser breaks in a second" {
	cd "$BATS_TEST_DIRNAME/../.."
	run make -s fuzz SECONDS=1
	echo "$output"
	[ "$status" = 0 ]
	[ "$(grep -c ' inputs$' <<<"$output")" -ge 5 ]
	[[ $output != *BROKEN* ]]
}
