# Every run script of Debian's catalogue (runit-services), and those of some
# packages that bring their own, installed by Debian's cpsv and run verbatim
# under our runsvdir, sv, chpst and svlogd, all at once. The daemons are played
# by one script: what is looked at is how they are started, stopped and logged.
# Not here, but run with their daemons elsewhere: cron and mini-httpd
# (65-debian), git-daemon (62), socklog and a getty (boot/60-debian-runit).
bats_require_minimum_version 1.5.0
load peers
load service
load room

PACKAGES='acpid irqbalance dnsmasq bcron'
# What the scripts start or ask.
PROGRAMS='acpi_fakekeyd acpid anacron apache2 apache2ctl apachectl at atd
	bcron-start bcron-update chronyd cron cupsd dbus-daemon dbus-uuidgen
	dhclient dhcpd dnsmasq exim4 gdomap haveged ifconfig irqbalance lightdm
	lircd lircd-setup loginctl mdadm mysqld nproc ntpd openntpd postconf
	postfix preload proftpd rsyslogd sddm slim socklog-check unixserver
	wicd xdm'

setup_file() {
	peers_have runit
	# shellcheck disable=SC2086 # a list of words
	tests/peers runit-services $PACKAGES >&3 2>&1 ||
		skip "cannot fetch Debian's services"
	export PEERS=$PWD/build/peers
}

teardown_file() {
	peers_leave
}

# Any daemon, as far as its run script looks at it.
stubs() {
	mkdir -p stub/usr/bin stub/usr/sbin stub/usr/lib/elogind \
		stub/usr/share/dnsmasq stub/usr/share/runit
	cat >stub/daemon <<-'END'
	#!/bin/sh
	me=${0##*/}
	case "$me $*" in
	dbus-uuidgen* | lircd-setup* | postconf* | "postfix check" | \
		"apachectl configtest" | "proftpd --configtest" | "ntpd -n" | \
		"dhcpd -4 -f -d -t"* | "dhcpd -4 -f -d -T"* | loginctl* | \
		socklog-check*) exit 0 ;;
	"apache2ctl stop") exec kill "$(cat /etc/sv/apache2/supervise/pid)" ;;
	"postfix stop") exec kill "$(cat /etc/sv/postfix/supervise/pid)" ;;
	nproc*) echo 2 && exit ;;
	ifconfig*) echo inet && exit ;;
	dbus-daemon*)
		rm -f /run/dbus/system_bus_socket
		python3 -c 'import socket
	socket.socket(socket.AF_UNIX).bind("/run/dbus/system_bus_socket")' ;;
	esac
	echo "$me" "$@" | tee -a /run/started
	exec sleep 1000000
	END
	chmod 755 stub/daemon
	for program in $PROGRAMS; do
		ln stub/daemon "stub/usr/bin/$program"
		ln stub/daemon "stub/usr/sbin/$program"
	done
	ln stub/daemon stub/usr/lib/elogind/elogind
	printf '#!/bin/sh\nexit 0\n' >stub/usr/sbin/policy-rc.d
	chmod 755 stub/usr/sbin/policy-rc.d
	touch stub/usr/share/dnsmasq/installed-marker
	for package in $PACKAGES; do
		cp -r "$PEERS/$package/usr/share/runit" stub/usr/share/
	done
	cp -r "$PEERS/runit/lib/runit" stub/usr/lib/
}

