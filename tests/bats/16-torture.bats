# svcd, init and the loggers are ended at random and at their system calls,
# while services come and go that know the truth: see tests/torture/torture.
# make torture does it ten thousand times.
who='+++svcd +++svcd@ ! +!@ svlogd svlogd@'

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ "$(uname -m)" = x86_64 ] || skip "the killer knows x86-64 only"
	cd "$BATS_TEST_DIRNAME/../.." || return
}

torture() {
	run timeout -k 5 120 tests/torture/torture "$@"
	echo "$output"
}

# The rig must notice what is wrong with this one.
bites() {
	local dir=$PWD/build/mutants/$1 seed
	shift
	# What is wrong shows in most runs, not in each.
	for seed in 1 2 3 4 5 6; do
		torture --init "$dir/init" --svcd "$dir/svcd" \
			--svlogd "$dir/svlogd" --services 20 --limit 10 \
			--seed $seed "$@"
		[ "$status" = 1 ] && [[ $output == *"statuses lost"* ]] && return 0
	done
	return 1
}

@test "nothing is lost and nothing doubled" {
	torture --kills 60 --services 25 --who "$who"
	[ "$status" = 0 ]
	[[ $output == *"0 statuses lost"*"0 doubled, 0 lines lost"* ]]
}

@test "the same while each pid is given out again at once" {
	torture --kills 60 --services 25 --seed 2 --pids --who "$who"
	[ "$status" = 0 ]
	[[ $output =~ \(([0-9]+)\ pids\ used\ again ]]
	[ "${BASH_REMATCH[1]}" -gt 0 ]
}

@test "a storm of faults of PID 1 is no row: each turn is done" {
	torture --kills 160 --services 5 --most 40 --who '!'
	[ "$status" = 0 ]
	[[ $output == *"ended 160 init"* ]]
}

@test "it bites: no gate" {
	bites svcd-no-gate --kills 40 --who 'svcd +++svcd@'
}

@test "it bites: a child is reaped before it is announced" {
	bites init-reap-first --kills 50 --who '! +++!@'
}

@test "it bites: lines are copied instead of moved" {
	bites svlogd-copy --kills 4 --who 'svlogd='
	[[ $output != *" 0 lines lost"* ]]
}

@test "after crashes nothing has grown, and in calm nobody wakes" {
	run timeout -k 5 150 tests/torture/soak --seconds 1 --services 10 --kills 8
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"0 wake-ups in calm"*"0 statuses lost"* ]]
}
