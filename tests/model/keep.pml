/*
 * init, svcd, the children and the kernel: spawn, announce, reap, restart, stop
 * and upgrade of one service, beside strangers that come and go, with so few
 * pids that each is used again at once. svcd may be killed between any two
 * steps, init may have a fault between any two.
 *
 * A step of the model is one store or one system call of the program. What is
 * called ghost is the truth, which no program sees: every process has a serial
 * number, and nobody but a ghost compares them.
 *
 * It must hold: no two processes of the service run at once; the end of each
 * that ran is applied once and to itself; a signal meets whom it is meant for;
 * one svcd works at a time; and when nothing moves any more, the service runs
 * as it should, nothing is forgotten at the gate, and every end has been told.
 *
 * RULE(n) is a rule of the design, broken when the model runs with MUTANT=n:
 * tests/model/model has the list, and each must be caught.
 */
#define PIDS 2
#define STOPS 1
#define QUEUE 1	    /* records that the exit queue holds */
#define SERIALS 8   /* of anybody; 0: none */
#define LIVES 16    /* of svcd, counted twice */

/* How often at most; set at the start, LIMITS of tests/model/model. */
byte BIRTHS, STRANGERS, ENDS, KILLS, FAULTS, UPGRADES;
byte mutant;
#define RULE(n) (mutant != n)

mtype = { FREE, GATED, RUNS, ZOMBIE, DOWN, SPAWN, UP, UNREADABLE, DIES };

/* The kernel's: processes by pid, and the exit queue. */
mtype process[PIDS + 1] = FREE;
byte serial[PIDS + 1];	  /* ghost; a pidfd holds one of these */
byte maker[PIDS + 1];	  /* the life of svcd that holds its gate; 0: none */
bool gate[SERIALS];	  /* a byte has been written for it */
chan queue = [QUEUE] of { byte, byte }; /* pid; ghost: serial */

/* The state file: one word. */
mtype word = DOWN;
byte word_pid, word_serial; /* ghost: serial */

/* init's memo. */
byte dying, pin;	  /* pid being announced, and its pidfd */
bool kept;		  /* svcd's pid is known */
bool trial, is_new;	  /* an upgrade: the new svcd has not come up yet */

/* svcd as init's child. */
mtype svcd_is = FREE;
byte life;
mtype is_bad = FREE;	  /* the new svcd */
bool kill_svcd, fault_init, upgrade_asked;

/* Ghosts. */
byte births, serials, ends, strangers;
byte running;
bool ran[SERIALS], told[SERIALS];

/* --- the kernel ----------------------------------------------------------- */

inline make(p, what, who)
{
	serials++;
	process[p] = what;
	serial[p] = serials;
	maker[p] = who
}

proctype kernel(byte p)
{
	do
	:: d_step { process[p] == GATED && gate[serial[p]] ->
		assert(running == 0);
		process[p] = RUNS;
		running++;
		ran[serial[p]] = true
	   }
	:: d_step { process[p] == GATED && !gate[serial[p]] &&
		    maker[p] != life && RULE(1) ->
		process[p] = ZOMBIE	/* end of file at the gate */
	   }
	:: d_step { process[p] == GATED && ends < ENDS ->
		ends++;
		process[p] = ZOMBIE	/* killed at the gate */
	   }
	:: d_step { process[p] == RUNS && maker[p] != 0 && ends < ENDS ->
		ends++;
		running--;
		process[p] = ZOMBIE
	   }
	:: d_step { process[p] == FREE && strangers < STRANGERS ->
		strangers++;
		make(p, RUNS, 0)
	   }
	:: d_step { process[p] == RUNS && maker[p] == 0 ->
		process[p] = ZOMBIE
	   }
	od
}

/* --- init ----------------------------------------------------------------- */

#define IS_PINNED(p) (process[p] == ZOMBIE && serial[p] == pin)
#define IS_DUE (!kept || svcd_is == ZOMBIE)
#define NOBODY_DIED (process[1] != ZOMBIE && process[2] != ZOMBIE)

inline look_after_svcd()
{
	atomic {
		if
		:: kept && svcd_is == ZOMBIE ->
			svcd_is = FREE;
			kept = false;
			if
			:: trial ->	/* it died before it was up */
				trial = false;
				is_new = !RULE(4);
				upgrade_asked = false
			:: else -> skip
			fi
		:: else -> skip
		fi
	};
	if
	:: d_step { !kept ->	/* the kernel stores the pid as it clones */
		assert(svcd_is == FREE);
		svcd_is = GATED;
		trial = is_new && upgrade_asked;
		kept = RULE(5)
	   };
		kept = true
	:: kept -> skip
	fi
}

