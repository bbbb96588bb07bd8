# make install and what it can take back.

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	dest=$BATS_TEST_TMPDIR/dest
}

make_() {
	make -s "$@" DESTDIR="$dest" PREFIX=/usr >/dev/null
}

@test "install: the binaries and the manuals" {
	make_ install
	for name in init init-command svcd svlogd svc; do
		[ -x "$dest/usr/bin/$name" ]
	done
	[ "$("$dest/usr/bin/svc" -V)" = "$(build/bin/svc -V)" ]
	[ -f "$dest/usr/share/man/man1/svc.1" ]
	[ -f "$dest/usr/share/man/man8/shutdown.8" ]
	grep -q 'Dt HALT' "$dest/usr/share/man/man8/poweroff.8"
	[ "$(find "$dest" -type l ! -name '*.8' | wc -l)" = 0 ]
}

@test "install: the stages where init looks; a changed one is the owner's" {
	make_ install
	for stage in boot shutdown rescue; do
		[ -x "$dest/etc/trivet/$stage" ]
		cmp "stages/$stage" "$dest/etc/trivet/$stage"
	done
	cmp stages/boot.d/10-api "$dest/etc/trivet/boot.d/10-api"
	echo mine >"$dest/etc/trivet/boot.d/10-api"
	make_ install
	[ "$(cat "$dest/etc/trivet/boot.d/10-api")" = mine ]
	cmp stages/boot.d/10-api "$dest/etc/trivet/boot.d/10-api.new"
	make_ uninstall
	[ "$(find "$dest/etc" ! -type d)" = "$dest/etc/trivet/boot.d/10-api" ]
}

@test "install-runit: every name of theirs does something of theirs" {
	make_ install-runit
	[ "$(readlink "$dest/usr/bin/runsvdir")" = svcd ]
	[ "$(readlink "$dest/usr/bin/multilog")" = svlogd ]
	[ "$(readlink "$dest/usr/bin/runit-init")" = init ]
	# Every program of the table has its link, and every link its program.
	# Those of the machine come with install-init, wall is util-linux's.
	diff <(find "$dest/usr/bin" -lname svc -printf '%f\n' | sort) \
		<(build/bin/svc help | sed '1,/^Programs/d; /^$/,$d' |
			awk '{print $1}' | grep -v '^svc$' | sort)
	run "$dest/usr/bin/sv"
	[[ $output == usage:* ]]
}

@test "install-init: init and the names that end the machine" {
	mkdir -p "$dest/sbin"
	echo distribution >"$dest/sbin/halt"
	make_ install-init
	[ "$(readlink "$dest/sbin/init")" = /usr/bin/init ]
	for name in halt poweroff reboot shutdown telinit runlevel; do
		[ "$(readlink "$dest/sbin/$name")" = /usr/bin/svc ]
	done
	[ "$(cat "$dest/sbin/halt.before-trivet")" = distribution ]
	make_ install-init
	[ "$(cat "$dest/sbin/halt.before-trivet")" = distribution ]
}

@test "uninstall takes everything back and leaves the rest" {
	mkdir -p "$dest/sbin" "$dest/usr/bin"
	echo distribution >"$dest/sbin/init"
	echo mine >"$dest/usr/bin/other"
	make_ install-runit
	make_ install-init
	make_ uninstall
	[ "$(cat "$dest/sbin/init")" = distribution ]
	[ "$(find "$dest" ! -type d | sort)" = "$dest/sbin/init
$dest/usr/bin/other" ]
}

@test "uninstall leaves what somebody else has put there since" {
	make_ install-init
	rm "$dest/sbin/halt"
	echo other >"$dest/sbin/halt"
	make_ uninstall
	[ "$(cat "$dest/sbin/halt")" = other ]
}

@test "account: the logger's user in a tree, once" {
	mkdir -p "$dest/etc"
	: >"$dest/etc/passwd"
	: >"$dest/etc/group"
	make_ account
	make_ account
	[ "$(grep -c '^trivet-log:x:990:990:' "$dest/etc/passwd")" = 1 ]
	[ "$(grep -c '^trivet-log:x:990:' "$dest/etc/group")" = 1 ]
}
