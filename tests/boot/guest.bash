# What the suites of guests share: an image, made once, and short names for
# what is done to a guest. A suite boots as few guests as it can; each test
# then looks at one promise. Whatever happens, teardown_file leaves nothing.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
WORK=$TOP/build/vm/test
SUITE=$(basename "$BATS_TEST_FILENAME" .bats)

vm() {
	local verb=$1
	shift
	"$TOP/tests/boot/vm" "$verb" "$@"
}

# make_once STAMP COMMAND...: unless the stamp is newer than all that an image is
# made of. Suites run side by side: the first one makes it.
make_once() {
	local stamp=$1 newest
	shift
	(
		flock 9
		newest=$(find "$TOP/build/bin" "$TOP/stages" "$TOP/tests/boot" \
			"$TOP/boot-examples" -type f -newer "$stamp" 2>/dev/null |
			head -n 1)
		[ ! -e "$stamp" ] || [ -n "$newest" ] || exit 0
		"$@" && : >"$stamp"
	) 9>"$stamp.lock" >"$BATS_FILE_TMPDIR/images.log" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/images.log"
		return 1
	}
}

make_images() {
	mkdir -p "$WORK"
	make_once "$WORK/done" build_images
}

# The root of boot-examples, with the probe as one more service; as an
# initramfs and as a disk.
build_images() (
	cd "$TOP/boot-examples/busybox-disk" || exit 1
	../root "$WORK/root" httpd syslog "$TOP/stages/sv/getty@ttyS0" \
		"$TOP/stages/sv/requests" "$TOP/tests/boot/probe"
	cp "$TOP/build/tests/orphans" "$TOP/build/tests/devices" \
		"$WORK/root/usr/bin/"
	echo '<h1>Trivet</h1>' >"$WORK/root/srv/www/index.html"
	mkdir -p "$WORK/root/etc/modules-load.d"
	printf '%s\n' evdev button >"$WORK/root/etc/modules-load.d/vm.conf"
	"$TOP/tests/boot/image" modules "$WORK/root" virtio_pci \
		virtio_blk virtio_net evdev button fuse loop dm_mod
	"$TOP/tests/boot/image" cpio "$WORK/root" "$WORK/initramfs"
	echo '/dev/vda / ext4 defaults 0 1' >"$WORK/root/etc/fstab"
	"$TOP/tests/boot/image" disk "$WORK/root" "$WORK/disk" 64M
	"$TOP/tests/boot/image" start "$WORK/start.cpio"
)

# The name of a guest of this suite.
guest() {
	echo "$SUITE-$1"
}

# A guest whose whole system is the initramfs; the files under OVERLAY, if it
# is set, are laid over it: the kernel unpacks one archive after the other.
boot_initramfs() {
	local name
	name=$(guest "$1")
	shift
	if [ -n "${OVERLAY-}" ]; then
		"$TOP/tests/boot/image" cpio "$OVERLAY" "$OVERLAY.cpio"
		cat "$WORK/initramfs" "$OVERLAY.cpio" >"$BATS_FILE_TMPDIR/$name"
		vm start "$name" --initrd "$BATS_FILE_TMPDIR/$name" "$@"
	else
		vm start "$name" --initrd "$WORK/initramfs" "$@"
	fi
}

# A guest with a disk of its own, a copy of the image.
boot_disk() {
	boot_disk_of "$1" '' "${@:2}"
}

# The same after a command of debugfs, if there is one.
boot_disk_of() {
	local name change=$2
	name=$(guest "$1")
	shift 2
	cp --sparse=always "$WORK/disk" "$BATS_FILE_TMPDIR/$name.disk"
	[ -z "$change" ] ||
		PATH=$PATH:/usr/sbin:/sbin debugfs -w -R "$change" \
			"$BATS_FILE_TMPDIR/$name.disk"
	vm start "$name" --initrd "$WORK/start.cpio" \
		--disk "$BATS_FILE_TMPDIR/$name.disk" "$@"
}

# The same in a Linux that is a process.
boot_uml() {
	local name
	name=$(guest "$1")
	cp --sparse=always "$WORK/disk" "$BATS_FILE_TMPDIR/$name.disk"
	vm start "$name" --uml "$("$TOP/tests/boot/kernel" uml)" \
		--disk "$BATS_FILE_TMPDIR/$name.disk" "${@:2}"
}

# A file for the guest, before it is booted; its text is on stdin.
overlay() {
	OVERLAY=${OVERLAY-$BATS_TEST_TMPDIR/overlay}
	mkdir -p "$OVERLAY/${1%/*}"
	cat >"$OVERLAY/$1"
	chmod "${2-755}" "$OVERLAY/$1"
}

# The guest of this suite, or of this test, on which the short names work.
on() {
	ON=$(guest "$1")
}

in_guest() {
	vm run "$ON" "$@"
}

console() {
	vm console "$ON"
}

# Waits for a line on the console.
said() {
	vm wait "$ON" "$@"
}

# Until a command succeeds in the guest; the guest itself waits, in one go.
until_guest() {
	vm run -t 90 "$ON" \
		"i=0; until $*; do i=\$((i+1)); [ \$i -lt 600 ] || break; usleep 50000; done; [ \$i -lt 600 ]"
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

# Nothing to repair, and no journal to be replayed.
is_clean() {
	run e2fsck -f -n "$1"
	echo "$output"
	[ "$status" = 0 ]
	run dumpe2fs -h "$1"
	[[ $output == *"Filesystem state:         clean"* ]]
	[[ $output != *needs_recovery* ]]
}

end_guests() {
	local folder
	for folder in "$TOP/build/vm/guests/$SUITE"-*; do
		[ ! -d "$folder" ] || vm end "${folder##*/}"
	done
}
