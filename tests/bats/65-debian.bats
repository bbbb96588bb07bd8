# Debian's run scripts, verbatim: those of runit-services, whose interpreter is
# invoke-run, and mini-httpd-run, under our runsvdir, sv, chpst and svlogd.
bats_require_minimum_version 1.5.0
load peers
load service
load room

setup_file() {
	peers_have runit
	tests/peers runit-services mini-httpd-run mini-httpd cron >&3 2>&1 ||
		skip "cannot fetch Debian's services"
	export PEERS=$PWD/build/peers
}

teardown_file() {
	peers_leave
}

# A room in which the packages are as good as installed.
setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir www
	echo 'served by mini_httpd' >www/page.html
	PATH=$OURS:$PATH room_enter "
		mount -t overlay overlay \
			-o lowerdir=$PEERS/runit/lib:/usr/lib /usr/lib
		mount -t overlay overlay \
			-o lowerdir=$PEERS/mini-httpd/usr/sbin:$PEERS/cron/usr/sbin:/usr/sbin \
			/usr/sbin
		printf '#!/bin/sh\nexit 0\n' >allow
		chmod 755 allow
		[ ! -e /usr/sbin/policy-rc.d ] ||
			mount --bind allow /usr/sbin/policy-rc.d
		mkdir -p run/runit/supervise
		rm -rf etc/sv etc/service etc/runit
		mkdir -p etc/sv etc/service etc/runit srv/www
		cp -r '$PEERS/runit-services/usr/share/runit/sv/cron' etc/sv/cron
		cp -r '$PEERS/mini-httpd-run/etc/sv/mini-httpd' etc/sv/mini-httpd
		rm -rf etc/sv/mini-httpd/log
		sed -i 's#^DATADIR=.*#DATADIR=/srv/www#' etc/sv/mini-httpd/run
		cp ../www/page.html srv/www
		mkdir -p spool/cron/crontabs
		mount --bind spool /var/spool
		touch etc/crontab
	" runsvdir -P /etc/service
}

teardown() {
	room_leave
}

ours_in() {
	PATH=$OURS:$PATH room "$@"
}

enable() {
	ln -s "/etc/sv/$1" "room/etc/service/$1"
}

page() {
	room curl -s http://127.0.0.1/page.html | grep -qx 'served by mini_httpd'
}

# supervise is a link into /run here, as Debian has it.
pid_of() {
	room cat "/etc/sv/$1/supervise/pid"
}

@test "invoke-run runs cron, and it is the process that sv tells" {
	enable cron
	until_true room sh -c "grep -qx cron /proc/\$(cat /etc/sv/cron/supervise/pid)/comm"
	run -0 ours_in sv status cron
	[[ $output == 'run: cron: (pid '* ]]
	run -0 ours_in sv restart cron
	run -0 ours_in sv stop cron
	[[ $output == 'ok: down: cron: '* ]]
}

@test "what is not installed tells sv down from its own run script" {
	echo /nowhere/cron >room/etc/sv/cron/.meta/bin
	enable cron
	until_true ours_in sh -c \
		"sv status cron | grep -q '^down: cron: [0-9]*s, normally up\$'"
}

@test "mini-httpd serves, is restarted when killed, and gone without its link" {
	local pid
	enable mini-httpd
	until_true ours_in sv -w 5 check mini-httpd >/dev/null
	until_true page
	pid=$(pid_of mini-httpd)
	room kill -KILL "$pid"
	until_true page
	[ "$(pid_of mini-httpd)" != "$pid" ]
	rm room/etc/service/mini-httpd
	until_true bash -c "! nsenter -t $ROOM -m -n -p curl -s http://127.0.0.1/page.html"
}
