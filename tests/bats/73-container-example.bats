# boot-examples/container: both images are built by its run and used as its
# README says.
# shellcheck shell=bash

load podman

setup_file() {
	podman_have
	# What the example calls podman.
	cat >"$POD/bin/podman" <<-END
		#!/bin/bash
		. $BATS_TEST_DIRNAME/podman.bash
		podman "\$@"
	END
	chmod 755 "$POD/bin/podman"
	PODMAN=$POD/bin/podman "$ROOT/boot-examples/container/run" \
		>"$POD/built" 2>&1 || {
		grep -q 'Unable to fetch\|Unable to locate' "$POD/built" &&
			skip "cannot fetch Debian's packages"
		podman run --rm localhost/debian /usr/bin/python3.11 -c '' \
			>/dev/null 2>&1 || skip "podman cannot run here"
		cat "$POD/built" >&3
		return 1
	}
}

teardown_file() {
	podman_leave
}

teardown() {
	podman rm -f -a -t 0 >/dev/null 2>&1 || :
}

get() {
	podman exec "$1" python3.11 -c '
import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:8080" + sys.argv[1]).status)' "$2"
}

gets() { [ "$(get "$@" 2>/dev/null)" = 200 ]; }
is_healthy() { podman healthcheck run many >/dev/null; }
is_over() { [ "$(podman inspect -f '{{.State.Running}}' "$1")" = false ]; }

@test "one command in tini's place" {
	podman run -d --name one localhost/one
	await gets one /
	podman stop -t 60 one
	# Python has no handler: TERM ends it.
	[ "$(exit_code one)" = 143 ]
}

@test "nginx, a Python app and redis: needs, health, a stop in order" {
	podman run -d --name many localhost/many
	await is_healthy
	[ "$(get many /)" = 200 ]
	podman exec many /bin/svc status
	podman stop -t 60 many
	[ "$(exit_code many)" = 0 ]
}

@test "redis fails for good: the container ends with its code" {
	podman run -d --name many localhost/many
	await is_healthy
	podman exec many /bin/svc health redis
	# It cannot be started again.
	podman exec many python3.11 -c 'import os; os.unlink("/usr/bin/redis-server")'
	podman exec many /bin/svc kill KILL redis
	await is_over many
	[ "$(exit_code many)" != 0 ]
}
