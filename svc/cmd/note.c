/*
 * The why of a service in one phrase. The sentences of core's causes hold
 * places for a name and a number; all else here is choosing what is worth
 * saying about each state.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/passwd.h"
#include "lib/spawn.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/program.h"
#include "svc/cmd/telling.h"
#include "svc/cmd/view.h"

static const char *
join(const char *a, const char *b)
{
	if (*a == '\0')
		return b;
	return *b == '\0' ? a : memory_text("%s; %s", a, b);
}

static const char *
user_name(int32_t uid)
{
	static struct passwd_user user;

	if (passwd_uid((uint32_t)uid, &user) == 1)
		return memory_text("%s", user.name);
	return memory_text("uid %u", (unsigned)uid);
}

/* What it says; where there are errors in its settings that is those. */
static const char *
said(const struct view *v)
{
	return (v->r.flags & BOARD_BROKEN) != 0 && v->r.cause != CAUSE_SETTINGS
		   ? ""
		   : v->status;
}

/* What stands for a place in a cause's sentence, and how long the place is. */
static const char *
fill(const struct views *all, const struct view *v, const char *at, size_t *n)
{
	const struct view *other;

	if (str_starts(at, "<record>")) {
		*n = strlen("<record>");
		other = views_record(all, v->r.cause_record);
		return other != NULL ? other->name : "?";
	}
	if (str_starts(at, "uid <arg>")) {
		*n = strlen("uid <arg>");
		return user_name(v->r.cause_arg);
	}
	if (str_starts(at, "errno <arg>")) {
		*n = strlen("errno <arg>");
		return error_text(v->r.cause_arg);
	}
	if (str_starts(at, "<arg>")) {
		*n = strlen("<arg>");
		return memory_text("%d", v->r.cause_arg);
	}
	if (str_starts(at, "(text)")) {
		*n = strlen("(text)");
		return *said(v) != '\0' ? memory_text("(%s)", said(v)) : "";
	}
	return NULL;
}

/* What could not be executed. The kernel says the same of a program that is not
 * there and of one that needs what is not there. */
static const char *
executed(const struct view *v, struct board_fault fault)
{
	const char *text = said(v), *name = *text != '\0' ? text : "run";
	const char *file = memory_text("%s/run", v->path);
	struct program p;

	if (*text == '/')
		file = text;
	else if (*text != '\0')
		return text;
	if (fault.step != SPAWN_EXEC || !program_read(file, &p))
		return text;
	if (fault.error == ENOENT && p.what != NULL)
		return memory_text("%s: its %s %s%s", name, p.what, p.path,
		    p.has_cr ? " (its lines end in CR LF)" : "");
	if (fault.error == ENOEXEC)
		return p.is_text ? memory_text("%s, which has no #! line", name)
				 : name;
	return text;
}

static const char *
exec_fault(const struct view *v)
{
	struct board_fault fault = board_fault_unpack(v->r.fault);
	const char *what = executed(v, fault);

	return memory_text("cannot %s: %s%s%s",
	    spawn_op_text((enum spawn_op)fault.step), what,
	    *what != '\0' ? ": " : "",
	    spawn_op_error((enum spawn_op)fault.step, fault.error));
}

const char *
view_cause(const struct views *all, const struct view *v)
{
	enum board_cause cause = v->r.cause;
	const char *from = board_cause_text(cause);
	const char *text = "", *value;
	size_t place = 0;

	if (cause == CAUSE_EXEC)
		return exec_fault(v);
	if (cause == CAUSE_EXITED)
		return view_last_exit(v);
	for (; *from != '\0'; from += place) {
		value = fill(all, v, from, &place);
		if (value == NULL) {
			place = strcspn(from, "<ue(");
			place += place == 0;
			value = memory_copy(from, place);
		}
		text = memory_text("%s%s", text, value);
	}
	return text;
}

static const char *
until(const struct views *all, const struct view *v, const char *what)
{
	struct mono at = {v->r.deadline_ns};

	if (v->r.deadline_ns == 0 || v->r.deadline_tag != sv_tag(v->r.word))
		return "";
	if (!mono_before(all->now, at))
		return memory_text("%s now", what);
	return memory_text(
	    "%s in %s", what, telling_time(mono_ns_between(all->now, at)));
}

static const char *
stopping_note(const struct views *all, const struct view *v)
{
	const char *next = until(all, v, "next signal");

	if (v->word.sv.state == S_SWEEP)
		return "ending the processes it left behind";
	if (v->word.sv.step >= SV_STEP_KILL)
		return join("KILL was sent", view_cause(all, v));
	return join(v->word.sv.sent
			? memory_text("its stop signal was sent %s ago",
			      telling_time(view_age(all, v)))
			: "",
	    next);
}

