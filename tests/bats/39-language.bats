# The settings language on a live tree: instances, what holds for all, what is
# put over one, files of s6 and s6-rc, changes while it runs.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

svc() { TRIVET_RUN=$D/run timeout 60 "$TOP/build/bin/svc" "$@"; }
field() { svc status -j "$1" | grep -o "\"$2\":\(\"[^\"]*\"\|[^,}]*\)" | head -n 1 | cut -d: -f2- | tr -d '"'; }
state_is() { [ "$(field "$1" state)" = "$2" ]; }
lines() { mkdir -p "$D/sv/$1" && cat >"$D/sv/$1/service"; }
file() { mkdir -p "$D/sv/$(dirname "$1")" && cat >"$D/sv/$1"; }
program() { file "$1" && chmod 755 "$D/sv/$1"; }
# The tree with an /etc/trivet of its own.
apart() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ -d "$D/etc" ] || cp -a /etc "$D/etc"
	mkdir -p "$D/etc/trivet/override"
	tree_start unshare --mount --propagation private \
		sh -c 'mount --bind "$0" /etc; exec "$@"' "$D/etc" \
		"$SVCD" -r "$D/run" "$D/scan"
}

@test "instances of a directory: each its own service, %i is what it is of" {
	lines 'town@' <<EOF
env = TOWN=%i
run = sh -c 'echo "\$0 \$TOWN" >>$D/out; exec sleep 1000' %i
needs = base
EOF
	program 'town@/finish' <<EOF
#!/bin/sh
echo "finish \$3" >>$D/out
EOF
	program 'town@/log/run' <<EOF
#!/bin/sh
exec cat >/dev/null
EOF
	lines base <<<'run = sleep 1000'
	enable base
	ln -s "$D/sv/town@" "$D/scan/town@here"
	ln -s "$D/sv/town@" "$D/scan/town@there"
	tree_start
	await state_is 'town@here' up
	await state_is 'town@there' up
	await state_is 'town@there/log' up
	await count_is "$D/out" '^here here$' 1
	await count_is "$D/out" '^there there$' 1
	svc down 'town@here'
	await has_line "$D/out" '^finish town@here$'
	state_is 'town@there' up
	# Another comes, one goes.
	ln -s "$D/sv/town@" "$D/scan/town@far"
	await state_is 'town@far' up
	rm "$D/scan/town@there"
	gone() { ! svc status 'town@there' 2>/dev/null >&2; }
	await gone
	state_is 'town@far' up
}

@test "instances of one file" {
	cat >"$D/sv/town@" <<EOF
run = sh -c 'echo "\$0" >>$D/out; exec sleep 1000' %i
EOF
	ln -s "$D/sv/town@" "$D/scan/town@here"
	ln -s "$D/sv/town@" "$D/scan/town@there"
	tree_start
	await state_is 'town@here' up
	await state_is 'town@there' up
	await count_is "$D/out" '^here$' 1
	await count_is "$D/out" '^there$' 1
	# sv finds what it asks, though the link leads to what they share.
	ln -sf "$TOP/build/bin/svc" "$D/sv/sv"
	SVDIR=$D/scan TRIVET_RUN=$D/run run "$D/sv/sv" status town@here town@there
	[ "$status" = 0 ]
	[ "$(grep -c '^run: ' <<<"$output")" = 2 ]
}

@test "defaults hold for all, an override for one" {
	lines a <<EOF
env = OWN=a
run = sh -c 'echo "a \$ALL \$OWN \$(umask)" >>$D/out; exec sleep 1000'
EOF
	lines b <<EOF
run = sh -c 'echo "b \$ALL \$OWN \$(umask)" >>$D/out; exec sleep 1000'
EOF
	enable a
	enable b
	mkdir -p "$D/wait"
	apart
	await state_is a up
	printf 'env = ALL=all\numask = 027\n' >"$D/etc/trivet/defaults"
	printf 'env = OWN=over\numask = 077\n' >"$D/etc/trivet/override/b"
	svc rescan
	[[ $(field a why) == *'settings changed since start'* ]]
	: >"$D/out"
	svc restart a b
	await has_line "$D/out" '^a all a 0027$'
	await has_line "$D/out" '^b all over 0077$'
}

@test "what holds for all holds for loggers as well" {
	script c/run <<<'exec sleep 1000'
	script c/log/run <<<"umask >>$D/out; exec cat"
	enable c
	cp -a /etc "$D/etc"
	mkdir -p "$D/etc/trivet"
	echo 'umask = 027' >"$D/etc/trivet/defaults"
	apart
	await has_line "$D/out" '^0027$'
}

@test "a change while it runs is shown, and is in force after the next start" {
	lines a <<<'run = sleep 1000'
	enable a
	tree_start
	await state_is a up
	lines a <<<'run = sleep 2000'
	svc rescan
	changed() { [[ $(field a why) == *'settings changed since start: restart to apply'* ]]; }
	await changed
	svc why a | grep -q 'to mend it: svc restart a'
	grep -q 1000 "/proc/$(field a pid)/cmdline"
	svc restart a
	run ! changed
	grep -q 2000 "/proc/$(field a pid)/cmdline"
}

