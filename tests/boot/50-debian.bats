# boot-examples/debian, used as its README says: a Debian 12 that boots, is
# logged in to, works, gets a package installed and upgraded, and goes down;
# then ten reboots, two power cuts and a stack of disks, with few services to be
# quick.

load guest.bash

EXAMPLE=$TOP/build/boot-examples/debian
FEW='trivet.services=/etc/few'

setup_file() {
	"$TOP/boot-examples/debian/run" image >"$BATS_FILE_TMPDIR/log" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/log"
		return 1
	}
	(cd "$BATS_FILE_TMPDIR" && package 1.0 && package 2.0 && few)
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

# What counts the boots and asks for the next one.
few() {
	cat >again <<-'END'
	type = oneshot
	needs = mounts
	up = /etc/few.again
	END
	cat >few.again <<-'END'
	#!/bin/sh
	read -r count </var/lib/again
	echo $((count + 1)) >/var/lib/again
	head -c 1000000 /dev/urandom >/var/tmp/again.$count
	echo "boot $count" >/dev/console
	[ "$count" -lt 10 ] && reboot || poweroff
	END
	chmod 755 few.again
	echo 0 >count
}

# Without mounting it: onto the example's disk, beside what is there. A login
# is to come when all else has, however slow: the console is then ours alone.
lay_over() {
	echo 'run = svc progress -k -t 1h -o /dev/console' >"$BATS_FILE_TMPDIR/patient"
	cp --sparse=always "$EXAMPLE/disk" "$BATS_FILE_TMPDIR/few.disk"
	debugfs -w -f /dev/stdin "$BATS_FILE_TMPDIR/few.disk" <<-END
	mkdir /etc/few
	write $BATS_FILE_TMPDIR/again /etc/few/again
	write $BATS_FILE_TMPDIR/few.again /etc/few.again
	write $BATS_FILE_TMPDIR/count /var/lib/again
	symlink /etc/few/check /etc/trivet/sv/check
	symlink /etc/few/mounts /etc/trivet/sv/mounts
	rm /etc/rc2.d/S01nginx
	rm /etc/rc2.d/S01postgresql
	rm /etc/rc2.d/S01atd
	rm /etc/rc2.d/S01mdadm
	END
	debugfs -w -f /dev/stdin "$EXAMPLE/disk" <<-END
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
	cp --sparse=always "$EXAMPLE/disk" "$BATS_FILE_TMPDIR/disk"
	vm start "$(guest full)" --initrd "$EXAMPLE/start.cpio" --memory 512 \
		--disk "$BATS_FILE_TMPDIR/disk" --net --rng --limit 800
	vm login -t 200 "$(guest full)" root
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
	[[ $output == *"0 660 utmp"* ]]
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
	is_clean "$BATS_FILE_TMPDIR/disk"
}

# Nothing to repair, and no journal to be replayed.
is_clean() {
	run e2fsck -f -n "$1"
	echo "$output"
	[ "$status" = 0 ]
	run dumpe2fs -h "$1"
	[[ $output == *"Filesystem state:         clean"* ]]
	[[ $output != *needs_recovery* ]]
}

# wtmp as it stands on the disk, a line for each record: TYPE USER.
records() {
	debugfs -R "cat /var/log/wtmp" "$1" 2>/dev/null | python3 -c '
import struct, sys
data = sys.stdin.buffer.read()
assert len(data) % 384 == 0, len(data)
for i in range(0, len(data), 384):
    kind, _, _, _, user = struct.unpack_from("hi32s4s32s", data, i)
    print(kind, user.rstrip(b"\0").decode())
'
}

@test "debian: ten reboots: clean each time, the journal never replayed, wtmp right" {
	disk=$BATS_FILE_TMPDIR/ten.disk
	cp --sparse=always "$BATS_FILE_TMPDIR/few.disk" "$disk"
	vm start "$(guest ten)" --initrd "$EXAMPLE/start.cpio" --disk "$disk" \
		--reboot reset --append "$FEW" --limit 800
	vm off -t 700 "$(guest ten)"
	run vm console "$(guest ten)"
	echo "$output"
	[[ $output == *"boot 10"* ]]
	[ "$(grep -c ': clean, ' <<<"$output")" = 11 ]
	[[ $output != *recover* ]]
	[[ $output != *"[fail]"* ]]
	is_clean "$disk"
	run records "$disk"
	[ "$(grep -c '^2 reboot' <<<"$output")" = 11 ]
	[ "$(grep -c '^1 shutdown' <<<"$output")" = 11 ]
	# Each boot's record, then that of its end.
	[[ $(grep -v runlevel <<<"$output" | uniq | wc -l) = 22 ]]
}

