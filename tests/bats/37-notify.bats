# What a service tells about itself (sd_notify): each key, who may say it, and
# what a hostile sender can do, which is nothing.
bats_require_minimum_version 1.5.0
load svcd
load talk

setup() { talk_setup; }
teardown() { tree_end; }

# A talker that is up; further lines on stdin.
up() {
	{
		echo 'ready = notify'
		cat
	} | talker "$1"
	tree_start
	await has_line "$D/$1.told" '^pid'
	tell "$1" 'send READY=1'
	await state_is "$1" up
}
address_of() { tr '\0' '\n' <"/proc/$(main_of "$1")/environ" | sed -n 's/^NOTIFY_SOCKET=//p'; }

# stranger ADDRESS TEXT: somebody else says it, and lives on until it is read.
stranger() {
	python3 - "$1" "$2" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.connect(sys.argv[1])
		s.send(sys.argv[2].encode())
		r, w = __import__('os').pipe()
		import array, os, select
		s.sendmsg([b'BARRIER=1'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [w]))])
		os.close(w)
		p = select.poll()
		p.register(r, 0)
		sys.exit(not p.poll(30000))
	END
}

@test "RELOADING and READY: shown while it lasts" {
	up a </dev/null
	tell a 'send RELOADING=1\nMONOTONIC_USEC=1'
	await status_has a 'why .*reloading'
	state_is a up
	kill_svcd
	status_has a 'why .*reloading'
	tell a 'send READY=1\nSTATUS=new'
	barrier a
	run ! status_has a reloading
	status_has a 'why *new'
}

@test "RELOADING older than the reload that was asked for is not it" {
	up a <<<$'reload-signal = CONT'
	"$SVC" reload a
	tell a 'send RELOADING=1\nMONOTONIC_USEC=1\nSTATUS=heard'
	await status_has a heard
	run ! status_has a reloading
	tell a 'send RELOADING=1\nMONOTONIC_USEC=9000000000000000000'
	await status_has a reloading
}

later=9000000000000000000

@test "svc reload waits until the service says that it has reloaded" {
	up a <<<$'reload-signal = CONT'
	# It tells of its reloads, as is known from then on.
	tell a "send RELOADING=1\nMONOTONIC_USEC=$later"
	tell a 'send READY=1'
	barrier a
	"$SVC" reload a >"$D/first" 3>&- &
	first=$!
	await status_has a reloading
	kill_svcd
	tell a "send RELOADING=1\nMONOTONIC_USEC=$later"
	barrier a
	kill -0 "$first"
	tell a 'send READY=1'
	wait "$first"
	has_line "$D/first" 'a: up'
	# One that does not come back from it, and one that dies of it.
	run "$SVC" reload -t 50ms a
	[ "$status" = 1 ]
	[[ $output == *'still up'*reloading* ]]
	"$SVC" reload a >"$D/second" 3>&- &
	second=$!
	await status_has a reloading
	echo 'exit 1' >"$D/a.say"
	run ! wait "$second"
}

@test "svc reload waits a moment for one that may tell, and not the next time" {
	up a <<<$'reload-signal = CONT'
	"$SVC" reload a
	run ! status_has a reloading
	"$SVC" reload a
	# It does, after all.
	tell a "send RELOADING=1\nMONOTONIC_USEC=$later"
	await status_has a reloading
}

@test "STOPPING is shown, and no READY takes it back" {
	talker a <<<'ready = notify'
	tree_start
	await has_line "$D/a.told" '^pid'
	tell a 'send STOPPING=1'
	tell a 'send READY=1'
	barrier a
	state_is a starting
	status_has a 'says that it is ending'
}

@test "STATUS: UTF-8 is shown, else not; 4000 bytes are kept" {
	up a </dev/null
	tell a 'send STATUS=gr\xc3\xbc\xc3\x9fe'
	await status_has a 'grüße'
	tell a 'send STATUS=\xff\xfe'
	barrier a
	status_has a 'grüße'
	tell a "send STATUS=$(printf 'x%.0s' {1..4000})"
	barrier a
	[ "$("$SVC" status -j a | grep -o 'x*' | awk '{ print length }' | sort -n | tail -n 1)" = 4000 ]
	tell a 'send STATUS=\x1b[2J'
	barrier a
	run ! grep -q "$(printf '\033')" <("$SVC" status a)
}

