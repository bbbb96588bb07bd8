# tests/run counts what suites say, and is not to be fooled by those that
# die, hang on to nothing or say less than they planned.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	export OUT=$BATS_TEST_TMPDIR/out
}

# A suite that prints the given lines and exits with the given status.
suite() {
	printf '#!/bin/sh\nprintf "%%s\\n" %s\nexit %s\n' "$2" "${3:-0}" \
		>"$BATS_TEST_TMPDIR/$1"
	chmod +x "$BATS_TEST_TMPDIR/$1"
	suites+=("$BATS_TEST_TMPDIR/$1")
}

last() {
	echo "${lines[${#lines[@]} - 1]}"
}

@test "passes are added up and the last line says so" {
	suite one "'1..2' 'ok 1 - a' 'ok 2 - b'"
	suite two "'ok 1 - c' '1..1'"
	run tests/run programs "${suites[@]}"
	[ "$status" = 0 ]
	[ "$(last)" = "3 passed, 0 failed" ]
}

@test "a skipped test is told apart" {
	suite one "'1..2' 'ok 1 - a # skip no KVM' 'ok 2 - b'"
	run tests/run programs "${suites[@]}"
	[ "$status" = 0 ]
	[ "$(last)" = "1 passed, 0 failed, 1 skipped" ]
}

@test "a failure is shown whole and fails the run" {
	suite one "'1..2' 'ok 1 - a' 'not ok 2 - b' '# because of this'"
	run tests/run programs "${suites[@]}"
	[ "$status" != 0 ]
	[ "$(last)" = "1 passed, 1 failed" ]
	[[ $output == *"not ok 2 - b"*"# because of this"* ]]
	[[ $output != *"ok 1 - a"* ]]
}

# A suite that fails, but the first time only.
once() {
	printf '#!/bin/sh\necho 1..1\nmkdir %s 2>/dev/null || exec echo ok 1\n%s\n' \
		"$BATS_TEST_TMPDIR/$1.seen" "echo not ok 1 - unlucky" \
		>"$BATS_TEST_TMPDIR/$1"
	chmod +x "$BATS_TEST_TMPDIR/$1"
	suites+=("$BATS_TEST_TMPDIR/$1")
}

@test "what failed beside others and passes alone is passed, and named" {
	suite one "'1..1' 'ok 1 - a'"
	once two
	run tests/run programs "${suites[@]}"
	[ "$status" = 0 ]
	[ "$(last)" = "2 passed, 0 failed" ]
	[ "${lines[-2]}" = "unsteady: programs-two failed beside others,\
 passed alone (first output: $OUT/programs-two.first.tap)" ]
	grep -qx 'not ok 1 - unlucky' "$OUT/programs-two.first.tap"
}

@test "what fails alone too has failed" {
	once one
	suite two "'1..1' 'not ok 1 - b'"
	run tests/run programs "${suites[@]}"
	[ "$status" = 1 ]
	[ "$(last)" = "1 passed, 1 failed" ]
	[[ $output == *"unsteady: programs-one "* ]]
	[[ $output != *"unsteady: programs-two "* ]]
}

@test "six failures are not tried again" {
	for n in 1 2 3 4 5 6; do
		once "$n"
	done
	run tests/run programs "${suites[@]}"
	[ "$status" = 1 ]
	[ "$(last)" = "0 passed, 6 failed" ]
	[[ $output != *unsteady* ]]
}

@test "a suite that dies after its tests has failed" {
	suite one "'1..1' 'ok 1 - a'" 3
	run tests/run programs "${suites[@]}"
	[ "$status" != 0 ]
	[ "$(last)" = "1 passed, 1 failed" ]
	[[ $output == *"exited 3"* ]]
}

@test "a suite that runs fewer tests than it planned has failed" {
	suite one "'1..3' 'ok 1 - a' 'ok 2 - b'"
	run tests/run programs "${suites[@]}"
	[ "$status" != 0 ]
	[ "$(last)" = "2 passed, 1 failed" ]
}

@test "a suite without a plan has failed" {
	suite one "'ok 1 - a'"
	run tests/run programs "${suites[@]}"
	[ "$status" != 0 ]
}

@test "a run of nothing has failed" {
	run tests/run programs
	[ "$status" != 0 ]
	[ "$(last)" = "0 passed, 1 failed" ]
}

@test "the gate of the scripts can fail" {
	printf '#!/bin/sh\nrm $1\n' >"$BATS_TEST_TMPDIR/bad"
	run tests/gates/scripts "$BATS_TEST_TMPDIR"
	[ "$status" = 1 ]
	[[ $output == *SC2086* ]]
}

@test "what is missing is named in one apt-get line for who is not root" {
	empty=$BATS_TEST_TMPDIR/bin
	mkdir -p "$empty"
	for tool in sh cat sed sort tr; do
		ln -s "$(command -v "$tool")" "$empty/$tool"
	done
	printf '#!/bin/sh\necho 1000\n' >"$empty/id"
	chmod +x "$empty/id"
	run --separate-stderr env PATH="$empty" tests/need check
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *"only root can install them:" ]]
	[[ ${lines[0]} == "apt-get install "*"musl-tools"* ]]
}

@test "without its compiler make says what to do" {
	run make K="$BATS_TEST_TMPDIR/include" CC=no-such-compiler \
		B="$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/obj/lib/buf.o"
	[ "$status" != 0 ]
	[[ $output == *"no no-such-compiler here: tests/need check installs"* ]]
}

@test "an unknown purpose is refused" {
	run tests/need nonsense
	[ "$status" = 100 ]
}
