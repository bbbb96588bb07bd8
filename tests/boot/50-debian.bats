# boot-examples/debian, used as its README says: a Debian 12 that boots, is
# logged in to, works, gets a package installed and upgraded, and goes down.

load guest.bash
load debian.bash

setup_file() {
	make_debian
	(cd "$BATS_FILE_TMPDIR" && package 1.0 && package 2.0)
	lay_over
}

teardown_file() {
	end_guests
}

# A package with a script in /etc/init.d, as debhelper's are.
package() {
	mkdir -p greeter/DEBIAN greeter/etc/init.d greeter/usr/sbin
	cat >greeter/DEBIAN/control <<-END
	Package: greeter
	Version: $1
	Architecture: all
	Maintainer: nobody <nobody@localhost>
	Description: says hello
	END
	cat >greeter/usr/sbin/greeter <<-END
	#!/bin/sh
	echo \$\$ >/run/greeter.pid
	echo "greeter $1" >/run/greeter
	exec sleep 100000
	END
	cat >greeter/etc/init.d/greeter <<-'END'
	#!/bin/sh
	### BEGIN INIT INFO
	# Provides:          greeter
	# Required-Start:    $remote_fs $syslog
	# Required-Stop:     $remote_fs $syslog
	# Should-Start:      nginx
	# Default-Start:     2 3 4 5
	# Default-Stop:      0 1 6
	# Short-Description: says hello
	### END INIT INFO
	. /lib/lsb/init-functions
	case $1 in
	start)
		start-stop-daemon --start --quiet --background --oknodo \
			--pidfile /run/greeter.pid --exec /usr/sbin/greeter
		;;
	stop)
		start-stop-daemon --stop --quiet --oknodo --retry 5 \
			--pidfile /run/greeter.pid
		rm -f /run/greeter.pid /run/greeter
		;;
	restart | force-reload) $0 stop && $0 start ;;
	status) status_of_proc -p /run/greeter.pid /usr/sbin/greeter greeter ;;
	esac
	END
	cat >greeter/DEBIAN/postinst <<-'END'
	#!/bin/sh
	set -e
	update-rc.d greeter defaults >/dev/null
	invoke-rc.d greeter "$([ -n "$2" ] && echo restart || echo start)"
	END
	cat >greeter/DEBIAN/prerm <<-'END'
	#!/bin/sh
	set -e
	[ "$1" != remove ] || invoke-rc.d greeter stop
	END
	cat >greeter/DEBIAN/postrm <<-'END'
	#!/bin/sh
	set -e
	[ "$1" != purge ] || update-rc.d greeter remove >/dev/null
	END
	echo /etc/init.d/greeter >greeter/DEBIAN/conffiles
	chmod 755 greeter/DEBIAN/p* greeter/etc/init.d/greeter greeter/usr/sbin/greeter
	dpkg-deb --root-owner-group -b greeter "greeter_$1.deb"
}

# Without mounting it: onto a copy of the example's disk. A login is to come when
# all else has, however slow: the console is then ours alone.
lay_over() {
	disk=$BATS_FILE_TMPDIR/disk
	export disk
	echo 'run = svc progress -k -t 1h -o /dev/console' >"$BATS_FILE_TMPDIR/patient"
	cp --sparse=always "$EXAMPLE/disk" "$disk"
	debugfs -w -f /dev/stdin "$disk" <<-END
	mkdir /etc/trivet/override
	write $BATS_FILE_TMPDIR/patient /etc/trivet/override/progress
	write $BATS_FILE_TMPDIR/greeter_1.0.deb /root/greeter_1.0.deb
	write $BATS_FILE_TMPDIR/greeter_2.0.deb /root/greeter_2.0.deb
	END
}

# On the console, as a person would.
debian() {
	run vm run -t 120 -p console "$(guest full)" "$@"
	echo "$output"
}

@test "debian: a login; everything is up, from udev to PostgreSQL" {
	vm start "$(guest full)" --initrd "$EXAMPLE/start.cpio" --memory 512 \
		--disk "$disk" --net --rng --limit 800
	on full
	said -t 200 'login: ?$'
	vm send "$ON" 'nobody\n'
	said 'Password: ?$'
	vm send "$ON" 'a guess\n'
	vm login -t 200 "$ON" root
	debian 'svc wait -t 100s settled; svc list'
	for name in klog udev devices check mounts network syslog cron dbus ssh nginx \
		postgresql atd mdadm progress requests getty@ttyS0; do
		[[ $output == *"$name"* ]]
	done
	[[ $output != *failed* ]]
	[[ $output != *backoff* ]]
	[[ $output != *waiting* ]]
	debian 'cat /proc/1/comm; udevadm info -q property /dev/vda'
	[ "${lines[0]}" = init ]
	[[ $output == *"ID_FS_LABEL=trivet"* ]]
	run vm console "$(guest full)"
	[[ $output != *"svcd: warning"* ]]
	[[ $output =~ \[\ ok\ \]\ ssh\ +[0-9]+\.[0-9][0-9]\ s.*login: ]]
}

@test "debian: the web server, the data base, the log and ssh do their work" {
	debian 'bash -c "exec 3<>/dev/tcp/127.0.0.1/80; echo GET / >&3; cat <&3"'
	[[ $output == *"Welcome to nginx"* ]]
	debian 'cd /; su postgres -c "psql -Atc \"select 40 + 2\""'
	[[ $output == *42* ]]
	debian 'logger a line for the log; until grep "a line for the log" /var/log/syslog; do :; done'
	[ "$status" = 0 ]
	debian 'ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519 && cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys && ssh -o StrictHostKeyChecking=no localhost id -un'
	[[ $output == *root* ]]
	[ "$status" = 0 ]
	debian 'ip -4 addr show eth0'
	[[ $output == *"inet 10.0.2.15"* ]]
}

