/*
 * Options of a command line, one at a time, without storage: letters, bundled
 * or apart, and words with two dashes; a value attached (-t5, --time=5) or in
 * the next word. The first word that is no option ends them, as POSIX has it,
 * and so does "--".
 *
 *	static const struct opt_word words[] = {
 *		{"time", 't'}, {"help", 'h'}, {0}};
 *	struct opt o = opt_over(argc, argv);
 *	for (int c; (c = opt_next(&o, "ht:", words)) != OPT_END;)
 *		switch (c) {
 *		case 't': … o.value …
 *		case OPT_UNKNOWN: … o.name …
 *		case OPT_MISSING: … o.name wants a value …
 *		}
 *	… argv[o.at] is the first operand …
 */
#ifndef LIB_OPT_H
#define LIB_OPT_H

enum {
	OPT_END = -1,
	OPT_UNKNOWN = -2, /* not in the lists, or a value where none belongs */
	OPT_MISSING = -3  /* wants a value and there is none */
};

/* A word and the letter it stands for, or a code above 255 of its own. */
struct opt_word {
	const char *word;
	int code;
	char takes_value; /* only looked at for codes above 255 */
};

struct opt {
	int argc;
	char **argv;
	int at;		   /* after OPT_END: the first operand */
	const char *rest;  /* letters of a bundle that are still to come */
	const char *value; /* of the option just given, or NULL */
	char name[24];	   /* how it was written, cut: "-x", "--word" */
};

struct opt opt_over(int argc, char **argv);
/*
 * `letters` as for getopt(3), a colon after each that takes a value; `words`
 * ends with an empty one, or is NULL for letters only.
 */
int opt_next(struct opt *o, const char *letters, const struct opt_word *words);

#endif
