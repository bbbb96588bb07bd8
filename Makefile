# Trivet. `make help` lists what there is to make.
#
# One file, no recursion, lists written by hand: a file that is not named here
# is not part of Trivet. Everything depends on this file.

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =
BINDIR = $(PREFIX)/bin
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
ETCDIR = /etc/trivet
INITDIR = /sbin

ARCH =
V =
CC = musl-gcc
STRIP = $(addsuffix -,$(ARCH:%=%-linux-gnu))strip
SAN =
COV =
FUZZ =
SECONDS = 60
SEED = 1
SEEDS = 100
# all: what takes hours as well.
SIM =

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL = all

# What is built where: each variant has a folder of its own under build/, so
# that a sanitizer run never leaves an object behind for the release.
WARN = -Wall -Wextra -Wswitch-enum -Wvla -Walloca -Wformat=2 -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wpointer-arith -Wundef -Werror
CFLAGS = -O2 -g
CPPFLAGS = -I. -isystem $(K) -D_GNU_SOURCE -DTRIVET_VERSION='"$(VERSION)"' \
	-DTRIVET_ETC='"$(ETCDIR)"'
# Nothing here unwinds, and a core has its tables in the debug information.
HARDEN = -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fstack-protector-strong -fno-strict-aliasing -fno-common
SECTIONS = -ffunction-sections -fdata-sections
SMALL = -Oz
# Linked to one place: code for any place is larger, and gains nothing here.
FIXED = -fno-pie
LAYOUT = -Wl,-T,init/command.ld,-z,noseparate-code,-z,norelro
LDFLAGS = -static -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack
B = build
K = build/include
KERNEL = /usr/include
CHECK = check

ifneq ($(SAN),)
# The sanitizers need glibc; the tests are the same. svc lives for one command
# and need not free, so nobody looks for leaks.
export ASAN_OPTIONS = detect_leaks=0
override CC = gcc
override B = build/san
override CHECK = programs
override MODEL =
override CFLAGS = -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined
override LDFLAGS = -fsanitize=address,undefined -Wl,--gc-sections
override FIXED =
override LAYOUT = -Wl,-e,init_start
endif
ifneq ($(COV),)
# Counters in files, which no death loses; glibc, for clang's own library.
override CC = clang
override B = build/cov
override MODEL =
override CFLAGS = -O1 -g -fcoverage-mapping -mllvm -runtime-counter-relocation \
	-fprofile-instr-generate=$(CURDIR)/build/cov/raw/%m%c.profraw
override LDFLAGS = -static -fprofile-instr-generate -Wl,--gc-sections \
	-Wno-unused-command-line-argument
override SMALL =
override LAYOUT = -Wl,-e,init_start
else ifneq ($(FUZZ),)
override CC = clang
override B = build/fuzz
override CFLAGS = -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined
override LDFLAGS = -fsanitize=fuzzer,address,undefined -Wl,--gc-sections
override FIXED =
override LAYOUT = -Wl,-e,init_start
else ifeq ($(CC),clang)
override B = build/clang
override CC = tests/musl-cc clang
endif
ifneq ($(ARCH),)
override CC = tests/musl-cc $(ARCH)
override B = build/$(ARCH)
override KERNEL = /usr/$(ARCH)-linux-gnu/include
override K = build/$(ARCH)/include
endif

ALL_CFLAGS = -std=c17 $(WARN) $(CFLAGS) $(HARDEN) $(SECTIONS) $(FIXED)

# --- lib: useful to a stranger, knows no services ---------------------------
LIB_SRC = \
	lib/bits.c \
	lib/buf.c \
	lib/cgroup.c \
	lib/clock.c \
	lib/dir.c \
	lib/env.c \
	lib/error.c \
	lib/errtext.c \
	lib/exitcode.c \
	lib/fd.c \
	lib/fmt.c \
	lib/glob.c \
	lib/loop.c \
	lib/mem.c \
	lib/opt.c \
	lib/passwd.c \
	lib/path.c \
	lib/say.c \
	lib/scan.c \
	lib/sig.c \
	lib/signame.c \
	lib/sock.c \
	lib/spawn.c \
	lib/spawn_step.c \
	lib/str.c \
	lib/sys_event.c \
	lib/sys_file.c \
	lib/sys_process.c \
	lib/tai.c \
	lib/words.c \
	lib/zone.c