/* Its programs are tried out first: until then nothing has been touched. */
inline upgrade()
{
	if
	:: is_bad == UNREADABLE && RULE(8) -> upgrade_asked = false
	:: else ->
		is_new = true;
		kill_svcd = (svcd_is == RUNS);
		fault_init = true	/* it executes itself anew */
	fi
}

/* The next of the dead, that which was begun before a fault first. */
inline peek()
{
	if
	:: atomic { dying != 0 && IS_PINNED(dying) -> at = dying }
	/* Only the pidfd tells it from another with its pid. */
	:: atomic { dying != 0 && !IS_PINNED(dying) ->
		if
		:: RULE(6) -> dying = 0; pin = 0
		:: else -> at = dying
		fi
	   }
	:: atomic { dying == 0 && process[1] == ZOMBIE -> at = 1 }
	:: atomic { dying == 0 && process[2] == ZOMBIE -> at = 2 }
	:: dying == 0 && IS_DUE && (RULE(7) || NOBODY_DIED) ->
		look_after_svcd()
	:: atomic { dying == 0 && upgrade_asked && !is_new && kept ->
		upgrade()
	   }
	fi
}

inline reap()
{
	atomic {
		if
		:: IS_PINNED(at) ->
			process[at] = FREE;
			serial[at] = 0;
			maker[at] = 0
		:: else -> skip
		fi
	}
}

proctype init_()
{
	byte at;
again:
	{
		skip;
pass:		at = 0;
		if
		:: RULE(7) && IS_DUE -> look_after_svcd()
		:: else -> skip
		fi;
		peek();
		if
		:: at == 0 -> goto pass
		:: at != 0 && full(queue) && RULE(3) ->	/* left as it is */
			if
			:: nfull(queue) -> goto pass
			:: RULE(7) && IS_DUE -> goto pass
			fi
		:: at != 0 && (nfull(queue) || !RULE(3)) -> skip
		fi;
		if
		:: atomic { dying == 0 -> dying = at; pin = serial[at] }
		:: dying != 0 -> skip
		fi;
		if
		:: RULE(2) -> skip
		:: else -> reap()	/* before it is announced */
		fi;
		if
		:: nfull(queue) -> queue!at,pin
		:: full(queue) -> skip
		fi;
		reap();
		d_step { dying = 0; pin = 0 };
		goto pass
	} unless { fault_init };
	d_step { fault_init = false; at = 0 };
	goto again
}

/* --- svcd ------------------------------------------------------------------ */

byte mine, mine_serial;	/* the one at the gate, and its pidfd */
bool mine_dead;
byte stops;

inline apply(p, s)
{
	if
	:: word == UP && word_pid == p ->
		assert(word_serial == s);
		assert(!told[s]);
		told[s] = ran[s];
		word = DOWN;
		word_pid = 0;
		word_serial = 0
	:: else ->
		/* A record that bears its pid: of an earlier owner, or it is
		 * dead itself. Its handle knows. */
		if
		:: mine != 0 && mine == p && RULE(9) ->
			mine_dead = (process[p] == FREE ||
				     process[p] == ZOMBIE ||
				     serial[p] != mine_serial)
		:: else -> skip
		fi
	fi
}

inline drain()
{
	do
	:: nempty(queue) ->
		if
		:: RULE(10) ->
			atomic { queue?<p, s>; apply(p, s); p = 0; s = 0 };
			queue?_,_
		:: !RULE(10) ->	/* consumes before it applies */
			queue?p,s;
			atomic { apply(p, s); p = 0; s = 0 }
		fi
	:: empty(queue) -> break
	od
}

inline commit()
{
	if
	:: atomic { mine_dead -> word = DOWN }
	:: atomic { !mine_dead && RULE(11) ->
		word = UP;
		word_pid = mine;
		word_serial = mine_serial
	   }
	:: atomic { !mine_dead && !RULE(11) -> word = UP };
		/* two stores for one transition */
		d_step { word_pid = mine; word_serial = mine_serial }
	fi
}