@test "debian: service, invoke-rc.d and start-stop-daemon behave" {
	debian 'service ssh status'
	[[ $output == *"ssh: up (pid "* ]]
	before=${output##*pid }
	debian 'service ssh restart && service ssh status'
	[ "$status" = 0 ]
	[ "${output##*pid }" != "$before" ]
	debian 'service nginx stop; service nginx status; pidof nginx'
	[ "$status" != 0 ]
	debian 'svc status -j nginx | grep -o "\"state\": *\"[a-z]*\""'
	[[ $output == *down* ]]
	debian 'invoke-rc.d nginx start && pidof nginx && svc wait -t 30s ready nginx'
	[ "$status" = 0 ]
	debian 'start-stop-daemon --stop --test --exec /usr/sbin/nginx --pidfile /run/nginx.pid'
	[ "$status" = 0 ]
	[[ $output == *"Would send signal"* ]]
}

# atd of Debian has nothing but a script that leaves it in the background.
@test "debian: a daemon of a script: after what its header asks for, started, asked for, stopped" {
	debian 'service atd status && pidof atd && grep -E "^(type|wants|after)" /run/trivet/adhoc/atd'
	[ "$status" = 0 ]
	[[ $output == *"atd is running"*"type = oneshot"*syslog* ]]
	debian 'service atd stop; pidof atd || echo none; service atd status; echo $?'
	[[ $output == *none*"atd is not running"*3 ]]
	debian 'update-rc.d atd disable && ls /etc/rc2.d && update-rc.d atd enable && ls /etc/rc2.d'
	[[ $output == *K01atd*S01atd* ]]
	debian 'invoke-rc.d atd start && pidof atd'
	[ "$status" = 0 ]
}

@test "debian: a script that says where its pidfile is: its daemon is the service" {
	debian 'service atd stop && sed -i "2i# pidfile: /run/atd.pid" /etc/init.d/atd && svc lsb && service atd start && grep ^type /run/trivet/adhoc/atd; svc status -j atd; cat /run/atd.pid'
	[[ $output == *"type = forking"*"\"pid\":${lines[-1]},"* ]]
	before=${lines[-1]}
	debian 'service atd restart; service atd status; svc status -j atd; cat /run/atd.pid'
	[[ $output == *"atd is running"*"\"pid\":${lines[-1]},"* ]]
	[ "${lines[-1]}" != "$before" ]
	debian 'kill -9 $(cat /run/atd.pid); svc wait -t 60s down atd; echo $?; service atd status'
	[[ $output == *$'\n'0*"atd is not running"* ]]
	debian 'invoke-rc.d atd start && service atd status && service atd stop; pidof atd || echo none'
	[[ $output == *"atd is running"*none ]]
}

@test "debian: a package is installed, upgraded and taken away" {
	debian 'dpkg -i /root/greeter_1.0.deb && cat /run/greeter && svc wait -t 30s ready greeter'
	[[ $output == *"greeter 1.0"* ]]
	[ "$status" = 0 ]
	debian 'ls /etc/rc2.d; dpkg -i /root/greeter_2.0.deb && cat /run/greeter'
	[[ $output == *S*greeter* ]]
	[[ $output == *"greeter 2.0"* ]]
	debian 'update-rc.d greeter disable; ls /etc/rc2.d'
	[[ $output == *K01greeter* ]]
	debian 'dpkg --purge greeter; ls /etc/rc2.d /run/greeter.pid'
	[[ $output != *K01greeter* ]]
	[[ $output == *"cannot access '/run/greeter.pid'"* ]]
}

@test "debian: apt from a repository of files" {
	debian 'mkdir -p /srv/apt && cd /srv/apt && cp /root/greeter_1.0.deb . && { dpkg-deb -f greeter_1.0.deb; echo "Filename: ./greeter_1.0.deb"; echo "Size: $(stat -c %s greeter_1.0.deb)"; echo "SHA256: $(sha256sum <greeter_1.0.deb | cut -d" " -f1)"; } >Packages && rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* && echo "deb [trusted=yes] file:/srv/apt ./" >/etc/apt/sources.list && apt-get -qq update && apt-get -qq -y install greeter </dev/null && cat /run/greeter'
	[[ $output == *"greeter 1.0"* ]]
	[ "$status" = 0 ]
}

@test "debian: who is logged in, and when the machine came up" {
	debian 'runlevel; who -b; who; stat -c "%s %a %G" /var/log/wtmp /var/log/btmp'
	[[ $output == *"system boot"* ]]
	[[ $output == *"root"*"ttyS0"* ]]
	[[ $output == *"384 660 utmp"* ]]
	# Who did not know the password.
	debian lastb
	[[ ${lines[0]} == "nobody   ttyS0 "* ]]
	debian 'last -x'
	[[ $output == *"root     ttyS0"*"still logged in"* ]]
	[[ $output == *"reboot   system boot"* ]]
}

@test "debian: poweroff stops everything in time and leaves nothing to repair" {
	vm tell -p console "$(guest full)" poweroff
	vm off -t 120 "$(guest full)"
	run vm console "$(guest full)"
	[[ $output == *"reboot: Power down"* ]]
	output=${output##*stopping the services}
	[[ $output == *"[ ok ] postgresql stopped "* ]]
	[[ $output != *"[fail]"* ]]
	[[ $output != *"KILL to all"* ]]
	is_clean "$disk"
}