# --- svc/core: decides, never acts -------------------------------------------
CORE_SRC = \
	svc/core/address.c \
	svc/core/board.c \
	svc/core/budget.c \
	svc/core/calendar.c \
	svc/core/dotenv.c \
	svc/core/feed.c \
	svc/core/graph.c \
	svc/core/graph_ask.c \
	svc/core/graph_ring.c \
	svc/core/group.c \
	svc/core/listen.c \
	svc/core/logindex.c \
	svc/core/logplan.c \
	svc/core/logwire.c \
	svc/core/machine.c \
	svc/core/moves.c \
	svc/core/notify.c \
	svc/core/rule.c \
	svc/core/settings.c \
	svc/core/settings_files.c \
	svc/core/settings_parse.c \
	svc/core/settings_rule.c \
	svc/core/settings_value.c \
	svc/core/settings_view.c \
	svc/core/status.c \
	svc/core/wire.c \
	svc/core/wishes.c \
	svc/core/word.c \
	svc/core/world.c

# --- the binaries ---------------------------------------------------------
# The entry comes before libc, so it is not C.
MACHINE = $(or $(ARCH),$(shell uname -m))
INIT_START = init/start_$(MACHINE).S
INIT_SRC = \
	init/asked.c \
	init/catatonit.c \
	init/command.c \
	init/console.c \
	init/container.c \
	init/dumb.c \
	init/fault.c \
	init/final.c \
	init/job.c \
	init/keep.c \
	init/last.c \
	init/line.c \
	init/main.c \
	init/memo.c \
	init/mount.c \
	init/phase.c \
	init/progress.c \
	init/reap.c \
	init/run.c \
	init/runit.c \
	init/self.c \
	init/signals.c \
	init/single.c \
	init/single_child.c \
	init/stage.c \
	init/talk.c \
	init/tini.c \
	init/unmount.c \
	init/upgrade.c \
	init/version.c \
	init/words.c
# One command in a container, and nothing else.
COMMAND_SRC = \
	init/catatonit.c \
	init/command.c \
	init/dumb.c \
	init/single.c \
	init/single_child.c \
	init/single_main.c \
	init/talk.c \
	init/tini.c
TREE_SRC = \
	svc/tree/control.c \
	svc/tree/main.c \
	svc/tree/options.c \
	svc/tree/requests.c \
	svc/tree/stop.c \
	svc/tree/upgrade.c \
	svc/tree/upward.c \
	svc/tree/birth/birth.c \
	svc/tree/birth/birth_dirs.c \
	svc/tree/birth/birth_env.c \
	svc/tree/birth/birth_rights.c \
	svc/tree/birth/birth_script.c \
	svc/tree/birth/birth_settings.c \
	svc/tree/birth/birth_talk.c \
	svc/tree/birth/births.c \
	svc/tree/birth/command.c \
	svc/tree/birth/mark.c \
	svc/tree/life/aux.c \
	svc/tree/life/begin.c \
	svc/tree/life/born.c \
	svc/tree/life/check.c \
	svc/tree/life/deadlines.c \
	svc/tree/life/died.c \
	svc/tree/life/do.c \
	svc/tree/life/ending.c \
	svc/tree/life/failed.c \
	svc/tree/life/forking.c \
	svc/tree/life/group.c \
	svc/tree/life/heard.c \
	svc/tree/life/log_dir.c \
	svc/tree/life/probe.c \
	svc/tree/life/queue.c \
	svc/tree/life/ready.c \
	svc/tree/life/relations.c \
	svc/tree/life/roles.c \
	svc/tree/life/reload.c \
	svc/tree/life/schedule.c \
	svc/tree/life/sweep.c \
	svc/tree/life/watchdog.c \
	svc/tree/output/lastlines.c \
	svc/tree/output/logger.c \
	svc/tree/output/logpipe.c \
	svc/tree/output/logprogram.c \
	svc/tree/output/output.c \
	svc/tree/output/pipeline.c \
	svc/tree/output/said.c \
	svc/tree/output/title.c \
	svc/tree/scan/instance.c \
	svc/tree/scan/scan.c \
	svc/tree/scan/settle.c \
	svc/tree/scan/watch.c \
	svc/tree/shown/clients.c \
	svc/tree/shown/supervise.c \
	svc/tree/shown/views.c \
	svc/tree/state/alive.c \
	svc/tree/state/blobs.c \
	svc/tree/state/cgroups.c \
	svc/tree/state/define.c \
	svc/tree/state/events.c \
	svc/tree/state/exits.c \
	svc/tree/state/index.c \
	svc/tree/state/keep.c \
	svc/tree/state/kill.c \
	svc/tree/state/later.c \
	svc/tree/state/peek.c \
	svc/tree/state/scandir.c \
	svc/tree/state/service.c \
	svc/tree/state/slots.c \
	svc/tree/state/state.c \
	svc/tree/state/todo.c \
	svc/tree/talk/listen.c \
	svc/tree/talk/notify.c \
	svc/tree/talk/pipe.c \
	svc/tree/talk/talk.c
