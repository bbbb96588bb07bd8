# The service with which most people meet runit: Debian's git-daemon-run, its
# run scripts verbatim, under our runsvdir, sv, chpst and svlogd.
bats_require_minimum_version 1.5.0
load peers
load service
load room

setup_file() {
	peers_have runit
	tests/peers git-daemon-run >&3 2>&1 || skip "cannot fetch git-daemon-run"
	[ -x "$(git --exec-path)/git-daemon" ] || skip "git has no daemon here"
	export SERVICE=$PWD/build/peers/git-daemon-run/etc/sv/git-daemon
}

teardown_file() {
	peers_leave
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	git init -q --bare work.git
	mkdir tree
	git init -q tree
	git -C tree -c user.name=T -c user.email=t@example.org \
		commit -q --allow-empty -m 'served by git-daemon'
	git -C tree push -q ../work.git HEAD:refs/heads/main
	git --git-dir=work.git symbolic-ref HEAD refs/heads/main
	PATH=$OURS:$PATH room_enter "
		echo 'gitdaemon:x:65533:65533::/nonexistent:/bin/false' >>etc/passwd
		echo 'gitlog:x:65532:65532::/nonexistent:/bin/false' >>etc/passwd
		echo 'gitdaemon:x:65533:' >>etc/group
		rm -rf etc/sv etc/service
		mkdir -p etc/sv etc/service lib/git
		cp -r '$SERVICE' etc/sv/git-daemon
		cp -r ../work.git lib/git/work.git
		touch lib/git/work.git/git-daemon-export-ok
		chown -R 65533:65533 lib/git
	" runsvdir -P /etc/service
}

teardown() {
	room_leave
}

enable() {
	ln -s /etc/sv/git-daemon room/etc/service/git-daemon
	until_true ours_in sv -w 5 start git-daemon
}

ours_in() {
	PATH=$OURS:$PATH room "$@"
}

serves() {
	rm -rf clone
	room git clone -q git://127.0.0.1/git/work.git "$PWD/clone" 2>/dev/null &&
		git -C clone log -1 --format=%s | grep -qx 'served by git-daemon'
}

pid_of_daemon() {
	ours_in sv status git-daemon |
		sed -n 's/^run: git-daemon: (pid \([0-9]*\)).*/\1/p'
}

@test "a link enables it, and it serves a clone as its own user" {
	enable
	until_true serves
	[ "$(room stat -c %u "/proc/$(pid_of_daemon)")" = 65533 ]
	run -0 ours_in sv status git-daemon
	[[ $output == 'run: git-daemon: (pid '*'s; run: log: (pid '*s ]]
}

@test "its words are in the log, of the log's own user, with times" {
	enable
	until_true grep -q \
		'^....-..-.._..:..:..\.[0-9]* git-daemon starting\.$' \
		room/log/git-daemon/current
	[ "$(stat -c %u room/log/git-daemon)" = 65532 ]
}

@test "killed, it is back" {
	local pid
	enable
	until_true serves
	pid=$(pid_of_daemon)
	room kill -KILL "$pid"
	until_true serves
	[ "$(pid_of_daemon)" != "$pid" ]
}

@test "the link removed, it is gone" {
	local pid
	enable
	until_true serves
	pid=$(pid_of_daemon)
	rm room/etc/service/git-daemon
	until_true bash -c "! nsenter -t $ROOM -m -p test -e /proc/$pid"
	run ! serves
	run -1 ours_in sv status /etc/sv/git-daemon
}
