# A gate that cannot fail holds nothing: each is given a tiny tree that breaks
# its rule, must refuse it and say where; and one that keeps it, and must pass.

setup() {
	gates=$BATS_TEST_DIRNAME/../gates
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p lib init svc/core svc/tree/state svc/tree/life svc/cmd build/bin
}

# refuses GATE TEXT: it fails, and TEXT is part of the complaint.
refuses() {
	run "$gates/$1" .
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"$2"* ]]
}

passes() {
	run "$gates/$1" .
	echo "$output"
	[ "$status" = 0 ]
}

# compile FILE.c < SOURCE: to build/obj/FILE.o
compile() {
	mkdir -p "$(dirname "$1")" "build/obj/$(dirname "$1")"
	cat >"$1"
	cc -c -O1 -o "build/obj/${1%.c}.o" "$1"
}

# N lines of a body.
lines() {
	for i in $(seq "$1"); do
		echo "	x += $i;"
	done
}

@test "format: a crooked line" {
	cp "$BATS_TEST_DIRNAME/../../.clang-format" .
	printf 'int\nmain(void)\n{\n\treturn 0;\n}\n' >init/good.c
	passes format
	printf 'int main(void) {return 0;}\n' >init/bad.c
	refuses format init/bad.c
}

@test "includes: up, sideways, and out of the pure half" {
	echo '#include "lib/buf.h"' >svc/core/a.c
	echo '#include "lib/loop.h"' >svc/tree/a.c
	echo '#include "svc/tree/state/state.h"' >svc/tree/life/a.c
	passes includes
	for bad in \
		"init/x.c svc/core/machine.h init never includes svc/" \
		"svc/core/x.c lib/loop.h no kernel half" \
		"svc/core/x.c svc/tree/stop.h points up" \
		"svc/tree/state/x.c svc/tree/life/life.h points up inside" \
		"svc/tree/life/x.c svc/tree/stop.h points up inside" \
		"lib/buf.c lib/loop.h points up" \
		"lib/buf.c lib/sys.h points up" \
		"lib/loop.c svc/core/machine.h points up" \
		"svc/cmd/x.c svc/tree/stop.h never include one another" \
		"svc/tree/x.c init/phase.h never include one another" \
		"svc/tree/x.c stop.h is not written from the root"; do
		read -r file include text <<<"$bad"
		echo "#include \"$include\"" >"$file"
		refuses includes "$file includes $include"
		[[ $output == *"$text"* ]]
		rm "$file"
	done
}

@test "sizes: a function, a main, a file" {
	{
		printf 'int\nfine(int x)\n{\n'
		lines 60
		printf '\treturn x;\n}\n'
	} >lib/a.c
	passes sizes
	{
		printf 'int\nlengthy(int x)\n{\n'
		lines 70
		printf '\treturn x;\n}\n'
	} >lib/b.c
	refuses sizes "lengthy() has 7"
	sed -i 's/lengthy(int x)/main(void)/; 20,30d' lib/b.c
	refuses sizes "main() has 6"
	rm lib/b.c
	yes '/* */' | head -n 601 >lib/c.h
	refuses sizes "lib/c.h has 601 lines"
}

@test "sizes: a plain switch may be as long as its enum, a tangled one not" {
	{
		printf 'int\nnames(int x)\n{\n\tswitch (x) {\n'
		for i in $(seq 50); do
			printf '\tcase %d:\n\t\treturn %d;\n' "$i" "$i"
		done
		printf '\t}\n\treturn 0;\n}\n'
	} >lib/a.c
	passes sizes
	sed -i 's/^\t\treturn 7;/\t\twhile (x)\n\t\t\tif (x)\n\t\t\t\treturn 7;/' \
		lib/a.c
	refuses sizes "names() has 1"
}

@test "heap: malloc and printf in svcd" {
	echo 'int main(void){return 0;}' >a.c
	cc -o build/bin/init a.c -nostdlib -e main
	cp build/bin/init build/bin/svcd
	passes heap
	printf 'void *malloc(unsigned long n){(void)n;return 0;}\n%s\n' \
		'int main(int c,char**v){(void)v;return malloc(c)==0;}' >a.c
	cc -fno-builtin -o build/bin/svcd a.c -nostdlib -e main
	refuses heap "build/bin/svcd links malloc"
	sed -i 's/malloc/vsnprintf/g' a.c
	cc -fno-builtin -o build/bin/init a.c -nostdlib -e main
	refuses heap "build/bin/init links vsnprintf"
}

@test "named: a page that speaks of a test that is not there" {
	mkdir -p docs tests/bats
	printf '@test "it works" {\n' >tests/bats/10-some.bats
	printf '| shown by `10-some` "it works" |\n' >docs/page.md
	passes named
	printf '| shown by `10-some` "it works", `10-some` "it shines" |\n' >docs/page.md
	refuses named 'no such test: `10-some` "it shines"'
}

