# Init in its other roles: a container's, a tree's keeper, a command.

load pid1

setup() {
	pid1_setup
	PID1_ROLE=
}

teardown() {
	pid1_teardown
	if [ -n "${KEEPER:-}" ]; then
		kill -KILL "$KEEPER" 2>/dev/null || :
	fi
}

@test "container= in the environment: TERM stops the tree, and the code is 0" {
	pid1_with "env container=podman"
	noted start
	grep -q '^container=podman' <(tr '\0' '\n' <"/proc/$(pid1_pid)/environ")
	signal1 TERM
	noted 'stop 7 0 8000'
	pid1_ends 0
	# It is quiet: what is said there are warnings.
	[ ! -s "$T/out" ]
}

@test "every way to stop a container" {
	local sig
	for sig in TERM PWR USR2 37 38 QUIT INT 58; do
		: >"$T/kept/log"
		pid1_with "env container=docker"
		noted start
		signal1 "$sig"
		pid1_ends 0
		pid1_teardown
	done
}

@test "a container ends with the code that the tree gives" {
	pid1 --container
	noted start
	tell end exit 42
	pid1_ends 42
}

@test "LXC's reboot is a reboot" {
	pid1_with "env container=lxc"
	noted start
	signal1 INT
	pid1_ends 129
}

@test "a container without svcd ends, and says why" {
	local before=$KEPT
	KEPT=/nowhere
	pid1 --container
	KEPT=$before
	pid1_ends 111
	grep -q 'svcd: no such file or directory' "$T/out"
}

@test "what lives on in a container is ended with it" {
	touch "$T/kept/nodone"
	pid1 --container --timeout-stop=200ms --timeout-term=200ms
	noted start
	tell spawn "trap '' TERM; echo armed >$T/armed; read -r x <>$T/kept/ctl"
	until_true 10 test -s "$T/armed"
	signal1 TERM
	pid1_ends 0
}

# A keeper as svcd asks for one: name and arguments kept, its program as 5.
keeper() {
	(
		exec 3>&- 5<"$KEPT"
		export TRIVET_KEEPER=1
		exec -a runsvdir "$INIT" "$T/kept" more words
	) </dev/null >"$T/out" 2>&1 &
	KEEPER=$!
}

@test "a keeper has the name, the arguments and the pid of what it keeps" {
	keeper
	noted 'start 1 pid .* name runsvdir strangers 0'
	[ "$(cat "/proc/$KEEPER/comm")" = runsvdir ]
	[ "$(tr '\0' ' ' <"/proc/$KEEPER/cmdline")" = "runsvdir $T/kept more words " ]
	tell end exit 3
	status=0
	wait "$KEEPER" || status=$?
	[ "$status" = 3 ]
	grep -q 'stop 7' "$T/kept/log"
}

@test "a keeper passes signals on, and ends when its tree says so" {
	keeper
	noted 'start 1'
	for sig in TERM HUP INT USR1; do
		kill "-$sig" "$KEEPER"
	done
	noted 'signal 15'
	noted 'signal 1$'
	noted 'signal 2$'
	noted 'signal 10'
	tell end exit 0
	wait "$KEEPER"
}

@test "a keeper survives the death of what it keeps, and faults of its own" {
	keeper
	noted 'start 1'
	mkfifo "$T/go"
	tell spawn "read -r x <$T/go; exit 6"
	noted spawned
	kill -SEGV "$KEEPER"
	kill -KILL "$(pgrep -P "$KEEPER" -x runsvdir)"
	noted 'start 2'
	[ "$(tr '\0' ' ' <"/proc/$KEEPER/cmdline")" = "runsvdir $T/kept more words " ]
	echo >"$T/go"
	noted "exit [0-9]* 1 6"
	tell end exit 0
	wait "$KEEPER"
}

@test "a keeper that was not asked for by svcd refuses" {
	TRIVET_KEEPER=1 run "$INIT" 5<&-
	[ "$status" = 111 ]
}

@test "as a command: help, version, wrong use, telinit" {
	run "$INIT" --version
	[ "$status" = 0 ]
	[[ $output = trivet\ * ]]
	run "$INIT" -h
	[ "$status" = 0 ]
	[[ $output = *timeout-boot* ]]
	run "$INIT" --boot=/x
	[ "$status" = 100 ]
	mkdir "$T/bin"
	cp "$INIT" "$T/bin/init"
	# Where nothing says that it is in a container, which would be a role.
	run env -i PATH="$PATH:/usr/sbin" chroot "$T/bin" /init
	[ "$status" = 100 ]
	printf '#!/bin/sh\necho "$0 $*"\n' >"$T/bin/svc"
	chmod 755 "$T/bin/svc"
	run "$T/bin/init" 6
	echo "$output"
	[ "$output" = "$T/bin/svc 6" ]
}

@test "the binary has none of the words by which tools guess an init" {
	! strings "$INIT" | grep -i 'upstart\|sysvinit\|systemd'
}

@test "the manual and the help name the same words" {
	"$INIT" -h | sed -n 's/^  \([a-z-]*\)	.*/\1/p' | sort >"$T/help"
	sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' "$ROOT/init/init.8" | sort >"$T/manual"
	[ -s "$T/help" ]
	diff "$T/help" "$T/manual"
}