LOG_SRC = \
	svc/log/archive.c \
	svc/log/conf.c \
	svc/log/confine.c \
	svc/log/console.c \
	svc/log/cut.c \
	svc/log/deliver.c \
	svc/log/index.c \
	svc/log/input.c \
	svc/log/line.c \
	svc/log/logdir.c \
	svc/log/main.c \
	svc/log/multidir.c \
	svc/log/multilog.c \
	svc/log/out.c \
	svc/log/pattern.c \
	svc/log/passing.c \
	svc/log/plain.c \
	svc/log/processor.c \
	svc/log/rotate.c \
	svc/log/shared.c \
	svc/log/shareddir.c \
	svc/log/stamp.c \
	svc/log/stream.c \
	svc/log/svlogd.c \
	svc/log/udp.c \
	svc/log/work.c
CMD_SRC = \
	svc/cmd/account.c \
	svc/cmd/broadcast.c \
	svc/cmd/check.c \
	svc/cmd/chpst.c \
	svc/cmd/client.c \
	svc/cmd/completion.c \
	svc/cmd/cont.c \
	svc/cmd/definition.c \
	svc/cmd/definition_rings.c \
	svc/cmd/detail.c \
	svc/cmd/down.c \
	svc/cmd/enable.c \
	svc/cmd/ending.c \
	svc/cmd/envfiles.c \
	svc/cmd/events.c \
	svc/cmd/fghack.c \
	svc/cmd/graph.c \
	svc/cmd/halt.c \
	svc/cmd/health.c \
	svc/cmd/help.c \
	svc/cmd/initctl.c \
	svc/cmd/json.c \
	svc/cmd/kill.c \
	svc/cmd/klog.c \
	svc/cmd/limits.c \
	svc/cmd/listing.c \
	svc/cmd/lock.c \
	svc/cmd/log.c \
	svc/cmd/logs_file.c \
	svc/cmd/logs_find.c \
	svc/cmd/logs_follow.c \
	svc/cmd/logs_line.c \
	svc/cmd/logs_news.c \
	svc/cmd/logs_place.c \
	svc/cmd/logs_read.c \
	svc/cmd/lsb.c \
	svc/cmd/lsb_read.c \
	svc/cmd/main.c \
	svc/cmd/memory.c \
	svc/cmd/note.c \
	svc/cmd/notify.c \
	svc/cmd/once.c \
	svc/cmd/options.c \
	svc/cmd/pause.c \
	svc/cmd/pending.c \
	svc/cmd/place.c \
	svc/cmd/plot.c \
	svc/cmd/power.c \
	svc/cmd/present.c \
	svc/cmd/process.c \
	svc/cmd/program.c \
	svc/cmd/progress.c \
	svc/cmd/readproctitle.c \
	svc/cmd/reload.c \
	svc/cmd/requests.c \
	svc/cmd/report.c \
	svc/cmd/rescan.c \
	svc/cmd/restart.c \
	svc/cmd/rootdev.c \
	svc/cmd/rootpart.c \
	svc/cmd/run.c \
	svc/cmd/runas.c \
	svc/cmd/runlevel.c \
	svc/cmd/runsvchdir.c \
	svc/cmd/runsvold.c \
	svc/cmd/screen.c \
	svc/cmd/seed.c \
	svc/cmd/sheet.c \
	svc/cmd/shutdown.c \
	svc/cmd/status.c \
	svc/cmd/supervise.c \
	svc/cmd/sv.c \
	svc/cmd/sv_see.c \
	svc/cmd/sv_wait.c \
	svc/cmd/svscanboot.c \
	svc/cmd/svstat.c \
	svc/cmd/switchroot.c \
	svc/cmd/table.c \
	svc/cmd/tai64n.c \
	svc/cmd/telinit.c \
	svc/cmd/telling.c \
	svc/cmd/tool.c \
	svc/cmd/top.c \
	svc/cmd/up.c \
	svc/cmd/upgrade.c \
	svc/cmd/usage.c \
	svc/cmd/utmp.c \
	svc/cmd/utmpset.c \
	svc/cmd/view.c \
	svc/cmd/about.c \
	svc/cmd/waiting.c \
	svc/cmd/wall.c \
	svc/cmd/when.c \
	svc/cmd/why.c \
	svc/cmd/wish.c

