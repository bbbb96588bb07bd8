# What a real machine meets: at boot a full /var, a stage that no shell can
# read, a module and a device that are not there, all at once; at shutdown
# processes and mounts that do not let go. It comes up, it goes down within its
# bounds, and says what was wrong.

load guest.bash

setup_file() {
	make_images
}

teardown_file() {
	end_guests
}

# With mdev for a device manager, which most of these guests have not.
@test "boot: a full /var, a wrong fstab, a missing module: said, and a login" {
	overlay etc/mdev.conf 644 <<<$'zero 0:43 640\nloop.* 0:43 640\n.* 0:0 666'
	overlay etc/sv/mdev/service 644 <"$TOP/stages/sv/mdev/service"
	mkdir -p "$OVERLAY/etc/service"
	ln -s /etc/sv/mdev "$OVERLAY/etc/service/mdev"
	overlay etc/fstab 644 <<<$'full /var/lib tmpfs size=4k,nr_inodes=1 0 0\n/dev/nowhere /mnt ext4 defaults 0 2\nLABEL=nobody /opt ext4 defaults 0 0\nnonsense'
	overlay etc/modules 644 <<<$'# one that is, one that is not\nevdev\nno_such_module'
	overlay etc/sysctl.conf 644 <<<$'kernel.panic_on_oops = 1'
	boot_initramfs full --append 'trivet.nonsense fsck.mode=skip'
	on full
	until_guest '/sbin/sv status httpd >/dev/null'
	run console
	[[ $output == *"[fail] kernel modules"*"cannot load the module no_such_module"* ]]
	[[ $output == *"[fail] file systems"*"/dev/nowhere"* ]]
	[[ $output == *"[fail] random seed"*"o space left"* ]]
	[[ $output == *"trivet.nonsense: no such word: ignored"* ]]
	# What could be done was done.
	[ "$(in_guest 'cat /proc/sys/kernel/panic_on_oops')" = 1 ]
	[[ $output == *"[ ok ] devices "* ]]
	[ "$(in_guest 'stat -c "%a %g" /dev/zero')" = "640 43" ]
	# And what comes later gets its rule from the service.
	until_guest '/sbin/sv status mdev >/dev/null'
	in_guest 'modprobe loop'
	until_guest '[ "$(stat -c "%a %g" /dev/loop0)" = "640 43" ]'
	run in_guest 'echo x >/var/lib/x; grep -c "^.fail" /run/trivet/boot.log'
	[[ $output == *"No space left"* ]]
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	[[ $(console) == *"reboot: Power down"* ]]
}

@test "boot: a stage with a syntax error: the services all the same" {
	overlay etc/trivet/boot <<<$'#!/bin/sh\nif true; then\n'
	overlay etc/trivet/steps 644 <<<$'((('
	boot_initramfs syntax
	on syntax
	until_guest '/sbin/sv status httpd >/dev/null'
	[[ $(console) == *"/etc/trivet/boot"*yntax*"/etc/trivet/boot: exit "* ]]
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	[[ $(console) == *"reboot: Power down"* ]]
}

# A server of NFS and its client, both in the kernel of this guest, without the
# daemons that tell the server what it may hand out: that is told it here.
nfs='mount_nfs() {
	mount -i -t nfs4 -o vers=4.1,addr=127.0.0.1,clientaddr=127.0.0.1 \
		127.0.0.1:/ "$1"
}
( set -e
modprobe -a nfsd nfsv4
mkdir -p /served /nfs /var/lib/nfs/v4recovery
mount -t tmpfs served /served
mount -t nfsd nfsd /proc/fs/nfsd
cd /proc/fs/nfsd
echo -3 >versions
echo tcp 2049 >portlist
echo 2 >threads
for_ever=$(($(date +%s) + 100000))
cd /proc/net/rpc
echo "nfsd 127.0.0.1 $for_ever all" >auth.unix.ip/channel
echo "all /served $for_ever 9218 65534 65534 0" >nfsd.export/channel
echo "all 1 \\x00000000 $for_ever /served" >nfsd.fh/channel
echo Y >/proc/fs/nfsd/v4_end_grace
mount_nfs /nfs
echo served >/nfs/file
cat /served/file )'