@test "ERRNO and EXIT_STATUS: why it failed, and the code that counts" {
	up a <<<'restart = on-failure 10m'
	tell a 'send ERRNO=28'
	echo 'exit 1' >"$D/a.say"
	await state_is a backoff
	status_has a 'No space left\|no space left'
	"$SVC" up -n a
	await count_is "$D/a.told" '^pid' 2
	tell a 'send READY=1\nEXIT_STATUS=77'
	echo 'exit 0' >"$D/a.say"
	await state_is a backoff
	status_has a 'exit 77'
}

@test "MAINPID: an heir is the main process, and its end is seen" {
	up a <<<$'kill = main\nnotify-access = all\nstop = TERM 1s KILL'
	pid=$(main_of a)
	tell a 'heir MAINPID=%d\nSTATUS=inherited'
	heir=$(sed -n 's/^heir //p' "$D/a.told")
	await main_is a "$heir"
	status_has a inherited
	kill_svcd
	main_is a "$heir"
	kill -KILL "$heir"
	await up_or_starts a "$heir" "$pid"
	kill -KILL "$pid" 2>/dev/null || :
}
up_or_starts() {
	case $(state_of "$1") in
	up | starting) ! main_is "$1" "$2" && ! main_is "$1" "$3" ;;
	*) false ;;
	esac
}

@test "MAINPID: an heir whose parent leaves is up as before" {
	up a <<<'notify-access = all'
	tell a 'heir MAINPID=%d'
	heir=$(sed -n 's/^heir //p' "$D/a.told")
	await main_is a "$heir"
	echo 'exit 0' >"$D/a.say"
	tell_gone "$(sed -n 's/^pid //p' "$D/a.told")"
	main_is a "$heir"
	state_is a up
	kill -TERM "$heir"
	await count_is "$D/a.told" '^pid' 2
	status_has a 'killed by SIGTERM'
}
tell_gone() { await is_gone "$1"; }

@test "MAINPID: not the first process, not svcd, not another's, not a stranger" {
	sleep 1000 3>&- &
	stranger=$!
	lines b <<<'run = sleep 1000'
	up a </dev/null
	tell a 'user 65534'
	pid=$(main_of a)
	for other in 1 0 "$(svcd_pid)" "$KEEPER" "$(main_of b)" "$stranger" 4194304 99999999999; do
		tell a "send MAINPID=$other"
		barrier a
		main_is a "$pid"
	done
	kill "$stranger"
}

@test "WATCHDOG=trigger: it is ended, and has failed" {
	up a <<<'restart = never'
	tell a 'send WATCHDOG=1'
	echo 'send WATCHDOG=trigger' >"$D/a.say"
	await state_is a failed
	status_has a 'its watchdog expired'
	status_has a 'killed by SIGABRT'
}

@test "WATCHDOG_USEC begins a watchdog, RESTART_RESET forgives" {
	up a <<<'restart = on-failure 1ms..10m'
	for n in 2 3 4 5; do
		echo 'exit 1' >"$D/a.say"
		await count_is "$D/a.told" '^pid' "$n"
		tell a 'send READY=1'
		tell a 'send RESTART_RESET=1'
	done
	barrier a
	tell a 'send WATCHDOG_USEC=1000'
	await has_line "$D/said" 'a: its watchdog expired'
}

@test "BARRIER: what was said before it has been dealt with" {
	talker a <<<'ready = notify'
	tree_start
	await has_line "$D/a.told" '^pid'
	for n in 1 2 3; do
		echo "send STATUS=number $n" >"$D/a.say"
	done
	echo 'send READY=1' >"$D/a.say"
	barrier a
	state_is a up
	status_has a 'number 3'
}