# --- tests -----------------------------------------------------------------------
# Each is one program that prints TAP; unit tests link lib and core.
UNIT_TESTS = \
	bits \
	buf \
	cgroup \
	clock \
	cmd_initctl \
	cmd_note \
	cmd_options \
	cmd_rootpart \
	cmd_text \
	cmd_utmp \
	cmd_when \
	core_address \
	core_board \
	core_budget \
	core_calendar \
	core_dotenv \
	core_graph \
	core_notify \
	core_settings \
	core_settings_files \
	core_status \
	core_wire \
	core_word \
	dir \
	env \
	error \
	errtext \
	exitcode \
	fd \
	fmt \
	glob \
	init \
	init_console \
	list \
	log_line \
	log_pattern \
	log_plan \
	log_stamp \
	loop \
	mem \
	mono \
	opt \
	passwd \
	path \
	say \
	scan \
	sig \
	signame \
	sock \
	spawn \
	str \
	sys \
	tai \
	words \
	zone
WALK_TESTS = \
	graph \
	group \
	machine \
	phase
SIM_SRC = \
	tests/fake/pass.c \
	tests/fake/pipes.c \
	tests/fake/time.c \
	tests/fake/world.c \
	tests/sim/keeper.c \
	tests/sim/mutants.c \
	tests/sim/people.c \
	tests/sim/town.c \
	tests/sim/tree.c \
	tests/sim/trial.c \
	tests/sim/watcher.c
# The calls and stores that tests/fake stands in for, and what mutants break.
SIM_WRAP = -Wl,--wrap=board_commit -Wl,--wrap=clients_tell \
	-Wl,--wrap=clients_note -Wl,--wrap=clients_gone \
	-Wl,--wrap=logpipe_has_lines \
	-Wl,--wrap=group_judge -Wl,--wrap=relations_end \
	-Wl,--wrap=relations_expect_ready \
	-Wl,--wrap=relations_recover -Wl,--wrap=relations_withhold \
	$(shell sed -n -e 's/^\tX(\([a-z_0-9]*\)[,)].*/-Wl,--wrap=sys_\1/p' \
	-e 's/^\tS(\([a-z_0-9]*\)[,)].*/-Wl,--wrap=\1/p' tests/fake/calls.h)
# Ours with two steps swapped, each in a directory of its own with the others'
# programs: what the rig of tests/torture must not let pass.
MUTANTS = \
	init-falls \
	init-falls-later \
	init-reap-first \
	svcd-consume-first \
	svcd-loops \
	svcd-no-drain \
	svcd-no-gate \
	svcd-not-ready \
	svcd-two-stores \
	svlogd-copy
# Explored by spin, not run.
MODEL = tests/model/model
FUZZ_TARGETS = \
	board \
	conf \
	dotenv \
	initctl \
	line \
	log \
	memo \
	notify \
	settings \
	status \
	text \
	wire \
	words

# --- manual pages, beside the code they describe -----------------------------------
MAN_PAGES = \
	init/init.8 \
	init/init-command.8 \
	stages/trivet-boot.7 \
	svc/core/service.5 \
	init/runit.8 \
	svc/tree/svcd.8 \
	svc/cmd/chpst.8 \
	svc/cmd/envdir.8 \
	svc/cmd/fghack.8 \
	svc/cmd/halt.8 \
	svc/cmd/readproctitle.8 \
	svc/cmd/runlevel.8 \
	svc/cmd/runsvchdir.8 \
	svc/cmd/runsvctrl.8 \
	svc/cmd/setlock.8 \
	svc/cmd/shutdown.8 \
	svc/cmd/softlimit.8 \
	svc/cmd/sv.8 \
	svc/cmd/svc.1 \
	svc/cmd/svstat.8 \
	svc/cmd/tai64n.8 \
	svc/cmd/telinit.8 \
	svc/cmd/utmpset.8 \
	svc/cmd/wall.1 \
	svc/log/multilog.8 \
	svc/log/svlogd.8

# Further names of halt(8).
MAN_LINKS = poweroff.8 reboot.8

BINARIES = init init-command svcd svlogd svc
BIN = $(BINARIES:%=$(B)/bin/%)

all: $(BIN)

# What is done is said in a word; V=1 shows the whole command.
say = $(if $(V),,@printf '%-5s %s\n' $(1) $@ &&) 

# --- rules ---------------------------------------------------------------------------
objs = $(patsubst %.c,$(B)/obj/%.o,$(1))