static const char *
starting_note(const struct views *all, const struct view *v)
{
	struct sv sv = v->word.sv;
	const char *what = "not ready yet";

	if (v->r.cause == CAUSE_NEED_MISSING)
		return view_cause(all, v);
	if (sv.state == S_PRE)
		what = "its control/u runs";
	else if (sv.state == S_ADOPT)
		what = "its pidfile is awaited";
	else if (sv.is_oneshot)
		what = "its up runs";
	return join(join(what, said(v)), until(all, v, "given up"));
}

static const char *
finishing_note(const struct views *all, const struct view *v)
{
	struct sv sv = v->word.sv;

	if (sv.state == S_FIN_SWEEP)
		return "ending the processes it left behind";
	return join(sv.is_oneshot ? "its down runs" : "its finish runs",
	    until(all, v, "killed"));
}

/* What a person should know whatever the state is. */
static const char *
flag_note(const struct views *all, const struct view *v)
{
	const char *note = "";
	int64_t left = v->r.next_ns - all->now.ns;

	if ((v->r.flags & BOARD_BROKEN) != 0 && v->r.cause != CAUSE_SETTINGS)
		note = *v->status != '\0'
			   ? memory_text("settings have errors: %s", v->status)
			   : "settings have errors, the former ones stay";
	else if ((v->r.flags & BOARD_CHANGED) != 0)
		note = "settings changed since start: restart to apply";
	if (v->r.next_ns != 0)
		note = join(note, memory_text("next run in %s",
				      telling_time(left > 0 ? left : 0)));
	if ((v->r.flags & BOARD_LEFT) != 0)
		note = join(note,
		    v->r.left == 1
			? "a process of a former run lives on"
			: memory_text("%u processes of former runs live on",
			      (unsigned)v->r.left));
	if ((v->r.flags & BOARD_RELOADING) != 0)
		note = join(note, "reloading");
	if ((v->r.flags & BOARD_UNRELOADED) != 0)
		note = join(note, "its last reload command failed");
	if ((v->r.flags & BOARD_LEAVING) != 0 && view_pid(v) != 0)
		note = join(note, "says that it is ending");
	if ((v->r.flags & BOARD_UNLINKED) != 0)
		note = join(note, "its link was removed");
	if ((v->r.flags & BOARD_NO_FILES) != 0)
		note = join(note, "supervise/ can be written nowhere");
	if (v->r.log_error != 0)
		note = join(note, memory_text("its log cannot be written: %s",
				      error_text((int)v->r.log_error)));
	return note;
}

/* Its cause holds the text of its status. */
static bool
is_told(const struct view *v)
{
	return strstr(board_cause_text(v->r.cause), "(text)") != NULL;
}

static const char *
state_note(const struct views *all, const struct view *v)
{
	switch (v->shown) {
	case SV_SHOWN_WAITING:
	case SV_SHOWN_FAILED:
		return view_cause(all, v);
	case SV_SHOWN_DOWN:
		if (v->r.cause == CAUSE_EXITED || v->r.cause == CAUSE_NONE)
			return "";
		return view_cause(all, v);
	case SV_SHOWN_STARTING:
		return starting_note(all, v);
	case SV_SHOWN_UP:
		return v->r.cause == CAUSE_NONE || v->r.cause == CAUSE_ASKED ||
			       v->r.cause == CAUSE_NEEDED_BY ||
			       v->r.cause == CAUSE_EXITED
			   ? said(v)
			   : join(
				 is_told(v) ? "" : said(v), view_cause(all, v));
	case SV_SHOWN_STOPPING:
		return stopping_note(all, v);
	case SV_SHOWN_FINISHING:
		return finishing_note(all, v);
	case SV_SHOWN_BACKOFF:
		return join(view_cause(all, v), until(all, v, "next try"));
	case SV_SHOWN_DONE:
	case SV_SHOWN_PAUSED:
		break;
	}
	return "";
}

const char *
view_note(const struct views *all, const struct view *v)
{
	return join(state_note(all, v), flag_note(all, v));
}

const char *
view_note_to_asker(const struct views *all, const struct view *v)
{
	bool is_known = v->shown == SV_SHOWN_DOWN && v->r.cause == CAUSE_ASKED;

	return join(is_known ? "" : state_note(all, v), flag_note(all, v));
}

const char *
view_phrase(const struct view *v, const char *more, const char *note)
{
	const char *state = view_state(v), *rest = str_after(note, state);

	if (*more == '\0' && rest != NULL && (*rest == ' ' || *rest == '\0'))
		return note;
	return memory_text(
	    "%s%s%s%s", state, more, *note != '\0' ? ": " : "", note);
}