@test "hardened: a stack that can be executed, returns that nobody guards" {
	echo 'int main(int n, char **v) { char b[64]; b[n] = v[0][0]; return b[1]; }' >a.c
	cc -static -O1 -fstack-protector-all -Wl,-z,relro -o build/bin/svc a.c
	passes hardened
	cc -static -O1 -fstack-protector-all -Wl,-z,relro,-z,execstack \
		-o build/bin/svc a.c
	refuses hardened 'build/bin/svc: its stack is executable'
	cc -O1 -fno-stack-protector -nostdlib -Wl,-z,norelro,-e,main -static \
		-o build/bin/svc a.c
	refuses hardened 'build/bin/svc: its returns are not guarded'
	refuses hardened 'build/bin/svc: its addresses stay writable'
}

@test "sniffed: the name of another init" {
	echo "nothing of the kind" >build/bin/init
	passes sniffed
	printf '\0\001in the style of SysVinit\0' >build/bin/init
	refuses sniffed "sysvinit"
}

@test "manuals: one that does not lint, one that nobody installs" {
	cat >svc/cmd/a.1 <<-'END'
	.Dd November 22, 2026
	.Dt A 1
	.Os
	.Sh NAME
	.Nm a
	.Nd does a thing
	.Sh DESCRIPTION
	It does.
	END
	printf 'MAN_PAGES = \\\n\tsvc/cmd/a.1\n' >Makefile
	passes manuals
	cp svc/cmd/a.1 svc/cmd/b.1
	refuses manuals "svc/cmd/b.1 is not in MAN_PAGES"
	rm svc/cmd/b.1
	echo '.Xy nonsense' >>svc/cmd/a.1
	refuses manuals "a.1"
}

@test "core: a system call, a global, a name of the outside" {
	printf '#include <string.h>\nunsigned long f(char*s){return strlen(s);}' |
		compile svc/core/a.c
	printf 'unsigned long f(char*);unsigned long g(char*s){return f(s);}' |
		compile svc/core/b.c
	passes core
	printf 'int close(int);int h(void){return close(0);}' |
		compile svc/core/c.c
	refuses core "svc/core/c.o uses close"
	printf 'int h(void){static int n;return ++n;}' | compile svc/core/c.c
	refuses core "svc/core/c.o has the global n"
	printf 'int sys_kill(int);int h(void){return sys_kill(0);}' |
		compile svc/core/c.c
	refuses core "svc/core/c.o uses sys_kill"
}

@test "door: a system call beside the door" {
	echo 'int sys_unshare(int);' >lib/sys_a.c
	mkdir -p build/obj/svc/{tree,log,cmd} build/obj/init
	printf 'int sys_unshare(int);int f(void){return sys_unshare(0);}' |
		compile svc/tree/a.c
	passes door
	printf 'int unshare(int);int f(void){return unshare(0);}' |
		compile svc/tree/b.c
	refuses door "svc/tree/b.o calls unshare"
	rm build/obj/svc/tree/b.o
	printf 'int fork(void);int f(void){return fork();}' | compile init/b.c
	refuses door "init/b.o calls fork"
	rm build/obj/init/b.o
	printf 'int fork(void);int f(void){return fork();}' |
		compile svc/cmd/a.c
	printf 'int open();int f(void){return open("");}' |
		compile svc/cmd/lock.c
	passes door
	printf 'int open();int f(void){return open("");}' |
		compile svc/cmd/b.c
	refuses door "svc/cmd/b.o calls open"
}

@test "units: a file of lib/ without a test, a test that nobody runs" {
	mkdir -p tests/unit
	touch lib/a.c lib/a_part.c
	echo '#include "lib/a.h"' >tests/unit/a.c
	printf 'UNIT_TESTS = \\\n\tz \\\n\ta\n' >Makefile
	passes units
	touch lib/b.c
	refuses units "lib/b.c has no unit test: write tests/unit/b.c"
	echo '#include "lib/a.h"' >tests/unit/b.c
	refuses units "tests/unit/b.c does not include lib/b.h"
	echo '#include "lib/b.h"' >tests/unit/b.c
	refuses units "tests/unit/b.c is not in UNIT_TESTS"
	printf '\tb \\\n\ta\n' >Makefile
	passes units
}

@test "scripts: what shellcheck has something to say about" {
	printf '#!/bin/sh\necho ok\n' >a
	passes scripts
	# shellcheck disable=SC2016
	printf '#!/bin/sh\ncd $1\n' >b
	refuses scripts "mend these"
}

@test "options: one that only the manual knows, one that only the usage knows" {
	mkdir -p svc/log
	printf '#!/bin/sh\necho "usage: svlogd [-tv] [-l len] [--new] dir"\n' \
		>build/bin/svlogd
	chmod +x build/bin/svlogd
	cat >svc/log/svlogd.8 <<-'END'
	.Sh SYNOPSIS
	.Nm svlogd
	.Op Fl tv
	.Op Fl l Ar len
	.Op Fl -new
	.Ar dir
	.Sh DESCRIPTION
	.Fl z
	END
	passes options
	sed -i 's/-tv/-tvx/' build/bin/svlogd
	refuses options "svlogd -? tells -x, which svc/log/svlogd.8 has not"
	sed -i 's/-tvx/-v/' build/bin/svlogd
	refuses options "svc/log/svlogd.8 has -t, which svlogd -? does not tell"
}
