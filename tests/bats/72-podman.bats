# Containers by real runtimes: podman with runc, crun, systemd-nspawn; images
# from scratch of our binaries, a busybox and two services.
# shellcheck shell=bash

load podman

setup_file() {
	podman_have
	local root=$POD/rootfs applet
	mkdir -p "$root"/{bin,proc,sys,dev,run,tmp,usr,etc/service,etc/trivet/override}
	cp "$ROOT"/build/bin/{init,init-command,svcd,svc} "$root/bin/"
	cp "$(command -v busybox)" "$root/bin/" || skip "no busybox"
	for applet in sh true false sleep echo id cat tty seq mkdir kill test grep; do
		ln -s busybox "$root/bin/$applet"
	done
	ln "$root/bin/init-command" "$root/catatonit"
	cat >"$root/etc/service/db" <<-'E'
		run = sh -c "trap 'echo db stopped; exit 0' TERM; echo db up; while :; do sleep 1000 & wait; done"
	E
	cat >"$root/etc/service/web" <<-'E'
		needs = db
		run = sh -c "trap 'seq 5000; echo web stopped; exit 0' TERM; echo web up; while :; do sleep 1000 & wait; done"
	E
	image many "$root" 'ENTRYPOINT ["/bin/init", "--container"]' >/dev/null
	podman_works
}

teardown_file() {
	podman_leave
}

teardown() {
	local job
	[ -z "${NAME:-}" ] || podman rm -f -t 0 "$NAME" >/dev/null 2>&1 || :
	for job in $(jobs -p); do
		kill "$job" 2>/dev/null || :
	done
	[ -z "${GIVEN:-}" ] || find "$GIVEN" -depth -type d -exec rmdir {} +
}

# run_it NAME [podman's options] -- [words]: in the background, until it is up.
run_it() {
	NAME=$1
	shift
	local -a options=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	podman run -d --name "$NAME" "${options[@]}" localhost/many:1 "$@"
	await logged "$NAME" 'web: web up'
}

# once [options] -- command: its output in $output, its code in $status.
once() {
	local -a options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run podman run --rm "${options[@]}" localhost/many:1 "$@"
	echo "$output" | grep -v '^web: [0-9]' | tail -n 20
}

