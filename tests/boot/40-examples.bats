# Each of boot-examples is built by its own `run`, booted, used as its README
# says and shut down, so that no example can rot.

load guest.bash

setup_file() {
	make_images
}

teardown_file() {
	end_guests
}

log_in() {
	vm start "$ON" "$@"
	vm login "$ON" root
}

@test "busybox-disk: a login, services, a web page" {
	"$TOP/boot-examples/busybox-disk/run" image
	work=$TOP/build/boot-examples/busybox-disk
	on disk
	log_in --initrd "$work/start.cpio" --disk "$work/disk" --net --rng
	run vm run -p console "$ON" '/sbin/svc status; wget -q -O- http://127.0.0.1/'
	[[ $output == *httpd*Trivet* ]]
}

@test "busybox-disk: what the kernel and the boot stage said is in a log" {
	on disk
	run vm run -p console "$ON" '/sbin/svc log -n 0 klog |
		grep -oE "boot: .*kernel file systems|Linux version|Run /init"'
	echo "$output"
	[[ $output == *"boot: "*"Linux version"*"Run /init"* ]]
	# Nothing twice by another start, and what comes later comes as well.
	run vm run -p console "$ON" '/sbin/svc restart klog
		echo hello >/dev/kmsg
		until /sbin/svc log klog | grep -q hello; do :; done
		echo "twice: $(/sbin/svc log -n 0 klog | cut -c 25- | sort | uniq -d | grep -cE "Linux version|boot:|hello")."'
	echo "$output"
	[[ $output == *"twice: 0."* ]]
	vm tell -p console "$ON" /sbin/poweroff
	vm off "$ON"
	# It has told how each came and went.
	[[ $(console) =~ \[\ ok\ \]\ httpd\ +[0-9]+\.[0-9][0-9]\ s.*\[\ ok\ \]\ httpd\ stopped\ .*Power\ down ]]
}

@test "make boot: a person logs in, looks around, reboots and powers off; ARGS= counts" {
	run "$TOP/tests/boot/typed.py" 400 \
		"make -C '$TOP' boot ARGS='trivet.hostname=argued'" \
		'argued login: ' 'root\n' '# ' 'svc status\n' \
		'httpd +\S*up' 'reboot\n' 'argued login: ' 'root\n' \
		'# ' 'poweroff\n'
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"reboot: Power down"* ]]
}

@test "initramfs: a login" {
	"$TOP/boot-examples/initramfs/run" image
	on initramfs
	log_in --initrd "$TOP/build/boot-examples/initramfs/initramfs" --memory 128
	run vm run -p console "$ON" 'cat /proc/1/comm'
	[[ $output == *init* ]]
	vm tell -p console "$ON" /sbin/poweroff
	vm off "$ON"
}

@test "from-runit: runit's stages and tools, with Trivet in its place" {
	"$TOP/boot-examples/from-runit/run" image
	on runit
	log_in --initrd "$TOP/build/boot-examples/from-runit/initramfs"
	run vm run -p console "$ON" 'cat /proc/1/comm; /sbin/sv status httpd getty; wget -q -O- http://127.0.0.1/'
	echo "$output"
	[ "${lines[0]}" = runit ]
	[[ ${lines[1]} == "run: httpd: (pid "* ]]
	[[ ${lines[2]} == "run: getty: (pid "* ]]
	[[ $output == *Trivet* ]]
	vm tell -p console "$ON" init 0
	vm off "$ON"
	[[ $(console) == *"Stage 3 is over."*"reboot: Power down"* ]]
}

@test "kernel-test: the command's output and status" {
	cd "$TOP"
	run boot-examples/kernel-test/run -k build/vm/kernel/vmlinuz \
		'uname -s; exit 7'
	[ "$status" = 7 ]
	[[ $output == *Linux* ]]
}

@test "kernel-test: a machine that ends before its command is told apart" {
	run "$TOP/boot-examples/kernel-test/run" 'echo c >/proc/sysrq-trigger'
	[ "$status" = 111 ]
}

@test "power cuts at random moments of boot, life and shutdown: each next boot is a clean one" {
	on cut
	disk=$BATS_FILE_TMPDIR/cut.disk
	cp --sparse=always "$WORK/disk" "$disk"
	for phase in boot boot life shutdown; do
		vm start "$ON" --initrd "$WORK/start.cpio" --disk "$disk"
		case $phase in
		boot) lines=$((RANDOM % 12 + 3)) ;;
		life) lines=0 && said 'login:' ;;
		shutdown)
			said 'login:'
			vm tell "$ON" /sbin/poweroff
			lines=$((RANDOM % 5 + 1))
			;;
		esac
		echo "power cut in $phase after $lines lines"
		said "([^\\n]*\\n){$lines}"
		vm cut "$ON"
	done
	vm start "$ON" --initrd "$WORK/start.cpio" --disk "$disk"
	run in_guest 'wget -q -O- http://127.0.0.1/; wc -c </etc/machine-id'
	[[ $output == *Trivet*33* ]]
	[[ $(console) != *"[fail]"* ]]
	vm tell "$ON" /sbin/poweroff
	vm off "$ON"
	run e2fsck -f -n "$disk"
	[ "$status" = 0 ]
}
