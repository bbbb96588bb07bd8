# every: run so often, counted from start to start. at: at a time of day.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

one() { cat >"$D/.$1" && mv "$D/.$1" "$D/scan/$1"; }
svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
field() { svc status -j "$1" | grep -o "\"$2\":\(\"[^\"]*\"\|[^,}]*\)" | head -n 1 | cut -d: -f2- | tr -d '"'; }
has_run_and_next() { [ "$(field hour last_exit)" = "exit 3" ] && [ "$(field hour next_run)" != null ]; }
lines_are() { [ "$(grep -c . "$D/out" 2>/dev/null)" -ge "$1" ]; }

@test "a oneshot and a process are run again and again, also by the next svcd" {
	one a <<EOF
type = oneshot
every = 100ms
up = sh -c 'echo a >>$D/out'
EOF
	one b <<EOF
every = 100ms
run = sh -c 'echo b >>$D/other; exit 3'
EOF
	tree_start
	AWAIT=30 await lines_are 3
	AWAIT=30 await has_line "$D/other" b
	kill -KILL "$(svcd_pid)"
	n=$(grep -c . "$D/out")
	AWAIT=30 await lines_are $((n + 3))
	m=$(grep -c . "$D/other")
	more() { [ "$(grep -c . "$D/other")" -gt $((m + 2)) ]; }
	AWAIT=30 await more
}

@test "a long time is waited for, a run that lasts is not joined, a stop holds" {
	one day <<EOF
type = oneshot
every = 1d
up = sh -c 'echo day >>$D/day'
EOF
	one long <<EOF
every = 20ms
run = sh -c 'echo long >>$D/long; exec sleep 1000'
EOF
	one tick <<EOF
type = oneshot
every = 50ms
up = sh -c 'echo tick >>$D/out'
EOF
	tree_start
	AWAIT=30 await lines_are 10
	count_is "$D/day" day 1
	count_is "$D/long" long 1
	svc down tick long
	n=$(grep -c . "$D/out")
	# Others run on; it does not.
	one more <<EOF
type = oneshot
every = 50ms
up = sh -c 'echo more >>$D/more'
EOF
	five() { [ "$(grep -c more "$D/more")" -ge 5 ]; }
	AWAIT=30 await five
	[ "$(grep -c . "$D/out")" = "$n" ]
	svc up tick
	AWAIT=30 await lines_are $((n + 3))
}

# zone SECONDS: the place where it is twelve o'clock in so many seconds.
zone() {
	python3 - "$D/zone" "$1" <<-'END'
		import sys, time
		east = 12 * 3600 - int(sys.argv[2]) - int(time.time()) % 86400
		west, sign = abs(east), '' if east < 0 else '-'
		rule = '\nXXX%s%d:%02d:%02d\n' % (sign, west // 3600, west // 60 % 60, west % 60)
		header = b'TZif2' + bytes(15)
		none = header + bytes(24)
		one = header + bytes(16) + bytes([0, 0, 0, 1, 0, 0, 0, 4])
		with open(sys.argv[1], 'wb') as f:
		    f.write(none + one + bytes(6) + b'XXX\0' + rule.encode())
	END
}

@test "the next run is in the status, and a start by hand is one run" {
	one day <<EOF
every = 1d
run = sh -c 'echo day >>$D/day'
EOF
	one hour <<EOF
at = 03:00
run = sh -c 'echo hour >>$D/hour; exit 3'
EOF
	one plain <<EOF
run = sleep 1000
EOF
	tree_start
	await svc wait -t 20s up plain
	await has_line "$D/day" day
	is_next() { svc status day | grep -q 'next run in 23 h' && [ "$(field day next_run)" -gt $(($(date +%s) + 86300)) ]; }
	await is_next
	svc status hour | grep "next run  *$(date -u -d 'tomorrow' +%Y-)..-.. 03:00:00"
	[ "$(field plain next_run)" = null ]
	svc down day
	[ "$(field day next_run)" = null ]
	svc up day || :
	await count_is "$D/day" day 2
	await is_next
	svc once hour || :
	await has_run_and_next
	[ "$(grep -c . "$D/day") $(grep -c . "$D/hour")" = '2 1' ]
}

@test "at: run at that time of day in the machine's zone, and not again" {
	zone 3600
	tree_start env TZ="$D/zone" "$SVCD" -r "$D/run" "$D/scan"
	await svc list >/dev/null
	# A machine that is busy may miss the first: then the next is tried.
	for n in 1 2 3 4 5; do
		zone 4
		one "noon$n" <<-END
			at = 12:00
			at = 23:00
			run = sh -c 'echo noon >>$D/noon; exit 3'
		END
		AWAIT=15 await has_line "$D/noon" noon && break
	done
	count_is "$D/noon" noon 1
	# Not at once, not on another day; and what was met is not met again.
	one other <<-END
		type = oneshot
		at = 18:00
		up = touch $D/wrong
	END
	one tick <<-END
		type = oneshot
		every = 50ms
		up = sh -c 'echo tick >>$D/out'
	END
	AWAIT=30 await lines_are 1
	kill -KILL "$(svcd_pid)"
	: >"$D/out"
	AWAIT=30 await lines_are 5
	count_is "$D/noon" noon 1
	[ ! -e "$D/wrong" ]
	[ "$(field other state)" = down ]
}

@test "at: what is defined at noon for the morning waits for tomorrow" {
	zone 3600
	early() {
		one early <<-END
			type = oneshot
			at = $1
			up = touch $D/early
		END
	}
	early 06:00
	one week <<-END
		at = Mon Tue Wed Thu Fri Sat Sun 12:00
		run = touch $D/week
	END
	tree_start env TZ="$D/zone" "$SVCD" -r "$D/run" "$D/scan"
	await svc list >/dev/null
	[ "$(field early state)" = down ]
	[ "$(field week state)" = down ]
	early 07:00
	svc rescan
	[ "$(field early state)" = down ]
	[ ! -e "$D/early" ]
	svc up early
	[ -e "$D/early" ]
	[ ! -e "$D/week" ]
}

@test "a run is made by the settings of its hour, as they stand then" {
	make a <<<"echo \$X >>$D/out"
	printf 'every = 5s\nenv = X=former\n' >"$D/sv/a/service"
	make b <<<"echo b >>$D/b"
	echo 'every = 4s' >"$D/sv/b/service"
	enable a
	enable b
	tree_start
	await has_line "$D/out" former
	await has_line "$D/b" b
	await is_down a
	await is_down b
	printf 'every = 200ms\nenv = X=latter\n' >"$D/sv/a/service"
	echo 'every = 1d' >"$D/sv/b/service"
	AWAIT=30 await lines_are 4
	[ "$(sort "$D/out" | uniq -c | sort -n | head -n 1 | tr -d ' ')" = 1former ]
	[ "$(cat "$D/b")" = b ]
}