# What their packages and an administrator would have put there.
installed() {
	cat <<-'END'
	rm -rf etc/sv etc/service etc/runit etc/init.d etc/rc?.d
	mkdir -p etc/sv etc/service etc/runit etc/X11 etc/lirc etc/postfix \
		etc/apache2 etc/default run/runit/supervise run/dbus
	for user in _runit-log cron dnsmasq mysql messagebus sddm Debian-exim; do
		id=$((700 + ${#user}))
		grep -v "^$user:" etc/passwd >new && mv new etc/passwd
		grep -v "^$user:" etc/group >new && mv new etc/group
		echo "$user:x:$id:$id::/:/bin/false" >>etc/passwd
		echo "$user:x:$id:" >>etc/group
	done
	rm -rf etc/default/*
	echo START_DAEMON=true >etc/default/mdadm
	echo /usr/sbin/lightdm >etc/X11/default-display-manager
	touch etc/lirc/lirc_options.conf etc/postfix/main.cf \
		etc/apache2/envvars etc/crontab run/started
	chmod 666 run/started
	mkdir -p spool/cron
	mount --bind spool /var/spool
	END
	cat <<-END
	for dir in lib bin sbin share; do
		mount -t overlay overlay -o \
			lowerdir=$BATS_TEST_TMPDIR/stub/usr/\$dir:/usr/\$dir \
			/usr/\$dir
	done
	cp -r $PEERS/runit/etc/sv/* etc/sv/
	for package in $PACKAGES; do
		cp -r $PEERS/\$package/etc/sv/* etc/sv/
	done
	export CPSV_SOURCE=$PEERS/runit-services/usr/share/runit/sv
	(cd \$CPSV_SOURCE && sh $PEERS/runit/usr/bin/cpsv a *)
	END
	cat <<-'END'
	for log in etc/sv/*/log; do
		service=${log%/log}
		mkdir -p "log/runit/${service##*/}"
		chown _runit-log "log/runit/${service##*/}"
	done
	END
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	stubs
	# A daemon that others wait for may be slow here.
	SVWAIT=60 PATH=$OURS:$PATH room_enter "$(installed)" \
		runsvdir -P /etc/service
}

teardown() {
	room_leave
	cat "$BATS_TEST_TMPDIR/room.out"
}

ours_in() {
	PATH=$OURS:$PATH room "$@"
}

# is_run NAME | is_down NAME
is_run() { ours_in sv status "$1" | grep -q "^run: $1: "; }
is_down() { ours_in sv status "$1" | grep -q "^down: $1: "; }

has_started() { room grep -qxF -- "$1" /run/started; }

# Started with these words, at whatever time.
expected() {
	cat <<-'END'
	acpi_fakekeyd -f
	acpid --foreground
	anacron -d
	apache2 -DNO_DETACH
	atd -f -d
	bcron-start
	bcron-update /etc/crontab /etc/cron.d
	chronyd -d
	cron -f
	cupsd -f
	dbus-daemon --system --nofork --nopidfile
	dhclient -d
	dhcpd -4 -f -d
	dnsmasq --keep-in-foreground --log-facility=/dev/stdout --local-service -u dnsmasq
	elogind
	exim4 -bd -d -q
	gdomap -f
	haveged -F
	irqbalance --foreground
	lightdm
	lircd --nodaemon --logfile /dev/stdout
	mysqld --skip-log-error
	ntpd -d -s
	postfix start-fg
	preload -s /var/lib/preload/preload.state -f -l 
	proftpd -n
	rsyslogd -n -iNONE
	unixserver -U /var/run/bcron-spool bcron-spool
	wicd -f
	END
	# Its script looks whether this kernel has what it would watch.
	! is_raided || echo mdadm --monitor --scan
}

is_raided() { [ -f /proc/mdstat ]; }

@test "all of the catalogue's run scripts do what they do under runit" {
	local names
	names=$(cd room/etc/sv && echo *)
	# shellcheck disable=SC2086 # a list of names
	[ "$(printf '%s\n' $names | wc -l)" -ge 36 ]
	for name in $names; do
		[ "$name" = svlogd ] ||
			ln -s "/etc/sv/$name" "room/etc/service/$name"
	done

	# Each with its words, and none a second time.
	while IFS= read -r line; do
		until_true has_started "$line"
	done < <(expected)
	diff <(expected | LC_ALL=C sort) <(LC_ALL=C sort room/run/started)
	for name in $names; do
		case $name in
		# Not the chosen one: 161, and their finish says sv d.
		sddm | slim | xdm | dbus.dep-fixer) until_true is_down "$name" ;;
		svlogd) ;;
		mdadm) is_raided || until_true is_down mdadm ;;
		*) until_true is_run "$name" ;;
		esac
	done

	# Their loggers: Debian's svlogd/run, or one of their own.
	for log in room/etc/sv/*/log; do
		name=${log%/log} name=${name##*/}
		case $name in sddm | slim) continue ;; esac
		until_true grep -qsE '^20[0-9_:.-]* ' \
			"room/log/runit/$name/current"
	done

	# control/t that asks the daemon's own tool, or sv again.
	: >room/run/started
	run -0 ours_in sv -w 60 restart apache2 postfix elogind
	[ "$(cut -d: -f1-3 <<<"$output" | sort)" = \
		"$(printf 'ok: run: %s\n' apache2 elogind postfix)" ]
	again=('apache2 -DNO_DETACH' elogind 'postfix start-fg')
	for line in "${again[@]}"; do
		until_true has_started "$line"
	done
	diff <(printf '%s\n' "${again[@]}") <(sort room/run/started)

	# Another display manager is chosen.
	run -0 ours_in sv -w 60 stop lightdm
	for dm in slim sddm xdm; do
		echo "/usr/bin/$dm" >room/etc/X11/default-display-manager
		run -0 ours_in sv -w 60 start "$dm"
		run -0 ours_in sv -w 60 stop "$dm"
	done

	# As stage 3 ends them.
	# shellcheck disable=SC2016 # for the shell in there
	run -0 ours_in sh -c 'sv -w 60 force-stop /etc/service/*'
	for name in $names; do
		[ "$name" = svlogd ] || is_down "$name"
	done
}
