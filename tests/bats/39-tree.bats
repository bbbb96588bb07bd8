# boot-examples/services: a tree of four, started, broken in each place,
# explained, mended.
bats_require_minimum_version 1.5.0
load svcd

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	command -v busybox >/dev/null || skip "needs busybox"
	tree_setup
	rmdir "$D/scan"
	cp -r "$TOP/boot-examples/services/on" "$D/scan"
	cat >"$D/apart" <<-END
		busybox ip link set lo up
		for dir in /run /var/lib; do
			mount -t tmpfs none \$dir
		done
		exec "\$@"
	END
	tree_start unshare --mount --net --propagation private \
		sh "$D/apart" "$SVCD" -r "$D/run" "$D/scan"
	await svc wait -q -t 60s ready database migrate application proxy
}
teardown() { [ -z "${D-}" ] || tree_end; }

svc() { TRIVET_RUN=$D/run timeout 90 "$TOP/build/bin/svc" "$@"; }
state_of() { svc status -j "$1" | sed -n 's/.*"state":"\([a-z]*\)".*/\1/p' | head -n 1; }
state_is() { [ "$(state_of "$1")" = "$2" ]; }
all_up() { svc wait -q -t 60s ready database migrate application proxy; }
# edit NAME COMMAND…: its definition through sed, at once.
edit() {
	sed "${@:2}" "$D/scan/$1" >"$D/.edited"
	mv "$D/.edited" "$D/scan/$1"
}
page() { nsenter -t "$KEEPER" --net busybox wget -q -O - http://127.0.0.1:18000/page; }
page_is() { [ "$(page 2>/dev/null | tail -n 1)" = "$1" ]; }
# why NAME PATTERN: the whole explanation.
why() {
	local said
	said=$(svc why "$1")
	# shellcheck disable=SC2254
	case $said in
	$2) return 0 ;;
	esac
	printf 'why %s:\n%s\nnot as:\n%s\n' "$1" "$said" "$2"
	return 1
}

@test "all of it is up, in order, and check has nothing to say" {
	page_is 'two kinds of tea'
	run svc check -s "$D/scan"
	[ "$status" = 0 ]
	[ "$output" = '4 checked, 0 errors, 0 warnings' ]
	run svc graph -s "$D/scan" proxy
	[[ $output == 'proxy (up)'*'needs application (up)'*'needs database (up)'* ]]
	# Without the whole tree nothing of it is stopped by accident.
	run svc down database
	[ "$status" = 1 ]
	[[ $output == *'needed by '*application* ]]
	[[ $output == *'needed by '*migrate* ]]
}

@test "the database fails for good: all above it waits, and comes back by itself" {
	edit database 's/busybox httpd/busybox htpd/'
	svc restart database || :
	AWAIT=30 await state_is database failed
	AWAIT=30 await state_is proxy waiting
	why proxy 'proxy is waiting for application
  because application is waiting*
*because database is failed: restart limit reached: 5 restarts
*last exit: exit 127*
*to mend it: mend what made it end, then svc up database
*it holds back: application migrate proxy'
	edit database 's/busybox htpd/busybox httpd/'
	svc up database
	all_up
	await page_is 'two kinds of tea'
}

@test "the migration fails: the database runs, the application does not" {
	svc down -d migrate
	edit migrate 's/^up .*/up = sh -c "echo no such table >\&2; exit 9"/'
	svc up migrate || :
	await state_is migrate failed
	await state_is proxy waiting
	state_is database up
	why proxy 'proxy is waiting for application
  because application is waiting: migrate, which it needs, failed
    because migrate is failed: exit 9
*no such table
*to mend it: *svc up migrate
*it holds back: application proxy'
	edit migrate "s/^up .*/up = sh -c 'echo three kinds >\$STATE_DIRECTORY\/offer'/"
	svc up migrate
	all_up
	await page_is 'three kinds'
}

@test "the application hangs on to nothing: its check has it started anew" {
	pid=$(svc status -j application | grep -o '"pid":[0-9]*' | head -n 1)
	nsenter -t "$KEEPER" --mount rm /run/shop/page
	fresh() { state_is application up && [ "$(svc status -j application | grep -o '"pid":[0-9]*' | head -n 1)" != "$pid" ]; }
	AWAIT=60 await fresh
	AWAIT=30 await page_is 'two kinds of tea'
	# The door has not been closed meanwhile.
	[ "$(svc status -j proxy | grep -o '"starts":[0-9]*')" = '"starts":1' ]
}

@test "the proxy's settings are wrong: the rest runs, and it says which line" {
	svc down proxy
	edit proxy 's/^needs.*/neds = application/'
	run svc check -s "$D/scan"
	[ "$status" = 1 ]
	[[ $output == *'proxy:3: neds: unknown setting; did you mean needs?'* ]]
	svc up proxy || :
	why proxy '*proxy*settings have errors: *neds: unknown setting; did you mean needs?*'
	state_is application up
	edit proxy 's/^neds/needs/'
	svc up proxy
	all_up
	page_is 'two kinds of tea'
}

# What it has to say, and in between what one types, to be believed.
@test "the README is true: what it types prints what it shows" {
	local readme=$TOP/boot-examples/services/README.md line
	sed -n 's/^    \([^#]\)/\1/p' "$readme" >"$D/typed"
	sed -n 's/^    # //p' "$readme" >"$D/shown"
	(cd "$TOP" && PATH=$TOP/build/bin:$PATH TMPDIR=$D timeout 90 unshare \
		--mount --net --propagation private sh "$D/apart" \
		sh "$D/typed") >"$D/printed" 2>&1 8>&- || :
	cat "$D/printed"
	[ "$(wc -l <"$D/shown")" -ge 9 ]
	while IFS= read -r line; do
		line=${line%%…*}
		grep -qF -- "$line" "$D/printed" || {
			echo "not printed: $line"
			return 1
		}
	done <"$D/shown"
}