inline spawn()
{
	word = SPAWN;
	atomic {
		if
		:: process[1] == FREE -> mine = 1
		:: process[2] == FREE -> mine = 2
		:: process[1] != FREE && process[2] != FREE -> skip /* EAGAIN */
		fi;
		if
		:: mine != 0 ->
			births++;
			make(mine, GATED, life);
			mine_serial = serial[mine];
			gate[mine_serial] = !RULE(12)	/* no gate */
		:: else -> word = DOWN
		fi
	};
	if
	:: mine == 0 ->
		(process[1] == FREE || process[2] == FREE || nempty(queue))
	:: mine != 0 ->
		if
		:: RULE(13) -> drain()
		:: !RULE(13) -> skip
		fi;
		if
		:: RULE(14) -> commit(); gate[mine_serial] = !mine_dead
		:: else -> gate[mine_serial] = true; commit()
		fi
	fi;
	d_step { mine = 0; mine_serial = 0; mine_dead = false }
}

/* To the process of the word: a handle, a look at the queue, the signal. */
inline stop()
{
	d_step {
		s = (process[word_pid] == FREE -> 0 : serial[word_pid]);
		stops++
	};
	atomic {
		if
		:: RULE(15) && nempty(queue) -> skip /* that comes first */
		:: !RULE(15) || empty(queue) ->
			assert(s == 0 || s == word_serial)
		fi;
		s = 0
	}
}

inline work()
{
	/* Found at its start: whose birth was under way is born anew. */
	drain();
	if
	:: atomic { word == SPAWN -> word = DOWN }
	:: word != SPAWN -> skip
	fi;
	d_step {	/* READY */
		trial = false;
		upgrade_asked = (upgrade_asked && !is_new)
	};
	do
	:: nempty(queue) -> drain()
	:: empty(queue) && word == DOWN && births < BIRTHS -> spawn()
	:: empty(queue) && word == UP && stops < STOPS -> stop()
	od
}

proctype svcd()
{
	byte p, s;
	do
	:: d_step { svcd_is == GATED ->
		svcd_is = RUNS;
		life++;
		assert(life < LIVES)	/* it does not die for ever */
	   };
		{
			if
			:: is_new && is_bad == DIES -> skip
			:: is_new && is_bad == UNREADABLE ->
				/* What else could it do: it begins anew. */
				d_step {
					word = DOWN;
					word_pid = 0;
					word_serial = 0
				};
				work()
			:: !is_new || is_bad == FREE -> work()
			fi
		} unless { kill_svcd };
		d_step {
			kill_svcd = false;
			/* Its gates close by its death. */
			mine = 0; mine_serial = 0; mine_dead = false;
			p = 0; s = 0;
			life++;
			svcd_is = ZOMBIE
		}
	od
}

/* --- what befalls them ------------------------------------------------------ */

proctype killer()
{
	byte n;

	do
	:: d_step { n < KILLS && svcd_is == RUNS && !kill_svcd ->
		n++;
		kill_svcd = true
	   }
	:: break
	od
}

proctype faulter()
{
	byte n;

	do
	:: d_step { n < FAULTS && !fault_init -> n++; fault_init = true }
	:: break
	od
}

proctype upgrader()
{
	if
	:: UPGRADES > 0 -> upgrade_asked = true
	:: d_step { UPGRADES > 0 -> is_bad = UNREADABLE; upgrade_asked = true }
	:: d_step { UPGRADES > 0 -> is_bad = DIES; upgrade_asked = true }
	:: skip
	fi
}

/* Nothing moves any more. */
proctype judge()
{
	byte i;

	timeout;
	d_step {
		assert(svcd_is == RUNS);
		assert(word == UP || births == BIRTHS);
		assert(word != UP || (process[word_pid] == RUNS &&
				      serial[word_pid] == word_serial));
		assert(running == (word == UP -> 1 : 0));
		for (i : 1 .. PIDS) {
			assert(process[i] != GATED && process[i] != ZOMBIE)
		}
		for (i : 1 .. SERIALS - 1) {
			assert(!ran[i] || told[i] ||
			       (word == UP && word_serial == i))
		}
	}
}

init {
	atomic {
		c_code {
			const char *m = getenv("MUTANT");
			const char *l = getenv("LIMITS");
			int n[6] = {3, 1, 1, 1, 1, 1};
			if (l != NULL)
				sscanf(l, "%d %d %d %d %d %d", n, n + 1, n + 2,
				    n + 3, n + 4, n + 5);
			now.mutant = m != NULL ? atoi(m) : 0;
			now.BIRTHS = n[0];
			now.STRANGERS = n[1];
			now.ENDS = n[2];
			now.KILLS = n[3];
			now.FAULTS = n[4];
			now.UPGRADES = n[5];
		};
		run init_();
		run svcd();
		run kernel(1);
		run kernel(2);
		run killer();
		run faulter();
		run upgrader();
		run judge()
	}
}