@test "debian: power cuts in boot and shutdown: the next boot is a clean one" {
	disk=$BATS_FILE_TMPDIR/cut.disk
	cp --sparse=always "$BATS_FILE_TMPDIR/few.disk" "$disk"
	on cut
	for moment in 'login records' 'random seed saved' 'boot [0-9]'; do
		vm start "$ON" --initrd "$EXAMPLE/start.cpio" --disk "$disk" \
			--append "$FEW"
		said -t 120 "$moment"
		vm cut "$ON"
	done
	vm start "$ON" --initrd "$EXAMPLE/start.cpio" --disk "$disk" \
		--append "$FEW"
	vm off -t 200 "$ON"
	[[ $(console) != *"[fail]"* ]]
	is_clean "$disk"
}

# What an administrator does once: a volume group, an encrypted disk, a mirror
# of two disks, and a file system that nothing repairs by itself.
storage='( set -e
vgcreate -q disks /dev/vdb
for part in data:32M swap:16M broken:8M; do
	lvcreate -q -y -L "${part#*:}" -n "${part%:*}" disks
done
mke2fs -q -t ext4 /dev/disks/data
mke2fs -q -t ext4 /dev/disks/broken
debugfs -w -R "clri <2>" /dev/disks/broken
debugfs -w -R dirty /dev/disks/broken
mkswap /dev/disks/swap
head -c 64 /dev/urandom >/etc/key
cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vdc /etc/key
cryptsetup open --key-file /etc/key /dev/vdc safe
mke2fs -q -t ext4 /dev/mapper/safe
cryptsetup close safe
mdadm --quiet --create /dev/md/pair --level=1 --metadata=1.0 --bitmap=none \
	--raid-devices=2 /dev/vdd /dev/vde
mke2fs -q -t ext4 /dev/md/pair
mdadm --detail --scan >>/etc/mdadm/mdadm.conf
mkdir /data /safe /broken /pair
{
	echo "/dev/disks/data /data ext4 defaults 0 2"
	echo "/dev/mapper/safe /safe ext4 defaults 0 2"
	echo "/dev/md/pair /pair ext4 defaults 0 2"
	echo "/dev/disks/broken /broken ext4 defaults 0 2"
	echo "/dev/disks/swap none swap sw 0 0"
} >>/etc/fstab
echo "safe /dev/vdc /etc/key luks" >/etc/crypttab
echo "keycode 30 = b" >/etc/keymap
echo "KEYMAP=/etc/keymap" >/etc/vconsole.conf
printf "0.0 0 0.0\\n0\\nLOCAL\\n" >/etc/adjtime )'

# The stage itself does what services of the example do otherwise: they are not
# in this tree. The root has a fault that is left to a person: a folder that no
# other one has.
lay_storage() {
	echo 'run = /etc/probe' >"$BATS_FILE_TMPDIR/probe"
	printf '%s\n' '/dev/vda / ext4 errors=remount-ro 0 1' \
		'/dev/vdf /slow ext4 defaults 0 3' >"$BATS_FILE_TMPDIR/fstab"
	debugfs -w -f /dev/stdin "$1" <<-END
	mkdir /etc/disks
	mkdir /slow
	write $BATS_FILE_TMPDIR/probe /etc/disks/probe
	write $TOP/tests/boot/probe /etc/probe
	rm /etc/fstab
	write $BATS_FILE_TMPDIR/fstab /etc/fstab
	mkdir /srv/lost
	mkdir /srv/lost/child
	clri /srv/lost
	dirty
	END
}

# A disk whose check is due, and has to read 16 MiB.
make_slow() {
	truncate -s 64M "$1"
	mke2fs -q -t ext4 -b 1024 -N 65536 -E lazy_itable_init=0 \
		-O '^metadata_csum,^uninit_bg,^flex_bg' "$1"
	tune2fs -c 1 -C 9 "$1"
}

