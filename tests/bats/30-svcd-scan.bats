# Which services there are: links, directories, and what becomes of them.
bats_require_minimum_version 1.5.0
load svcd

setup() { tree_setup; }
teardown() { tree_end; }

@test "a link in the scan directory is picked up at once" {
	tree_start
	sleeper a
	await test -S "$D/run/control"
	enable a
	await is_up a
	[ "$(readlink "/proc/$(pid_of a)/cwd")" = "$D/sv/a" ]
}

@test "a directory in the scan directory is a service too" {
	sleeper a
	mv "$D/sv/a" "$D/scan/a"
	ln -s "$D/scan/a" "$D/sv/a"
	tree_start
	await is_up a
}

@test "a removed service is stopped and forgotten" {
	sleeper a
	enable a
	tree_start
	await is_up a
	pid=$(pid_of a)
	rm "$D/scan/a"
	await is_gone "$pid"
	await is_down a
	enable a
	await is_up a
	[ "$(pid_of a)" != "$pid" ]
}

@test "two links to one directory are one service" {
	make a <<<"echo run >>$D/starts; exec sleep 1000"
	enable a
	ln -s "$D/sv/a" "$D/scan/b"
	tree_start
	await is_up a
	sleeper z
	enable z
	await is_up z
	count_is "$D/starts" run 1
	pid=$(pid_of a)
	rm "$D/scan/a"
	sleeper y
	enable y
	await is_up y
	[ "$(pid_of a)" = "$pid" ]
	rm "$D/scan/b"
	await is_gone "$pid"
}

@test "a chain of links to the scan directory is followed, and its switching" {
	mkdir "$D/levels" "$D/levels/one" "$D/levels/two"
	sleeper a
	sleeper b
	sleeper c
	ln -s "$D/sv/a" "$D/sv/c" "$D/levels/one"
	ln -s "$D/sv/b" "$D/sv/c" "$D/levels/two"
	ln -s one "$D/levels/current"
	rmdir "$D/scan"
	ln -s levels/current "$D/scan"
	tree_start
	await is_up a
	await is_up c
	pid=$(pid_of c)
	ln -s two "$D/levels/current.new"
	mv -T "$D/levels/current.new" "$D/levels/current"
	await is_up b
	await is_down a
	[ "$(pid_of c)" = "$pid" ]
}

@test "a service directory recreated in place is noticed" {
	sleeper a
	enable a
	tree_start
	await is_up a
	pid=$(pid_of a)
	mv "$D/sv/a" "$D/sv/gone"
	make new <<<'exec sleep 1001'
	mv "$D/sv/new" "$D/sv/a"
	await is_gone "$pid"
	await is_up a
	grep -q 1001 "/proc/$(pid_of a)/cmdline"
}

@test "a link to nothing is a service as soon as there is something" {
	ln -s "$D/sv/late" "$D/scan/late"
	sleeper a
	enable a
	tree_start
	await is_up a
	sleeper other
	mv "$D/sv/other" "$D/sv/late"
	await is_up late
}

@test "dot names and what is no directory are no services" {
	sleeper a
	sleeper b
	ln -s "$D/sv/b" "$D/scan/.b"
	enable a
	tree_start
	await is_up a
	[ ! -e "$D/sv/b/supervise" ]
}

@test "sed -i, an editor and a package start and stop nothing beside the file" {
	cat >"$D/bin/note" <<-END
		#!/bin/sh
		echo start >>"$D/starts"
		exec sleep 1000
	END
	chmod 755 "$D/bin/note"
	echo "run = $D/bin/note" >"$D/scan/web"
	cp "$D/scan/web" "$D/scan/web.bak"
	tree_start
	await has_line "$D/starts" start
	for i in {1..30}; do
		sed -i "s/note.*/note $i/" "$D/scan/web"
	done
	for i in {1..10}; do
		mv "$D/scan/web" "$D/scan/web~"
		echo "run = $D/bin/note" >"$D/scan/web"
		rm "$D/scan/web~"
	done
	echo "run = $D/bin/note" >"$D/scan/new.dpkg-new"
	mv "$D/scan/new.dpkg-new" "$D/scan/new"
	await test -s "$D/run/one/new/supervise/pid"
	pid=$(cat "$D/run/one/new/supervise/pid")
	await count_is "$D/starts" start 2
	run ! grep 'nothing to execute' "$D/said"
	rm "$D/scan/new"
	await is_gone "$pid"
}

@test "a ring of links is said and harms nobody" {
	ln -s ring2 "$D/scan/ring"
	ln -s ring "$D/scan/ring2"
	sleeper a
	enable a
	tree_start
	await is_up a
	await has_line "$D/said" 'ring: too many links'
}

@test "names with control characters or of 255 bytes are refused or taken" {
	sleeper a
	ln -s "$D/sv/a" "$D/scan/bad"$'\n'"name"
	long=$(printf '%0250d' 0)
	make "$long" <<<'exec sleep 1000'
	enable "$long"
	tree_start
	await is_up "$long"
	await has_line "$D/said" '/scan/bad.nname: a name that cannot be used'
	[ ! -e "$D/sv/a/supervise" ]
}

@test "HUP looks at the directories again" {
	sleeper a
	enable a
	tree_start
	await is_up a
	mkdir "$D/sv/a/log"
	printf '#!/bin/sh\nexec cat >%s\n' "$D/out" >"$D/sv/a/log/run"
	chmod 755 "$D/sv/a/log/run"
	kill -HUP "$KEEPER"
	await is_up a/log
}

@test "what cannot be looked at is not gone: its service goes on" {
	sleeper a
	enable a
	tree_start
	await is_up a
	local pid svcd tracer
	pid=$(pid_of a) svcd=$(svcd_pid)
	# glibc has no fstat of its own: that directory is what both look at.
	strace -qq -o "$D/calls" -P "$(realpath "$D/sv/a")" \
		-e trace=fstat,newfstatat -e inject=fstat,newfstatat:error=EIO \
		-p "$svcd" 3>&- &
	tracer=$!
	await grep -q 'TracerPid:.[1-9]' "/proc/$svcd/status"
	"$TOP/build/bin/svc" -r "$D/run" rescan || :
	await has_line "$D/said" 'a: cannot open its directory'
	kill "$tracer"
	wait "$tracer" || :
	"$TOP/build/bin/svc" -r "$D/run" rescan
	await is_up a
	[ "$(pid_of a)" = "$pid" ]
	count_is "$D/said" 'a: cannot open its directory' 1
}

@test "a file down keeps a service from starting, and no more than that" {
	sleeper a
	touch "$D/sv/a/down"
	enable a
	tree_start
	await is_down a
	send a u
	await is_up a
	rm "$D/sv/a/down"
	is_up a
}

@test "a directory that was away when svcd came again has its files in it" {
	make a <<<"trap 'touch $D/told' TERM; while ! [ -e $D/go ]; do sleep 0.05; done"
	enable a
	tree_start
	await is_up a
	old=$(svcd_pid)
	mv "$D/sv/a" "$D/sv/away"
	kill -KILL "$old"
	await test -e "$D/told"
	mv "$D/sv/away" "$D/sv/a"
	touch "$D/go"
	await is_supervised a
	[ ! -e "$D/run/files/a" ]
}