@test "a directory of s6: readiness, times in milliseconds, finish's arguments" {
	program a/run <<EOF
#!/bin/sh
echo "run \$1" >>$D/out
read -r x <$D/go
echo >&5
trap 'echo usr1 >>$D/out' USR1
trap '' TERM
while :; do read -r x <$D/never; done
EOF
	program a/finish <<EOF
#!/bin/sh
echo "finish \$1 \$2 \$3" >>$D/out
exit 125
EOF
	mkfifo "$D/go" "$D/never"
	exec 8<>"$D/go" 9<>"$D/never"
	file a/notification-fd <<<5
	file a/down-signal <<<USR1
	file a/timeout-kill <<<200
	file a/timeout-finish <<<10000
	file a/max-death-tally <<<10
	file a/lock-fd <<<6
	enable a
	lines b <<EOF
needs = a
run = sleep 1000
EOF
	enable b
	tree_start
	await has_line "$D/out" '^run a$'
	await state_is a starting
	state_is b waiting
	echo >&8
	await state_is b up
	readlink "/proc/$(field a pid)/fd/6" | grep -q service-lock
	svc down -d a
	has_line "$D/out" '^usr1$'
	has_line "$D/out" '^finish 256 9 a$'
	exec 8<&- 9<&-
}

@test "flag-timeout-killpg: KILL goes to the process group, without it to one" {
	for name in one all; do
		program "$name/run" <<EOF
#!/bin/sh
trap '' TERM
sleep 1000 &
echo \$! >$D/$name.new
mv $D/$name.new $D/$name.child
while :; do read -r x <$D/never; done
EOF
		file "$name/timeout-kill" <<<100
		enable "$name"
	done
	mkfifo "$D/never"
	exec 9<>"$D/never"
	file all/flag-timeout-killpg </dev/null
	tree_start
	await test -s "$D/one.child"
	await test -s "$D/all.child"
	svc down -d one all
	await is_gone "$(cat "$D/all.child")"
	kill "$(cat "$D/one.child")"
	exec 9<&-
}

@test "source directories of s6-rc: oneshots, longruns, bundles, dependencies" {
	file mount/type <<<oneshot
	file mount/up <<<"sh -c 'echo up >>$D/out'"
	file mount/down <<EOF
#!/bin/sh
echo down >>$D/out
EOF
	file mount/timeout-up <<<20000
	file daemon/type <<<longrun
	program daemon/run <<EOF
#!/bin/sh
echo daemon >>$D/out
exec sleep 1000
EOF
	file daemon/down </dev/null
	file daemon/dependencies.d/mount </dev/null
	file web/type <<<bundle
	file web/contents.d/daemon </dev/null
	file old/type <<<longrun
	program old/run <<<'#!/bin/sh
exec sleep 1000'
	printf '# what it needs\ndaemon\n' >"$D/sv/old/dependencies"
	for name in mount daemon web old; do
		enable "$name"
	done
	tree_start
	await state_is web up
	await state_is old up
	[ "$(tr '\n' ' ' <"$D/out")" = 'up daemon ' ]
	state_is mount done
	svc down -d mount
	await has_line "$D/out" '^down$'
	state_is old waiting
}

@test "run and finish of s6-rc need not be executable, those of others do" {
	file source/type <<<longrun
	file source/run <<EOF
#! /bin/sh -e
echo run \$# >>$D/out
exec sleep 1000
EOF
	file source/finish <<EOF
#!/bin/sh
echo finish \$* | sed 's/[0-9]*\$/PGID/' >>$D/out
EOF
	file other/run <<<'#!/bin/sh'
	for name in source other; do
		enable "$name"
	done
	tree_start
	await state_is source up
	await has_line "$D/out" '^run 1$'
	svc down source
	await has_line "$D/out" '^finish 256 15 source PGID$'
	await has_line "$D/said" 'other: cannot execute: .*permission denied'
	run svc check -s "$D/scan"
	[ "$status" = 1 ]
	[[ $output == *"other/run: is not executable"* ]]
	[[ $output == *"2 checked, 1 error, 0 warnings"* ]]
	# What names no interpreter cannot be executed by anyone.
	file source/run <<<'exec sleep 1000'
	run svc check -s "$D/scan" source
	[[ $output == *"source/run: is not executable"* ]]
}

@test "what of s6 cannot be honoured is said, and not left out" {
	program a/run <<<'#!/bin/sh
exec sleep 1000'
	file a/flag-newpidns </dev/null
	file b/type <<<oneshot
	file b/up <<<'if { true } echo done'
	lines z <<<'run = sleep 1000'
	enable a
	enable b
	enable z
	tree_start
	await state_is z up
	await has_line "$D/said" 'a: flag-newpidns:1: .*not supported'
	state_is a down
	svc check -s "$D/scan" a | grep -q 'flag-newpidns'
	if command -v execlineb; then
		await state_is b done
	else
		await has_line "$D/said" 'b: cannot execute: execlineb: no such file'
	fi
}
