# Limits, on a machine whose cgroup v2 has all its controllers: they hold for
# the service that has them and for nobody else.

load guest.bash

GROUPS_AT=/sys/fs/cgroup/trivet

# service NAME: its lines are on stdin.
service() { overlay "etc/service/$1/service" 644; }

setup_file() {
	make_images
	OVERLAY=$BATS_FILE_TMPDIR/overlay
	service good <<<'run = sleep 100000'
	service hog <<-'END'
		run = dd if=/dev/zero of=/dev/null bs=48M
		memory-max = 12M
		restart = always 5s
	END
	overlay bin/bomb <<<$'#!/bin/sh\nwhile :; do "$0" & done 2>/dev/null\nwait'
	service bomb <<-'END'
		run = /bin/bomb
		pids-max = 24
		cpu-max = 20%
		restart = always 1s
		autostart = no
	END
	service wild <<-'END'
		run = /bin/bomb
		autostart = no
	END
	service eater <<-'END'
		run = tail /dev/zero
		oom-score-adj = 0
		restart = never
		autostart = no
	END
	service busy <<-'END'
		run = sh -c "while :; do :; done"
		cpu-max = 10%
		cpu-weight = 50
		memory-high = 6M
		pids-max = 7
	END
	service lean <<<$'run = sleep 100000\nmemory-max = 30M\npids-max = 20'
	overlay bin/leaver <<-'END'
		#!/bin/sh
		trap '' TERM
		setsid sh -c 'trap "" TERM; sleep 100000 & echo $! >/run/left; wait' &
		exec sleep 100000
	END
	service leaver <<<$'run = /bin/leaver\nstop = TERM 1s KILL'
	overlay bin/owner <<-'END'
		#!/bin/sh
		mkdir /sys/fs/cgroup/trivet/owner/inner || exit 3
		sh -c 'echo $$ >/sys/fs/cgroup/trivet/owner/inner/cgroup.procs &&
		    exec sleep 100000' &
		exec sleep 100000
	END
	service owner <<-'END'
		run = /bin/owner
		user = 1000
		delegate = yes
		restart = never
	END
	boot_initramfs cgroups
	on cgroups
	until_guest '/sbin/svc wait -t 60s up good busy leaver owner >/dev/null' ||
		{ console; in_guest /sbin/svc status; return 1; }
}

setup() { on cgroups; }

teardown_file() {
	end_guests
}

@test "what uses more memory than it may is killed for that, and it is said" {
	until_guest '/sbin/svc status hog | grep -q "want of memory"'
	[[ $(in_guest '/sbin/svc why hog || :') == *"memory"* ]]
	[[ $(console) == *"hog: killed for want of memory"* ]]
	in_guest '/sbin/svc down hog && /sbin/svc status good'
}

@test "the limits of a definition are those of its group" {
	local at=$GROUPS_AT/busy
	[ "$(in_guest cat $at/cpu.max $at/cpu.weight $at/memory.high $at/pids.max)" = \
		$'10000 100000\n50\n6291456\n7' ]
	until_guest "grep -q 'nr_throttled [1-9]' $at/cpu.stat"
}

@test "a limit that is taken out of the definition is gone with the next start" {
	local at=$GROUPS_AT/lean
	until_guest "/sbin/svc wait -t 60s up lean >/dev/null"
	[ "$(in_guest cat $at/memory.max $at/pids.max)" = $'31457280\n20' ]
	in_guest 'echo "run = sleep 100000" >/etc/service/lean/service'
	in_guest /sbin/svc restart lean
	[ "$(in_guest cat $at/memory.max)" = max ]
	[ "$(in_guest cat $at/pids.max)" = "$(in_guest cat $GROUPS_AT/good/pids.max)" ]
}

@test "status tells memory and time of the group" {
	[[ $(in_guest '/sbin/svc status busy') =~ memory.*[0-9] ]]
	[[ $(in_guest '/sbin/svc status -j busy') =~ \"memory_bytes\":\ *[1-9] ]]
}

@test "one that forks without end is held, others are heard, and down ends all of it" {
	in_guest /sbin/svc up -n bomb
	until_guest "grep -q 'max [1-9]' $GROUPS_AT/bomb/pids.events"
	in_guest /sbin/svc restart good
	in_guest /sbin/svc down bomb
	in_guest "! grep -q 'populated 1' $GROUPS_AT/bomb/cgroup.events 2>/dev/null"
	in_guest "! ps | grep -v grep | grep -q '/bin/bomb'"
}

@test "the same without a limit of its own: a share is left to the others" {
	local share
	share=$(in_guest "cat $GROUPS_AT/wild/pids.max 2>/dev/null ||
		cat $GROUPS_AT/good/pids.max")
	[ "$share" -ge 256 ]
	[ "$share" -lt "$(in_guest cat /proc/sys/kernel/threads-max)" ]
	in_guest /sbin/svc up -n wild
	until_guest "grep -q 'max [1-9]' $GROUPS_AT/wild/pids.events"
	in_guest /sbin/svc restart good
	in_guest /sbin/svc down wild
	in_guest "! grep -q 'populated 1' $GROUPS_AT/wild/cgroup.events 2>/dev/null"
}

@test "svcd is killed for want of memory, and no service is lost" {
	local svcd good
	svcd=$(in_guest pidof svcd)
	good=$(in_guest '/sbin/svc status -j good | grep -o "\"pid\":[0-9]*"')
	# It is so small that by itself it would be the last.
	in_guest "echo 1000 >/proc/$svcd/oom_score_adj"
	in_guest /sbin/svc up -n eater
	said "Killed process $svcd \\(svcd\\)"
	until_guest '/sbin/svc status eater | grep -q SIGKILL'
	[ "$(in_guest pidof svcd)" != "$svcd" ]
	in_guest "/sbin/svc status -j good | grep -q '$good'"
}

@test "what heeds nothing and has left its session ends with its service" {
	in_guest 'test -d /proc/$(cat /run/left)'
	in_guest /sbin/svc down leaver
	in_guest '! test -d /proc/$(cat /run/left)'
}

@test "delegate: its user makes groups inside, and they end with it" {
	until_guest "grep -q . $GROUPS_AT/owner/inner/cgroup.procs"
	in_guest /sbin/svc down owner
	in_guest "! grep -q 'populated 1' $GROUPS_AT/owner/cgroup.events 2>/dev/null"
	in_guest /sbin/svc up owner
	until_guest "grep -q . $GROUPS_AT/owner/inner/cgroup.procs"
}
