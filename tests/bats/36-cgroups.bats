# A cgroup for each service, and what there is without one.
bats_require_minimum_version 1.5.0
load svcd
export AWAIT=30

setup() { tree_setup; }
teardown() {
	local keeper=$KEEPER
	tree_end
	# What a test has left behind was still in its group.
	empty() { ! find "$CG/trivet.$keeper" -depth -type d -exec rmdir {} \; 2>&1 | grep -q .; }
	[ -z "$keeper" ] || [ ! -d "${CG-}/trivet.$keeper" ] || await empty
}

SVC() { "$TOP/build/bin/svc" -r "$D/run" "$@"; }
lines() { mkdir -p "$D/sv/$1" && cat >"$D/sv/$1/service"; }
in_its_group() {
	[ "$(group_of "$(pid_of "$1")" 2>/dev/null)" = "$(group_of self | sed 's:/$::')/trivet.$KEEPER/$1" ]
}
group_of() { sed -n 's/^0:://p' "/proc/$1/cgroup"; }

# Where a group can be made and removed; the reason to skip otherwise.
cgroups_here() {
	local at
	for at in /sys/fs/cgroup /sys/fs/cgroup/unified; do
		[ -f "$at/cgroup.procs" ] || continue
		CG=$at$(group_of self)
		CG=${CG%/}
		mkdir "$CG/trivet-test.$$" 2>/dev/null || continue
		rmdir "$CG/trivet-test.$$"
		return 0
	done
	skip "needs a cgroup v2 hierarchy that may be written"
}

# svcd on a machine that has no cgroups to show.
without_cgroups() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "needs a mount namespace"
	# shellcheck disable=SC2016
	tree_start unshare -m sh -c \
		'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' - \
		"$SVCD" -r "$D/run" "$D/scan"
}

# A daemon that leaves its session, its parent and all that is known of it.
escaping() {
	cat >"$D/escape" <<-EOF
		#!/bin/sh
		setsid sh -c 'sh -c "echo \\\$\\\$ >$D/escaped; exec sleep 1000" &' &
		exec sleep 1000
	EOF
	chmod 755 "$D/escape"
}
escapee() { cat "$D/escaped" 2>/dev/null; }
has_escaped() { [ -n "$(escapee)" ] && ! is_gone "$(escapee)"; }

@test "each service has a cgroup of its own, also after a restart" {
	cgroups_here
	sleeper a
	sleeper b
	enable a
	enable b
	tree_start
	await is_up a
	await is_up b
	await in_its_group a
	await in_its_group b
	old=$(pid_of a)
	kill -KILL "$old"
	await is_gone "$old"
	await in_its_group a
}

@test "kill = all ends what has left by a session of its own" {
	cgroups_here
	escaping
	lines a <<<"run = $D/escape"
	enable a
	tree_start
	await is_up a
	await has_escaped
	pid=$(escapee)
	send a d
	await is_down a
	is_gone "$pid"
}

@test "the same on a machine without cgroups" {
	escaping
	lines a <<<"run = $D/escape"
	enable a
	without_cgroups
	await is_up a
	await has_escaped
	pid=$(escapee)
	send a d
	await is_down a
	is_gone "$pid"
}

@test "what does not heed TERM is killed, and the next run lives" {
	cgroups_here
	cat >"$D/stubborn" <<-EOF
		#!/bin/sh
		setsid sh -c 'trap "" TERM; echo \$\$ >$D/escaped; while :; do sleep 1000; done' &
		exec sleep 1000
	EOF
	chmod 755 "$D/stubborn"
	lines a <<<"run = $D/stubborn"
	enable a
	tree_start
	await is_up a
	await has_escaped
	pid=$(escapee)
	rm "$D/escaped"
	send a d
	await is_down a
	is_gone "$pid"
	# Some kernels kill all that is born into a group once killed.
	send a u
	await is_up a
	await has_escaped
	is_up a
	send a d
	await is_down a
}

@test "what a runit directory leaves behind lives on and is shown" {
	make a <<<"setsid sleep 1000 & echo \$! >$D/left; exec sleep 1000"
	enable a
	tree_start
	await is_up a
	await test -s "$D/left"
	left=$(cat "$D/left")
	send a d
	await is_down a
	! is_gone "$left"
	if SVC status -j a | grep -q CGROUP; then
		SVC status a | grep -q 'a process of a former run lives on'
		kill -KILL "$left"
		none() { ! SVC status a | grep -q 'lives on'; }
		await none
	fi
	kill -KILL "$left" 2>/dev/null || :
}

@test "a limit where there are no cgroups is said, and the service runs" {
	lines a <<<"run = sleep 1000
pids-max = 10"
	enable a
	without_cgroups
	await is_up a
	await has_line "$D/said" 'a: no cgroup for it here: pids-max has no effect'
}

@test "nothing of the tree stays when it has ended" {
	cgroups_here
	sleeper a
	enable a
	tree_start
	await is_up a
	[ -d "$CG/trivet.$KEEPER/a" ]
	group=$CG/trivet.$KEEPER
	kill -TERM "$KEEPER"
	wait "$KEEPER" || :
	KEEPER=
	[ ! -d "$group" ]
}

@test "status shows the processes of the cgroup, and its memory and time" {
	cgroups_here
	lines a <<<"run = sh -c 'setsid sleep 1001 & exec sleep 1000'"
	enable a
	tree_start
	await is_up a
	both() { SVC status a | grep -q 'sleep 1001' && SVC status a | grep -q 'sleep 1000'; }
	await both
	SVC status a | grep -q '^  processes *2$'
	SVC status a | grep -q '^  memory'
}

@test "trees that are process 1, each of its own namespace, keep apart" {
	cgroups_here
	[ "$(id -u)" = 0 ] || skip "needs root"
	local n pids=()
	for n in 1 2; do
		mkdir -p "$D/scan$n/a" "$D/run$n"
		cat >"$D/scan$n/a/run" <<-EOF
			#!/bin/sh
			sed -n 's/^0:://p' /proc/self/cgroup >$D/group$n.new
			mv $D/group$n.new $D/group$n
			exec sleep 1000
		EOF
		chmod 755 "$D/scan$n/a/run"
		unshare --pid --fork --mount-proc --kill-child \
			"$SVCD" -r "$D/run$n" "$D/scan$n" >"$D/said$n" 2>&1 3>&- &
		pids+=($!)
	done
	await [ -e "$D/group1" ]
	await [ -e "$D/group2" ]
	kill -KILL "${pids[@]}"
	wait "${pids[@]}" || :
	# What they leave is empty, and goes with the next tree that starts.
	sleeper b
	enable b
	gone() {
		tree_start && await is_up b && tree_end
		[ ! -d "$CG/$(basename "$(dirname "$(cat "$D/group1")")")" ]
	}
	await gone
	[ "$(cat "$D/group1")" != "$(cat "$D/group2")" ]
	[[ $(cat "$D/group1") == */trivet.*.1/a ]]
}