# musl-gcc does not look where the kernel's headers are; glibc's must stay out.
$(K)/linux:
	@command -v $(firstword $(CC)) >/dev/null || { \
		echo 'no $(firstword $(CC)) here: tests/need check installs' \
			'what is missing, or says how' >&2; exit 1; }
	@mkdir -p $(K)
	ln -sfn $(firstword $(wildcard $(KERNEL)/*-linux-gnu/asm $(KERNEL)/asm)) $(K)/asm
	ln -sfn $(KERNEL)/asm-generic $(K)/asm-generic
	ln -sfn $(KERNEL)/linux $(K)/linux

$(B)/obj/%.o: %.c Makefile | $(K)/linux
	@mkdir -p $(@D)
	$(call say,cc)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/small/%.o: %.c Makefile | $(K)/linux
	@mkdir -p $(@D)
	$(call say,cc)$(CC) $(ALL_CFLAGS) $(SMALL) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/%.o: %.S Makefile
	@mkdir -p $(@D)
	$(call say,as)$(CC) -c -o $@ $<

$(B)/lib.a: $(call objs,$(LIB_SRC))
$(B)/lib-small.a: $(LIB_SRC:%.c=$(B)/obj/small/%.o)
$(B)/core.a: $(call objs,$(CORE_SRC))
# All of a binary but its main(), so that tests can link what they try.
$(B)/cmd.a: $(call objs,$(filter-out svc/cmd/main.c,$(CMD_SRC)))
$(B)/log.a: $(call objs,$(filter-out svc/log/main.c,$(LOG_SRC)))
$(B)/init.a: $(call objs,$(filter-out init/main.c,$(INIT_SRC)))
$(B)/lib.a $(B)/lib-small.a $(B)/core.a $(B)/cmd.a $(B)/log.a $(B)/init.a: Makefile
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,ar)ar rcsD $@ $(filter %.o,$^)

# A container's init is judged by its bytes: it has a lib of its own making.
$(B)/bin/init: $(call objs,$(INIT_SRC)) $(INIT_START:%.S=$(B)/obj/%.o) \
	$(B)/lib-small.a
# Nothing is left to make read-only after a start that relocates nothing.
$(B)/bin/init: ENTRY = -Wl,-e,init_start -Wl,-z,noseparate-code,-z,norelro
$(call objs,$(INIT_SRC) init/single_main.c): CFLAGS := $(CFLAGS) $(SMALL)
$(B)/bin/init-command: $(call objs,$(COMMAND_SRC)) \
	$(INIT_START:%.S=$(B)/obj/%.o) $(B)/lib-small.a init/command.ld
$(B)/bin/init-command: ENTRY = $(LAYOUT)
$(B)/bin/svcd: $(call objs,$(TREE_SRC)) $(B)/core.a $(B)/lib.a
$(B)/bin/svlogd: $(call objs,svc/log/main.c) $(B)/log.a $(B)/core.a $(B)/lib.a
$(B)/bin/svc: $(call objs,svc/cmd/main.c) $(B)/cmd.a $(B)/core.a $(B)/lib.a
# Init as it will be one day: it knows a state of which this one is the past.
$(B)/tests/init-after: $(call objs,$(filter-out init/version.c,$(INIT_SRC)) \
	tests/version_after.c) $(INIT_START:%.S=$(B)/obj/%.o) $(B)/lib-small.a
$(B)/tests/init-after: ENTRY = -Wl,-e,init_start
$(BIN) $(B)/tests/init-after:
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_CFLAGS) -o $@ $(filter %.o %.a,$^) $(LDFLAGS) $(ENTRY)

TEST_LIBS = $(B)/cmd.a $(B)/log.a $(B)/init.a $(B)/core.a $(B)/lib.a
$(B)/tests/%: $(B)/obj/tests/%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_CFLAGS) -o $@ $< $(TEST_LIBS) $(LDFLAGS)

# The loggers have a line.o as well.
$(B)/fuzz/line: TEST_LIBS = $(B)/init.a $(B)/lib.a
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call say,link)$(CC) $(ALL_CFLAGS) -o $@ $< $(TEST_LIBS) $(LDFLAGS)

# Swapped by the linker, which puts the mutant between a call and its callee.
MUTANT_BIN = $(MUTANTS:%=$(B)/mutants/%)
mutated = $(firstword $(subst -, ,$(notdir $@)))
$(MUTANT_BIN): $(B)/mutants/%: $(B)/obj/tests/torture/mutants/%.o $(BIN)
	@rm -rf $@ && mkdir -p $@
	@ln $(filter-out %/$(mutated),$(BIN)) $@
	$(call say,link)$(CC) $(ALL_CFLAGS) -o $@/$(mutated) $< \
		$(OBJECTS_$(mutated)) $(LDFLAGS) $(shell sed -n \
		's/.*__wrap_\([a-z_]*\)[^a-z_].*/-Wl,--wrap=\1/p' \
		tests/torture/mutants/$(@F).c | sort -u)
OBJECTS_init = $(call objs,$(INIT_SRC)) $(INIT_START:%.S=$(B)/obj/%.o) \
	$(B)/lib.a -Wl,-e,init_start
OBJECTS_svcd = $(call objs,$(TREE_SRC)) $(B)/core.a $(B)/lib.a
OBJECTS_svlogd = $(call objs,svc/log/main.c) $(B)/log.a $(B)/core.a $(B)/lib.a
OBJECTS_svc = $(call objs,svc/cmd/main.c) $(B)/cmd.a $(B)/core.a $(B)/lib.a

# Versions to come, which differ in the number of the state that they write.
NEXT = $(B)/next/1 $(B)/next/2
$(NEXT): svc/core/board.c svc/core/board.h $(BIN)
	@rm -rf $@ && mkdir -p $@/of/svc/core
	@sed '/define BOARD_VERSION/s/[0-9]*$$/(& + $(@F))/' svc/core/board.h \
		>$@/of/svc/core/board.h
	@cp svc/core/board.c $@/of/board.c && ln $(B)/bin/init $(B)/bin/svlogd $@
	$(call say,link)for b in svcd svc; do case $$b in \
		svcd) o='$(OBJECTS_svcd)' ;; svc) o='$(OBJECTS_svc)' ;; esac && \
		$(CC) $(ALL_CFLAGS) -I$@/of $(CPPFLAGS) -o $@/$$b $@/of/board.c $$o \
		$(LDFLAGS) || exit; done
