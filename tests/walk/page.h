/*
 * docs/machine.txt: which answers of the machine were seen, and the page made
 * of them.
 */

#define OUTCOMES 8192

static struct outcome {
	enum sv_state state, next;
	enum sv_event event;
	uint32_t effects;
	bool moot;
} outcomes[OUTCOMES];
static size_t noutcomes;

static void
record(struct sv before, enum sv_event event, struct sv_step step)
{
	/* These three follow from the states: the page says how. */
	uint32_t shown =
	    step.effects &
	    ~(uint32_t)(DO_DISARM | DO_UNWATCH |
			(sv_shown(before) != sv_shown(step.sv) ? DO_TELL : 0));
	struct outcome o = {
	    before.state, step.sv.state, event, shown, step.moot};

	for (size_t i = 0; i < noutcomes; i++) {
		struct outcome *p = &outcomes[i];
		if (p->state == o.state && p->event == o.event &&
		    p->next == o.next && p->effects == o.effects &&
		    p->moot == o.moot)
			return;
	}
	if (noutcomes < OUTCOMES)
		outcomes[noutcomes++] = o;
}

static int
by_place(const void *a, const void *b)
{
	const struct outcome *x = a, *y = b;
	int order[] = {(int)x->state - (int)y->state,
	    (int)x->event - (int)y->event, (int)x->next - (int)y->next,
	    x->effects < y->effects ? -1 : x->effects > y->effects};

	for (unsigned i = 0; i < 4; i++)
		if (order[i] != 0)
			return order[i];
	return (int)x->moot - (int)y->moot;
}

static void
print_outcome(FILE *to, const struct outcome *o)
{
	if (o->moot) {
		fprintf(to, "nothing to do it to");
		return;
	}
	fprintf(to, "%s", sv_state_name(o->next));
	for (int bit = 0; bit < SV_EFFECT_COUNT; bit++)
		if (o->effects & 1u << bit)
			fprintf(
			    to, " %s", sv_effect_name((enum sv_effect_bit)bit));
}

static void
print_words(FILE *to)
{
	fprintf(to,
	    "The life of a service: what each event does in each state.\n"
	    "Printed by tests/walk/machine.c (make machine.txt), which visits\n"
	    "every reachable situation; make check fails when it differs.\n"
	    "A line: the event, the next state, the effects in their order.\n"
	    "Several lines for one event: the wishes and settings decide.\n"
	    "Pairs that are not listed cannot happen. Not listed effects:\n"
	    "DISARM whenever state or step change, UNWATCH when START or UP\n"
	    "are left, TELL when what a person sees changes.\n\nStates\n");
	for (int i = 0; i < SV_STATE_COUNT; i++)
		fprintf(to, "  %-12s%s\n", sv_state_name((enum sv_state)i),
		    sv_state_text((enum sv_state)i));
	fprintf(to, "\nEvents\n");
	for (int i = 1; i < SV_EVENT_COUNT; i++)
		fprintf(to, "  %-14s%s\n", sv_event_name((enum sv_event)i),
		    sv_event_text((enum sv_event)i));
	fprintf(to, "\nEffects\n");
	for (int i = 0; i < SV_EFFECT_COUNT; i++)
		fprintf(to, "  %-12s%s\n",
		    sv_effect_name((enum sv_effect_bit)i),
		    sv_effect_text((enum sv_effect_bit)i));
}

static void
print_page(FILE *to)
{
	const struct outcome *last = NULL;

	qsort(outcomes, noutcomes, sizeof(outcomes[0]), by_place);
	print_words(to);
	for (size_t i = 0; i < noutcomes; i++) {
		const struct outcome *o = &outcomes[i];
		if (last == NULL || last->state != o->state)
			fprintf(to, "\n%s\n", sv_state_name(o->state));
		if (last == NULL || last->state != o->state ||
		    last->event != o->event)
			fprintf(to, "  %-14s", sv_event_name(o->event));
		else
			fprintf(to, "  %-14s", "");
		print_outcome(to, o);
		fputc('\n', to);
		last = o;
	}
}

static void
test_page(void)
{
	FILE *page = fopen("docs/machine.txt", "r"), *now = tmpfile();
	int a, b = 0, line = 1;

	HOLDS(page != NULL && now != NULL);
	if (page == NULL || now == NULL)
		return;
	print_page(now);
	rewind(now);
	do {
		a = fgetc(page);
		b = fgetc(now);
		line += a == '\n';
	} while (a == b && a != EOF);
	if (a != b)
		printf(
		    "# docs/machine.txt:%d: differs; make machine.txt\n", line);
	HOLDS(a == b);
	fclose(page);
	fclose(now);
}