@test "FDSTORE is refused, said, and its descriptors are closed" {
	up a </dev/null
	tell a 'store 3 FDSTORE=1\nFDNAME=x'
	has_line "$D/a.told" '^closed'
	await has_line "$D/said" 'a: wants descriptors stored'
	tell a 'store 200 STATUS=many'
	[ "$(grep -c '^closed' "$D/a.told")" = 2 ]
	barrier a
	run ! status_has a many
	tell a 'store 10 STATUS=a few'
	await status_has a 'a few'
}

files() { ls "/proc/$(svcd_pid)/fd" | wc -l; }
at_most() { [ "$(files)" -le "$1" ]; }
@test "253 descriptors, long and binary messages are void" {
	up a </dev/null
	before=$(files)
	tell a 'store 253 STATUS=crowded'
	tell a "send STATUS=long\n$(printf 'X%.0s' {1..5000})"
	tell a 'send STATUS=zero\x00\x00'
	tell a 'send STATUS=middle\x00\nREADY=1'
	tell a 'send \x00\x01\x02\xff\xfe'
	tell a 'send '
	barrier a
	run ! status_has a 'crowded\|long\|zero\|middle'
	tell a 'send STATUS=fine\x00'
	await status_has a fine
	# The last to ask may still be on its way out.
	await at_most "$before"
}

@test "a stranger is not heard, nor is another service" {
	up a </dev/null
	lines b <<<"run = $TALKER $D/b.say $D/b.told
env = NOTIFY_SOCKET=$(address_of a)
notify-access = none"
	mkfifo "$D/b.say"
	stranger "$(address_of a)" $'STATUS=stranger\nMAINPID=1'
	await has_line "$D/b.told" '^pid'
	tell b 'send STATUS=the other'
	tell b 'send READY=1\nMAINPID=1'
	barrier a
	run ! status_has a 'stranger\|other'
}

@test "its address is its own: no list, no trace, another for each run" {
	up a </dev/null
	address=$(address_of a)
	[ "$(stat -c %a "$D/run/notify")" = 711 ]
	run ! grep -q "$address" /proc/net/unix
	echo 'exit 1' >"$D/a.say"
	await count_is "$D/a.told" '^pid' 2
	[ "$(address_of a)" != "$address" ]
	[ ! -e "$address" ]
	[ -S "$(address_of a)" ]
	rm "$D/scan/a"
	await has_no_sockets
}

has_no_sockets() { [ -z "$(ls -A "$D/run/notify")" ]; }

@test "notify-access: main, all; NOTIFYACCESS changes it" {
	up a </dev/null
	tell a 'child STATUS=by the child'
	barrier a
	run ! status_has a child
	tell a 'send NOTIFYACCESS=all'
	tell a 'child STATUS=by the child'
	await status_has a 'by the child'
	tell a 'send NOTIFYACCESS=none'
	tell a 'send STATUS=nobody'
	barrier a
	run ! status_has a nobody
	echo 'exit 1' >"$D/a.say"
	await count_is "$D/a.told" '^pid' 2
	tell a 'send STATUS=again'
	await status_has a again
}

@test "notify-access = none: nothing is heard" {
	talker a <<<'notify-access = none'
	tree_start
	await has_line "$D/a.told" '^pid'
	run ! grep -qz NOTIFY_SOCKET "/proc/$(main_of a)/environ"
}

@test "a flood is slowed down; others and svc are served, nothing is lost" {
	talker b <<<'ready = notify'
	up a </dev/null
	echo 'flood 30000' >"$D/a.say"
	await has_line "$D/b.told" '^pid'
	tell b 'send READY=1\nSTATUS=undisturbed'
	await status_has b undisturbed
	state_is b up
	kill_svcd
	tell b 'send STATUS=still'
	await status_has b still
	AWAIT=60 await has_line "$D/a.told" '^flooded'
	barrier a
	status_has a 'flood 29999'
}

@test "svcd's own address is not its services'" {
	export NOTIFY_SOCKET=$D/outer WATCHDOG_USEC=1 LISTEN_FDS=1
	talker a <<<'notify-access = none'
	tree_start
	await has_line "$D/a.told" '^pid'
	run ! grep -qz 'NOTIFY_SOCKET\|WATCHDOG_USEC\|LISTEN_FDS' "/proc/$(main_of a)/environ"
}