mutants: $(MUTANT_BIN) $(NEXT)

FUZZ_BIN = $(FUZZ_TARGETS:%=$(B)/fuzz/%)
UNIT_BIN = $(UNIT_TESTS:%=$(B)/tests/unit/%)
WALK_BIN = $(WALK_TESTS:%=$(B)/tests/walk/%)
# What decides is tried; the toy world around it need not take three times as
# long for that under sanitizers.
$(WALK_TESTS:%=$(B)/obj/tests/walk/%.o): CFLAGS := \
	$(patsubst -O1,-O2,$(filter-out -fsanitize=%,$(CFLAGS)))
# svcd, object for object, with another main() and another kernel.
SIM_BIN = $(B)/tests/sim/tree
$(SIM_BIN): $(call objs,$(SIM_SRC) $(TREE_SRC)) $(B)/core.a $(B)/lib.a
	@mkdir -p $(@D)
	@objcopy --redefine-sym main=svcd_main $(B)/obj/svc/tree/main.o \
		$(B)/obj/svc/tree/main-sim.o
	$(call say,link)$(CC) $(ALL_CFLAGS) -o $@ \
		$(call objs,$(SIM_SRC) $(filter-out svc/tree/main.c,$(TREE_SRC))) \
		$(B)/obj/svc/tree/main-sim.o $(B)/core.a $(B)/lib.a \
		$(SIM_WRAP) $(LDFLAGS)

PROGRAMS = $(UNIT_BIN) $(WALK_BIN) $(SIM_BIN)
# What bats suites run beside the binaries, or inside guests.
HELPERS = \
	$(B)/tests/bats/early \
	$(B)/tests/devices \
	$(B)/tests/faulter \
	$(B)/tests/faults \
	$(B)/tests/init-after \
	$(B)/tests/kept \
	$(B)/tests/orphans \
	$(B)/tests/torture/killer \
	$(B)/tests/torture/worker

# --- what a person types ---------------------------------------------------------------
help:
	@sed -n 's/^#: //p' Makefile

#: make             builds build/bin/{init,init-command,svcd,svlogd,svc}
#: make check       unit tests, walk, simulation and gates: no root, no VM
#: make test        every test; installs what is missing
#: make boot        boots a VM with Trivet as PID 1, to a login
#: make bench       Trivet beside its peers: medians, ratios, the floor
#: make faults      every system call of init, then of svcd, fails in turn
#: make sim         svcd on a fake kernel, killed at every call; SEED=1
#:                  SEEDS=100; SIM=all: at every pair, and 5,000 services; SIM=pairs
#: make model       keeping, announcing and upgrading, explored whole by spin
#: make torture     10,000 kills of svcd, loggers and init; KILLS=10000 SEED=1
#: make soak        load and crashes for hours: nothing grows; SOAK=14400 (s)
#: make torture-peers   100 kills of ours, of runit and of s6 (Debian's)
#: make fuzz        libFuzzer over every parser; SECONDS=60 each
#: make install     DESTDIR= PREFIX=/usr/local; make uninstall takes it back
#: make install-runit   the names of runit and daemontools as links
#: make install-init    /sbin/init, halt, reboot, ...
#: make account         the user trivet-log, whom the shared logger becomes
#: make format      clang-format over every C file
#: make gates       the rules a tool can hold
#: make machine.txt writes docs/machine.txt anew from the life machine
#: make clean       removes build/
#: make SAN=1 check     the same tests under ASan and UBSan (glibc)
#: make coverage    lines of init and svc/core that no test runs, and why
#: make sanitized   bats suites under ASan and UBSan; SUITES=tests/bats/…
#: make CC=clang, make ARCH=aarch64     other compilers, other machines