# So many bytes a second; 0: as many as it can.
slow_down() {
	vm qmp "$ON" block_set_io_throttle "$(printf '{"device": "slow", "bps": %d,
		"bps_rd": 0, "bps_wr": 0, "iops": 0, "iops_rd": 0, "iops_wr": 0}' "$1")"
}

# At a login of the rescue shell: a word of arithmetic, and on with the boot.
leave_shell() {
	said -t 200 'Press Enter for maintenance'
	vm send "$ON" '\n'
	said '# '
	vm send "$ON" 'echo we are $((40 + 2)); exit\n'
	said 'we are 42'
}

@test "debian: a shell for a root that fsck cannot repair; a slow check shows how far it is, and Ctrl-C ends it" {
	disk=$BATS_FILE_TMPDIR/stack.disk
	cp --sparse=always "$BATS_FILE_TMPDIR/few.disk" "$disk"
	lay_storage "$disk"
	truncate -s 96M "$disk.lvm"
	truncate -s 32M "$disk.luks"
	truncate -s 16M "$disk.md0" "$disk.md1"
	make_slow "$disk.slow"
	on stack
	vm start "$ON" --initrd "$EXAMPLE/start.cpio" --memory 512 \
		--disk "$disk" --disk "$disk.lvm" --disk "$disk.luks" \
		--disk "$disk.md0" --disk "$disk.md1" --qemu=-drive \
		"--qemu=file=$disk.slow,format=raw,if=virtio,id=slow" \
		--reboot reset --limit 800 --append 'trivet.services=/etc/disks'
	said -t 200 'rescue: faults are left'
	slow_down 100000
	leave_shell
	said 'fail. root file system check'
	said -t 200 '/dev/vdf: \|=.*\| *[0-9.]+%'
	vm send "$ON" '\x03'
	slow_down 0
	said 'skip. file system checks: interrupted'
	vm ready -t 200 "$ON"
}

@test "debian: LVM, an encrypted disk, RAID, swap, a keymap; a shell for a disk that fsck cannot repair" {
	disk=$BATS_FILE_TMPDIR/stack.disk
	on stack
	vm run -t 200 "$ON" "$storage"
	vm tell "$ON" reboot
	said -t 200 'rescue: faults are left'
	slow_down 100000
	leave_shell
	# Ctrl-C ends the check of one disk; what was found on another stays.
	said -t 200 '/dev/vdf: \|=.*\| *[0-9.]+%'
	vm send "$ON" '\x03'
	slow_down 0
	said 'rescue: faults are left'
	leave_shell
	vm ready -t 200 "$ON"
	run console
	[[ $output == *"[fail] file system checks"*"repair it by hand"* ]]
	[[ $output == *"[fail] file systems"*"/broken"* ]]
	for step in 'console font and keymap' clock 'RAID, LVM and encrypted disks' \
		swap; do
		[[ $output == *"[ ok ] $step "* ]]
	done
	run in_guest 'cat /proc/swaps; cut -d" " -f1,2 /proc/mounts; dumpkeys | grep "keycode  30"'
	echo "$output"
	[[ $output == */dev/dm-*partition* ]]
	[[ $output == *"/dev/mapper/disks-data /data"* ]]
	[[ $output == *"/dev/mapper/safe /safe"* ]]
	[[ $output == *"/dev/md"*" /pair"* ]]
	[[ $output != *" /broken"* ]]
	[[ $output == *"keycode  30 = +b"* ]]
	in_guest 'echo kept | tee /data/file /safe/file /pair/file; (cd /safe && exec sleep 1000) >/dev/null 2>&1 &'
	vm tell "$ON" poweroff
	vm off -t 120 "$ON"
	[[ $(console) == *"reboot: Power down"* ]]
	[[ $(console) != *cannot* ]]
	# The root has its fault still, and nothing to be replayed.
	run dumpe2fs -h "$disk"
	[[ $output != *needs_recovery* ]]
	dd if="$disk.lvm" of="$disk.data" bs=1M skip=1 count=32 status=none
	is_clean "$disk.data"
	# Each half of the mirror is whole, and says that the array was stopped.
	cmp -n 15728640 "$disk.md0" "$disk.md1"
	for half in "$disk.md0" "$disk.md1"; do
		is_clean "$half"
		[ "$(debugfs -R 'cat /file' "$half")" = kept ]
	done
}
