# One table: what is in it has a usage, help, completion and a manual.

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	PATH=$PWD/build/bin:$PATH
	export TRIVET_RUN=$BATS_TEST_TMPDIR/none
}

# Every verb of the help, without the programs of other worlds.
verbs() {
	svc help | sed '/^Programs/,/^$/d' | sed -n 's/^  \([a-z-]*\) .*/\1/p'
}

@test "every verb has help, and --help is the same" {
	for verb in $(verbs); do
		svc "$verb" --help >"$BATS_TEST_TMPDIR/a"
		grep -q "^usage: .*$verb" "$BATS_TEST_TMPDIR/a"
		# Of a setting of the same name help tells afterwards.
		svc help "$verb" | head -n "$(wc -l <"$BATS_TEST_TMPDIR/a")" |
			diff "$BATS_TEST_TMPDIR/a" -
	done
	[ "$(verbs | wc -l)" -ge 25 ]
}

@test "every verb refuses an unknown option with 100 and its usage" {
	for verb in $(verbs); do
		run svc "$verb" --nonsense
		[ "$status" = 100 ] || { echo "$verb: $status"; false; }
		[[ $output == *"unknown option --nonsense"*usage:* ]]
	done
}

@test "a mistyped option names the nearest" {
	run svc down --with-dependants x
	[ "$status" = 100 ]
	[[ $output == *"did you mean --with-dependents?"* ]]
}

@test "a mistyped verb names the nearest" {
	run svc statsu
	[ "$status" = 100 ]
	[[ $output == *"unknown verb: statsu (did you mean status?)"* ]]
	run svc
	[ "$status" = 100 ]
	[[ $output == usage:* ]]
}

@test "help knows settings too, and those that are verbs as well" {
	run svc help memory-max
	[ "$status" = 0 ]
	[[ $output == "setting: memory-max = SIZE"* ]]
	run svc help restart
	[[ $output == "usage: svc restart"*"setting: restart = always|"* ]]
	svc help settings | grep -q '^  timeout-up  *not ready by then'
	run svc help memory-mux
	[ "$status" = 100 ]
	[[ $output == *"did you mean memory-max?"* ]]
}

@test "version" {
	run svc --version
	[ "$status" = 0 ]
	[[ $output == "svc (Trivet) "* ]]
	[ "$(svc -V)" = "$output" ]
}

@test "every verb and every option of it is in a manual" {
	for verb in $(verbs); do
		page=svc/cmd/svc.1
		case $verb in
		poweroff | reboot | halt) page=svc/cmd/halt.8 ;;
		shutdown | telinit | runlevel) page=svc/cmd/$verb.8 ;;
		wall) page=svc/cmd/wall.1 ;;
		esac
		text=$(mandoc -T ascii "$page" | col -b | tr -s ' \n' ' ')
		[[ $text == *"$verb"* ]] || { echo "$verb is not in $page"; false; }
		for option in $(svc help "$verb" | grep '^  ' |
			grep -o -- '^  -.,\{0,1\} \{0,1\}[-a-z]*\|^      --[a-z-]*' |
			tr ',' ' '); do
			[[ $text == *"$option"* || $text == *"${option#-}"* ]] ||
				{ echo "$verb $option is not in $page"; false; }
		done
	done
}

@test "the manuals lint" {
	for page in svc/cmd/*.[18]; do
		run mandoc -T lint -W warning "$page"
		[ "$status" = 0 ] || { echo "$output"; false; }
	done
}

@test "completion: verbs, options, signals" {
	[ "$(svc completion next rest)" = restart ]
	svc completion next down --wi | grep -qx -- --with-dependents
	svc completion next help stat | grep -qx status
	svc completion next kill US | grep -qx USR1
	[ -z "$(svc completion next nonsense x)" ]
}

@test "completion in bash does what a person types" {
	run bash --norc -c '. <(svc completion bash)
		COMP_WORDS=(svc soft-) COMP_CWORD=1; _svc; echo "${COMPREPLY[@]}"'
	[ "$status" = 0 ]
	[ "$output" = soft-reboot ]
}

@test "known names are dispatched by argv[0], others are svc" {
	dir=$BATS_TEST_TMPDIR
	ln -s "$PWD/build/bin/svc" "$dir/runlevel"
	ln -s "$PWD/build/bin/svc" "$dir/anything"
	: >"$dir/utmp"
	run "$dir/runlevel" "$dir/utmp"
	[ "$status" = 1 ]
	[ "$output" = unknown ]
	run "$dir/anything" help up
	[ "$status" = 0 ]
	run svc runlevel "$dir/utmp"
	[ "$output" = unknown ]
}
