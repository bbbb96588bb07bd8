# Ansible's modules runit and svc, as Debian packages them, drive our tree.
bats_require_minimum_version 1.5.0
load peers
load service
load room

setup_file() {
	peers_have runit
	[ -x /usr/bin/python3 ] || skip "no python3"
	tests/peers ansible ansible-core >&3 2>&1 || skip "cannot fetch ansible"
	local packages=usr/lib/python3/dist-packages
	export PYTHONPATH=$PWD/build/peers/ansible-core/$packages
	export MODULES=$PWD/build/peers/ansible/$packages/ansible_collections
	MODULES=$MODULES/community/general/plugins/modules
	export PYTHONDONTWRITEBYTECODE=1
}

teardown_file() {
	peers_leave
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir sv
	service_make sv/web <<<'
		for signal in HUP USR1; do
			trap "echo $signal >>signals" $signal
		done
		while :; do read x <>never; done'
	mkfifo sv/web/never
	service_make sv/web/log <<<'exec cat >seen'
	PATH=$OURS:$PATH room_enter "
		rm -rf etc/sv etc/service
		mkdir etc/service
		cp -a ../sv etc/sv
	" runsvdir -P /etc/service
	WEB=room/etc/sv/web
}

teardown() {
	room_leave
}

ours_in() {
	PATH=$OURS:$PATH room "$@"
}

# play MODULE '"key": value, …': the module's answer in $answer.
play() {
	echo "{\"ANSIBLE_MODULE_ARGS\": {\"name\": \"web\",
		\"service_dir\": \"/etc/service\",
		\"service_src\": \"/etc/sv\", $2}}" >arguments
	answer=$(ours_in /usr/bin/python3 -P "$MODULES/$1.py" "$PWD/arguments")
}

# Whether MODULE sees the service in that state.
is() {
	play "$1" '"_ansible_check_mode": false'
	[[ $answer == *"\"state\": \"$2\""* ]]
}

changed() {
	[[ $answer == *'"changed": true'* ]]
}

pid() {
	cat $WEB/supervise/pid
}

enable() {
	play "$1" '"enabled": true'
	changed
	until_true is "$1" started
}

@test "runit: enabled makes the link, and the service starts" {
	enable runit
	[ "$(readlink room/etc/service/web)" = /etc/sv/web ]
	[[ $answer == *"\"pid\": \"$(pid)\""* ]]
	[[ $answer == *'"duration": "'[0-9]* ]]
	play runit '"enabled": true, "state": "started"'
	[[ $answer == *'"changed": false'* ]]
}

@test "runit: stopped, started" {
	enable runit
	play runit '"state": "stopped"'
	changed
	is runit stopped
	[ -z "$(pid)" ]
	play runit '"state": "stopped"'
	[[ $answer == *'"changed": false'* ]]
	play runit '"state": "started"'
	changed
	is runit started
}

@test "runit: restarted is another process, at once" {
	local old
	enable runit
	old=$(pid)
	play runit '"state": "restarted"'
	changed
	is runit started
	[ "$(pid)" != "$old" ]
}

@test "runit: reloaded is a HUP to the same process" {
	local old
	enable runit
	old=$(pid)
	play runit '"state": "reloaded"'
	until_true grep -qx HUP $WEB/signals
	[ "$(pid)" = "$old" ]
}

@test "runit: once does not come back, killed is gone" {
	enable runit
	play runit '"state": "once"'
	ours_in sv -v term web
	until_true is runit stopped
	play runit '"state": "started"'
	play runit '"state": "killed"'
	until_true is runit stopped
}

@test "runit: disabled stops it first, by the definition's path" {
	local old
	enable runit
	old=$(pid)
	play runit '"enabled": false'
	changed
	[ ! -e room/etc/service/web ]
	run ! room test -e "/proc/$old"
}

@test "svc: enabled, stopped, started" {
	enable svc
	play svc '"state": "stopped"'
	changed
	until_true is svc stopped
	[ -z "$(pid)" ]
	play svc '"state": "started"'
	until_true is svc started
	[[ $answer == *"\"pid\": \"$(pid)\""* ]]
}

@test "svc: restarted and killed come back as another process" {
	local old way
	enable svc
	for way in restarted killed; do
		old=$(pid)
		play svc "\"state\": \"$way\""
		changed
		until_true bash -c "p=\$(cat $WEB/supervise/pid); [ -n \"\$p\" ] && [ \$p != $old ]"
		until_true is svc started
	done
}

@test "svc: reloaded is a USR1 to the same process" {
	local old
	enable svc
	old=$(pid)
	play svc '"state": "reloaded"'
	until_true grep -qx USR1 $WEB/signals
	[ "$(pid)" = "$old" ]
}

@test "svc: once, and downed keeps it down at the next pick-up only" {
	enable svc
	play svc '"downed": true'
	changed
	[ -e $WEB/down ]
	[[ $answer == *'normally down'* ]]
	is svc started
	ours_in svc -o /etc/service/web
	ours_in svc -t /etc/service/web
	until_true is svc stopped
	play svc '"downed": false'
	[ ! -e $WEB/down ]
	is svc stopped
}

@test "svc: disabled ends it and its logger" {
	local old
	enable svc
	old=$(pid)
	play svc '"enabled": false'
	changed
	[ ! -e room/etc/service/web ]
	until_true bash -c "! nsenter -t $ROOM -m -p test -e /proc/$old"
	until_true bash -c "! $OURS/svok $WEB/log"
}
