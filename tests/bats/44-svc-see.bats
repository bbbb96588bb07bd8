# What svc shows, and that it shows it to the right reader in the right way.

load tree

@test "status: trouble first, the table aligned, a why for each" {
	inside <<'END'
service good
service bad 'exit 3'
service off
tree
svc wait ready good off
svc down -q off
until_true sh -c 'svc status -t bad | grep "exit 3; next try in"'
answers 1 'NAME  STATE    *
bad   backoff  *exit 3; next try in *
good  up       *
off   down     *' svc status
END
}

@test "status answers 0 when all is as wanted: down on purpose is well" {
	inside <<'END'
service a
service b
tree
svc wait ready
svc down -q b
answers 0 '*' svc status
answers 0 '' svc status -q b
answers 0 'b: down for *' svc status b
END
}

@test "status NAME: everything about one" {
	inside <<'END'
service a 'sleep 1001 & exec sleep 1000'
tree
svc wait ready a
svc restart -q a
pid=$(field a pid)
until_true sh -c 'svc status a | grep "sleep 1001"'
svc status a >out
grep -q "^a: up (pid $pid) for " out
grep -q "directory  *$PWD/.*/a" out
grep -q 'started  *20..-..-.. ..:..:.., 2 starts' out
grep -q 'exits  *20..-..-.. ..:..:..  killed by SIGTERM' out
grep -q "^    $pid .*sleep 1000" out
grep -q "^      [0-9]* .*sleep 1001" out
END
}

@test "status NAME: who waits for it, and for those in turn" {
	inside <<'END'
settings root 'type = oneshot' 'up = sleep 1000'
settings middle 'needs = root' 'run = sleep 1000'
settings top 'needs = middle' 'run = sleep 1000'
service other
tree
svc wait ready other
until_true sh -c 'svc status top | grep "waiting for middle"'
answers 1 '*  holds back   middle top*' svc status root
answers 1 '*  holds back   top*' svc status middle
answers 1 '*"holds_back":\["middle","top"\]*' svc status -j root
svc status top >out || :
svc status other >>out
answers 1 '' grep 'holds back' out
answers 0 '*it holds back: middle top' svc why top
END
}

@test "status -j is JSON with what a program wants to know" {
	inside <<'END'
service a
service bad 'exit 3'
tree
until_true sh -c 'svc status -t bad | grep backoff'
svc wait ready a
svc status -j >out || :
perl -MJSON::PP -e '
	my $all = decode_json(join "", <>);
	my %of = map { $_->{name} => $_ } @$all;
	die unless @$all == 2 and $of{a}{state} eq "up" and $of{a}{pid} > 1;
	die unless $of{a}{as_wanted} and not $of{bad}{as_wanted};
	die unless $of{bad}{last_exit} eq "exit 3";
	die unless $of{bad}{exits}[0]{code} == 3 and $of{a}{memory_bytes} > 0;
' out
END
}

@test "a name of any bytes is harmless in the table and right in JSON" {
	inside <<'END'
name=$(printf 'a\xff"\xc2\x9b31m')
service "$name"
tree
until_true svc wait -t 0s ready
svc status -t >out || :
grep -qaF 'a\xff"\xc2\x9b31m' out
svc list -j | grep -qF 'a\ufffd\"\u009b31m'
svc list -0 | tr -d '\0' | grep -qaF "$name"
END
}

@test "colours and width only on a terminal, NO_COLOR heeded" {
	inside <<'END'
service a 'exec -a "$(printf "%0200d" 0)" sleep 1000'
printf '#!/bin/bash\n%s\n' 'exec -a "$(printf "%0200d" 0)" sleep 1000' >sv/a/run
tree
svc wait ready a
on_tty() {
	python3 "$TOP/tests/bats/terminal.py" sh -c "stty cols 60; $1" |
		tr -d '\r'
}
esc=$(printf '\033')
svc status | grep -q "$esc" && exit 1
on_tty 'TERM=xterm svc status' | grep -q "$esc\[32mup"
on_tty 'TERM=xterm NO_COLOR=1 svc status' | grep -q "$esc" && exit 1
on_tty 'TERM=dumb svc status' | grep -q "$esc" && exit 1
[ "$(on_tty 'TERM=dumb svc status a' | grep 0000 | wc -m)" -le 61 ]
[ "$(svc status a | grep 0000 | wc -m)" -gt 200 ]
END
}

