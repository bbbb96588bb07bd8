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

# One that has left session and ancestors says where it is from, and again each
# time it is told to.
roamer() {
	cat >"$D/roamer.py" <<-'END'
		import array, os, select, signal, socket, sys
		if os.fork() == 0:
		    os.setsid()
		    if os.fork() == 0:
		        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		        s.connect(os.environ['NOTIFY_SOCKET'])
		        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
		        n = 0
		        while True:
		            n += 1
		            s.send(b'STATUS=from afar %d' % n)
		            r, w = os.pipe()
		            s.sendmsg([b'BARRIER=1'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [w]))])
		            os.close(w)
		            p = select.poll()
		            p.register(r, 0)
		            p.poll()
		            with open(sys.argv[1] + '.new', 'w') as f:
		                print(os.getpid(), n, file=f)
		            os.rename(sys.argv[1] + '.new', sys.argv[1])
		            signal.sigwait([signal.SIGUSR1])
		    os._exit(0)
		signal.pause()
	END
	lines "$1" <<-END
		run = python3 $D/roamer.py $D/$1.said
		notify-access = all
	END
	enable "$1"
}
says() { [ "$(cut -d' ' -f2 "$D/$1.said" 2>/dev/null)" = "$2" ]; }
status_has() { grep -q -e "$2" <<<"$(SVC status "$1")"; }

@test "who notifies is known by the cgroup, wherever it has gone" {
	cgroups_here
	roamer a
	roamer b
	tree_start
	await says a 1
	await says b 1
	status_has a 'from afar 1'
	status_has b 'from afar 1'
	# In another's group it is another's, though it has this one's address.
	pid=$(cut -d' ' -f1 "$D/a.said")
	echo "$pid" >"$CG/trivet.$KEEPER/b/cgroup.procs"
	kill -USR1 "$pid"
	await says a 2
	status_has a 'from afar 1'
	echo "$pid" >"$CG/trivet.$KEEPER/a/cgroup.procs"
	kill -USR1 "$pid"
	await says a 3
	status_has a 'from afar 3'
}

# svcd does nothing until it is let go, and its keeper is not told.
hold_svcd() {
	mkdir "$CG/trivet-test.$$"
	svcd_pid >"$CG/trivet-test.$$/cgroup.procs"
	echo 1 >"$CG/trivet-test.$$/cgroup.freeze"
	await has_line "$CG/trivet-test.$$/cgroup.events" 'frozen 1'
}
let_svcd_go() {
	echo 0 >"$CG/trivet-test.$$/cgroup.freeze"
	svcd_pid >"$CG/cgroup.procs"
	await rmdir "$CG/trivet-test.$$"
}

@test "who is dead before it is read is believed if it was the service's user" {
	cgroups_here
	[ "$(id -u)" = 0 ] || skip "needs root"
	cat >"$D/helpers.py" <<-END
		import os, socket
		def say(user, text):
		    if os.fork() == 0:
		        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		        s.connect(os.environ['NOTIFY_SOCKET'])
		        os.setresuid(user, user, user)
		        s.send(text)
		        os._exit(0)
		    os.wait()
		open('$D/go').read()
		say(os.getuid(), b'STATUS=the truth')
		say(4711, b'STATUS=a lie')
		open('$D/said.it', 'w').close()
		open('$D/go').read()
	END
	lines a <<-END
		run = python3 $D/helpers.py
		notify-access = all
	END
	mkfifo "$D/go"
	enable a
	tree_start
	await is_up a
	hold_svcd
	echo >"$D/go"
	await test -e "$D/said.it"
	let_svcd_go
	await status_has a 'the truth'
	run ! status_has a 'a lie'
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
	run ! is_gone "$left"
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

@test "groups that a killed tree has left are removed when all are started" {
	cgroups_here
	mkdir -p "$CG/trivet.left.$$/a"
	sleeper a
	enable a
	tree_start
	await is_up a
	no_left() { [ ! -d "$CG/trivet.left.$$" ]; }
	await no_left
	[ -d "$CG/trivet.$KEEPER/a" ]
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
