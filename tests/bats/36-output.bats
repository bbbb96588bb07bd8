# What services without a logger say: kept, passed on, and nobody's burden.
bats_require_minimum_version 1.5.0
load svcd
export AWAIT=30

setup() { tree_setup; }
teardown() { tree_end; }

SVC() { "$TOP/build/bin/svc" -r "$D/run" "$@"; }
shows() { SVC status "$1" | grep -q -e "$2"; }
fds_of() { find "/proc/$1/fd" -mindepth 1 | wc -l; }

@test "output is passed on and its last lines are shown" {
	make a <<<"echo to-stdout; echo to-stderr >&2; exec sleep 1000"
	enable a
	tree_start
	await has_line "$D/said" to-stdout
	await has_line "$D/said" to-stderr
	await shows a to-stdout
	await shows a to-stderr
}

@test "the last words of one that exits at once are not lost" {
	make a <<<"echo cannot go on: 42 >&2; exit 1"
	enable a
	tree_start
	await shows a 'cannot go on: 42'
}

@test "what is said while there is no svcd is heard by the next" {
	make a <<<"read -r x <$D/go; echo said \$x; exec sleep 1000"
	mkfifo "$D/go"
	enable a
	tree_start
	await is_up a
	svcd_stays_away
	echo 'in between' >"$D/go"
	svcd_may_come
	await shows a 'said in between'
}

@test "it may be opened again by /dev/stderr, by whoever one has become" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	make a <<<"chpst -u nobody sh -c 'echo once >/dev/stderr; echo twice >/dev/stdout'; exec sleep 1000"
	enable a
	PATH=$D/bin:$PATH
	ln -s "$TOP/build/bin/svc" "$D/bin/chpst"
	tree_start
	await shows a once
	await shows a twice
}

@test "a service costs neither svcd nor the keeper a descriptor for it" {
	tree_start
	await test -S "$D/run/control"
	sleeper probe
	enable probe
	await is_up probe
	SVC status >"$D/status" # svcd opens what it shows to clients once
	before=$(fds_of "$(svcd_pid)")
	for n in 1 2 3 4 5 6 7 8; do
		make "s$n" <<<"echo hello; exec sleep 1000"
		enable "s$n"
	done
	for n in 1 2 3 4 5 6 7 8; do
		await shows "s$n" hello
	done
	# One each: the FIFO that commands come by.
	quiet() { [ "$(fds_of "$(svcd_pid)")" -le $((before + 8)) ]; }
	await quiet
}

@test "a flood fills nothing and delays nobody" {
	make flood <<<"exec yes a line that comes without end"
	make a <<<"echo heard; exec sleep 1000"
	enable flood
	# shellcheck disable=SC2016
	tree_start sh -c 'exec "$@" 2>/dev/null' - "$SVCD" -r "$D/run" "$D/scan"
	await shows flood 'without end'
	enable a
	await shows a heard
	[ "$(du -sk "$D/run" | cut -f1)" -lt 1024 ]
	send a d
	await is_down a
	send flood d
	await is_down flood
}

@test "a service that is gone leaves no FIFO behind" {
	make a <<<"echo hello; exec sleep 1000"
	enable a
	tree_start
	await shows a hello
	[ -p "$D/run/output/a" ]
	rm "$D/scan/a"
	gone() { [ ! -e "$D/run/output/a" ]; }
	await gone
}
