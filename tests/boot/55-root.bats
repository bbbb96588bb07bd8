# svc switch-root, the first program of an initramfs: the root by every name it
# may have, one that comes late, one that is not there.

load guest.bash

setup_file() {
	make_images
	# A second disk that looks like the first, but for its label and number.
	cp --sparse=always "$WORK/disk" "$BATS_FILE_TMPDIR/other"
	tune2fs -L other -U 01234567-89ab-cdef-0123-456789abcdef \
		"$BATS_FILE_TMPDIR/other" >/dev/null 2>&1
	echo other >"$BATS_FILE_TMPDIR/name"
	debugfs -w -R "rm /etc/hostname" "$BATS_FILE_TMPDIR/other" 2>/dev/null
	debugfs -w -R "write $BATS_FILE_TMPDIR/name /etc/hostname" \
		"$BATS_FILE_TMPDIR/other" 2>/dev/null
}

teardown_file() {
	end_guests
}

# Two disks; the words say which is the root.
two_disks() {
	on "$1"
	vm start "$ON" --initrd "$WORK/start.cpio" --disk "$WORK/disk" \
		--disk "$BATS_FILE_TMPDIR/other" --qemu=-snapshot "${@:2}"
}

@test "the root by its label, read-only as it is asked for; nothing of the archive is left" {
	two_disks label --append 'root=LABEL=other rootflags=noatime trivet.boot=/nowhere'
	run in_guest 'cat /etc/hostname; cat /proc/1/comm; grep " / " /proc/mounts'
	echo "$output"
	[ "${lines[0]}" = other ]
	[ "${lines[1]}" = init ]
	[[ $output == */dev/vdb*ext4*ro,*noatime* ]]
	# The archive was memory: svc, busybox, the modules.
	run in_guest 'ls -A /root; grep -c . /proc/mounts'
	[[ $output != *modules* ]]
}

@test "the root by its number, writable; words go to its init" {
	two_disks uuid --append 'root=UUID=01234567-89AB-CDEF-0123-456789ABCDEF rw -- --timeout-term=2s --nonsense'
	run in_guest 'cat /etc/hostname; cat /proc/1/comm'
	[ "${lines[0]}" = other ]
	[[ $(console) == *"nonsense: no such word: ignored"* ]]
}

@test "the root by its partition: its number in the table, and its name" {
	PATH=$PATH:/usr/sbin:/sbin
	disk=$BATS_FILE_TMPDIR/parts
	truncate -s 70M "$disk"
	sfdisk -q "$disk" <<-END
	label: gpt
	start=2048, size=2048, name=trivet-not
	start=4096, name=trivet-root, uuid=89ABCDEF-0123-4567-89AB-CDEF01234567
	END
	dd if="$WORK/disk" of="$disk" bs=1M seek=2 conv=notrunc,sparse status=none
	for root in PARTUUID=89abcdef-0123-4567-89ab-cdef01234567 \
		PARTLABEL=trivet-root; do
		on part
		vm start "$ON" --initrd "$WORK/start.cpio" --disk "$disk" \
			--qemu=-snapshot --append "root=$root trivet.boot=/nowhere"
		run in_guest 'grep " / " /proc/mounts'
		[[ $output == */dev/vda2*ext4* ]]
		vm cut "$ON"
	done
}

@test "a root that comes late is waited for, by event" {
	on late
	cp --sparse=always "$WORK/disk" "$BATS_FILE_TMPDIR/late"
	vm start "$ON" --initrd "$WORK/start.cpio" --append 'root=LABEL=trivet rootwait' \
		--qemu=-device --qemu=pcie-root-port,id=late-port,slot=1 \
		--qemu=-drive "--qemu=file=$BATS_FILE_TMPDIR/late,format=raw,if=none,id=late"
	said 'waiting for LABEL=trivet'
	vm qmp "$ON" device_add '{"driver": "virtio-blk-pci", "drive": "late", "bus": "late-port", "id": "disk"}'
	in_guest true
}

@test "a root that is not there: said, a shell, and on once it can be" {
	on missing
	vm start "$ON" --initrd "$WORK/start.cpio" --disk "$WORK/disk" \
		--qemu=-snapshot --append 'root=LABEL=nowhere rootwait=1'
	said 'there is no LABEL=nowhere'
	said 'a shell'
	vm send "$ON" 'echo we are $((40 + 2))\n'
	said 'we are 42'
	vm send "$ON" 'exit\n'
	said 'there is no LABEL=nowhere'
}

@test "an init that is not there: the usual one is taken" {
	on noinit
	vm start "$ON" --initrd "$WORK/start.cpio" --disk "$WORK/disk" \
		--qemu=-snapshot --append 'init=/nowhere'
	in_guest true
	[[ $(console) == *"cannot execute /nowhere"* ]]
}
