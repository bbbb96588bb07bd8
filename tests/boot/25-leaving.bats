# The last steps: swap, file systems upon devices upon files, what hangs in the
# kernel, and a kernel that follows another.

load guest.bash

setup_file() {
	make_images
}

teardown_file() {
	end_guests
}

up() {
	boot_disk "$1" "${@:2}"
	on "$1"
	until_guest '/sbin/sv status httpd >/dev/null'
}

# A file system on a loop device of a file: FILE MIB DIRECTORY.
loop_mount='loop_mount() {
	truncate -s $2M $1 && mke2fs -F $1 >/dev/null 2>&1 && mkdir -p $3 &&
	mount -t ext4 -o loop $1 $3
}'

# The disk of the guest is as if nobody had ever used it.
disk_is_clean() {
	run e2fsck -f -n "$BATS_FILE_TMPDIR/$ON.disk"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output != *recover* ]]
}

@test "swap, loops and mapped devices upon each other are taken apart" {
	up stack
	in_guest "$loop_mount
		( set -e
		dd if=/dev/zero of=/swap bs=1M count=2 2>/dev/null
		mkswap /swap >/dev/null
		swapon /swap
		modprobe -a loop dm_mod
		truncate -s 8M /one
		mke2fs -F /one >/dev/null 2>&1
		losetup /dev/loop5 /one
		mknod /dev/one b \$(devices map one /dev/loop5)
		mkdir -p /mnt/one
		mount -t ext4 /dev/one /mnt/one
		loop_mount /mnt/one/two 2 /mnt/two
		echo kept >/mnt/two/file )"
	[ "$(in_guest 'wc -l </proc/swaps; cut -d" " -f2 /proc/mounts | grep -c /mnt/')" = "2
2" ]
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	[[ $(console) == *"reboot: Power down"* ]]
	[[ $(console) != *"cannot"* ]]
	disk_is_clean
	# What lay inside was written, and left in order too.
	PATH=$PATH:/usr/sbin:/sbin
	debugfs -R "dump /one $BATS_TEST_TMPDIR/one" "$BATS_FILE_TMPDIR/$ON.disk"
	e2fsck -f -n "$BATS_TEST_TMPDIR/one"
	debugfs -R "dump /two $BATS_TEST_TMPDIR/two" "$BATS_TEST_TMPDIR/one"
	[ "$(debugfs -R 'cat /file' "$BATS_TEST_TMPDIR/two")" = kept ]
}

@test "a process that nothing can kill, and an unmount that hangs" {
	up hung --append 'trivet.timeout-term=1s trivet.timeout-kill=1s trivet.timeout-final=5s'
	# The upper one has to write into the lower one, which is frozen.
	in_guest "$loop_mount
		( set -e
		loop_mount /one 8 /mnt/one
		loop_mount /mnt/one/two 4 /mnt/two
		fsfreeze --freeze /mnt/one
		dd if=/dev/zero of=/mnt/two/file bs=64k count=8 2>/dev/null
		sh -c 'echo >/mnt/one/file' &
		writer=\$!
		until grep -q '^State:.D' /proc/\$writer/status; do usleep 10000; done
		modprobe dm_mod
		truncate -s 8M /three
		mke2fs -F /three >/dev/null 2>&1
		losetup /dev/loop5 /three
		mknod /dev/three b \$(devices map three /dev/loop5)
		mkdir -p /mnt/three
		mount -t ext4 /dev/three /mnt/three
		dd if=/dev/zero of=/mnt/three/file bs=64k count=8 2>/dev/null
		devices suspend three )"
	vm tell "$ON" /sbin/poweroff
	vm off -t 200 "$ON"
	run console
	[[ $output == *"KILL to all processes, waiting for them to end, at most 1 s"* ]]
	[[ $output == *"still writing what is not on disk yet, at most "* ]]
	[[ $output == *"KILL, for it hangs: writing what is not on disk yet"* ]]
	[[ $output == *"/mnt/three hangs: leaving it"* ]]
	[[ $output == *"/mnt/two hangs: leaving it"* ]]
	[[ $output == *"reboot: Power down"* ]]
}

@test "kexec: the next kernel is there, and the machine is up again" {
	overlay boot/vmlinuz 644 <"$("$TOP/tests/boot/kernel")/vmlinuz"
	overlay boot/initrd 644 <"$WORK/initramfs"
	boot_initramfs kexec --memory 384
	on kexec
	until_guest '/sbin/sv status httpd >/dev/null'
	in_guest 'devices kexec /boot/vmlinuz /boot/initrd "console=ttyS0 panic=-1 trivet.hostname=second"'
	vm tell "$ON" /sbin/svc kexec
	vm wait -t 150 "$ON" 'second login:'
	vm ready "$ON"
	[ "$(in_guest 'cat /proc/sys/kernel/hostname')" = second ]
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
}

@test "kexec where no kernel was loaded: a reboot, and it is said" {
	boot_initramfs nokexec --memory 96
	on nokexec
	until_guest '/sbin/sv status httpd >/dev/null'
	vm tell "$ON" kill -40 1
	vm off "$ON"
	[[ $(console) == *"cannot kexec"*"reboot: Restarting system"* ]]
}