check: $(if $(SAN),,$(BIN)) $(PROGRAMS)
	OUT=$(B)/tests tests/run $(CHECK) $(PROGRAMS) $(MODEL)

test:
	tests/need test
	$(MAKE) all $(PROGRAMS) $(HELPERS) mutants
	tests/run test $(PROGRAMS) $(MODEL)

# make bench PARTS=supervise, or one part by hand: each has options of its own.
PARTS = supervise container log boot
bench:
	tests/need bench
	$(MAKE) all
	@for part in $(PARTS); do echo "== $$part"; tests/bench/$$part || exit; done

gates: $(BIN)
	tests/run gates

# Errors by number: whatever a call of init could answer with, and two faults.
FAULTS = 1 2 4 5 9 10 11 12 13 14 16 22 23 24 28 30 38 110 -11 -7
faults: $(FAULTS:%=fault%)
$(FAULTS:%=fault%): $(BIN) $(HELPERS)
	FAULTS=$(@:fault%=%) bats -f 'asked for' tests/bats/12-init-faults.bats \
		tests/bats/12-svcd-faults.bats
.PHONY: faults $(FAULTS:%=fault%)

boot:
	tests/need boot
	$(MAKE) all
	boot-examples/busybox-disk/run $(ARGS)

model:
	tests/need check
	tests/model/model large

torture-peers: $(BIN) $(HELPERS)
	-for world in trivet runit s6; do tests/torture/torture --kills 100 \
		--services 20 --limit 15 --seed $(SEED) $$world; done

KILLS = 10000
torture: $(BIN) $(HELPERS) mutants
	tests/torture/torture --kills $(KILLS) --services 200 --seed $(SEED)
	tests/torture/torture --kills $(KILLS) --services 200 --seed $(SEED) --pids

helpers: $(HELPERS)
# The same binaries as bats suites take, but with sanitizers.
sanitized:
	tests/sanitized $(SUITES)
.PHONY: helpers sanitized

coverage:
	tests/need coverage
	$(MAKE) all helpers mutants
	$(MAKE) COV=1 coverage-run

coverage-run: $(BIN) $(UNIT_BIN) $(WALK_BIN)
	tests/coverage $(UNIT_BIN) $(WALK_BIN)
.PHONY: coverage coverage-run

# As long as there is time: four hours, if nothing else is said.
SOAK = 14400
.PHONY: soak
soak: $(BIN) $(HELPERS)
	tests/torture/soak --seconds $(SOAK) --seed $(SEED)

sim: $(SIM_BIN)
	$(SIM_BIN) $(SEED) $(SEEDS) $(SIM)

fuzz:
	tests/need fuzz
	$(MAKE) FUZZ=1 SECONDS=$(SECONDS) fuzz-run

fuzz-run: $(FUZZ_BIN)
	tests/fuzz/run $(SECONDS) $(FUZZ_BIN)

C_FILES = $(shell git ls-files '*.[ch]')
format:
	@clang-format -i $(C_FILES)

machine.txt: $(B)/tests/walk/machine
	$(B)/tests/walk/machine --print > docs/machine.txt

# --- installing ------------------------------------------------------------------------
# The binaries stay together: svcd finds init beside itself, and init svcd.
# Every other name is a link. What stood in the way is kept as NAME.before-trivet
# and comes back by uninstall.
LINKS_init = runit runit-init
LINKS_svcd = runsvdir runsv svscan supervise
LINKS_svlogd = multilog
LINKS_svc = chpst sv utmpset runsvchdir runsvctrl runsvstat svwaitdown svwaitup \
	envdir envuidgid fghack pgrphack readproctitle setlock setuidgid \
	softlimit svok svscanboot svstat tai64n tai64nlocal
INIT_LINKS_init = init
INIT_LINKS_svc = halt poweroff reboot shutdown telinit runlevel