@test "one command in a scratch image, with and without a terminal" {
	run podman run --rm --entrypoint '["/bin/init-command"]' localhost/many:1 \
		sh -c 'exit 7'
	[ "$status" = 7 ]
	run podman run --rm -t --entrypoint '["/bin/init","--"]' \
		localhost/many:1 sh -c 'tty; echo here >/dev/tty; exit 8'
	[ "$status" = 8 ]
	[[ $output == */dev/pts/*here* ]]
}

@test "services and a command: its code, its wait for them" {
	once -- -- sh -c '/bin/svc health && echo healthy; exit 9'
	[ "$status" = 9 ]
	[[ $output == *healthy* ]]
}

@test "init alone: that it is in a container it sees itself" {
	podman run -d --name alone --entrypoint '["/bin/init"]' localhost/many:1
	NAME=alone
	await logged alone 'web: web up'
	podman stop -t 60 alone
	[ "$(exit_code alone)" = 0 ]
}

# No entry in a passwd file either: the image has none.
BARE='--read-only --read-only-tmpfs=false --cap-drop=all
	--user 1000720000:0 --security-opt no-new-privileges'

@test "any uid, no capability, no new privileges, nothing writable" {
	# shellcheck disable=SC2086
	once $BARE -- \
		-- sh -c 'id -u; mkdir /tmp/x /run/x && exit 1
			/bin/svc health && echo healthy; /bin/svc list; exit 3'
	[ "$status" = 3 ]
	[[ $output == *1000720000* && $output == *healthy* ]]
}

@test "under the default seccomp profile" {
	once -- -- sh -c 'grep Seccomp: /proc/1/status /proc/self/status
		/bin/svc health && exit 14'
	[ "$status" = 14 ]
	[[ $output == *1/status:Seccomp:*2*self/status:Seccomp:*2* ]]
}

@test "--sdnotify=container: readiness goes up when all are ready, not before" {
	mkdir -p "$POD/slow"
	mkfifo "$POD/slow/go"
	printf '%s\n' 'type = oneshot' 'up = sh -c "read -r x </slow/go"' \
		>"$POD/slow/setup"
	python3 - "$POD" >"$POD/told" 3>&- <<-'E' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1] + "/notify")
		while True:
		    m = s.recv(4096).decode()
		    print(m.replace("\n", " "), flush=True)
		    if "READY=1" in m: break
	E
	await test -S "$POD/notify"
	NAME=upward
	local podman
	NOTIFY_SOCKET=$POD/notify podman run -d --name upward \
		--sdnotify=container -v "$POD/slow:/slow" localhost/many:1 \
		--services=/slow >"$POD/started" 2>&1 &
	podman=$!
	await is_starting upward setup
	[ "$(grep -c READY=1 "$POD/told")" = 0 ]
	echo >"$POD/slow/go"
	await grep READY=1 "$POD/told"
	wait "$podman"
}

is_starting() {
	[[ $(podman exec "$1" /bin/svc health 2>/dev/null) == "$2: starting"* ]]
}

# A v2 tree of its own is given to the container: the only kind this machine
# may have beside its v1 ones is one without controllers.
cgroup_given() {
	! grep -q ' cgroup2 .*nsdelegate' /proc/mounts ||
		skip "a cgroup namespace bounds what is given away"
	TREE=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	mkdir "$TREE/trivet-$$" 2>/dev/null ||
		skip "no cgroup v2 to give away"
	GIVEN=$TREE/trivet-$$
}

@test "delegated cgroups: each service has one" {
	cgroup_given
	run_it delegated --cgroupns=private \
		-v "$GIVEN:$TREE:rw" --
	local pid
	pid=$(cat "$GIVEN"/*/web/cgroup.procs | head -n 1)
	[[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *'web up'* ]]
	podman exec delegated /bin/svc restart web
	podman stop -t 60 delegated
	[ "$(exit_code delegated)" = 0 ]
	[ -z "$(cat "$GIVEN"/*/web/cgroup.procs)" ]
}

@test "cgroups that can only be read" {
	cgroup_given
	run_it readonly --cgroupns=private \
		-v "$GIVEN:$TREE:ro" --
	[ -z "$(find "$GIVEN" -mindepth 1 -type d)" ]
	podman exec readonly /bin/svc restart web
	podman stop -t 60 readonly
	[ "$(exit_code readonly)" = 0 ]
}

@test "a terminal is the command's, with job control" {
	once -t -- -- sh -c 'echo by the terminal >/dev/tty; set -m
		sleep 0 & wait $! && echo jobs; exit 4'
	[ "$status" = 4 ]
	[[ $output == *'by the terminal'*jobs* ]]
}

# While our output is full lines wait in the pipes: each service's in order.
@test "stop: with code 0 and every line said" {
	run_it stopped --
	podman stop -t 60 stopped
	[ "$(exit_code stopped)" = 0 ]
	podman logs stopped >"$BATS_TEST_TMPDIR/log" 2>&1
	grep -qx 'db: db stopped' "$BATS_TEST_TMPDIR/log"
	{ seq 5000 && echo web stopped; } |
		sed 's/^/web: /' >"$BATS_TEST_TMPDIR/expected"
	grep '^web: \([0-9]\|web stopped\)' "$BATS_TEST_TMPDIR/log" |
		diff "$BATS_TEST_TMPDIR/expected" -
}

@test "the image's stop signal; and once more after a stop" {
	run_it again --stop-signal USR1 --
	podman stop -t 60 again
	[ "$(exit_code again)" = 0 ]
	podman start again
	await is_healthy again
	podman stop -t 60 again
	[ "$(exit_code again)" = 0 ]
}

is_healthy() { podman exec "$1" /bin/svc health -q; }

@test "exec: svc sees and does, as another user it only sees" {
	run_it inside --
	podman exec inside /bin/svc health
	podman exec inside /bin/svc restart db
	podman exec --user 12345 inside /bin/svc health
	run podman exec --user 12345 inside /bin/svc down web
	[ "$status" != 0 ]
	podman exec inside /bin/svc down web
	podman exec inside /bin/svc health
	run podman exec inside /bin/svc health web
	[ "$status" = 1 ]
}

@test "a health check of podman's" {
	run_it checked --health-cmd '["/bin/svc","health","web"]' \
		--health-interval disable --
	podman healthcheck run checked
	podman exec checked /bin/svc down web
	run podman healthcheck run checked
	[ "$status" = 1 ]
}

@test "below another init: --init" {
	once --init -- -- sh -c 'cat /proc/1/cmdline; /bin/svc health && exit 5'
	[ "$status" = 5 ]
	[[ $output == */run/podman-init* ]]
}

@test "a pod with an infra container, one process namespace for all" {
	podman pod create --name pod --share pid --infra-image localhost/many:1 \
		--infra-command '/catatonit -P' >/dev/null
	podman run -d --pod pod --name stranger --entrypoint \
		'["/bin/sleep","1000"]' localhost/many:1 >/dev/null
	run podman run --pod pod --name member localhost/many:1 -- \
		sh -c '/bin/svc health && exit 6'
	[ "$status" = 6 ]
	# Whoever else is in the pod was not signalled.
	[ "$(podman inspect -f '{{.State.Running}}' stranger)" = true ]
	podman pod rm -f -t 0 pod >/dev/null
}

@test "wrong use and missing commands, as the runtime tells them" {
	once -- --bogus
	[ "$status" = 100 ]
	[[ $output == *no\ such\ option* ]]
	status=0
	podman run --rm localhost/many:1 -- no-such-program >/dev/null 2>&1 ||
		status=$?
	[ "$status" = 127 ]
}

# It refuses a v2 tree beside others; ours are looked at nowhere else.
crun() {
	# shellcheck disable=SC2016
	run unshare -m bash -c '
		umount /sys/fs/cgroup/unified 2>/dev/null
		. "$1/podman.bash"
		shift
		podman --runtime crun run --rm "$@"' \
		bash "$BATS_TEST_DIRNAME" "$@"
	echo "$output" | grep -v '^web: [0-9]' || :
	[[ $output != *"OCI"* && $output != *cgroup* ]] ||
		skip "crun cannot run here: $output"
}

@test "the same by crun" {
	crun localhost/many:1 -- sh -c '/bin/svc health && exit 11'
	[ "$status" = 11 ]
	crun --entrypoint '["/bin/init-command"]' localhost/many:1 \
		sh -c 'exit 7'
	[ "$status" = 7 ]
	# shellcheck disable=SC2086
	crun $BARE localhost/many:1 -- sh -c 'mkdir /tmp/x && exit 1
		grep -q "Seccomp:.*2" /proc/self/status || exit 2
		/bin/svc health && exit 3'
	[ "$status" = 3 ]
	crun -t localhost/many:1 -- sh -c 'echo here >/dev/tty; exit 4'
	[ "$status" = 4 ]
}

@test "systemd-nspawn" {
	"$ROOT/tests/peers" systemd-container >&3 2>&1 ||
		skip "cannot fetch Debian's systemd-container"
	local nspawn=$PEERS/systemd-container/usr/bin/systemd-nspawn
	run timeout 60 "$nspawn" -q --register=no --keep-unit --console=pipe \
		--private-network -D "$POD/rootfs" /bin/true </dev/null
	[ "$status" = 0 ] || skip "systemd-nspawn cannot run here: $output"
	run timeout 60 "$nspawn" -q --register=no --keep-unit --console=pipe \
		--private-network -D "$POD/rootfs" /bin/init -- \
		sh -c 'exit 12' </dev/null
	[ "$status" = 12 ]
	run timeout 60 "$nspawn" -q --register=no --keep-unit --console=pipe \
		--private-network -D "$POD/rootfs" /bin/init --container -- \
		sh -c '/bin/svc health && exit 13' </dev/null
	echo "$output" | grep -v '^web: [0-9]'
	[ "$status" = 13 ]
}