@test "why: what it is, what would mend it, and 0 news when all is well" {
	inside <<'END'
service a
service bad 'exit 3'
tree
svc wait ready a
until_true sh -c 'svc status -t bad | grep "next try"'
says 'bad is backoff: exit 3; next try in *
  last exit: exit 3
*  to mend it: mend what made it end, then svc up bad' svc why bad
says 'bad is backoff*' svc why
svc disable -q bad
says 'everything is as it was wanted to be' svc why
says 'a is up*' svc why a
END
}

@test "status and why show the last lines of the log" {
	inside <<'END'
service bad 'echo one; printf "two\\033[2J\\n"; exit 3'
sed -i '2i exec 2>&1' sv/bad/run
mkdir -p sv/bad/log/main
printf '#!/bin/sh\nexec svlogd main\n' >sv/bad/log/run
chmod +x sv/bad/log/run
tree
until_true grep -q two sv/bad/log/main/current
until_true sh -c 'svc status -t bad | grep "next try"'
answers 1 'bad: *    one
    two\\x1b\[2J*' svc status -l 2 bad
says 'bad is *    one
    two\\x1b\[2J*to mend it: *' svc why bad
svc status -j bad | grep -qF '"two\u001b[2J"'
END
}

@test "list: names, patterns, states" {
	inside <<'END'
service web-1
service web-2
service db
tree
svc wait ready
svc down -q db
says 'db
web-1
web-2' svc list
says 'web-1
web-2' svc list 'web-*'
says db svc list -s down
answers 100 '*not a state: upp (did you mean up?)*' svc list -s upp
END
}

@test "events: what happens, as it happens" {
	inside <<'END'
service a
service b
tree
svc wait ready
svc events -c 3 a >out &
listener=$!
until_true sh -c 'grep -q control /proc/net/unix; ls -l /proc/$1/fd | grep -q socket' - $listener
until_true sh -c 'svc restart -q b; svc restart -q a; test -s out'
wait $listener
says '20* a: stopping*
20* a: *
20* a: *' cat out
says '' svc events -t 0s
answers 1 '' svc events -t 10ms -c 1
answers 100 'svc: no such service: aa (did you mean a?)' svc events -t 10s aa
says '' svc events -t 0s 'later*'
END
}

@test "events: a service may be named by its directory" {
	inside <<'END'
service a
tree
svc wait ready
svc events -c 1 sv/a >out &
listener=$!
until_true sh -c 'svc restart -q a; test -s out'
wait $listener
says '20* a: stopping*' cat out
END
}

@test "events -j: an object a line; goes on when svcd is killed" {
	inside <<'END'
service a
tree
svc wait ready
svc events -j >out &
listener=$!
until_true sh -c 'svc restart -q a; grep -q "\"new\":\"up\"" out'
kill -KILL "$(svcd_pid)"
until_true svc list
: >out2
lines=$(wc -l <out)
until_true sh -c 'svc restart -q a; [ "$(wc -l <out)" -gt '"$lines"' ]'
kill $listener
perl -MJSON::PP -ne 'my $e = decode_json($_); die unless $e->{name} eq "a" and $e->{time_ns} > 0' out
END
}

@test "wait: until it is so, or until it is late" {
	inside <<'END'
service a
service b
tree
svc wait -t 20s ready
svc wait -t 20s ready a b
svc down -q a
answers 1 'a: not ready but down*' svc wait -t 100ms ready a
svc wait -t 0s down a
svc wait -t 100ms --any ready a b
svc wait -t 20s down a &
wait $!
svc wait -t 20s ready a &
waiter=$!
svc up -q a
wait $waiter
answers 100 '*cannot wait for redy (did you mean ready?)*' svc wait redy a
END
}

@test "whoever is not root may look but not touch" {
	inside <<'END'
service a
chmod -R a+rX . 2>/dev/null
tree
svc wait ready a
chmod a+rx .. ../.. ../../.. run
says '*a *up*' setpriv --reuid=65534 --regid=65534 --clear-groups svc status -t a
answers 1 'a: permission denied*' setpriv --reuid=65534 --regid=65534 --clear-groups svc restart a
END
}

@test "a main process that is not reaped yet is nobody who lives on" {
	inside <<'END'
mount -t tmpfs none /sys/fs/cgroup
service a
tree
svc wait ready a
old=$(field a pid)
strace -qq -p $KEEPER -e trace=waitid -o calls \
	-e inject=waitid:delay_enter=300000 &
tracer=$!
until_true grep "TracerPid:.$tracer\$" /proc/$KEEPER/status
kill -KILL $old
is_another() { [ "$(field a pid)" != $old ] && svc wait -t 0 ready a; }
until_true is_another
says 'a: up (pid *)' svc up a
kill $tracer
wait $tracer || :
END
}

@test "errors of settings are said once, apart from each other" {
	inside <<'END'
settings a 'run = sleep 1000'
tree
svc wait -t 30s up a
printf 'rnu = sleep 1000\nneeds db\n' >sv/a/service
svc rescan
until_true sh -c 'svc why a | grep rnu'
says 'a is up: its settings have errors (*rnu: unknown setting; did you mean run?; *expected KEY = VALUE; *)
  to mend it: mend its settings; svc check a' svc why a
[ "$(svc why a | grep -o 'rnu' | wc -l)" = 1 ]
END
}

@test "log -f goes on with the services that come, over a death of svcd" {
	inside <<'END'
# talker NAME: says NAME and the time of each run, into a log of its own.
talker() {
	mkdir -p "sv/$1/log"
	printf '#!/bin/sh\necho %s\nexec sleep 1000\n' "$1" >"sv/$1/run"
	printf '#!/bin/sh\nmkdir -p main\nexec svlogd main\n' >"sv/$1/log/run"
	chmod +x "sv/$1/run" "sv/$1/log/run"
	ln -s "$PWD/sv/$1" scan/
}
mkdir scan
tree
svc log -f >all &
talker web-1
until_true grep -q 'web-1: web-1$' all
svc log -f 'web-*' >some &
until_true grep -q 'web-1: web-1$' some
talker db
until_true grep -q 'db: db$' all
svcd=$(svcd_pid)
kill -KILL "$svcd"
talker web-2
until_true grep -q 'web-2: web-2$' all
until_true grep -q 'web-2: web-2$' some
# What it said before is not told again, nor is another told by the pattern.
rm scan/db
until_true sh -c '! svc list | grep -q db'
ln -s "$PWD/sv/db" scan/
until_true sh -c 'test "$(grep -c "db: db$" all)" = 2'
says 1 grep -c web-1: some
answers 1 '' grep db some
says 4 sh -c 'wc -l <all'
END
}

@test "a script whose first line names nothing: it is not run that is missing" {
	inside <<'END'
service a
echo '#!/no/such/shell' >sv/a/run
tree
until_true sh -c 'svc status a | grep -q backoff'
says 'a is backoff: cannot execute: run: its interpreter /no/such/shell: no such file or directory; next try in *
  last exit: not started
  to mend it: mend its command, then svc up a' svc why a
# No try of it was a life, in the history neither.
until_true sh -c 'svc status a | grep -c "  not started" | grep "[3-9]"'
svc status a >out || :
grep "exit 111" out && exit 1
svc events -c 4 -t 20s a >out
grep -q "a: backoff, not started" out
END
}

@test "on a narrow terminal no row is wrapped, and the why is to be read" {
	inside <<'END'
service a-name-of-some-length
service broken 'exit 3'
service none 'exit 4'
chmod 644 sv/none/run
tree
until_true sh -c 'svc status -t none | grep "permission denied"'
until_true sh -c 'svc status -t broken | grep "exit 3; next try in"'
for columns in 24 40 50 60 80 100 120; do
	for what in status 'top -n 1'; do
		python3 "$TOP/tests/bats/terminal.py" \
			sh -c "stty cols $columns; TERM=dumb svc $what" |
			sed 's/\r//; s/\x1b\[[HJ]//g' >seen
		grep -E "^.{$((columns + 1))}" seen && exit 1
		grep -q '^NAME' seen
		[ "$what" != status ] || [ $columns = 24 ] ||
			grep -q 'cannot execute: permission' seen
	done
done
grep -q 'CPU .*WHY' seen
END
}

@test "on a narrow terminal prose is broken at words, and no word is lost" {
	inside <<'END'
settings bad 'rum = x' 'run = sleep 1000' 'needs = nobody'
tree
until_true sh -c 'svc status -t bad | grep settings'
for what in help 'help up' 'help nice' 'why bad' 'check bad'; do
	svc $what >plain || [ "$what" = 'check bad' ]
	for columns in 40 60 80; do
		python3 "$TOP/tests/bats/terminal.py" \
			sh -c "stty cols $columns; TERM=dumb svc $what" |
			sed 's/\r//' >seen
		[ "$(tr -s ' \n' ' ' <seen)" = "$(tr -s ' \n' ' ' <plain)" ]
		# A path is one word.
		! grep -v '^[^ ]*$' seen | grep -E "^.{$((columns + 1))}" || exit 1
	done
done
END
}

@test "why says what is under way, and what would end it" {
	inside <<'END'
settings slow 'run = sleep 1000' 'ready = notify'
settings one 'type = oneshot' 'up = sleep 1000'
service fin 'exit 3'
printf '#!/bin/sh\nexec sleep 1000\n' >sv/fin/finish
chmod 755 sv/fin/finish
tree
until_true sh -c 'svc status -t slow one | grep -c starting | grep 2'
until_true sh -c 'svc status -t fin | grep finishing'
says 'slow is starting: not ready yet
  to mend it: let it say that it is ready, *' svc why slow
answers 0 'one is starting: its up runs' svc why one
says 'fin is finishing: its finish runs
  last exit: exit 3
  to mend it: svc kill KILL fin ends that' svc why fin
svc status one >out || :
grep ready out && exit 1
svc kill -q KILL fin
until_true sh -c 'svc status -t fin | grep "killed by SIGKILL"'
END
}

@test "-j of each verb is JSON, with the members the manual names" {
	inside <<'END'
service a
service bad 'echo no; exit 3'
service crash 'kill -SEGV $$'
settings needy 'run = sleep 1000' 'needs = never'
settings shop 'run = sleep 1000' 'needs = a'
tree
until_true sh -c 'svc status -t bad | grep backoff'
until_true sh -c 'svc status -t crash | grep backoff'
svc wait -q ready a shop
json() { svc "$@" >>"$1.json" || [ $? = 1 ]; }
json status -j
json status -j bad crash
json why -j
for verb in up restart reload once pause cont; do
	json $verb -j a
done
json wait -jt 0 ready a bad
json disable -j -d sv shop
json enable -j -d sv shop
json down -j shop
json kill -j CHLD a
json list -j
json health -j
json health -lj
json top -jn 1
json graph -j
json plot -j
json check -j
json events -jt 1s -c 2 bad
svc status -jq >out || :
svc up -jq a >>out
svc wait -jq ready a >>out
svc enable -jq -d sv a >>out
svc health -jq >>out || :
[ ! -s out ]
perl -MJSON::PP - "$TOP/svc/cmd/svc.1" *.json <<'PERL'
sub members {
	my ($of, $x) = @_;
	if (ref $x eq "HASH") {
		$of->{$_} = 1, members($of, $x->{$_}) for keys %$x;
	} elsif (ref $x eq "ARRAY") {
		members($of, $_) for @$x;
	}
}
sub text {
	local @ARGV = @_;
	local $/;
	return <>;
}
my (%told, @verbs);
my $manual = text(shift);
$manual =~ /^\.Sh JSON\n(.*?)^\.Sh/ms or die "no section JSON";
for (split /\n/, $1) {
	@verbs = /(\w+)/g if s/^\.It Ic //;
	for my $list (/\bVa ((?:[a-z_]+[ ,]*)+)/g) {
		for my $member ($list =~ /\w+/g) {
			$told{$_}{$member} = 1 for @verbs;
		}
	}
}
for my $file (@ARGV) {
	my ($verb, %said) = $file =~ /(\w+)/;
	my $reader = JSON::PP->new;
	$reader->incr_parse(text($file));
	my $texts = 0;
	while (my $x = $reader->incr_parse) {
		members(\%said, $x);
		$texts++;
	}
	$reader->incr_text =~ /\S/ and die "$verb: no JSON at its end";
	$texts or die "$verb: nothing";
	for (sort keys %said) {
		$told{$verb}{$_} or die "$verb: the manual lacks $_";
	}
	for (sort keys %{$told{$verb}}) {
		$said{$_} or $_ eq "missed" or die "$verb says no $_";
	}
}
PERL
END
}
