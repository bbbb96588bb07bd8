# Upgrades between versions of the state: the next one carries on, one further
# on is refused before anything is touched, and one that does not come up gives
# way to the one before it. build/next/N writes a state N versions later.

load tree

# A tree with one service, from copies of the programs in ./bin.
begin() {
	cat <<'END'
installed
service a
tree
svc wait -t 20s ready
a=$(field a pid) old=$(svcd_pid)
untouched() { [ "$old" = "$(svcd_pid)" ] && [ "$a" = "$(field a pid)" ]; }
taken_over() { [ "$old" != "$(svcd_pid)" ] && [ "$a" = "$(field a pid)" ]; }
END
}

@test "the next version carries on, and there is no way back from it" {
	{
		begin
		cat <<'END'
replaced svcd "$TOP/build/next/1/svcd"
replaced svc "$TOP/build/next/1/svc"
says 'svcd (pid *) is now svcd *' svc upgrade
until_true svc list
until_true taken_over
says 'a: up (pid *)' svc restart a
a=$(field a pid) old=$(svcd_pid)
replaced svcd
answers 1 'svc: the system failed: the installed svcd does not know*' \
	svc upgrade
until_true untouched
kill -KILL "$old"
until_true svc list
[ "$a" = "$(field a pid)" ]
END
	} | inside
}

@test "two versions on is refused before anything is touched" {
	{
		begin
		cat <<'END'
replaced svcd "$TOP/build/next/2/svcd"
answers 1 'svc: the system failed: the installed svcd does not know*' \
	svc upgrade
until_true untouched
replaced svcd /bin/true
answers 1 'svc: the system failed: the installed svcd does not know*' \
	svc upgrade
until_true untouched
says 'a: up (pid *)' svc restart a
END
	} | inside
}

@test "one that knows the state and does not come up gives way" {
	{
		begin
		cat <<'END'
here=$(stat -Lc %i "/proc/$old/exe")
replaced svcd "$TOP/build/mutants/svcd-not-ready/svcd"
answers 1 'svc: the installed programs did not come up*' svc upgrade
until_true svc list
[ "$a" = "$(field a pid)" ]
[ "$(stat -Lc %i "/proc/$(svcd_pid)/exe")" = "$here" ]
says 'a: up (pid *)' svc restart a
END
	} | inside
}
