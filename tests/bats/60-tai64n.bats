# tai64n(8) and tai64nlocal(8) beside daemontools'.

bats_require_minimum_version 1.5.0
load peers
ORIGINALS=daemontools

setup() {
	sides
}

# Both filters on the same bytes, in the same time zone.
local_same() {
	printf "$1" | TZ=${2-UTC} theirs tai64nlocal >a.text
	printf "$1" | TZ=${2-UTC} ours tai64nlocal >b.text
	[ -s a.text ]
	diff -u a.text b.text
}

@test "tai64n: every line begins with @, 24 digits and a blank" {
	printf 'one\n\nthree' | ours tai64n >b.text
	[ "$(grep -c '^@4000000[0-9a-f]\{17\} ' b.text)" = 3 ]
	[ "$(cut -c 27- b.text)" = $'one\n\nthree' ]
	printf 'one\n\nthree' | theirs tai64n >a.text
	[ "$(wc -c <a.text)" = "$(wc -c <b.text)" ]
}

@test "tai64n: the times are now, and do not go back" {
	local before after
	before=$(date -u '+%Y-%m-%d %H:%M:%S')
	printf 'a\nb\nc\n' | ours tai64n | TZ=UTC theirs tai64nlocal >text
	after=$(date -u '+%Y-%m-%d %H:%M:%S.999999999')
	sort -c text
	[[ ! "$(head -n 1 text)" < "$before" ]]
	[[ ! "$(tail -n 1 text)" > "$after c" ]]
}

@test "tai64n: a line goes on as soon as it is there" {
	mkfifo in out
	ours tai64n <in >out 3>&- &
	exec 8>in 9<out
	echo first >&8
	read -rt 10 line <&9
	[[ $line == @*" first" ]]
	printf 'second' >&8
	read -rt 10 -n 26 line <&9
	read -rt 10 -n 6 line <&9
	[ "$line" = second ]
	exec 8>&- 9<&-
	ended $!
}

@test "tai64nlocal: a time becomes readable, in the local time zone" {
	local_same '@4000000037c219bf2ef02e94 mark\n'
	local_same '@4000000037c219bf2ef02e94 mark\n' PST8PDT,M3.2.0,M11.1.0
	local_same '@4000000037c219bf2ef02e94 mark\n' CET-1CEST,M3.5.0,M10.5.0/3
}

@test "tai64nlocal: lines without a time pass" {
	local_same 'plain\n\n  @4000000037c219bf2ef02e94 inside\n'
	local_same 'no newline'
}

@test "tai64nlocal: whatever digits there are count" {
	local_same '@4000000037c219bf2ef02e94xyz\n'
	local_same '@4000000037c219bf2ef02e94\n@0004000000037c219bf2ef02e94 more\n'
}

# The original crashes on these.
@test "tai64nlocal: what is no time of the calendar passes" {
	local text=$'@ none\n@4 one\n@400000003\n@4000000037C219BF2EF02E94 capitals\n@zz'
	[ "$(ours tai64nlocal <<<"$text")" = "$text" ]
}

@test "tai64nlocal: a time cut off by the end is left out" {
	local_same 'x\n@4000000037c2'
}

@test "both exit 111, silently, when they cannot write or read" {
	local program
	for program in tai64n tai64nlocal; do
		run -111 --separate-stderr bash -c \
			"echo text | '$OURS/$program' >/dev/full"
		[ -z "$stderr" ]
		run -111 --separate-stderr bash -c "'$OURS/$program' <&-"
		[ -z "$stderr" ]
		run -0 bash -c "'$OURS/$program' </dev/null"
	done
}