# $(call link,DIRECTORY,TARGET,NAME): a link that can be taken back.
define link
	@at='$(DESTDIR)$(1)/$(3)'; mkdir -p "$${at%/*}"; \
	if [ "$$(readlink "$$at")" != '$(2)' ]; then \
		if [ -e "$$at" ] || [ -L "$$at" ]; then \
			mv "$$at" "$$at.before-trivet"; \
		fi; \
		ln -s '$(2)' "$$at"; \
	fi

endef
# $(call unlink,DIRECTORY,TARGET,NAME): only what is such a link.
define unlink
	@at='$(DESTDIR)$(1)/$(3)'; \
	if [ "$$(readlink "$$at")" = '$(2)' ]; then \
		rm "$$at"; \
		[ ! -e "$$at.before-trivet" ] || mv "$$at.before-trivet" "$$at"; \
	fi

endef
each_runit_link = $(foreach b,$(BINARIES),$(foreach n,$(LINKS_$(b)),$(call $(1),$(BINDIR),$(b),$(n))))
each_init_link = $(foreach b,init svc,$(foreach n,$(INIT_LINKS_$(b)),$(call $(1),$(INITDIR),$(BINDIR)/$(b),$(n))))
man_dir = $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))

# The stages are the administrator's once they are there: one that was changed
# stays, ours is put beside it as FILE.new; uninstall leaves it.
STAGE_FILES = boot shutdown rescue steps step checks lsb \
	$(patsubst stages/%,%,$(wildcard stages/*.d/* stages/sv/*/run \
	stages/sv/*/service))
define stage
	@at='$(DESTDIR)$(ETCDIR)/$(1)'; mkdir -p "$${at%/*}"; \
	if [ -e "$$at" ] && ! cmp -s stages/$(1) "$$at"; then \
		at=$$at.new; \
	fi; \
	install -m $(if $(findstring .,$(1))$(filter steps checks lsb %/service,$(1)),644,755) stages/$(1) "$$at"

endef
define unstage
	@at='$(DESTDIR)$(ETCDIR)/$(1)'; rm -f "$$at.new"; \
	! cmp -s stages/$(1) "$$at" || rm "$$at"

endef

install: all
	install -d $(DESTDIR)$(BINDIR)
	install -s --strip-program=$(STRIP) -m 755 $(BIN) $(DESTDIR)$(BINDIR)
	$(foreach p,$(MAN_PAGES),install -D -m 644 $(p) $(call man_dir,$(p))/$(notdir $(p)) &&) true
	$(foreach f,$(STAGE_FILES),$(call stage,$(f)))
	$(foreach p,$(MAN_LINKS),ln -sf halt.8 $(call man_dir,$(p))/$(p) &&) true

install-runit: install
	$(call each_runit_link,link)

# Scripts of /etc/init.d ask svc first, where LSB's functions let them.
LSB_HOOKS = /lib/lsb/init-functions.d
install-init: install
	$(call each_init_link,link)
	[ ! -d $(DESTDIR)$(LSB_HOOKS) ] || \
		ln -sf $(ETCDIR)/lsb $(DESTDIR)$(LSB_HOOKS)/40-trivet

# The logger's own user, for nothing else. In a tree (DESTDIR) whose programs
# cannot be run, two lines of text do.
account:
	[ -n "$(DESTDIR)" ] || grep -q '^trivet-log:' /etc/passwd || \
		useradd -r -s /usr/sbin/nologin -d /nonexistent trivet-log || \
		adduser -S -D -H -h /nonexistent -s /sbin/nologin trivet-log
	[ -z "$(DESTDIR)" ] || grep -q '^trivet-log:' $(DESTDIR)/etc/passwd || { \
		echo 'trivet-log:x:990:990::/nonexistent:/usr/sbin/nologin' \
			>>$(DESTDIR)/etc/passwd; \
		echo 'trivet-log:x:990:' >>$(DESTDIR)/etc/group; }

uninstall:
	$(call each_runit_link,unlink)
	$(call each_init_link,unlink)
	rm -f $(DESTDIR)$(LSB_HOOKS)/40-trivet
	$(foreach f,$(STAGE_FILES),$(call unstage,$(f)))
	rm -f $(BINARIES:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(foreach p,$(MAN_PAGES) $(MAN_LINKS),$(call man_dir,$(p))/$(notdir $(p)))

clean:
	rm -rf build

.PHONY: machine.txt model mutants torture torture-peers all help bench check test gates boot sim fuzz fuzz-run \
	format clean install \
	install-runit install-init account uninstall

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