# A system of its own on it, with a mount from the network below its root.
nfs_root='cp -a /bin /sbin /etc /lib /usr /served
for place in proc dev run; do
	mkdir -p /served/$place && mount --bind /$place /nfs/$place
done
mkdir /served/mnt && mount_nfs /nfs/mnt
chroot /nfs sh -c "grep nfs4 /proc/mounts; /etc/trivet/step -d network-mounts
	grep nfs4 /proc/mounts"
umount /nfs/proc /nfs/dev /nfs/run'

# One who writes there when the server has gone, and waits for ever.
nfs_gone='setsid sh -c "exec 3>/nfs/more; echo 0 >/proc/fs/nfsd/threads
	echo never >&3; exec sleep 1000" >/dev/null 2>&1 &
until [ "$(cat /proc/fs/nfsd/threads)" = 0 ]; do usleep 10000; done'

# The guest of this test and the next.
@test "shutdown: what is mounted from the network is let go of; a root from there is left to init" {
	mkdir -p "$BATS_TEST_TMPDIR/overlay"
	"$TOP/tests/boot/image" modules "$BATS_TEST_TMPDIR/overlay" evdev button \
		loop nfsd nfsv4
	overlay etc/sv/stubborn/run <<<$'#!/bin/sh\ntrap "" TERM\nwhile :; do sleep 1000; done'
	overlay etc/sv/stubborn/service 644 <<<'stop = TERM 1s KILL'
	overlay etc/sv/lasting/run <<<$'#!/bin/sh\ntrap "" TERM INT HUP\nwhile :; do sleep 1000; done'
	mkdir -p "$OVERLAY/etc/service"
	ln -s /etc/sv/stubborn "$OVERLAY/etc/service/stubborn"
	ln -s /etc/sv/lasting "$OVERLAY/etc/service/lasting"
	boot_initramfs stubborn --memory 192 --append 'trivet.timeout-stop=4s trivet.timeout-term=1s trivet.timeout-kill=1s trivet.timeout-final=3s'
	on stubborn
	run in_guest "$nfs"
	echo "$output"
	[ "$output" = served ]
	run in_guest "$nfs_root"
	echo "$output"
	[[ ${lines[0]} == "127.0.0.1:/ / nfs4 "* ]]
	[[ ${lines[1]} == "127.0.0.1:/ /mnt nfs4 "* ]]
	[[ ${lines[2]} == "[ ok ] network file systems "* ]]
	[ "${lines[3]}" = "${lines[0]}" ]
	[ ${#lines[@]} = 4 ]
}

# A frozen file system is like a disk that is gone: who writes there can be
# ended by nothing, and unmounting it does not come back.
@test "shutdown: services that ignore TERM, a busy mount, one that hangs, a server that is gone: bounded, and named" {
	on stubborn
	until_guest '/sbin/sv status stubborn lasting >/dev/null'
	run in_guest 'modprobe loop; for i in 0 1; do dd if=/dev/zero of=/$i.img bs=1k count=2048 2>/dev/null; losetup /dev/loop$i /$i.img; mke2fs /dev/loop$i >/dev/null; done; mkdir /a /b; mount -t ext4 /dev/loop0 /a; mount -t ext4 /dev/loop1 /b; mkdir /a/sub; mount --bind /a/sub /mnt; grep -c /dev/loop /proc/mounts'
	echo "$output"
	[ "${lines[-1]}" = 3 ]
	in_guest 'cd /a && (trap "" TERM; exec setsid sh -c "trap \"\" TERM; sleep 1000; :") >/dev/null 2>&1 & fsfreeze --freeze /b && (setsid touch /b/never >/dev/null 2>&1 &)'
	in_guest "$nfs_gone"
	vm tell "$ON" /sbin/poweroff
	vm off -t 120 "$ON"
	run console
	[[ $output == *"reboot: Power down"* ]]
	[[ $output == *"[fail] network file systems"*"/nfs does not let go: detached"* ]]
	# What it could not leave has a name.
	[[ $output == */b* ]]
	[[ $output != *"cannot unmount /a"* ]]
}
