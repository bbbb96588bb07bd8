# A room: a mount, process and network namespace in which a suite may have its
# own users, /etc/service and ports. When its first process is killed, all that
# runs in it is gone.
# shellcheck shell=bash
#
#	room_enter 'shell text that prepares it' PROGRAM...
#	room cat /proc/1/comm		a command inside
#	room_leave			in teardown
#
# Inside, these are the test's own and empty but for what the text puts there:
# /var/lib /var/log /srv /run; and /etc, a copy.

room_enter() {
	local prepare=$1 dir
	shift
	for dir in lib log srv run; do
		mkdir -p "$BATS_TEST_TMPDIR/room/$dir"
	done
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/room"
	cp -a /etc "$BATS_TEST_TMPDIR/room/etc"
	cat >"$BATS_TEST_TMPDIR/room.sh" <<-END
		set -e
		cd "$BATS_TEST_TMPDIR/room"
		mount --bind lib /var/lib
		mount --bind log /var/log
		mount --bind srv /srv
		mount --bind run /run
		mount --bind etc /etc
		busybox ip link set lo up
		$prepare
		"\$@" &
		: >/run/ready
		wait
	END
	unshare -m -n -p -f --mount-proc \
		sh "$BATS_TEST_TMPDIR/room.sh" "$@" \
		</dev/null >"$BATS_TEST_TMPDIR/room.out" 2>&1 3>&- &
	ROOM_OUTER=$!
	until_true test -e "$BATS_TEST_TMPDIR/room/run/ready"
	ROOM=$(cat "/proc/$ROOM_OUTER/task/$ROOM_OUTER/children")
	ROOM=${ROOM% }
}

room() {
	nsenter -t "$ROOM" -m -n -p -- "$@"
}

room_leave() {
	[ -n "${ROOM-}" ] || return 0
	kill -KILL "$ROOM" 2>/dev/null || :
	wait "$ROOM_OUTER" 2>/dev/null || :
}
